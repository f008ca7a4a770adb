"""Which guests there are: those whose packages offer themselves, and those that the user has added.

A package offers an engine by the entry point ``NAME = "package.module"`` of the group ``talkies.engines``. Its manifest
is the file ``NAME.engine.json`` beside the code of ``package``; nothing of it is imported to read that. What is added
lies in ``engines.json`` beside the user's configuration.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from talkies.core.engines.guests.manifest import Manifest
from talkies.core.errors import EngineError
from talkies.core.files.atomic import output_errors, write_atomically
from talkies.core.files.dataclass_json import as_json
from talkies.core.files.regular import read_regular
from talkies.core.preferences import preferences_file

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP = "talkies.engines"
READY = {"hibari": ("hibari", "hibari-tts", "talkies[voices]")}
"""Adapters that ship with talkies: name → the module and the package they speak for, and what installs it."""
WITH_FILES = {
    "kokoro": ("onnxruntime", "onnxruntime", "talkies[voices]"),
    "transformers": ("transformers", "transformers", "talkies[vssflow]"),
    "diffusers": ("diffusers", "diffusers", "talkies[vssflow]"),
    "comfyui": ("json", "", ""),
}
"""Adapters that ship and are of use with files of the user's own, so they are added: name → as in READY."""
BUILT_IN = ("mini", "vssflow", "rules")
"""Names that no guest may have."""
_LARGEST_BYTES = 1 << 20
_ADAPTERS = Path(__file__).parents[1] / "adapters"


@dataclass(frozen=True)
class Guest:
    """An engine of somebody else's. ``argv``: how it is started; ``origin``: where it comes from, for people;
    ``manifest``: None where ``problem`` says why it cannot be used."""

    name: str
    argv: tuple[str, ...]
    origin: str
    manifest: Manifest | None = None
    problem: str = ""
    added: bool = False
    absent: bool = False
    """An adapter that ships, and what it speaks for is not installed: it makes way for any other of its name."""

    def checked(self) -> Manifest:
        """Its manifest. Raises EngineError with the problem."""
        if self.manifest is None:
            raise EngineError(f"engine {self.name}", self.problem, "see 'talkies engines list'")
        return self.manifest


def guests() -> dict[str, Guest]:
    """All of them by name, also those that cannot be used. Raises InputError where the user's list cannot be read."""
    found: dict[str, Guest] = {}
    for guest in (*_ready(), *_installed(), *_added()):
        if guest.name in found and not found[guest.name].absent:
            guest = replace(found[guest.name], manifest=None, problem=f"is offered twice: also by {guest.origin}")
        elif guest.name in BUILT_IN:
            guest = replace(guest, manifest=None, problem="has the name of an engine that ships with talkies")
        found[guest.name] = guest
    return found


def _ready() -> Iterator[Guest]:
    """The adapters that ship, each of use where the package it speaks for is installed."""
    from importlib.metadata import version

    for name, (module, package, extra) in READY.items():
        guest = Guest(name, adapter_argv(name), f"talkies, with {package}")
        if find_spec(module) is None:
            problem = f"needs {package}, which is not installed: pip install '{extra}'"
            yield replace(guest, problem=problem, absent=True)
        else:
            manifest = Manifest.read(_ADAPTERS / f"{name}.engine.json")
            yield replace(guest, manifest=replace(manifest, version=version(package)))


def adapter_argv(name: str) -> tuple[str, ...]:
    """How an adapter that ships is started."""
    return (sys.executable, "-P", "-m", f"talkies.core.engines.adapters.{name}")


def _installed() -> Iterator[Guest]:
    from importlib.metadata import entry_points  # late: it takes as long as everything else here

    for point in entry_points(group=GROUP):
        origin = f"{point.dist.name} {point.dist.version}" if point.dist is not None else point.value
        guest = Guest(point.name, (sys.executable, "-P", "-m", point.module), origin)
        try:
            manifest = Manifest.read(_beside(point))
            if manifest.name != point.name:
                raise EngineError(point.name, f"calls itself {manifest.name} in its manifest")
            yield replace(guest, manifest=manifest)
        except EngineError as error:
            yield replace(guest, problem=f"cannot be used: {error}")


def _beside(point: EntryPoint) -> Path:
    """Where the manifest of an entry point lies."""
    package = point.module.partition(".")[0]
    try:
        spec = find_spec(package)
    except (ImportError, ValueError, AttributeError) as error:
        raise EngineError(point.value, f"is not found ({error})") from error
    if spec is None or spec.origin is None:
        raise EngineError(point.value, "is not found", "install its package again")
    return Path(spec.origin).with_name(f"{point.name}.engine.json")


def added_file() -> Path:
    """Where the engines that the user has added are written down."""
    return preferences_file().with_name("engines.json")


def _added() -> Iterator[Guest]:
    for name, row in _read_added().items():
        argv = row.get("argv") if isinstance(row, dict) else None
        if not isinstance(argv, list) or not argv or not all(isinstance(each, str) for each in argv):
            yield Guest(name, (), str(added_file()), problem="has no command in engines.json", added=True)
            continue
        try:
            said = row.get("manifest")
            manifest = Manifest.from_mapping(
                {**said, "name": name} if isinstance(said, dict) else said, f"engine {name}"
            )
            yield Guest(name, tuple(argv), "added", manifest, added=True)
        except EngineError as error:
            yield Guest(name, tuple(argv), "added", problem=f"cannot be used: {error}", added=True)


def _read_added() -> dict[str, Any]:
    path = added_file()
    if not path.exists():
        return {}
    data = read_regular(path, _LARGEST_BYTES, EngineError, "list of engines")
    try:
        rows = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise EngineError(path, f"is not JSON ({error})", "correct it or delete it") from error
    if not isinstance(rows, dict):
        raise EngineError(path, "is not a list of engines", "correct it or delete it")
    return rows


def added_names() -> frozenset[str]:
    """Of the engines in the user's list, usable or not. Raises EngineError where it cannot be read."""
    return frozenset(_read_added())


def keep(guest: Guest) -> None:
    """Writes an engine into the user's list. Raises OutputError."""
    _write({**_read_added(), guest.name: {"argv": list(guest.argv), "manifest": as_json(guest.manifest)}})


def forget(name: str) -> None:
    """Takes an engine out of the user's list; the program itself stays. Raises OutputError."""
    _write({each: row for each, row in _read_added().items() if each != name})


def _write(rows: Mapping[str, Any]) -> None:
    path, data = added_file(), json.dumps(rows, indent=1, ensure_ascii=False).encode(errors="backslashreplace") + b"\n"
    if len(data) > _LARGEST_BYTES:
        raise EngineError(path, f"would have {len(data)} bytes, more than can be read", "remove an engine first")
    with output_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, data)
