"""Accompaniment: figures of the left hand as rows of a table, laid over voiced chords; chords held under speech.

"0:b:1/2 1/2:c:1/4" is a bass on the beat and a chord after it: offset, what, length, all in beats

What: ``b`` the bass, ``B`` its octave too, ``f`` the chord's fifth near it, ``q`` a fifth above it, ``c`` the chord,
``0`` to ``2`` its tones from below.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from talkies.core.score.composed import Bar, Note, Role
from talkies.core.score.voicing import Voiced

BeatRange = tuple[Fraction, Fraction]
"""From, to, in beats."""

_SIMPLE: dict[str, tuple[int, str]] = {
    "block": (2, "0:bc:2"),
    "hymn": (1, "0:bc:1"),
    "broken": (2, "0:b:1/2 1/2:0:1/2 1:2:1/2 3/2:1:1/2"),
    "nocturne": (2, "0:b:2 1/2:0:3/2 1:2:1 3/2:1:1/2"),
    "syncopated": (2, "0:b:1 1/2:c:1 3/2:c:1/2"),
    "repeated": (1, "0:bc:1/2 1/2:c:1/2"),
    "tremolo": (1, "0:b:1 0:0:1/4 1/4:2:1/4 1/2:0:1/4 3/4:2:1/4"),
    "low tremolo": (1, "0:b:1/4 1/4:0:1/4 1/2:b:1/4 3/4:0:1/4"),
    "rolling": (1, "0:b:1/4 1/4:0:1/4 1/2:2:1/4 3/4:1:1/4"),
    "oompah": (2, "0:b:1/2 1/2:c:1/4 1:f:1/2 3/2:c:1/4"),
    "stride": (2, "0:b:1/2 1:c:1/2 3/2:c:1/4"),
    "gallop": (1, "0:b:1/2 1/2:c:1/4 3/4:c:1/4"),
    "march": (2, "0:b:1/2 1/2:c:1/4 1:f:1/2 3/2:c:1/4 7/4:c:1/4"),
    "octaves": (1, "0:B:1/2 1/2:B:1/2"),
    "creep": (2, "0:b:1/4 1:c:1/4 3/2:0:1/4"),
    "waltz": (3, "0:b:1 1:c:1/2 2:c:1/2"),
    "drone": (2, "0:bq:2 1/2:1:1/2 1:2:1/2 3/2:1:1/2"),
    "lilt": (2, "0:b:1 1:c:1/2"),
}
_COMPOUND: dict[str, str] = {
    "drone": "0:bq:3/2 1/2:1:1/2 1:2:1/2",
    "block": "0:bc:3/2",
    "hymn": "0:bc:1 1:c:1/2",
    "broken": "0:b:1/2 1/2:0:1/2 1:2:1/2",
    "nocturne": "0:b:3/2 1/2:0:1 1:2:1/2",
    "lilt": "0:b:1 1:c:1/2",
}
STYLES = tuple(_SIMPLE)
_SHORTEST = Fraction(1, 4)  # beats of an accent
_RESTLESS = ("tremolo", "low tremolo", "rolling", "octaves", "repeated", "syncopated", "drone")


@dataclass(frozen=True)
class _Event:
    offset: Fraction
    what: str
    length: Fraction


def _events(row: str) -> tuple[_Event, ...]:
    parts = [word.split(":") for word in row.split()]
    return tuple(_Event(Fraction(offset), what, Fraction(length)) for offset, what, length in parts)


def _pattern(style: str, bar: Bar) -> tuple[Fraction, tuple[_Event, ...]]:
    if bar.meter.is_compound:
        return Fraction(3, 2), _events(_COMPOUND.get(style, _COMPOUND["lilt"]))
    period, row = _SIMPLE[style]
    return Fraction(period), _events(row)


def figured(
    style: str, bars: Sequence[Bar], chords: Sequence[Voiced], lowest: int, rests_at_end: bool
) -> Iterator[Note]:
    """A figure over the chords of a phrase, whose last bar may come to rest on its chord. Velocities are set later."""
    starts = [voiced.span.start for voiced in chords]
    for bar in bars:
        rests = rests_at_end and bar is bars[-1] and not bar.meter.is_compound and style not in _RESTLESS
        period, events = _pattern("block" if rests else style, bar)
        at = bar.start
        while at < bar.end:
            for event in events:
                start = at + event.offset
                if start < bar.end:
                    chord = chords[max(bisect_right(starts, start) - 1, 0)]
                    end = min(start + event.length, chord.span.end, bar.end)
                    yield from _struck(event.what, chord, start, end, lowest)
            at += period


def _struck(what: str, chord: Voiced, start: Fraction, end: Fraction, lowest: int) -> Iterator[Note]:
    for letter in what:
        role: Role = "bass" if letter in "bfqB" else "harmony"
        for pitch in _pitches(letter, chord, lowest):
            yield Note("", start, end - start, pitch, 1, role)


def _pitches(letter: str, chord: Voiced, lowest: int) -> tuple[int, ...]:
    if letter == "b":
        return (chord.bass,)
    if letter == "q":
        return (chord.bass + 7,)
    if letter == "B":
        return (chord.bass - 12, chord.bass) if chord.bass - 12 >= lowest - 7 else (chord.bass,)
    if letter == "f":
        fifth = chord.span.chord.tones[2]
        low = chord.bass - (chord.bass - fifth) % 12
        return (low if low >= lowest - 3 else low + 12,)
    if letter == "c":
        return chord.tones
    return (chord.tones[min(int(letter), len(chord.tones) - 1)],) if chord.tones else ()


def held_chords(chords: Sequence[Voiced], within: Iterable[BeatRange]) -> Iterator[Note]:
    """Chords that hold, for stretches in which nothing may move."""
    for start, end in within:
        for chord in chords:
            low, high = max(chord.span.start, start), min(chord.span.end, end)
            if low < high:
                yield Note("", low, high - low, chord.bass, 1, "bass")
                for pitch in chord.tones:
                    yield Note("", low, high - low, pitch, 1, "pad")


def tied(notes: Iterable[Note], within: Sequence[BeatRange]) -> list[Note]:
    """Notes of which, within stretches, those of one role that go on at the same pitch are one: a tone that two chords
    share is held and not struck again. An accent is struck."""
    made: list[Note] = []
    going: dict[tuple[int, Role], int] = {}
    for note in sorted(notes, key=lambda each: each.start):
        place = going.get((note.pitch, note.role))
        if place is not None and made[place].end == note.start and begins_in(note, within):
            made[place] = replace(made[place], length=made[place].length + note.length)
            continue
        if note.role != "accent" and begins_in(note, within):
            going[note.pitch, note.role] = len(made)
        made.append(note)
    return made


def joined(ranges: Iterable[BeatRange]) -> list[BeatRange]:
    """Stretches in order, those that overlap or touch as one."""
    found: list[BeatRange] = []
    for start, end in sorted(ranges):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((start, end))
    return found


def begins_in(note: Note, ranges: Iterable[BeatRange]) -> bool:
    return any(start <= note.start < end for start, end in ranges)


def outside(notes: Iterable[Note], ranges: Sequence[BeatRange]) -> Iterator[Note]:
    """Notes that begin outside of stretches, cut where a stretch begins."""
    for note in notes:
        if begins_in(note, ranges):
            continue
        limit = min((start for start, _ in ranges if start > note.start), default=note.end)
        yield _shortened(note, limit)


def accented(notes: Iterable[Note], chords: Sequence[Voiced], beats: Sequence[Fraction]) -> list[Note]:
    """The chord is struck on each of the beats, in place of what the figure has there; what sounds through is cut.

    A tone that the figure holds there is held on, the others are short.
    """
    every = list(notes)
    kept = [_cut_at(note, beats) for note in every if note.start not in beats]
    starts = [voiced.span.start for voiced in chords]
    onsets = sorted({note.start for note in kept} | set(beats))
    for beat in beats:
        chord = chords[max(bisect_right(starts, beat) - 1, 0)]
        following = next((onset for onset in onsets if onset > beat), chord.span.end)
        limit = min((later for later in (*beats, chord.span.end) if later > beat), default=chord.span.end)
        sounding = [note for note in every if note.start <= beat < note.end]
        for pitch in chord.all:
            held = max((note.end for note in sounding if note.pitch == pitch), default=beat)
            end = min(max(held, min(following, beat + 1)), limit)
            kept.append(Note("", beat, max(end - beat, _SHORTEST), pitch, 1, "accent"))
    return kept


def _cut_at(note: Note, beats: Sequence[Fraction]) -> Note:
    return _shortened(note, min((beat for beat in beats if note.start < beat < note.end), default=note.end))


def _shortened(note: Note, end: Fraction) -> Note:
    return Note(note.instrument, note.start, min(note.end, end) - note.start, note.pitch, note.velocity, note.role)
