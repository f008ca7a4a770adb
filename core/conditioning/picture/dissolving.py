"""Dissolves and fades: the picture changes far and wide, and nothing in it moves.

While one picture turns into another, each frame differs from the last by the same image, a share of what the two differ
by; what moves makes another difference every time. No optical flow explains it either: flow through a dissolve is
invented, and where it ends something seems to stop dead, which would be heard as a blow.
"""

from __future__ import annotations

import cv2
import numpy as np

from talkies.core.arrays import Floats32, FromOpenCV, Grey

_CHANGED_LEVELS, _CHANGED_SHARE = 2.0, 0.2  # grey levels; of the picture
_LIKE_BEFORE = 0.7  # correlation of one change with the next
_EXPLAINED = 0.3  # by flow: a slow pan also makes like changes
_IN_A_ROW = 2


class Dissolve:
    """Feed pairs of frames in order; returns whether a dissolve is under way, from its third change on."""

    CERTAIN_AFTER = 2
    """Intervals before that one that belong to the dissolve as well."""

    def __init__(self) -> None:
        self._change: Floats32 | None = None
        self._row = 0

    def goes_on(self, before: Grey, now: Grey, explained: float) -> bool:
        """``before``, ``now``: neighbouring pictures; ``explained``: share of their difference that flow does."""
        change: FromOpenCV = cv2.subtract(now, before, dtype=cv2.CV_32F)[::2, ::2]
        last, self._change = self._change, change
        alike = (
            explained < _EXPLAINED
            and last is not None
            and last.shape == change.shape
            and float((np.abs(change) > _CHANGED_LEVELS).mean()) > _CHANGED_SHARE
            and correlation(change, last) > _LIKE_BEFORE
        )
        self._row = self._row + 1 if alike else 0
        return self._row >= _IN_A_ROW


def correlation(a: Floats32, b: Floats32, least: float = 0.0) -> float:
    """Pearson's, of two arrays of one shape; 0 where their common size is at most ``least``: too flat to tell."""
    a, b = a - cv2.mean(a)[0], b - cv2.mean(b)[0]
    size = float(cv2.norm(a) * cv2.norm(b))
    return float((a * b).sum()) / size if size > least else 0.0
