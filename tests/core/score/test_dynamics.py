"""Loud and soft over a whole score, and what its players can do with it: breathe, resolve, avoid parallels."""

from __future__ import annotations

import statistics
from collections import defaultdict
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import pytest
from score_facts import film

from talkies.core.score import Hit, Note, Score, compose, read_asked
from talkies.core.score.hands import playable
from talkies.core.score.harmony import Chord, ChordSpan
from talkies.core.score.voicing import Voiced, voiced

WINDS = ("flute", "oboe", "clarinet", "bassoon", "horn", "trumpet")


def velocity(score: Score, start: int, end: int) -> float:
    """Mean of what begins between two times and is no accent on a hit."""
    notes = [note for note in score.notes if note.role != "accent" and start <= score.seconds(note).start < end]
    return statistics.mean(note.velocity for note in notes)


def test_a_long_score_rises_to_its_climax_and_falls_back() -> None:
    """The weightiest cut after the middle is at 2:40 of four minutes."""
    hits = [Hit(Fraction(time), 0.3) for time in range(5, 235, 5)]
    hits = [Hit(hit.time, 1.0) if hit.time == 160 else hit for hit in hits]
    score = compose(hits, Fraction(240), read_asked("lamento, piano"), seed=3)
    least, most, last = velocity(score, 0, 30), velocity(score, 145, 175), velocity(score, 210, 235)
    assert most >= least + 8
    assert most > last > least - 3


def test_a_score_is_not_equally_loud_from_ten_seconds_to_ten_seconds() -> None:
    """A storm as well, which has little room above; one hit, at the end, so that nothing but the dynamics
    says so."""
    for mood, least in (("pastorale", 15), ("storm", 8)):
        score = compose([Hit(Fraction(238), 1.0)], Fraction(240), read_asked(f"{mood}, piano"), seed=1)
        levels = [velocity(score, start, start + 10) for start in range(0, 230, 10)]
        assert max(levels) - min(levels) >= least, mood


def test_a_short_score_keeps_its_level() -> None:
    score = compose([Hit(Fraction(18), 1.0)], Fraction(20), read_asked("pastorale, piano"), seed=1)
    levels = [velocity(score, start, start + 5) for start in range(0, 15, 5)]
    assert max(levels) - min(levels) <= 8


@pytest.mark.parametrize(("mood", "more"), [("lamento", False), ("religioso", False), ("storm", True)])
def test_a_quiet_mood_ends_quietly_and_a_storm_with_a_blow(mood: str, more: bool) -> None:
    """The last chord, against the accents of the minute before."""
    score = compose(film(120), Fraction(120), read_asked(f"{mood}, piano"), seed=1)
    start = max(note.start for note in score.notes)
    last = max(note.velocity for note in score.notes if note.start == start)
    accents = [note.velocity for note in score.notes if note.role == "accent" and note.start < start]
    assert (last > statistics.mean(accents[-40:])) == more


@pytest.mark.parametrize("mood", ["lamento", "storm", "religioso"])
def test_who_blows_breathes_within_three_bars(mood: str) -> None:
    """Beats from one rest of a sixteenth to the next."""
    score = compose(film(120), Fraction(120), read_asked(f"{mood}, orchestra"), seed=1)
    blown = defaultdict(list)
    for note in score.notes:
        if note.instrument in WINDS:
            blown[note.instrument].append((note.start, note.end))
    assert blown
    for player, spans in blown.items():
        begun, over = min(spans)
        for start, end in sorted(spans):
            if start - over >= Fraction(1, 4):
                begun = start
            over = max(over, end)
            assert over - begun <= 12, (player, float(begun))


def test_a_chord_longer_than_a_breath_is_blown_through() -> None:
    """Two horns that begin together and hold for 13 quarters: no later note is there to breathe before."""
    chord = [Note("horn", Fraction(0), Fraction(13), pitch, 50, "harmony") for pitch in (50, 57)]
    assert playable(chord) == chord
    after = replace(chord[0], start=Fraction(13), length=Fraction(4))
    held = [(note.start, note.end) for note in playable([*chord, after])]
    assert held == [(0, Fraction(51, 4)), (0, Fraction(51, 4)), (13, 17)]
    hits = [Hit(Fraction(3), 1.0), Hit(Fraction(12), 1.0)]  # the last chord is held for eight seconds
    score = compose(hits, Fraction(20), read_asked("hurry, orchestra"), seed=0)
    assert max(score.seconds(note).start for note in score.notes) == 12


def test_who_blows_short_notes_takes_half_of_one_for_a_breath() -> None:
    """Forty quarters of sixteenths without a rest: all are played, one within each twelve quarters half as long."""
    notes = [Note("flute", Fraction(place, 4), Fraction(1, 4), 70 + place % 2, 50, "melody") for place in range(160)]
    made = playable(notes)
    assert [(note.start, note.pitch) for note in made] == [(note.start, note.pitch) for note in notes]
    assert {note.length for note in made} == {Fraction(1, 4), Fraction(1, 8)}
    ends = [Fraction(0), *(note.end for note in made if note.length < Fraction(1, 4)), Fraction(40)]
    assert len(ends) <= 6 and all(after - before <= 12 for before, after in pairwise(ends))


def test_a_leading_tone_rises_and_fifths_do_not_move_together() -> None:
    """G7 to C over basses that leap, C to D over basses a step apart, wherever the voices lie."""
    five = Chord("V7", (7, 11, 2, 5), 7, leading=11)
    one, two = Chord("I", (0, 4, 7), 0), Chord("ii", (2, 5, 9), 2)
    for bass in (43, 47):
        spans = [ChordSpan(chord, Fraction(place), Fraction(place + 1)) for place, chord in enumerate((five, one))]
        first, second = voiced(spans, [bass, 48], 65)
        assert all(tone + 1 in second.all for tone in first.all if tone % 12 == 11)
    spans = [ChordSpan(chord, Fraction(place), Fraction(place + 1)) for place, chord in enumerate((one, two))]
    first, second = voiced(spans, [48, 50], 67)
    assert not moved_together(first, second)


def moved_together(first: Voiced, second: Voiced) -> bool:
    """Whether two voices a fifth or an octave apart are so again, both having moved."""
    pairs = [(low, high) for low in range(len(first.all)) for high in range(low + 1, len(first.all))]
    return any(
        (first.all[high] - first.all[low]) % 12 == (second.all[high] - second.all[low]) % 12
        and (first.all[high] - first.all[low]) % 12 in (0, 7)
        and first.all[low] != second.all[low]
        for low, high in pairs
        if high < len(second.all)
    )
