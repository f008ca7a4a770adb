"""Films without pictures for tests of the score, and measures of music that know nothing of core/score."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import pairwise

from talkies.core.score import Hit, Note, Score

RATE = Fraction(24)


def film(seconds: int = 90, seed: int = 3, shortest: int = 24, longest: int = 170) -> tuple[Hit, ...]:
    """Cuts on frames at random, and a last chord a second and a half before the end."""
    draw, time, hits = random.Random(seed), Fraction(0), [Hit(Fraction(0), 1.0, "first")]
    while time < seconds - 4:
        time += Fraction(draw.randint(shortest, longest), 24)
        hits.append(Hit(time, 0.5))
    last = Fraction(seconds) - Fraction(3, 2)
    return (*(hit for hit in hits if hit.time < last - 1), Hit(last, 1.0, "last"))


def melody(score: Score) -> list[Note]:
    """The tune, in order; two players never lead at once."""
    return sorted((note for note in score.notes if note.role == "melody"), key=lambda note: note.start)


def top_line(score: Score) -> list[int]:
    """The highest pitch that begins at each onset: what is heard as the tune where nobody plays one."""
    highest: dict[Fraction, int] = {}
    for note in score.notes:
        highest[note.start] = max(highest.get(note.start, 0), note.pitch)
    return [pitch for _, pitch in sorted(highest.items())]


def tune(score: Score) -> list[int]:
    return [note.pitch for note in melody(score)]


def four_note_share(one: Score, other: Score, line: Callable[[Score], list[int]] = tune) -> float:
    """How many of the four-note turns of one tune (pitches) are in the other, of the smaller tune's."""
    rows = [
        Counter(tuple(pitches[place : place + 4]) for place in range(len(pitches) - 3))
        for pitches in (line(score) for score in (one, other))
    ]
    return (rows[0] & rows[1]).total() / min(row.total() for row in rows)


def two_hands(pitches: Iterable[int]) -> bool:
    """Whether there is a place to part them so that each hand spans a tenth and has five notes at most."""
    row = sorted(set(pitches))
    hands = ((row[:cut], row[cut:]) for cut in range(len(row) + 1))
    return any(
        all(len(hand) <= 5 and (not hand or hand[-1] - hand[0] <= 16) for hand in (left, right))
        for left, right in hands
    )


def moments(notes: Sequence[Note]) -> Iterable[list[Note]]:
    """What sounds at each onset."""
    ordered = sorted(notes, key=lambda note: note.start)
    sounding: list[Note] = []
    for place, note in enumerate(ordered):
        sounding = [each for each in sounding if each.end > note.start] + [note]
        if place + 1 == len(ordered) or ordered[place + 1].start > note.start:
            yield list(sounding)


def steps(pitches: Sequence[int]) -> list[int]:
    return [after - before for before, after in pairwise(pitches)]


def minor_share(score: Score) -> float:
    """How often the third above the lowest note's tonic is small: of the last chord's, 0 for major, 1 for minor."""
    last = max(note.start for note in score.notes)
    chord = [note.pitch for note in score.notes if note.start == last]
    above = {(pitch - min(chord)) % 12 for pitch in chord}
    return 1.0 if 3 in above and 4 not in above else 0.0


def measures(score: Score) -> dict[str, float]:
    """What tells moods apart: tempo (quarters a minute), minor or not, onsets and notes of tune a second, pitches'
    middle (MIDI), brightness (the share of loudness above middle C and an octave), and mean velocity."""
    seconds = float(score.length)
    pitches = sorted(note.pitch for note in score.notes)
    loud = sum(note.velocity**2 for note in score.notes)
    return {
        "tempo": float(score.tempo_map.median_tempo),
        "minor": minor_share(score),
        "density": len({note.start for note in score.notes}) / seconds,
        "tune": len(melody(score)) / seconds,
        "register": float(pitches[len(pitches) // 2]),
        "brightness": sum(note.velocity**2 for note in score.notes if note.pitch >= 67) / loud,
        "loudness": sum(note.velocity for note in score.notes) / len(score.notes),
    }


def returns(score: Score, bars: int = 8) -> list[int]:
    """How often each stretch of so many bars is heard, note for note and by the same players; stretches that overlap
    their own like count once. Stretches without a note are none."""
    every = [bar for section in score.sections for bar in section.bars]
    notes = sorted(score.notes, key=lambda note: note.start)
    starts = [note.start for note in notes]
    heard: dict[tuple[object, ...], list[int]] = {}
    for place in range(len(every) - bars + 1):
        start, end = every[place].start, every[place + bars - 1].end
        inside = notes[bisect_left(starts, start) : bisect_left(starts, end)]
        content = tuple((note.instrument, note.start - start, note.length, note.pitch) for note in inside)
        if content:
            heard.setdefault(content, []).append(place)
    return [apart(places, bars) for places in heard.values()]


def apart(places: Iterable[int], bars: int) -> int:
    """How many of these, which rise, can be taken that do not overlap."""
    count, free = 0, 0
    for place in places:
        if place >= free:
            count, free = count + 1, place + bars
    return count
