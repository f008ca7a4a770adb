"""Adding an engine that no package offers: it is started once, and says what it is."""

from __future__ import annotations

import contextlib
import json
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path

from talkies.core.engines import elsewhere
from talkies.core.engines.guests import command
from talkies.core.engines.guests.found import (
    BUILT_IN,
    WITH_FILES,
    Guest,
    adapter_argv,
    added_names,
    forget,
    guests,
    keep,
)
from talkies.core.engines.guests.manifest import Manifest
from talkies.core.engines.guests.session import Session
from talkies.core.errors import ArgumentError, MissingExtraError
from talkies.core.files.dataclass_json import as_json


def add(
    name: str,
    argv: Sequence[str],
    patience_s: float | None = None,
    described: Path | None = None,
    adapter: str | None = None,
) -> Guest:
    """Keeps a command as the engine ``name``; ``patience_s``: how long it may work without a word, None: as it says
    itself. ``described``: the manifest of a program that writes a file and knows no protocol (command.py).
    ``adapter``: one that ships, and ``argv`` are the files that it works with; or a model of core/engines/elsewhere,
    and ``argv`` are the Python of its environment and its checkout.

    Raises ArgumentError for a name that is taken or a program that is not there, EngineError for one that is no engine.
    """
    if adapter is not None and described is not None:
        raise ArgumentError("--manifest", "is for a program without a protocol", "leave it out beside --adapter")
    taken = guests().get(name)
    if name in BUILT_IN or (taken is not None and not taken.absent):
        raise ArgumentError(f"engine {name}", "is there already", "choose another name, or remove that one first")
    whole = _program(argv) if adapter is None else _by_adapter(adapter, argv)
    if described is not None:
        manifest = replace(Manifest.read(described), name=name)
        whole = (sys.executable, "-I", command.__file__, json.dumps(as_json(manifest)), *whole)
    session = Session(Guest(name, whole, "added"))
    try:
        said = session.hello().get("manifest")
    finally:
        session.close()
    own = said if isinstance(said, dict) else {}
    given = {"name": name} | ({} if patience_s is None else {"patience_s": patience_s})
    guest = Guest(name, whole, "added", Manifest.from_mapping({**own, **given}, f"engine {name}"), added=True)
    keep(guest)
    return guest


def _program(argv: Sequence[str]) -> tuple[str, ...]:
    program = shutil.which(argv[0])
    if program is None:
        raise ArgumentError(argv[0], "is not a program that can be run", "give its whole path")
    return (str(Path(program).absolute()), *map(_absolute, argv[1:]))


def _by_adapter(name: str, argv: Sequence[str]) -> tuple[str, ...]:
    """How an adapter is started with what it works with."""
    if name in elsewhere.MODELS:
        return _in_its_own_python(name, argv)
    if name not in WITH_FILES:
        known = ", ".join((*WITH_FILES, *elsewhere.MODELS))
        raise ArgumentError(f"--adapter {name}", "is not known", f"there are {known}")
    module, package, extra = WITH_FILES[name]
    if find_spec(module) is None:
        raise MissingExtraError(package, "is not installed", f"pip install '{extra}'")
    return (*adapter_argv(name), _absolute(argv[0], Path.exists), *argv[1:])


def _in_its_own_python(name: str, argv: Sequence[str]) -> tuple[str, ...]:
    """``argv``: the Python of the model's environment, the model's checkout, options."""
    if len(argv) < 2 or not Path(argv[1]).is_dir():
        problem = "needs the Python of the model's environment and the folder of its checkout"
        raise ArgumentError(f"--adapter {name}", problem, f"--adapter {name} -- PYTHON CHECKOUT")
    words = [argv[1], *(part for word in argv[2:] for part in _parted(word, "--weights"))]
    options = (_absolute(word, Path.is_dir) if before == "--weights" else word for before, word in pairwise(words))
    return (*_program(argv[:1]), str(elsewhere.START), name, str(Path(argv[1]).absolute()), *options)


def _parted(word: str, option: str) -> list[str]:
    """``--option=value`` as two words, others as they are."""
    return [option, word[len(option) + 1 :]] if word.startswith(f"{option}=") else [word]


def remove(name: str) -> None:
    """Forgets an engine that was added. Raises ArgumentError for any other."""
    if name in added_names():
        forget(name)
        return
    found = guests().get(name)
    if found is not None and not found.absent:
        raise ArgumentError(f"engine {name}", f"was not added: it comes with {found.origin}", "uninstall that package")
    cure = "it ships with talkies" if name in BUILT_IN else "'talkies engines list' has them all"
    raise ArgumentError(f"engine {name}", "was not added", cure)


def _absolute(word: str, is_there: Callable[[Path], bool] = Path.is_file) -> str:
    """A file of this folder by its whole path, for the program runs in another one; other words as they are."""
    path = Path(word)
    with contextlib.suppress(OSError, ValueError):
        return str(path.absolute()) if not word.startswith("-") and is_there(path) else word
    return word
