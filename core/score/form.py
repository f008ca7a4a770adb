"""Form: sections by scene, each with its own tempo, key and bars; bars in phrases of four that answer each other.

scenes and gaps ─► sections ─► bars, an odd one before a section's close ─► phrases: open, close, away, close ...
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from talkies.core.score.asked import Asked
from talkies.core.score.composed import Bar, Key, Meter
from talkies.core.score.hits import Hit
from talkies.core.score.moods import MOODS, Mood
from talkies.core.score.progressions import Ending
from talkies.core.times import TimeRange

SHORTEST_SECTION = Fraction(4)  # s
_USUAL_SECTION, _LONGEST_SECTION = 48.0, 72.0  # s, where nothing says what the scenes are
Growth = Literal["theme", "answer", "contrast", "return", "inversion", "fragments", "augmented", "held", "codetta"]
"""What becomes of the theme in a phrase."""

_PLAN: tuple[tuple[Ending, Growth], ...] = (
    ("open", "theme"), ("close", "answer"), ("away", "contrast"), ("close", "return"),
    ("open", "inversion"), ("close", "fragments"), ("away", "fragments"), ("close", "augmented"),
    ("open", "return"), ("close", "inversion"), ("away", "contrast"), ("close", "answer"),
)  # fmt: skip


@dataclass(frozen=True)
class Scene:
    """A stretch of film to be scored alike, in seconds from the first picture. ``mood``: words, "" as asked.
    ``character``: whose theme it has. ``held``: a title card, over which the music waits."""

    span: TimeRange
    mood: str = ""
    name: str = ""
    character: str = ""
    held: bool = False


@dataclass(frozen=True)
class Movement:
    """A section before its tempo is known. ``theme``: sections of one theme share their motif."""

    span: TimeRange
    mood: Mood
    key: Key
    name: str
    theme: str
    held: bool = False


@dataclass(frozen=True)
class Phrase:
    """Bars that belong together. ``number``: of the phrase in its section."""

    bars: tuple[Bar, ...]
    ending: Ending
    growth: Growth
    number: int

    @property
    def start(self) -> Fraction:
        return self.bars[0].start

    @property
    def end(self) -> Fraction:
        return self.bars[-1].end


def movements(hits: Sequence[Hit], scenes: Sequence[Scene], asked: Asked) -> list[Movement]:
    """Sections from the first hit to the last, in order and without gaps; each begins on a hit or on its scene."""
    end = hits[-1].time
    whole = [scene for scene in _without_gaps(scenes, end) if scene.span.start < end]
    parts = [part for scene in whole for part in _parted(scene, hits)]
    made: list[Movement] = []
    home = asked.key
    for part in parts:
        mood = MOODS[part.mood or asked.mood]
        number = sum(1 for other in made if other.mood == mood)
        theme = part.character or (mood.name if number % 2 == 0 else f"{mood.name}, second theme")
        key = _key(mood, asked, home, number, made[-1].key if made else None)
        home = home or key
        made.append(Movement(part.span, mood, key, part.name or mood.name, theme, part.held))
    return made


def _without_gaps(scenes: Sequence[Scene], end: Fraction) -> list[Scene]:
    """Scenes cut at each other and at the end, gaps filled with what is asked; too short ones go to their neighbour."""
    found: list[Scene] = []
    at = Fraction(0)
    for scene in sorted(scenes, key=lambda each: each.span):
        start, stop = max(scene.span.start, at), min(scene.span.end, end)
        if stop - start < min(SHORTEST_SECTION, end):
            continue
        if start - at >= SHORTEST_SECTION:
            found.append(Scene(TimeRange(at, start)))
        elif start > at:
            start = at
        found.append(replace(scene, span=TimeRange(start, stop)))
        at = stop
    if found and end - at < SHORTEST_SECTION:
        found[-1] = replace(found[-1], span=TimeRange(found[-1].span.start, end))
    elif at < end:
        found.append(Scene(TimeRange(at, end)))
    return found


def _parted(scene: Scene, hits: Sequence[Hit]) -> list[Scene]:
    """A long scene in parts that begin on its weightiest hits near the usual length."""
    parts = []
    rest = scene
    while float(rest.span.duration) > _LONGEST_SECTION:
        start = rest.span.start
        near = [hit for hit in hits if _USUAL_SECTION / 2 <= hit.time - start <= _LONGEST_SECTION]
        near = [hit for hit in near if rest.span.end - hit.time >= _USUAL_SECTION / 2]
        best = max(near, key=lambda hit: hit.weight - abs(float(hit.time - start) - _USUAL_SECTION) / 60, default=None)
        cut = best.time if best is not None else start + Fraction(int(_USUAL_SECTION))
        parts.append(replace(rest, span=TimeRange(start, cut)))
        rest = replace(rest, span=TimeRange(cut, rest.span.end))
    return [*parts, rest]


def _key(mood: Mood, asked: Asked, home: Key | None, number: int, before: Key | None) -> Key:
    """The asked key first; then a related one, another for each return, so that the ear is refreshed."""
    mode = asked.mode or mood.mode
    if before is None:
        return asked.key or Key(mood.keys[0], mode)
    if asked.key is not None and asked.mode is None and mode == mood.mode == asked.key.mode and number % 2 == 0:
        return asked.key
    steps = (0, 7, 5, 0, 9, 2) if mode == "major" else (0, 7, 5, 0, 3, 10)
    tonic = (home or before).tonic
    if home is not None and home.mode != mode:
        tonic += 9 if mode == "minor" else 3  # the relative
    return Key((tonic + steps[number % len(steps)]) % 12, mode)


def bars_of(start: Fraction, end: Fraction, meter: Meter) -> tuple[Bar, ...]:
    """Bars from beat to beat (whole eighths). What is left over is a bar of its own before the last, or, up to a beat,
    makes that bar longer."""
    count, rest = divmod(end - start, meter.beats)
    lengths = [meter.beats] * int(count)
    place = max(len(lengths) - 1, 0)
    if rest > 1 or (rest and not lengths):
        lengths.insert(place, rest)
    elif rest:
        longer = lengths.pop() + rest
        lengths[-1:-1] = [Fraction(2), longer - 2] if longer == Fraction(9, 2) else [longer]  # nine eighths are no 9/8
    bars = []
    for beats in lengths:
        bars.append(Bar(start, meter if beats == meter.beats else _meter_of(beats)))
        start += beats
    return tuple(bars)


def _meter_of(beats: Fraction) -> Meter:
    return Meter(int(beats), 4) if beats.denominator == 1 else Meter(int(beats * 2), 8)


def phrases_of(bars: Sequence[Bar], meter: Meter, held: bool, is_last: bool) -> list[Phrase]:
    """Fours, or eights of short bars, that answer each other; what is left over goes to the last.

    A score's last phrase ends on the dominant, for the last hit is the tonic.
    """
    usual = meter.phrase_bars
    sizes = [usual] * (len(bars) // usual)
    rest = len(bars) % usual
    if 0 < rest <= usual // 4 and sizes:
        sizes[-1] += rest
    elif rest:
        sizes.append(rest)
    phrases: list[Phrase] = []
    at = 0
    for number, size in enumerate(sizes):
        ending, growth = _PLAN[number % len(_PLAN)]
        closes = number == len(sizes) - 1
        if closes:
            ending = "open" if is_last else "close"
        growth = "held" if held else "codetta" if closes and size <= usual // 2 and number else growth
        phrases.append(Phrase(tuple(bars[at : at + size]), ending, growth, number))
        at += size
    return phrases


def drawn(*parts: object) -> int:
    """A number that only depends on what it is named after."""
    return int.from_bytes(hashlib.sha256(" / ".join(map(str, parts)).encode()).digest()[:8], "big")


def dealt(seed: int, choices: int, number: int, *place: object) -> int:
    """One of ``choices`` for a place, so that takes, whose seeds follow each other, have another one each.

    ``number`` tells places of a piece apart. With five choices each, any two of the takes 0 to 24 have the same one in
    one of five places that follow each other: they are the lines of a plane over the numbers modulo five. The next 25
    are dealt from another pack.
    """
    order = random.Random(drawn(*place, seed // choices**2)).sample(range(choices), choices)
    return order[(seed + seed // choices * number) % choices]
