"""Resolve places sound by whole frames of its file. A take whose file begins between two frames gets a copy that does
not: some samples shorter (its unused head), or with some samples of silence before it where there is no head.

    frames of the timeline    |       |       |       |
    the take's file              [head|take ...
    its copy                          [take ...
"""

from __future__ import annotations

import os
import struct
from fractions import Fraction
from typing import Any, Dict, Iterator, Tuple

from .frames import round_half_up
from .telling import Refusal

FOLDER = "resolve"
_TIME_REFERENCE = 338
"""Where the bext chunk (EBU Tech 3285) keeps the samples since midnight: 64 bits after five texts."""


def ready(clip: Dict[str, Any], rate: Fraction) -> Dict[str, Any]:
    """The clip if its file is there, with one that begins on a frame. Raises Refusal."""
    if not os.path.isfile(clip["file"]):
        raise Refusal("OutputError", f"{clip['file']}: is not there; generate the take again")
    return conformed(clip, rate)


def conformed(clip: Dict[str, Any], rate: Fraction) -> Dict[str, Any]:
    """The clip with a file that begins on a frame of the timeline. ``rate``: the timeline's. Raises Refusal."""
    start = Fraction(clip["start"])
    first = start - Fraction(clip["head_handle"])
    begin = min(-(-first * rate // 1), round_half_up(start * rate)) / rate
    if begin == first:
        return clip
    chunks = dict(_chunks(clip["file"]))
    if not {b"fmt ", b"data"} <= chunks.keys():
        raise Refusal("OutputError", f"{clip['file']}: is no WAV file; generate the take again")
    _, _, hertz, _, frame_bytes, _ = struct.unpack_from("<HHIIHH", chunks[b"fmt "])
    cut = round_half_up(begin * hertz) - round_half_up(first * hertz)
    copy = os.path.join(os.path.dirname(clip["file"]), FOLDER, f"{cut:+d}", os.path.basename(clip["file"]))
    _write(copy, _shifted(chunks, cut, frame_bytes))
    return dict(clip, file=copy, head_handle=str(start - begin))


def _shifted(chunks: Dict[bytes, bytes], cut: int, frame_bytes: int) -> Dict[bytes, bytes]:
    """``cut`` samples less at the head, or so many more; the file's timecode moves along."""
    sound, count = chunks[b"data"], cut * frame_bytes
    changed = {b"data": sound[count:] if cut > 0 else bytes(-count) + sound}
    facts = chunks.get(b"bext", b"")
    if len(facts) >= _TIME_REFERENCE + 8:
        (reference,) = struct.unpack_from("<Q", facts, _TIME_REFERENCE)
        moved = struct.pack("<Q", max(0, reference + cut))
        changed[b"bext"] = facts[:_TIME_REFERENCE] + moved + facts[_TIME_REFERENCE + 8 :]
    return {**chunks, **changed}


def _chunks(path: str) -> Iterator[Tuple[bytes, bytes]]:
    """Name and content of a RIFF file's chunks. Raises Refusal."""
    try:
        with open(path, "rb") as file:
            if file.read(12)[8:] != b"WAVE":
                return
            while len(header := file.read(8)) == 8:
                name, size = struct.unpack("<4sI", header)
                yield name, file.read(size)
                file.read(size % 2)
    except OSError as error:
        raise Refusal("OutputError", f"{path}: cannot be read ({error.strerror}); generate the take again") from error


def _write(path: str, chunks: Dict[bytes, bytes]) -> None:
    parts = [struct.pack("<4sI", name, len(body)) + body + bytes(len(body) % 2) for name, body in chunks.items()]
    size = 4 + sum(map(len, parts))
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path + ".part", "wb") as file:
            file.write(struct.pack("<4sI4s", b"RIFF", size, b"WAVE") + b"".join(parts))
        os.replace(path + ".part", path)
    except OSError as error:
        raise Refusal("OutputError", f"{path}: cannot be written ({error.strerror}); free some space") from error
