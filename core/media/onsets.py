"""Onset detection in sound, and how well the onsets agree with the events of a picture.

    sound ─► detect_onsets ─► times (s) ─┐
    reference events (s) ────────────────┴─► match_onsets ─► OnsetCounts, added up over clips ─► figures()

The detector sees a rise of level in many bands at once (spectral flux in decibels), decides against what is usual
around it, and then looks at the waveform's own envelope to say where within the rise the sound began: its time is
that of the first energy, not of the middle of a window, so a click at a known sample comes back within 2 ms.

Letters: N samples, F frames (every 2.5 ms), K frequency bins, B bands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from talkies.core.arrays import AnySound, Floats, Floats32, Sound
from talkies.core.media.wav.bwf import SAMPLE_RATE

TOLERANCES_MS = (50, 100)

_HOP, _WINDOW, _BANDS = 120, 1024, 24
_LAG = 8  # frames (20 ms) over which a rise is measured: one window length
_FAINTEST_DB = -70.0  # a recording whose peaks stay below this (dB re full scale) is silence
_FLOOR_DB = -100.0  # band level (dB re full scale) of a 16-bit recording's own noise
_RANGE_DB = 50.0  # band levels this far under the sound's loudest are its silence
_RISE_DB = 4.5  # a rise, averaged over the bands, that is more than this above the usual is an onset
_USUAL_FRAMES = 161  # ±200 ms
_GAP_S = 0.05  # two onsets are at least so far apart
_MASK_DECAY_DB = 40.0  # per second
_PAUSE_MS = 5
_LOUDER = 1.6  # its peak exceeds that of the 100 ms before by this factor (4 dB)
_QUIET_DB = -40.0  # an onset's peak is no further below the sound's loudest than this


def detect_onsets(sound: AnySound) -> Floats:
    """Onset times (s, sorted) in 48 kHz mono ``sound`` (N,).

    Silence has none, nor has what already sounds when the recording starts, nor a sound that breaks off.
    """
    sound = np.asarray(sound, np.float32).ravel()
    if len(sound) < _WINDOW:
        return np.zeros(0)
    envelope = _envelope(sound)
    loudest = float(envelope.max(initial=0.0))
    if loudest < 10 ** (_FAINTEST_DB / 20):
        return np.zeros(0)
    last = (len(sound) - _WINDOW) // _HOP  # what begins later is cut off before it can be told from the edge
    times = [_begin(envelope, frame) for frame in _peaks(onset_strength(sound)) if frame <= last]
    loud = [time for time in times if _rises(envelope, time, loudest * 10 ** (_QUIET_DB / 20))]
    return _thinned(sorted(loud), envelope)


def onset_strength(sound: AnySound) -> Floats:
    """Mean rise (dB) of 24 bands over 20 ms, (F,), frame f at sample 120 f; the curve in which onsets are peaks."""
    levels = _band_levels(sound)
    levels = np.maximum(levels, max(_FLOOR_DB, float(levels.max()) - _RANGE_DB))
    before = np.concatenate([np.repeat(levels[:1], _LAG, 0), levels[:-_LAG]])[: len(levels)]
    return np.asarray(np.maximum(levels - before, 0.0).mean(1))


def _band_levels(sound: AnySound) -> Floats:
    """(F, B) power per band in dB re full scale, 80 Hz – 16 kHz; computed in stretches of about 20 s."""
    frames = len(sound) // _HOP + 1
    padded = np.pad(np.asarray(sound, np.float32), (_WINDOW // 2, _WINDOW), mode="reflect")
    window = np.hanning(_WINDOW).astype(np.float32)
    window *= 2 / window.sum()
    edges = np.unique(np.round(np.geomspace(80, 16_000, _BANDS + 1) / SAMPLE_RATE * _WINDOW).astype(int))
    views = np.lib.stride_tricks.sliding_window_view(padded, _WINDOW)[::_HOP][:frames]
    parts = []
    for first in range(0, frames, 8000):
        power = np.abs(np.fft.rfft(views[first : first + 8000] * window)) ** 2
        parts.append(np.add.reduceat(power[:, : edges[-1]], edges[:-1], axis=1))
    return 10 * np.log10(np.concatenate(parts) + 1e-12)


def _peaks(strength: Floats) -> list[int]:
    """Frames where the strength is a local maximum and stands out from what is usual around it."""
    from scipy.ndimage import maximum_filter1d, median_filter

    usual = median_filter(strength, _USUAL_FRAMES, mode="reflect")
    spread = median_filter(np.abs(strength - usual), _USUAL_FRAMES, mode="reflect")
    top = strength == maximum_filter1d(strength, 2 * _LAG + 1, mode="constant")
    candidates = np.flatnonzero(top & (strength > usual + _RISE_DB + 3.5 * spread))
    return [int(frame) for index, frame in enumerate(candidates) if index == 0 or frame - candidates[index - 1] > 1]


def _envelope(sound: Sound) -> Floats32:
    """Peak of |sound| in each millisecond (48 samples), without rumble (below 60 Hz)."""
    from scipy.signal import butter, sosfilt

    high = sosfilt(butter(2, 60, "high", fs=SAMPLE_RATE, output="sos").astype(np.float32), sound)
    frames = -(-len(sound) // 48)
    return np.asarray(np.abs(np.pad(high, (0, frames * 48 - len(high)))).reshape(frames, 48).max(1), np.float32)


def _begin(envelope: Floats32, frame: int) -> float:
    """Where (s) the rise around a strength peak began: the first crossing of a quarter of the way up."""
    middle = round(frame * _HOP / 48)
    first = max(middle - 30, 0)
    reach = envelope[first : middle + 20]
    top = int(reach.argmax())
    floor = min(float(np.median(envelope[max(first - 20, 0) : first + 1])), float(reach[top]))
    threshold = floor + 0.25 * (float(reach[top]) - floor)
    above = np.flatnonzero(reach[: top + 1] >= threshold)
    pauses = np.flatnonzero(np.diff(above) > _PAUSE_MS)  # shorter ones are the zero crossings of a low tone
    return (first + int(above[pauses[-1] + 1 if len(pauses) else 0])) / 1000


def _peak(envelope: Floats32, time: float) -> float:
    """The highest level within 30 ms."""
    first = round(time * 1000)
    return float(envelope[first : first + 30].max(initial=0.0))


def _rises(envelope: Floats32, time: float, quietest: float) -> bool:
    """Whether what follows is loud enough, and louder than what was.

    A tone that breaks off clicks, but falls; thunder rolls on; a shoe that scrapes after its step is still that step.
    """
    first, after = round(time * 1000), _peak(envelope, time)
    before = envelope[max(first - 100, 0) : max(first - 2, 0)]
    return after >= max(quietest, _LOUDER * float(before.max(initial=0.0)))


def _thinned(times: list[float], envelope: Floats32) -> Floats:
    """Without those within 50 ms of another, and without what a louder one just before masks: the toe after the heel.

    An onset masks what is softer than itself, every 25 ms by 1 dB less.
    """
    kept: list[float] = []
    mask_db = mask_from = -np.inf
    for time in times:
        level = 20 * np.log10(max(_peak(envelope, time), 1e-9))
        masked = level < mask_db - _MASK_DECAY_DB * (time - mask_from)
        if masked or (kept and time - kept[-1] < _GAP_S):
            continue
        kept.append(time)
        mask_db, mask_from = level, time
    return np.array(kept)


def match_onsets(
    detected: Sequence[float] | Floats, reference: Sequence[float] | Floats, tolerance: float
) -> list[float]:
    """Offsets (s, detected - reference) of the best one-to-one matching: most pairs, then least distance.

    A pair is at most ``tolerance`` (s) apart. Solved exactly, stretch by stretch between gaps wider than that.
    """
    found, wanted = np.sort(np.asarray(detected, float)), np.sort(np.asarray(reference, float))
    return [float(found[i] - wanted[j]) for i, j in pair_onsets(found, wanted, tolerance)]


def pair_onsets(found: Floats, wanted: Floats, tolerance: float) -> list[tuple[int, int]]:
    """The indices of that matching into two sorted lists of times (s)."""
    from scipy.optimize import linear_sum_assignment

    reach = tolerance + 1e-9
    every = np.sort(np.concatenate([found, wanted]))
    cuts = np.concatenate([[-np.inf], every[1:][np.diff(every) > reach], [np.inf]])
    pairs: list[tuple[int, int]] = []
    for start, end in pairwise(cuts):
        some = np.flatnonzero((found >= start) & (found < end))
        other = np.flatnonzero((wanted >= start) & (wanted < end))
        if not len(some) or not len(other):
            continue
        apart = np.abs(found[some][:, None] - wanted[other][None])
        reward = np.where(apart <= reach, min(len(some), len(other)) * reach + reach - apart, 0.0)
        rows, columns = linear_sum_assignment(reward, maximize=True)
        pairs += [(int(some[i]), int(other[j])) for i, j in zip(rows, columns, strict=True) if apart[i, j] <= reach]
    return pairs


@dataclass(frozen=True)
class OnsetCounts:
    """How many were detected, how many there are, the offsets (s) of the pairs per tolerance; ``+`` pools clips."""

    detected: int = 0
    reference: int = 0
    offsets: tuple[tuple[float, ...], ...] = ((),) * len(TOLERANCES_MS)

    @classmethod
    def of(
        cls,
        detected: Sequence[float] | Floats,
        reference: Sequence[float] | Floats,
        going_on: Sequence[tuple[float, float]] = (),
    ) -> OnsetCounts:
        """Counts of one clip; times in seconds.

        ``going_on``: (start, end) of what keeps sounding. A fire crackles and a saw splutters at times nobody knows:
        what is detected there, but pairs with no reference, counts neither way.
        """
        detected = _judged(np.asarray(detected, float), np.asarray(reference, float), going_on)
        offsets = tuple(tuple(match_onsets(detected, reference, tolerance / 1000)) for tolerance in TOLERANCES_MS)
        return cls(len(detected), len(reference), offsets)

    def __add__(self, other: OnsetCounts) -> OnsetCounts:
        pooled = tuple(mine + theirs for mine, theirs in zip(self.offsets, other.offsets, strict=True))
        return OnsetCounts(self.detected + other.detected, self.reference + other.reference, pooled)

    def f1(self, tolerance_ms: int) -> float:
        """2 · pairs / (detected + reference); 1 when there was nothing to find and nothing was found."""
        pairs = len(self.offsets[TOLERANCES_MS.index(tolerance_ms)])
        return 2 * pairs / (self.detected + self.reference) if self.detected + self.reference else 1.0

    def figures(self) -> dict[str, float | int | None]:
        """JSON-ready: precision, recall and F1 at ±50 and ±100 ms, offsets (ms) of the pairs within ±100 ms."""
        result: dict[str, float | int | None] = {"detected": self.detected, "reference": self.reference}
        for tolerance, pairs in zip(TOLERANCES_MS, self.offsets, strict=True):
            result[f"precision_{tolerance}ms"] = len(pairs) / self.detected if self.detected else None
            result[f"recall_{tolerance}ms"] = len(pairs) / self.reference if self.reference else None
            result[f"f1_{tolerance}ms"] = self.f1(tolerance)
        widest = 1000 * np.array(self.offsets[-1])
        result["offset_median_ms"] = float(np.median(widest)) if len(widest) else None
        result["offset_median_absolute_ms"] = float(np.median(np.abs(widest))) if len(widest) else None
        return result


def _judged(detected: Floats, reference: Floats, unknown: Sequence[tuple[float, float]]) -> Floats:
    """Without what pairs with no reference, but lies where nobody knows."""
    reach = TOLERANCES_MS[-1] / 1000
    detected, reference = np.sort(detected), np.sort(reference)
    kept = np.ones(len(detected), bool)
    for start, end in unknown:
        kept &= (detected <= start) | (detected >= end + reach)
    kept[[found for found, _ in pair_onsets(detected, reference, reach)]] = True
    return detected[kept]


def pooled(counts: Iterable[OnsetCounts]) -> OnsetCounts:
    """Counts of many clips together (micro-average)."""
    return sum(counts, OnsetCounts())
