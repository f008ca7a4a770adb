"""Woodwinds and brass: harmonics under formants, a breath, an onset in which the lips or the reed find the note."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

from talkies.core.arrays import AnyFloats, Floats
from talkies.core.instruments.played import hertz
from talkies.core.instruments.shaping import (
    Formant,
    above,
    below,
    by_force,
    chance,
    coloured,
    forces,
    formants,
    harmonics,
    looped,
)
from talkies.core.instruments.sustained import Strand, Wobble, kept_up
from talkies.core.instruments.tone import Noise, Stroke, Tone

_LOOP_S, _HEAD_S = 2.6, 1.0


@dataclass(frozen=True)
class Blown:
    """``tilt``: dB per octave of harmonics; ``corner_hz`` and ``steep``: where and how the treble falls at middle
    force; ``opens``: octaves by which the corner moves from softest to loudest; ``even_db``: how much weaker even
    harmonics are below the corner of the tone holes; ``lag``: share of the
    attack by which each harmonic speaks later than the one below."""

    name: str
    bumps: tuple[Formant, ...]
    tilt: float
    corner_hz: float
    steep: float
    opens: float
    attack_s: float
    breath_db: float
    vibrato: Wobble = field(default_factory=Wobble)
    lowest_hz: float = 60.0
    even_db: float = 0.0
    lag: float = 0.03
    chiff_db: float = -60.0


FLUTE = Blown(
    "flute", ((700, 3, 0.6),), 7.5, 1600, 12, 2.8, 0.05, -30,
    Wobble(9, 5.2, 0.14, 0, 0.25, 0.8), 240, 0.0, 0.02, -12,
)  # fmt: skip
OBOE = Blown(
    "oboe", ((1050, 11, 0.45), (2900, 8, 0.35)), 3.5, 3300, 14, 1.4, 0.032, -42,
    Wobble(8, 5.4, 0.06, 0, 0.3, 0.85), 430,
)  # fmt: skip
CLARINET = Blown(
    "clarinet", ((1500, 4, 0.5), (3300, 3, 0.4)), 5.0, 1900, 13, 2.2, 0.038, -40,
    Wobble(0, 5, 0.0), 110, 30,
)  # fmt: skip
BASSOON = Blown(
    "bassoon", ((480, 11, 0.42), (1180, 6, 0.35), (2200, 2, 0.4)), 4.0, 1500, 13, 1.8, 0.04, -40,
    Wobble(6, 5.0, 0.05, 0, 0.35, 0.9), 170,
)  # fmt: skip
HORN = Blown(
    "horn", ((380, 5, 0.6), (750, 2, 0.4)), 3.0, 900, 15, 3.0, 0.055, -40,
    Wobble(0, 5, 0.0), 90, 0.0, 0.09,
)  # fmt: skip
TRUMPET = Blown(
    "trumpet", ((1250, 8, 0.7), (2300, 3, 0.5)), 2.0, 2400, 13, 3.0, 0.034, -42,
    Wobble(5, 5.3, 0.04, 0, 0.5, 1.0), 260, 0.0, 0.06,
)  # fmt: skip


def blown(stroke: Stroke, wind: Blown) -> Tone:
    """One note of one player."""
    loop, exact = looped(hertz(stroke.pitch), _LOOP_S)
    rng = chance(wind.name, round(stroke.pitch, 3), stroke.variant)
    number = harmonics(exact, 15_000, most=40)
    partials_hz = number * exact
    attack = min(wind.attack_s, 0.03) if stroke.at_once else wind.attack_s
    wobble, uneven = wind.vibrato, rng.normal(0, 0.8, len(number))
    player = Strand(
        partials_hz,
        forces(lambda force: _spectrum(wind, number, partials_hz, stroke.pitch, force) + uneven),
        attack * (1 + wind.lag * (number - 1)),
        _slopes(wind, number, partials_hz, stroke.pitch),
        rng.random(len(number)),
        0.0,
        Wobble(
            0.0 if stroke.short else wobble.cents * rng.uniform(0.85, 1.15),
            wobble.rate + rng.normal(0, 0.15),
            0.0 if stroke.short else wobble.swell,
            rng.random(),
            wobble.from_s,
            wobble.until_s,
        ),
        flutter=0.025,
        waves=tuple(rng.random(3)),
    )
    return kept_up([player], _breath(stroke, wind, attack), loop, _HEAD_S, 0.55 * attack)


def _breath(stroke: Stroke, wind: Blown, attack: float) -> tuple[Noise, Noise]:
    octave = round((stroke.pitch - 60) / 12)
    air = coloured(wind.name + str(octave), _air_colour(wind.name, octave))[stroke.variant * 30_000 :]

    def going_on(times: AnyFloats) -> Floats:
        return np.asarray(1 - np.exp(-np.square(times / (0.5 * attack))))

    def chiff(times: AnyFloats) -> Floats:
        return np.asarray((times / 0.012) * np.exp(1 - times / 0.012))

    return (
        Noise(air, by_force(wind.breath_db, 2), level=going_on),
        Noise(air[::-1], by_force(wind.chiff_db, 4), level=chiff),
    )


def _spectrum(wind: Blown, number: Floats, hz: Floats, pitch: float, force: float) -> Floats:
    corner = wind.corner_hz * 2 ** (wind.opens * (force - 0.5))
    shape = formants(hz, wind.bumps) - wind.tilt * np.log2(number) + below(hz, wind.lowest_hz, 8)
    shape = shape + above(hz, max(corner, 1.1 * hz[0]), wind.steep)
    if wind.even_db:
        overblown = np.interp(pitch, [66, 72, 88], [1, 0.55, 0.25])
        shape = shape - (number % 2 == 0) * wind.even_db * overblown * np.exp(-np.square(hz / 1900))
    return np.asarray(shape)


def _slopes(wind: Blown, number: Floats, hz: Floats, pitch: float) -> Floats:
    higher, lower = (_spectrum(wind, number, hz * by, pitch, 0.6) for by in (1.004, 1 / 1.004))
    return np.asarray(np.clip((higher - lower) / (20 * np.log10(1.004**2)), -8, 8))


@lru_cache(maxsize=64)
def _air_colour(name: str, octave: int) -> Callable[[Floats], Floats]:
    """Breath that blows across the pipe: most around the note and its first harmonics."""
    note = hertz(60 + 12 * octave)

    def colour(hz: Floats) -> Floats:
        pipe = formants(hz, ((note, 9, 0.5), (2 * note, 8, 0.4), (3 * note, 5, 0.3)))
        return np.asarray(pipe + below(hz, 0.7 * note, 12) + above(hz, 5000.0, 9) - 2 * np.log2(hz / 1000))

    return colour
