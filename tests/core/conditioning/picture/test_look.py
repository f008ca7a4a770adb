"""Which features a sound gets of a look, counted again; what a picture that is not there means."""

from __future__ import annotations

import math
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from talkies.core.conditioning.picture.look import PictureLook, covering, look_at
from talkies.core.conditioning.picture.visual import PictureFeatures, picture_features
from talkies.core.media.picture import picture_frames
from talkies.core.segment import Picture, Segment
from talkies.core.times import TimeRange


def seconds(start: str, end: str) -> TimeRange:
    return TimeRange(Fraction(start), Fraction(end))


def segment(picture: Picture | None = None, warnings: tuple[str, ...] = ()) -> Segment:
    """From 12 s to 14 s."""
    place = seconds("12", "14")
    return Segment("V1-001", "shot", "V1", place, seconds("1", "3"), Fraction(25), picture=picture, warnings=warnings)


def features(start: int, count: int) -> PictureFeatures:
    """Each cell holds its number on a clock that began at 0: 25 and 10 cells a second."""
    fast, slow = np.arange(start * 25, (start + count) * 25), np.arange(start * 10, (start + count) * 10)
    columns = (np.repeat(numbers[:, None].astype(np.float32), wide, 1) for numbers, wide in ((fast, 32), (slow, 192)))
    sync, picture = columns
    return PictureFeatures(sync, picture, np.repeat(fast[:, None].astype(np.float32), 4, 1))


def test_features_are_cut_to_what_is_wanted() -> None:
    whole = features(10, 6)
    inner = covering(whole, seconds("10", "16"), seconds("12", "14"))
    assert np.array_equal(inner.sync[:, 0], np.arange(300, 350))
    assert np.array_equal(inner.lips[:, 3], np.arange(300, 350))
    assert np.array_equal(inner.picture[:, 191], np.arange(120, 140))
    assert covering(whole, seconds("10", "16"), seconds("10", "16")) is whole


def test_where_nobody_looked_there_is_nothing() -> None:
    wider = covering(features(10, 2), seconds("10", "12"), seconds("9", "13"))
    assert wider.sync.shape == (100, 32) and wider.picture.shape == (40, 192) and wider.lips.shape == (100, 4)
    assert not wider.sync[:25].any() and not wider.sync[75:].any()
    assert np.array_equal(wider.sync[25:75, 0], np.arange(250, 300))
    apart = covering(features(10, 2), seconds("10", "12"), seconds("20", "21"))
    assert not apart.sync.any() and not apart.picture.any() and not apart.lips.any()


def test_pictures_of_the_mouth_are_cut_along() -> None:
    mouths = np.arange(50, dtype=np.uint8)[:, None, None].repeat(24, 1).repeat(32, 2)
    seen = replace(features(10, 2), mouths=mouths)
    wider = covering(seen, seconds("10", "12"), seconds("11", "13"))
    assert wider.mouths is not None and wider.mouths.shape == (50, 24, 32)
    assert list(wider.mouths[:, 5, 5]) == [*range(25, 50), *[0] * 25]
    assert covering(features(10, 2), seconds("10", "12"), seconds("11", "13")).mouths is None


def test_a_sound_that_reaches_over_its_cut_has_the_handles_of_the_segment() -> None:
    """Half a second was seen before the cut and one after it; the sound begins two seconds before the cut."""
    look = PictureLook(segment(), seconds("11.5", "15"), features(10, 5))
    whole, seen = look.around(seconds("10", "14"))
    assert whole == seconds("9.5", "15")
    assert seen is not None and len(seen.sync) == 138
    assert PictureLook(segment(), seconds("12", "14")).around(seconds("12", "14")) == (seconds("12", "14"), None)


def test_a_picture_that_is_not_there_is_a_problem_of_the_look(tmp_path: Path) -> None:
    for shot, reason in (
        (segment(warnings=("the media is offline",)), "V1-001 (shot): the media is offline"),
        (segment(), "has no picture to analyse"),
        (segment(Picture(tmp_path / "gone.mp4")), "gone.mp4"),
    ):
        look = look_at(shot, Fraction(1))
        assert look.features is None and look.range == shot.record
        assert reason in str(look.problem)


def two_shots(film: Path) -> Picture:
    """A box flies through a dark place for two seconds, then another one through a bright place for two."""
    with av.open(str(film), "w") as container:
        stream = container.add_stream("ffv1", rate=25)
        stream.width, stream.height, stream.pix_fmt = 128, 96, "yuv420p"
        for number in range(100):
            image = np.full((96, 128, 3), 40 if number < 50 else 200, np.uint8)
            image[30:60, 2 * (number % 50) : 2 * (number % 50) + 25] = 120
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, "rgb24")))
        container.mux(stream.encode(None))
    return Picture(film)


@pytest.mark.parametrize(
    ("shot", "seen"),
    [
        (("2", "4"), ("2.04", "4")),  # the first shot lies before it, the cut's flash is its own moment
        (("0", "2"), ("0", "2")),  # and here the second one behind it
        (("2.6", "3.4"), ("2.04", "4")),  # within a shot the handles reach as far as the shot
        (("1", "3"), ("0", "4")),  # a cut inside is the editor's own
    ],
)
def test_nothing_is_seen_of_another_shot(tmp_path: Path, shot: tuple[str, str], seen: tuple[str, str]) -> None:
    picture = two_shots(tmp_path / "film.mkv")
    record = seconds(*shot)
    look = look_at(Segment("V1-001", "shot", "V1", record, record, Fraction(25), picture=picture), Fraction(1))
    whole = picture_features(
        picture_frames(Segment("V1-001", "shot", "V1", look.range, look.range, Fraction(25), picture=picture)),
        look.range.duration,
    )
    assert look.features is not None and whole.sync[:, :24].any(1).mean() > 0.9
    first, last = (round(float(edge - look.range.start) * 25) for edge in (seconds(*seen).start, seconds(*seen).end))
    first = max(first, 0)
    assert np.array_equal(look.features.sync[first:last], whole.sync[first:last])
    assert not look.features.sync[:first].any() and not look.features.sync[last:].any()
    first, last = math.ceil(first / 2.5), math.ceil(last / 2.5)
    assert np.array_equal(look.features.picture[first:last], whole.picture[first:last])
    assert not look.features.picture[:first].any() and not look.features.picture[last:].any()
