"""Conforming takes to whole frames: files that begin on a frame of the timeline, as Resolve places them.

    frames of the timeline    |       |       |       |       |
    the take's file              [ head | take ......... ]
    its copy                          [ | take ......... 00]

A take's file that does not gets a copy that does: some samples shorter at its unused head, or with silence at an end.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from .frames import round_half_up
from .refusal import RefusedError

FOLDER = "resolve"
_TIME_REFERENCE = 338
"""Where the bext chunk (EBU Tech 3285) keeps the samples since midnight: 64 bits after five texts."""


class Chunk(NamedTuple):
    """A part of a RIFF file: where its content begins, and its size in bytes."""

    name: bytes
    offset: int
    size: int


def ready(clip: dict[str, Any], rate: Fraction) -> dict[str, Any]:
    """The clip with a file that is there, begins on a frame and fills its frames. ``rate``: the timeline's.

    Raises RefusedError.
    """
    take = Path(clip["file"])
    start, duration = Fraction(clip["start"]), Fraction(clip["duration"])
    first = start - Fraction(clip["head_handle"])
    begin = min(-(-first * rate // 1), round_half_up(start * rate)) / rate
    end = round_half_up((start + duration) * rate) / rate
    try:
        with take.open("rb") as file:
            chunks = list(_chunks(file))
            sizes = {chunk.name: chunk for chunk in chunks}
            if not {b"fmt ", b"data"} <= sizes.keys():
                raise RefusedError(
                    "OutputError", f"{take}: is not a WAV file of less than 4 GB; generate the take again"
                )
            file.seek(sizes[b"fmt "].offset)
            _, _, hertz, _, width, _ = struct.unpack("<HHIIHH", file.read(16))
            head = round_half_up(begin * hertz) - round_half_up(first * hertz)
            missing = int(-(-(end - begin) * hertz // 1)) - (sizes[b"data"].size // width - head)
            tail = missing if 0 < missing <= hertz / rate else 0  # what is shorter than that is another file
            if head == tail == 0:
                return clip
            copy = take.parent / FOLDER / f"{head:+d}{tail:+d}" / take.name
            _write(file, copy, chunks, head * width, tail * width, head)
    except FileNotFoundError as error:
        raise RefusedError("OutputError", f"{take}: is not there; generate the take again") from error
    except (OSError, struct.error) as error:
        raise RefusedError("OutputError", f"{take}: cannot be copied for DaVinci Resolve ({error})") from error
    return dict(clip, file=str(copy), head_handle=str(start - begin))


def _chunks(file: BinaryIO) -> Iterator[Chunk]:
    opening = file.read(12)
    if opening[:4] == b"RIFF" and opening[8:] == b"WAVE":
        while len(header := file.read(8)) == 8:
            name, size = struct.unpack("<4sI", header)
            yield Chunk(name, file.tell(), size)
            file.seek(size + size % 2, 1)


def _write(source: BinaryIO, copy: Path, chunks: list[Chunk], head: int, tail: int, samples: int) -> None:
    """``head`` bytes less at the start of the sound (or so many more), ``tail`` more at its end; its timecode goes
    along by ``samples``."""
    copy.parent.mkdir(parents=True, exist_ok=True)
    part = copy.with_name(copy.name + ".part")
    with part.open("wb") as target:
        target.write(b"RIFF    WAVE")
        for name, offset, size in chunks:
            source.seek(offset)
            if name == b"data":
                source.seek(max(0, head), 1)
                target.write(struct.pack("<4sI", name, size - head + tail) + bytes(max(0, -head)))
                _copy(source, target, size - max(0, head))
                target.write(bytes(tail + (size - head + tail) % 2))
            else:
                content = source.read(size)
                content = _shifted(content, samples) if name == b"bext" else content
                target.write(struct.pack("<4sI", name, size) + content + bytes(size % 2))
        length = target.tell() - 8
        target.seek(4)
        target.write(struct.pack("<I", length))
    part.replace(copy)


def _copy(source: BinaryIO, target: BinaryIO, count: int) -> None:
    """Memory does not grow with length."""
    while count > 0 and (block := source.read(min(count, 1 << 20))):
        target.write(block)
        count -= len(block)


def _shifted(facts: bytes, samples: int) -> bytes:
    """A bext chunk whose file begins ``samples`` later."""
    if len(facts) < _TIME_REFERENCE + 8:
        return facts
    (reference,) = struct.unpack_from("<Q", facts, _TIME_REFERENCE)
    moved = struct.pack("<Q", max(0, reference + samples))
    return facts[:_TIME_REFERENCE] + moved + facts[_TIME_REFERENCE + 8 :]
