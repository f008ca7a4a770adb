"""Gates with raised-cosine edges, computed for any stretch of samples on its own; cross-fades."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from talkies.core.arrays import Floats, Floats32, Ints, Samples
from talkies.core.times import TimeRange, to_sample


@dataclass(frozen=True)
class Envelope:
    """Gain 1 inside ``spans`` (first sample, end sample; apart, in order), 0 outside; the fades lie inside."""

    spans: tuple[tuple[int, int], ...]
    fade_samples: int

    def gains(self, start: int, count: int) -> Floats32:
        """Gains (count,) of the samples from ``start`` on."""
        gains = np.zeros(count, np.float32)
        for first, end in self.spans:
            left, right = max(first, start), min(end, start + count)
            if left < right:
                gains[left - start : right - start] = self._fades(np.arange(left, right), first, end)
        return gains

    def _fades(self, positions: Ints, first: int, end: int) -> Floats:
        fade = min(self.fade_samples, (end - first) // 2)
        if positions[0] >= first + fade and positions[-1] < end - fade:
            return np.ones(len(positions))
        nearest = np.minimum(positions - first, end - 1 - positions)
        return 0.5 - 0.5 * np.cos(np.pi * np.clip((nearest + 0.5) / fade, 0.0, 1.0))


def around(ranges: Sequence[TimeRange], origin: int, count: int, sample_rate: int, fade_samples: int) -> Envelope:
    """An envelope over ``count`` samples whose first lies at sample ``origin``, open inside ``ranges``."""
    spans = (
        (to_sample(span.start, sample_rate) - origin, to_sample(span.end, sample_rate) - origin) for span in ranges
    )
    return Envelope(tuple(_merged((max(0, first), min(count, end)) for first, end in spans)), fade_samples)


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Spans that touch or overlap are one; empty ones are none."""
    merged: list[tuple[int, int]] = []
    for first, end in sorted(spans):
        if first >= end:
            continue
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((first, end))
    return merged


def crossfaded(old: Samples, new: Samples, likeness: float) -> Samples:
    """(C, N) from one to the other with the power of both; ``likeness``: their correlation, 1 fades linearly, 0 with
    equal power."""
    rise = 0.5 - 0.5 * np.cos(np.pi * (np.arange(old.shape[1]) + 0.5) / old.shape[1])
    fall = 1 - rise
    power = rise**2 + fall**2 + 2 * min(max(likeness, 0.0), 1.0) * rise * fall
    return np.asarray((old * fall + new * rise) / np.sqrt(power), np.float32)
