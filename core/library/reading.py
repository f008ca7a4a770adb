"""Reading recordings for the library: all of it once to measure it, a stretch of it to perform it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from math import gcd
from pathlib import Path
from typing import Any

import numpy as np

from talkies.core.arrays import Samples
from talkies.core.errors import MediaError
from talkies.core.library.chunks import Statement, stated
from talkies.core.library.measures import measure
from talkies.core.library.recording import Recording
from talkies.core.media.opening import open_file, sound_stream
from talkies.core.media.sound import Converter
from talkies.core.media.wav.bwf import SAMPLE_RATE

SUFFIXES = frozenset(
    (".wav", ".wave", ".bwf", ".rf64", ".w64", ".flac", ".aif", ".aiff", ".aifc", ".ogg", ".oga", ".opus", ".mp3")
)
"""Of files that the library takes for recordings."""

_LOUDEST = 1000.0  # full scale 1
_LEAD_S = 1  # read ahead of a stretch that is sought, so that filters have settled


def read_recording(path: Path) -> Recording:
    """One file, opened once. Raises MediaError, OSError."""
    import av

    try:
        with open_file(path) as container:
            stream = sound_stream(container)
            if stream is None:
                raise MediaError(path, "has no sound that can be decoded")
            channels, tags = stream.channels, dict(container.metadata) | dict(stream.metadata)
            measures = measure(_mono(container, stream))
    except (av.FFmpegError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise MediaError(path, f"cannot be read as sound ({str(reason).lower()})", "it may be damaged") from error
    if not measures.duration_s:
        raise MediaError(path, "holds no sound", "it is empty or damaged")
    said: Statement = stated(path, tags)
    return Recording(path, measures, channels, said.category, said.description)


def _mono(container: Any, stream: Any) -> Iterator[Samples]:
    converter = Converter("mono", SAMPLE_RATE)
    for frame in chain(container.decode(stream), [None]):
        yield from map(_finite, converter(frame))


def stretch(path: Path, first: int, count: int, stereo: bool = False) -> Samples:
    """Samples ``first`` to ``first + count`` at 48 kHz, (C, count) with zeros where the file has none; C = 1, or 2.

    In a file whose every sample can be sought (PCM, FLAC) only that stretch is decoded. Raises MediaError.
    """
    import av

    out = np.zeros((2 if stereo else 1, count), np.float32)
    try:
        with open_file(path) as container:
            stream = sound_stream(container)
            if stream is None:
                raise MediaError(path, "has no sound that can be decoded")
            layout = "stereo" if stereo and stream.channels > 1 else "mono"
            for place, block in _placed(container, stream, layout, first):
                left, right = max(place, first), min(place + block.shape[1], first + count)
                if left < right:
                    out[:, left - first : right - first] = block[:, left - place : right - place]
                if place >= first + count:
                    break
    except (av.FFmpegError, OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise MediaError(path, f"cannot be read as sound ({str(reason).lower()})", "it may be damaged") from error
    return out


def _placed(container: Any, stream: Any, layout: str, first: int) -> Iterator[tuple[int, Samples]]:
    """Blocks at 48 kHz, each with the place of its first sample."""
    place, frames = _sought(container, stream, first)
    converter = Converter(layout, SAMPLE_RATE)
    for frame in chain(frames, [None]):
        for block in converter(frame):
            yield place, _finite(block)
            place += block.shape[1]


def _finite(block: Samples) -> Samples:
    """Files of floats may hold anything: what is no number, or far beyond full scale, is damage."""
    return np.asarray(np.where(np.abs(block) <= _LOUDEST, block, 0), np.float32)


def _sought(container: Any, stream: Any, first: int) -> tuple[int, Iterator[Any]]:
    """Where (samples at 48 kHz) the first decoded frame begins, and the frames.

    A frame that begins between two samples at 48 kHz is no place to start at: the file is then read from its begin.
    """
    rate, codec = stream.rate, stream.codec_context.name
    wanted_s = first / SAMPLE_RATE - _LEAD_S
    if wanted_s <= 2 * _LEAD_S or not (codec.startswith("pcm_") or codec == "flac"):
        return 0, container.decode(stream)
    origin = stream.start_time or 0
    container.seek(origin + int(wanted_s / stream.time_base), stream=stream)
    period = rate // gcd(rate, SAMPLE_RATE)
    frames = container.decode(stream)
    for frame in frames:
        begin = (frame.pts - origin) * stream.time_base * rate if frame.pts is not None else None
        if begin is None or begin.denominator != 1 or begin * SAMPLE_RATE > rate * first:
            break
        place = int(begin)
        if place % period == 0:
            return place * SAMPLE_RATE // rate, chain([frame], frames)
        skip = -place % period
        if skip < frame.samples:
            return (place + skip) * SAMPLE_RATE // rate, chain([_without(frame, skip)], frames)
    container.seek(origin, stream=stream)
    return 0, container.decode(stream)


def _without(frame: Any, skip: int) -> Any:
    """The frame without its first samples."""
    import av

    values = frame.to_ndarray()
    planar = frame.format.is_planar
    rest = values[:, skip:] if planar else values[:, skip * frame.layout.nb_channels :]
    cut = av.AudioFrame.from_ndarray(np.ascontiguousarray(rest), format=frame.format.name, layout=frame.layout.name)
    cut.sample_rate = frame.sample_rate
    return cut
