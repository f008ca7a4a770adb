"""Atomic files and folders: whole or not at all, made beside their place as ``NAME.talkies.part``."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from pathlib import Path

from talkies.core.errors import OutputError
from talkies.core.files.exchange import exchanged

_Tell = Callable[[Path], None]
_LISTENER: ContextVar[tuple[Path, _Tell, _Tell] | None] = ContextVar("listener", default=None)


@contextmanager
def told_before(out: Path, tell: _Tell, take_back: _Tell) -> Iterator[None]:
    """``tell`` is called with what is about to take the place of ``out``, whole already, under its other name;
    ``take_back`` with the same where something came between."""
    token = _LISTENER.set((out, tell, take_back))
    try:
        yield
    finally:
        _LISTENER.reset(token)


@contextmanager
def _told(part: Path, out: Path) -> Iterator[None]:
    """Whoever listens is told, and told again where ``part`` does not come to its place."""
    listener = _LISTENER.get()
    if listener is None or listener[0] != out:
        yield
        return
    _, tell, take_back = listener
    try:
        tell(part)
        yield
    except BaseException:
        take_back(part)
        raise


def part_of(path: Path) -> Path:
    """The name of what is not whole yet: one that nobody else gives, for it is removed wherever it lies."""
    return path.with_name(f"{path.name}.talkies.part")


@contextmanager
def part_file(path: Path) -> Iterator[Path]:
    """A place to write to, ``NAME.talkies.part`` beside ``path``; moved there at the end, removed on any failure."""
    part = part_of(path)
    with output_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        part.unlink(missing_ok=True)  # it may be a link to a file that is not ours to change
        try:
            yield part
            with _told(part, path):
                part.replace(path)
        finally:
            part.unlink(missing_ok=True)


@contextmanager
def output_errors(path: Path) -> Iterator[None]:
    """What the operating system says while writing ``path``, as an OutputError in one sentence."""
    try:
        yield
    except OSError as error:
        problem = (error.strerror or type(error).__name__).lower()
        raise OutputError(path, f"cannot be written ({problem})", "free some space or choose another folder") from error


@contextmanager
def part_folder(out: Path, *, hidden: bool = False) -> Iterator[Path]:
    """An empty folder to fill, ``NAME.talkies.part`` beside ``out``; at the end it takes the place of ``out`` with all
    in it; after any failure it is gone and ``out`` is as it was. ``hidden``: its name begins with a dot, where a
    program reads every folder that it sees. Raises OutputError."""
    dot = "." if hidden else ""
    part, old = (part_of(out.with_name(f"{dot}{out.name}{end}")) for end in ("", ".old"))
    with output_errors(out):
        step_back(out, old)
        _remove(part)
        try:
            part.mkdir(parents=True)
            yield part
            with _told(part, out):
                _replace(part, out, old)
        finally:
            _remove(part)


def _remove(folder: Path) -> None:
    """A folder with all in it, as far as that can be; of a link only the link."""
    if folder.is_symlink():
        folder.unlink()
    else:
        shutil.rmtree(folder, ignore_errors=True)


def step_back(out: Path, old: Path | None = None) -> None:
    """Puts a folder back that stepped aside for a new one which never came, because its process was killed. ``old``:
    where it is now. Raises OSError."""
    old = old or part_of(out.with_name(f"{out.name}.old"))
    if old.is_dir() and not out.exists():
        old.rename(out)


def _replace(part: Path, out: Path, old: Path) -> None:
    """At once, where the system can; else what is at ``out`` steps aside to ``old`` until the new one is there."""
    _remove(old)  # where a crash left one, nothing could step aside
    if not out.exists():
        part.rename(out)
        return
    if exchanged(part, out):
        return
    out.rename(old)
    try:
        part.rename(out)
    except OSError:
        old.rename(out)
        raise
    _remove(old)


def write_atomically(path: Path, data: bytes) -> None:
    """Replaces a file at once: whenever the machine stops, the old or the new content is there. Raises OSError."""
    part = part_of(path)
    part.unlink(missing_ok=True)  # as above
    with part.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """New names in a folder survive a power cut only when the folder itself is on the disk; where that can be asked."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def twin(path: Path, other: Path) -> None:
    """The same file under another name as well; a copy where the disk cannot do that. Raises OSError."""
    other.unlink(missing_ok=True)
    try:
        os.link(path, other)
    except OSError:
        part = part_of(other)
        shutil.copy2(path, part)
        part.replace(other)
