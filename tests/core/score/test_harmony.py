"""Numerals against chords spelled by hand, progressions against how they must end, voices against part-writing."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, pairwise

import pytest

from talkies.core.score.composed import Bar, Key, Meter
from talkies.core.score.form import dealt
from talkies.core.score.harmony import chord_of, progression, scale_of
from talkies.core.score.progressions import PROGRESSIONS, Ending
from talkies.core.score.voicing import basses_of, voiced

NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
SPELLED = [
    ("C", "major", "I", "C E G", "C"),
    ("C", "major", "V65", "G B D F", "B"),
    ("C", "major", "V42", "G B D F", "F"),
    ("C", "major", "I64", "C E G", "G"),
    ("C", "major", "V7/V", "D F# A C", "D"),
    ("C", "major", "viio7/ii", "C# E G Bb", "C#"),
    ("C", "major", "iv6", "F Ab C", "Ab"),
    ("C", "major", "bVI", "Ab C Eb", "Ab"),
    ("C", "major", "IV7", "F A C E", "F"),
    ("G", "major", "V7", "D F# A C", "D"),
    ("A", "minor", "i", "A C E", "A"),
    ("A", "minor", "V7", "E Ab B D", "E"),
    ("A", "minor", "viio7", "Ab B D F", "Ab"),
    ("A", "minor", "iiø65", "B D F A", "D"),
    ("A", "minor", "bII6", "Bb D F", "D"),
    ("A", "minor", "Ger", "F A C Eb", "F"),
    ("A", "minor", "VII7", "G B D F", "G"),
    ("D", "minor", "V7/iv", "D F# A C", "D"),
    ("D", "minor", "#ivo7", "Ab B D F", "Ab"),
]


@pytest.mark.parametrize(("tonic", "mode", "symbol", "tones", "bass"), SPELLED)
def test_chords_are_what_their_numerals_say(tonic: str, mode: str, symbol: str, tones: str, bass: str) -> None:
    chord = chord_of(symbol, Key(NAMES.index(tonic), "minor" if mode == "minor" else "major"))
    assert [NAMES[tone] for tone in chord.tones] == tones.split()
    assert NAMES[chord.bass] == bass


def test_every_progression_ends_as_it_is_called() -> None:
    dominant, tonic = {"V", "V7", "viio7", "Ger", "V+"}, {"I", "i"}
    for tables in PROGRESSIONS.values():
        for endings in tables.values():
            for ending, rows in endings.items():
                assert len(set(rows)) == 5
                for row in rows:
                    assert row.count("|") == 3
                    last = row.split()[-1]
                    assert last in (tonic if ending == "close" else dominant), row


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 6, 7])
@pytest.mark.parametrize("meter", [Meter(4, 4), Meter(2, 4), Meter(3, 4), Meter(6, 8)])
def test_phrases_of_any_length_are_filled_and_close(count: int, meter: Meter) -> None:
    bars = tuple(Bar(meter.beats * place, meter) for place in range(count))
    spans = progression("tender", Key(0), "close", bars, meter, count % 5, count * 2 % 5)
    assert spans[0].start == 0
    assert spans[-1].end == meter.beats * count
    assert all(one.end == two.start for one, two in pairwise(spans))
    assert spans[-1].chord.symbol == "I"


def test_the_scale_takes_the_chords_altered_tones() -> None:
    key = Key(0)
    scale = scale_of(key, chord_of("V7/V", key))
    assert 6 in scale
    assert 5 not in scale
    assert scale_of(Key(9, "minor"), chord_of("V", Key(9, "minor"))) == (9, 11, 0, 2, 4, 5, 8)


def test_inner_voices_move_little_and_keep_the_third() -> None:
    """Over a hundred phrases: a hand's tenth, a third in each chord, and at most a fifth for any voice."""
    meter = Meter(4, 4)
    bars = tuple(Bar(meter.beats * place, meter) for place in range(4))
    far = total = 0
    for seed in range(100):
        ending: Ending = ("open", "close", "away")[seed % 3]
        spans = progression("bright", Key(5), ending, bars, meter, seed // 3 % 5, seed // 15 % 5)
        row = voiced(spans, basses_of(spans, 41), 62)
        for chord in row:
            assert chord.tones[-1] - chord.bass <= 16
            assert chord.span.chord.tones[1] in {pitch % 12 for pitch in chord.all}
        for before, after in pairwise(row):
            for tone in after.tones:
                total += 1
                far += min(abs(tone - old) for old in before.tones) > 5
    assert far / total < 0.03


def test_a_phrase_begins_as_one_progression_and_ends_as_the_same_or_another() -> None:
    meter = Meter(4, 4)
    bars = tuple(Bar(Fraction(4 * place), meter) for place in range(4))
    made = {
        (begun, ended): tuple(
            span.chord.symbol for span in progression("dark", Key(2, "minor"), "open", bars, meter, begun, ended)
        )
        for begun in range(5)
        for ended in range(5)
    }
    assert made[0, 0] == ("i", "V65", "i", "iv6", "V")
    assert made[0, 2] == ("i", "V65", "i", "iiø43", "Ger", "V")
    assert len(set(made.values())) == 25


def test_takes_are_dealt_other_choices_than_their_neighbours() -> None:
    """Of five choices in five places that follow each other, any two of 25 takes share one at most."""
    hands = [tuple(dealt(seed, 5, number, "place") for number in range(3, 8)) for seed in range(100, 125)]
    assert all(sum(a == b for a, b in zip(one, other, strict=True)) <= 1 for one, other in combinations(hands, 2))
    assert len({dealt(seed, 5, 1, "another place") for seed in range(5)}) == 5
    again = [tuple(dealt(seed, 5, number, f"place {number}") for number in range(12)) for seed in range(0, 200, 25)]
    assert len(set(again)) == 8, "no take of many is another one's"
