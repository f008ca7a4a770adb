"""Scratches: thin lines from top to bottom of a film that was dragged along something (decision 0014)."""

from __future__ import annotations

import cv2
import numpy as np

from talkies.core.arrays import Flags, Floats32, FromOpenCV, Grey

SCRATCH_LEVELS = 8.0
"""Grey levels by which a line stands out from what is beside it."""

_BANDS = 8  # from top to bottom; a line shows in each


def standing_lines(grey: Grey) -> Floats32:
    """(W,) by how many levels a thin line from top to bottom stands out at each column of (H, W), 0 where none does.

    Film that was dragged along something has such lines, brighter or darker than what is beside them at every height.
    """
    profile: FromOpenCV = cv2.reduce(grey, 0, cv2.REDUCE_AVG, dtype=cv2.CV_32F)
    standing: Floats32 = (profile - _beside(profile))[0]
    if np.abs(standing).max() <= SCRATCH_LEVELS:
        return np.zeros_like(standing)  # nearly every picture
    levels: Floats32 = grey.astype(np.float32)
    throughout = np.ones(len(standing), np.bool_)
    for rows in (levels[: len(levels) // _BANDS], levels):  # the first band alone rules out most pictures
        if throughout.any():
            bands = (rows - _beside(rows)).reshape(-1, len(levels) // _BANDS, len(standing))
            throughout = _mostly(bands > SCRATCH_LEVELS / 2) | _mostly(bands < -SCRATCH_LEVELS / 2)
    return np.asarray(np.where(throughout, standing, 0))


def _mostly(lines: Flags) -> Flags:
    """(W,) of (bands, L, W): whether it is so in most lines of every band."""
    return np.asarray((2 * lines.view(np.uint8).sum(1, dtype=np.uint16) > lines.shape[1]).all(0))


def without_columns(grey: Grey, columns: Floats32) -> Grey:
    """The picture with its neighbourhood in place of some columns (W,) and of those next to them."""
    wide = np.convolve(columns, np.ones(3), "same") > 0
    levels: Floats32 = grey.astype(np.float32)
    return np.where(wide[None], _beside(levels), levels).astype(np.uint8)


def _beside(rows: Floats32) -> Floats32:
    """(H, W) the mean of what lies three and four pixels to the left and to the right of each pixel, or the nearer."""
    padded: FromOpenCV = cv2.copyMakeBorder(rows, 0, 0, 4, 4, cv2.BORDER_REPLICATE)
    width = rows.shape[1]
    left, right = padded[:, :width] + padded[:, 1 : width + 1], padded[:, 7 : width + 7] + padded[:, 8 : width + 8]
    left, right = left / 2, right / 2
    return np.asarray(np.where(np.abs(left - rows) < np.abs(right - rows), left, right))
