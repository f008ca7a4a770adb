"""Image sequences as scanners deliver them: folders, single frames, patterns; holes, rates from headers and names."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest

from talkies.core.errors import MediaError
from talkies.core.timeline import read_timeline
from talkies.core.times import TimeRange


def scans(folder: Path, numbers: range | list[int], name: str = "scan_{:06d}.dpx", data: bytes = b"") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for number in numbers:
        (folder / name.format(number)).write_bytes(data)
    return folder


def dpx_header(film_rate: float | None = None, television_rate: float | None = None, order: str = ">") -> bytes:
    """The first 2048 bytes of a DPX file (SMPTE ST 268): undefined fields are all ones."""
    data = bytearray(b"\xff" * 2048)
    data[:4] = b"SDPX" if order == ">" else b"XPDS"
    for offset, rate in ((1724, film_rate), (1940, television_rate)):
        if rate is not None:
            struct.pack_into(f"{order}f", data, offset, rate)
    return bytes(data)


@pytest.mark.parametrize("suffix", ["dpx", "tif", "tiff", "png", "exr", "jpg", "DPX"])
def test_a_folder_of_frames(tmp_path: Path, suffix: str) -> None:
    folder = scans(tmp_path / "reel", range(1, 49), "scan_{:06d}." + suffix)
    (folder / "notes.txt").touch()
    timeline = read_timeline(folder)
    (segment,) = timeline.segments
    assert (timeline.rate, timeline.duration) == (24, 2)
    assert segment.record == segment.source == TimeRange(Fraction(0), Fraction(2))
    assert segment.picture is not None
    assert len(segment.picture.frames) == 48
    assert segment.picture.frames[0] == folder / f"scan_000001.{suffix}"
    assert segment.picture.rate == 24
    assert any("has no stated frame rate" in sentence for sentence in timeline.warnings)


@pytest.mark.parametrize(
    "name", ["scan_000010.dpx", "scan_%06d.dpx", "scan_######.dpx", "scan_@@@@@@.dpx", "scan_%d.dpx", "scan_#.dpx"]
)
def test_one_frame_or_a_pattern_stands_for_all(tmp_path: Path, name: str) -> None:
    folder = scans(tmp_path, range(1, 25))
    scans(tmp_path, range(1, 100), "other.{:04d}.dpx")
    (segment,) = read_timeline(folder / name).segments
    assert segment.picture is not None
    assert len(segment.picture.frames) == 24
    assert segment.record.duration == 1


def test_the_longest_sequence_of_a_folder_wins(tmp_path: Path) -> None:
    scans(tmp_path, range(1, 4), "test.{:04d}.tif")
    scans(tmp_path, range(1, 13), "reel.{:04d}.tif")
    assert read_timeline(tmp_path).name == "reel"


def test_missing_frames_are_none_and_named(tmp_path: Path) -> None:
    (segment,) = read_timeline(scans(tmp_path, [1, 2, 4, 7])).segments
    assert segment.picture is not None
    assert [frame is None for frame in segment.picture.frames] == [False, False, True, False, True, True, False]
    assert any("3 of 7 frames" in sentence for sentence in segment.warnings)


@pytest.mark.parametrize(
    ("header", "rate"),
    [
        (dpx_header(film_rate=18.0), Fraction(18)),
        (dpx_header(television_rate=16.0), Fraction(16)),
        (dpx_header(film_rate=23.976, order="<"), Fraction(24000, 1001)),
        (b"\x76\x2f\x31\x01\x02\0\0\0framesPerSecond\0rational\0\x08\0\0\0" + struct.pack("<iI", 20, 1), Fraction(20)),
        (dpx_header(), None),
    ],
)
def test_rates_from_headers(tmp_path: Path, header: bytes, rate: Fraction | None) -> None:
    timeline = read_timeline(scans(tmp_path, range(10), data=header))
    assert timeline.rate == (rate or 24)
    assert timeline.duration == 10 / (rate or Fraction(24))


@pytest.mark.parametrize("name", ["reel2_18fps.{:04d}.tif", "18 fps {:04d}.tif"])
def test_rates_from_names(tmp_path: Path, name: str) -> None:
    assert read_timeline(scans(tmp_path, range(9), name)).rate == 18


def test_a_rate_that_is_given_decides(tmp_path: Path) -> None:
    timeline = read_timeline(scans(tmp_path, range(16)), rate=Fraction(16))
    assert (timeline.rate, timeline.duration, timeline.warnings) == (16, 1, ())


def test_numbers_that_are_no_sequence(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="which is not a sequence"):
        read_timeline(scans(tmp_path, [1, 99999999], "{:d}.png"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(MediaError, match="no picture files"):
        read_timeline(tmp_path / "empty")


def test_otios_image_sequence_reference(make: Any) -> None:
    """Frames 1001 to 1048 from 01:00:00:00 on; the clip shows from its eleventh frame; 1003 is missing."""
    scans(make.folder / "plates", [n for n in range(1001, 1049) if n != 1003], "shot.{:04d}.exr")
    media = otio.schema.ImageSequenceReference(
        target_url_base="./plates/",
        name_prefix="shot.",
        name_suffix=".exr",
        start_frame=1001,
        frame_step=1,
        rate=24,
        frame_zero_padding=4,
        available_range=make.span(86400, 48),
    )
    (segment,) = read_timeline(make.save(make.track(make.clip("shot", 86410, 30, media=media)))).segments
    assert segment.picture is not None
    assert (segment.picture.start, segment.picture.rate, len(segment.picture.frames)) == (3600, 24, 48)
    assert segment.picture.frames[0] == make.folder / "plates" / "shot.1001.exr"
    assert segment.picture.frames[2] is None
    assert (segment.source.start - segment.picture.start) * 24 == 10


@pytest.mark.parametrize("url", ["plates/shot.0001.dpx", "plates/shot.%04d.dpx", "plates/shot.####.dpx", "plates"])
def test_a_clip_that_names_a_frame_a_pattern_or_the_folder(make: Any, url: str) -> None:
    scans(make.folder / "plates", range(1, 49), "shot.{:04d}.dpx")
    media = otio.schema.ExternalReference(url, make.span(0, 48))
    (segment,) = read_timeline(make.save(make.track(make.clip("shot", 12, 24, media=media)))).segments
    assert segment.picture is not None
    assert len(segment.picture.frames) == 48


def test_a_numbered_still_stays_a_still(make: Any) -> None:
    scans(make.folder, range(1, 4), "photo_{:d}.jpg")
    media = otio.schema.ExternalReference("photo_2.jpg", make.span(0, 240))
    (segment,) = read_timeline(make.save(make.track(make.clip("photo", 0, 120, media=media)))).segments
    assert segment.picture is not None
    assert segment.picture.frames == (make.folder / "photo_2.jpg",)
    assert segment.speed == 0
    assert segment.record.duration == 5
