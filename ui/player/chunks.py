"""Sound chunks: stretches of files, read in the background and cached within bounded memory."""

from __future__ import annotations

import contextlib
import math
import threading
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor
from fractions import Fraction
from pathlib import Path

import numpy as np

from talkies.core.arrays import Samples
from talkies.core.errors import MediaError
from talkies.core.takes.levels import SAMPLE_RATE

CHUNK_SAMPLES = 4 * SAMPLE_RATE
_MOST_CHUNKS = 160  # of 1.5 MB each
_MIDDLE = np.float32(math.sqrt(0.5))  # a mono file sits in the middle, as in core/takes/levels.py
_RUN_UP_S = 0.5  # compressed sound needs what lies before it

Key = tuple[Path, int]


class SoundChunks:
    """Chunks of (2, CHUNK_SAMPLES) at 48 kHz by file and number; a file without sound is silence."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[Key, Samples] = OrderedDict()
        self._coming: dict[Key, Future[Samples]] = {}
        self._mute: set[Path] = set()
        self._reader = ThreadPoolExecutor(1, thread_name_prefix="sound")

    def get(self, path: Path, number: int, *, wait: bool = False) -> Samples | None:
        """A chunk, or None while it is being read (unless ``wait``) and where the file has no sound."""
        key = (path, number)
        with self._lock:
            if path in self._mute:
                return None
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            if key not in self._coming:
                self._coming[key] = self._reader.submit(self._read, key)
            coming = self._coming[key]
        return coming.result() if wait else None

    def close(self) -> None:
        """Forgets what waits to be read."""
        self._reader.shutdown(wait=True, cancel_futures=True)

    def _read(self, key: Key) -> Samples:
        path, number = key
        try:
            chunk = read_stretch(path, number * CHUNK_SAMPLES, CHUNK_SAMPLES)
        except MediaError:
            chunk = np.zeros((2, CHUNK_SAMPLES), np.float32)
            with self._lock:
                self._mute.add(path)
        with self._lock:
            self._kept[key] = chunk
            self._coming.pop(key, None)
            while len(self._kept) > _MOST_CHUNKS:
                self._kept.popitem(last=False)
        return chunk


def read_stretch(path: Path, first: int, count: int) -> Samples:
    """Samples ``first`` to ``first + count`` of a file's sound at 48 kHz, (2, count); silence where it has none.

    A mono file comes 3 dB lower on both sides. In a movie, sample 0 is when its first picture shows, whatever its own
    stamps begin with. Raises MediaError where there is no sound at all.
    """
    import av

    from talkies.core.media.opening import open_media, sound_stream
    from talkies.core.media.probing import probe
    from talkies.core.media.sound import Converter

    shift = float(probe(path).start)
    result = np.zeros((2, count), np.float32)
    with open_media(path) as container:
        stream = sound_stream(container)
        if stream is None:
            raise MediaError(path, "has no sound")
        mono, tick = stream.channels == 1, stream.time_base or Fraction(1, SAMPLE_RATE)
        converter = Converter("mono" if mono else "stereo", SAMPLE_RATE)
        target = max(first / SAMPLE_RATE + shift - _RUN_UP_S, 0.0)
        if target:
            container.seek(int(target / tick), stream=stream, backward=True)
        place: int | None = None
        with contextlib.suppress(av.FFmpegError):  # a damaged end: what was read before it is heard
            for frame in container.decode(stream):
                if place is None:
                    place = round((float((frame.pts or 0) * tick) - shift) * SAMPLE_RATE)
                for block in converter(frame):
                    _lay(result, block * (_MIDDLE if mono else np.float32(1)), place - first)
                    place += block.shape[1]
                if place >= first + count:
                    break
    return result


def _lay(result: Samples, block: Samples, at: int) -> None:
    """Writes the part of ``block`` (C, n) that falls into ``result`` (2, N), its first sample at ``at``."""
    left, right = max(at, 0), min(at + block.shape[1], result.shape[1])
    if left < right:
        result[:, left:right] = block[:, left - at : right - at]
