"""Sound reader: any file that FFmpeg reads, as float32 at the rate we want."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from talkies.core.arrays import Samples
from talkies.core.errors import MediaError
from talkies.core.media.opening import open_file, sound_stream
from talkies.core.media.wav.bwf import write_bwf

if TYPE_CHECKING:
    import av

__all__ = ["Converter", "Samples", "read_sound", "resampled", "sound_blocks", "write_bwf"]


def read_sound(path: Path, sample_rate: int = 48000, mono: bool = True) -> Samples:
    """The whole sound of a file, (C, N) at ``sample_rate``: C = 1, or 2 when not ``mono``. Raises MediaError."""
    blocks = list(sound_blocks(path, sample_rate, mono))
    return np.concatenate(blocks, axis=1) if blocks else np.zeros((1 if mono else 2, 0), np.float32)


def sound_blocks(path: Path, sample_rate: int = 48000, mono: bool = True) -> Iterator[Samples]:
    """The sound of a file in blocks of (C, n), as they are decoded: memory does not grow with length.

    Raises MediaError: no such file, not a sound, no audio stream, or nothing that can be decoded.
    """
    import av

    try:
        with open_file(path) as container:
            stream = sound_stream(container)
            if stream is None:
                raise MediaError(path, "has no sound that can be decoded")
            copies = 2 if stream.channels == 1 and not mono else 1  # FFmpeg would lower mono by 3 dB on both sides
            layout = "mono" if mono or stream.channels == 1 else "stereo"
            converter = Converter(layout, sample_rate)
            decoded = False
            for frame in chain(container.decode(stream), [None]):
                decoded = decoded or frame is not None
                if not decoded:
                    raise MediaError(path, "its sound cannot be decoded", "it is empty or damaged")
                for block in converter(frame):
                    yield np.repeat(block, copies, axis=0)
    except (av.FFmpegError, OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or type(error).__name__
        raise MediaError(path, f"cannot be read as sound ({str(reason).lower()})", "it may be damaged") from error


def resampled(blocks: Iterable[Samples], from_rate: int, to_rate: int) -> Iterator[Samples]:
    """Blocks of (C, n) at another sample rate; what sounds at a time still sounds at that time.

    There are as many as in the input times ``to_rate / from_rate``, rounded, perhaps a few more.
    """
    if from_rate == to_rate:
        yield from blocks
        return
    given = 0

    def counted() -> Iterator[Samples]:
        nonlocal given
        for block in blocks:
            given += block.shape[1]
            yield block

    made, channels = 0, 1
    for block in _swept(counted(), from_rate, to_rate):
        made, channels = made + block.shape[1], block.shape[0]
        yield block
    missing = round(Fraction(given * to_rate, from_rate)) - made  # swresample keeps back what its filter cannot reach
    if missing > 0:
        yield np.zeros((channels, missing), np.float32)


def _swept(blocks: Iterable[Samples], from_rate: int, to_rate: int) -> Iterator[Samples]:
    import av

    resampler = None
    for block in blocks:
        layout = "mono" if block.shape[0] == 1 else "stereo"
        resampler = resampler or av.AudioResampler(format="fltp", layout=layout, rate=to_rate)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(block, np.float32), format="fltp", layout=layout)
        frame.sample_rate = from_rate
        yield from _converted(resampler, frame)
    if resampler is not None:
        yield from _converted(resampler, None)


class Converter:
    """Decoded frames of sound as blocks of (C, n) float32 in one layout and at one rate, whatever they change to."""

    def __init__(self, layout: str, sample_rate: int) -> None:
        self._layout, self._rate = layout, sample_rate
        self._kind: tuple[str, str, int] | None = None
        self._resampler: av.AudioResampler | None = None

    def __call__(self, frame: Any | None) -> Iterator[Samples]:
        """What a frame gives, or at the end, None, what was held back. A broadcast may change from stereo to 5.1."""
        import av

        kind = (frame.format.name, frame.layout.name, frame.sample_rate) if frame is not None else None
        if self._resampler is not None and kind != self._kind:
            yield from _converted(self._resampler, None)
            self._resampler = None
        if frame is None:
            return
        if self._resampler is None:
            self._kind = kind
            self._resampler = av.AudioResampler(format="fltp", layout=self._layout, rate=self._rate)
        yield from _converted(self._resampler, frame)


def _converted(resampler: av.AudioResampler, frame: Any) -> Iterator[Samples]:
    for converted in resampler.resample(frame):
        yield converted.to_ndarray().astype(np.float32, copy=False)
