"""Places: where in the picture something moves, or struck, for panning.

The middle of what moves (visual.py) says it finely. Where several things move, the region that lost speed (sync.py)
says which of them struck.
"""

from __future__ import annotations

import numpy as np

from talkies.core.arrays import Floats, Floats32
from talkies.core.conditioning.picture.sync import REGIONS
from talkies.core.conditioning.picture.visual import PICTURE_RATE, PictureFeatures
from talkies.core.times import LATENT_RATE

_X, _Y, _SHARE = 180, 181, 184  # columns of the moving thing
_SEEN = float(np.arcsinh(20 * 2e-4)) / 3  # the share below which a thing fades in
_THIRD, _HALF = 2 / 3, 1 / 2  # the middles of an outer third and of half of the picture
_NEAR_S = 0.12  # what a stroke lost of its speed is looked for so near to it
_APART = 0.5  # a stroke further from the middle of what moves was another thing's
_SMOOTH = np.array([1.0, 2.0, 3.0, 2.0, 1.0]) / 9  # of places 0.1 s apart


class Path:
    """Where what moves is, over time; in the middle where nothing ever does."""

    def __init__(self, features: PictureFeatures | None) -> None:
        self._cells = np.zeros(0)
        self._x, self._y = np.zeros(0), np.zeros(0)
        if features is None:
            return
        picture = features.picture
        self._cells = np.flatnonzero(picture[:, _SHARE] >= _SEEN).astype(np.float64)
        moving = np.clip(picture[self._cells.astype(np.intp)], -1, 1).astype(np.float64)
        self._x, self._y = _steady(moving[:, _X]), moving[:, _Y]

    def x(self, seconds: Floats) -> Floats:
        """(n,) places -1, left, to 1 at (n,) s; what stands still stays where it came to rest."""
        return self._at(self._x, seconds)

    def y(self, seconds: Floats) -> Floats:
        """(n,) places -1, top, to 1 at (n,) s."""
        return self._at(self._y, seconds)

    def _at(self, places: Floats, seconds: Floats) -> Floats:
        if not len(places):
            return np.zeros(len(seconds))
        found: Floats = np.interp(seconds * float(PICTURE_RATE) - 0.5, self._cells, places)
        return found


def struck_at(features: PictureFeatures, seconds: float) -> tuple[float, float] | None:
    """x and y, each -1 to 1 from the upper left, of what struck at a time (s); None where nothing moves at all."""
    path = Path(features)
    if not features.picture[:, _SHARE].any():
        return None
    at = np.array([seconds])
    x, y = float(path.x(at)[0]), float(path.y(at)[0])
    blow = _blow(features.sync, seconds)
    return (x, y) if blow is None or abs(blow[0] - x) < _APART else blow


def _blow(sync: Floats32, seconds: float) -> tuple[float, float] | None:
    """Where the regions are that lost speed near a time, None where none did."""
    first = max(round((seconds - _NEAR_S) * float(LATENT_RATE)), 0)
    near = sync[first : round((seconds + _NEAR_S) * float(LATENT_RATE)) + 1, 3 : 4 * REGIONS : 4]
    lost = np.sinh(4 * near).sum(axis=0).reshape(2, 3)  # as it was before it was compressed
    if not lost.any():
        return None
    (left, _, right), (top, bottom) = lost.sum(axis=0), lost.sum(axis=1)
    return float((right - left) / lost.sum() * _THIRD), float((bottom - top) / lost.sum() * _HALF)


def _steady(places: Floats) -> Floats:
    """The same without jitter, as long; (n,) 0.1 s apart where something moves."""
    if not len(places):
        return np.zeros(0)
    half = len(_SMOOTH) // 2
    return np.convolve(np.pad(places, half, mode="edge"), _SMOOTH, mode="valid")
