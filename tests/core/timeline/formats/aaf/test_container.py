"""An AAF that states sizes which the file has no room for is refused before the library makes room for them."""

from __future__ import annotations

import struct
from pathlib import Path

import opentimelineio as otio
import pytest
from aaf2.cfb import CompoundFileBinary

from talkies.core.destinations import write_timeline
from talkies.core.errors import TimelineError
from talkies.core.timeline import read_timeline


@pytest.fixture
def written(tmp_path: Path) -> Path:
    time = otio.opentime.RationalTime
    whole = otio.opentime.TimeRange(time(0, 24), time(48, 24))
    clip = otio.schema.Clip("c", otio.schema.ExternalReference("film.mp4", whole), whole)
    timeline = otio.schema.Timeline("t")
    timeline.tracks.append(otio.schema.Track("V1", [clip], kind="Video"))
    otio.adapters.write_to_file(timeline, str(tmp_path / "source.otio"))
    write_timeline(read_timeline(tmp_path / "source.otio"), [], tmp_path / "cut.aaf")
    return tmp_path / "cut.aaf"


def records(path: Path) -> list[int]:
    """Where the file's records of streams begin."""
    with path.open("rb") as file:
        container = CompoundFileBinary(file, "rb")
        size = container.sector_size
        places = [(sector + 1) * size + at for sector in container.dir_fat_chain for at in range(0, size, 128)]
    content = path.read_bytes()
    return [place for place in places if content[place + 66] == 2]


def patch(path: Path, place: int, form: str, value: int) -> None:
    content = bytearray(path.read_bytes())
    struct.pack_into(form, content, place, value)
    path.write_bytes(content)


@pytest.mark.parametrize("size", [2**31, 2**40, 2**64 - 1])
def test_a_stream_longer_than_the_file(written: Path, size: int) -> None:
    patch(written, records(written)[3] + 120, "<Q", size)
    with pytest.raises(TimelineError, match="is damaged"):
        read_timeline(written)


def test_streams_that_share_their_room(written: Path) -> None:
    """Each has room by itself; all of them read, one after another, are far more than the file."""
    for place in records(written):
        patch(written, place + 120, "<Q", written.stat().st_size // 2)
    with pytest.raises(TimelineError, match="is damaged"):
        read_timeline(written)


def test_a_list_of_tables_that_runs_in_a_circle(written: Path) -> None:
    """Its length is the header's word alone: four thousand million sectors."""
    patch(written, 68, "<I", 0)
    patch(written, 72, "<I", 2**32 - 2)
    with pytest.raises(TimelineError, match="is damaged"):
        read_timeline(written)
