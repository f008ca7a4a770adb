"""Strings that are struck or plucked and then left alone: piano, harp, pizzicato.

Each partial is two sinusoids: what the bridge takes at once, and an aftersound of the other polarization and of
strings a little out of tune, which lasts (Weinreich 1977). Stiffness spreads the partials: f_n = n f_1 √(1 + B n²).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from talkies.core.arrays import AnyFloats, Floats, Floats32
from talkies.core.instruments.additive import HIGHEST_HZ, Partials
from talkies.core.instruments.played import hertz
from talkies.core.instruments.shaping import (
    Formant,
    above,
    below,
    burst,
    by_force,
    chance,
    forces,
    formants,
    from_db,
    panned,
)
from talkies.core.instruments.sustained import levelled
from talkies.core.instruments.tone import Noise, Stroke, Tone
from talkies.core.media.bwf import SAMPLE_RATE

_LONGEST_S = 14.0
_FALL = float(np.log(1000))
_AFTER_LASTS = 2.6
_HALO = 5


@dataclass(frozen=True)
class _String:
    """``hz``, ``t60`` (s), ``place`` (pan): (P,); ``layers`` (2, P); ``after_db`` of the aftersound, soft and loud;
    ``halo_db`` of the strings that sound along, None for none; ``late_s``: begins that much later."""

    hz: Floats
    layers: Floats
    t60: Floats
    place: Floats
    after_db: tuple[float, float]
    halo_db: float | None = None
    late_s: float = 0.0


def piano(stroke: Stroke) -> Tone:
    """A grand: hammers harder with force, una corda when very soft, a hint of the strings that sound along."""
    key = stroke.pitch
    nature = chance("piano", round(key, 2))
    number, hz = _stiff(hertz(key + piano_stretch(key) / 100), piano_stiffness(key), most=64)
    point = np.interp(key, [21, 60, 108], [0.125, 0.12, 0.07])
    string_db = (
        below(hz, 75.0, 10)
        - 3 * np.log2(number)
        + 10 * np.log10(np.sin(np.pi * point * number) ** 2 + 0.03)
        + nature.normal(0, 2.2, len(number))
        + chance("hammer", round(key, 2), stroke.variant).normal(0, 0.9, len(number))
    )
    corner = 500 * 2 ** ((key - 60) / 30)
    layers = forces(lambda force: string_db + above(hz, corner * 2 ** (2.6 * (force - 0.45)), 14))
    longest = float(np.clip(10 * 2 ** (-(key - 45) / 20), 0.5, 18))
    dying = longest / (1 + 0.8 * (hz / 2500) ** 1.1) * np.exp(nature.normal(0, 0.18, len(number)))
    place = 0.5 * (key - 64) / 44 + nature.normal(0, 0.22, len(number))
    sides = _sides(0.4 * (key - 64) / 44)
    knock_db = float(np.interp(key, [21, 60, 96, 108], [-24, -23, -14, -9]))
    which = stroke.variant + 7 * round(key)
    noises = (
        Noise(burst("knock", which, _knock, 0.16, 0.11), by_force(knock_db, 8), sides),
        Noise(burst("felt", which, _felt, 0.03, 0.02), by_force(knock_db - 5, 8), sides),
    )
    string = _String(hz, layers, dying, place, (-10.0, -17.0), halo_db=-40)
    return _left_alone([string], nature, longest * 2.4, noises, 0.0022 * 2 ** (-(key - 21) / 32))


def harp(stroke: Stroke) -> Tone:
    """Gut and wire strings, plucked with the finger near a third of their length."""
    key = stroke.pitch
    nature = chance("harp", round(key, 2))
    number, hz = _stiff(hertz(key), 4e-5 * 2 ** ((key - 48) / 14), most=32)
    point = 0.31 + chance("finger", round(key, 2), stroke.variant).normal(0, 0.012)
    string_db = (
        20 * np.log10(np.abs(np.sin(np.pi * point * number)) + 0.05)
        - 7 * np.log2(number)
        + formants(hz, ((190, 3, 0.3), (420, 3, 0.3)))
        + below(hz, 90.0, 8)
        + nature.normal(0, 1.5, len(number))
    )
    layers = forces(lambda force: string_db + above(hz, 900 * 2 ** ((key - 60) / 36 + 2 * (force - 0.5)), 9))
    longest = float(np.clip(4.6 * 2 ** (-(key - 48) / 19), 0.55, 7))
    dying = longest / (1 + (hz / 1500) ** 1.2) * np.exp(nature.normal(0, 0.12, len(number)))
    which = stroke.variant + 7 * round(key)
    noises = (
        Noise(burst("finger", which, _felt, 0.03, 0.02), by_force(-27, 6)),
        Noise(burst("harp body", which, _knock, 0.12, 0.08), by_force(-30, 0)),
    )
    string = _String(hz, layers, dying, nature.normal(0, 0.12, len(number)), (-14.0, -14.0), halo_db=-44)
    return _left_alone([string], nature, longest * 2, noises, 0.0012)


def pizzicato(stroke: Stroke, name: str, players: int, body: Sequence[Formant], ringing_s: float, wide: float) -> Tone:
    """Plucked by a section: ``ringing_s``: T60 of an open string at 200 Hz, shorter further up the string."""
    rng = chance(name, "pizzicato", round(stroke.pitch, 2), stroke.variant)
    longest = ringing_s * float(np.clip((200 / hertz(stroke.pitch)) ** 0.55, 0.25, 1.6))
    strings, cents = [], rng.uniform(0.5, 3.0, players)
    for player in range(players):
        place = wide * (player - (players - 1) / 2) / max(players - 1, 1) * 2
        pair = cents[(player - 1) // 2] * (1 if player % 2 else -1) if player else 0.0
        strings.append(_plucked(stroke.pitch + pair / 100, rng, player > 0, body, longest, place))
    which = stroke.variant + 7 * round(stroke.pitch)
    snap = Noise(burst(name + " finger", which, _knock, 0.06, 0.045), by_force(-19, 8))
    return _left_alone(strings, rng, longest * 1.7, (snap,), 0.0012)


def _plucked(
    pitch: float, rng: np.random.Generator, beside: bool, body: Sequence[Formant], longest: float, place: float
) -> _String:
    """``beside``: not the first player, so a little late."""
    number, hz = _stiff(hertz(pitch), 6e-5, most=20 if beside else 30)
    string_db = (
        20 * np.log10(np.abs(np.sin(np.pi * (0.2 + rng.normal(0, 0.01)) * number)) + 0.04)
        - 6 * np.log2(number)
        + formants(hz, body)
        + rng.normal(0, 1.2, len(number))
    )
    layers = forces(lambda force: string_db + above(hz, 1100 * 2 ** (2.0 * (force - 0.5)), 9))
    dying = longest / (1 + (hz / 900) ** 1.1) * np.exp(rng.normal(0, 0.1, len(number)))
    late_s = abs(rng.normal(0, 0.004)) if beside else 0.0
    return _String(hz, layers, dying, np.full(len(hz), place), (-12.0, -12.0), None, late_s)


def piano_stiffness(key: float) -> float:
    """B of a grand's strings: least around C3, 4e-4 at middle C."""
    return float(np.exp(0.088 * key - 13.1) + np.exp(-0.1 * key - 6.1))


def piano_stretch(key: float) -> float:
    """Cents by which a tuner widens the octaves at both ends."""
    return float(5 * ((key - 69) / 40) ** 3)


def _sides(pan: float) -> tuple[float, float]:
    left, right = panned(pan) * np.sqrt(2)
    return float(left), float(right)


def _knock(hz: Floats) -> Floats:
    return below(hz, 90.0, 12) + above(hz, 420.0, 13) + formants(hz, ((140, 4, 0.2), (260, 3, 0.2), (1100, 5, 0.4)))


def _felt(hz: Floats) -> Floats:
    return below(hz, 700.0, 10) + above(hz, 3200.0, 12)


def _stiff(first_hz: float, stiffness: float, most: int) -> tuple[Floats, Floats]:
    """Numbers and frequencies of the partials that are heard."""
    number = np.arange(1.0, most + 1)
    partials_hz = first_hz * number * np.sqrt((1 + stiffness * number**2) / (1 + stiffness))
    heard = max(int((partials_hz < min(HIGHEST_HZ, 11_000 + first_hz)).sum()), 1)
    return number[:heard], partials_hz[:heard]


def _sounding(string: _String, rng: np.random.Generator) -> Partials:
    """Prompt sound, aftersound and halo of a string."""
    hz, count = string.hz, len(string.hz)
    along = min(_HALO, count) if string.halo_db is not None else 0
    after = string.layers * from_db(np.array(string.after_db)[:, None] + rng.normal(0, 3, count))
    halo = string.layers[:, :along] * 10 ** ((string.halo_db or 0) / 20)
    detuned = hz * (1 + rng.normal(0, 3.0e-4, count))
    halo_hz, halo_t60 = hz[:along] * (1 + rng.normal(0, 6e-4, along)), np.maximum(string.t60[:along] * 2, 2.0)
    falls = (_FALL / np.concatenate([string.t60, string.t60 * _AFTER_LASTS, halo_t60])).astype(np.float32)

    def levels(times: AnyFloats) -> Floats32:
        past = np.maximum(times - string.late_s, 0).astype(np.float32)
        decays = np.exp(-np.outer(falls, past))
        decays[2 * count :] *= 1 - np.exp(-past / np.float32(0.09))
        if string.late_s:
            decays *= np.clip((times - string.late_s) / 0.003 + 1, 0, 1).astype(np.float32)
        return decays

    return Partials(
        np.concatenate([hz, detuned, halo_hz]),
        np.concatenate([string.layers, after, halo], axis=1),
        panned(np.concatenate([string.place, -string.place, rng.normal(0, 0.5, along)])) * np.sqrt(2),
        np.concatenate([np.full(count, -0.25), rng.random(count + along)]),
        levels,
    )


def _left_alone(
    strings: Sequence[_String], rng: np.random.Generator, length_s: float, noises: Sequence[Noise], rise_s: float
) -> Tone:
    """The strings together, faded at the end of what is kept of them."""
    each, kept_s = [_sounding(string, rng) for string in strings], min(length_s, _LONGEST_S)

    def levels(times: AnyFloats) -> Floats32:
        ending = np.clip((kept_s - times) / (0.25 * kept_s), 0, 1).astype(np.float32)
        return np.asarray(np.concatenate([partials.levels(times) for partials in each]) * ending)

    whole = replace(
        each[0],
        hertz=np.concatenate([partials.hertz for partials in each]),
        layers=np.concatenate([partials.layers for partials in each], axis=1),
        sides=np.concatenate([partials.sides for partials in each], axis=1),
        cycles=np.concatenate([partials.cycles for partials in each]),
        levels=levels,
    )
    return levelled(whole, noises, round(kept_s * SAMPLE_RATE), rise=max(round(rise_s * SAMPLE_RATE), 8))
