"""Bowed strings: a sawtooth through a body, players who are never quite together, a vibrato that sets in late."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from talkies.core.arrays import Floats
from talkies.core.instruments.played import hertz
from talkies.core.instruments.shaping import (
    Formant,
    above,
    below,
    chance,
    coloured,
    formants,
    from_db,
    harmonics,
    looped,
)
from talkies.core.instruments.sustained import Strand, Wobble, kept_up
from talkies.core.instruments.tone import Noise, Stroke, Tone
from talkies.core.media.bwf import SAMPLE_RATE

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


_VIOLIN_BODY = ((280, 4, 0.17), (460, 6, 0.2), (560, 3, 0.14), (1000, -4, 0.3), (2600, 8, 0.5))
_VIOLA_BODY = ((225, 4, 0.17), (360, 6, 0.22), (900, 3, 0.4), (1500, -2, 0.3), (2100, 6, 0.5))
_CELLO_BODY = ((100, 3, 0.17), (190, 6, 0.25), (400, 3, 0.3), (800, -3, 0.3), (1600, 6, 0.6))
_BASS_BODY = ((66, 3, 0.2), (110, 5, 0.25), (220, 4, 0.35), (650, 2, 0.5), (1300, 2, 0.5))

VIOLIN = Bowed("violin", 1, _VIOLIN_BODY, 200, 4200, 0.07, 17, 5.8, 0.0, -29)
VIOLINS = Bowed("violins", 6, _VIOLIN_BODY, 200, 4000, 0.085, 15, 5.7, 0.5, -27)
VIOLAS = Bowed("violas", 4, _VIOLA_BODY, 150, 3300, 0.09, 14, 5.4, 0.4, -27)
CELLO = Bowed("cello", 1, _CELLO_BODY, 75, 2700, 0.085, 15, 5.3, 0.0, -29)
CELLOS = Bowed("cellos", 4, _CELLO_BODY, 75, 2500, 0.10, 13, 5.2, 0.4, -27)
BASSES = Bowed("basses", 3, _BASS_BODY, 48, 1400, 0.11, 7, 4.9, 0.3, -26)


def bowed(stroke: Stroke, section: Bowed, tremolo: bool = False) -> Tone:
    """One note of a section."""
    loop, exact = looped(hertz(stroke.pitch), _LOOP_S)
    rng = chance(section.name, round(stroke.pitch, 3), stroke.variant, tremolo)
    attack = 0.028 if stroke.short or tremolo else section.attack_s * (1.35 - 0.7 * stroke.strength)
    players = [_player(stroke, section, exact, loop, rng, attack, n, tremolo) for n in range(section.players)]
    noise = coloured(section.name + " bow", stroke.variant, _bow_colour(section))
    bite = 1.6 if stroke.short else 0.7

    def scraping(times: Floats) -> Floats:
        return np.asarray((1 - np.exp(-times / 0.008)) * (1 + 3 * bite * np.exp(-np.square(times / 0.05))))

    louder = section.noise_db + 5 * (stroke.strength - 0.5)
    sides = (Noise(noise, (1.0, 0.6), scraping), louder), (Noise(noise[::-1], (0.6, 1.0), scraping), louder - 3)
    return kept_up(players, sides, loop, _HEAD_S, 0.5 * attack)


def _player(
    stroke: Stroke,
    section: Bowed,
    exact: float,
    loop: int,
    rng: np.random.Generator,
    attack: float,
    seat: int,
    tremolo: bool,
) -> Strand:
    step = SAMPLE_RATE / loop
    cents = rng.normal(0, section.detune_cents) if seat else 0.0
    own = exact + round(exact * cents / 1731 / step) * step
    number = harmonics(own, section.treble_hz * 3.2, most=40 if section.players == 1 or seat < 2 else 18)
    partials_hz = number * own
    tone = _body_db(section, partials_hz, seat) - 6 * np.log2(number) + _force_db(partials_hz, stroke.strength)
    slopes = _body_db(section, partials_hz * 1.004, seat) - _body_db(section, partials_hz / 1.004, seat)
    vibrato = Wobble(
        0.0 if tremolo or stroke.short else section.vibrato_cents * rng.uniform(0.75, 1.2),
        section.vibrato_hz + rng.normal(0, 0.25),
        0.03,
        rng.random(),
        0.22 + 0.12 * rng.random(),
        0.75 + 0.25 * rng.random(),
    )
    return Strand(
        partials_hz,
        from_db(tone + rng.normal(0, 1.0, len(number))),
        attack * (1 + 0.03 * number) * (rng.uniform(0.85, 1.2) if seat else 1.0),
        np.clip(slopes / (20 * np.log10(1.004**2)), -14, 14),
        rng.random(len(number)),
        section.wide * (2 * (seat + 0.5) / section.players - 1),
        vibrato,
        rng.uniform(10.5, 13.0) if tremolo else 0.0,
        0.05,
        abs(rng.normal(0, 0.008)) if seat else 0.0,
        tuple(rng.random(3)),
    )


def _force_db(hz: Floats, strength: float) -> Floats:
    return above(hz, 1500 * 2 ** (2.6 * (strength - 0.5)), 7)


@lru_cache(maxsize=64)
def _wood(name: str, seat: int) -> tuple[Formant, ...]:
    """The many small resonances of one instrument."""
    rng = chance("wood", name, seat)
    middles = 180 * 2 ** (np.arange(26) / 5 + rng.normal(0, 0.05, 26))
    return tuple((float(hz), float(rng.normal(0, 3.2)), 0.055) for hz in middles)


def _body_db(section: Bowed, hz: Floats, seat: int) -> Floats:
    smooth = formants(hz, section.body) + below(hz, section.lowest_hz, 10) + above(hz, section.treble_hz, 16)
    return np.asarray(smooth + formants(hz, _wood(section.name, seat)))


@lru_cache(maxsize=16)
def _bow_colour(section: Bowed) -> Callable[[Floats], Floats]:
    def colour(hz: Floats) -> Floats:
        body = formants(hz, section.body) + below(hz, section.lowest_hz * 1.5, 14)
        return np.asarray(body + above(hz, section.treble_hz * 1.6, 10) - 2 * np.log2(hz / 1000))

    return colour
