"""Who speaks which cue, and what a take covers; positions are drawn in the tests' comments."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talkies.core.errors import ArgumentError
from talkies.core.generation.planning.stems import choose_segments, owners, stems_of
from talkies.core.generation.request import Request, Task
from talkies.core.segment import Cue, Segment, Stem, Timeline
from talkies.core.times import TimeRange

RATE = Fraction(25)


def span(start: float, end: float) -> TimeRange:
    return TimeRange(Fraction(start).limit_denominator(1000), Fraction(end).limit_denominator(1000))


def timeline(cuts: list[float], cues: list[Cue], track: str = "V1") -> Timeline:
    segments = []
    for number, (start, end) in enumerate(pairwise(cuts), start=1):
        record = span(start, end)
        over = tuple(cue for cue in cues if cue.range.overlap(record))
        segments.append(Segment(f"s{number}", f"shot {number}", track, record, record, RATE, cues=over))
    duration = Fraction(cuts[-1]).limit_denominator(1000)
    return Timeline(Path("reel.otio"), "reel", RATE, Fraction(0), duration, tuple(segments), tuple(cues))


def planned(reel: Timeline, task: Task = "both", prompt: str = "") -> list[Stem]:
    request = Request(Path("reel.otio"), Path("out.otio"), task=task, prompt=prompt)
    return [stem for segment in reel.segments for stem in stems_of(reel, segment, request, owners(reel))]


def test_both_gives_effects_everywhere_and_dialogue_where_someone_speaks() -> None:
    reel = timeline([0, 4, 8], [Cue(span(1, 2), "Hello."), Cue(span(5, 6), "door slams", "sound")])
    assert [(stem.segment.id, stem.name) for stem in planned(reel)] == [("s1", "DX"), ("s1", "FX"), ("s2", "FX")]


def test_each_speaker_has_a_stem() -> None:
    cues = [
        Cue(span(0, 1), "a", speaker="ANNA"),
        Cue(span(1, 2), "b", speaker="BORIS"),
        Cue(span(2, 3), "c", speaker="ANNA"),
    ]
    stems = planned(timeline([0, 4], cues), "dialogue")
    assert [(stem.speaker, [cue.text for cue in stem.cues]) for stem in stems] == [
        ("ANNA", ["a", "c"]),
        ("BORIS", ["b"]),
    ]


def test_sound_descriptions_keep_their_own_time_beside_the_users_prompt() -> None:
    sounds = [Cue(span(0, 1), "door slams", "sound"), Cue(span(2, 3), "door slams", "sound")]
    (stem,) = planned(timeline([0, 4], sounds), "foley", prompt=" steps on gravel ")
    assert (stem.prompt, stem.sounds, stem.cues) == ("steps on gravel", tuple(sounds), ())


def test_a_sound_over_a_cut_is_of_both_shots() -> None:
    rain = Cue(span(3, 6), "rain", "sound")
    assert [stem.sounds for stem in planned(timeline([0, 4, 8, 9], [rain]), "foley")] == [(rain,), (rain,), ()]


def test_joint_is_one_stem_with_everything() -> None:
    reel = timeline([0, 4], [Cue(span(0, 1), "Hello."), Cue(span(2, 3), "door slams", "sound")])
    (stem,) = planned(reel, "joint")
    assert (stem.name, len(stem.cues), stem.prompt) == ("MIX", 1, "")
    assert [cue.text for cue in stem.sounds] == ["door slams"]


def test_a_cue_over_a_cut_is_spoken_once_and_the_take_reaches_over() -> None:
    #   |----- s1 -----4----- s2 -----8
    #             3.0======4.5   6==7
    reel = timeline([0, 4, 8], [Cue(span(3, 4.5), "over the cut"), Cue(span(6, 7), "later")])
    stems = planned(reel, "dialogue")
    assert [[cue.text for cue in stem.cues] for stem in stems] == [["over the cut"], ["later"]]
    assert stems[0].record == TimeRange(Fraction(0), Fraction(113, 25))  # 4.5 s is within frame 112
    assert stems[1].record == TimeRange(Fraction(113, 25), Fraction(8))


def test_a_cue_that_begins_early_belongs_to_the_later_shot() -> None:
    #   |----- s1 -----4----- s2 -----8
    #     1==2        3.6=======6
    reel = timeline([0, 4, 8], [Cue(span(1, 2), "first"), Cue(span(3.6, 6), "early")])
    first, second = planned(reel, "dialogue")
    assert first.record == span(0, 3.6)
    assert second.record == span(3.6, 8)


def test_another_speaker_does_not_make_way() -> None:
    cues = [Cue(span(3, 4.4), "over", speaker="ANNA"), Cue(span(6, 7), "later", speaker="BORIS")]
    assert [stem.record for stem in planned(timeline([0, 4, 8], cues), "dialogue")] == [span(0, 4.4), span(4, 8)]


def test_effects_stay_with_their_picture() -> None:
    stems = planned(timeline([0, 4, 8], [Cue(span(3, 4.5), "over the cut")]), "foley")
    assert [stem.record for stem in stems] == [span(0, 4), span(4, 8)]


def test_a_take_never_leaves_the_timeline() -> None:
    (stem,) = planned(timeline([0, 4], [Cue(span(3, 9), "too long")]), "dialogue")
    assert stem.record == span(0, 4)


@given(st.lists(st.tuples(st.integers(0, 900), st.integers(1, 200)), max_size=12))
def test_every_cue_over_picture_is_spoken_exactly_once(raw: list[tuple[int, int]]) -> None:
    cues = [Cue(TimeRange(Fraction(a, 100), Fraction(a + n, 100)), str(index)) for index, (a, n) in enumerate(raw)]
    stems = planned(timeline([0, 2, 3.52, 7, 10], cues), "dialogue")
    said = [cue.text for stem in stems for cue in stem.cues]
    assert sorted(said) == sorted(cue.text for cue in cues)
    for stem in stems:
        assert (stem.record.start * RATE).denominator == 1
        for cue in stem.cues:
            assert stem.record.start <= cue.range.start
            assert stem.record.end >= min(cue.range.end, Fraction(10))


def test_an_unknown_segment_names_the_nearest() -> None:
    with pytest.raises(ArgumentError, match="'s2'"):
        choose_segments(timeline([0, 4, 8], []), ["s22"])


def test_chosen_segments_come_in_the_timelines_order() -> None:
    chosen = choose_segments(timeline([0, 4, 8, 9], []), ["s3", "s1"])
    assert [segment.id for segment in chosen] == ["s1", "s3"]


def test_a_timeline_without_picture_is_refused() -> None:
    with pytest.raises(ArgumentError, match="no picture"):
        choose_segments(timeline([0], []), [])
