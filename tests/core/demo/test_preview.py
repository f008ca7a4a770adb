"""The preview: a movie read back with PyAV, its picture and its sound found where the timeline has them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from films import write_movie, write_reel

from talkies.core.demo.preview import write_preview
from talkies.core.errors import OutputError
from talkies.core.media.sound import read_sound
from talkies.core.media.timeline_movie import boxed, pictures
from talkies.core.media.wav.bwf import write_bwf
from talkies.core.segment import Take, Timeline
from talkies.core.timeline import read_timeline
from talkies.core.times import TimeRange

SHIFTED = 12  # pixels that the white square of films.write_movie jumps at each flash, in a picture 64 wide


def tone_take(path: Path, start: Fraction, end: Fraction, number: int = 1) -> Take:
    """A tone at -6 dB over the whole stretch."""
    record = TimeRange(start, end)
    times = np.arange(record.samples(48_000)[1]) / 48_000
    write_bwf(path, [(0.5 * np.sin(2 * np.pi * 1000 * times)).astype(np.float32)[None]])
    return Take("V1-001", "FX", path.stem, path, record, 48_000, number=number)


def square_left(image: np.ndarray) -> float:
    """Where the white square begins, as a share of the picture's width without its black sides."""
    bright = np.flatnonzero(image[180, :, 0] > 180)
    return float((bright[0] - 80) / 480)  # 4:3 in 16:9: 80 black columns on both sides


@pytest.fixture
def timeline(tmp_path: Path) -> Timeline:
    write_movie(tmp_path / "film.mp4", 3, flashes=(0.98, 1.58))
    return read_timeline(write_reel(tmp_path / "reel.otio", ["film.mp4", "film.mp4"], start=25))


def test_every_frame_of_the_timeline_shows_what_the_clip_shows_then(timeline: Timeline) -> None:
    images = list(pictures(timeline))
    assert len(images) == 50
    assert {image.shape for image in images} == {(360, 640, 3)}
    for shot in (0, 25):  # each shot begins at second 1 of the film: the square jumps at frame 0 and at frame 15
        assert square_left(images[shot]) == pytest.approx((8 + SHIFTED) / 64, abs=0.02)
        assert square_left(images[shot + 14]) == pytest.approx((8 + SHIFTED) / 64, abs=0.02)
        assert square_left(images[shot + 15]) == pytest.approx((8 + 2 * SHIFTED) / 64, abs=0.02)


def test_where_there_is_no_picture_it_is_black(timeline: Timeline) -> None:
    first, second = timeline.segments
    later = replace(second, record=second.record.shifted(Fraction(2)), picture=None)
    spread = replace(timeline, segments=(first, later), duration=Fraction(5))
    images = list(pictures(spread))
    assert len(images) == 125
    assert all(image.max() > 180 for image in images[:25])
    assert not any(image.any() for image in images[25:])


def test_any_shape_lies_in_the_middle() -> None:
    for height, width, box in (
        (100, 100, (140, 0, 360, 360)),
        (90, 360, (0, 100, 640, 160)),
        (36, 64, (0, 0, 640, 360)),
    ):
        whole = boxed(np.full((height, width, 3), 200, np.uint8))
        left, top, wide, high = box
        assert (whole[top : top + high, left : left + wide] == 200).all()
        assert int((whole > 0).sum()) == wide * high * 3


def test_the_movie_holds_every_frame_and_the_first_takes_where_they_belong(timeline: Timeline, tmp_path: Path) -> None:
    takes = [
        tone_take(tmp_path / "fx.wav", Fraction(1, 2), Fraction(3, 2)),
        tone_take(tmp_path / "fx2.wav", Fraction(0), Fraction(2), number=2),
    ]
    out = tmp_path / "new" / "preview.mp4"
    write_preview(timeline, takes, out)
    with av.open(str(out)) as container:
        assert sum(1 for _ in container.decode(video=0)) == 50
        assert container.streams.video[0].average_rate == timeline.rate
    heard = np.abs(read_sound(out)[0])
    assert heard[: 48_000 // 2 - 2400].max() < 0.02
    assert heard[48_000 // 2 + 2400 : 72_000 - 2400].max() == pytest.approx(0.5, abs=0.05)
    assert heard[72_000 + 2400 :].max(initial=0) < 0.02
    level = np.sqrt(np.mean(heard[72_000 - 240 : 72_000 - 48] ** 2))
    assert level == pytest.approx(0.5 / np.sqrt(2), rel=0.15), "the last samples are there, too"
    assert not list(out.parent.glob("*.part"))


def test_a_timeline_without_takes_is_shown_in_silence(timeline: Timeline, tmp_path: Path) -> None:
    write_preview(timeline, [], tmp_path / "preview.mp4")
    with av.open(str(tmp_path / "preview.mp4")) as container:
        assert sum(1 for _ in container.decode(video=0)) == 50


def test_what_stood_there_stays_when_the_preview_cannot_be_written(timeline: Timeline, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("here before")
    with pytest.raises(OutputError):
        write_preview(timeline, [], tmp_path / "taken" / "preview.mp4")
    assert (tmp_path / "taken").read_text() == "here before"
