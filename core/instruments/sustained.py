"""Tones that are kept up: bows, breath and bellows. Everything in them repeats exactly in the loop.

A *strand* is one player or one rank of pipes: harmonics with a vibrato that may set in late, and with what a body's
resonances make of it (amplitudes move along with the frequency).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from talkies.core.arrays import AnyFloats, Floats, Floats32
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

    def grown(self, times: AnyFloats) -> Floats:
        """(T,) 0 to 1."""
        if self.until_s <= self.from_s:
            return np.ones(len(times))
        share = np.clip((times - self.from_s) / (self.until_s - self.from_s), 0, 1)
        return np.asarray(share * share * (3 - 2 * share))


STEADY = Wobble()


@dataclass(frozen=True)
class Strand:
    """``hertz``, ``attack_s``, ``slopes`` (dB per dB of frequency), ``cycles``: (H,); ``layers`` (2, H) amplitudes of
    soft and loud; ``strokes``: of a tremolo, per second; ``flutter``: share by which the level wanders; ``late_s``:
    begins that much later; ``drift_cents``: by which the pitch wanders."""

    hertz: Floats
    layers: Floats
    attack_s: Floats
    slopes: Floats
    cycles: Floats
    pan: float = 0.0
    wobble: Wobble = STEADY
    strokes: float = 0.0
    flutter: float = 0.0
    late_s: float = 0.0
    drift_cents: float = 0.0
    waves: tuple[float, ...] = (0.1, 0.4, 0.7)

    def levels(self, times: AnyFloats, loop_s: float) -> Floats32:
        """(H, T)."""
        wobble, turning = self.wobble, self._turning(times, loop_s)
        grown = wobble.grown(times)
        common = 1 + wobble.swell * grown * np.sin(turning) + self.flutter * self._wandering(times, loop_s)
        if self.strokes:
            rate = _whole(self.strokes / 2, loop_s)
            common = common * (0.22 + 0.78 * np.abs(np.sin(2 * np.pi * (rate * times + self.waves[0]))) ** 0.8)
        moving = wobble.cents * _CENT * grown * np.cos(turning) * common
        total = np.outer(self.slopes.astype(np.float32), moving.astype(np.float32))
        total += common.astype(np.float32)
        past = np.maximum(times - self.late_s, 0)
        if past[0] < 4 * self.attack_s.max():
            total *= 1 - np.exp(-np.square(np.outer((1 / self.attack_s).astype(np.float32), past.astype(np.float32))))
        return total

    def warp(self, times: AnyFloats, loop_s: float) -> Floats:
        """(T,) seconds by which it runs ahead."""
        rate = _whole(self.wobble.rate, loop_s)
        swing = self.wobble.cents * _CENT / (2 * np.pi * rate) * self.wobble.grown(times)
        swinging = swing * np.sin(self._turning(times, loop_s))
        if not self.drift_cents:
            return np.asarray(swinging)
        slow = self.drift_cents * _CENT * loop_s / (2 * np.pi)
        return np.asarray(swinging + slow * self._wandering(times, loop_s, power=1))

    def _turning(self, times: AnyFloats, loop_s: float) -> Floats:
        return np.asarray(2 * np.pi * (_whole(self.wobble.rate, loop_s) * times + self.wobble.phase))

    def _wandering(self, times: AnyFloats, loop_s: float, power: int = 2) -> Floats:
        turns = [(n + 1) ** power / loop_s * times + self.waves[n] for n in range(_WAVES)]
        return np.asarray(sum(np.sin(2 * np.pi * turn) / (n + 1) for n, turn in enumerate(turns)))


def kept_up(strands: Sequence[Strand], noises: Sequence[Noise], loop: int, head_s: float, lead_s: float) -> Tone:
    """The tone, soft and loud at loudness 1; the layers of noises are dB relative to it."""
    loop_s = loop / SAMPLE_RATE

    def levels(times: AnyFloats) -> Floats32:
        return np.concatenate([strand.levels(times, loop_s) for strand in strands])

    def warps(times: AnyFloats) -> Floats:
        return np.stack([strand.warp(times, loop_s) for strand in strands])

    counts = tuple(len(strand.hertz) for strand in strands)
    partials = Partials(
        np.concatenate([strand.hertz for strand in strands]),
        np.concatenate([strand.layers for strand in strands], axis=1),
        np.repeat(panned(np.array([strand.pan for strand in strands])) * np.sqrt(2), counts, axis=1),
        np.concatenate([strand.cycles for strand in strands]),
        levels,
        warps if any(strand.wobble.cents or strand.drift_cents for strand in strands) else None,
        counts,
    )
    return levelled(partials, noises, round(head_s * SAMPLE_RATE), loop, 48, round(lead_s * SAMPLE_RATE))


def levelled(
    partials: Partials, noises: Sequence[Noise], head: int, loop: int = 0, rise: int = 48, lead: int = 0
) -> Tone:
    """A tone both layers of which have loudness 1; the layers of noises are dB relative to it."""
    scaled = replace(partials, layers=partials.layers / loudness(partials)[:, None])
    heard = (replace(noise, layers=(10 ** (noise.layers[0] / 20), 10 ** (noise.layers[1] / 20))) for noise in noises)
    return Tone(scaled, tuple(heard), head, loop, rise, lead)


def _whole(rate: float, loop_s: float) -> float:
    """The rate of which whole cycles fit into the loop."""
    return closing(rate, round(loop_s * SAMPLE_RATE))
