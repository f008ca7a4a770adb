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


@pytest.mark.parametrize(
    "name",
    ["scan_{:06d}_v2.png", "{:07d}_roll1.png", "IMG_{:04d} (2).tif", "A_{:04d}_2048x1556.png", "left_{:04d}_16bit.png",
     "reel_18fps_{:04d}_R3.dpx", "2024-05-01_{:d}.jpg", "{:04d}.exr", "take 3-{:04d}.png", "sh010_v003.{:04d}.l.exr"],
)  # fmt: skip
def test_the_number_that_varies_counts_the_frames(tmp_path: Path, name: str) -> None:
    (segment,) = read_timeline(scans(tmp_path / "reel", range(95, 125), name)).segments
    assert segment.picture is not None
    assert segment.picture.frames == tuple(tmp_path / "reel" / name.format(number) for number in range(95, 125))


def test_a_time_beside_each_number_parts_nothing(tmp_path: Path) -> None:
    for number in range(20):
        scans(tmp_path, [number], f"shot_{{:04d}}_{number * 40:06d}ms.png")
    (segment,) = read_timeline(tmp_path).segments
    assert segment.picture is not None
    assert [frame and frame.name[5:9] for frame in segment.picture.frames] == [f"{number:04d}" for number in range(20)]


@pytest.mark.parametrize("before", ["neg_", "shot.", ""])
def test_negative_numbers_come_before_the_others(tmp_path: Path, before: str) -> None:
    scans(tmp_path / "reel", range(5), before + "{:04d}.tif")
    scans(tmp_path / "reel", range(1, 6), before + "-{:04d}.tif")
    (segment,) = read_timeline(tmp_path / "reel").segments
    assert segment.picture is not None
    expected = [f"{before}-{number:04d}.tif" for number in range(5, 0, -1)]
    expected += [f"{before}{number:04d}.tif" for number in range(5)]
    assert [frame and frame.name for frame in segment.picture.frames] == expected


@pytest.mark.parametrize(
    ("names", "read", "left_out"),
    [
        (["reelA_{:04d}.png", "reelB_{:04d}.png"], "reelA_####.png", "reelB_####.png (20 frames)"),
        (["scan_{:06d}_v2.dpx", "scan_{:06d}_v1.dpx"], "scan_######_v2.dpx", "scan_######_v1.dpx (20 frames)"),
        (["{:04d}_roll1.tif", "{:04d}_roll2.tif"], "####_roll1.tif", "####_roll2.tif (20 frames)"),
        (["reel.{:04d}.dpx", "reel.{:04d}.jpg"], "reel.####.dpx", "reel.####.jpg (20 frames)"),
        (["{:d}.png", "{:04d}.png"], "#.png", "####.png (20 frames)"),
        (["A001_C003_{:04d}.exr", "A001_C004_{:04d}.exr"], "A001_C003_####.exr", "A001_C004_####.exr (20 frames)"),
    ],
)
def test_what_else_a_folder_holds_is_said(tmp_path: Path, names: list[str], read: str, left_out: str) -> None:
    scans(tmp_path, range(1, 31), names[0])
    scans(tmp_path, range(1, 21), names[1])
    (tmp_path / "poster.jpg").touch()
    timeline = read_timeline(tmp_path, rate=Fraction(25))
    (sentence,) = timeline.warnings
    assert f"only the longest is read, {read}; left out: {left_out}, 1 single picture" in sentence
    (segment,) = timeline.segments
    assert segment.picture is not None
    assert segment.picture.frames == tuple(tmp_path / names[0].format(number) for number in range(1, 31))


def test_suffixes_in_any_case_are_one_sequence(tmp_path: Path) -> None:
    scans(tmp_path, range(0, 20, 2), "scan_{:04d}.dpx")
    scans(tmp_path, range(1, 20, 2), "scan_{:04d}.DPX")
    (segment,) = read_timeline(tmp_path).segments
    assert segment.picture is not None and None not in segment.picture.frames and len(segment.picture.frames) == 20


def test_a_pattern_of_first_and_last_number(tmp_path: Path) -> None:
    scans(tmp_path, range(1, 49), "plate.{:04d}.exr")
    (segment,) = read_timeline(tmp_path / "plate.[0011-0034].exr").segments
    assert segment.picture is not None
    assert segment.picture.frames[0] == tmp_path / "plate.0011.exr"
    assert segment.record.duration == 1


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


@pytest.mark.parametrize(
    ("stated", "words"),
    [
        ({"frame_zero_padding": 2_000_000_000}, "numbers of 2000000000 digits"),
        ({"frame_zero_padding": -4}, "numbers of -4 digits"),
        ({"rate": 240_000_000}, "2.4e+08 frames per second"),
        ({"rate": float("nan")}, "nan frames per second"),
        ({"frame_step": 0}, "every 0. frame"),
        ({"frame_step": -2}, "every -2. frame"),
    ],
)
def test_references_that_name_no_frames(make: Any, stated: dict[str, Any], words: str) -> None:
    scans(make.folder / "seq", range(1, 13), "scan.{:04d}.png")
    media = otio.schema.ImageSequenceReference(
        target_url_base="seq/", name_prefix="scan.", name_suffix=".png", start_frame=1, frame_step=1, rate=24,
        frame_zero_padding=4, available_range=make.span(0, 12),
    )  # fmt: skip
    for name, value in stated.items():
        setattr(media, name, value)
    (segment,) = read_timeline(make.save(make.track(make.clip("shot", 0, 12, media=media)))).segments
    assert segment.picture is None
    assert any(words in sentence for sentence in segment.warnings)
