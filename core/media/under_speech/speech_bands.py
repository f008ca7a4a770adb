"""What of music has to go under a line so that its words stand above it, third-octave by third-octave.

Speech is taken to be as loud as a delivery and to have the spectrum of the standard (ANSI S3.5-1997); the music is
measured while somebody speaks:

    music ─► LineMeter ─► bands, each tenth of a second of a line ─► too_loud ─► fitted ─► dips an octave apart
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

import numpy as np

from talkies.core.arrays import Floats, Samples
from talkies.core.media.loudness import Meter, k_weighting
from talkies.core.times import TimeRange, united

THIRDS_HZ = (
    160, 200, 250, 315, 400, 500, 630, 800, 1000, 1250, 1600, 2000, 2500, 3150, 4000, 5000, 6300, 8000,
)  # fmt: skip
_SPEECH_PER_HZ_DB = (
    32.41, 34.48, 34.75, 33.98, 34.59, 34.27, 32.06, 28.30, 25.01, 23.00, 20.15, 17.32, 13.18, 11.55, 9.33, 5.31, 2.59,
    1.13,
)  # fmt: skip
"""Of speech at normal effort, table 3 of the standard."""
_WORDS_FROM_HZ = 350
"""Below it lie fundamentals, and 6 of 100 parts of what words are understood by (the same table)."""
_CONSONANTS_FROM_HZ = 700
ABOVE_VOWELS_DB, ABOVE_CONSONANTS_DB = 22.0, 28.0
"""How far speech stands above what music has in nine tenths of a line's time: where its first formant is, and above,
where consonants are weaker than the mean by so much more."""
_MOMENT = 90  # percentile of tenths of a second

DIPS_HZ = (400.0, 800.0, 1600.0, 3200.0, 6400.0)
_DIP_WIDTHS = (1.25, 1.25, 1.25, 1.25, 1.75)  # of their middles; the last reaches to where speech ends
_DEEPEST_DB = 24.0
_ROUNDS, _PACE = 40, 0.4
_RATE = 48_000  # at which the standard and the dips are looked at


class LineMeter(Meter):
    """A meter that also knows what music has in each band while somebody speaks, in ``spans`` from its start; those
    that overlap are one."""

    def __init__(self, spans: Sequence[TimeRange], sample_rate: int) -> None:
        super().__init__(sample_rate)
        self.spans = tuple(united(spans))
        self._rate = sample_rate
        self._window = np.hanning(self._step_samples)
        self._shares = _shares_of_bins(self._step_samples, sample_rate)
        self._wanted = {step for span in self.spans for step in self._steps_of(span)}
        self._bands: dict[int, Floats] = {}
        self._kept: list[Samples] = []
        self._first = self._count = 0

    def add(self, block: Samples) -> None:
        super().add(block)
        self._kept.append(block.copy())  # the caller may fill it anew
        self._count += block.shape[1]
        if self._count - self._first < self._step_samples:
            return
        sound = np.concatenate(self._kept, axis=1)
        whole = sound.shape[1] // self._step_samples
        for place in range(whole):
            number = self._first // self._step_samples + place
            if number in self._wanted:
                step = sound[:, place * self._step_samples : (place + 1) * self._step_samples]
                self._bands[number] = self._measured(step)
        self._first += whole * self._step_samples
        self._kept = [sound[:, whole * self._step_samples :]]

    def bands(self, span: TimeRange) -> Floats | None:
        """(B,) power of the third-octaves, channels summed, that a line's tenths of a second stay below in nine of ten
        cases; None where nothing of it was added."""
        found = [self._bands[step] for step in self._steps_of(span) if step in self._bands]
        return np.asarray(np.percentile(found, _MOMENT, axis=0), np.float64) if found else None

    def _steps_of(self, span: TimeRange) -> range:
        """Tenths of a second of which some lie in the span; none that only touch it."""
        return range(max(math.floor(span.start * 10), 0), max(math.ceil(span.end * 10), 0))

    def _measured(self, step: Samples) -> Floats:
        power = np.square(np.abs(np.fft.rfft(step * self._window, axis=1))).sum(axis=0)
        scale = 2 / (np.square(self._window).sum() * self._step_samples)
        return np.asarray(self._shares @ power * scale, np.float64)


def _shares_of_bins(count: int, sample_rate: int) -> Floats:
    """(B, count // 2 + 1) how much of each bin lies in each third-octave."""
    edges = (np.arange(count // 2 + 2) - 0.5) * sample_rate / count
    middles = np.array(THIRDS_HZ)[:, None]
    lows, highs = middles * 2 ** (-1 / 6), middles * 2 ** (1 / 6)
    inside = np.minimum(edges[1:], highs) - np.maximum(edges[:-1], lows)
    return np.asarray(np.maximum(inside, 0) * count / sample_rate, np.float64)


def too_loud(bands: Floats, loudness: float, lower_db: float) -> Floats:
    """(B,) by how many dB music, whose ``bands`` (B,) were measured where speech has the ``loudness`` (LUFS), is still
    too loud when it is ``lower_db`` lower."""
    music = 10 * np.log10(np.maximum(bands, 1e-20)) - lower_db
    middles = np.array(THIRDS_HZ)
    above = np.where(middles > _CONSONANTS_FROM_HZ, ABOVE_CONSONANTS_DB, ABOVE_VOWELS_DB)
    excess = np.maximum(music - (speech_db() + loudness - above), 0)
    return np.asarray(np.where(middles > _WORDS_FROM_HZ, excess, 0), np.float64)


@cache
def speech_db() -> Floats:
    """(B,) dB in third-octaves of speech that measures 0 LUFS."""
    from scipy.signal import sosfreqz

    middles = np.array(THIRDS_HZ)
    bands = np.array(_SPEECH_PER_HZ_DB) + 10 * np.log10(middles * (2 ** (1 / 6) - 2 ** (-1 / 6)))
    _, weights = sosfreqz(k_weighting(_RATE), middles, fs=_RATE)
    weighted = np.square(np.abs(weights)) * 10 ** (bands / 10)
    return np.asarray(bands + 0.691 - 10 * np.log10(weighted.sum()), np.float64)


def fitted(needed: Floats) -> tuple[float, ...]:
    """Depths (dB) of the dips that together take out what is ``needed`` (B,) in the mean of the bands around each."""
    dips = np.zeros(len(DIPS_HZ))
    nearest = np.abs(np.log(np.array(THIRDS_HZ)[:, None] / np.array(DIPS_HZ))).argmin(axis=1)
    spoken = np.array(THIRDS_HZ) > _WORDS_FROM_HZ
    for _ in range(_ROUNDS if needed.any() else 0):
        missing = needed - taken_db(dips)
        around = [missing[spoken & (nearest == place)].mean() for place in range(len(dips))]
        dips = np.clip(dips + _PACE * np.array(around), 0, _DEEPEST_DB)
    return tuple(float(dip) for dip in dips)


def taken_db(dips: Floats) -> Floats:
    """(B,) what dips (K,) of so many dB take out of the third-octaves."""
    left = 1 - (1 - 10 ** (-np.asarray(dips) / 20)) * _passed()
    return np.asarray(-20 * np.log10(np.abs(left.prod(axis=1))), np.float64)


def resonances(sample_rate: int) -> list[tuple[Floats, Floats]]:
    """Numerator and denominator of what passes one octave and more around each of ``DIPS_HZ``."""
    from scipy.signal import iirpeak

    return [iirpeak(hertz, 1 / width, sample_rate) for hertz, width in zip(DIPS_HZ, _DIP_WIDTHS, strict=True)]


@cache
def _passed() -> np.ndarray:
    """(B, K) what each resonance passes of each third-octave."""
    from scipy.signal import freqz

    return np.stack([freqz(*each, np.array(THIRDS_HZ), fs=_RATE)[1] for each in resonances(_RATE)], axis=1)
