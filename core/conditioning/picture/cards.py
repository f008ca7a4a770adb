"""Title cards: a still picture of nothing but lines of letters on an even ground, framed or not.

A card may be worn, weave and flicker, so what is judged is the median of pictures spread over the shot. Letters are
what stands out of the ground: many marks of like height, side by side in lines. Nothing is read.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import cv2
import numpy as np

from talkies.core.arrays import Flags, Floats, Grey, Ints
from talkies.core.media.picture import Frame

LOOKS = 7
"""Pictures of a shot that are compared."""

_ALIKE = 0.92  # correlation of each with their median, blurred
_MOVED = 1  # picture may be jerked by the gate, or torn
_CONTRAST = 0.3  # of the range of grey: letters differ so much from the ground
_LEAST_RANGE = 40  # grey levels
_INK = (0.004, 0.3)  # share of the picture
_EVEN = 0.12  # of the range of grey: standard deviation of the ground
_HEIGHTS = (0.02, 0.2)  # of a letter, picture heights
_WIDEST = 0.35  # of a mark, picture heights: letters of a script run together
_LEAST_LETTERS = 8
_IN_LINES = 0.75  # of the marks
_A_LINE = 3  # marks
_GAP = 2.0  # usual heights from one mark to the next of its line
_LETTERS = 0.5  # of the ink that is not a frame


@dataclass
class CardWatch:
    """Looks on while frames pass, of which those of a shot begin at ``first`` and go on for ``duration`` seconds;
    :attr:`is_card` then says what it was."""

    duration: Fraction
    first: Fraction = Fraction(0)
    _kept: list[Grey] = field(default_factory=list)

    def passing(self, frames: Iterator[Frame]) -> Iterator[Frame]:
        """The same frames; a few, evenly spread over the middle, are remembered."""
        for frame in frames:
            next_look = self.first + self.duration * (len(self._kept) + 1) / (LOOKS + 1)
            if len(self._kept) < LOOKS and frame.time >= next_look:
                self._kept.append(grey_of(frame))
            yield frame

    @property
    def is_card(self) -> bool:
        return is_card(self._kept)


def grey_of(frame: Frame) -> Grey:
    """(H, W)"""
    return np.asarray(cv2.cvtColor(frame.image, cv2.COLOR_RGB2GRAY), np.uint8)


def is_card(pictures: Sequence[Grey]) -> bool:
    """Whether grey pictures (H, W) spread over one shot show a title card; at least three, of some 200 lines."""
    if len(pictures) < 3:
        return False
    median = np.median(np.stack(pictures), axis=0).astype(np.uint8)
    moved = sum(not _alike(picture, median) for picture in pictures)
    return moved <= _MOVED and _is_lettered(median)


def _alike(picture: Grey, median: Grey) -> bool:
    one, other = (cv2.GaussianBlur(each, (0, 0), each.shape[0] / 72).astype(np.float32) for each in (picture, median))
    one, other = one - one.mean(), other - other.mean()
    size = float(np.linalg.norm(one) * np.linalg.norm(other))
    return size > 0 and float((one * other).sum()) / size > _ALIKE


def _is_lettered(card: Grey) -> bool:
    """Marks of like height in lines, on an even ground."""
    ink = _ink(card)
    if ink is None or not _INK[0] <= ink.mean() <= _INK[1]:
        return False
    _, _, boxes, centres = cv2.connectedComponentsWithStats(ink.astype(np.uint8), connectivity=8)
    boxes, centres = boxes[1:], centres[1:]  # the first is the ground
    lines = card.shape[0]
    high, wide, area = (boxes[:, column] for column in (cv2.CC_STAT_HEIGHT, cv2.CC_STAT_WIDTH, cv2.CC_STAT_AREA))
    letters = (high >= _HEIGHTS[0] * lines) & (high <= _HEIGHTS[1] * lines) & (wide <= _WIDEST * lines)
    framing = wide > 0.6 * card.shape[1]
    written = area[letters].sum() >= _LETTERS * max(area[~framing].sum(), 1)
    in_lines = letters.sum() >= _LEAST_LETTERS and _in_lines(centres[letters], wide[letters], high[letters])
    return bool(written and in_lines)


def _ink(card: Grey) -> Flags | None:
    """Where something stands out of an even ground, lighter or darker; None where there is no such ground."""
    low, high = np.percentile(card, (0.5, 99.5))
    reach = max(float(high - low), 1.0)
    ground = cv2.medianBlur(cv2.resize(card, (64, 48), interpolation=cv2.INTER_AREA), 21)
    ground = cv2.resize(ground, (card.shape[1], card.shape[0]), interpolation=cv2.INTER_LINEAR).astype(np.float32)
    differs = card.astype(np.float32) - ground
    ink: Flags = np.abs(differs) > _CONTRAST * reach
    inner = ~cv2.dilate(ink.astype(np.uint8), np.ones((5, 5), np.uint8)).astype(bool)
    is_even = inner.mean() > 0.3 and float(differs[inner].std()) < _EVEN * reach
    one_sided = max((differs[ink] > 0).mean(), (differs[ink] < 0).mean()) > 0.9 if ink.any() else False
    return ink if reach >= _LEAST_RANGE and is_even and one_sided else None


def _in_lines(middles: Floats, widths: Ints, heights: Ints) -> bool:
    """Whether most marks, ``middles`` (n, 2) x and y, have others near beside them, no higher and no lower."""
    usual = float(np.median(heights))
    across, down = np.abs(middles[:, None] - middles[None]).transpose(2, 0, 1) / usual
    gaps = across - (widths[:, None] + widths[None]) / (2 * usual)
    beside = ((down < 0.5) & (gaps < _GAP)).sum(1) >= _A_LINE
    return bool(beside.mean() >= _IN_LINES)
