"""Cadence: how many different pictures a second a movie shows, whatever rate it states.

A film that was shot at 18 pictures a second and copied for 24 shows every third one twice: it runs as fast as it was
shot. Copied picture for picture it runs a third too fast, and no picture is shown twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import islice
from pathlib import Path

import numpy as np

from talkies.core.arrays import Floats32

SIZE = (64, 48)
"""Pictures are compared as small as this, in grey."""
MOST_PICTURES = 600
_FEWEST = 24  # changes where something moves
_MOVES = 0.05  # grey levels of 255, mean of a picture
_ALIKE = 0.3  # of what changes around
_AROUND, _OFTEN = 9, 70  # changes that are compared, and the percentile of them that moves where every other is none


def shown_rate(path: Path, rate: Fraction) -> float | None:
    """Different pictures a second of a movie that states ``rate``, by its first MOST_PICTURES; None where too little
    moves to tell. Raises MediaError."""
    changes = np.array([*_changes(path, rate)])
    if len(changes) < _AROUND:
        return None
    around = np.percentile(np.lib.stride_tricks.sliding_window_view(changes, _AROUND), _OFTEN, axis=1)
    margin = _AROUND // 2
    here, moving = changes[margin : margin + len(around)], around > _MOVES
    if int(moving.sum()) < _FEWEST:
        return None
    repeated = float(np.mean(here[moving] < _ALIKE * around[moving]))
    return float(rate) * (1 - repeated)


def _changes(path: Path, rate: Fraction) -> Iterator[float]:
    """How much each picture differs from the one before."""
    before: Floats32 | None = None
    for picture in islice(_pictures(path, rate), MOST_PICTURES):
        if before is not None:
            yield float(np.abs(picture - before).mean())
        before = picture


def _pictures(path: Path, rate: Fraction) -> Iterator[Floats32]:
    from talkies.core.media.movie import Movie  # late: timelines are read without a decoder

    with Movie(path) as movie:
        for _, frame in movie.frames(Fraction(0), (MOST_PICTURES + 1) / rate):
            yield frame.reformat(*SIZE, format="gray").to_ndarray().astype(np.float32)
