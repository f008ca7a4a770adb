"""Waveform and spectrogram of a take, computed in the background and kept while there is room."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from itertools import chain
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from talkies.core.times import round_half_up
from talkies.ui.background import in_background
from talkies.ui.timeline.peaks import Peaks, read_peaks
from talkies.ui.work.state import TakeRecord

COLUMNS, BANDS = 640, 72
_SAMPLE_RATE = 24_000
_WINDOW = 1024  # samples: 43 ms
_LOWEST_HZ, _HIGHEST_HZ = 60.0, 11_500.0
_FLOOR_DB = -78.0
_MOST = 200


@dataclass(frozen=True)
class TakePicture:
    """``spectrogram``: (BANDS, COLUMNS) uint8 over the whole file, low bands last, 255 = full scale."""

    peaks: Peaks
    spectrogram: NDArray[np.uint8]


class TakePictures(QObject):
    """``ready``: the picture of this file is there, or cannot be."""

    ready = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kept: OrderedDict[Path, TakePicture | None] = OrderedDict()
        self._asked: set[Path] = set()

    def get(self, take: TakeRecord) -> TakePicture | None:
        """The picture, or None for now."""
        path = take.path
        if path not in self._kept and path not in self._asked:
            self._asked.add(path)
            samples = round_half_up(take.take.file_range.duration * _SAMPLE_RATE)
            in_background(
                self, lambda: _make(path, samples), partial(self._keep, path), lambda _: self._keep(path, None)
            )
        return self._kept.get(path)

    def _keep(self, path: Path, made: TakePicture | None) -> None:
        self._asked.discard(path)
        self._kept[path] = made
        while len(self._kept) > _MOST:
            self._kept.popitem(last=False)
        self.ready.emit(path)


def _make(path: Path, samples: int) -> TakePicture | None:
    peaks = read_peaks(path)
    return None if peaks is None else TakePicture(peaks, spectrogram(path, samples))


def spectrogram(path: Path, samples: int) -> NDArray[np.uint8]:
    """(BANDS, COLUMNS) levels of a file that lasts ``samples`` at 24 kHz. Raises MediaError."""
    picture = np.zeros((BANDS, COLUMNS), np.uint8)
    for column, stretch in _stretches(path, samples):
        power = np.abs(np.fft.rfft(stretch * _hann())) ** 2
        level = 10 * np.log10(_bands() @ power + 1e-12)
        picture[:, column] = np.clip(255 * (1 - level / _FLOOR_DB), 0, 255)[::-1]
    return picture


def _stretches(path: Path, samples: int) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """The window (_WINDOW,) around the middle of each column, read in one pass."""
    from talkies.core.media.sound import sound_blocks

    starts = [round((column + 0.5) * samples / COLUMNS) - _WINDOW // 2 for column in range(COLUMNS)]
    samples_read = np.zeros(_WINDOW, np.float32)  # what was read and may still be needed; silence before the file
    first, column = -_WINDOW, 0
    for block in chain(sound_blocks(path, _SAMPLE_RATE), [np.zeros((1, 2 * _WINDOW), np.float32)]):
        samples_read = np.concatenate([samples_read, block[0]])
        while starts[column] + _WINDOW <= first + len(samples_read):
            at = starts[column] - first
            yield column, samples_read[at : at + _WINDOW]
            column += 1
            if column == COLUMNS:
                return
        spent = min(starts[column] - first, len(samples_read))
        samples_read, first = samples_read[spent:], first + spent


@cache
def _hann() -> NDArray[np.float64]:
    """Scaled so that a sine of full scale comes to about 0 dB in its band."""
    window = np.hanning(_WINDOW)
    scaled: NDArray[np.float64] = window * (2 / window.sum())
    return scaled


@cache
def _bands() -> NDArray[np.float64]:
    """(BANDS, bins): 1 where a bin belongs to a band; bands are equally wide to the ear (logarithmic)."""
    bins = np.fft.rfftfreq(_WINDOW, 1 / _SAMPLE_RATE)
    edges = np.geomspace(_LOWEST_HZ, _HIGHEST_HZ, BANDS + 1)
    inside = (bins >= edges[:-1, None]) & (bins < edges[1:, None])
    nearest = np.abs(bins - np.sqrt(edges[:-1] * edges[1:])[:, None]).argmin(axis=1)
    inside[np.arange(BANDS), nearest] = True
    return inside.astype(np.float64)
