"""Strings that are struck or plucked and then left alone: piano, harp, pizzicato.

Each partial is two sinusoids: what the bridge takes at once, and an aftersound of the other polarization and of
strings a little out of tune, which lasts (Weinreich 1977). Stiffness spreads the partials: f_n = n f_1 √(1 + B n²).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from talkies.core.arrays import Floats, Sound
from talkies.core.instruments.additive import HIGHEST_HZ, Partials
from talkies.core.instruments.played import hertz
from talkies.core.instruments.shaping import Colour, Formant, above, below, burst, chance, formants, from_db, loudness, panned
from talkies.core.instruments.tone import Noise, Stroke, Tone
from talkies.core.media.bwf import SAMPLE_RATE

_LONGEST_S = 14.0
_FALL = float(np.log(1000))


def piano(stroke: Stroke) -> Tone:
    """A grand: hammers harder with force, una corda when very soft, a hint of the strings that sound along."""
    key, force = stroke.pitch, stroke.strength
    nature = chance("piano", round(key, 2))
    number, partials_hz = _stiff(hertz(key + piano_stretch(key) / 100), piano_stiffness(key), most=64)
    point = np.interp(key, [21, 60, 108], [0.125, 0.12, 0.07])
    corner = 440 * 2 ** ((key - 60) / 30) * 2 ** (2.3 * (force - 0.45))
    shape = (
        above(partials_hz, corner, 14)
        - 3 * np.log2(number)
        + below(partials_hz, 75.0, 10)
        + 10 * np.log10(np.sin(np.pi * point * number) ** 2 + 0.03)
        + nature.normal(0, 2.2, len(number))
        + chance("hammer", round(key, 2), stroke.variant).normal(0, 0.9, len(number))
    )
    longest = float(np.clip(8.5 * 2 ** (-(key - 45) / 17), 0.5, 18))
    dying = longest / (1 + 0.8 * (partials_hz / 2500) ** 1.1) * np.exp(nature.normal(0, 0.18, len(number)))
    after_db = -10.0 if force < 0.22 else -17.0
    place = 0.5 * (key - 64) / 44 + nature.normal(0, 0.22, len(number))
    strings = _two_decays(partials_hz, from_db(shape), dying, after_db, place, nature, halo_db=-40)
    knock_db = np.interp(key, [21, 60, 96, 108], [-24, -23, -14, -9]) + 8 * (force - 0.5)
    thump = _burst("knock", stroke, _knock, 0.16, 0.11), knock_db
    hit = _burst("felt", stroke, _felt, 0.03, 0.02), knock_db - 5
    rise_s = 0.0024 * 2 ** (-(key - 21) / 32) * (1.7 - force)
    return _left_alone(strings, from_db(shape), longest * 2.4, (thump, hit), rise_s, pan=0.4 * (key - 64) / 44)


def harp(stroke: Stroke) -> Tone:
    """Gut and wire strings, plucked with the finger near a third of their length; nobody damps them at once."""
    key, force = stroke.pitch, stroke.strength
    nature = chance("harp", round(key, 2))
    number, partials_hz = _stiff(hertz(key), 4e-5 * 2 ** ((key - 48) / 14), most=32)
    finger = chance("finger", round(key, 2), stroke.variant)
    point = 0.31 + finger.normal(0, 0.012)
    shape = (
        20 * np.log10(np.abs(np.sin(np.pi * point * number)) + 0.05)
        - 7 * np.log2(number)
        + above(partials_hz, 900 * 2 ** ((key - 60) / 36 + 2.0 * (force - 0.5)), 9)
        + formants(partials_hz, ((190, 3, 0.3), (420, 3, 0.3)))
        + below(partials_hz, 90.0, 8)
        + nature.normal(0, 1.5, len(number))
    )
    longest = float(np.clip(4.6 * 2 ** (-(key - 48) / 19), 0.55, 7))
    dying = longest / (1 + (partials_hz / 1500) ** 1.2) * np.exp(nature.normal(0, 0.12, len(number)))
    strings = _two_decays(partials_hz, from_db(shape), dying, -14.0, nature.normal(0, 0.12, len(number)), nature, -44)
    touch = _burst("finger", stroke, _felt, 0.03, 0.02), -27 + 6 * (force - 0.5)
    body = _burst("harp body", stroke, _knock, 0.12, 0.08), -30.0
    return _left_alone(strings, from_db(shape), longest * 2, (touch, body), 0.0016 * (1.6 - force), pan=0.0)


def pizzicato(stroke: Stroke, name: str, players: int, body: Sequence[Formant], ringing_s: float, wide: float) -> Tone:
    """Plucked by a section: ``ringing_s``: T60 of an open string at 200 Hz, shorter further up the string."""
    nature = chance(name, "pizzicato", round(stroke.pitch, 2), stroke.variant)
    parts, amplitudes = [], []
    longest = ringing_s * float(np.clip((200 / hertz(stroke.pitch)) ** 0.55, 0.25, 1.6))
    for player in range(players):
        cents = nature.normal(0, 2.5) if player else 0.0
        number, partials_hz = _stiff(hertz(stroke.pitch + cents / 100), 6e-5, most=24)
        shape = (
            20 * np.log10(np.abs(np.sin(np.pi * (0.2 + nature.normal(0, 0.01)) * number)) + 0.04)
            - 6 * np.log2(number)
            + above(partials_hz, 1100 * 2 ** (2.0 * (stroke.strength - 0.5)), 9)
            + formants(partials_hz, body)
            + nature.normal(0, 1.2, len(number))
        )
        dying = longest / (1 + (partials_hz / 900) ** 1.1) * np.exp(nature.normal(0, 0.1, len(number)))
        place = np.full(len(number), wide * (player - (players - 1) / 2) / max(players - 1, 1) * 2)
        late_s = abs(nature.normal(0, 0.004)) if player else 0.0
        parts.append(_two_decays(partials_hz, from_db(shape), dying, -12.0, place, nature, None, late_s))
        amplitudes.append(from_db(shape))
    snap = _burst(name + " finger", stroke, _knock, 0.06, 0.045), -19 + 8 * (stroke.strength - 0.5)
    return _left_alone(_together(parts), np.concatenate(amplitudes), longest * 1.7, (snap,), 0.0012, 0.0, players)


def piano_stiffness(key: float) -> float:
    """B of a grand's strings: least around C3, 4e-4 at middle C."""
    return float(np.exp(0.088 * key - 13.1) + np.exp(-0.1 * key - 6.1))


def piano_stretch(key: float) -> float:
    """Cents by which a tuner widens the octaves at both ends."""
    return float(5 * ((key - 69) / 40) ** 3)


def _knock(hz: Floats) -> Floats:
    return below(hz, 90.0, 12) + above(hz, 420.0, 13) + formants(hz, ((140, 4, 0.2), (260, 3, 0.2), (1100, 5, 0.4)))


def _felt(hz: Floats) -> Floats:
    return below(hz, 700.0, 10) + above(hz, 3200.0, 12)


def _burst(name: str, stroke: Stroke, colour: Colour, seconds: float, t60: float) -> Sound:
    which = stroke.variant + 7 * round(stroke.pitch)
    return burst(name, which, colour, seconds, t60)


def _stiff(first_hz: float, stiffness: float, most: int) -> tuple[Floats, Floats]:
    """Numbers and frequencies of the partials that are heard."""
    number = np.arange(1.0, most + 1)
    partials_hz = first_hz * number * np.sqrt((1 + stiffness * number**2) / (1 + stiffness))
    heard = max(int((partials_hz < min(HIGHEST_HZ, 12_000 + first_hz)).sum()), 1)
    return number[:heard], partials_hz[:heard]


def _two_decays(
    hz: Floats,
    amplitudes: Floats,
    t60: Floats,
    after_db: float,
    place: Floats,
    rng: np.random.Generator,
    halo_db: float | None,
    late_s: float = 0.0,
) -> tuple[Partials, Floats]:
    """Partials (prompt, after, halo) and their first amplitudes. ``place``: pan of each."""
    count, along = len(hz), min(5, len(hz)) if halo_db is not None else 0
    after = amplitudes * from_db(after_db + rng.normal(0, 3, count))
    halo = amplitudes[:along] * 10 ** ((halo_db or 0) / 20)
    detuned = hz * (1 + rng.normal(0, 3.0e-4, count))
    every_hz = np.concatenate([hz, detuned, hz[:along] * (1 + rng.normal(0, 6e-4, along))])
    first = np.concatenate([amplitudes, after, halo])
    falls = _FALL / np.concatenate([t60, t60 * 2.6, np.maximum(t60[:along] * 2, 2.0)])
    swelling = np.concatenate([np.zeros(2 * count), np.full(along, 1 / 0.09)])

    def levels(times: Floats) -> Floats:
        past = np.maximum(times - late_s, 0)
        decays = first[:, None] * np.exp(-falls[:, None] * past)
        decays[2 * count :] *= 1 - np.exp(-np.outer(swelling[2 * count :], past))
        return decays * np.clip((times - late_s) / 0.003 + 1, 0, 1) if late_s else decays

    gains = panned(np.concatenate([place, -place, rng.normal(0, 0.5, along)]))
    cycles = np.concatenate([np.full(count, -0.25), rng.random(count + along)])
    return Partials(every_hz, gains, cycles, levels), first


def _together(parts: Sequence[tuple[Partials, Floats]]) -> tuple[Partials, Floats]:
    each = [partials for partials, _ in parts]

    def levels(times: Floats) -> Floats:
        return np.concatenate([partials.levels(times) for partials in each])

    joined = Partials(
        np.concatenate([partials.hertz for partials in each]),
        np.concatenate([partials.gains for partials in each], axis=1),
        np.concatenate([partials.cycles for partials in each]),
        levels,
    )
    return joined, np.concatenate([first for _, first in parts])


def _left_alone(
    strings: tuple[Partials, Floats],
    amplitudes: Floats,
    length_s: float,
    noises: Sequence[tuple[Sound, float]],
    rise_s: float,
    pan: float,
    players: int = 1,
) -> Tone:
    """The tone at loudness 1, faded at the end of what is kept of it. Noises come with their dB below the tone."""
    partials, first = strings
    level = loudness(partials, first)
    kept_s = min(length_s, _LONGEST_S)
    sounding = partials.levels

    def ending(times: Floats) -> Floats:
        return sounding(times) * np.clip((kept_s - times) / (0.25 * kept_s), 0, 1)

    whole = Partials(partials.hertz, partials.gains, partials.cycles, ending)
    left, right = panned(pan) * np.sqrt(2)
    heard = tuple(
        Noise(sound, (level * 10 ** (db / 20) * left, level * 10 ** (db / 20) * right))
        for sound, db in noises
    )
    rise = max(round(rise_s * SAMPLE_RATE), 8)
    return Tone(whole, heard, head=round(kept_s * SAMPLE_RATE), rise=rise, gain=1 / level)
