"""Broadcast WAV writer: 24-bit, streamed, exact in length, with record timecode and loudness in its ``bext`` chunk, and
scene, take and tracks in its ``iXML`` chunk.

The file is written beside its place as ``NAME.talkies.part`` and moved there when it is whole; whatever goes wrong, the
part is removed and what stood there before is untouched. Beyond 4 GB the file becomes RF64 (EBU Tech 3306).
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from talkies.core.arrays import Ints32, Samples
from talkies.core.errors import MediaError, OutputError
from talkies.core.files.atomic import part_file
from talkies.core.media.loudness import Meter, Programme
from talkies.core.media.opening import open_file
from talkies.core.media.wav.bext import Bext, bext_chunk, programme_in
from talkies.core.media.wav.ixml import Slate, ixml_chunk, rewritten_ixml
from talkies.core.media.wav.riff import WaveFile, text_chunks

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
    slate: Slate | bytes = Slate(),  # noqa: B008 - frozen
    programme: Programme | None = None,
    meter: Meter | None = None,
    dither: bool = False,
    seed: int = 0,
) -> int:
    """Write blocks of (C, n) samples as 24-bit Broadcast WAV and return the number of samples written.

    ``time_reference``: the record timecode of the first sample, in samples since midnight. ``count``: how many
    samples there must be in the end. ``origination``: when it was made (now). ``slate``: what its iXML says, or the
    chunk of the file that it was before. ``dither``: triangular noise of one step, the same for the same ``seed``;
    exact zeros stay exact zeros. What exceeds full scale is clipped. ``programme``: its loudness where it is
    known; otherwise it is measured on the way, by ``meter`` if somebody else wants to know. Raises OutputError.
    """
    said = Bext(time_reference, description, originator_reference, origination or datetime.now(UTC))
    if isinstance(slate, bytes):
        ixml = rewritten_ixml(slate, sample_rate, channels, time_reference)
    else:
        ixml = ixml_chunk(slate, sample_rate, channels, time_reference)
    rng = np.random.default_rng(seed) if dither else None
    written = 0
    if programme is None and meter is None:
        meter = Meter(sample_rate)
    with part_file(path) as part, part.open("w+b") as file:
        wave = WaveFile(file, sample_rate, channels, {b"bext": bext_chunk(said, sample_rate, channels), b"iXML": ixml})
        for chunk in _chunks(blocks, channels):
            whole = _whole(chunk, rng)
            if meter is not None:
                meter.add(whole.astype(np.float32) / np.float32(FULL_SCALE))
            wave.write(_packed(whole))
            written += chunk.shape[1]
        if count is not None and written != count:
            raise OutputError(path, f"{written} samples were written, {count} were expected")
        known = programme if meter is None else meter.programme()
        wave.finish({b"bext": bext_chunk(said, sample_rate, channels, known or Programme())})
    return written


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


def read_programme(path: Path) -> Programme | None:
    """The loudness that the ``bext`` chunk of a WAV states, None where it states none. Raises MediaError."""
    return programme_in(_text_chunk(path, b"bext"))


def read_ixml(path: Path) -> bytes:
    """The ``iXML`` chunk of a WAV, b"" where there is none. Raises MediaError."""
    return _text_chunk(path, b"iXML")


def _text_chunk(path: Path, wanted: bytes) -> bytes:
    try:
        with path.open("rb") as file:
            return next((content for name, content in text_chunks(file) if name == wanted), b"")
    except (OSError, struct.error) as error:
        raise MediaError(path, "cannot be read as a WAV file", "it may be damaged") from error


def _chunks(blocks: Iterable[Samples], channels: int) -> Iterator[Samples]:
    """The same samples in pieces of bounded size."""
    for block in blocks:
        if block.ndim != 2 or block.shape[0] != channels:
            raise ValueError(f"expected blocks of shape ({channels}, n), got {block.shape}")
        for start in range(0, block.shape[1], _CHUNK_SAMPLES):
            yield block[:, start : start + _CHUNK_SAMPLES]


def _whole(chunk: Samples, rng: np.random.Generator | None) -> Ints32:
    """(C, n) as steps of 24 bits."""
    steps = np.nan_to_num(chunk.astype(np.float64), nan=0.0) * FULL_SCALE
    if rng is not None:
        steps += np.where(steps == 0, 0.0, rng.random(steps.shape) - rng.random(steps.shape))
    return np.clip(np.round(steps), -FULL_SCALE, FULL_SCALE - 1).astype("<i4")


def _packed(whole: Ints32) -> bytes:
    """(C, n) steps as frames of three bytes a channel, little-endian."""
    frames = np.ascontiguousarray(whole.T).reshape(-1, 1)
    return frames.view(np.uint8)[:, :3].tobytes()
