"""Opening media: a name is a name, only plain files are read, and nobody is asked over a network."""

from __future__ import annotations

import os
import socket
import struct
import sys
import zlib
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import opentimelineio as otio
import pytest
from films import write_movie, write_reel

from talkies.core.errors import MediaError
from talkies.core.media.image_size import stated_pixels
from talkies.core.media.picture import probe
from talkies.core.media.scaler import Scaler
from talkies.core.media.sequences import read_image
from talkies.core.media.sound import read_sound
from talkies.core.media.wav.bwf import read_bext
from talkies.core.timeline import read_timeline

unix = pytest.mark.skipif(sys.platform == "win32", reason="devices, pipes and holes as Unix has them")


@pytest.mark.parametrize(
    "name", ["Scene1:Take2.mp4", "http:/127.0.0.1:{}/x.mp4", "concat:a.mp4", "file:x.mp4", "a|b%03d.mp4"]
)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such names")
def test_a_name_is_no_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0)
        path = Path(name.format(server.getsockname()[1]))
        monkeypatch.chdir(tmp_path)
        path.parent.mkdir(parents=True, exist_ok=True)
        write_movie(tmp_path / "film.mp4", 1).rename(path)
        assert read_timeline(path).duration == 1
        with pytest.raises(MediaError, match="has no sound"):
            read_sound(path)
        with pytest.raises(BlockingIOError):
            server.accept()


@pytest.mark.parametrize(
    "text", ["ffconcat version 1.0\nfile 'film.mp4'\n", "#EXTM3U\n#EXTINF:1,\nfilm.mp4\n#EXT-X-ENDLIST\n"]
)
def test_a_list_of_other_files_is_no_movie(tmp_path: Path, text: str) -> None:
    write_movie(tmp_path / "film.mp4", 1)
    (tmp_path / "list.mp4").write_text(text)
    with pytest.raises(MediaError, match="is not readable media"):
        probe(tmp_path / "list.mp4")


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _circle(path: Path) -> None:
    path.symlink_to(path)


def _hollow(path: Path) -> None:
    """Hours by its length, of which hardly anything was ever written: a download that broke off."""
    write_movie(path, 1)
    os.truncate(path, 40_000_000_000)


@unix
@pytest.mark.parametrize(
    ("make", "words"),
    [(_pipe, "a device or a pipe"), (_device, "a device or a pipe"), (_circle, "cannot be opened"),
     (_hollow, "was not copied whole")],
)  # fmt: skip
def test_what_is_no_plain_file_is_refused(tmp_path: Path, make: Callable[[Path], None], words: str) -> None:
    path = tmp_path / "film.ts"
    make(path)
    for read in (probe, read_sound, read_bext):
        with pytest.raises(MediaError, match=words):
            read(path)
    (segment,) = read_timeline(write_reel(tmp_path / "reel.otio", ["film.ts"])).segments
    assert segment.picture is None and len(segment.warnings) == 1


@unix
def test_frames_that_are_no_files_are_not_waited_for(tmp_path: Path) -> None:
    for number in range(2):
        _pipe(tmp_path / f"scan_{number:04d}.dpx")
    (segment,) = read_timeline(tmp_path).segments
    assert segment.picture is None
    with pytest.raises(MediaError, match="a device or a pipe"):
        read_image(tmp_path / "scan_0000.dpx", Scaler(90))


def png(width: int, height: int) -> bytes:
    """A black picture that is large only when unpacked."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    rows = zlib.compress(bytes((width + 7) // 8 + 1) * 1000)  # as many as a decoder would begin with
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@unix
def test_a_picture_larger_than_any_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    import resource

    path = tmp_path / "scan_0001.png"
    path.write_bytes(png(60_000, 60_000))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(MediaError, match="cannot be read"):
        read_image(path, Scaler(90))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 300_000  # kB


@pytest.mark.parametrize(("width", "height"), [(70, 50), (640, 480)])
def test_sizes_that_headers_state(width: int, height: int) -> None:
    image = np.zeros((height, width, 3), np.uint8)
    for suffix in (".tif", ".jp2"):
        data = cv2.imencode(suffix, image)[1].tobytes()
        assert stated_pixels(data) == width * height
        assert stated_pixels(data[:12]) is None
    assert stated_pixels(b"II*\0") is None and stated_pixels(b"") is None


def test_a_pattern_in_a_timeline_may_be_of_any_length(tmp_path: Path) -> None:
    media = otio.schema.ExternalReference("#" * 40_000 + "x.png")
    clip = otio.schema.Clip("c", media, otio.opentime.TimeRange(duration=otio.opentime.RationalTime(24, 24)))
    timeline = otio.schema.Timeline("t")
    timeline.tracks.append(otio.schema.Track("V1", kind="Video", children=[clip]))
    otio.adapters.write_to_file(timeline, str(tmp_path / "reel.otio"))
    assert read_timeline(tmp_path / "reel.otio").segments[0].picture is None
