"""Bowed strings: a sawtooth through a body, players who are never quite together, a vibrato that sets in late."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
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
from talkies.core.media.wav.bwf import SAMPLE_RATE

_LOOP_S, _HEAD_S = 3.6, 1.1


@dataclass(frozen=True)
class Bowed:
    """``body``: its resonances; ``lowest_hz``: below it the body radiates little; ``treble_hz``: above it as well;
    ``attack_s`` of a middling long note; ``wide``: pan of the outer players; ``noise_db`` of the bow."""

    name: str
    players: int
    body: tuple[Formant, ...]
    lowest_hz: float
    treble_hz: float
    attack_s: float
    vibrato_cents: float
    vibrato_hz: float
    wide: float
    noise_db: float
    detune_cents: float = 4.0
    others_db: float = 3.0


_VIOLIN_BODY = ((280, 4, 0.17), (460, 6, 0.2), (560, 3, 0.14), (1000, -4, 0.3), (2600, 8, 0.5))
_VIOLA_BODY = ((225, 4, 0.17), (360, 6, 0.22), (900, 3, 0.4), (1500, -2, 0.3), (2100, 6, 0.5))
_CELLO_BODY = ((100, 3, 0.17), (190, 6, 0.25), (400, 3, 0.3), (800, -3, 0.3), (1600, 6, 0.6))
_BASS_BODY = ((66, 3, 0.2), (110, 5, 0.25), (220, 4, 0.35), (650, 2, 0.5), (1300, 2, 0.5))

VIOLIN = Bowed("violin", 1, _VIOLIN_BODY, 200, 4200, 0.07, 17, 5.8, 0.0, -33)
VIOLINS = Bowed("violins", 5, _VIOLIN_BODY, 200, 4000, 0.085, 15, 5.7, 0.5, -30)
VIOLAS = Bowed("violas", 3, _VIOLA_BODY, 150, 3300, 0.09, 14, 5.4, 0.4, -30)
CELLO = Bowed("cello", 1, _CELLO_BODY, 75, 2700, 0.085, 15, 5.3, 0.0, -33)
CELLOS = Bowed("cellos", 3, _CELLO_BODY, 75, 2500, 0.10, 13, 5.2, 0.4, -30)
BASSES = Bowed("basses", 3, _BASS_BODY, 48, 1400, 0.11, 7, 4.9, 0.3, -30, 2.0, 12.0)


def bowed(stroke: Stroke, section: Bowed, tremolo: bool = False) -> Tone:
    """One note of a section."""
    loop, exact = looped(hertz(stroke.pitch), _LOOP_S)
    rng = chance(section.name, round(stroke.pitch, 3), stroke.variant, tremolo)
    attack = 0.028 if stroke.at_once or tremolo else section.attack_s
    still = tremolo or stroke.short
    pairs = rng.uniform(0.5, 1.8, 4)
    apart = (0.0, *np.repeat(pairs, 2))
    players = [
        _player(section, exact, loop, rng, attack, seat, still, rng.uniform(10.5, 13.0) if tremolo else 0.0, detune)
        for seat, detune in enumerate(apart[: section.players])
    ]
    noise = coloured(section.name + " bow", _bow_colour(section))[stroke.variant * 20_000 :]
    bite = 4.8 if stroke.at_once else 2.1

    def scraping(times: AnyFloats) -> Floats:
        return np.asarray((1 - np.exp(-times / 0.008)) * (1 + bite * np.exp(-np.square(times / 0.05))))

    noises = (
        Noise(noise, by_force(section.noise_db, 5), (1.0, 0.6), scraping),
        Noise(noise[::-1], by_force(section.noise_db - 3, 5), (0.6, 1.0), scraping),
    )
    lead = 0.35 * attack if stroke.touch == "marked" else 0.55 * attack + (0.01 if section.players > 1 else 0.0)
    return kept_up(players, noises, loop, _HEAD_S, lead)


def _player(
    section: Bowed,
    exact: float,
    loop: int,
    rng: np.random.Generator,
    attack: float,
    seat: int,
    still: bool,
    strokes: float,
    detune: float,
) -> Strand:
    """The first player is in tune, the others in pairs around it, fainter, and reach less far up."""
    step = SAMPLE_RATE / loop
    away = round(exact * detune * section.detune_cents / 1731 / step) * step
    own = exact + (away if seat % 2 else -away) if seat else exact
    number = harmonics(own, section.treble_hz * (2.6 if seat < 2 else 1.3), most=36 if seat < 2 else 16)
    partials_hz = number * own
    tone = _body_db(section, partials_hz, seat) - 6 * np.log2(number) + rng.normal(0, 1.0, len(number))
    tone -= section.others_db if seat else 0
    slopes = _body_db(section, partials_hz * 1.004, seat) - _body_db(section, partials_hz / 1.004, seat)
    vibrato = Wobble(
        0.0 if still else section.vibrato_cents * rng.uniform(0.75, 1.2),
        section.vibrato_hz + rng.normal(0, 0.25),
        0.03,
        rng.random(),
        0.22 + 0.12 * rng.random(),
        0.75 + 0.25 * rng.random(),
    )
    return Strand(
        partials_hz,
        forces(lambda force: tone + above(partials_hz, 1500 * 2 ** (2.6 * (force - 0.5)), 7)),
        attack * (1 + 0.03 * number) * (rng.uniform(0.85, 1.2) if seat else 1.0),
        np.clip(slopes / (20 * np.log10(1.004**2)), -14, 14),
        chance("bow", section.name, exact).random(36)[: len(number)]
        + (rng.normal(0, 0.17, len(number)) if seat else 0),
        section.wide * (2 * (seat + 0.5) / section.players - 1),
        vibrato,
        strokes,
        0.05,
        abs(rng.normal(0, 0.008)) if seat else 0.0,
        section.detune_cents * 0.6 if seat else 1.0,
        tuple(rng.random(3)),
    )


@lru_cache(maxsize=64)
def _wood(name: str, seat: int) -> tuple[Formant, ...]:
    """The many small resonances of one instrument."""
    rng = chance("wood", name, seat)
    middles = 180 * 2 ** (np.arange(26) / 5 + rng.normal(0, 0.05, 26))
    return tuple((float(hz), float(rng.normal(0, 3.2)), 0.055) for hz in middles)


_OCTAVES = np.linspace(np.log2(20), np.log2(24_000), 3000)


@lru_cache(maxsize=64)
def _body(section: Bowed, seat: int) -> Floats:
    """dB at _OCTAVES over 1 Hz."""
    hz = 2**_OCTAVES
    smooth = formants(hz, section.body) + below(hz, section.lowest_hz, 10) + above(hz, section.treble_hz, 16)
    return np.asarray(smooth + formants(hz, _wood(section.name, seat)))


def _body_db(section: Bowed, hz: Floats, seat: int) -> Floats:
    return np.interp(np.log2(hz), _OCTAVES, _body(section, seat))


@lru_cache(maxsize=16)
def _bow_colour(section: Bowed) -> Callable[[Floats], Floats]:
    def colour(hz: Floats) -> Floats:
        body = formants(hz, section.body) + below(hz, section.lowest_hz * 1.5, 14)
        return np.asarray(body + above(hz, section.treble_hz * 1.6, 10) - 2 * np.log2(hz / 1000))

    return colour
