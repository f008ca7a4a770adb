"""Drums and metal: modes of membranes, bars and plates, and the noise of sticks, wires and clashing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from talkies.core.arrays import AnyFloats, Floats, Floats32, Sound
from talkies.core.instruments.additive import HIGHEST_HZ, Partials
from talkies.core.instruments.played import hertz
from talkies.core.instruments.shaping import (
    Colour,
    above,
    below,
    burst,
    by_force,
    chance,
    coloured,
    forces,
    formants,
    panned,
)
from talkies.core.instruments.sustained import levelled
from talkies.core.instruments.tone import Noise, Stroke, Tone
from talkies.core.media.wav.bwf import SAMPLE_RATE

_KETTLE = (
    (0.85, -14, 0.25), (1.0, 0, 1.0), (1.504, -3, 0.9), (1.742, -16, 0.4), (2.0, -7, 0.75), (2.245, -18, 0.4),
    (2.494, -12, 0.6), (2.8, -20, 0.35), (2.98, -16, 0.5), (3.45, -20, 0.4), (3.98, -24, 0.35), (4.5, -27, 0.3),
)  # fmt: skip
"""Ratio to the principal mode (1, 1), dB, share of its T60: the air in the kettle pulls 1 : 1.5 : 2 : 2.5 together."""
_BAR = ((1.0, 0, 1.0), (2.76, -9, 0.35), (5.40, -17, 0.16), (8.93, -26, 0.08))
_CYMBAL_BANDS = (
    (550, -14, 3.0, 0.002), (1100, -8, 3.0, 0.003), (2200, -3, 2.5, 0.006), (3800, 0, 2.0, 0.012),
    (6000, 1, 1.5, 0.025), (9000, 0, 1.1, 0.03), (13_000, -4, 0.8, 0.03),
)  # fmt: skip
"""Middle in Hz, dB, T60 in s, time of building up in s."""
_CYMBAL_SAMPLES = 200_000
_TRIANGLE_HZ = (1320, 1670, 2210, 2680, 3360, 4080, 4870, 5590, 6420, 7350, 8230, 9310, 10_420, 11_600, 12_900, 14_300)


def timpani(stroke: Stroke) -> Tone:
    """A kettledrum that rings: softer strokes with less of the upper modes."""
    base = hertz(stroke.pitch)
    ratio, db, share = np.array(_KETTLE).T
    rng = chance("timpani", round(stroke.pitch, 2), stroke.variant)
    hz, uneven = base * ratio, rng.normal(0, 1.2, len(ratio))
    layers = forces(lambda force: db + above(hz, 260 * 2 ** (3.2 * (force - 0.4)), 11) + uneven)
    mallet = Noise(burst("mallet", _which(stroke), _mallet, 0.12, 0.08), by_force(-16, 8))
    return _ringing(hz, layers, 3.4 * (110 / base) ** 0.4 * share, rng.normal(0, 0.15, len(hz)), [mallet], rng, 0.002)


def bass_drum(stroke: Stroke) -> Tone:
    rng = chance("bass drum", stroke.variant)
    hz = np.array([46.0, 71, 98, 121, 149, 177, 214, 260, 330])
    db = np.array([0.0, -3, -5, -9, -11, -15, -17, -20, -25])
    layers = forces(lambda force: db + 7 * (force - 0.5) * np.log2(hz / 46))
    t60 = np.array([1.3, 1.0, 0.8, 0.6, 0.5, 0.4, 0.35, 0.3, 0.2])
    beater = Noise(burst("beater", stroke.variant, _mallet, 0.15, 0.11), by_force(-14, 8))
    return _ringing(hz * (1 + rng.normal(0, 0.004, 9)), layers, t60, np.zeros(9), [beater], rng, 0.0025)


def snare(stroke: Stroke) -> Tone:
    """Head, shell and wires; soft strokes are mostly wires."""
    rng = chance("snare", stroke.variant)
    hz = np.array([187.0, 332, 405, 512, 618, 760, 905, 1120]) * (1 + rng.normal(0, 0.006, 8))
    db = np.array([0.0, -4, -6, -9, -12, -14, -17, -20])
    layers = forces(lambda force: db + 5 * (force - 0.5) * np.log2(hz / 187))
    t60 = np.array([0.26, 0.2, 0.16, 0.14, 0.12, 0.1, 0.09, 0.07])
    noises = [
        Noise(burst("soft wires", stroke.variant, _soft_wires, 0.45, 0.26), (3.0, -12.0), (0.9, 1.1)),
        Noise(burst("hard wires", stroke.variant, _hard_wires, 0.45, 0.26), (-22.0, 1.0), (1.1, 0.9)),
        Noise(burst("stick", stroke.variant, _stick, 0.03, 0.018), by_force(-3, 8)),
    ]
    return _ringing(hz, layers, t60, np.zeros(8), noises, rng, 0.0004)


def cymbal(stroke: Stroke) -> Tone:
    """A pair clashed: modes so dense that they are bands of noise, the highest of which build up late and go first,
    and some that stand out."""
    rng = chance("cymbal", stroke.variant)
    hz = 320 * 2 ** (np.sort(chance("plate").random(70)) * 4.6) * (1 + rng.normal(0, 0.001, 70))
    db = below(hz, 700, 5) + rng.normal(0, 3, 70)
    layers = forces(lambda force: db + above(hz, 2600 * 2 ** (2.2 * (force - 0.5)), 7))
    t60 = 3.0 / (1 + (hz / 5200) ** 1.3) * np.exp(rng.normal(0, 0.25, 70))
    bands = []
    for middle, louder, longest, building_s in _CYMBAL_BANDS:
        sound = (_band(middle, stroke.variant) * _swell(longest, building_s)).astype(np.float32)
        left, right = panned(float(rng.normal(0, 0.25))) * np.sqrt(2)
        bands.append(Noise(sound, by_force(louder, 6 * np.log2(middle / 1000)), (float(left), float(right))))
    return _ringing(hz, layers, t60, rng.normal(0, 0.5, 70), bands, rng, 0.0015)


def triangle(stroke: Stroke) -> Tone:
    rng = chance("triangle", stroke.variant)
    hz = np.array(_TRIANGLE_HZ) * (1 + rng.normal(0, 0.0004, len(_TRIANGLE_HZ)))
    db = rng.normal(0, 4, len(hz))
    layers = forces(lambda force: db + above(hz, 6500 * 2 ** (2.4 * (force - 0.5)), 10))
    t60 = np.clip(4.2 / (1 + (hz / 6000) ** 1.5), 0.3, 4) * np.exp(rng.normal(0, 0.2, len(hz)))
    beater = Noise(burst("steel", stroke.variant, _stick, 0.02, 0.012), (-12.0, -12.0))
    return _ringing(hz, layers, t60, rng.normal(0, 0.2, len(hz)), [beater], rng, 0.0004)


def glockenspiel(stroke: Stroke) -> Tone:
    base = hertz(stroke.pitch)
    ratio, db, share = np.array(_BAR).T
    rng = chance("glockenspiel", round(stroke.pitch, 2), stroke.variant)
    hz, uneven = base * ratio, rng.normal(0, 0.8, len(ratio))
    layers = forces(lambda force: db + above(hz, 4200 * 2 ** (3.0 * (force - 0.5)), 11) + uneven)
    t60 = np.clip(2.6 * (1500 / base) ** 0.7, 0.7, 3.5) * share
    mallet = Noise(burst("brass mallet", _which(stroke), _stick, 0.015, 0.01), by_force(-20, 8))
    return _ringing(hz, layers, t60, rng.normal(0, 0.1, len(hz)), [mallet], rng, 0.0005)


def _which(stroke: Stroke) -> int:
    return stroke.variant + 5 * round(stroke.pitch)


def _ringing(
    hz: Floats,
    layers: Floats,
    t60: Floats,
    place: Floats,
    noises: Sequence[Noise],
    rng: np.random.Generator,
    rise_s: float,
) -> Tone:
    """Modes with their pans and noises."""
    kept = hz < HIGHEST_HZ
    hz, layers, t60, place = hz[kept], layers[:, kept], t60[kept], place[kept]
    falls, longest = (np.log(1000) / t60).astype(np.float32), float(min(t60.max() * 1.5, 9.0))

    def levels(times: AnyFloats) -> Floats32:
        ending = np.clip((longest - times) / (0.2 * longest), 0, 1).astype(np.float32)
        return np.asarray(np.exp(-np.outer(falls, times.astype(np.float32))) * ending)

    partials = Partials(hz, layers, panned(place) * np.sqrt(2), _phases(hz, rise_s, rng), levels)
    rise = max(round(rise_s * SAMPLE_RATE), 8)
    return levelled(partials, noises, round(longest * SAMPLE_RATE), rise=rise)


def _phases(hz: Floats, rise_s: float, rng: np.random.Generator) -> Floats:
    """Cycles at the start: slow modes begin where they have pushed the air as far forth as back."""
    drawn = rng.random(len(hz))
    return np.where(hz < 800, 0.5 * np.round(drawn) - 0.5 * hz * rise_s, drawn)


def _mallet(hz: Floats) -> Floats:
    return np.asarray(below(hz, 70.0, 10) + above(hz, 260.0, 12))


def _stick(hz: Floats) -> Floats:
    return np.asarray(below(hz, 1500.0, 8) + above(hz, 6000.0, 9))


@lru_cache(maxsize=64)
def _band_colour(middle: float) -> Colour:
    return lambda hz: -3.0 * np.abs(np.log2(hz / middle) / 0.5) ** 3


def _band(middle: float, variant: int) -> Sound:
    stock = coloured(f"cymbal {middle}", _band_colour(middle))
    return stock[(variant * 9973) % 48_000 :][:_CYMBAL_SAMPLES]


def _swell(t60: float, building_s: float) -> Floats:
    times = np.arange(_CYMBAL_SAMPLES) / SAMPLE_RATE
    ending = np.minimum(1, (times[-1] - times) / 0.8)
    return np.asarray((1 - 0.75 * np.exp(-times / building_s)) * np.exp(-times * (np.log(1000) / t60)) * ending)


def _soft_wires(hz: Floats) -> Floats:
    return np.asarray(below(hz, 1100.0, 11) + above(hz, 3000.0, 14) + formants(hz, ((2600, 3, 0.6),)))


def _hard_wires(hz: Floats) -> Floats:
    return np.asarray(below(hz, 1500.0, 10) + above(hz, 9000.0, 9) + formants(hz, ((3600, 3, 0.6),)))
