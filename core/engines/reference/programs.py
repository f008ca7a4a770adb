"""Extractors that are programs of the user's own: ``extractors.json`` beside the configuration says how they are run.

    {"sync_24fps": ["/opt/synchformer/bin/python", "extract.py", "{movie}", "{out}"],
     "voice_embedding": ["/opt/rawnet/bin/python", "embed.py", "{sound}", "{out}"], "limit_s": 900}

Each is a list of arguments that no shell reads. ``{movie}`` is the stretch as a movie without sound, ``{sound}`` the
reference voice (16 kHz, mono WAV), ``{out}`` the file to write: safetensors with one tensor of that name, or NumPy's
(``np.save`` may add its ".npy"). A word that is a file beside the list stands for that file. A program runs in an
empty folder, confined to it as guests are, and is ended after ``limit_s`` seconds. What comes with a checkpoint names
no program: it may be a stranger's.
"""

from __future__ import annotations

import json
import re
import stat
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from talkies.core.engines.guests.launching import launched
from talkies.core.engines.reference.shapes import FILE_NAMES, Condition
from talkies.core.errors import EngineError, WeightsError, in_one_line
from talkies.core.files.regular import read_regular
from talkies.core.model.weights import load_state
from talkies.core.preferences import preferences_file

PROGRAMS_NAME = "extractors.json"
_LIMIT_S, _LONGEST_S = 900, 86_400
_TICK_S = 0.1
_LARGEST_BYTES = 1 << 20
_ROOM_BYTES = 1 << 16  # of a file, beside its numbers
_NUMPY = b"\x93NUMPY"
_SOURCES: Mapping[Condition, str] = {"picture": "{movie}", "sync": "{movie}", "lips": "{movie}", "voice": "{sound}"}


@dataclass(frozen=True)
class Program:
    """One extractor: its ``argv`` with names in braces, and how long (s) it may take."""

    condition: Condition
    argv: tuple[str, ...]
    limit_s: float

    @property
    def subject(self) -> str:
        """What a sentence about it begins with."""
        return f"{PROGRAMS_NAME}: {FILE_NAMES[self.condition]}"

    def run(self, given: Path, folder: Path, most_numbers: int) -> Tensor:
        """What it makes of a movie or a sound, whatever its shape. ``folder``: where it runs, and alone may write.
        Raises EngineError."""
        out = folder / f"{FILE_NAMES[self.condition]}.safetensors"
        values = {_SOURCES[self.condition][1:-1]: str(given), "out": str(out)}
        self._finish(
            [re.sub(r"\{(\w+)\}", lambda name: values.get(name[1], name[0]), word) for word in self.argv], folder
        )
        return self._read(out, most_numbers)

    def _finish(self, argv: Sequence[str], folder: Path) -> None:
        try:
            process = launched(argv, folder, ports=False)
        except OSError as error:
            raise EngineError(self.subject, f"{argv[0]} cannot be started ({error.strerror})") from None
        try:
            until = time.monotonic() + self.limit_s
            while process.code is None:  # what it says is heard, so that it need not wait for us
                process.hear(_TICK_S)
                if time.monotonic() > until:
                    cure = f"raise limit_s in {PROGRAMS_NAME} if it needs longer"
                    raise EngineError(self.subject, f"was not done after {self.limit_s:g} s and was ended", cure)
            if process.code:
                raise EngineError(self.subject, f"ended {process.how_it_ended()}")
        finally:
            process.end()

    def _read(self, out: Path, most_numbers: int) -> Tensor:
        name = FILE_NAMES[self.condition]
        found = next((path for path in (out, Path(f"{out}.npy")) if _is_file(path)), None)
        if found is None:
            raise EngineError(self.subject, "wrote no {out}", f"it must write {name} there")
        if found.stat().st_size > 8 * most_numbers + _ROOM_BYTES:
            raise EngineError(self.subject, f"wrote {found.stat().st_size / 1e6:.1f} MB, more than {name} can have")
        try:
            with found.open("rb") as file:
                is_numpy = file.read(len(_NUMPY)) == _NUMPY
            tensors = {name: _of_numpy(found)} if is_numpy else load_state(found)
        except Exception as error:  # NumPy and what it parses with raise a dozen kinds for a broken file
            reason = in_one_line(error.problem if isinstance(error, WeightsError) else error)
            raise EngineError(self.subject, f"wrote no tensor that can be read ({reason})") from error
        if name not in tensors:
            raise EngineError(
                self.subject, f"wrote no tensor {name}", f"its file has {', '.join(tensors)[:80] or 'none'}"
            )
        return tensors[name]


def programs_file() -> Path:
    """Where the list is, whether it exists or not."""
    return preferences_file().with_name(PROGRAMS_NAME)


def read_programs(path: Path) -> dict[Condition, Program]:
    """The extractors that a file names. Raises WeightsError."""
    try:
        rows = json.loads(read_regular(path, _LARGEST_BYTES, WeightsError, "list of programs"))
    except (ValueError, RecursionError) as error:
        raise WeightsError(path, f"is not JSON ({error})") from None
    if not isinstance(rows, dict):
        raise WeightsError(path, "is not a JSON object of programs")
    limit_s = rows.pop("limit_s", _LIMIT_S)
    if isinstance(limit_s, bool) or not isinstance(limit_s, int | float) or not 0 < limit_s <= _LONGEST_S:
        raise WeightsError(path, f"limit_s is {str(limit_s)[:40]}, not seconds up to {_LONGEST_S}")
    by_name = {FILE_NAMES[condition]: condition for condition in _SOURCES}
    if unknown := sorted(set(rows) - set(by_name)):
        raise WeightsError(path, f"names {unknown[0][:40]!r}", f"use {', '.join(by_name)} and limit_s")
    return {
        by_name[name]: Program(by_name[name], _argv(path, name, _SOURCES[by_name[name]], row), limit_s)
        for name, row in rows.items()
    }


def _argv(path: Path, name: str, source: str, row: Any) -> tuple[str, ...]:
    """Checked, and files beside the list by their whole names."""
    if not isinstance(row, list) or not row or not all(isinstance(word, str) and word for word in row):
        raise WeightsError(path, f"{name} is no list of a program and its arguments")
    for wanted in (source, "{out}"):
        if not any(wanted in word for word in row[1:]):
            raise WeightsError(path, f"{name} has no {wanted} among its arguments", "the program needs it")
    beside = ((word, (path.parent / word).absolute()) for word in row)
    return tuple(str(there) if there.is_file() else word for word, there in beside)


def _is_file(path: Path) -> bool:
    """A file itself: no link out of a folder, no pipe to wait for."""
    try:
        return stat.S_ISREG(path.lstat().st_mode)
    except (OSError, ValueError):
        return False


def _of_numpy(path: Path) -> Tensor:
    """The array of a file that claims no more than it has; nothing in it is executed."""
    stored = np.load(path, mmap_mode="r", allow_pickle=False)
    return torch.from_numpy(np.array(stored))
