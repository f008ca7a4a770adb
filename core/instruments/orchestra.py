"""The orchestra: every instrument by name, with its compass, its seat, how loud it is and how its notes end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from talkies.core.instruments import bowed, organs, struck
from talkies.core.instruments.blown import BASSOON, CLARINET, FLUTE, HORN, OBOE, TRUMPET, Blown, blown
from talkies.core.instruments.plucked import harp, piano, pizzicato
from talkies.core.instruments.rooms import Seat
from talkies.core.instruments.tone import Stroke, Tone

Draw = Callable[[Stroke], Tone]
Release = Callable[[float], float]
"""Pitch → seconds in which a note that has ended falls by 60 dB."""


@dataclass(frozen=True)
class Instrument:
    """``compass``: lowest and highest MIDI number that players reach; ``level_db`` at velocity 127, ``range_db``
    between 1 and 127; ``release`` None: rings on whatever the note's length; ``damps``: the same pitch struck again
    ends the earlier note; ``pitched``: whether the pitch matters; ``short_s``: shorter notes speak at once."""

    draw: Draw
    compass: tuple[int, int]
    seat: Seat
    level_db: float
    range_db: float
    release: Release | None
    damps: bool = False
    pitched: bool = True
    variants: int = 2
    short_s: float = 0.0


def _after(seconds: float) -> Release:
    return lambda pitch: seconds


def _piano_dampers(pitch: float) -> float:
    return float(np.interp(pitch, [21, 48, 72, 108], [0.62, 0.36, 0.24, 0.5]))


def _harp_hands(pitch: float) -> float:
    return float(np.interp(pitch, [24, 60, 103], [1.1, 0.9, 0.7]))


def _section(name: bowed.Bowed, tremolo: bool = False) -> Draw:
    return partial(bowed.bowed, section=name, tremolo=tremolo)


def _strings(section: bowed.Bowed, compass: tuple[int, int], seat: Seat, level_db: float) -> dict[str, Instrument]:
    """A section, and the same with tremolo and pizzicato."""
    wide, ringing_s = section.wide * 0.8, {"basses": 1.3, "cellos": 1.0, "cello": 1.0}.get(section.name, 0.6)
    plucked = partial(
        pizzicato, name=section.name, players=section.players, body=section.body, ringing_s=ringing_s, wide=wide
    )
    return {
        section.name: Instrument(_section(section), compass, seat, level_db, 27, _after(0.27), short_s=0.3),
        f"{section.name}_tremolo": Instrument(
            _section(section, True), compass, seat, level_db - 1, 27, _after(0.3), short_s=0.0
        ),
        f"{section.name}_pizzicato": Instrument(plucked, compass, seat, level_db + 1, 27, _after(0.6), variants=3),
    }


def _wind(wind: Blown, compass: tuple[int, int], seat: Seat, level_db: float, range_db: float) -> dict[str, Instrument]:
    player = partial(blown, wind=wind)
    return {wind.name: Instrument(player, compass, seat, level_db, range_db, _after(0.16), short_s=0.2)}


INSTRUMENTS: dict[str, Instrument] = {
    "piano": Instrument(piano, (21, 108), Seat(-0.08, 0.25), 0, 36, _piano_dampers, damps=True),
    "harmonium": Instrument(organs.harmonium, (29, 89), Seat(0.2, 0.4), -7, 16, _after(0.13), short_s=0.15),
    "theatre_organ": Instrument(organs.theatre_organ, (36, 96), Seat(0.0, 0.6), -5, 18, _after(0.13), short_s=0.12),
    **_strings(bowed.VIOLIN, (55, 100), Seat(-0.3, 0.25), -6),
    **_strings(bowed.VIOLINS, (55, 98), Seat(-0.35, 0.4), -5),
    **_strings(bowed.VIOLAS, (48, 88), Seat(0.15, 0.45), -6),
    **_strings(bowed.CELLO, (36, 76), Seat(0.3, 0.25), -5),
    **_strings(bowed.CELLOS, (36, 76), Seat(0.35, 0.4), -5),
    **_strings(bowed.BASSES, (28, 67), Seat(0.45, 0.55), -5),
    **_wind(FLUTE, (60, 96), Seat(-0.12, 0.55), -7, 22),
    **_wind(OBOE, (58, 91), Seat(0.08, 0.55), -8, 20),
    **_wind(CLARINET, (50, 94), Seat(-0.15, 0.6), -7, 28),
    **_wind(BASSOON, (34, 74), Seat(0.16, 0.6), -7, 22),
    **_wind(HORN, (36, 77), Seat(-0.4, 0.8), -5, 28),
    **_wind(TRUMPET, (54, 86), Seat(0.3, 0.75), -4, 27),
    "harp": Instrument(harp, (24, 103), Seat(-0.5, 0.5), -4, 30, _harp_hands, damps=True),
    "timpani": Instrument(struck.timpani, (38, 57), Seat(0.1, 0.9), -2, 32, None, variants=3),
    "glockenspiel": Instrument(struck.glockenspiel, (79, 108), Seat(-0.3, 0.8), -11, 28, None, variants=3),
    "snare": Instrument(struck.snare, (38, 38), Seat(0.2, 0.85), -7, 34, None, pitched=False, variants=6),
    "bass_drum": Instrument(struck.bass_drum, (36, 36), Seat(0.0, 0.9), -5, 32, None, pitched=False, variants=4),
    "cymbal": Instrument(struck.cymbal, (49, 49), Seat(0.35, 0.85), -14, 32, None, pitched=False, variants=4),
    "triangle": Instrument(struck.triangle, (81, 81), Seat(-0.25, 0.85), -15, 26, None, pitched=False, variants=5),
}
"""By the names that a PlayedNote calls them."""
