"""What guessing scores: onsets at a constant rate, and onsets wherever the picture moves most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from talkies.core.arrays import AnyFloats, Floats, Floats32
from talkies.core.media.onsets import OnsetCounts, match_onsets, pooled

TOTAL_MOTION, IMPACT = 25, 30
"""Columns of the sync features (conditioning/picture/sync.py): motion of the whole picture; peaks of deceleration."""

SYNC_RATE = 25.0


@dataclass(frozen=True)
class Clip:
    """A clip as the baselines see it: its length (s), true events (s), sync features (S, 32), what goes on (s)."""

    duration: float
    events: tuple[float, ...]
    sync: Floats32
    going_on: tuple[tuple[float, float], ...] = ()

    def judge(self, times: Floats) -> OnsetCounts:
        """Counts of a guess."""
        return OnsetCounts.of(times, self.events, self.going_on)


def constant_rate(rate: float, duration: float) -> Floats:
    """Evenly spaced times, ``rate`` per second, the first after half a period."""
    return np.asarray((np.arange(int(np.floor(rate * duration + 1e-9))) + 0.5) / rate, float)


def tune_constant_rate(clips: Sequence[Clip], tolerance_ms: int = 100) -> float:
    """The rate (per second) with the best pooled F1 on training clips: the strongest guess without looking."""
    rates = np.arange(0.25, 1000 / (2 * tolerance_ms) + 0.01, 0.25)
    scores = [
        pooled(clip.judge(constant_rate(rate, clip.duration)) for clip in clips).f1(tolerance_ms) for rate in rates
    ]
    return float(rates[int(np.argmax(scores))])


def motion_peaks(sync: AnyFloats, column: int = TOTAL_MOTION, prominence: float = 0.1) -> Floats:
    """Times (s) of the peaks of one sync feature that stand out by ``prominence`` of its 99th percentile."""
    from scipy.signal import find_peaks

    curve = np.concatenate([[0.0], np.maximum(np.asarray(sync[:, column], float), 0.0), [0.0]])
    scale = float(np.percentile(curve, 99)) if len(sync) else 0.0
    if scale <= 0:
        return np.zeros(0)
    peaks, _ = find_peaks(curve, prominence=prominence * scale, distance=2)
    return np.asarray((peaks - 0.5) / SYNC_RATE)


def tune_prominence(clips: Sequence[Clip], column: int, tolerance_ms: int = 100) -> float:
    """The prominence with the best pooled F1 on training clips."""
    choices = (0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
    scores = [
        pooled(clip.judge(motion_peaks(clip.sync, column, choice)) for clip in clips).f1(tolerance_ms)
        for choice in choices
    ]
    return choices[int(np.argmax(scores))]


@dataclass(frozen=True)
class Alignment:
    """How picture peaks and sound onsets agree: how many there are of each, and how many make a pair."""

    pairs: int = 0
    onsets: int = 0
    peaks: int = 0

    def __add__(self, other: Alignment) -> Alignment:
        return Alignment(self.pairs + other.pairs, self.onsets + other.onsets, self.peaks + other.peaks)

    @property
    def score(self) -> float | None:
        """AV-Align, intersection over union; None when the picture is still and nothing sounds."""
        union = self.onsets + self.peaks - self.pairs
        return self.pairs / union if union else None


def alignment(picture_peaks: Floats, onsets: Floats, tolerance: float = 0.06) -> Alignment:
    """Counts for AV-Align (Yariv et al. 2023, arXiv 2309.16429) of times in seconds.

    A pair is at most ``tolerance`` apart (1.5 frames at 25 fps) and each time is used once, so that the score cannot
    exceed 1.
    """
    return Alignment(len(match_onsets(onsets, picture_peaks, tolerance)), len(onsets), len(picture_peaks))


def av_align(picture_peaks: Floats, onsets: Floats, tolerance: float = 0.06) -> float | None:
    """The score alone."""
    return alignment(picture_peaks, onsets, tolerance).score
