"""Broadcast WAV writer: 24-bit, streamed, exact in length, with the record timecode in its ``bext`` chunk.

The file is written beside its place as ``NAME.talkies.part`` and moved there when it is whole; whatever goes wrong, the
part is removed and what stood there before is untouched. Beyond 4 GB the file becomes RF64 (EBU Tech 3306).
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from talkies.core.arrays import Samples
from talkies.core.errors import MediaError, OutputError
from talkies.core.files.atomic import part_file
from talkies.core.media.opening import open_file

if TYPE_CHECKING:
    import av

SAMPLE_RATE = 48000
"""Of every file we write, in samples per second."""


FULL_SCALE = 1 << 23
"""Steps from 0 to full scale in 24 bits."""

_CHUNK_SAMPLES = 1 << 16


def write_bwf(
    path: Path,
    blocks: Iterable[Samples],
    *,
    sample_rate: int = SAMPLE_RATE,
    channels: int = 1,
    time_reference: int = 0,
    count: int | None = None,
    description: str = "",
    originator_reference: str = "",
    origination: datetime | None = None,
    dither: bool = False,
    seed: int = 0,
) -> int:
    """Write blocks of (C, n) samples as 24-bit Broadcast WAV and return the number of samples written.

    ``time_reference``: the record timecode of the first sample, in samples since midnight. ``count``: how many
    samples there must be in the end. ``origination``: when it was made (now). ``dither``: triangular noise of one
    step, the same for the same ``seed``; exact zeros stay exact zeros. What exceeds full scale is clipped.
    Raises OutputError.
    """
    metadata = _bext(sample_rate, channels, time_reference, description, originator_reference, origination)
    rng = np.random.default_rng(seed) if dither else None
    with part_file(path) as part:
        written = _encode(part, blocks, sample_rate, channels, metadata, rng)
        if count is not None and written != count:
            raise OutputError(path, f"{written} samples were written, {count} were expected")
    return written


@dataclass(frozen=True)
class Bext:
    """What a ``bext`` chunk says; the names are those of :func:`write_bwf`."""

    time_reference: int
    description: str
    originator_reference: str
    origination: datetime | None


def read_bext(path: Path) -> Bext:
    """The ``bext`` chunk of a file that :func:`write_bwf` wrote; empty fields for any other WAV. Raises MediaError."""
    import av

    try:
        with open_file(path) as container:
            fields = dict(container.metadata)
    except (av.FFmpegError, OSError) as error:
        raise MediaError(path, "cannot be read as a WAV file", "it may be damaged") from error
    moment = f"{fields.get('date', '')} {fields.get('creation_time', '')}"
    try:
        origination = datetime.strptime(moment, "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        origination = None
    reference, stated = fields.get("originator_reference", ""), fields.get("time_reference", "")
    first = int(stated) if stated.isdecimal() and len(stated) < 20 else 0  # in other formats anything may stand there
    return Bext(first, fields.get("comment", ""), reference, origination)


def _bext(
    sample_rate: int, channels: int, time_reference: int, description: str, reference: str, origination: datetime | None
) -> dict[str, str]:
    """The fields of the ``bext`` chunk (EBU Tech 3285), as FFmpeg names them; ASCII, cut to size."""
    moment = origination or datetime.now(UTC)
    layout = {1: "mono", 2: "stereo"}.get(channels, "multichannel")
    return {
        "description": _ascii(description, 256),
        "originator": "talkies",
        "originator_reference": _ascii(reference, 32),
        "origination_date": f"{moment:%Y-%m-%d}",
        "origination_time": f"{moment:%H:%M:%S}",
        "time_reference": str(time_reference),
        "coding_history": f"A=PCM,F={sample_rate},W=24,M={layout},T=talkies\r\n",
    }


def _ascii(text: str, size: int) -> str:
    return text.encode("ascii", "replace").decode("ascii")[:size]


def _encode(
    part: Path,
    blocks: Iterable[Samples],
    sample_rate: int,
    channels: int,
    metadata: dict[str, str],
    rng: np.random.Generator | None,
) -> int:
    """Python owns the file, so that a full disk raises here with its real reason and is not a line in FFmpeg's log."""
    import av

    written = 0
    layout = {1: "mono", 2: "stereo"}.get(channels, f"{channels}c")
    with part.open("w+b") as file:
        options = {"write_bext": "1", "rf64": "auto"}
        with _closed(av.open(file, "w", format="wav", options=options)) as container:
            container.metadata.update(metadata)
            stream: Any = container.add_stream("pcm_s24le", rate=sample_rate, layout=layout)
            for chunk in _chunks(blocks, channels):
                frame = _frame(chunk, layout, sample_rate, rng)
                container.mux(stream.encode(frame))
                written += chunk.shape[1]
            if not written:
                container.start_encoding()
            container.mux(stream.encode(None))
        file.flush()
        os.fsync(file.fileno())
    return written


@contextmanager
def _closed(container: Any) -> Iterator[Any]:
    """The container, closed at the end; the first error is raised, as an OSError."""
    import av

    try:
        yield container
    except BaseException:
        with suppress(av.FFmpegError, OSError):  # FFmpeg complains once more that it cannot finish the file
            container.close()
        raise
    try:
        container.close()
    except av.FFmpegError as error:
        raise OSError(error.errno, error.strerror or "FFmpeg could not finish the file") from error


def _chunks(blocks: Iterable[Samples], channels: int) -> Iterator[Samples]:
    """The same samples in pieces of bounded size."""
    for block in blocks:
        if block.ndim != 2 or block.shape[0] != channels:
            raise ValueError(f"expected blocks of shape ({channels}, n), got {block.shape}")
        for start in range(0, block.shape[1], _CHUNK_SAMPLES):
            yield block[:, start : start + _CHUNK_SAMPLES]


def _frame(chunk: Samples, layout: str, sample_rate: int, rng: np.random.Generator | None) -> av.AudioFrame:
    import av

    steps = np.nan_to_num(chunk.astype(np.float64), nan=0.0) * FULL_SCALE
    if rng is not None:
        steps += np.where(steps == 0, 0.0, rng.random(steps.shape) - rng.random(steps.shape))
    whole = np.clip(np.round(steps), -FULL_SCALE, FULL_SCALE - 1).astype(np.int32) << 8
    frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(whole.T).reshape(1, -1), format="s32", layout=layout)
    frame.sample_rate = sample_rate
    return frame
