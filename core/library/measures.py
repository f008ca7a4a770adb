"""Measures of a recording: level, spectrum, decay, what goes on in it, and every hit to the sample.

The sound is read once, in blocks, and looked at in windows; of the whole only its level every 5 ms is kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from talkies.core.arrays import AnySound, Floats, Samples, Sound
from talkies.core.library.recording import Measures, RecordedHit
from talkies.core.media.wav.bwf import SAMPLE_RATE

LONGEST_S = 3600
"""What comes later in a recording is not looked at."""
MOST_HITS = 500
"""Of one recording; the first ones."""

_STEP = 240  # samples between two levels
_WINDOW_S, _CONTEXT_S = 30, 2
_AHEAD = SAMPLE_RATE // 10  # silence before a recording: what it begins with has an onset too
_SPECTRUM = 2048
_QUIETEST_HIT = 0.01  # of the loudest
_RINGS_S = 12  # a hit is over by then
_RUNG_OUT = 1e-3
_FALL = 0.5  # a recording that begins with a hit falls below this much of it
_PICK_BEFORE, _PICK_AFTER = 1200, 576  # samples around a rough onset among which the transient is
_PICK_FLOOR = 0.02
"""Of the attack's peak (-34 dB): what is fainter, as what a codec or a filter spreads ahead, is not its begin."""


def measure(blocks: Iterable[Samples]) -> Measures:
    """Measures of mono blocks (1, n) at 48 kHz."""
    looked = _Looked()
    for window in _windows(blocks):
        looked.at(window)
    return looked.measures()


def transient(sound: AnySound, rough: int) -> int:
    """The first sample of what begins near ``rough`` in (N,): where the sound before and the sound after are best told
    apart by their variance (the picker of Maeda 1985, by the Akaike information criterion)."""
    first, end = max(rough - _PICK_BEFORE, 0), min(rough + _PICK_AFTER, len(sound))
    part = np.asarray(sound[first:end], np.float64)
    if len(part) < 3:
        return rough
    top = int(np.abs(part[max(rough - first - 48, 0) :]).argmax()) + max(rough - first - 48, 0)
    part = part[: top + max(48, min(len(part) - top, 240))]
    power = np.concatenate([[0.0], np.cumsum(part**2)])
    floor = (float(np.abs(part).max()) * _PICK_FLOOR) ** 2 + 1e-20
    before = np.arange(1, len(part))
    after = len(part) - before
    criterion = before * np.log(power[1:-1] / before + floor) + after * np.log(
        (power[-1] - power[1:-1]) / after + floor
    )
    return first + int(before[criterion[: top + 1].argmin()]) if top else first


@dataclass
class _Window:
    """``sound`` (N,) from sample ``start`` on; onsets are taken from ``first`` to ``end``."""

    sound: Sound
    start: int
    first: int
    end: int


def _windows(blocks: Iterable[Samples]) -> Iterable[_Window]:
    """The sound in windows that overlap by a context on both sides, with silence ahead."""
    span, context = _WINDOW_S * SAMPLE_RATE, _CONTEXT_S * SAMPLE_RATE
    held, start, first = [np.zeros(_AHEAD, np.float32)], -_AHEAD, -_AHEAD
    length = _AHEAD
    for block in blocks:
        held.append(block[0])
        length += block.shape[1]
        if length >= span + 2 * context:
            sound = np.concatenate(held)
            end = start + length - context
            yield _Window(sound, start, first, end)
            kept = sound[-2 * context :]
            held, start, first, length = [kept], start + length - len(kept), end, len(kept)
        if start + length >= LONGEST_S * SAMPLE_RATE:
            break
    yield _Window(np.concatenate(held), start, first, start + length)


@dataclass
class _Looked:
    """What the windows have come to so far."""

    power: list[Floats] = field(default_factory=list)
    peaks: list[Floats] = field(default_factory=list)
    spectrum: Floats = field(default_factory=lambda: np.zeros(_SPECTRUM // 2 + 1))
    flatness: float = 0.0
    weight: float = 0.0
    length: int = 0
    onsets: list[int] = field(default_factory=list)

    def at(self, window: _Window) -> None:
        from talkies.core.media.onsets import detect_onsets

        fresh = window.sound[self.length - window.start :]
        self._levels(fresh)
        self._spectra(fresh)
        self.length += len(fresh)
        if len(self.onsets) >= MOST_HITS:
            return
        padded = np.concatenate([window.sound, np.zeros(_AHEAD, np.float32)])
        for time in detect_onsets(padded):
            place = window.start + transient(window.sound, round(time * SAMPLE_RATE))
            if window.first <= place < window.end and (not self.onsets or place - self.onsets[-1] >= _STEP):
                self.onsets.append(max(place, 0))

    def _levels(self, fresh: Sound) -> None:
        steps = -(-len(fresh) // _STEP)
        rows = np.pad(fresh, (0, steps * _STEP - len(fresh))).reshape(steps, _STEP)
        self.power.append((rows.astype(np.float64) ** 2).mean(1))
        self.peaks.append(np.abs(rows).max(1, initial=0.0).astype(np.float64))

    def _spectra(self, fresh: Sound) -> None:
        if not len(fresh):
            return
        rows = np.pad(fresh, (0, -len(fresh) % _SPECTRUM)).reshape(-1, _SPECTRUM)
        power = np.abs(np.fft.rfft(rows * np.hanning(_SPECTRUM).astype(np.float32))) ** 2 + 1e-12
        self.spectrum += power.sum(0)
        audible = power[:, 4:700]  # 94 Hz to 16 kHz
        flat = np.exp(np.log(audible).mean(1)) / audible.mean(1)
        total = power.sum(1)
        self.flatness += float((flat * total).sum())
        self.weight += float(total.sum())

    def measures(self) -> Measures:
        power, peaks = np.concatenate(self.power), np.concatenate(self.peaks)
        frequencies = np.arange(len(self.spectrum)) * SAMPLE_RATE / _SPECTRUM
        shares = self.spectrum / max(float(self.spectrum.sum()), 1e-12)
        centroid = float(frequencies @ shares)
        spread = float(np.sqrt((frequencies - centroid) ** 2 @ shares))
        steady, ripple = _steady(power)
        return Measures(
            self.length / SAMPLE_RATE, _db(float(power.mean()) ** 0.5 if len(power) else 0.0),
            _db(float(peaks.max(initial=0.0))), centroid, spread, self.flatness / max(self.weight, 1e-12),
            _decay_s(peaks), ripple, (min(steady[0], self.length), min(steady[1], self.length)),
            _hits(self.onsets, power, peaks, self.length),
        )  # fmt: skip


def _db(value: float) -> float:
    return float(20 * np.log10(max(value, 1e-6)))


def _decay_s(peaks: Floats) -> float:
    if not len(peaks):
        return 0.0
    top = int(peaks.argmax())
    quiet = np.flatnonzero(np.convolve(peaks[top:], np.ones(10) / 10, "full")[: len(peaks) - top] <= 0.01 * peaks[top])
    return float((quiet[0] if len(quiet) else len(peaks) - top) * _STEP / SAMPLE_RATE)


def _steady(power: Floats) -> tuple[tuple[int, int], float]:
    """The stretch that goes on, in samples, and its ripple (dB)."""
    width = 80
    smooth = np.convolve(power, np.ones(width) / width, "same") if len(power) >= width else power
    audible = smooth[smooth > 0.01 * smooth.max(initial=0.0)]
    loud = np.flatnonzero(smooth > 0.1 * np.median(audible)) if len(audible) else audible
    if not len(loud):
        return (0, len(power) * _STEP), 0.0
    first, end = int(loud[0]), int(loud[-1]) + 1
    width = max(min(width, (end - first) // 8), 1)
    steps = power[first:end][: (end - first) // width * width].reshape(-1, width).mean(1)
    ripple = float(np.std(10 * np.log10(steps + 1e-12))) if len(steps) > 1 else 0.0
    return (first * _STEP, end * _STEP), ripple


def _hits(onsets: list[int], power: Floats, peaks: Floats, length: int) -> tuple[RecordedHit, ...]:
    """Onsets with their ends and strengths; without faint ones, and without a begin that only goes on."""
    from scipy.ndimage import maximum_filter1d

    if not onsets:
        return ()
    held = maximum_filter1d(peaks, 11)
    quiet = float(np.percentile(held, 10))
    bounds = [*onsets[1:], length]
    hits = [_hit(place, bound, power, peaks, held, quiet) for place, bound in zip(onsets, bounds, strict=True)]
    loudest = max(hit.rms for hit in hits)
    kept = [hit for hit in hits if hit.rms >= _QUIETEST_HIT * loudest and hit.end > hit.sample]
    if kept and kept[0].sample < SAMPLE_RATE // 200 and not _falls(kept[0], power):
        kept = kept[1:]
    return tuple(kept[:MOST_HITS])


def _hit(place: int, bound: int, power: Floats, peaks: Floats, held: Floats, quiet: float) -> RecordedHit:
    first = place // _STEP
    last = max(min(bound // _STEP, first + _RINGS_S * SAMPLE_RATE // _STEP), first + 1)
    peak = float(peaks[first : first + 20].max(initial=0.0))
    rms = float(np.sqrt(max(power[n : n + 10].mean() for n in range(first, min(first + 20, len(power))))))
    tail = held[first:last]
    threshold = max(peak * _RUNG_OUT, quiet * 1.41 if quiet < 0.1 * peak else 0.0)
    over = np.flatnonzero(tail[10:] < threshold)
    end = (first + 10 + int(over[0])) * _STEP if len(over) else last * _STEP
    return RecordedHit(place, min(max(end, place + 1), bound), peak, rms)


def _falls(hit: RecordedHit, power: Floats) -> bool:
    """Whether it dies away within 1.5 s, or with the recording."""
    rest = power[hit.sample // _STEP :][: SAMPLE_RATE * 3 // 2 // _STEP]
    if len(rest) < 20:
        return True
    levels = np.sqrt(np.convolve(rest, np.ones(10) / 10, "valid"))
    return bool(levels.min() < _FALL * hit.rms)
