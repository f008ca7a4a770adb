"""Under speech the score makes room: no tune, softer, held."""

from __future__ import annotations

import statistics
from dataclasses import replace
from fractions import Fraction

import pytest
from score_facts import film

from talkies.core.score import Asked, Hit, compose, read_asked
from talkies.core.score.accompaniment import held_chords, tied
from talkies.core.score.harmony import Chord, ChordSpan
from talkies.core.score.moods import MOODS
from talkies.core.score.voicing import Voiced
from talkies.core.times import TimeRange


def test_under_speech_the_tune_rests_and_the_middle_is_free() -> None:
    speech = (
        TimeRange(Fraction(10), Fraction(14)),
        TimeRange(Fraction(14), Fraction(16)),
        TimeRange(Fraction(30), Fraction(33)),
    )
    score = compose(film(60), Fraction(60), Asked(ensemble="salon"), seed=4, speech=speech)
    for span in speech:
        sounding = [note for note in score.notes if score.seconds(note).overlap(span)]
        assert sounding, "pads hold"
        assert all(note.role != "melody" for note in sounding)
        assert all(440 * 2 ** ((note.pitch - 69) / 12) < 1000 for note in sounding)
        held = [score.seconds(note) for note in sounding]
        for tenth in range(11):
            moment = span.start + span.duration * tenth / 10
            assert any(each.start <= moment <= each.end for each in held)
    assert any(note.role == "melody" for note in score.notes)


def test_under_speech_it_is_played_softer_and_less_often_and_hits_still_stand_out() -> None:
    """Of the same piece with and without a line, in what nobody melodic plays."""
    speech, asked = TimeRange(Fraction(20), Fraction(36)), read_asked("storm, piano")
    plain = compose(film(60), Fraction(60), asked, seed=2)
    spoken = compose(film(60), Fraction(60), asked, seed=2, speech=(speech,))
    beats = {spoken.tempo_map.beat_at(hit.time) for hit in spoken.hits}
    inside = [
        [
            note
            for note in score.notes
            if speech.start <= score.seconds(note).start < speech.end and note.role != "melody"
        ]
        for score in (plain, spoken)
    ]
    on_hits, between = ([[n for n in notes if (n.start in beats) == hit] for notes in inside] for hit in (True, False))
    assert len(on_hits[1]) > 4 and len(between[1]) > 4
    assert statistics.mean(n.velocity for n in between[1]) <= statistics.mean(n.velocity for n in between[0]) - 10
    assert statistics.mean(n.velocity for n in on_hits[1]) <= statistics.mean(n.velocity for n in on_hits[0]) - 10
    assert min(n.velocity for n in on_hits[1]) > max(n.velocity for n in between[1])
    assert len(between[1]) < len(between[0]) / 3


def test_tones_that_two_chords_share_are_held_under_speech() -> None:
    """C major to A minor over two bars: C and E stay; beyond the stretch, and in accents, all is struck again."""
    spans = [ChordSpan(Chord("I", (0, 4, 7), 0), Fraction(0), Fraction(4))]
    spans += [ChordSpan(Chord("vi", (9, 0, 4), 9), Fraction(4), Fraction(8))]
    chords = [Voiced(spans[0], 48, (60, 64, 67)), Voiced(spans[1], 45, (60, 64, 69))]
    whole = (Fraction(0), Fraction(8))
    held = list(held_chords(chords, [whole]))
    found = sorted((note.start, note.pitch, note.length) for note in tied(held, [whole]))
    assert found == [(0, 48, 4), (0, 60, 8), (0, 64, 8), (0, 67, 4), (4, 45, 4), (4, 69, 4)]
    assert sorted(tied(held, []), key=str) == sorted(held, key=str)
    accents = [replace(note, role="accent") for note in held]
    assert sorted(tied(accents, [whole]), key=str) == sorted(accents, key=str)


@pytest.mark.parametrize("mood", ["lamento", "religioso", "love theme", "hurry"])
def test_there_is_no_hole_after_a_line(mood: str) -> None:
    """What is held goes on until somebody plays again: in moods that are not written short nothing is silent for longer
    than elsewhere."""
    speech = tuple(TimeRange(Fraction(start), Fraction(start) + Fraction(31, 10)) for start in (10, 19, 28, 37))
    score = compose(film(60), Fraction(60), Asked(mood=mood, ensemble="salon"), seed=4, speech=speech)
    spans = sorted((score.seconds(note).start, score.seconds(note).end) for note in score.notes)
    end, holes = Fraction(0), []
    for start, over in spans:
        holes.append((start - end, end))
        end = max(end, over)
    after = [
        size for size, at in holes if any(span.end - Fraction(1, 4) <= at <= span.end + Fraction(1) for span in speech)
    ]
    longest = max([size for size, _ in holes if size not in after], default=Fraction(0))
    assert max(after, default=Fraction(0)) <= max(longest, Fraction(1, 50))


@pytest.mark.parametrize("mood", ["lamento", "religioso", "love theme", "hurry", "storm"])
def test_what_is_held_between_lines_that_follow_closely_is_not_struck_again(mood: str) -> None:
    """Lines half a second apart, with a fifth of a second of breath: where nobody plays in the tenth that is left,
    the second line finds its chord held."""
    starts = [Fraction(place, 10) for place in (50, 85, 200, 235, 330, 365, 470, 505)]
    speech = [TimeRange(start, start + 3) for start in starts]
    breath, quiet = Fraction(1, 5), 0
    for seed in range(3):
        hits = (Hit(Fraction(0), 1.0, "first"), Hit(Fraction(58), 1.0, "last"))
        score = compose(hits, Fraction(60), Asked(mood=mood, ensemble="piano"), seed, tuple(speech))
        onsets = [score.seconds(note).start for note in score.notes]
        for one, two in zip(speech[::2], speech[1::2], strict=True):
            if not any(one.end + breath <= onset < two.start - breath for onset in onsets):
                quiet += 1
                assert two.start - breath not in onsets
    assert quiet > 2


@pytest.mark.parametrize("mood", MOODS)
def test_the_last_chord_makes_room_as_well(mood: str) -> None:
    asked, speech = Asked(mood=mood, ensemble="piano"), TimeRange(Fraction(57), Fraction(60))
    plain, spoken = (compose(film(60), Fraction(60), asked, seed=2, speech=lines) for lines in ((), (speech,)))
    start = max(note.start for note in spoken.notes)
    assert start == max(note.start for note in plain.notes), "it is still struck on the last hit"
    last, before = ([note for note in score.notes if note.start == start] for score in (spoken, plain))
    assert all(note.role != "melody" for note in last)
    assert max(note.velocity for note in last) <= max(note.velocity for note in before) - 10
