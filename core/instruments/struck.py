"""Drums and metal: modes of membranes, bars and plates, and the noise of sticks, wires and clashing."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from talkies.core.arrays import Floats, Sound
from talkies.core.instruments.additive import HIGHEST_HZ, Partials
from talkies.core.instruments.played import hertz
from talkies.core.instruments.shaping import Colour, above, below, burst, chance, formants, from_db, loudness, panned
from talkies.core.instruments.tone import Noise, Stroke, Tone
from talkies.core.media.bwf import SAMPLE_RATE

_KETTLE = (
    (0.85, -14, 0.25), (1.0, 0, 1.0), (1.504, -3, 0.9), (1.742, -16, 0.4), (2.0, -7, 0.75), (2.245, -18, 0.4),
    (2.494, -12, 0.6), (2.8, -20, 0.35), (2.98, -16, 0.5), (3.45, -20, 0.4), (3.98, -24, 0.35), (4.5, -27, 0.3),
)  # fmt: skip
"""Ratio to the principal mode (1, 1), dB, share of its T60: the air in the kettle pulls 1 : 1.5 : 2 : 2.5 together."""
_BAR = ((1.0, 0, 1.0), (2.76, -9, 0.35), (5.40, -17, 0.16), (8.93, -26, 0.08))
_TRIANGLE_HZ = (1320, 1670, 2210, 2680, 3360, 4080, 4870, 5590, 6420, 7350, 8230, 9310, 10_420, 11_600, 12_900, 14_300)


def timpani(stroke: Stroke) -> Tone:
    """A kettledrum that rings: softer strokes with less of the upper modes."""
    base, force = hertz(stroke.pitch), stroke.strength
    ratio, db, share = np.array(_KETTLE).T
    rng = chance("timpani", round(stroke.pitch, 2), stroke.variant)
    hz = base * ratio
    shape = db + above(hz, 260 * 2 ** (2.4 * (force - 0.4)), 9) + rng.normal(0, 1.2, len(hz))
    t60 = 3.4 * (110 / base) ** 0.4 * share
    noises = [(burst("mallet", _which(stroke), _mallet, 0.12, 0.08), -16 + 8 * (force - 0.5), 0.0)]
    return _ringing(hz, from_db(shape), t60, rng.normal(0, 0.15, len(hz)), noises, rng, 0.0022 * (1.6 - force))


def bass_drum(stroke: Stroke) -> Tone:
    rng = chance("bass drum", stroke.variant)
    hz = np.array([46.0, 71, 98, 121, 149, 177, 214, 260, 330])
    shape = np.array([0.0, -3, -5, -9, -11, -15, -17, -20, -25]) + 7 * (stroke.strength - 0.5) * np.log2(hz / 46)
    t60 = np.array([1.3, 1.0, 0.8, 0.6, 0.5, 0.4, 0.35, 0.3, 0.2])
    noises = [(burst("beater", stroke.variant, _mallet, 0.15, 0.11), -14 + 8 * (stroke.strength - 0.5), 0.0)]
    return _ringing(hz * (1 + rng.normal(0, 0.004, 9)), from_db(shape), t60, np.zeros(9), noises, rng, 0.0025)


def snare(stroke: Stroke) -> Tone:
    """Head, shell and wires; soft strokes are mostly wires."""
    rng = chance("snare", stroke.variant)
    hz = np.array([187.0, 332, 405, 512, 618, 760, 905, 1120]) * (1 + rng.normal(0, 0.006, 8))
    shape = np.array([0.0, -4, -6, -9, -12, -14, -17, -20]) + 5 * (stroke.strength - 0.5) * np.log2(hz / 187)
    t60 = np.array([0.26, 0.2, 0.16, 0.14, 0.12, 0.1, 0.09, 0.07])
    noises = [
        (burst("wires", stroke.variant, _wires(stroke.strength), 0.45, 0.26), 1 - 3 * stroke.strength, 0.1),
        (burst("stick", stroke.variant, _stick, 0.03, 0.018), -3 + 8 * (stroke.strength - 0.5), -0.1),
    ]
    return _ringing(hz, from_db(shape), t60, np.zeros(8), noises, rng, 0.0004)


def cymbal(stroke: Stroke) -> Tone:
    """A pair clashed: some hundred modes without order, the highest of which build up late and go first."""
    rng = chance("cymbal", stroke.variant)
    hz = 300 * 2 ** (np.sort(chance("plate").random(240)) ** 0.75 * 5.6) * (1 + rng.normal(0, 0.001, 240))
    shape = above(hz, 2600 * 2 ** (2.2 * (stroke.strength - 0.5)), 7) + below(hz, 700, 5) + rng.normal(0, 3, 240)
    t60 = 3.2 / (1 + (hz / 5200) ** 1.3) * np.exp(rng.normal(0, 0.25, 240)) * (0.6 + 0.5 * stroke.strength)
    noises = [
        (burst("clash", stroke.variant, _clash, 0.5, 0.35), -5 + 6 * (stroke.strength - 0.5), 0.25),
        (burst("clash", stroke.variant + 50, _clash, 0.9, 0.8), -11 + 6 * (stroke.strength - 0.5), -0.25),
    ]
    return _ringing(hz, from_db(shape), t60, rng.normal(0, 0.5, 240), noises, rng, 0.0015, swelling_hz=4000)


def triangle(stroke: Stroke) -> Tone:
    rng = chance("triangle", stroke.variant)
    hz = np.array(_TRIANGLE_HZ) * (1 + rng.normal(0, 0.0004, len(_TRIANGLE_HZ)))
    shape = -7 + rng.normal(0, 4, len(hz)) + above(hz, 6500 * 2 ** (2.4 * (stroke.strength - 0.5)), 10)
    t60 = np.clip(4.2 / (1 + (hz / 6000) ** 1.5), 0.3, 4) * np.exp(rng.normal(0, 0.2, len(hz)))
    noises = [(burst("beater", stroke.variant, _stick, 0.02, 0.012), -12.0, 0.0)]
    return _ringing(hz, from_db(shape), t60, rng.normal(0, 0.2, len(hz)), noises, rng, 0.0004)


def glockenspiel(stroke: Stroke) -> Tone:
    base = hertz(stroke.pitch)
    ratio, db, share = np.array(_BAR).T
    rng = chance("glockenspiel", round(stroke.pitch, 2), stroke.variant)
    hz = base * ratio
    shape = db + above(hz, 5000 * 2 ** (2.4 * (stroke.strength - 0.5)), 8) + rng.normal(0, 0.8, len(hz))
    t60 = np.clip(2.6 * (1500 / base) ** 0.7, 0.7, 3.5) * share
    noises = [(burst("brass mallet", _which(stroke), _stick, 0.015, 0.01), -20 + 8 * (stroke.strength - 0.5), 0.0)]
    return _ringing(hz, from_db(shape), t60, rng.normal(0, 0.1, len(hz)), noises, rng, 0.0005)


def _which(stroke: Stroke) -> int:
    return stroke.variant + 5 * round(stroke.pitch)


def _ringing(
    hz: Floats,
    amplitudes: Floats,
    t60: Floats,
    place: Floats,
    noises: Sequence[tuple[Sound, float, float]],
    rng: np.random.Generator,
    rise_s: float,
    swelling_hz: float = 0.0,
) -> Tone:
    """Modes and noises (sound, dB above the modes, pan) at loudness 1. Above ``swelling_hz`` modes build up late."""
    kept = hz < HIGHEST_HZ
    hz, amplitudes, t60, place = hz[kept], amplitudes[kept], t60[kept], place[kept]
    falls, longest = np.log(1000) / t60, float(min(t60.max() * 1.5, 9.0))
    building = 0.03 * (hz > swelling_hz) if swelling_hz else np.zeros(len(hz))

    def levels(times: Floats) -> Floats:
        ringing = amplitudes[:, None] * np.exp(-np.outer(falls, times))
        if swelling_hz:
            ringing = ringing * (1 - 0.7 * np.exp(-times / np.maximum(building, 1e-4)[:, None]))
        return np.asarray(ringing * np.clip((longest - times) / (0.2 * longest), 0, 1))

    partials = Partials(hz, panned(place) * np.sqrt(2), rng.random(len(hz)), levels, hop=64)
    level = loudness(partials, amplitudes)
    heard = []
    for sound, db, pan in noises:
        left, right = panned(pan) * np.sqrt(2) * level * 10 ** (db / 20)
        heard.append(Noise(sound, (float(left), float(right))))
    rise = max(round(rise_s * SAMPLE_RATE), 8)
    return Tone(partials, tuple(heard), round(longest * SAMPLE_RATE), rise=rise, gain=1 / level)


def _mallet(hz: Floats) -> Floats:
    return np.asarray(below(hz, 70.0, 10) + above(hz, 260.0, 12))


def _stick(hz: Floats) -> Floats:
    return np.asarray(below(hz, 1500.0, 8) + above(hz, 6000.0, 9))


def _clash(hz: Floats) -> Floats:
    return np.asarray(below(hz, 1800.0, 7) + above(hz, 9000.0, 9))


def _soft_wires(hz: Floats) -> Floats:
    return np.asarray(below(hz, 1300.0, 7) + above(hz, 4200.0, 10) + formants(hz, ((2600, 3, 0.6),)))


def _hard_wires(hz: Floats) -> Floats:
    return np.asarray(below(hz, 1500.0, 6) + above(hz, 7500.0, 9) + formants(hz, ((3600, 3, 0.6),)))


def _wires(strength: float) -> Colour:
    return _hard_wires if strength > 0.5 else _soft_wires
