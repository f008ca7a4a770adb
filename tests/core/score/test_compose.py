"""The composed score: on its hits, playable, in the key and tempo asked, another piece with another seed."""

from __future__ import annotations

import statistics
from collections import Counter
from fractions import Fraction
from itertools import combinations, pairwise

import pytest
from score_facts import RATE, film, four_note_share, melody, moments, steps, top_line, two_hands

from talkies.core.errors import ArgumentError
from talkies.core.score import Asked, Hit, Key, Scene, Score, compose, read_asked
from talkies.core.score.moods import MOODS
from talkies.core.times import TimeRange

ENSEMBLES = {
    "piano": {"piano"},
    "organ": {"theatre_organ"},
    "salon": {"violin", "flute", "clarinet", "cello", "piano", "harmonium"},
    "orchestra": {
        *("violins", "violas", "cellos", "basses", "flute", "oboe", "clarinet", "bassoon", "horn", "trumpet", "harp"),
        *("timpani", "cymbal", "violas_pizzicato", "cellos_pizzicato", "basses_pizzicato"),
    },
}
COMPASS = {  # sounding, as orchestration books have it
    "piano": (21, 108), "harmonium": (36, 89), "theatre_organ": (36, 96), "harp": (23, 104), "violin": (55, 100),
    "violins": (55, 100), "violas": (48, 88), "cello": (36, 76), "cellos": (36, 76), "basses": (28, 67),
    "flute": (60, 96), "oboe": (58, 93), "clarinet": (50, 94), "bassoon": (34, 75), "horn": (34, 77),
    "trumpet": (54, 86), "timpani": (38, 57),
}  # fmt: skip
SINGLE = ("violin", "cello", "flute", "oboe", "clarinet", "bassoon", "trumpet", "basses")


def onsets(score: Score) -> set[Fraction]:
    return {score.tempo_map.time_at(note.start) for note in score.notes}


@pytest.mark.parametrize("mood", MOODS)
def test_every_chosen_hit_has_the_strongest_attack_around_it(mood: str) -> None:
    score = compose(film(), Fraction(90), Asked(mood=mood), seed=5)
    by_start: dict[Fraction, list[int]] = {}
    for note in score.notes:
        by_start.setdefault(note.start, []).append(note.velocity)
    beats = {score.tempo_map.beat_at(hit.time) for hit in score.hits}
    strongest = {beat: max(velocities) for beat, velocities in by_start.items()}
    assert len(score.hits) > 10
    for beat in beats:
        near = [strongest[other] for other in strongest if abs(other - beat) <= 1 and other not in beats]
        assert beat in by_start, "exactly on the grid"
        assert strongest[beat] > max(near, default=0)


@pytest.mark.parametrize("ensemble", ENSEMBLES)
@pytest.mark.parametrize("mood", ["hurry", "love theme", "battle", "comic", "misterioso"])
def test_players_can_play_it(ensemble: str, mood: str) -> None:
    score = compose(film(), Fraction(90), read_asked(f"{mood}, {ensemble}"), seed=2)
    assert set(score.instruments) <= ENSEMBLES[ensemble]
    for name in score.instruments:
        own = [note for note in score.notes if note.instrument == name]
        assert all(1 <= note.velocity <= 127 and note.length > 0 for note in own)
        if name in COMPASS:
            low, high = COMPASS[name]
            assert all(low <= note.pitch <= high for note in own), name
        for sounding in moments(own):
            pitches = [note.pitch for note in sounding]
            assert len(pitches) == len(set(pitches)), f"{name}: one key, two notes"
            assert len(pitches) == 1 or name not in SINGLE, name
            if name in ("piano", "harmonium"):
                assert two_hands(pitches)
            if name == "theatre_organ":
                assert two_hands(pitches) or two_hands(sorted(pitches)[1:])


@pytest.mark.parametrize("solo", ["violin", "cello", "flute", "harp", "harmonium", "bassoon"])
def test_a_solo_instrument_is_alone(solo: str) -> None:
    score = compose(film(40), Fraction(40), read_asked(f"solo {solo}, andante"), seed=1)
    assert set(score.instruments) == {solo}
    assert onsets(score) >= {hit.time for hit in score.hits}


@pytest.mark.parametrize("handle", [Fraction(0), Fraction(1)])
def test_the_last_attack_is_the_last_hit_and_then_it_is_over(handle: Fraction) -> None:
    score = compose(film(61), Fraction(61), Asked(), seed=1, handle=handle)
    assert max(onsets(score)) == Fraction(61) - Fraction(3, 2)
    assert max(score.seconds(note).end for note in score.notes) <= Fraction(61) + handle


def test_a_last_hit_at_the_last_picture_rings_in_the_handle() -> None:
    hits = (Hit(Fraction(0), 1.0, "first"), Hit(Fraction(20), 1.0, "last"))
    score = compose(hits, Fraction(20), Asked(), seed=1, handle=Fraction(2))
    assert max(onsets(score)) == 20
    assert 20 < max(score.seconds(note).end for note in score.notes) <= 22


@pytest.mark.parametrize("tempo", [60.0, 72.0, 84.0, 96.0, 110.0, 126.0])
def test_the_asked_tempo_is_the_median(tempo: float) -> None:
    score = compose(film(300, seed=8), Fraction(300), Asked(tempo=tempo), seed=1)
    tempos = [float(span.tempo) for span in score.tempo_map.spans for _ in range(int(span.seconds * 24))]
    assert statistics.median(tempos) == pytest.approx(tempo, rel=0.02)


@pytest.mark.parametrize("tempo", [66.0, 104.0])
def test_no_span_is_stretched_beyond_what_was_allowed(tempo: float) -> None:
    score = compose(film(120), Fraction(120), Asked(tempo=tempo, stretch=0.08), seed=1)
    assert all(0.92 <= float(span.tempo) / tempo <= 1.08 for span in score.tempo_map.spans)


@pytest.mark.parametrize(("tonic", "mode"), [(2, "minor"), (10, "major"), (6, "minor"), (1, "major")])
def test_it_is_in_the_key_asked(tonic: int, mode: str) -> None:
    """The tonic chord begins and ends it, and the tune keeps to the scale but for a few altered notes."""
    key = Key(tonic, "minor" if mode == "minor" else "major")
    score = compose(film(40), Fraction(40), Asked(key=key), seed=4)
    scale = {
        (tonic + step) % 12 for step in ((0, 2, 3, 5, 7, 8, 10, 11) if mode == "minor" else (0, 2, 4, 5, 7, 9, 11))
    }
    triad = {tonic, (tonic + (3 if mode == "minor" else 4)) % 12, (tonic + 7) % 12}
    last = max(note.start for note in score.notes)
    assert {note.pitch % 12 for note in score.notes if note.start == last} <= triad
    assert min(note.pitch for note in score.notes if note.start == last) % 12 == tonic
    assert {note.pitch % 12 for note in score.notes if note.start == 0} <= triad
    inside = [note.pitch % 12 in scale for note in melody(score)]
    assert sum(inside) / len(inside) > 0.85


def test_takes_are_three_pieces_on_one_plan() -> None:
    takes = [compose(film(120), Fraction(120), Asked(mood="neutral"), seed) for seed in (1, 2, 3)]
    plans = [(take.tempo_map, take.sections, take.hits) for take in takes]
    assert plans[0] == plans[1] == plans[2]
    shares = [four_note_share(takes[one], takes[other]) for one, other in ((0, 1), (0, 2), (1, 2))]
    assert max(shares) < 0.5


@pytest.mark.parametrize("words", ["misterioso, orchestra", "lamento, piano", "love theme, salon", "religioso, organ"])
@pytest.mark.parametrize("seed", [0, 4242])
def test_where_somebody_speaks_throughout_takes_are_pieces_of_their_own_too(words: str, seed: int) -> None:
    """Six takes of a narrated film: no tune, and other chords in other places."""
    lines = [TimeRange(Fraction(start), Fraction(start) + Fraction(29, 10)) for start in range(0, 60, 3)]
    takes = [compose(film(60), Fraction(60), read_asked(words), seed + take, lines) for take in range(6)]
    assert len({(take.tempo_map, take.sections, take.hits) for take in takes}) == 1
    assert max(four_note_share(one, other, top_line) for one, other in combinations(takes, 2)) < 0.5


def test_the_same_seed_gives_the_same_notes() -> None:
    once, again = (compose(film(40), Fraction(40), Asked(ensemble="salon"), seed=9) for _ in range(2))
    assert once == again


@pytest.mark.parametrize("mood", ["neutral", "gallop", "lamento"])
def test_in_ten_minutes_no_phrase_comes_back_more_than_three_times(mood: str) -> None:
    """Eight bars of tune with their rhythm, from any bar of a section, in any key; not even the theme does."""
    score = compose(film(600, seed=11), Fraction(600), Asked(mood=mood), seed=1)
    notes = melody(score)
    heard: Counter[tuple[object, ...]] = Counter()
    for section in score.sections:
        for first in range(len(section.bars) - 7):
            start, end = section.bars[first].start, section.bars[first + 7].end
            own = [note for note in notes if start <= note.start < end]
            if len(own) > 4:
                heard[(*steps([note.pitch for note in own]), *(note.start - start for note in own))] += 1
    assert len(heard) > 50
    assert max(heard.values()) <= 3


def test_the_theme_comes_back() -> None:
    """Sections of one mood begin with one motif: the same rhythm in their first bar, where no cut breaks it."""
    hits = (Hit(Fraction(0), 1.0, "first"), Hit(Fraction(200), 1.0, "last"))
    score = compose(hits, Fraction(202), Asked(), seed=3)
    rhythms: dict[str, set[tuple[Fraction, ...]]] = {}
    for section in score.sections:
        bar = section.bars[0]
        first = tuple(note.start - bar.start for note in melody(score) if bar.start <= note.start < bar.end)
        rhythms.setdefault(section.theme, set()).add(first)
    assert len(score.sections) > len(rhythms) > 1
    assert all(len(found) == 1 for found in rhythms.values())


def test_tunes_move_as_voices_do() -> None:
    """Mostly by step, never by more than an octave, and a large leap is followed by a turn back or a chord."""
    for mood in ("neutral", "lamento", "love theme"):
        tune = [note.pitch for note in melody(compose(film(180), Fraction(180), Asked(mood=mood), seed=6))]
        sizes = [abs(step) for step in steps(tune)]
        assert max(sizes) <= 12
        assert sum(size <= 2 for size in sizes) / len(sizes) > 0.55
        assert sum(size > 7 for size in sizes) / len(sizes) < 0.06


@pytest.mark.parametrize("mood", ["religioso", "neutral", "lamento"])
def test_outer_voices_make_few_parallel_octaves(mood: str) -> None:
    """Two notes of the tune that follow each other, over a bass struck with both: both move, and are octaves apart
    before and after, in under two of a hundred."""
    wrong, pairs = 0, 0
    for seed in range(6):
        score = compose(film(300, seed=5), Fraction(300), Asked(mood=mood), seed=seed)
        low: dict[Fraction, int] = {}
        for note in score.notes:
            if note.role in ("bass", "accent"):
                low[note.start] = min(low.get(note.start, 127), note.pitch)
        for one, two in pairwise(melody(score)):
            if one.start < two.start and one.start in low and two.start in low:
                pairs += 1
                below, then = low[one.start], low[two.start]
                moves = one.pitch != two.pitch and below != then
                wrong += moves and (one.pitch - below) % 12 == 0 == (two.pitch - then) % 12
    assert pairs > 400
    assert wrong / pairs < 0.02


def test_scenes_are_sections_with_their_moods() -> None:
    scenes = [
        Scene(TimeRange(Fraction(0), Fraction(20)), "love", "the garden"),
        Scene(TimeRange(Fraction(30), Fraction(50)), "chase", "the pursuit"),
        Scene(TimeRange(Fraction(50), Fraction(58)), "", "card", held=True),
    ]
    scenes = [Scene(each.span, read_asked(each.mood).mood, each.name, held=each.held) for each in scenes]
    score = compose(film(90), Fraction(90), Asked(mood="pastorale"), seed=1, scenes=scenes)
    found = [(section.name, section.mood) for section in score.sections]
    assert found[:4] == [
        ("the garden", "love theme"), ("pastorale", "pastorale"), ("the pursuit", "hurry"), ("card", "neutral"),
    ]  # fmt: skip
    assert [section.span.start for section in score.sections[:4]] == [0, 20, 30, 50]
    rates = []
    for section in score.sections[:4]:
        count = sum(section.beats[0] <= note.start < section.beats[1] for note in melody(score))
        rates.append(count / float(section.span.duration))
    assert rates[3] < min(rates[0], rates[1], rates[2]), "over a card the music waits"
    assert rates[2] == max(rates)


def test_a_character_has_a_theme() -> None:
    spans = [TimeRange(Fraction(start), Fraction(start + 20)) for start in (0, 20, 40)]
    scenes = [Scene(span, character=name) for span, name in zip(spans, ("Anna", "Otto", "Anna"), strict=True)]
    hits = (Hit(Fraction(0), 1.0, "first"), Hit(Fraction(60), 1.0, "last"))
    score = compose(hits, Fraction(62), Asked(), seed=8, scenes=scenes)
    firsts = []
    for section in score.sections:
        bar = section.bars[0]
        own = [note for note in melody(score) if bar.start <= note.start < bar.end]
        firsts.append(tuple(note.start - bar.start for note in own))
    assert [section.theme for section in score.sections] == ["Anna", "Otto", "Anna"]
    assert firsts[0] == firsts[2] != firsts[1]


@pytest.mark.parametrize("seconds", [1, 2, 5, 9])
def test_short_films_have_music(seconds: int) -> None:
    score = compose((), Fraction(seconds), Asked(ensemble="orchestra"), seed=1)
    assert score.notes
    assert max(score.seconds(note).end for note in score.notes) <= seconds


def test_cuts_nearer_than_a_beat_do_no_harm() -> None:
    hits = [Hit(Fraction(frame, 24)) for frame in range(1, 200)]
    score = compose(hits, Fraction(10), Asked(mood="battle"), seed=1)
    assert onsets(score) >= {hit.time for hit in score.hits}


def test_what_cannot_be_scored_is_refused() -> None:
    with pytest.raises(ArgumentError, match="choose at least a second"):
        compose((), Fraction(1, 2), Asked(), seed=1)
    with pytest.raises(ArgumentError, match="beyond its film"):
        compose((Hit(Fraction(50)),), Fraction(40), Asked(), seed=1)


def test_frames_of_the_film_are_kept() -> None:
    score = compose(film(), Fraction(90), Asked(), seed=5)
    assert all((hit.time * RATE).denominator == 1 for hit in score.hits)
