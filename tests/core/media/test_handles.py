"""What is looked at beside the cuts, counted again in whole frames."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from films import write_movie
from hypothesis import given
from hypothesis import strategies as st

from talkies.core.errors import MediaError
from talkies.core.media.handles import HANDLE, with_handles
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
