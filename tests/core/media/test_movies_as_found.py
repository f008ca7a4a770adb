"""Movies as they are found: without an index, stamps or a stated length; which picture is looked at is what counts."""

from __future__ import annotations

import os
from collections.abc import Sequence
from fractions import Fraction
from itertools import accumulate
from pathlib import Path

import av
import pytest
from numbered_movies import GROUP, SIZE, encode, h264, number_of, numbered, numbers, remuxed, segment, with_sound

from talkies.core.errors import MediaError
from talkies.core.media.opening import open_file
from talkies.core.media.picture import picture_frames, probe
from talkies.core.segment import Picture
from talkies.core.timeline import read_timeline
from talkies.plugin.cli import main


def shown(path: Path, first: int, count: int, rate: Fraction | int = 25) -> list[int]:
    """The numbers of the pictures that a clip of ``count`` frames from frame ``first`` on looks at, in order."""
    source = (Fraction(first) / rate, Fraction(first + count) / rate)
    warnings: list[str] = []
    looked_at = list(picture_frames(segment(Picture(path), source), on_warning=warnings.append))
    assert [frame.time * rate for frame in looked_at] == list(range(len(looked_at)))
    assert warnings == []
    return [number_of(frame.image) for frame in looked_at]


def check(path: Path, frames: int = 100, rate: Fraction | int = 25) -> None:
    """All pictures are part of the timeline, which says no word, and clips anywhere look at the right ones."""
    timeline = read_timeline(path)
    assert (timeline.rate, timeline.duration * rate, timeline.warnings) == (rate, frames, ())
    for first in (0, 1, 10, GROUP - 1, GROUP, frames // 2 + 3, frames - 12, frames - 1):
        count = min(10, frames - first)
        assert shown(path, first, count, rate) == list(range(first, first + count))


@pytest.mark.parametrize("suffix", [".ts", ".m2ts", ".mkv", ".mp4", ".flv"])
def test_b_frames_in_any_container(tmp_path: Path, suffix: str) -> None:
    check(h264(tmp_path / f"film{suffix}"))


@pytest.mark.parametrize("suffix", [".mpg", ".vob", ".ts", ".m2v", ".mxf"])
@pytest.mark.parametrize("bits", ["60000", "6000000"])
def test_mpeg2_of_little_and_of_much_data(tmp_path: Path, suffix: str, bits: str) -> None:
    """Of little data, several pictures share a packet of the programme stream, and only the first states a stamp."""
    check(encode(tmp_path / f"film{suffix}", "mpeg2video", b=bits))


def test_a_bare_stream_has_the_rate_that_it_states(tmp_path: Path) -> None:
    film = Fraction(24000, 1001)
    check(h264(tmp_path / "film.h264", 60, film), 60, film)
    check(encode(tmp_path / "film.m2v", "mpeg2video", 60, film), 60, film)


@pytest.mark.parametrize("b_frames", ["0", "1", "2"])
def test_a_bare_mpeg1_stream(tmp_path: Path, b_frames: str) -> None:
    """Its stamps are FFmpeg's invention."""
    film = encode(tmp_path / "film.mpg", "mpeg1video", 60, bf=b_frames)
    check(film, 60)
    with av.open(str(film)) as read, av.open(str(tmp_path / "film.m1v"), "w", format="mpeg1video") as written:
        copy = written.add_stream_from_template(read.streams.video[0])
        for packet in read.demux(video=0):
            if packet.size:
                packet.stream = copy
                written.mux(packet)
    check(tmp_path / "film.m1v", 60)


def test_a_bare_stream_without_a_rate_says_so_and_has_its_timelines(tmp_path: Path) -> None:
    encode(tmp_path / "film.mjpeg", "mjpeg", 30)
    (tmp_path / "film.mjpeg").rename(tmp_path / "film.avi")  # a suffix that is opened; what is inside counts
    timeline = read_timeline(tmp_path / "film.avi")
    assert timeline.duration == Fraction(30, 25)
    assert any("states no frame rate: 25 is used" in warning for warning in timeline.warnings)
    at_18 = segment(Picture(tmp_path / "film.avi", rate=Fraction(18)), (Fraction(9, 18), Fraction(14, 18)))
    assert [(frame.time * 18, number_of(frame.image)) for frame in picture_frames(at_18)] == [
        (index, 9 + index) for index in range(5)
    ]


def test_stamps_in_order_of_decoding(tmp_path: Path) -> None:
    """AVI states no other; pictures show in the order in which they leave the decoder."""
    check(remuxed(h264(tmp_path / "film.mkv"), tmp_path / "film.avi", annex_b=True))
    reaching_over = h264(tmp_path / "open.mkv", options="bframes=3:open-gop=1:scenecut=0")
    check(remuxed(reaching_over, tmp_path / "open.avi", annex_b=True))
    check(encode(tmp_path / "xvid.avi", "mpeg4", qscale="3"))


@pytest.mark.parametrize("rate", [Fraction(50, 3), Fraction(25, 2), 14, 17, Fraction(104, 5), 23, 25])
def test_a_container_that_counts_frames_is_constant(tmp_path: Path, rate: Fraction | int) -> None:
    check(encode(tmp_path / "film.avi", "mjpeg", 40, rate), 40, rate)


def test_uncompressed_pictures_are_constant(tmp_path: Path) -> None:
    check(_y4m(tmp_path / "film.y4m", 17), 40, 17)


def _y4m(path: Path, rate: int) -> Path:
    data = f"YUV4MPEG2 W{SIZE[0]} H{SIZE[1]} F{rate}:1 Ip A1:1 C420jpeg\n".encode()
    for number in range(40):
        frame = av.VideoFrame.from_ndarray(numbered(number, SIZE), "rgb24").reformat(format="yuvj420p")
        data += b"FRAME\n" + frame.to_ndarray().tobytes()
    path.write_bytes(data)
    return path


def without_length(path: Path) -> Path:
    """A WebM as a browser records it: the element 0x4489 of the length made void (EBML: 0xEC)."""
    data = path.read_bytes()
    assert data.count(b"\x44\x89\x88") == 1
    path.write_bytes(data.replace(b"\x44\x89\x88", b"\xec\x40\x08"))
    return path


@pytest.mark.parametrize("suffix", [".webm", ".mkv"])
def test_a_recording_that_states_no_length(tmp_path: Path, suffix: str) -> None:
    film = encode(tmp_path / f"film{suffix}", "libvpx", 60) if suffix == ".webm" else h264(tmp_path / "film.mkv", 60)
    without_length(film)
    with open_file(film) as container:
        assert container.duration is None
    check(film, 60)


def test_fragments_are_read_to_the_last(tmp_path: Path) -> None:
    check(remuxed(h264(tmp_path / "a.mp4"), tmp_path / "b.mp4", movflags="frag_keyframe+empty_moov"))


@pytest.mark.parametrize("suffix", [".mkv", ".ts", ".mp4", ".mov"])
@pytest.mark.parametrize("seconds", [2, 9])
def test_picture_that_begins_later_than_the_file(tmp_path: Path, suffix: str, seconds: int) -> None:
    """Times count from the first picture; neither the sound nor the wait before it makes it longer."""
    check(with_sound(h264(tmp_path / "a.mp4"), tmp_path / f"late{suffix}", Fraction(2), seconds))


def test_a_tag_is_no_length(tmp_path: Path) -> None:
    film = h264(tmp_path / "a.mkv")
    with av.open(str(film)) as read, av.open(str(tmp_path / "b.mkv"), "w") as written:
        copy = written.add_stream_from_template(read.streams.video[0])
        copy.metadata["DURATION"] = "00:00:20.000000000"
        for packet in read.demux(video=0):
            if packet.size:
                packet.stream = copy
                written.mux(packet)
    check(tmp_path / "b.mkv")


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_uneven_pictures_are_shown_to_the_last(tmp_path: Path, suffix: str) -> None:
    """Those that are decoded last are not those that show last, and MP4 adds up lengths in order of decoding."""
    lengths = [33, 40, 80, 47, 33, 120, 40] * 4 + [33, 47, 33, 100, 40, 33]
    film = uneven(tmp_path / f"film{suffix}", lengths)
    clip = segment(Picture(film), (0, read_timeline(film).duration))
    starts = accumulate(lengths[:-1], initial=0)
    assert numbers(clip) == [(Fraction(start, 1000), number) for number, start in enumerate(starts)]


def uneven(path: Path, lengths: Sequence[int]) -> Path:
    """H.264 with B-frames; picture n lasts so many milliseconds."""
    with av.open(str(path), "w") as written:
        stream = written.add_stream("libx264", rate=1000, options={"x264-params": "bframes=3:b-adapt=0"})
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        for number, start in enumerate(accumulate(lengths[:-1], initial=0)):
            frame = av.VideoFrame.from_ndarray(numbered(number, SIZE), "rgb24")
            frame.pts, frame.time_base = start, Fraction(1, 1000)
            written.mux(stream.encode(frame))
        written.mux(stream.encode(None))
    return path


@pytest.mark.parametrize("hidden", [1, 10])
def test_an_edit_list_hides_pictures(tmp_path: Path, hidden: int) -> None:
    """The list's media time (ISO 14496-12, 8.6.6) is moved by some pictures: they are no part of the film."""
    film = h264(tmp_path / "a.mp4")
    data = bytearray(film.read_bytes())
    at = data.index(b"elst") + 4
    count, duration, first = (int.from_bytes(data[at + n : at + n + 4]) for n in (4, 8, 12))
    with av.open(str(film)) as container:
        tick = container.streams.video[0].time_base
    assert count == 1 and tick is not None
    data[at + 8 : at + 12] = (duration - hidden * 40).to_bytes(4)  # in the movie's ticks of 1 ms
    data[at + 12 : at + 16] = (first + int(Fraction(hidden, 25) / tick)).to_bytes(4)
    film.write_bytes(data)
    assert read_timeline(film).duration * 25 == 100 - hidden
    assert shown(film, 0, 5) == list(range(hidden, hidden + 5))
    assert shown(film, 94 - hidden, 6) == list(range(94, 100))


@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_movie_cut_off_in_the_middle_says_so(tmp_path: Path, suffix: str) -> None:
    whole, film = h264(tmp_path / "a.mkv"), tmp_path / f"cut{suffix}"
    if suffix == ".mp4":
        remuxed(whole, film, movflags="faststart")
    else:
        whole.rename(film)
    os.truncate(film, film.stat().st_size * 2 // 3)
    timeline = read_timeline(film)
    assert 20 < timeline.duration * 25 < 95
    (warning,) = timeline.warnings
    assert "of the 4.00 s that it states; the copy may be truncated" in warning
    assert shown(film, 0, 20) == list(range(20))


def test_an_avi_without_its_list_is_read_from_the_beginning(tmp_path: Path) -> None:
    """The list of pictures is written last; without it, nobody knows where in the file a picture is."""
    film = encode(tmp_path / "capture.avi", "mpeg4", qscale="3")
    os.truncate(film, film.stat().st_size * 2 // 3)
    timeline = read_timeline(film)
    frames = int(timeline.duration * 25)
    assert 40 < frames < 95
    (warning,) = timeline.warnings
    assert "of the 4.00 s that it states; the copy may be truncated" in warning
    for first in (0, GROUP + 3, frames - 6):
        assert shown(film, first, 4) == list(range(first, first + 4))


def test_a_programme_stream_of_little_data_is_counted(tmp_path: Path) -> None:
    """Its stamps may sit on a neighbour of the picture that they are of: the pictures are counted."""
    still = encode(tmp_path / "a.mpg", "mpeg2video", 150, b="40000")
    with open_file(still) as container:
        assert container.format.name == "mpeg"
    assert not probe(still).stamped
    check(still, 150)


def test_streams_joined_end_to_end(tmp_path: Path) -> None:
    """Each begins its clock anew; all pictures are there, in order."""
    part = h264(tmp_path / "a.ts")
    (tmp_path / "joined.ts").write_bytes(part.read_bytes() * 2)
    timeline = read_timeline(tmp_path / "joined.ts")
    assert timeline.duration * 25 == 200
    assert any("time stamps jump back" in warning for warning in timeline.warnings)
    assert shown(tmp_path / "joined.ts", 90, 20) == [*range(90, 100), *range(10)]


@pytest.mark.parametrize("others", [(192, 144), (120, 108), (384, 216)])
def test_a_size_that_changes_on_the_way(tmp_path: Path, others: tuple[int, int]) -> None:
    """Every picture is as large as the first, and the film can be cut and given its sound."""
    first, second = encode(tmp_path / "a.m2v", "mpeg2video"), encode(tmp_path / "b.m2v", "mpeg2video", size=others)
    joined = tmp_path / "joined.m2v"
    joined.write_bytes(first.read_bytes() + second.read_bytes())
    with av.open(str(joined)) as container:
        assert {(frame.width, frame.height) for frame in container.decode(video=0)} == {SIZE, others}
    seen = list(picture_frames(segment(Picture(joined), (Fraction(0), Fraction(8)))))
    assert {frame.image.shape for frame in seen} == {(SIZE[1], SIZE[0], 3)}
    numbers_seen = [number_of(frame.image) for frame in seen]
    assert numbers_seen[:90] == [*range(90)] and numbers_seen[-100:] == [*range(100)]
    out = tmp_path / "out.otio"
    assert main(["generate", str(joined), "-o", str(out), "--task", "foley", "--source", "rules"]) == 0


@pytest.mark.parametrize("frames", [100, 600])
def test_a_clock_that_jumps_ahead(tmp_path: Path, frames: int) -> None:
    """As where a recorder went on an hour later: within the first pictures that are looked at, or after them."""
    part = h264(tmp_path / "a.ts", frames)
    later = tmp_path / "b.ts"
    with av.open(str(part)) as read, av.open(str(later), "w", options={"mpegts_copyts": "1"}) as written:
        stream = read.streams.video[0]
        copy = written.add_stream_from_template(stream)
        for packet in read.demux(stream):
            if packet.size:
                packet.pts, packet.dts = (packet.pts or 0) + 3600 * 90_000, (packet.dts or 0) + 3600 * 90_000
                packet.stream = copy
                written.mux(packet)
    (tmp_path / "joined.ts").write_bytes(part.read_bytes() + later.read_bytes())
    timeline = read_timeline(tmp_path / "joined.ts")
    assert (timeline.rate, timeline.duration * 25) == (25, 2 * frames)
    assert any("time stamps jump ahead" in warning for warning in timeline.warnings)
    assert shown(tmp_path / "joined.ts", frames - 10, 20) == [*range(frames - 10, frames), *range(10)]


def test_a_capture_that_begins_in_the_middle_of_a_picture(tmp_path: Path) -> None:
    """Nothing can be seen before the first key frame after the place where it was cut."""
    film = encode(tmp_path / "a.ts", "mpeg2video", b="6000000")
    data = film.read_bytes()
    film.write_bytes(data[len(data) // 5 // 188 * 188 :])
    (first,) = shown(film, 0, 1)
    assert first in range(0, 100, GROUP)[1:] or first > 0
    assert read_timeline(film).duration * 25 == 100 - first
    assert shown(film, 5, 5) == list(range(first + 5, first + 10))


def test_pictures_that_stand_for_seconds(tmp_path: Path) -> None:
    timeline = read_timeline(encode(tmp_path / "slides.mp4", "mpeg4", 6, Fraction(1, 5)))
    assert timeline.duration == 30
    assert timeline.rate >= 1 and (timeline.rate * 5).denominator == 1


@pytest.mark.parametrize("name", ["film.apng", "film.png"])
def test_an_animated_png(tmp_path: Path, name: str) -> None:
    path = animated(tmp_path / name, "apng", "rgb24", "apng")
    check(path, 60)
    assert [number for _, number in numbers(read_timeline(path).segments[0])] == list(range(60))


def test_an_animated_webp_is_refused_in_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="is an animated WebP, which cannot be decoded here; convert it"):
        read_timeline(animated(tmp_path / "film.webp", "libwebp_anim", "yuv420p", "webp"))


def animated(path: Path, codec: str, pixels: str, container: str) -> Path:
    """60 numbered pictures."""
    with av.open(str(path), "w", format=container) as written:
        stream = written.add_stream(codec, rate=25)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = *SIZE, pixels
        for number in range(60):
            written.mux(stream.encode(av.VideoFrame.from_ndarray(numbered(number, SIZE), "rgb24")))
        written.mux(stream.encode(None))
    return path
