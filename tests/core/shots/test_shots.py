"""Shots are found where films were joined, on clean and on worn film, and cards where letters stand still."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import opentimelineio as otio
import pytest
from reels import RATE, card, dissolved, faded, grey, shot, worn, write

from talkies.core.arrays import Image
from talkies.core.conditioning.picture.cards import is_card
from talkies.core.conditioning.picture.look import look_at
from talkies.core.shots.cutting import cut_document
from talkies.core.shots.deciding import Join, joins_of
from talkies.core.shots.finding import Shot, find_shots
from talkies.core.shots.measures import ShotMeter
from talkies.core.timeline import read_timeline
from talkies.core.times import TimeRange
from talkies.plugin.cli import main

WORDS = ["But when the night had come", "the old man spoke"]


def joins(frames: list[Image]) -> list[Join]:
    meter = ShotMeter()
    for picture in grey(frames):
        meter.feed(picture)
    return joins_of(meter.finish(), RATE)


def test_cuts_are_found_on_their_frames() -> None:
    film = [*shot(11, 40), *shot(12, 50), *card(WORDS, 36), *shot(13, 40)]
    assert joins(film) == [Join(40, "cut"), Join(90, "cut"), Join(126, "cut")]


def test_a_dissolve_is_one_join_in_its_middle() -> None:
    (found,) = joins(dissolved(shot(11, 60), shot(12, 60), 18))
    assert found.kind == "dissolve"
    assert abs(found.first - 51) <= 2
    assert 12 <= found.span <= 36


@pytest.mark.parametrize("black", [1, 8])
def test_a_fade_through_black_is_one_join(black: int) -> None:
    (found,) = joins(faded(shot(11, 60), shot(12, 60), 10, black))
    assert found.kind == "fade"
    assert abs(found.first - (60 + black // 2)) <= 3


@pytest.mark.parametrize("seed", range(4))
def test_a_worn_reel_has_the_same_cuts(seed: int) -> None:
    film = [*shot(11, 40), *shot(12, 50), *shot(13, 40)]
    assert [join.first for join in joins(worn(film, seed)) if join.kind == "cut"] == [40, 90]


@pytest.mark.parametrize("seed", [11, 12, 13, 21])
def test_one_shot_is_one_shot(seed: int) -> None:
    """A camera that pans, light that falls in and things that move fast are no joins."""
    assert joins(shot(seed, 6 * RATE)) == []


def test_a_flash_and_a_black_frame_are_no_cuts() -> None:
    film = shot(11, 60)
    film[20] = film[20] // 8
    film[40] = film[40] * 0 + 255
    assert [join.kind for join in joins(film)] == []


@pytest.mark.parametrize("seed", [None, 1, 2, 3])
@pytest.mark.parametrize(("light", "framed"), [(False, False), (True, False), (False, True)])
def test_letters_on_an_even_ground_are_a_card(seed: int | None, light: bool, framed: bool) -> None:
    film = card(WORDS, 7, light=light, framed=framed)
    assert is_card(grey(film if seed is None else worn(film, seed)))


@pytest.mark.parametrize("seed", range(31, 37))
def test_a_place_is_no_card_though_nothing_moves(seed: int) -> None:
    assert not is_card(grey(shot(seed, 42)[::6]))
    assert not is_card(grey([shot(seed, 1)[0]] * 7))


def test_an_empty_picture_is_no_card() -> None:
    assert not is_card(grey(card([], 7)))
    assert not is_card([])


@pytest.fixture(scope="module")
def reel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    film = [*shot(11, 40), *card(WORDS, 36, framed=True), *dissolved(shot(12, 50), shot(13, 50), 12)]
    return write(tmp_path_factory.mktemp("reel") / "reel.mkv", worn(film, 2))


def test_a_film_in_one_piece_is_cut_into_shots_that_show_what_it_showed(reel: Path) -> None:
    timeline = read_timeline(reel)
    (segment,) = timeline.segments
    shots = find_shots(segment)
    assert [each.is_card for each in shots] == [False, True, False, False]
    assert [each.record.start for each in shots[:3]] == [0, Fraction(40, RATE), Fraction(76, RATE)]
    assert abs(shots[3].record.start - Fraction(120, RATE)) <= Fraction(3, RATE)
    (track,) = cut_document(timeline, {segment.id: shots}).tracks
    assert [clip.name for clip in track] == ["reel 001", "reel 002 (card)", "reel 003", "reel 004"]
    assert [clip.source_range.start_time.value for clip in track][:3] == [0, 40, 76]
    assert sum(clip.source_range.duration.value for clip in track) == 164
    assert len(timeline.document.tracks[0]) == 1  # what was read is as it was


def test_nothing_is_seen_on_a_card(reel: Path, tmp_path: Path) -> None:
    assert main(["shots", str(reel), "-o", str(tmp_path / "reel.otio")]) == 0
    first, title, *_ = read_timeline(tmp_path / "reel.otio").segments
    seen, on_card = (look_at(each, Fraction(1)).features for each in (first, title))
    assert seen is not None
    assert on_card is not None
    assert seen.sync.any()
    assert not on_card.sync.any()
    assert not on_card.picture.any()


@pytest.mark.parametrize("suffix", [".otio", ".fcpxml", ".xml", ".edl"])
def test_the_cut_film_is_read_back_with_its_shots(reel: Path, tmp_path: Path, suffix: str) -> None:
    assert main(["shots", str(reel), "-o", str(tmp_path / f"cut{suffix}")]) == 0
    again = read_timeline(tmp_path / f"cut{suffix}", reel.parent)
    assert [each.record.start for each in again.segments][:3] == [0, Fraction(40, RATE), Fraction(76, RATE)]
    assert again.duration == Fraction(164, RATE)


def test_markers_stay_with_the_pictures_that_they_mark(reel: Path) -> None:
    timeline = read_timeline(reel)
    clip = timeline.document.tracks[0][0]
    for frame in (10, 60):
        span = otio.opentime.TimeRange(otio.opentime.RationalTime(frame, RATE), otio.opentime.RationalTime(1, RATE))
        clip.markers.append(otio.schema.Marker(f"at {frame}", span))
    (track,) = cut_document(timeline, {"V1-001": find_shots(timeline.segments[0])}).tracks
    assert [[marker.name for marker in each.markers] for each in track][:2] == [["at 10"], ["at 60"]]


def test_a_clip_that_runs_backwards_stays_whole_and_is_named(
    reel: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = read_timeline(reel).document
    document.tracks[0][0].effects.append(otio.schema.LinearTimeWarp(time_scalar=-1.0))
    document.tracks[0][0].media_reference.target_url = str(reel)
    otio.adapters.write_to_file(document, str(tmp_path / "back.otio"))
    assert main(["shots", str(tmp_path / "back.otio"), "-o", str(tmp_path / "cut.otio")]) == 0
    assert "stays whole" in capsys.readouterr().err
    assert len(read_timeline(tmp_path / "cut.otio").segments) == 1


def test_scanned_frames_are_counted_at_the_rate_that_is_asked_for(tmp_path: Path) -> None:
    import cv2

    (tmp_path / "scan").mkdir()
    for number, picture in enumerate([*shot(11, 12), *shot(12, 12)]):
        cv2.imwrite(str(tmp_path / "scan" / f"f_{number:04}.png"), picture)
    assert main(["shots", str(tmp_path / "scan"), "--rate", "16", "-o", str(tmp_path / "cut.otio")]) == 0
    cut = read_timeline(tmp_path / "cut.otio")
    assert cut.rate == 16
    assert [each.record.start for each in cut.segments] == [0, Fraction(12, 16)]


@pytest.mark.parametrize("rate", ["0", "nan", "1e999", "1/0", "fast", "-18", "1000", "1e99999999", "18fps"])
def test_a_rate_that_no_film_has_is_refused(rate: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["shots", str(tmp_path), f"--rate={rate}", "-o", str(tmp_path / "cut.otio")]) == 2
    assert "--rate" in capsys.readouterr().err


def test_clips_of_tracks_with_one_name_are_told_apart(reel: Path, tmp_path: Path) -> None:
    """The upper track's clip begins later in the film; its media counts from an hour on."""
    document = read_timeline(reel).document
    clip = document.tracks[0][0]
    clip.media_reference.target_url = str(reel)
    hour = otio.opentime.RationalTime(3600 * RATE, RATE)
    for span in ("source_range", "media_reference.available_range"):
        holder, name = (clip, span) if "." not in span else (clip.media_reference, span.split(".")[1])
        whole = getattr(holder, name)
        setattr(holder, name, otio.opentime.TimeRange(whole.start_time + hour, whole.duration))
    upper = document.tracks[0].deepcopy()
    whole = upper[0].source_range
    upper[0].source_range = otio.opentime.TimeRange(
        whole.start_time + otio.opentime.RationalTime(30, RATE), otio.opentime.RationalTime(60, RATE)
    )
    document.tracks.append(upper)
    otio.adapters.write_to_file(document, str(tmp_path / "two.otio"))
    assert main(["shots", str(tmp_path / "two.otio"), "-o", str(tmp_path / "cut.otio")]) == 0
    lower, over = otio.adapters.read_from_file(str(tmp_path / "cut.otio")).tracks
    assert [item.source_range.start_time.value - hour.value for item in lower][:3] == [0, 40, 76]
    assert [item.source_range.start_time.value - hour.value for item in over] == [30, 40, 76]


def test_a_clip_whose_film_is_gone_stays_whole_beside_others(
    reel: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = read_timeline(reel).document
    document.tracks[0][0].media_reference.target_url = str(reel)
    gone = document.tracks[0][0].deepcopy()
    gone.media_reference.target_url = str(tmp_path / "gone.mkv")
    document.tracks[0].append(gone)
    otio.adapters.write_to_file(document, str(tmp_path / "both.otio"))
    assert main(["shots", str(tmp_path / "both.otio"), "-o", str(tmp_path / "cut.otio")]) == 0
    assert "gone.mkv" in capsys.readouterr().err
    (track,) = otio.adapters.read_from_file(str(tmp_path / "cut.otio")).tracks
    assert [item.name for item in track][-2:] == ["reel 004", "reel"]


@pytest.mark.parametrize("suffix", [".fcpxml", ".xml", ".edl", ".mlt", ".aaf"])
def test_a_format_that_gives_itself_back_uncut_is_refused(
    reel: Path, tmp_path: Path, suffix: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["shots", str(reel), "-o", str(tmp_path / f"first{suffix}")]) == 0
    out = tmp_path / f"again{suffix}"
    assert main(["shots", str(tmp_path / f"first{suffix}"), "-o", str(out)]) == 2
    assert "uncut" in capsys.readouterr().err
    assert not out.exists()


def test_pieces_add_up_to_a_clip_of_another_rate(reel: Path) -> None:
    """What comes after it stays where it was: 240 frames of 24 on a timeline of 25."""
    timeline = read_timeline(reel)
    clip = timeline.document.tracks[0][0]
    clip.source_range = otio.opentime.TimeRange(otio.opentime.RationalTime(48, 24), otio.opentime.RationalTime(240, 24))
    shown = replace(timeline.segments[0], record=TimeRange(Fraction(0), Fraction(10)), rate=Fraction(25))
    shown = replace(shown, source=TimeRange(Fraction(2), Fraction(12)))
    begins = [Fraction(14 * number, 25) for number in range(7)]
    shots = [Shot(TimeRange(a, b)) for a, b in pairwise([*begins, Fraction(10)])]
    (track,) = cut_document(replace(timeline, segments=(shown,)), {shown.id: shots}).tracks
    spans = [each.source_range for each in track]
    assert len(spans) == 7
    assert spans[0].start_time.value == 48
    assert spans[-1].end_time_exclusive().value == 288
    assert all(one.end_time_exclusive() == other.start_time for one, other in pairwise(spans))


def test_every_frame_counts_at_fifty_a_second(tmp_path: Path) -> None:
    film = [*shot(11, 41), *shot(12, 46), *shot(13, 33)]
    write(tmp_path / "fast.mkv", film, rate=50)
    (segment,) = read_timeline(tmp_path / "fast.mkv").segments
    assert [each.record.start for each in find_shots(segment)] == [0, Fraction(41, 50), Fraction(87, 50)]


def test_leader_and_tail_are_shots_of_their_own() -> None:
    black = [shot(11, 1)[0] * 0] * 40
    film = [*dissolved(black, shot(11, 60), 10), *shot(12, 50)]
    film = dissolved(film, [film[0] * 0] * 50, 10)
    assert [
        (join.kind, abs(join.first - place) <= 5) for join, place in zip(joins(film), (35, 90, 140), strict=True)
    ] == [
        ("fade", True),
        ("cut", True),
        ("fade", True),
    ]
