"""Bells and signals: church bells, telephones, doorbells, sirens, horns, alarms."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from talkies.core.arrays import Floats
from talkies.core.synthesis.modal import BAR, BELL, GONG, Body, struck
from talkies.core.synthesis.signals import (
    Going,
    Hit,
    Rng,
    Strike,
    Striking,
    axis,
    between,
    click,
    eased,
    line,
    mixed,
    unit,
)
from talkies.core.synthesis.streams import Filter, Phase, Wander

_DOORBELL = BAR[:4]


def tuned(thing: Rng, modes: Sequence[float], hertz: float, t60: float, contact_s: float) -> Body:
    """A bell, gong or bar whose prime is ``hertz`` and rings ``t60`` s; higher partials die sooner, each in a pair.

    ``modes``: their frequencies over the prime's.
    """
    ratios = np.asarray(modes)
    pairs = np.concatenate([ratios, ratios * (1 + np.abs(thing.normal(0.0012, 0.0008, len(ratios))))])
    losses = np.log(1000) / t60 * np.maximum(pairs, 0.6) ** 0.9 * thing.uniform(0.8, 1.25, len(pairs))
    weights = thing.uniform(0.5, 1.0, len(pairs)) * pairs**-0.3
    return Body(hertz * pairs, losses, weights, contact_s, 0.08)


def tolling(low: float, high: float, t60: float) -> Striking:
    """A church bell, of which a clapper strikes the rim."""

    def draw(thing: Rng) -> Strike:
        hertz = between(thing, low, high)
        bell = tuned(thing, BELL, hertz, t60 * (300 / hertz) ** 0.5, 0.0009)
        return lambda hit: struck(bell, hit, 6.0)

    return draw


def small_bell(thing: Rng) -> Strike:
    """A hand bell, a bicycle's or a shop's."""
    bell = tuned(thing, GONG, between(thing, 1500, 3200), 1.6, 0.0002)
    return lambda hit: struck(bell, hit, 2.5)


def ding_dong(thing: Rng) -> Strike:
    """A doorbell: two bars, the second a third lower."""
    hertz = between(thing, 560, 760)
    bars = [tuned(thing, _DOORBELL, tone, 2.2, 0.0012) for tone in (hertz, hertz * 0.794)]

    def strike(hit: Hit) -> Floats:
        second = 0.42 * hit.rng.uniform(0.95, 1.08)
        return mixed((0.0, struck(bars[0], hit, 2.2)), (second, struck(bars[1], hit, 2.5)))

    return strike


def telephone(thing: Rng) -> Strike:
    """A telephone with two gongs and a hammer between them, twenty-odd blows a second for two seconds."""
    gongs = [
        tuned(thing, GONG, hertz, 0.9, 0.00025) for hertz in (between(thing, 1100, 1500), between(thing, 1500, 1900))
    ]
    rate = thing.uniform(20, 26)

    def strike(hit: Hit) -> Floats:
        rung = [[struck(gong, Hit(1.0, hit.rng), 0.9) for _ in range(3)] for gong in gongs]
        blows = [
            (n / rate, hit.rng.uniform(0.5, 0.8) * rung[n % 2][int(hit.rng.integers(3))])
            for n in range(int(1.9 * rate))
        ]
        buzz = [(n / rate, 0.2 * click(hit.rng, 2, 800, 6000)) for n in range(int(1.9 * rate))]
        return mixed(*blows, *buzz) * hit.velocity

    return strike


def wailing(thing: Rng) -> Going:
    """A siren that rises and falls, a rich tone from a horn."""
    low, high, period = between(thing, 420, 600), between(thing, 1100, 1500), between(thing, 2.2, 4.5)
    phase, cycle = Phase(), Phase()
    horn = Filter("bandpass", 500, 3500, 1)
    near = Wander(thing, 3.0, 0.8, 1.0)
    while True:
        share = 0.5 - 0.5 * np.cos(2 * np.pi * cycle.block(1 / period))
        turns = phase.block(low * (high / low) ** share)
        yield near.block() * horn.through(_rich(turns))


def _rich(turns: Floats) -> Floats:
    """A buzzing tone of twelve harmonics, the odd ones stronger."""
    return np.asarray(sum(np.sin(2 * np.pi * k * turns) / k ** (0.7 if k % 2 else 1.1) for k in range(1, 13)))


def honking(thing: Rng) -> Strike:
    """A car's horn: two notes a third apart, brassy."""
    hertz, ratio = between(thing, 340, 440), thing.choice([1.19, 1.26])

    def strike(hit: Hit) -> Floats:
        seconds = hit.rng.uniform(0.35, 0.7)
        time = axis(seconds)
        tones = sum(
            np.sin(2 * np.pi * k * tone * time) / k**0.35 for tone in (hertz, hertz * ratio) for k in range(1, 22)
        )
        shaped = np.tanh(0.5 * np.asarray(tones)) * line(seconds, (0, 0.8), (0.05, 1), (0.93, 1), (1, 0))
        return eased(shaped, 0.006, 0.03) * hit.velocity

    return strike


def beeping(thing: Rng) -> Strike:
    """An alarm: a group of short high beeps."""
    hertz, number = between(thing, 1900, 3100), int(thing.integers(2, 5))

    def strike(hit: Hit) -> Floats:
        time = axis(0.09)
        beep = eased(np.tanh(2.5 * np.sin(2 * np.pi * hertz * time)), 0.003, 0.004)
        return mixed(*((0.16 * n, beep) for n in range(number))) * hit.velocity

    return strike


def buzzer(thing: Rng) -> Strike:
    """A buzzer: an armature on the mains."""
    phase_noise = thing.uniform(0.01, 0.03)

    def strike(hit: Hit) -> Floats:
        seconds = hit.rng.uniform(0.4, 0.8)
        time = axis(seconds)
        buzz = sum(np.sin(2 * np.pi * 100 * k * time + k) / k**0.3 for k in range(1, 40))
        rough = 1 + phase_noise * hit.rng.standard_normal(len(time))
        return eased(unit(np.asarray(buzz)) * rough, 0.004, 0.02) * hit.velocity

    return strike


def hooting(thing: Rng) -> Strike:
    """A train's or a ship's horn: a chord of three low reeds."""
    hertz = between(thing, 260, 330)

    def strike(hit: Hit) -> Floats:
        seconds = hit.rng.uniform(1.0, 1.6)
        time = axis(seconds)
        chord = sum(
            np.sin(2 * np.pi * k * hertz * r * time + r) / k**0.6 for r in (1.0, 1.25, 1.48) for k in range(1, 16)
        )
        air = 0.1 * hit.rng.standard_normal(len(time))
        return (
            eased((np.asarray(chord) / 4 + air) * line(seconds, (0, 0.2), (0.08, 1), (0.85, 0.9), (1, 0)), 0.02, 0.15)
            * hit.velocity
        )

    return strike
