"""Work folders: a run's timeline and sound in a folder of its own, which the strips go on playing from."""

from __future__ import annotations

import contextlib
import tempfile
import uuid
from itertools import count
from pathlib import Path

import bpy

from .errors import RefusedError


def new_folder() -> Path:
    """``film.talkies/0001`` beside ``film.blend``; for a file that is not saved yet, in Blender's own user folder."""
    parent = _parent()
    try:
        parent.mkdir(parents=True, exist_ok=True)
        for number in count(1):
            with contextlib.suppress(FileExistsError):
                (parent / f"{number:04d}").mkdir()
                return parent / f"{number:04d}"
    except OSError as error:
        raise RefusedError(
            f"{parent}: cannot be written ({error.strerror}); save the .blend file somewhere else"
        ) from error
    raise AssertionError("every folder name is taken")


_unsaved = uuid.uuid4().hex[:12]


def panel_folder() -> Path:
    """Where the panel keeps its work: always the same for a saved file, and no other file's."""
    return _parent() / ("panel" if bpy.data.filepath else f"panel-{_unsaved}")


def another_file() -> None:
    """From now on this is another file: what is not saved yet has no other name."""
    global _unsaved
    _unsaved = uuid.uuid4().hex[:12]


def _parent() -> Path:
    if bpy.data.filepath:
        return Path(bpy.data.filepath).with_suffix(".talkies")
    try:
        return Path(bpy.utils.extension_path_user(__package__, path="takes", create=True))
    except ValueError:  # not installed as an extension
        return Path(tempfile.gettempdir()) / "talkies"
