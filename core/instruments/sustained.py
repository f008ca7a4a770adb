"""Tones that are kept up: bows, breath and bellows. Everything in them repeats exactly in the loop.

A *strand* is one player or one rank of pipes: harmonics with a vibrato that may set in late, and with what a body's
resonances make of it (amplitudes move along with the frequency).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from talkies.core.arrays import Floats
from talkies.core.instruments.additive import Partials
from talkies.core.instruments.shaping import closing, loudness, panned
from talkies.core.instruments.tone import Noise, Tone
from talkies.core.media.bwf import SAMPLE_RATE

_CENT = float(np.log(2) / 1200)
_WAVES = 3


@dataclass(frozen=True)
class Wobble:
    """Vibrato or tremulant: ``cents`` to each side, ``rate`` in Hz, from ``from_s`` on, whole at ``until_s``;
    ``swell``: share by which the level moves with it; ``phase`` in cycles."""

    cents: float = 0.0
    rate: float = 5.5
    swell: float = 0.0
    phase: float = 0.0
    from_s: float = 0.0
    until_s: float = 0.0

    def grown(self, times: Floats) -> Floats:
        """(T,) 0 to 1."""
        if self.until_s <= self.from_s:
            return np.ones(len(times))
        share = np.clip((times - self.from_s) / (self.until_s - self.from_s), 0, 1)
        return np.asarray(share * share * (3 - 2 * share))


STEADY = Wobble()


@dataclass(frozen=True)
class Strand:
    """``hertz``, ``amplitudes``, ``attack_s``, ``slopes`` (dB per dB of frequency): (H,) each; ``strokes``: of a
    tremolo, per second; ``flutter``: share by which the level wanders; ``late_s``: begins that much later."""

    hertz: Floats
    amplitudes: Floats
    attack_s: Floats
    slopes: Floats
    cycles: Floats
    pan: float = 0.0
    wobble: Wobble = STEADY
    strokes: float = 0.0
    flutter: float = 0.0
    late_s: float = 0.0
    waves: tuple[float, ...] = (0.1, 0.4, 0.7)

    def levels(self, times: Floats, loop_s: float) -> Floats:
        """(H, T)."""
        past = np.maximum(times - self.late_s, 0)
        begun = 1 - np.exp(-np.square(np.outer(1 / self.attack_s, past)))
        wobble, turning = self.wobble, self._turning(times, loop_s)
        grown = wobble.grown(times)
        common = 1 + wobble.swell * grown * np.sin(turning) + self.flutter * self._wandering(times, loop_s)
        if self.strokes:
            rate = _whole(self.strokes / 2, loop_s)
            common = common * (0.22 + 0.78 * np.abs(np.sin(2 * np.pi * (rate * times + self.waves[0]))) ** 0.8)
        moved = np.outer(self.slopes, wobble.cents * _CENT * grown * np.cos(turning))
        return np.asarray(self.amplitudes[:, None] * begun * common * np.exp(moved))

    def bends(self, times: Floats, loop_s: float) -> Floats:
        """(H, T) cycles."""
        rate = _whole(self.wobble.rate, loop_s)
        swing = self.wobble.cents * _CENT / (2 * np.pi * rate) * self.wobble.grown(times)
        return np.outer(self.hertz, swing * np.sin(self._turning(times, loop_s)))

    def _turning(self, times: Floats, loop_s: float) -> Floats:
        return np.asarray(2 * np.pi * (_whole(self.wobble.rate, loop_s) * times + self.wobble.phase))

    def _wandering(self, times: Floats, loop_s: float) -> Floats:
        turns = [(n + 1) ** 2 / loop_s * times + self.waves[n] for n in range(_WAVES)]
        return np.asarray(sum(np.sin(2 * np.pi * turn) / (n + 1) for n, turn in enumerate(turns)))


def kept_up(
    strands: Sequence[Strand],
    noises: Sequence[tuple[Noise, float]],
    loop: int,
    head_s: float,
    lead_s: float,
    hop: int = 64,
) -> Tone:
    """The tone at loudness 1; noises come with their dB relative to it."""
    loop_s = loop / SAMPLE_RATE

    def levels(times: Floats) -> Floats:
        return np.concatenate([strand.levels(times, loop_s) for strand in strands])

    def bends(times: Floats) -> Floats:
        return np.concatenate([strand.bends(times, loop_s) for strand in strands])

    gains = np.concatenate([np.repeat(panned(strand.pan)[:, None], len(strand.hertz), 1) for strand in strands], axis=1)
    partials = Partials(
        np.concatenate([strand.hertz for strand in strands]),
        gains * np.sqrt(2),
        np.concatenate([strand.cycles for strand in strands]),
        levels,
        bends if any(strand.wobble.cents for strand in strands) else None,
        hop,
    )
    level = loudness(partials, np.concatenate([strand.amplitudes for strand in strands]))
    heard = tuple(
        Noise(noise.stock, (noise.gains[0] * level * 10 ** (db / 20), noise.gains[1] * level * 10 ** (db / 20)), noise.level)
        for noise, db in noises
    )
    head, lead = round(head_s * SAMPLE_RATE), round(lead_s * SAMPLE_RATE)
    return Tone(partials, heard, head, loop, rise=48, lead=lead, gain=1 / level)


def _whole(rate: float, loop_s: float) -> float:
    """The rate of which whole cycles fit into the loop."""
    return closing(rate, round(loop_s * SAMPLE_RATE))
