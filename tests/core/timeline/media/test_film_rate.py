"""Films whose files state another rate than they were shot at: each picture is shown once, for as long as it should."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import opentimelineio as otio
import pytest
from engines import load_tones
from reels import SIZE, shot, write

from talkies.core.arrays import Image
from talkies.core.errors import ArgumentError
from talkies.core.events import Finished
from talkies.core.generation.made_takes import made_takes
from talkies.core.generation.redo import redo
from talkies.core.generation.render import render
from talkies.core.generation.request import Request
from talkies.core.media.movie import Movie
from talkies.core.media.picture import picture_frames
from talkies.core.segment import Segment
from talkies.core.timeline import read_timeline
from talkies.core.times import AUTO_RATE
from talkies.plugin.cli import main

SHOTS = (40, 30, 25)
"""Pictures of each shot of the film, 24 a second by its file."""
SHOT_AT = Fraction(18)
CUTS = [Fraction(sum(SHOTS[:number])) / SHOT_AT for number in range(len(SHOTS) + 1)]


def pictures() -> list[Image]:
    return [picture for seed, frames in zip((11, 13, 17), SHOTS, strict=True) for picture in shot(seed, frames)]


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("film") / "reel.mkv", pictures(), 24)


def named(film: Path, folder: Path, name: str) -> Path:
    shutil.copy(film, folder / name)
    return folder / name


def shown(segment: Segment) -> list[np.ndarray]:
    """The pictures of a segment, small, one for each of its frames."""
    frames = list(picture_frames(segment, height=48, closest=Fraction(0)))
    assert [frame.time for frame in frames] == [number / segment.rate for number in range(len(frames))]
    return [np.asarray(frame.image, np.float32) for frame in frames]


def in_file(path: Path, count: int) -> list[np.ndarray]:
    with Movie(path) as movie:
        scale = movie.scaler(48)
        return [np.asarray(scale(frame), np.float32) for _, frame in movie.frames(Fraction(0), Fraction(count, 24))]


def test_each_picture_is_shown_once_and_longer(film: Path) -> None:
    timeline = read_timeline(film, rate=SHOT_AT)
    (segment,) = timeline.segments
    assert (timeline.rate, timeline.duration, segment.speed) == (18, CUTS[-1], Fraction(3, 4))
    assert (
        "reel.mkv: states 24 pictures a second and is shown at 18 pictures a second: it lasts 5.3 s in place of 4.0 s"
        in (timeline.warnings)
    )
    ours, of_file = shown(segment), in_file(film, sum(SHOTS))
    assert len(ours) == len(of_file) == sum(SHOTS)
    assert all(np.abs(one - other).max() <= 2 for one, other in zip(ours, of_file, strict=True))


@pytest.mark.parametrize("rate", [Fraction(16), Fraction(18), Fraction(20), Fraction(24000, 1001), Fraction(30)])
def test_it_is_cut_where_its_shots_begin_and_read_back_so(film: Path, tmp_path: Path, rate: Fraction) -> None:
    request = Request(film, tmp_path / "out.otio", task="foley", background="off", shots="detect", rate=rate)
    *_, last = render(request, load_engine=load_tones)
    assert isinstance(last, Finished)
    cuts = [cut * SHOT_AT / rate for cut in CUTS]
    assert [(take.record.start, take.record.end) for take in last.takes] == list(pairwise(cuts))
    again = read_timeline(tmp_path / "out.otio", film.parent)
    assert (again.rate, [each.record.start for each in again.segments]) == (rate, cuts[:-1])
    of_file = in_file(film, sum(SHOTS))
    for segment, first in zip(again.segments, (0, *np.cumsum(SHOTS)), strict=False):
        ours = shown(segment)
        assert all(np.abs(one - of_file[first + number]).max() <= 2 for number, one in enumerate(ours))


def test_other_editors_are_told_of_it_by_a_retime(film: Path, tmp_path: Path) -> None:
    """By OpenTimelineIO itself: the clip lasts longer, and consumes the whole file."""
    assert main(["shots", str(film), "--rate", "18", "-o", str(tmp_path / "cut.otio")]) == 0
    clips = list(otio.adapters.read_from_file(str(tmp_path / "cut.otio")).find_clips())
    assert [clip.effects[0].time_scalar for clip in clips] == [0.75] * 3
    assert [clip.source_range.duration for clip in clips] == [otio.opentime.RationalTime(each, 18) for each in SHOTS]
    starts = [clip.source_range.start_time for clip in clips]
    assert starts == [otio.opentime.RationalTime(each, 24) for each in (0, 40, 70)]


@pytest.mark.parametrize("suffix", [".fcpxml", ".edl", ".xml", ".mlt"])
def test_every_format_keeps_how_long_a_shot_lasts(film: Path, tmp_path: Path, suffix: str) -> None:
    assert main(["shots", str(film), "--rate", "12", "-o", str(tmp_path / f"cut{suffix}")]) == 0
    again = read_timeline(tmp_path / f"cut{suffix}", film.parent)
    cuts = [cut * SHOT_AT / 12 for cut in CUTS]
    assert [each.record.start for each in again.segments] == pytest.approx(cuts[:-1], abs=1 / 24)
    assert float(again.duration) == pytest.approx(float(cuts[-1]), abs=1 / 24)
    assert [float(each.speed) for each in again.segments] == pytest.approx([0.5] * 3, abs=0.02)


def test_subtitles_beside_the_film_stay_with_its_pictures(film: Path, tmp_path: Path) -> None:
    copy = named(film, tmp_path, "reel.mkv")
    copy.with_suffix(".srt").write_text("1\n00:00:01,500 --> 00:00:02,250\nHello.\n", encoding="utf-8")
    (cue,) = read_timeline(copy, rate=SHOT_AT).cues
    assert (cue.range.start, cue.range.end) == (2, 3)
    assert main(["shots", str(copy), "--rate", "18", "-o", str(tmp_path / "cut.otio")]) == 0
    again = read_timeline(tmp_path / "cut.otio")
    assert [(cue.range.start, cue.range.end, cue.text) for cue in again.cues] == [(2, 3, "Hello.")]  # over a cut


def test_a_line_over_two_cuts_is_said_once_and_two_equal_ones_twice(film: Path, tmp_path: Path) -> None:
    """At a rate, too, whose speed is no short fraction; "No." and "No." meet where the first shot ends."""
    copy, cut = named(film, tmp_path, "reel.mkv"), Fraction(SHOTS[0], 24)
    lines = [(1.0, 3.9, "On and on."), (1.2, float(cut), "No."), (float(cut), 2.2, "No.")]
    cues = [f"00:00:{start:06.3f} --> 00:00:{end:06.3f}\n{text}\n" for start, end, text in lines]
    copy.with_suffix(".vtt").write_text("\n".join(["WEBVTT\n", *cues]), encoding="utf-8")
    for rate in ("24", "16.7", "18"):
        out = tmp_path / f"cut{rate}.otio"
        assert main(["shots", str(copy), "--rate", rate, "-o", str(out)]) == 0
        assert sorted(cue.text for cue in read_timeline(out).cues) == ["No.", "No.", "On and on."]


def test_takes_at_another_rate_are_made_again_from_their_own_words(film: Path, tmp_path: Path) -> None:
    copy = named(film, tmp_path, "reel 18fps.mkv")
    for rate in (SHOT_AT, AUTO_RATE, None):
        out = tmp_path / f"out{rate and len(str(rate))}.otio"
        list(render(Request(copy, out, task="foley", shots="detect", rate=rate), load_engine=load_tones))
        again = list(redo(made_takes(out), load_engine=load_tones))
        assert len(again) == 2 * len(SHOTS) and all(each.is_same for each in again)


def test_the_files_own_rate_in_decimals_is_the_files_own(tmp_path: Path) -> None:
    film = write(tmp_path / "ntsc.mkv", pictures()[:30], Fraction(30000, 1001))  # type: ignore[arg-type]
    timeline = read_timeline(film, rate=Fraction("29.97"))
    assert timeline.rate == Fraction(30000, 1001) and timeline.segments[0].speed == 1 and not timeline.warnings


def test_the_name_of_the_folder_counts_however_the_film_is_named(
    film: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "18fps").mkdir()
    named(film, tmp_path / "18fps", "a.mkv")
    monkeypatch.chdir(tmp_path / "18fps")
    assert read_timeline(Path("a.mkv"), rate=AUTO_RATE).rate == 18


@pytest.mark.parametrize("rate", [Fraction(0), Fraction(-5), Fraction(500), Fraction(1, 10_000)])
def test_a_rate_that_no_film_has_is_refused_of_whoever_asks(film: Path, tmp_path: Path, rate: Fraction) -> None:
    with pytest.raises(ArgumentError, match=r"--rate: .* is out of range"):
        Request(film, tmp_path / "out.otio", rate=rate)


def test_markers_stay_with_the_pictures_that_they_mark(film: Path, tmp_path: Path) -> None:
    """One marker a tenth of a second, on clips that run at half and at double speed: each is in one piece."""
    for speed in (0.5, 2.0):
        document = read_timeline(film).document
        clip = document.tracks[0][0]
        clip.media_reference.target_url = str(film)
        clip.source_range = otio.opentime.TimeRange(clip.source_range.start_time, otio.opentime.RationalTime(47, 24))
        clip.effects.append(otio.schema.LinearTimeWarp(time_scalar=speed))
        for number in range(0, 95, 5):
            time = otio.opentime.TimeRange(otio.opentime.RationalTime(number, 24), otio.opentime.RationalTime(1, 24))
            clip.markers.append(otio.schema.Marker(name=str(number), marked_range=time))
        otio.adapters.write_to_file(document, str(tmp_path / "fast.otio"))
        assert main(["shots", str(tmp_path / "fast.otio"), "-o", str(tmp_path / "cut.otio")]) == 0
        pieces = list(otio.adapters.read_from_file(str(tmp_path / "cut.otio")).find_clips())
        assert len(pieces) == (1 if speed < 1 else 3)
        begins = [piece.source_range.start_time.rescaled_to(24).value for piece in pieces]
        for piece, begin, end in zip(pieces, begins, [*begins[1:], 95], strict=True):
            assert [marker.name for marker in piece.markers] == [str(n) for n in range(0, 95, 5) if begin <= n < end]


def test_a_name_that_says_otherwise_is_said_and_believed_when_asked(film: Path, tmp_path: Path) -> None:
    copy = named(film, tmp_path, "reel 18fps.mkv")
    as_stated = read_timeline(copy)
    assert as_stated.rate == 24 and "--rate auto" in " ".join(as_stated.warnings)
    guessed = read_timeline(copy, rate=AUTO_RATE)
    assert guessed.rate == 18 and "as its name says: it lasts 5.3 s" in " ".join(guessed.warnings)
    assert "its name says no rate" in " ".join(read_timeline(film, rate=AUTO_RATE).warnings)
    assert not read_timeline(named(film, tmp_path, "reel 24fps.mkv")).warnings


@pytest.mark.parametrize(("rate", "every"), [(24, 3), (25, 0)])
def test_a_film_that_repeats_its_pictures_runs_as_fast_as_it_was_shot(tmp_path: Path, rate: int, every: int) -> None:
    """18 pictures a second for 24: each third one twice; for 25: as a projector would, the one that is next."""

    def copied(film: Sequence[Image]) -> list[Image]:
        count = len(film) * rate // 18
        if every:
            return [picture for number, picture in enumerate(film) for _ in range(2 if number % every == 0 else 1)]
        return [film[number * 18 // rate] for number in range(count)]

    film = write(tmp_path / "reel_18fps.mkv", copied(pictures()), rate)
    timeline = read_timeline(film, rate=AUTO_RATE)
    assert timeline.rate == rate and "runs as fast as it was shot" in " ".join(timeline.warnings)


def test_where_nothing_moves_the_name_decides(tmp_path: Path) -> None:
    still = [np.full((SIZE[1], SIZE[0], 3), 90, np.uint8)] * 60
    assert read_timeline(write(tmp_path / "still_18fps.mkv", still, 24), rate=AUTO_RATE).rate == 18


def test_a_film_without_a_constant_rate_has_no_other(tmp_path: Path) -> None:
    from films import write_variable_rate

    with pytest.raises(ArgumentError, match="no constant frame rate"):
        read_timeline(write_variable_rate(tmp_path / "phone.mp4"), rate=SHOT_AT)


def test_a_batch_asks_it_of_each_film(film: Path, tmp_path: Path) -> None:
    named(film, tmp_path, "one 18fps.mkv")
    (tmp_path / "list.csv").write_text("reel,rate\none 18fps.mkv,auto\n", encoding="utf-8")
    arguments = ["batch", str(tmp_path / "list.csv"), "-o", str(tmp_path / "made"), "--task", "background"]
    assert main([*arguments, "--workers", "1"]) == 0
    (made,) = (tmp_path / "made").rglob("*.otio")
    assert read_timeline(made, tmp_path).rate == 18
