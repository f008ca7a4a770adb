"""The picture that shows at a place, forwards, after a jump, and through every retime."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from talkies.core.segment import Picture, Segment, Timeline
from talkies.core.times import TimeRange
from talkies.ui.player.frames import FrameReader, Layers, rest_of
from talkies.ui.player.player import Player
from talkies.ui.work.document import Document

RATE = Fraction(25)


@pytest.fixture(scope="module")
def counting_movie(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Fifty frames, each with its number in six stripes: white is a one, the lowest bit left."""
    path = tmp_path_factory.mktemp("movie") / "count.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=RATE)
        stream.width, stream.height, stream.pix_fmt = 96, 48, "yuv420p"
        for number in range(50):
            image = np.zeros((48, 96, 3), np.uint8)
            for bit in range(6):
                image[:, 16 * bit : 16 * bit + 16] = 255 * (number >> bit & 1)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, "rgb24")))
        container.mux(stream.encode(None))
    return path


def timeline_of(movie: Path, speed: Fraction = Fraction(1)) -> Timeline:
    """A second of black, then frames 10 to 35 of the movie."""
    record = TimeRange(Fraction(1), Fraction(2))
    source = TimeRange(10 / RATE, 35 / RATE)
    segment = Segment("V1-001", "count", "V1", record, source, RATE, speed, Picture(movie))
    return Timeline(movie, "", RATE, Fraction(0), Fraction(2), (segment,))


@pytest.fixture
def reader(request: pytest.FixtureRequest, counting_movie: Path, qtbot: QtBot) -> Iterator[FrameReader]:
    reader = FrameReader(timeline_of(counting_movie, getattr(request, "param", Fraction(1))))
    reader.start()
    yield reader
    reader.stop()


def number_shown(reader: FrameReader, position: Fraction, qtbot: QtBot) -> int | None:
    with qtbot.waitSignal(reader.shown, timeout=60_000, check_params_cb=lambda at, image: at == position) as shown:
        reader.show_at(position)
    if shown.args[1] is None:
        return None
    image = QImage(shown.args[1])
    return sum((image.pixelColor(16 * bit + 8, 24).lightness() > 127) << bit for bit in range(6))


def test_jumps_and_steps_show_the_right_frame(reader: FrameReader, qtbot: QtBot) -> None:
    places = [0, 25, 26, 27, 40, 33, 34, 49, 25, 12]
    shown = [number_shown(reader, place / RATE, qtbot) for place in places]
    assert shown == [None, 10, 11, 12, 25, 18, 19, 34, 10, None]


@pytest.mark.parametrize("reader", [Fraction(-1)], indirect=True)
def test_a_reversed_clip_runs_backwards(reader: FrameReader, qtbot: QtBot) -> None:
    assert [number_shown(reader, place / RATE, qtbot) for place in (25, 26, 40)] == [34, 33, 19]


@pytest.mark.parametrize("reader", [Fraction(0)], indirect=True)
def test_a_frozen_clip_stands_still(reader: FrameReader, qtbot: QtBot) -> None:
    assert [number_shown(reader, place / RATE, qtbot) for place in (25, 40)] == [10, 10]


def test_what_cannot_be_decoded_is_said(tmp_path: Path, counting_movie: Path, qtbot: QtBot) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(counting_movie.read_bytes()[:200])
    reader = FrameReader(timeline_of(broken))
    reader.start()
    with qtbot.waitSignal(reader.failed, timeout=60_000) as failed:
        reader.show_at(Fraction(1))
    reader.stop()
    assert str(broken) in failed.args[0]


def test_the_upper_track_hides_the_lower_one(counting_movie: Path) -> None:
    lower = timeline_of(counting_movie).segments[0]
    upper = replace(lower, id="V2-001", track="V2", record=TimeRange(Fraction(3, 2), Fraction(7, 4)))
    layers = Layers(replace(timeline_of(counting_movie), segments=(lower, upper)))
    found = [layers.at(Fraction(place, 8)) for place in (7, 8, 12, 13, 14, 16)]
    assert [segment and segment.id for segment in found] == [None, "V1-001", "V2-001", "V2-001", "V1-001", None]


def test_the_rest_of_a_segment_begins_where_it_shows(counting_movie: Path) -> None:
    for speed in (Fraction(1), Fraction(-1), Fraction(1, 2), Fraction(0)):
        segment = timeline_of(counting_movie, speed).segments[0]
        rest = rest_of(segment, Fraction(3, 2))
        assert rest.source_time(Fraction(3, 2)) == segment.source_time(Fraction(3, 2))
        assert rest.record == TimeRange(Fraction(3, 2), Fraction(2))


def test_a_picture_that_is_on_its_way_outlives_no_player(document: Document, reel: Path, qtbot: QtBot) -> None:
    """Another timeline ends the reader of the one before; what it has sent must not reach what is gone."""
    for _ in range(3):
        player = Player(document)
        document.open(reel)
        player.show_again()
        player.close()
        del player
        gc.collect()
    qtbot.wait(200)
