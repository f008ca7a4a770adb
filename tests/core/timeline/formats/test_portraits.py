"""Portraits in every format: on a track of picture above all others, exact, known again, and nothing else changed."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from xml.etree import ElementTree

import melt
import numpy as np
import opentimelineio as otio
import pytest
from engines import load_tones
from fcpxml_rules import broken_rules
from speaking_stills import FIRST, numbers_in, portrayed, use_numbered, write_stills
from timeline_facts import facts, lost, unnamed

from talkies.core.destinations import losses, preflight
from talkies.core.errors import TalkiesError
from talkies.core.generation.made_takes import made_takes
from talkies.core.generation.redo import redo
from talkies.core.media.sound import read_sound
from talkies.core.segment import Timeline
from talkies.core.timeline import read_timeline
from talkies.core.timeline.our_tracks import our_tracks, without_our_tracks
from talkies.core.timeline.structure.sounds import is_picture_name, our_picture_tracks
from talkies.core.turnover.from_timeline import takes_in

FORMATS = (".otio", ".otioz", ".otiod", ".xml", ".fcpxml", ".fcpxmld", ".mlt", ".kdenlive", ".aaf")
FOR_EDITORS = (".resolve.otio", ".kdenlive.otio")
RATES = (Fraction(25), Fraction(24000, 1001))
FAR = 90_000
"""Frame at which the timeline starts."""


@pytest.fixture
def pictures(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    use_numbered(monkeypatch)
    yield


pytestmark = pytest.mark.usefixtures("pictures")


def placed(timeline: Timeline) -> list[tuple[str, int, int, int]]:
    """Name, first frame, frames and first picture of each portrait that is shown."""
    rate = timeline.rate
    return [
        (
            clip.name,
            round(clip.record.start * rate),
            round(clip.record.duration * rate),
            round(clip.source.start * rate),
        )
        for track in our_picture_tracks(timeline)
        for clip in track.clips
        if clip.enabled
    ]


def expected(rate: Fraction) -> list[tuple[str, int, int, int]]:
    first, second = (round(3 * rate), round(2 * rate))
    return [("PX_V1-001_shot-1_t01", 0, first, 0), ("PX_V1-003_shot-3_t01", 2 * first, second, 0)]


def kinds(timeline: Timeline) -> list[str]:
    """Names of the tracks of picture, from below."""
    return [track.name for track in timeline.document.tracks if track.kind == "Video"]


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("suffix", (*FORMATS, *FOR_EDITORS))
def test_portraits_lie_on_their_frames_above_everything(suffix: str, rate: Fraction, tmp_path: Path) -> None:
    reel = write_stills(tmp_path, rate, FAR)
    out = tmp_path / f"out{suffix}"
    made = {take.name: take for take in portrayed(reel, out).takes}
    after = read_timeline(out)
    assert placed(after) == expected(rate)
    assert is_picture_name(kinds(after)[-1])
    assert [segment.track for segment in after.segments] == ["V1"] * 3
    for take in takes_in(after):
        written = made[take.name]
        assert (take.stem, take.segment_id, take.number) == (written.stem, written.segment_id, 1)
        assert take.path.read_bytes() == written.path.read_bytes() or not take.is_picture


@pytest.mark.parametrize("suffix", FORMATS)
def test_nothing_else_changes_unless_it_is_said(suffix: str, tmp_path: Path) -> None:
    reel = write_stills(tmp_path)
    before, out = read_timeline(reel), tmp_path / f"out{suffix}"
    portrayed(reel, out)
    shutil.copyfile(reel.with_suffix(".srt"), tmp_path / "out.srt")  # words beside a timeline go with its name
    assert not unnamed(lost(facts(before), facts(read_timeline(out))), losses(before, out))


@pytest.mark.parametrize("suffix", FORMATS)
def test_the_next_run_takes_the_place_of_the_one_before(suffix: str, tmp_path: Path) -> None:
    reel, out = write_stills(tmp_path), tmp_path / f"out{suffix}"
    portrayed(reel, out)
    portrayed(reel, out, seed=3)
    after = read_timeline(out)
    assert placed(after) == expected(Fraction(25))
    assert [track.name for track in our_tracks(after) if track.stem == "PX"] == ["PX talkies"]


@pytest.mark.parametrize("suffix", [".otio", ".xml", ".fcpxml", ".mlt", ".kdenlive", ".aaf"])
def test_a_timeline_that_has_portraits_can_be_given_new_ones(suffix: str, tmp_path: Path) -> None:
    """As the panel writes: ours are taken out of what was read, in its own format, and new ones put in."""
    from talkies.core.destinations import write_timeline

    out, again = tmp_path / f"out{suffix}", tmp_path / f"again{suffix}"
    portrayed(write_stills(tmp_path), out)
    timeline = read_timeline(out)
    takes = takes_in(timeline)
    write_timeline(without_our_tracks(timeline), [], again)
    assert not our_tracks(read_timeline(again))
    write_timeline(without_our_tracks(timeline), takes, again)
    assert placed(read_timeline(again)) == expected(Fraction(25))


@pytest.mark.parametrize("suffix", [".otio", ".xml", ".fcpxml", ".mlt", ".kdenlive", ".aaf"])
def test_second_takes_are_there_and_not_shown(suffix: str, tmp_path: Path) -> None:
    out = tmp_path / f"out{suffix}"
    portrayed(write_stills(tmp_path), out, takes=2)
    after = read_timeline(out)
    assert placed(after) == expected(Fraction(25))
    hidden = [clip.name for track in our_picture_tracks(after) for clip in track.clips if not clip.enabled]
    assert hidden == ["PX_V1-001_shot-1_t02", "PX_V1-003_shot-3_t02"]
    assert len(after.segments) == 3
    numbers = {take.name: take.number for take in takes_in(after) if take.is_picture}
    assert sorted(numbers.values()) == [1, 1, 2, 2]


@pytest.mark.melt
@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("suffix", [".mlt", ".kdenlive"])
def test_melt_shows_the_portraits_frame_for_frame(suffix: str, rate: Fraction, tmp_path: Path) -> None:
    out = tmp_path / f"out{suffix}"
    portrayed(write_stills(tmp_path, rate), out)
    melt.render_pictures(out, tmp_path / "seen.mkv")
    shown, (first, second) = numbers_in(tmp_path / "seen.mkv"), (round(3 * rate), round(2 * rate))
    assert shown[:first] == [FIRST + number for number in range(first)]
    assert shown[first : 2 * first] == list(range(first))  # the film of the second shot
    assert shown[2 * first :] == [FIRST + number for number in range(second)]


@pytest.mark.melt
@pytest.mark.parametrize("suffix", [".mlt", ".kdenlive", ".otio"])
def test_melt_hears_the_dialogue_once_and_on_its_sample(suffix: str, tmp_path: Path) -> None:
    out, heard = tmp_path / f"out{suffix}", tmp_path / "heard.wav"
    done = portrayed(write_stills(tmp_path), out, handles=Fraction(0))
    (melt.render_with_melt if suffix == ".otio" else melt.render_project)(out, heard)
    mixed = read_sound(heard, mono=False)[0]
    for take in done.takes:
        if not take.is_picture:
            sound = read_sound(take.path, mono=True).reshape(-1)
            at = round(take.record.start * 48000)
            assert np.abs(mixed[at : at + len(sound)] - sound * np.sqrt(0.5)).max() < 2e-4  # mono in the middle


def test_final_cut_gets_clips_that_its_rules_allow(tmp_path: Path) -> None:
    out = tmp_path / "out.fcpxml"
    portrayed(write_stills(tmp_path, start=FAR), out)
    assert not broken_rules(out)
    shown = [clip for clip in ElementTree.parse(out).iter("asset-clip") if clip.get("videoRole")]
    assert [(clip.get("lane"), clip.get("videoRole")) for clip in shown] == [
        ("2", "portrait.talkies")
    ] * 2  # captions are on 1


def test_resolve_gets_a_track_of_picture_without_an_audio_type(tmp_path: Path) -> None:
    out = tmp_path / "out.resolve.otio"
    portrayed(write_stills(tmp_path, start=FAR), out)
    document = otio.adapters.read_from_file(str(out))
    track = document.tracks[-1]
    assert (track.name, track.kind) == ("PX talkies", "Video")
    assert "Audio Type" not in track.metadata["Resolve_OTIO"]
    media = [clip.media_reference for clip in track.find_clips()]
    assert [reference.available_range.start_time.value for reference in media] == [0, 0]
    assert all(Path(reference.target_url).is_file() for reference in media)


def test_an_edl_has_its_portraits_in_a_list_of_their_own_and_says_so(tmp_path: Path) -> None:
    reel, out = write_stills(tmp_path), tmp_path / "out.edl"
    done = portrayed(reel, out)
    assert any("NAME.PX-talkies.edl" in each for each in done.report["warnings"])
    events = [line for line in (tmp_path / "out.PX-talkies.edl").read_text().splitlines() if line[:3].isdigit()]
    assert [line.split()[2:] for line in events] == [
        ["V", "C", "00:00:00:00", "00:00:03:00", "00:00:00:00", "00:00:03:00"],
        ["V", "C", "00:00:00:00", "00:00:02:00", "00:00:06:00", "00:00:08:00"],
    ]
    assert "PX_" not in out.read_text()


def test_a_list_of_portraits_that_is_written_anew_says_so(tmp_path: Path) -> None:
    reel, out = write_stills(tmp_path), tmp_path / "out.edl"
    assert not any("written anew" in each for each in portrayed(reel, out).report["warnings"])
    again = portrayed(reel, out, segments=("V1-001",))
    assert any("out.PX-talkies.edl: is written anew" in each for each in again.report["warnings"])


@pytest.mark.parametrize("change", ["gone", "speed", "generator", "nested", "facts", "sound"])
def test_a_track_of_portraits_by_anybody_gets_one_sentence(change: str, tmp_path: Path) -> None:
    """Reading, taking over and making again never end in anything but a sentence."""
    reel, out = write_stills(tmp_path), tmp_path / "out.otio"
    portrayed(reel, out)
    document = otio.adapters.read_from_file(str(out))
    track = document.tracks[-1]
    clip = next(iter(track.find_clips()))
    if change == "gone":
        clip.media_reference.target_url = "nowhere.mp4"
    elif change == "speed":
        clip.effects.append(otio.schema.LinearTimeWarp(time_scalar=2.0))
    elif change == "generator":
        clip.media_reference = otio.schema.GeneratorReference(generator_kind="bars")
    elif change == "nested":
        track[0] = otio.schema.Stack(source_range=clip.source_range, children=[clip.clone()])
    elif change == "facts":
        clip.metadata["talkies"] = {"film": ["h264"], "take": "x", "made_from": 3, "channels": {}, "segment": [1]}
    else:
        track.kind = "Audio"
    otio.adapters.write_to_file(document, str(out))
    timeline = read_timeline(out)
    assert [segment.id for segment in timeline.segments] == ["V1-001", "V1-002", "V1-003"]
    our_tracks(timeline)
    for reading in (lambda: takes_in(timeline), lambda: portrayed(reel, out, segments=("V1-003",))):
        said = ""
        try:
            reading()
        except TalkiesError as error:
            said = str(error)
        assert "\n" not in said
    assert all("\n" not in each.problem for each in redo(made_takes(out), load_engine=load_tones))


def test_stems_hold_sound_alone_and_say_so(tmp_path: Path) -> None:
    done = portrayed(write_stills(tmp_path), tmp_path / "out.stems")
    assert any("the portraits are beside it" in each for each in done.report["warnings"])
    assert [path.name for path in sorted((tmp_path / "out.stems").glob("*.wav"))] == [
        "reel_DX_talkies.wav",
        "reel_DX_talkies_2.wav",
    ]
    assert len(list((tmp_path / "out.takes").glob("PX*.mp4"))) == 2


@pytest.mark.parametrize("suffix", [".edl", ".stems"])
def test_nothing_is_said_of_portraits_where_there_are_none(suffix: str, tmp_path: Path) -> None:
    timeline = read_timeline(write_stills(tmp_path))
    assert not any("portrait" in each for each in preflight(timeline, tmp_path / f"out{suffix}"))
