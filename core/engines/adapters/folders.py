"""Model folders of the user's own, as ``save_pretrained`` writes them: JSON and safetensors, and nothing is fetched."""

from __future__ import annotations

import argparse
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, TypeGuard

from safetensors import SafetensorError, safe_open

from talkies.core.engines.adapters.licences import licence_of, sellable_under
from talkies.core.engines.adapters.serving import Arguments
from talkies.core.errors import EngineError, in_one_line
from talkies.core.files.hashing import checked_hash, hash_of_lines
from talkies.core.files.regular import read_regular

_LARGEST_BYTES = 1 << 22
_PICKLED = (".bin", ".pt", ".pth", ".ckpt", ".pkl")
_OFFLINE = {"HF_HUB_OFFLINE": "1", "HF_HUB_DISABLE_TELEMETRY": "1", "DIFFUSERS_VERBOSITY": "error"}
_OF_LIBRARIES = (
    OSError, ValueError, RuntimeError, LookupError, TypeError, AttributeError, ImportError, SafetensorError,
)  # fmt: skip


class Words(Arguments):
    """What stands after the adapter's name: a folder and options."""

    def __init__(self) -> None:
        super().__init__("what stands after '--'", add_help=False, allow_abbrev=False)
        self.add_argument("folder", type=Path, metavar="FOLDER")
        self.add_argument("--licence", default="")
        self.add_argument("--sellable", choices=("yes", "no"))


@dataclass(frozen=True)
class ModelFolder:
    """A folder with a model; ``main``: the file that says what it is."""

    path: Path
    main: str

    @cached_property
    def facts(self) -> dict[str, Any]:
        """Of the main file. Raises EngineError."""
        if not self.path.is_dir():
            raise EngineError(self.path.name or self.path, "is not a folder", "name the one that has the model")
        if not (self.path / self.main).is_file():
            raise EngineError(self.path.name, f"has no {self.main}", "name a folder that save_pretrained has written")
        return self.read(self.main)

    def read(self, name: str) -> dict[str, Any]:
        """A JSON file of it, {} where there is none. Raises EngineError."""
        path = self.path / name
        if not path.is_file():
            return {}
        try:
            found = json.loads(read_regular(path, _LARGEST_BYTES, EngineError, "configuration"))
        except (ValueError, RecursionError) as error:
            raise EngineError(f"{self.path.name}/{name}", "is not JSON", "fetch it again") from error
        if not isinstance(found, dict):
            raise EngineError(f"{self.path.name}/{name}", "is not a configuration", "fetch it again")
        return found

    def number(self, name: str, key: str, default: int, most: int) -> int:
        """A whole number, 1 to ``most``, of a JSON file. Raises EngineError."""
        found = self.read(name).get(key)
        if found is None:
            return default
        if not is_whole(found, most):
            raise EngineError(f"{self.path.name}/{name}", f"{key} is no whole number, 1 to {most}", "fetch it again")
        return found

    def text(self, name: str, key: str) -> str:
        """A text of a JSON file, "" where there is none. Raises EngineError."""
        found = self.read(name).get(key)
        if not isinstance(found, str | None):
            raise EngineError(f"{self.path.name}/{name}", f"{key} is no text", "fetch it again")
        return found or ""

    def check_weights(self, parts: Sequence[str] = (".",)) -> None:
        """Raises EngineError for code of whoever made it, for weights in a form that can run such, or for none."""
        if any(self.path.rglob("*.py")):
            raise EngineError(self.path.name, "has Python code of its own, which is not run", "take it out")
        for part in parts:
            names = {each.name for each in (self.path / part).glob("*") if each.is_file()}
            if whole := [name for name in names if name.endswith(".safetensors")]:
                for name in sorted(whole):
                    _check_whole(self.path / part / name)
                continue
            if any(name.endswith(_PICKLED) for name in names):
                problem = "has pickled weights only, which can run code"
                raise EngineError(self._called(part), problem, "fetch or save them as .safetensors")
            if part == ".":
                raise EngineError(self._called(part), "has no weights", "fetch its .safetensors too")

    def _called(self, part: str) -> str:
        return self.path.name if part == "." else f"{self.path.name}/{part}"

    def weights_hash(self) -> str:
        """sha256 of its weights; of several files, of their hashes in order of their names. Raises EngineError."""
        files = filter(Path.is_file, sorted(self.path.rglob("*.safetensors")))
        hashes = [checked_hash(path, EngineError) for path in files]
        return hashes[0] if len(hashes) == 1 else hash_of_lines(hashes)

    def manifest(self, package: str, said: argparse.Namespace) -> dict[str, Any]:
        """What a manifest says of any model in a folder, made by ``package``. Raises EngineError without that, or
        without a licence."""
        try:
            installed = version(package)
        except PackageNotFoundError as error:
            raise EngineError(self.path.name, f"needs {package}", "pip install 'talkies[vssflow]'") from error
        return {"name": package, "version": f"{package} {installed}", **licensed(self.path, said)}


def licensed(folder: Path, said: argparse.Namespace, known: str = "") -> dict[str, Any]:
    """What a manifest says of its licence: as the user says, else as ``known``, else as the folder says. Raises
    EngineError without one."""
    licence = licence_of(folder, said.licence or known)
    return {
        "licence": licence,
        "sellable": sellable_under(licence) if said.sellable is None else said.sellable == "yes",
    }


def is_whole(found: object, most: int) -> TypeGuard[int]:
    """Whether something of a JSON file is a whole number, 1 to ``most``."""
    return isinstance(found, int) and not isinstance(found, bool) and 1 <= found <= most


def _check_whole(path: Path) -> None:
    """Raises EngineError for weights that are cut off, empty, or only named (as by git without its large files)."""
    try:
        with safe_open(path, framework="np") as weights:
            is_empty = not weights.keys()
    except (OSError, SafetensorError) as error:
        raise EngineError(f"{path.parent.name}/{path.name}", "is not whole", "fetch it again") from error
    if is_empty:
        raise EngineError(f"{path.parent.name}/{path.name}", "has no weights in it", "fetch it again")


def stay_offline() -> None:
    """Before a library is imported: it looks for nothing beyond this machine, and says nothing but errors."""
    os.environ.update(_OFFLINE)


@contextmanager
def said_of(subject: str, problem: str) -> Iterator[None]:
    """What a library raises, as an EngineError in one sentence."""
    try:
        yield
    except _OF_LIBRARIES as error:
        raise EngineError(subject, f"{problem} ({in_one_line(error)})") from error
