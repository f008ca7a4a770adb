"""Melody: pitches for the slots of a phrase, the cheapest way through a lattice of scale and chord tones.

cost = chord tones on strong beats + leaps and their recovery + distance from the motif's contour
     + distance from the phrase's arch + parallels with the bass + cadence + a draw of the seed
"""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from talkies.core.score.composed import Bar, Key
from talkies.core.score.harmony import ChordSpan, scale_of
from talkies.core.score.motifs import Slot

_LEAP = {0: 0.7, 1: 0.0, 2: 0.0, 3: 0.35, 4: 0.4, 5: 0.8, 6: 4.0, 7: 1.2, 8: 2.0, 9: 2.2, 10: 4.0, 11: 6.0, 12: 2.2}
_TOO_FAR = 9.0
_CONTOUR, _ARCH, _DRAW = 0.75, 0.09, 1.1
_STRONG_DISSONANCE, _WEAK_DISSONANCE, _LEAPT_DISSONANCE = 5.0, 0.5, 3.0
_PARALLEL, _UNRESOLVED, _CADENCE, _AUGMENTED_SECOND = 3.0, 4.0, 7.0, 4.0
_RANGE = (9, 10)  # semitones below and above the middle


@dataclass(frozen=True)
class Tone:
    """A note of the melody before it has an instrument; lengths in beats."""

    start: Fraction
    length: Fraction
    pitch: int


@dataclass(frozen=True)
class Ground:
    """What a phrase's melody moves over. ``basses``: a MIDI pitch for each chord; ``middle``: of its range."""

    key: Key
    chords: Sequence[ChordSpan]
    basses: Sequence[int]
    bars: Sequence[Bar]
    middle: int
    lowest: int
    closes_on: tuple[int, ...]
    """Pitch classes that may end the phrase."""


def split_at(slots: Sequence[Slot], beats: Iterable[Fraction]) -> list[Slot]:
    """Slots with a note that begins on each of the beats: a longer note is struck again, a rest is broken."""
    made = list(slots)
    for beat in sorted(beats):
        place = next((place for place, slot in enumerate(made) if slot.start <= beat < slot.start + slot.length), None)
        if place is None:
            after = next((slot.start for slot in made if slot.start > beat), None)
            length = Fraction(1, 2) if after is None else min(after - beat, Fraction(1, 2))
            made.append(Slot(beat, length, None))
            made.sort(key=lambda slot: slot.start)
        elif made[place].start < beat:
            slot = made[place]
            early = replace(slot, length=beat - slot.start)
            made[place : place + 1] = [early, Slot(beat, slot.start + slot.length - beat, None, slot.closes)]
    return made


def sung(slots: Sequence[Slot], ground: Ground, before: int | None, draw: random.Random) -> list[Tone]:
    """Pitches for the slots. ``before``: the last pitch of the phrase before."""
    if not slots:
        return []
    lattice = _Lattice(ground, slots, draw)
    costs = {pitch: lattice.at(0, pitch) + _opening(pitch, before) for pitch in lattice.candidates(0)}
    back: list[dict[int, int]] = []
    for place in range(1, len(slots)):
        came: dict[int, int] = {}
        new: dict[int, float] = {}
        for pitch in lattice.candidates(place):
            cost, best = min((cost + lattice.step(place, old, pitch), old) for old, cost in costs.items())
            new[pitch], came[pitch] = cost + lattice.at(place, pitch), best
        costs = new
        back.append(came)
    pitch = min(costs, key=lambda each: (costs[each], each))
    way = [pitch]
    for came in reversed(back):
        way.append(came[way[-1]])
    return [Tone(slot.start, slot.length, pitch) for slot, pitch in zip(slots, reversed(way), strict=True)]


def _opening(pitch: int, before: int | None) -> float:
    """The first note of a phrase may leap from the one before, not over an octave."""
    size = 0 if before is None else abs(pitch - before)
    return 0.12 * max(size - 4, 0) + (_TOO_FAR if size > 12 else 0.0)


class _Lattice:
    """Costs of pitches and of steps between them."""

    def __init__(self, ground: Ground, slots: Sequence[Slot], draw: random.Random) -> None:
        self._ground, self._slots = ground, slots
        starts = [span.start for span in ground.chords]
        places = [max(bisect_right(starts, slot.start) - 1, 0) for slot in slots]
        self._chords = [ground.chords[place].chord for place in places]
        self._basses = [ground.basses[place] for place in places]
        scales = [scale_of(ground.key, span.chord) for span in ground.chords]
        self._scales = [scales[place] for place in places]
        self._strong = [_is_strong(slot, ground.bars) for slot in slots]
        low, high = max(ground.middle - _RANGE[0], ground.lowest), max(ground.middle, ground.lowest) + _RANGE[1]
        self._pitches = range(low, high + 1)
        self._draws = [[draw.random() * _DRAW for _ in self._pitches] for _ in slots]
        home = scale_of(ground.key)
        self._degree = {pitch: _degree(pitch, home) for pitch in range(low - 1, high + 2)}

    def candidates(self, place: int) -> list[int]:
        scale, tones = self._scales[place], self._chords[place].tones
        return [pitch for pitch in self._pitches if pitch % 12 in scale or pitch % 12 in tones]

    def at(self, place: int, pitch: int) -> float:
        cost = self._draws[place][pitch - self._pitches[0]] + _ARCH * abs(pitch - self._arch(place))
        if pitch % 12 not in self._chords[place].tones:
            cost += _STRONG_DISSONANCE if self._strong[place] else _WEAK_DISSONANCE
        if self._slots[place].closes and pitch % 12 not in self._ground.closes_on:
            cost += _CADENCE
        return cost

    def step(self, place: int, old: int, new: int) -> float:
        size = abs(new - old)
        cost = _LEAP.get(size, _TOO_FAR)
        wanted = self._slots[place].step
        moved = self._degree[new] - self._degree[old]
        if wanted is not None:
            cost += _CONTOUR * abs(moved - wanted) - (_LEAP[0] if wanted == 0 == moved else 0.0)
        if size > 2 and (self._is_foreign(place, new) or self._is_foreign(place - 1, old)):
            cost += _LEAPT_DISSONANCE
        if size == 3 and abs(moved) == 1:
            cost += _AUGMENTED_SECOND
        return cost + self._leading(place, old, new) + self._parallel(place, old, new)

    def _is_foreign(self, place: int, pitch: int) -> bool:
        return pitch % 12 not in self._chords[place].tones

    def _leading(self, place: int, old: int, new: int) -> float:
        """A leading tone rises where its dominant resolves."""
        before, after = self._chords[place - 1], self._chords[place]
        resolves = before is not after and before.leading == old % 12 and (old + 1) % 12 in after.tones
        return _UNRESOLVED if resolves and new != old + 1 else 0.0

    def _parallel(self, place: int, old: int, new: int) -> float:
        """Fifths and octaves with the bass, where both move."""
        low, then = self._basses[place - 1], self._basses[place]
        gap = (new - then) % 12
        return _PARALLEL if low != then and old != new and gap in (0, 7) and (old - low) % 12 == gap else 0.0

    def _arch(self, place: int) -> float:
        """The phrase rises to two thirds and falls."""
        share = place / max(len(self._slots) - 1, 1)
        lift = share / 0.65 if share < 0.65 else 1 - (share - 0.65) / 0.35
        return max(self._ground.middle, self._ground.lowest) - 3 + 7 * lift


def _is_strong(slot: Slot, bars: Sequence[Bar]) -> bool:
    """On a pulse of its bar, or long."""
    bar = next((bar for bar in bars if bar.start <= slot.start < bar.end), bars[-1])
    return (slot.start - bar.start) % (2 * bar.meter.pulse) == 0 or slot.length >= 1


def _degree(pitch: int, scale: tuple[int, ...]) -> int:
    """Which step of the scale a pitch is, counted on over the octaves; an altered one as the step below."""
    octave, above = divmod(pitch - scale[0], 12)
    steps = sorted((tone - scale[0]) % 12 for tone in scale)
    return 7 * octave + bisect_right(steps, above) - 1
