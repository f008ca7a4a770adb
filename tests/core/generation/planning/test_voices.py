"""Voices are cast for the whole timeline, before anything is made."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from guests import rude_guest

from talkies.core.engines.guests.found import keep
from talkies.core.errors import ArgumentError
from talkies.core.generation.planning.plan import plan_run
from talkies.core.generation.request import Request
from talkies.core.segment import Cue, Segment, Timeline
from talkies.core.times import TimeRange

RATE = Fraction(25)


def span(start: int, end: int) -> TimeRange:
    return TimeRange(Fraction(start), Fraction(end))


def timeline(*speakers: str) -> Timeline:
    """One shot of two seconds for each speaker, who speaks in its first."""
    segments = []
    for index, speaker in enumerate(speakers):
        record = span(2 * index, 2 * index + 2)
        cue = Cue(span(2 * index, 2 * index + 1), "Words.", "speech", speaker, "en")
        segments.append(Segment(f"s{index + 1}", "shot", "V1", record, record, RATE, cues=(cue,)))
    cues = tuple(cue for segment in segments for cue in segment.cues)
    return Timeline(Path("a.otio"), "a", RATE, Fraction(0), Fraction(2 * len(speakers)), tuple(segments), cues)


REQUEST = Request(Path("a.otio"), Path("b.otio"), task="dialogue")


def voices(reel: Timeline, request: Request = REQUEST, given: dict[str, str] | None = None) -> dict[str, str]:
    plan = plan_run(reel, request, given)
    return {stem.speaker: stem.voice for stems in plan.stems.values() for stem in stems}


def test_each_speaker_keeps_one_voice_whichever_shots_are_chosen() -> None:
    reel = timeline("EVE", "ANNA", "BOB", "ANNA")
    whole = voices(reel)
    assert len(set(whole.values())) == 3 and "" not in whole.values()
    assert voices(reel, replace(REQUEST, segments=("s4",))) == {"ANNA": whole["ANNA"]}


def test_one_voice_for_all_lines_and_voices_by_speaker_go_before() -> None:
    reel = timeline("EVE", "ANNA")
    assert set(voices(reel, replace(REQUEST, voice="magnus")).values()) == {"magnus"}
    chosen = voices(reel, given={"ANNA": "kathleen"})
    assert chosen["ANNA"] == "kathleen" != chosen["EVE"]


def test_an_engine_with_voices_of_its_own_gets_none_of_ours() -> None:
    assert set(voices(timeline("EVE", "ANNA"), replace(REQUEST, engine="vssflow")).values()) == {""}


def test_the_voices_that_another_engine_names_are_cast(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALKIES_CONFIG", str(tmp_path / "config.toml"))
    named = [{"name": name, "language": "en", "about": about} for name, about in (("al", "a man"), ("jo", "a woman"))]
    keep(rude_guest(tasks=["dialogue"], voices=named))
    assert voices(timeline("EVE", "BOB"), replace(REQUEST, engine="rude")) == {"EVE": "jo", "BOB": "al"}
    assert voices(timeline("EVE", "BOB"), replace(REQUEST, engine="rude"), {"EVE": "al"})["EVE"] == "al"


def test_a_voice_that_the_engine_does_not_have_is_refused_or_cast_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused where it is asked for by name; cast anew where it was chosen while another engine spoke."""
    monkeypatch.setenv("TALKIES_CONFIG", str(tmp_path / "config.toml"))
    named = [{"name": name, "language": "en", "about": about} for name, about in (("al", "a man"), ("jo", "a woman"))]
    keep(rude_guest(tasks=["dialogue"], voices=named))
    request = replace(REQUEST, engine="rude")
    with pytest.raises(
        ArgumentError, match=r"^voice 'kathleen': is none of engine rude; .*'talkies engines show rude'"
    ):
        plan_run(timeline("EVE"), replace(request, voice="kathleen"))
    plan = plan_run(timeline("EVE", "BOB"), request, {"EVE": "kathleen"})
    assert {stem.speaker: stem.voice for stems in plan.stems.values() for stem in stems} == {"EVE": "jo", "BOB": "al"}
    assert "engine rude has no voice kathleen: jo speaks for EVE" in plan.warnings


def test_two_who_sound_alike_are_told() -> None:
    plan = plan_run(timeline("BOY", "GIRL"), REQUEST)
    assert any("BOY and GIRL" in sentence for sentence in plan.warnings)
