"""What is looked at beside the cuts, and which features a stem gets: counted again in whole frames."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from films import write_movie
from hypothesis import given
from hypothesis import strategies as st

from talkies.core.conditioning.picture.visual import PictureFeatures
from talkies.core.errors import MediaError
from talkies.core.generation.handles import HANDLE, covering, with_handles
from talkies.core.segment import Picture, Segment
from talkies.core.times import TimeRange


def seconds(start: str, end: str) -> TimeRange:
    return TimeRange(Fraction(start), Fraction(end))


def segment(
    picture: Picture | None, record: TimeRange, source: TimeRange, speed: str = "1", rate: str = "25"
) -> Segment:
    return Segment("V1-001", "shot", "V1", record, source, Fraction(rate), Fraction(speed), picture)


def sequence(frames: int, rate: Fraction = Fraction(25), start: Fraction = Fraction(0)) -> Picture:
    return Picture(Path("frame.0001.png"), (Path("frame.png"),) * frames, rate, start)


@pytest.mark.parametrize(
    ("speed", "record", "source", "wider_record", "wider_source"),
    [
        ("1", ("5", "6"), ("1", "2"), ("4", "7"), ("0", "3")),
        ("1", ("5", "8"), ("0", "3"), ("5", "8"), ("0", "3")),
        ("1", ("5", "6"), ("0.4", "1.4"), ("4.6", "7"), ("0", "2.4")),
        ("2", ("5", "5.48"), ("1", "1.96"), ("4.52", "6"), ("0.04", "3")),  # half a frame of the timeline stays unused
        ("-1", ("5", "6.6"), ("0.4", "2"), ("4", "7"), ("0", "3")),  # what comes first is what the media has last
        ("1/2", ("5", "7"), ("1", "2"), ("4", "8"), ("0.5", "2.5")),
    ],
)
def test_a_segment_reaches_a_second_beyond_its_cuts_where_its_media_does(
    speed: str,
    record: tuple[str, str],
    source: tuple[str, str],
    wider_record: tuple[str, str],
    wider_source: tuple[str, str],
    tmp_path: Path,
) -> None:
    movie = Picture(write_movie(tmp_path / "film.mp4", 3))
    wider = with_handles(segment(movie, seconds(*record), seconds(*source), speed))
    assert (wider.record, wider.source) == (seconds(*wider_record), seconds(*wider_source))


def test_a_sequence_is_as_long_as_its_frames() -> None:
    wider = with_handles(segment(sequence(40, start=Fraction(3600)), seconds("0", "1"), seconds("3600.2", "3601.2")))
    assert wider.record == seconds("-0.2", "1.4")
    assert wider.source == seconds("3600", "3601.6")


def test_a_freeze_and_a_segment_without_picture_stay_as_they_are(tmp_path: Path) -> None:
    movie = Picture(write_movie(tmp_path / "film.mp4", 3))
    for narrow in (
        segment(movie, seconds("5", "6"), seconds("1", "1"), "0"),
        segment(None, seconds("5", "6"), seconds("1", "2")),
    ):
        assert with_handles(narrow) is narrow


def test_media_that_has_gone_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match=r"gone\.mp4"):
        with_handles(segment(Picture(tmp_path / "gone.mp4"), seconds("0", "1"), seconds("0", "1")))


@given(
    first=st.integers(0, 100),
    count=st.integers(1, 100),
    speed=st.fractions(Fraction(-4), Fraction(4), max_denominator=8).filter(bool),
    rate=st.sampled_from([Fraction(24000, 1001), Fraction(25), Fraction(16)]),
)
def test_what_shows_at_a_time_still_shows_at_that_time(first: int, count: int, speed: Fraction, rate: Fraction) -> None:
    source = TimeRange(first / rate, (first + count) / rate)
    record = TimeRange(Fraction(7), 7 + source.duration / abs(speed))
    narrow = Segment("V1-001", "shot", "V1", record, source, rate, speed, sequence(200, rate))
    wider = with_handles(narrow)
    for position in (record.start, record.end, (record.start + record.end) / 2):
        assert wider.source_time(position) == narrow.source_time(position)
    assert wider.source.duration == wider.record.duration * abs(speed)
    assert wider.source.start >= 0
    assert wider.source.end <= 200 / rate
    for handle in (record.start - wider.record.start, wider.record.end - record.end):
        assert 0 <= handle <= HANDLE
        assert (handle * rate).denominator == 1


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
