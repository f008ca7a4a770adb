"""Finds the talkies program, which lives outside of Blender with its own Python."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

from .errors import RefusedError

VARIABLE = "TALKIES"
"""Environment variable that names the program."""

NOTE = "program.txt"
"""Written beside these files by 'talkies blender install': the program that installed them."""

_NAME = "talkies.exe" if os.name == "nt" else "talkies"
_USUAL = ("~/.local/bin", "/opt/homebrew/bin", "/usr/local/bin", "~/bin")
"""Where pipx, uv and Homebrew put programs: a Blender started from the desktop often has a short PATH."""


def find(preference: str = "") -> Path:
    """The program. Raises RefusedError: what was asked for and is not there is not replaced by something else."""
    for named_by, path in (("the preferences", preference), (f"the variable {VARIABLE}", os.environ.get(VARIABLE, ""))):
        if path:
            found = Path(path).expanduser()
            if runs(found):
                return found.absolute()
            raise RefusedError(f"{path}: named by {named_by}, is not a program that can be started; correct it there")
    for found in _places():
        if runs(found):
            return found.absolute()
    raise RefusedError(
        "The talkies program was not found; install it (pip install talkies), "
        "or name it in Preferences > Add-ons > Talkies"
    )


def runs(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


def _places() -> Iterator[Path]:
    note = Path(__file__).with_name(NOTE)
    if note.is_file():
        yield Path(note.read_text(encoding="utf-8").strip())
    on_path = shutil.which("talkies")
    if on_path:
        yield Path(on_path)
    for folder in _USUAL:
        yield Path(folder).expanduser() / _NAME
