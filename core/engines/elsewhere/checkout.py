"""A checkout of a model's repository: what must lie in it, and what it and its weights are known by."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterable
from importlib.util import find_spec
from pathlib import Path

_BLOCK_BYTES = 1 << 22


class RefusedError(Exception):
    """It cannot be done; the text is one sentence for the user."""


class Checkout:
    """The ``folder`` with the code of the model called ``title``, which is fetched from ``address``."""

    def __init__(self, folder: Path, title: str, address: str) -> None:
        self.folder, self.title, self.address = folder, title, address

    def need(self, *names: str) -> None:
        """Raises RefusedError where one of these files is not in it."""
        for name in names:
            if not (self.folder / name).is_file():
                problem = f"this is no checkout of {self.title}: {name} is not in it"
                raise RefusedError(f"{problem}; clone {self.address} ({self.folder} was looked at)")

    def need_weights(self, paths: Iterable[Path], how: str) -> None:
        """Raises RefusedError where one is missing; ``how`` they are had."""
        for path in paths:
            if not path.is_file():
                raise RefusedError(f"{self.title} has no weights {path.name}; {how} ({path.parent} was looked at)")

    def need_modules(self, *names: str) -> None:
        """Raises RefusedError where this Python has not what the model needs."""
        for name in names:
            if find_spec(name) is None:
                raise RefusedError(f"{sys.executable} has no {name}; name the Python of {self.title}'s own environment")

    def commit(self) -> str:
        """Seven letters of what is checked out, "" where git does not say."""
        try:
            head = (self.folder / ".git" / "HEAD").read_text("utf-8").strip()
            if head.startswith("ref: "):
                head = self._of_branch(head[5:])
        except (OSError, ValueError):  # or what git never wrote
            return ""
        return head[:7]

    def _of_branch(self, name: str) -> str:
        loose, packed = self.folder / ".git" / name, self.folder / ".git" / "packed-refs"
        if loose.is_file():
            return loose.read_text("utf-8").strip()
        rows = packed.read_text("utf-8").splitlines()
        return next((row.split()[0] for row in rows if row.endswith(f" {name}")), "")

    def hash_of(self, weights: Iterable[Path], package: str) -> str:
        """sha256 of the weights and of the package's own code, which both shape the sound."""
        code = sorted(each for each in (self.folder / package).rglob("*.py") if each.is_file())
        hashed = hashlib.sha256()
        for path in (*weights, *code):
            hashed.update(f"{path.name} {_hash(path)}\n".encode())
        return hashed.hexdigest()


def _hash(path: Path) -> str:
    hashed = hashlib.sha256()  # core/files/hashing.py is beyond this Python, and so is hashlib.file_digest
    with path.open("rb") as file:
        while True:
            block = file.read(_BLOCK_BYTES)
            if not block:
                return hashed.hexdigest()
            hashed.update(block)
