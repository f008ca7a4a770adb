"""Loudness (ITU-R BS.1770-4, EBU R128) and true peak of sound of any length, block by block."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np

from talkies.core.arrays import Floats, Floats32, Samples

SILENCE = -math.inf
"""Loudness (LUFS) and peak (dBTP) of nothing."""

_ABSOLUTE_GATE = -70.0  # LUFS
_RELATIVE_GATE = -10.0  # LU below the mean of what passed the absolute gate
_STEPS_PER_BLOCK = 4  # a gating block is 400 ms, a step 100 ms
_STEPS_SHORT = 30
_RANGE_GATE, _RANGE = -20.0, (10, 95)  # LU below the mean; percentiles

_OVERSAMPLING = 4
_TAPS_PER_PHASE = 16
_FAR_APART = 256  # samples: loud parts nearer to each other are interpolated as one


@dataclass(frozen=True)
class Level:
    """What was measured: integrated loudness (LUFS) and true peak (dBTP); both -inf for silence."""

    integrated: float = SILENCE
    true_peak: float = SILENCE


@dataclass(frozen=True)
class Programme:
    """What a whole programme measures (EBU R128): integrated and the highest momentary (400 ms) and short-term (3 s)
    loudness in LUFS, loudness range in LU (EBU Tech 3342), true peak in dBTP; None where it is too short or silent."""

    integrated: float | None = None
    loudness_range: float | None = None
    true_peak: float | None = None
    momentary: float | None = None
    short_term: float | None = None

    def raised(self, gain_db: float) -> Programme:
        """What the same sound measures ``gain_db`` louder."""

        def louder(level: float | None) -> float | None:
            return None if level is None else level + gain_db

        levels = (louder(level) for level in (self.true_peak, self.momentary, self.short_term))
        return Programme(louder(self.integrated), self.loudness_range, *levels)


def measure(blocks: Iterable[Samples], sample_rate: int) -> Level:
    """Loudness and true peak of blocks of (C, n)."""
    meter = Meter(sample_rate)
    for block in blocks:
        meter.add(block)
    return meter.level()


def metered(blocks: Iterable[Samples], meter: Meter) -> Iterator[Samples]:
    """The same blocks, measured on their way."""
    for block in blocks:
        meter.add(block)
        yield block


class Meter:
    """Takes blocks of (C, n) and keeps one number per 100 ms: an hour is 36,000 of them."""

    def __init__(self, sample_rate: int) -> None:
        self._step_samples = round(sample_rate / 10)
        self._sections = k_weighting(sample_rate)
        self._state: Floats | None = None
        self._steps: list[float] = []  # mean square of each full step, summed over channels
        self._rest = 0.0  # sum of squares in the step that is not yet full
        self._rest_samples = 0
        self._alike = True  # so far all channels have been the same, as of mono in the middle: one is looked at
        self._peak = TruePeak()

    def add(self, block: Samples) -> None:
        from scipy.signal import sosfilt

        channels = block.shape[0]
        self._alike = self._alike and bool((block == block[:1]).all())
        measured = block[:1] if self._alike else block
        self._peak.add(measured)
        if not block.shape[1]:
            return
        state = np.zeros((len(self._sections), 1, 2)) if self._state is None else self._state
        state = np.broadcast_to(state, (len(self._sections), measured.shape[0], 2))
        weighted, self._state = sosfilt(self._sections, measured.astype(np.float64), axis=1, zi=state)
        self._add_powers((weighted**2).sum(axis=0) * (channels // measured.shape[0]))

    def _add_powers(self, powers: Floats) -> None:
        """Sort (n,) squares into steps of 100 ms."""
        edges = np.arange(self._step_samples - self._rest_samples, len(powers) + 1, self._step_samples)
        *full, last = np.split(powers, edges)
        for piece in full:
            self._steps.append((self._rest + float(piece.sum())) / self._step_samples)
            self._rest = 0.0
        self._rest += float(last.sum())
        self._rest_samples = (self._rest_samples + len(powers)) % self._step_samples

    def loudest(self, start_s: float, end_s: float) -> float:
        """The loudest 3 s (LUFS) of what was added between two times, all of it where that is less; not gated."""
        steps = np.array(self._steps[max(int(start_s * 10), 0) : max(math.ceil(end_s * 10), 0)])
        if len(steps) > _STEPS_SHORT:
            steps = np.lib.stride_tricks.sliding_window_view(steps, _STEPS_SHORT).mean(axis=1)
            return _lufs(float(steps.max()))
        return _lufs(float(steps.mean())) if len(steps) else SILENCE

    def level(self) -> Level:
        """Of everything added so far. Sound shorter than 400 ms is measured as one block."""
        return Level(self._integrated(), self._peak.decibels())

    def programme(self) -> Programme:
        """All measures of everything added so far."""
        level, momentary, short = self.level(), self._sliding(_STEPS_PER_BLOCK), self._sliding(_STEPS_SHORT)
        return Programme(
            _finite(level.integrated),
            _range(short),
            _finite(level.true_peak),
            _finite(_lufs(float(momentary.max(initial=0.0)))),
            _finite(_lufs(float(short.max(initial=0.0)))),
        )

    def _sliding(self, steps: int) -> Floats:
        """Mean power of as many steps, from every step on; none of sound that is shorter."""
        if len(self._steps) < steps:
            return np.zeros(0)
        return np.asarray(np.lib.stride_tricks.sliding_window_view(np.array(self._steps), steps).mean(axis=1))

    def _integrated(self) -> float:
        steps = np.array(self._steps)
        if len(steps) < _STEPS_PER_BLOCK:
            count = len(steps) * self._step_samples + self._rest_samples
            blocks = np.array([(steps.sum() * self._step_samples + self._rest) / max(1, count)])
        else:
            blocks = self._sliding(_STEPS_PER_BLOCK)
        loud = blocks[blocks > _power(_ABSOLUTE_GATE)]
        if not len(loud):
            return SILENCE
        return _lufs(float(loud[loud > loud.mean() * 10 ** (_RELATIVE_GATE / 10)].mean()))


class TruePeak:
    """The highest absolute value between the samples, by fourfold oversampling, over blocks of (C, n)."""

    def __init__(self) -> None:
        self._history: Samples | None = None  # (C, taps - 1), what the filter still needs
        self._highest = 0.0

    def add(self, block: Samples) -> None:
        self._highest, self._history = self._after(block)

    def decibels(self) -> float:
        """Peak in dBTP, the filter's tail included."""
        if self._history is None:
            return SILENCE
        highest, _ = self._after(np.zeros_like(self._history))
        return 20 * math.log10(highest) if highest > 0 else SILENCE

    def _after(self, block: Samples) -> tuple[float, Samples]:
        before = np.zeros((1, _TAPS_PER_PHASE - 1), np.float32) if self._history is None else self._history
        measured = np.concatenate([np.broadcast_to(before, (block.shape[0], _TAPS_PER_PHASE - 1)), block], axis=1)
        highest = max(self._highest, float(np.abs(block).max(initial=0.0)))
        for part in _loud_parts(measured, highest / most_gain()):  # nothing between other samples could be higher
            if highest < most_gain() * float(np.abs(part).max()):
                highest = max(highest, _highest_between(part))
        return highest, measured[:, measured.shape[1] - _TAPS_PER_PHASE + 1 :]


def _loud_parts(sound: Samples, level: float) -> Iterator[Samples]:
    """The parts of (C, n) whose samples are above ``level``, with all that the interpolator looks at around them."""
    loud = np.flatnonzero(np.abs(sound).max(axis=0) > level)
    if len(loud):
        for part in np.split(loud, np.flatnonzero(np.diff(loud) > _FAR_APART) + 1):
            yield sound[:, max(part[0] - _TAPS_PER_PHASE + 1, 0) : part[-1] + _TAPS_PER_PHASE]


def _highest_between(sound: Samples) -> float:
    """The highest absolute value where the interpolator has all of its samples within (C, n)."""
    from scipy.signal import upfirdn

    between = upfirdn(_interpolator(), sound, up=_OVERSAMPLING, axis=1)
    valid = between[:, _OVERSAMPLING * (_TAPS_PER_PHASE - 1) : _OVERSAMPLING * sound.shape[1]]
    return float(np.abs(valid).max(initial=0.0))


def true_peaks(sound: Samples) -> Floats32:
    """(n,): the highest absolute value at each of (C, n) samples and half-way to its neighbours, over the channels."""
    from scipy.signal import upfirdn

    count = sound.shape[1]
    between = np.abs(upfirdn(_interpolator(), sound, up=_OVERSAMPLING, axis=1)).max(axis=0)
    delay = _OVERSAMPLING * _TAPS_PER_PHASE // 2
    after = between[delay : delay + count * _OVERSAMPLING].reshape(count, _OVERSAMPLING).max(axis=1)
    before = np.concatenate([after[:1], after[:-1]])
    return np.asarray(np.maximum(np.maximum(after, before), np.abs(sound).max(axis=0)), np.float32)


@cache
def _interpolator() -> Floats32:
    """Windowed sinc, 16 taps for each of the four phases, each phase passing a constant unchanged."""
    length = _OVERSAMPLING * _TAPS_PER_PHASE
    offsets = (np.arange(length) - length // 2) / _OVERSAMPLING
    phases = (np.sinc(offsets) * np.kaiser(length + 1, 5.0)[:length]).reshape(_TAPS_PER_PHASE, _OVERSAMPLING)
    return np.asarray((phases / phases.sum(axis=0)).reshape(-1), np.float32)


@cache
def most_gain() -> float:
    """How much higher than the highest sample the interpolator can reach."""
    return float(np.abs(_interpolator()).reshape(_TAPS_PER_PHASE, _OVERSAMPLING).sum(axis=0).max()) * 1.001


def k_weighting(sample_rate: int) -> Floats:
    """The two second-order sections (2, 6) of BS.1770-4 at any rate; at 48 kHz its tables to the last digit."""
    k = math.tan(math.pi * 1681.974450955533 / sample_rate)
    q, high = 0.7071752369554196, 10 ** (3.999843853973347 / 20)
    band = high**0.4996667741545416
    norm = 1 + k / q + k * k
    numerator = [high + band * k / q + k * k, 2 * (k * k - high), high - band * k / q + k * k]
    shelf = [*numerator, norm, 2 * (k * k - 1), 1 - k / q + k * k]
    k, q = math.tan(math.pi * 38.13547087602444 / sample_rate), 0.5003270373238773
    low_norm = 1 + k / q + k * k
    low_cut = [1.0, -2.0, 1.0, 1.0, 2 * (k * k - 1) / low_norm, (1 - k / q + k * k) / low_norm]
    return np.array([[value / norm for value in shelf], low_cut])


def _range(short: Floats) -> float | None:
    """Loudness range (LU) of mean powers of 3 s, 0.1 s apart."""
    loud = short[short > _power(_ABSOLUTE_GATE)]
    if not len(loud):
        return None
    low, high = np.percentile(loud[loud > loud.mean() * 10 ** (_RANGE_GATE / 10)], _RANGE, method="nearest")
    return _lufs(float(high)) - _lufs(float(low))


def _finite(level: float) -> float | None:
    return level if math.isfinite(level) else None


def _lufs(power: float) -> float:
    return -0.691 + 10 * math.log10(power) if power > 0 else SILENCE


def _power(lufs: float) -> float:
    return float(10 ** ((lufs + 0.691) / 10))
