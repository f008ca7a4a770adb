"""Our files in folders of takes, known by the names that talkies gives: whatever else lies there is never touched.

A project may come from anybody: a link in the place of a folder would have us write, move and sweep in another one.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable
from pathlib import Path

from talkies.core.errors import OutputError
from talkies.core.segment import STEMS

_TAKE = rf"(?:{'|'.join(STEMS)})_(?:[A-Za-z0-9-]+_)*t\d{{2,}}"  # as take_name in core/takes/saving.py writes it
SUFFIXES = (".wav", ".mp4", ".mov")
"""Of the files of takes: sounds, and pictures."""
_MEDIA = r"(?:\.from-frame)?\.wav|\.mp4|\.mov"
_FILE = re.compile(rf"{_TAKE}(?:{_MEDIA})")
_SIDECAR = re.compile(rf"{_TAKE}\.json")
_RECEIPT = re.compile(rf"{_TAKE}\.made\.json")
_UNFINISHED = re.compile(rf"{_TAKE}(?:{_MEDIA}|\.wav\.raw|\.json|\.made\.json)(?:\.talkies)?\.part")


def refuse_link(*folders: Path) -> None:
    """Raises OutputError for a folder that is a link, or no folder."""
    for folder in folders:
        if folder.is_symlink():
            problem = "is a link, which could lead to files that are not ours to change"
            raise OutputError(folder, problem, "put a folder in its place, or choose another name")
        if folder.exists() and not folder.is_dir():
            raise OutputError(folder, "is a file, but the takes belong in a folder of this name", "move it away")


def is_take_file(name: object) -> bool:
    """Whether it is a name that talkies gives to the file of a take, a sound or a movie."""
    return isinstance(name, str) and _FILE.fullmatch(name) is not None


def take_files_in(folder: Path) -> list[Path]:
    """The files of takes that lie in a folder, by name; none behind links."""
    return [path for path in _named(folder, _FILE) if path.is_file() and not path.is_symlink()]


def file_beside(sidecar: Path) -> Path | None:
    """The file of the take that a sidecar describes; None where there is none."""
    named = (sidecar.with_suffix(suffix) for suffix in SUFFIXES)
    return next((path for path in named if path.is_file()), None)


def copy_name(sound: str) -> str:
    """The name of the copy that MLT plays in a sound file's stead."""
    return f"{sound.removesuffix('.wav')}.from-frame.wav"


def sidecars_in(folder: Path) -> list[Path]:
    """The sidecars of takes that lie in a folder, by name; none behind links."""
    return [path for path in _named(folder, _SIDECAR) if path.is_file() and not path.is_symlink()]


def receipts_in(folder: Path) -> list[Path]:
    """The receipts of takes that lie in a folder, by name; none behind links."""
    return [path for path in _named(folder, _RECEIPT) if path.is_file() and not path.is_symlink()]


def unfinished_in(folder: Path) -> list[Path]:
    """What a take leaves half written, by name; a link of such a name, but not what is behind it."""
    return [path for path in _named(folder, _UNFINISHED) if path.is_symlink() or path.is_file()]


def remove_files(paths: Iterable[Path]) -> None:
    """Files and links; what cannot be removed stays."""
    for path in paths:
        with contextlib.suppress(OSError):
            path.unlink()


def _named(folder: Path, name: re.Pattern[str]) -> list[Path]:
    if folder.is_symlink() or not folder.is_dir():
        return []
    return sorted(path for path in folder.iterdir() if name.fullmatch(path.name))
