"""Orchestration: what melody, harmony, bass, pads and accents become in an ensemble.

A keyboard plays all of it. Elsewhere the lead takes the melody, another the contrast, and what accompanies goes to the
strings by height, or to the harp where it is broken softly; loud moods add brass, timpani and cymbal on hits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from talkies.core.score.composed import Note
from talkies.core.score.ensemble import INSTRUMENTS
from talkies.core.score.moods import Mood

_KEYBOARDS = ("piano", "theatre_organ", "harmonium", "harp")


@dataclass(frozen=True)
class _Colour:
    """Who leads, who takes the contrast, and who doubles the lead and how many semitones away."""

    lead: str
    contrast: str
    double: str = ""
    apart: int = 0


_ORCHESTRA: dict[str, _Colour] = {
    "neutral": _Colour("violins", "oboe"),
    "agitato": _Colour("violins", "clarinet", "oboe"),
    "hurry": _Colour("violins", "flute", "clarinet"),
    "misterioso": _Colour("bassoon", "clarinet"),
    "lamento": _Colour("cellos", "oboe"),
    "love theme": _Colour("violins", "horn", "cellos", -12),
    "pastorale": _Colour("oboe", "flute"),
    "gallop": _Colour("violins", "trumpet", "flute", 12),
    "comic": _Colour("clarinet", "flute"),
    "battle": _Colour("trumpet", "horn", "violins", 12),
    "storm": _Colour("trumpet", "horn", "violins", 12),
    "grotesque": _Colour("bassoon", "clarinet"),
    "religioso": _Colour("clarinet", "oboe"),
    "maestoso": _Colour("trumpet", "violins", "violins", 12),
    "waltz": _Colour("violins", "flute"),
}
_SALON = _Colour("violin", "flute")
_SALON_WITH_DOUBLE = _Colour("violin", "clarinet", "flute", 12)
_LIGHT = 0.85  # a mood's touch below which strings are plucked
_LOUD = 80  # a mood's velocity from which brass and drums join its hits


@dataclass(frozen=True)
class Passage:
    """One phrase's notes without instruments, what it is, and the weight of each hit in it by beat."""

    notes: Sequence[Note]
    mood: Mood
    is_contrast: bool
    hits: dict[Fraction, float]


def orchestrated(passage: Passage, players: tuple[str, ...]) -> list[Note]:
    """The passage's notes with instruments; compass and hands are seen to by ``hands.py``."""
    if len(players) == 1:
        return list(_alone(passage.notes, players[0]))
    return list(_for_salon(passage) if "piano" in players else _plucked(_for_orchestra(passage), passage.mood))


def _alone(notes: Sequence[Note], player: str) -> Iterator[Note]:
    if player in _KEYBOARDS:
        yield from (replace(note, instrument=player) for note in notes)
        return
    melody = [note for note in notes if note.role == "melody"]
    yield from (replace(note, instrument=player) for note in melody)
    for note in notes:
        if note.role == "bass" or (note.role == "accent" and _is_lowest(note, notes)):
            free = all(note.end <= other.start or other.end <= note.start for other in melody)
            if free:
                yield replace(note, instrument=player)


def _is_lowest(note: Note, notes: Sequence[Note]) -> bool:
    return all(note.pitch <= other.pitch for other in notes if other.start == note.start and other.role == note.role)


def _led(passage: Passage, colour: _Colour) -> Iterator[Note]:
    lead = colour.contrast if passage.is_contrast else colour.lead
    for note in passage.notes:
        if note.role != "melody":
            continue
        yield replace(note, instrument=lead)
        double = INSTRUMENTS.get(colour.double)
        if double is not None and not passage.is_contrast and double.reaches(note.pitch + colour.apart):
            yield replace(_quieter(note, 8), instrument=double.name, pitch=note.pitch + colour.apart, role="harmony")


def _for_salon(passage: Passage) -> Iterator[Note]:
    colour = _SALON_WITH_DOUBLE if passage.mood.velocity >= _LOUD else _SALON
    yield from _led(passage, colour)
    for note in passage.notes:
        if note.role in ("harmony", "accent", "bass"):
            yield replace(note, instrument="piano")
        if note.role == "pad":
            yield replace(note, instrument="harmonium")
        if note.role == "bass" and (note.length >= 1 or _is_tender(passage)):
            yield replace(_quieter(note, 4), instrument="cello")


def _is_tender(passage: Passage) -> bool:
    return passage.mood.family in ("tender", "lament", "sacred")


def _for_orchestra(passage: Passage) -> Iterator[Note]:
    colour = _ORCHESTRA[passage.mood.name]
    yield from _led(passage, colour)
    busy = {colour.contrast} if passage.is_contrast else {colour.lead, colour.double}
    groups = _at_one_time(note for note in passage.notes if note.role in ("harmony", "pad", "accent"))
    for start, notes in groups.items():
        yield from _in_strings(notes, busy, passage)
        if start in passage.hits and notes[0].role == "accent":
            yield from _struck(notes, passage.hits[start], passage.mood)
    for note in passage.notes:
        if note.role == "bass":
            yield from _in_basses(note, busy)


def _plucked(notes: Iterable[Note], mood: Mood) -> Iterator[Note]:
    """Where the touch is light, what accompanies in the strings is plucked."""
    for note in notes:
        plucked = f"{note.instrument}_pizzicato"
        light = mood.touch < _LIGHT and note.role != "melody" and note.length <= 1
        yield replace(note, instrument=plucked) if light and plucked in INSTRUMENTS else note


def _at_one_time(notes: Iterable[Note]) -> dict[Fraction, list[Note]]:
    groups: dict[Fraction, list[Note]] = {}
    for note in sorted(notes, key=lambda each: (each.start, each.pitch)):
        groups.setdefault(note.start, []).append(note)
    return groups


def _in_strings(notes: Sequence[Note], busy: set[str], passage: Passage) -> Iterator[Note]:
    """By height: cellos, violas, violins; where they are broken softly, the harp."""
    if passage.mood.family in ("tender", "sacred") and len(notes) == 1 and notes[0].role == "harmony":
        yield replace(notes[0], instrument="harp")
        return
    upper = "clarinet" if "violins" in busy else "violins"
    for place, note in enumerate(notes):
        top = place == len(notes) - 1 and len(notes) > 1
        name = (
            "cellos" if note.pitch < INSTRUMENTS["violas"].lowest else upper if top and upper not in busy else "violas"
        )
        name = "bassoon" if name == "cellos" and "cellos" in busy else name
        if name not in busy and INSTRUMENTS[name].reaches(note.pitch):
            yield replace(note, instrument=name)


def _in_basses(note: Note, busy: set[str]) -> Iterator[Note]:
    if "cellos" not in busy:
        yield replace(note, instrument="cellos")
    elif "bassoon" not in busy:
        yield replace(note, instrument="bassoon")
    yield replace(_quieter(note, 6), instrument="basses", pitch=INSTRUMENTS["basses"].fitted(note.pitch - 12))


def _struck(notes: Sequence[Note], weight: float, mood: Mood) -> Iterator[Note]:
    """Brass and drums on a hit of a loud mood."""
    low = notes[0]
    if mood.velocity >= _LOUD or weight >= 0.9:
        for note in notes[-2:]:
            if INSTRUMENTS["horn"].reaches(note.pitch) and mood.velocity >= _LOUD:
                yield replace(note, instrument="horn")
        yield replace(low, instrument="timpani", pitch=INSTRUMENTS["timpani"].fitted(low.pitch))
    if weight >= 0.9 and mood.velocity >= _LOUD:
        yield replace(low, instrument="cymbal", pitch=INSTRUMENTS["cymbal"].lowest)


def _quieter(note: Note, by: int) -> Note:
    return replace(note, velocity=max(note.velocity - by, 1))
