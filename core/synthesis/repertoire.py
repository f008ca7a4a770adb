"""The repertoire: every sound that there are rules for, by the words that name it; where it is heard, and how often it
comes where the picture does not say when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from talkies.core.synthesis import (
    air,
    animals,
    blasts,
    doors,
    fragments,
    liquids,
    people,
    rotating,
    signalling,
    walking,
)
from talkies.core.synthesis.modal import MATERIALS, hitting
from talkies.core.synthesis.signals import Sounding, Striking
from talkies.core.synthesis.spaces import HALL, OPEN_AIR, ROOM, STREET, Space
from talkies.core.synthesis.walking import GROUNDS, landing, stepping


@dataclass(frozen=True)
class StrokeSound:
    """What strikes. ``pace_s``: how far apart strokes are where the picture does not say when."""

    name: str
    draw: Striking
    space: Space
    pace_s: float


@dataclass(frozen=True)
class GoingSound:
    """What goes on."""

    name: str
    draw: Sounding


Row = tuple[str, Striking, Space, float]

_INDOORS = {"floor", "wood", "carpet", "ceramic", "glass", "metal", "plastic"}
_SHATTERS = ("glass", "ceramic", "stone", "metal", "plastic", "ice", "bones")
_LEAVES = ("", *doors.LEAF)  # of doors


def _impacts() -> Iterator[Row]:
    for name in MATERIALS:
        yield f"impact {name}", hitting(name), ROOM, 1.2
        yield name, hitting(name), ROOM, 1.2
        yield f"scrape {name}", doors.scraping(name), ROOM, 1.5
    for name in _SHATTERS:
        yield f"break {name}", fragments.breaking(name), ROOM, 2.5
    for name in (*doors.LEAF, "stone"):
        yield f"knock {name}", doors.knocking(name), ROOM, 0.9
    yield "impact", hitting("wood"), ROOM, 1.2
    yield "break", fragments.cracking, ROOM, 2.0
    yield "break wood", fragments.cracking, ROOM, 2.0
    yield "chop", fragments.chopping, STREET, 1.3
    yield "chop wood", fragments.chopping, STREET, 1.3
    yield "scrape", doors.scraping("wood"), ROOM, 1.5
    yield "dig", fragments.digging, OPEN_AIR, 1.8
    yield "coin", fragments.dropping("coin"), ROOM, 1.5
    yield "coin impact", fragments.dropping("coin"), ROOM, 1.5
    yield "bones", fragments.rattling("bones"), ROOM, 1.2
    yield "metal bones", fragments.rattling("metal"), ROOM, 1.2
    yield "weapon", doors.unsheathing, ROOM, 1.2
    yield "weapon whoosh", air.whooshing, ROOM, 1.0
    yield "weapon impact metal", doors.unsheathing, ROOM, 1.2
    yield "weapon bow", doors.bowstring, OPEN_AIR, 2.0
    yield "bow", doors.bowstring, OPEN_AIR, 2.0


def _steps() -> Iterator[Row]:
    yield "footsteps", stepping(), ROOM, 0.55
    yield "footsteps barefoot", stepping("barefoot"), ROOM, 0.55
    yield "barefoot", stepping("barefoot"), ROOM, 0.55
    yield "footsteps horse", walking.hoofbeats, STREET, 0.4
    for name in GROUNDS:
        if name and name != "barefoot":
            space = ROOM if name in _INDOORS else OPEN_AIR
            yield f"footsteps {name}", stepping(name), space, 0.55
            yield f"footsteps barefoot {name}", stepping("barefoot", name), space, 0.55
            if name not in MATERIALS and name != "water":
                yield f"impact {name}", landing(name), space, 1.2
                yield name, landing(name), space, 1.2
    yield "body", walking.punching, ROOM, 1.2
    yield "body impact", walking.punching, ROOM, 1.2
    for name in ("floor", "wood", "concrete", "dirt", "grass"):
        yield f"body {name}", walking.falling_body, ROOM, 2.5
    yield "cloth_rustle", walking.rustling(350, 3200), ROOM, 0.8
    yield "leaves", walking.rustling(1000, 7000), OPEN_AIR, 0.7


def _doors() -> Iterator[Row]:
    yield "knock", doors.knocking("wood"), ROOM, 0.9
    yield "knock door", doors.knocking("wood"), ROOM, 0.9
    yield "creak", doors.creaking("wood"), ROOM, 2.5
    for name in _LEAVES:
        for words, draw in (
            ("door", doors.slamming),
            ("door close", doors.slamming),
            ("door open", doors.opening),
            ("creak door", doors.creaking),
        ):
            yield f"{words} {name}".strip(), draw(name or "wood"), ROOM, 3.0
        if name:
            yield f"knock door {name}", doors.knocking(name), ROOM, 0.9
    yield "scrape door", doors.scraping("metal"), ROOM, 3.0
    yield "vehicle door", doors.slamming("metal"), STREET, 3.0
    yield "vehicle door close", doors.slamming("metal"), STREET, 3.0
    yield "vehicle door open", doors.opening("metal"), STREET, 3.0
    yield "click_switch", doors.clicking, ROOM, 0.8
    yield "click_switch weapon", doors.clicking, ROOM, 0.8
    yield "typewriter", doors.typing, ROOM, 0.18
    yield "typewriter click_switch", doors.typing, ROOM, 0.18
    yield "clock_tick", doors.ticking, ROOM, 0.5
    yield "writing_scratch", doors.writing, ROOM, 0.7
    yield "bicycle", doors.ratchet, STREET, 1.5


def _signals() -> Iterator[Row]:
    church = signalling.tolling(180, 420, 7.0)
    yield "church", church, HALL, 2.2
    yield "church bell", church, HALL, 2.2
    yield "bell", signalling.small_bell, ROOM, 1.5
    yield "bicycle bell", signalling.small_bell, STREET, 1.5
    yield "doorbell", signalling.ding_dong, ROOM, 3.0
    yield "bell doorbell", signalling.ding_dong, ROOM, 3.0
    yield "telephone", signalling.telephone, ROOM, 5.0
    yield "telephone bell", signalling.telephone, ROOM, 5.0
    yield "horn_alarm", signalling.beeping, ROOM, 1.2
    yield "doorbell horn_alarm", signalling.buzzer, ROOM, 2.0
    yield "vehicle horn_alarm", signalling.honking, STREET, 1.8
    yield "train horn_alarm", signalling.hooting, OPEN_AIR, 4.0


def _calls() -> Iterator[Row]:
    dog = animals.calling(animals.BARK, animals.BARK, animals.WOOF)
    howl = animals.calling(animals.HOWL, pitch=0.08)
    rooster = animals.calling(animals.CROW, pitch=0.03)
    yield from (
        ("dog", dog, STREET, 0.7),
        ("dog bark", dog, STREET, 0.7),
        ("bark", dog, STREET, 0.7),
        ("howl", howl, OPEN_AIR, 4.0),
        ("dog howl", howl, OPEN_AIR, 4.0),
        ("rooster", rooster, OPEN_AIR, 4.0),
        ("bird rooster", rooster, OPEN_AIR, 4.0),
        ("bird", animals.singing, OPEN_AIR, 1.4),
        ("horse", animals.calling(animals.WHINNY), OPEN_AIR, 4.0),
        ("farm_animal", animals.calling(animals.MOO, animals.BLEAT), OPEN_AIR, 3.0),
        ("cat", animals.calling(animals.MEOW), ROOM, 2.5),
        ("wild_animal", animals.calling(animals.ROAR, size=0.3), OPEN_AIR, 3.5),
        ("eating", animals.chewing, ROOM, 0.9),
        ("laughter", people.laughing, ROOM, 2.2),
        ("baby", people.crying, ROOM, 1.7),
        ("kiss", people.kissing, ROOM, 1.5),
        ("whistle", people.whistling, STREET, 2.5),
    )


def _blasts() -> Iterator[Row]:
    for name in ("gunshot", "weapon gunshot"):
        yield name, blasts.shooting, STREET, 1.5
    for name in ("burst", "gunshot burst", "weapon gunshot burst"):
        yield name, blasts.burst_fire, STREET, 2.0
    yield "explosion", blasts.exploding, OPEN_AIR, 4.0
    yield "fireworks", blasts.fireworking, OPEN_AIR, 2.0
    yield "thunder", blasts.thundering, OPEN_AIR, 7.0


def _wet_and_airy() -> Iterator[Row]:
    for name in ("drip", "water drip"):
        yield name, liquids.dripping, HALL, 0.9
    for name in ("splash", "water splash", "water impact"):
        yield name, liquids.splashing, OPEN_AIR, 1.8
    yield "whoosh", air.whooshing, ROOM, 1.0
    yield "fire impact", air.igniting, ROOM, 2.0
    yield "pop_squeak", air.popping_or_squeaking, ROOM, 1.2


STROKES: dict[str, StrokeSound] = {
    name: StrokeSound(name, draw, space, pace)
    for rows in (_impacts, _steps, _doors, _signals, _calls, _blasts, _wet_and_airy)
    for name, draw, space, pace in rows()
}
"""By their words."""

_CARS = rotating.running(rotating.CAR, rotating.MOTORCYCLE, rotating.DIESEL)

GOING: dict[str, GoingSound] = {
    name: GoingSound(name, draw)
    for name, draw in (
        ("rain", liquids.raining),
        ("water", liquids.streaming),
        ("sea", liquids.surf),
        ("waves", liquids.surf),
        ("sea waves", liquids.surf),
        ("waterfall", liquids.falling_water),
        ("water waterfall", liquids.falling_water),
        ("wind", air.blowing),
        ("wind leaves", air.rustling_trees),
        ("bird leaves", animals.birds_around),
        ("ambience", air.outdoors),
        ("fire", air.burning),
        ("sizzle_steam", air.steaming),
        ("spray", air.spraying),
        ("engine", _CARS),
        ("vehicle", rotating.driving),
        ("vehicle engine", _CARS),
        ("machine engine", rotating.running(rotating.MOWER)),
        ("chainsaw", rotating.running(rotating.CHAINSAW)),
        ("machine", rotating.working),
        ("tool_machine", rotating.drilling),
        ("helicopter", rotating.hovering),
        ("aircraft", rotating.flying),
        ("aircraft engine", rotating.flying),
        ("train", rotating.on_rails),
        ("rollercoaster", rotating.coasting),
        ("projector", rotating.projecting),
        ("siren", signalling.wailing),
        ("horn_alarm siren", signalling.wailing),
        ("insects_night", animals.crickets),
        ("crowd", people.crowding),
        ("applause", people.clapping),
        ("crowd applause", people.clapping),
    )
}
"""By their words."""
