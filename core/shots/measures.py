"""What tells shots apart, frame by frame: a break in the picture, two pictures in one, and no picture.

Frames come in order and are forgotten; a few numbers of each stay, so an hour needs no more memory than a minute. All
measures compare patterns, not levels: flicker of old film changes levels, and a small shift is tried for gate weave.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np

from talkies.core.arrays import Floats32, Grey, Ints

WIDTH, LINES = 64, 48
"""Of the picture on which shots are told apart."""

SPANS = (4, 6, 9, 13, 18, 25)
"""Half lengths of a dissolve that are tried, in frames."""

FLAT = 3.0
"""Grey levels: the standard deviation of a picture that shows nothing."""

_SHIFT = 2  # pixels of the small picture that the gate may weave
_BLUR = 1.0  # pixels
_AROUND = 3  # frames on each side by whose motion a break is judged
_PAIRS = ((2, 0), (2, -1), (1, 0), (1, -1))  # frames before a break, and after it
_STEPS = np.linspace(-0.75, 0.75, 7)  # of a dissolve's half length: pictures that are looked at
_WINDOW = 2 * SPANS[-1] + 1
_DIFFERENT = 0.12  # distance of two ends that may belong to two shots
_EXPLAINED = 0.8  # of each picture between, by both ends
_LEAST_SHARE = -0.15
_SHRINKS = 0.05  # by which the later one's share may shrink from one picture to the next
_GROWS = 0.45  # from the first picture between to the last


@dataclass
class Measures:
    """One number a frame. ``breaks``: how far it and the next differ from the two before, 0 to 2; ``motion``: how far
    neighbours around it do. ``mixed``: how much better two pictures explain what lies around it than one does, 0 to
    0.5, and over how many frames to each side (``spans``). ``contrast``: standard deviation, grey levels."""

    breaks: list[float] = field(default_factory=list)
    motion: list[float] = field(default_factory=list)
    mixed: list[float] = field(default_factory=list)
    spans: list[int] = field(default_factory=list)
    contrast: list[float] = field(default_factory=list)


class ShotMeter:
    """Feed grey pictures in order, then :meth:`finish`."""

    def __init__(self) -> None:
        size = WIDTH * LINES
        self._fed = 0
        self._patterns = np.zeros((_WINDOW, size), np.float32)  # frame n lies in row n modulo the window, as below
        self._products = np.zeros((_WINDOW, _WINDOW), np.float32)  # of each two of them, a pixel's mean
        self._measures = Measures()

    def feed(self, grey: Grey) -> None:
        """``grey``: uint8 (H, W) of any size."""
        small = cv2.resize(grey, (WIDTH, LINES), interpolation=cv2.INTER_AREA).astype(np.float32)
        pattern = cv2.GaussianBlur(small, (0, 0), _BLUR)
        row = self._fed % _WINDOW
        self._patterns[row] = (pattern - pattern.mean()).ravel()
        products = self._patterns @ self._patterns[row] / self._patterns.shape[1]
        self._products[row], self._products[:, row] = products, products
        self._measures.contrast.append(float(np.sqrt(products[row])))
        self._fed += 1
        if self._fed > _AROUND:
            self._measure_break(self._fed - 1 - _AROUND)
        if self._fed > SPANS[-1]:
            self._measure_mix(self._fed - 1 - SPANS[-1])

    def finish(self) -> Measures:
        """The numbers of all frames; near the end from what there is."""
        for number in range(len(self._measures.breaks), self._fed):
            self._measure_break(number)
        for number in range(len(self._measures.mixed), self._fed):
            self._measure_mix(number)
        return self._measures

    def _measure_break(self, number: int) -> None:
        """As if ``number`` were the first frame of a shot."""
        first, last = max(number - _AROUND - 1, 0), min(number + _AROUND, self._fed - 1)
        pairs = [(number - before, number - after) for before, after in _PAIRS]
        apart = [self._distance(*pair) for pair in pairs if first <= pair[0] and pair[1] <= last]
        still = [self._distance(each, each + 1) for each in range(first, last) if each != number - 1]
        self._measures.breaks.append(min(apart, default=0.0))
        self._measures.motion.append(float(np.median(still)) if still else 0.0)

    def _distance(self, one: int, other: int) -> float:
        """1 less the best correlation of two frames over small shifts; of flat ones, their difference instead."""
        contrasts = self._measures.contrast[one], self._measures.contrast[other]
        product = float(self._products[one % _WINDOW, other % _WINDOW])
        if min(contrasts) < FLAT:
            return min((contrasts[0] ** 2 + contrasts[1] ** 2 - 2 * product) / (2 * FLAT**2), 1.0)
        plain = 1 - product / (contrasts[0] * contrasts[1])
        if plain < _ALIKE:
            return plain
        inner = self._picture(one)[_SHIFT:-_SHIFT, _SHIFT:-_SHIFT]
        return float(1 - cv2.matchTemplate(self._picture(other), inner, cv2.TM_CCOEFF_NORMED).max())

    def _picture(self, number: int) -> Floats32:
        picture: Floats32 = self._patterns[number % _WINDOW].reshape(LINES, WIDTH)
        return picture

    def _measure_mix(self, number: int) -> None:
        """As if ``number`` were the middle of a dissolve, of whichever length explains most."""
        inside = [span for span in SPANS if span <= number and number + span < self._fed]
        mixed = [self._mixed(number, span) for span in inside]
        best = int(np.argmax(mixed)) if mixed else 0
        self._measures.mixed.append(mixed[best] if mixed else 0.0)
        self._measures.spans.append(inside[best] if mixed else 0)

    def _mixed(self, middle: int, span: int) -> float:
        before, after = (middle - span) % _WINDOW, (middle + span) % _WINDOW
        own = self._products[[before, after], [before, after]]
        common = self._products[before, after]
        if own.min() < FLAT**2 or common > (1 - _DIFFERENT) * np.sqrt(own[0] * own[1]):
            return 0.0
        between = np.round(middle + span * _STEPS).astype(np.int64) % _WINDOW
        return _mixture(own, common, self._products[[[before], [after]], between], self._of_themselves(between))

    def _of_themselves(self, rows: Ints) -> Floats32:
        return np.maximum(self._products[rows, rows], 1e-3)


_ALIKE = 0.02  # distance that no shift need explain


def _mixture(own: Floats32, common: np.float32, with_ends: Floats32, sizes: Floats32) -> float:
    """How much better both ends explain n pictures between than one does, where the later one's share grows; else 0.

    All are products of pictures: ``own`` (2,) of the ends with themselves, ``common`` of both, ``with_ends`` (2, n) of
    the ends with the pictures, ``sizes`` (n,) of these with themselves.
    """
    determinant = own[0] * own[1] - common**2
    shares = np.stack([own[1] * with_ends[0] - common * with_ends[1], own[0] * with_ends[1] - common * with_ends[0]])
    shares /= determinant
    both = (with_ends * shares).sum(0) / sizes
    alone = (with_ends**2 / own[:, None] / sizes).max(0)
    later = shares[1] / np.maximum(np.abs(shares).sum(0), 1e-6)
    grows = np.diff(later).min() > -_SHRINKS and later[-1] - later[0] > _GROWS
    if not grows or shares.min() < _LEAST_SHARE or both.min() < _EXPLAINED:
        return 0.0
    return float((both - alone)[1:-1].mean())
