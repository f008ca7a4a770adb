"""Resolve places sound by whole frames of its file. A take whose file begins between two frames gets a copy that does
not: some samples shorter (its unused head), or with some samples of silence before it where there is no head.

    frames of the timeline    |       |       |       |
    the take's file              [head|take ...
    its copy                          [take ...
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

from .frames import round_half_up
from .telling import RefusedError

FOLDER = "resolve"
_TIME_REFERENCE = 338
"""Where the bext chunk (EBU Tech 3285) keeps the samples since midnight: 64 bits after five texts."""


def ready(clip: dict[str, Any], rate: Fraction) -> dict[str, Any]:
    """The clip if its file is there, with one that begins on a frame. Raises RefusedError."""
    if not Path(clip["file"]).is_file():
        raise RefusedError("OutputError", f"{clip['file']}: is not there; generate the take again")
    return conformed(clip, rate)


def conformed(clip: dict[str, Any], rate: Fraction) -> dict[str, Any]:
    """The clip with a file that begins on a frame of the timeline. ``rate``: the timeline's. Raises RefusedError."""
    start = Fraction(clip["start"])
    first = start - Fraction(clip["head_handle"])
    begin = min(-(-first * rate // 1), round_half_up(start * rate)) / rate
    if begin == first:
        return clip
    chunks = dict(_chunks(clip["file"]))
    if not {b"fmt ", b"data"} <= chunks.keys():
        raise RefusedError("OutputError", f"{clip['file']}: is no WAV file; generate the take again")
    _, _, hertz, _, frame_bytes, _ = struct.unpack_from("<HHIIHH", chunks[b"fmt "])
    cut = round_half_up(begin * hertz) - round_half_up(first * hertz)
    take = Path(clip["file"])
    copy = take.parent / FOLDER / f"{cut:+d}" / take.name
    _write(copy, _shifted(chunks, cut, frame_bytes))
    return dict(clip, file=str(copy), head_handle=str(start - begin))


def _shifted(chunks: dict[bytes, bytes], cut: int, frame_bytes: int) -> dict[bytes, bytes]:
    """``cut`` samples less at the head, or so many more; the file's timecode moves along."""
    sound, count = chunks[b"data"], cut * frame_bytes
    changed = {b"data": sound[count:] if cut > 0 else bytes(-count) + sound}
    facts = chunks.get(b"bext", b"")
    if len(facts) >= _TIME_REFERENCE + 8:
        (reference,) = struct.unpack_from("<Q", facts, _TIME_REFERENCE)
        moved = struct.pack("<Q", max(0, reference + cut))
        changed[b"bext"] = facts[:_TIME_REFERENCE] + moved + facts[_TIME_REFERENCE + 8 :]
    return {**chunks, **changed}


def _chunks(path: str) -> Iterator[tuple[bytes, bytes]]:
    """Name and content of a RIFF file's chunks. Raises RefusedError."""
    try:
        with Path(path).open("rb") as file:
            if file.read(12)[8:] != b"WAVE":
                return
            while len(header := file.read(8)) == 8:
                name, size = struct.unpack("<4sI", header)
                yield name, file.read(size)
                file.read(size % 2)
    except OSError as error:
        raise RefusedError(
            "OutputError", f"{path}: cannot be read ({error.strerror}); generate the take again"
        ) from error


def _write(path: Path, chunks: dict[bytes, bytes]) -> None:
    parts = [struct.pack("<4sI", name, len(body)) + body + bytes(len(body) % 2) for name, body in chunks.items()]
    size = 4 + sum(map(len, parts))
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_name(path.name + ".part")
        part.write_bytes(struct.pack("<4sI4s", b"RIFF", size, b"WAVE") + b"".join(parts))
        part.replace(path)
    except OSError as error:
        raise RefusedError("OutputError", f"{path}: cannot be written ({error.strerror}); free some space") from error
