"""Motifs: a rhythm and a contour for one bar, and what can become of them."""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from fractions import Fraction

from talkies.core.score.composed import Bar, Meter
from talkies.core.score.form import Growth
from talkies.core.score.moods import Mood

Rhythm = tuple[Fraction, ...]
"""Lengths in beats; a rest is negative."""


def _cells(*rows: str) -> tuple[Rhythm, ...]:
    return tuple(tuple(Fraction(word) for word in row.split()) for row in rows)


_OF_TWO = _cells(
    "2", "1 1", "3/2 1/2", "1 1/2 1/2", "1/2 1/2 1", "1/2 1 1/2", "1/2 1/2 1/2 1/2", "3/4 1/4 1", "1 3/4 1/4",
    "3/4 1/4 3/4 1/4", "1/2 1/4 1/4 1", "1/2 1/4 1/4 1/2 1/2", "1/2 1/2 1/4 1/4 1/2", "1/4 1/4 1/2 1/4 1/4 1/2",
    "1/4 1/4 1/4 1/4 1/2 1/2", "1/4 1/4 1/4 1/4 1/2 1/4 1/4",
    "1/2 1/4 1/4 1/4 1/4 1/4 1/4", "1/4 1/4 1/4 1/4 1/4 1/4 1/4 1/4", "1/2 -1/2 1", "-1/2 1/2 1", "1/2 -1/2 1/2 1/2",
    "1/4 1/4 1/2 1/2 -1/2", "-1/2 1/2 1/2 1/2", "1 -1", "-1 1",
)  # fmt: skip
_OF_THREE = _cells(
    "3", "2 1", "1 1 1", "3/2 1/2 1", "1 1/2 1/2 1", "1 2", "1/2 1/2 1 1", "1 1 1/2 1/2", "1/2 1/2 1/2 1/2 1/2 1/2",
    "5/2 1/2", "2 1/2 1/2",
)  # fmt: skip
_UPBEATS = 0.4  # of cadences in bars that have room for one
_OF_DOTTED = _cells("3/2", "1 1/2", "1/2 1/2 1/2", "3/4 1/4 1/2", "1/2 1", "1 1/4 1/4", "1/2 1/4 1/4 1/2")


@dataclass(frozen=True)
class Motif:
    """``rhythm`` fills a bar; ``steps``: from each note to the next, in steps of the scale."""

    rhythm: Rhythm
    steps: tuple[int, ...]

    @property
    def inverted(self) -> Motif:
        return replace(self, steps=tuple(-step for step in self.steps))


@dataclass(frozen=True)
class Theme:
    """Two bars that ask, and one of another nature."""

    head: Motif
    tail: Motif
    other: Motif


def theme_of(mood: Mood, meter: Meter, rng: random.Random) -> Theme:
    """A theme in the manner of a mood."""
    head = motif_of(mood, meter, mood.density, rng)
    tail = motif_of(mood, meter, mood.density * 0.8, rng)
    other = motif_of(mood, meter, mood.density * 1.25, rng)
    return Theme(head, tail, other)


def motif_of(mood: Mood, meter: Meter, density: float, rng: random.Random) -> Motif:
    """``density``: notes per beat. One leap at most, the rest in steps and thirds, as in tunes that are sung."""
    rests = mood.touch < 0.85
    rhythm = rhythm_of(meter, density, rests, rng)
    count = sum(1 for length in rhythm if length > 0)
    steps = [rng.choice((-1, -1, 1, 1, 1, -2, 2, 0)) for _ in range(max(count - 1, 0))]
    if steps and rng.random() < 0.7:
        place = rng.randrange(len(steps))
        steps[place] = rng.choice((3, 4, 5, -3, 3, 4))
        if place + 1 < len(steps):
            steps[place + 1] = -1 if steps[place] > 0 else 1
    return Motif(rhythm, tuple(steps))


def rhythm_of(meter: Meter, density: float, rests: bool, rng: random.Random) -> Rhythm:
    """Cells of a bar whose number of notes is near the density asked for."""
    beats = meter.beats
    made: list[Fraction] = []
    while beats > 0:
        if meter.is_compound and beats >= Fraction(3, 2):
            cells, length = _OF_DOTTED, Fraction(3, 2)
        elif beats == 3:
            cells, length = _OF_THREE, Fraction(3)
        elif beats >= 2:
            cells, length = _OF_TWO, Fraction(2)
        else:
            cells, length = ((beats,),), beats
        made += _chosen(cells, density * float(length), rests, rng)
        beats -= length
    return tuple(made)


def _chosen(cells: tuple[Rhythm, ...], notes: float, rests: bool, rng: random.Random) -> Rhythm:
    allowed = [cell for cell in cells if rests or all(length > 0 for length in cell)]
    weights = [2.0 ** (-1.8 * abs(sum(1 for length in cell if length > 0) - notes)) for cell in allowed]
    return rng.choices(allowed, weights)[0]


@dataclass(frozen=True)
class Slot:
    """A note to be: ``step`` from the note before in the motif's contour, None where it is free; ``closes``: it ends
    the phrase."""

    start: Fraction
    length: Fraction
    step: int | None
    closes: bool = False


def slots_of(theme: Theme, growth: Growth, bars: tuple[Bar, ...], rng: random.Random) -> list[Slot]:
    """The rhythm of a phrase, and the contour it would like to have. The last bar is a cadence: it comes to rest."""
    if growth in ("held", "codetta"):
        slots = [slot for bar in bars for slot in _long_notes(bar)]
        return [*slots[:-1], replace(slots[-1], closes=True)]
    motifs = _grown(theme, growth, len(bars) - 1, rng)
    slots = []
    for bar, motif in zip(bars, motifs, strict=False):
        slots += _in_bar(motif, bar)
    return slots + _cadence(bars[-1], rng)


def _grown(theme: Theme, growth: Growth, count: int, rng: random.Random) -> list[Motif]:
    head, tail, other = theme.head, theme.tail, theme.other
    varied = _varied(head, rng)
    rows: dict[str, list[Motif]] = {
        "theme": [head, tail, head, other, head, tail, varied],
        "answer": [head, tail, varied, other, varied, tail, _halves(head)],
        "contrast": [other, other, _halves(other), tail, other, other.inverted, _halves(head)],
        "return": [varied, tail, _halves(head), other, head, varied, tail],
        "inversion": [head.inverted, tail.inverted, head, other, head.inverted, tail, varied],
        "fragments": [_halves(head), _halves(head), other, other, _halves(tail), _halves(tail), head],
        "augmented": [*_augmented(head), tail, other, *_augmented(tail), head],
    }
    row = rows[growth]
    return [row[place % len(row)] for place in range(count)]


def _varied(motif: Motif, rng: random.Random) -> Motif:
    """A long note becomes two: a turn of the same tune."""
    places = [place for place, length in enumerate(motif.rhythm) if length >= 1]
    if not places:
        return replace(motif, steps=tuple(step + rng.choice((-1, 0, 1)) for step in motif.steps))
    place = rng.choice(places)
    half = motif.rhythm[place] / 2
    note = sum(1 for length in motif.rhythm[:place] if length > 0)
    turn = rng.choice((-1, 1))
    after = motif.steps[note] - turn if note < len(motif.steps) else None
    steps = (*motif.steps[:note], turn, *(() if after is None else (after,)), *motif.steps[note + 1 :])
    return Motif((*motif.rhythm[:place], half, half, *motif.rhythm[place + 1 :]), steps)


def _halves(motif: Motif) -> Motif:
    """The first half of the bar twice."""
    half, at = sum(map(abs, motif.rhythm), Fraction(0)) / 2, Fraction(0)
    first: list[Fraction] = []
    for length in motif.rhythm:
        if at < half:
            size = min(abs(length), half - at)
            first.append(size if length > 0 else -size)
            at += size
    count = sum(1 for length in first if length > 0)
    steps = motif.steps[: max(count - 1, 0)]
    return Motif((*first, *first), (*steps, 1, *steps) if count else ())


def _augmented(motif: Motif) -> list[Motif]:
    """The motif over two bars, each note twice as long."""
    whole = sum(map(abs, motif.rhythm), Fraction(0))
    bars: tuple[list[Fraction], list[Fraction]] = ([], [])
    at = Fraction(0)
    for length in motif.rhythm:
        rest, sign = 2 * abs(length), 1 if length > 0 else -1
        while rest:
            size = min(rest, whole - at % whole)
            bars[int(at // whole)].append(sign * size)
            at, rest = at + size, rest - size
    first = sum(1 for length in bars[0] if length > 0)
    return [Motif(tuple(bars[0]), motif.steps[: max(first - 1, 0)]), Motif(tuple(bars[1]), motif.steps[first:])]


def _in_bar(motif: Motif, bar: Bar) -> list[Slot]:
    """The motif in a bar, cut where a bar is shorter; a longer bar holds its last note."""
    slots: list[Slot] = []
    at = bar.start
    for length in motif.rhythm:
        size = min(abs(length), bar.end - at)
        if size > 0 and length > 0:
            note = len(slots)
            slots.append(Slot(at, size, motif.steps[note - 1] if 0 < note <= len(motif.steps) else None))
        at += max(size, Fraction(0))
    if at < bar.end and slots:
        slots[-1] = replace(slots[-1], length=slots[-1].length + bar.end - at)
    return slots


def _cadence(bar: Bar, rng: random.Random) -> list[Slot]:
    """A note on the first beat, or one that leads to a later one, then a breath; at times an upbeat to what follows."""
    beats, pulse = bar.meter.beats, bar.meter.pulse
    breath = Fraction(1, 2) if beats >= 2 else Fraction(0)
    room = beats - breath
    upbeat = []
    if beats >= 3 and rng.random() < _UPBEATS:
        upbeat = [Slot(bar.end - Fraction(place, 2), Fraction(1, 2), None) for place in (2, 1)]
        room -= 1
    if beats >= 3 * pulse and rng.random() < 0.4:
        last = Slot(bar.start + pulse, room - pulse, rng.choice((-1, 1)), closes=True)
        return [Slot(bar.start, pulse, None), last, *upbeat]
    return [Slot(bar.start, room, None, closes=True), *upbeat]


def _long_notes(bar: Bar) -> list[Slot]:
    beats = bar.meter.beats
    if beats < 4:
        return [Slot(bar.start, beats, None)]
    return [Slot(bar.start, beats - 1, None), Slot(bar.end - 1, Fraction(1), -1)]
