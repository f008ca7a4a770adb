"""Reading pictures: every frame of a test movie carries its own number, so that we know which one came out."""

from __future__ import annotations

import struct
from collections.abc import Generator, Sequence
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from films import write_variable_rate
from numbered_movies import number_of, numbered, segment

from talkies.core.errors import MediaError
from talkies.core.media.picture import decode_check, picture_frames, probe
from talkies.core.segment import Picture, Segment

NTSC = Fraction(24000, 1001)


def write_movie(
    path: Path,
    frames: int = 50,
    rate: Fraction = Fraction(25),
    *,
    size: tuple[int, int] = (256, 144),
    codec: str = "libx264",
    pixels: str = "yuv420p",
    stamps: Sequence[Fraction] | None = None,
    gop: int = 12,
    pixel_aspect: Fraction | None = None,
) -> Path:
    """Numbered frames; ``stamps`` (seconds) make the rate variable."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = *size, pixels
        stream.codec_context.gop_size = gop
        if pixel_aspect:
            stream.codec_context.sample_aspect_ratio = pixel_aspect
        stream.codec_context.time_base = Fraction(1, 90000) if stamps else 1 / rate
        for index in range(frames):
            frame = av.VideoFrame.from_ndarray(numbered(index, size), format="rgb24").reformat(format=pixels)
            frame.time_base = stream.codec_context.time_base
            frame.pts = int((stamps[index] if stamps else index / rate) / frame.time_base)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def shown(part: Segment, warnings: list[str] | None = None) -> list[tuple[Fraction, int]]:
    sink = warnings if warnings is not None else []
    return [(frame.time, number_of(frame.image)) for frame in picture_frames(part, on_warning=sink.append)]


@pytest.fixture(scope="module")
def movie(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_movie(tmp_path_factory.mktemp("movie") / "numbers.mp4")


@pytest.mark.parametrize("rate", [NTSC, Fraction(24), Fraction(25), Fraction(30000, 1001), Fraction(16), Fraction(18)])
@pytest.mark.parametrize("suffix", [".mp4", ".mkv"])
def test_a_movie_gives_every_frame_at_its_exact_time(tmp_path: Path, rate: Fraction, suffix: str) -> None:
    path = write_movie(tmp_path / f"m{suffix}", 40, rate)
    info = probe(path)
    assert (info.rate, info.constant_rate, info.width, info.height) == (rate, True, 256, 144)
    assert info.has_video and not info.has_audio
    assert abs(info.duration - 40 / rate) < Fraction(1, 100)
    part = segment(Picture(path), (10 / rate, 30 / rate))
    assert shown(part) == [(index / rate, 10 + index) for index in range(20)]


def test_the_media_may_start_at_a_timecode(movie: Path) -> None:
    hour = Fraction(3600)
    assert shown(segment(Picture(movie, start=hour), (hour + Fraction(1, 5), hour + Fraction(2, 5)))) == [
        (Fraction(index, 25), 5 + index) for index in range(5)
    ]


def test_a_source_point_within_a_frame_shows_that_frame(movie: Path) -> None:
    frames = shown(segment(Picture(movie), (Fraction(21, 50), Fraction(3, 5))))
    assert frames[0] == (0, 10) and frames[1] == (Fraction(1, 50), 11) and frames[-1][1] == 14


def test_reverse_plays_the_last_frame_first(movie: Path) -> None:
    expected = [(Fraction(index, 25), 39 - index) for index in range(30)]
    assert shown(segment(Picture(movie), (Fraction(2, 5), Fraction(8, 5)), -1)) == expected


def test_reverse_across_chunks_loses_and_doubles_nothing(tmp_path: Path) -> None:
    path = write_movie(tmp_path / "long.mp4", 150, gop=40)
    expected = [(Fraction(index, 25), 149 - index) for index in range(150)]
    assert shown(segment(Picture(path), (0, 6), -1)) == expected


def test_speed_changes_the_times_and_fast_motion_is_thinned(movie: Path) -> None:
    assert shown(segment(Picture(movie), (0, 1), Fraction(1, 2)))[:3] == [
        (0, 0),
        (Fraction(2, 25), 1),
        (Fraction(4, 25), 2),
    ]
    fast = shown(segment(Picture(movie), (0, 2), 4))
    assert fast == [(Fraction(index, 100), index) for index in range(0, 50, 3)]


def test_a_freeze_shows_one_picture_all_the_time(movie: Path) -> None:
    frames = shown(segment(Picture(movie), (Fraction(4, 5), Fraction(4, 5)), 0, record=2))
    assert {number for _, number in frames} == {20}
    assert frames[0][0] == 0 and frames[-1][0] < 2


@pytest.mark.parametrize("rate", [Fraction(50), Fraction(60000, 1001)])
def test_of_fifty_or_sixty_frames_every_second_is_enough(tmp_path: Path, rate: Fraction) -> None:
    path = write_movie(tmp_path / "fast.mp4", 60, rate)
    assert shown(segment(Picture(path), (0, 60 / rate))) == [(index / rate, index) for index in range(0, 60, 2)]


def test_variable_rate_follows_the_time_stamps(tmp_path: Path) -> None:
    stamps = [Fraction(index, 25) for index in range(20)]
    stamps += [Fraction(4, 5) + Fraction(index, 10) for index in range(20)]
    path = write_movie(tmp_path / "phone.mp4", 40, stamps=stamps)
    assert not probe(path).constant_rate
    assert probe(path).rate == 15  # 40 pictures in 2.8 s
    frames = shown(segment(Picture(path), (0, Fraction(27, 10))))
    assert [number for _, number in frames] == list(range(39))
    assert all(abs(time - stamp) < Fraction(1, 1000) for (time, _), stamp in zip(frames, stamps, strict=False))


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".ts"])
def test_lost_pictures_leave_holes_in_a_constant_rate(tmp_path: Path, suffix: str) -> None:
    """A camera or a screen recorder that drops a third of its pictures still counts 30 a second."""
    kept = [number for number in range(90) if number % 7 not in (3, 4)]
    path = write_movie(tmp_path / f"m{suffix}", len(kept), stamps=[Fraction(number, 30) for number in kept])
    assert (probe(path).rate, probe(path).constant_rate) == (30, True)
    frames = shown(segment(Picture(path), (1, 2)))
    assert [(time, kept[number]) for time, number in frames] == [
        (Fraction(number, 30) - 1, number) for number in kept if 30 <= number < 60
    ]


def test_a_containers_clock_is_no_frame_rate(tmp_path: Path) -> None:
    """Matroska states 1000 per second for pictures that come every 40, 125 and 20 ms in turn: 16.2 per second."""
    info = probe(write_variable_rate(tmp_path / "phone.mkv"))
    assert (info.rate, info.constant_rate) == (16, False)


def test_a_movie_that_ends_early_stops_and_warns(movie: Path) -> None:
    warnings: list[str] = []
    frames = shown(segment(Picture(movie), (1, 4)), warnings)
    assert [number for _, number in frames] == list(range(25, 50))
    assert len(warnings) == 1 and "ends at 2.00 s" in warnings[0]


def test_memory_holds_a_few_frames_only(movie: Path) -> None:
    frames = picture_frames(segment(Picture(movie), (0, 2)))
    assert next(frames).time == 0
    assert isinstance(frames, Generator)
    frames.close()


@pytest.mark.parametrize(
    ("codec", "pixels", "suffix"),
    [("libx264", "yuv420p10le", ".mp4"), ("libx264", "gray", ".mp4"), ("mpeg2video", "yuv420p", ".mpg"),
     ("mjpeg", "yuvj420p", ".avi"), ("prores_ks", "yuv422p10le", ".mov"), ("ffv1", "rgb48le", ".mkv"),
     ("libvpx-vp9", "yuv420p", ".webm")],
)  # fmt: skip
def test_other_codecs_and_depths(tmp_path: Path, codec: str, pixels: str, suffix: str) -> None:
    path = write_movie(tmp_path / f"m{suffix}", 30, codec=codec, pixels=pixels)
    frames = shown(segment(Picture(path), (Fraction(2, 5), Fraction(4, 5))))
    assert [number for _, number in frames] == list(range(10, 20))


def test_odd_sizes_and_scaling(tmp_path: Path) -> None:
    path = write_movie(tmp_path / "odd.mkv", 5, size=(333, 251), codec="ffv1", pixels="yuv444p")
    images = [frame.image for frame in picture_frames(segment(Picture(path), (0, Fraction(1, 5))), height=144)]
    assert images[0].shape == (144, 191, 3) and images[0].dtype == np.uint8
    assert [number_of(image) for image in images] == list(range(5))


def test_a_phones_upright_picture_stands_upright(tmp_path: Path, movie: Path) -> None:
    """A quarter turn to the right in the track header (ISO 14496-12, 8.3.2)."""
    data = bytearray(movie.read_bytes())
    matrix = data.index(b"tkhd") + 4 + 40
    data[matrix : matrix + 36] = struct.pack(">9i", 0, 65536, 0, -65536, 0, 0, 0, 0, 0x40000000)
    turned = tmp_path / "upright.mp4"
    turned.write_bytes(data)
    images = [frame.image for frame in picture_frames(segment(Picture(turned), (0, Fraction(1, 5))), height=128)]
    assert images[0].shape == (128, 72, 3)
    assert [number_of(np.rot90(image)) for image in images] == list(range(5))  # its left is now on top


def test_wide_pixels_are_made_square(tmp_path: Path) -> None:
    path = write_movie(tmp_path / "wide.mp4", 5, pixel_aspect=Fraction(3, 2))
    images = [frame.image for frame in picture_frames(segment(Picture(path), (0, Fraction(1, 5))), height=72)]
    assert images[0].shape == (72, 192, 3) and [number_of(image) for image in images] == list(range(5))


def test_broken_media_is_refused_in_one_sentence(tmp_path: Path, movie: Path) -> None:
    empty = tmp_path / "empty.mp4"
    empty.touch()
    text = tmp_path / "text.mp4"
    text.write_text("this is not a movie\n" * 50, encoding="utf-8")
    headless = tmp_path / "headless.mp4"
    headless.write_bytes(movie.read_bytes()[: movie.stat().st_size // 2])
    for path, word in (
        (tmp_path / "none.mp4", "missing"),
        (empty, "empty"),
        (text, "not readable"),
        (headless, "truncated"),
        (tmp_path, "folder"),
    ):
        for act in (probe, lambda path: list(picture_frames(segment(Picture(path), (0, 1))))):
            with pytest.raises(MediaError, match=word) as caught:
                act(path)
            assert str(path) in str(caught.value) and "\n" not in str(caught.value)


def test_sound_without_picture_is_refused_as_picture(tmp_path: Path) -> None:
    path = tmp_path / "sound.wav"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=48000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 4800), np.int16), format="s16", layout="mono")
        frame.sample_rate = 48000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    assert probe(path).has_audio and not probe(path).has_video
    with pytest.raises(MediaError, match="no picture"):
        list(picture_frames(segment(Picture(path), (0, 1))))


def test_a_truncated_copy_is_noticed(tmp_path: Path) -> None:
    whole = write_movie(tmp_path / "whole.mkv", 200)
    assert decode_check(whole) == ""
    cut = tmp_path / "cut.mkv"
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    assert "truncated" in decode_check(cut)
    warnings: list[str] = []
    numbers = [number for _, number in shown(segment(Picture(cut), (0, 8)), warnings)]
    assert numbers == sorted(set(numbers)) and numbers[0] == 0 and 20 < len(numbers) < 190
    assert len(warnings) == 1


def test_a_clip_beyond_the_media_is_refused(movie: Path) -> None:
    with pytest.raises(MediaError, match=r"no picture at 5\.00 s"):
        list(picture_frames(segment(Picture(movie), (5, 6))))


def test_no_picture_and_no_length_are_no_frames(movie: Path) -> None:
    assert not list(picture_frames(segment(Picture(movie), (1, 1))))
    bare = segment(Picture(movie), (0, 1))
    assert not list(picture_frames(Segment("s", "c", "V1", bare.record, bare.source, bare.rate)))


def write_sequence(folder: Path, suffix: str, depth: type = np.uint8, frames: int = 12) -> tuple[Path, ...]:
    paths = []
    for index in range(frames):
        path = folder / f"scan 100%_{index:04}{suffix}"
        image = numbered(index)
        if depth is np.uint16:
            image = image.astype(np.uint16) * 257
        if suffix in (".dpx", ".exr"):
            _write_with_av(path, image, "dpx" if suffix == ".dpx" else "exr")
        else:
            path.write_bytes(cv2.imencode(suffix, image)[1].tobytes())
        paths.append(path)
    return tuple(paths)


def _write_with_av(path: Path, image: np.ndarray, codec: str) -> None:
    context = av.CodecContext.create(codec, "w")
    assert isinstance(context, av.VideoCodecContext)
    context.width, context.height, context.time_base = image.shape[1], image.shape[0], Fraction(1, 25)
    if codec == "dpx":
        context.pix_fmt = "gbrp10le" if image.dtype == np.uint8 else "rgb48be"
        frame = av.VideoFrame.from_ndarray(image.astype(np.uint8), format="rgb24").reformat(format=context.pix_fmt)
    else:
        context.pix_fmt = "gbrpf32le"
        frame = av.VideoFrame.from_ndarray((image / 255).astype(np.float32), format="gbrpf32le")
    frame.pts = 0
    path.write_bytes(b"".join(bytes(packet) for packet in [*context.encode(frame), *context.encode(None)]))


@pytest.mark.parametrize(
    ("suffix", "depth"),
    [(".png", np.uint8), (".png", np.uint16), (".tiff", np.uint8), (".tiff", np.uint16), (".jpg", np.uint8),
     (".dpx", np.uint8), (".exr", np.uint8)],
)  # fmt: skip
def test_image_sequences_play_through_retimes(tmp_path: Path, suffix: str, depth: type) -> None:
    paths = write_sequence(tmp_path, suffix, depth)
    picture = Picture(tmp_path, paths, Fraction(18), start=Fraction(100))
    source = (100 + Fraction(2, 18), 100 + Fraction(8, 18))
    assert shown(segment(picture, source)) == [(Fraction(index, 18), 2 + index) for index in range(6)]
    assert [number for _, number in shown(segment(picture, source, -1))] == [7, 6, 5, 4, 3, 2]
    assert {number for _, number in shown(segment(picture, (source[0], source[0]), 0, record=1))} == {2}


def test_numbers_beyond_all_light_are_white(tmp_path: Path) -> None:
    """A damaged float picture holds what no scene does."""
    image = np.full((72, 128, 3), 1e30, np.float32)
    image[:, :64] = 0
    context = av.CodecContext.create("exr", "w")
    assert isinstance(context, av.VideoCodecContext)
    context.width, context.height, context.time_base, context.pix_fmt = 128, 72, Fraction(1, 25), "gbrpf32le"
    frame = av.VideoFrame.from_ndarray(image, format="gbrpf32le")
    frame.pts = 0
    path = tmp_path / "a.exr"
    path.write_bytes(b"".join(bytes(packet) for packet in [*context.encode(frame), *context.encode(None)]))
    (shown_once,) = picture_frames(segment(Picture(tmp_path, (path,), Fraction(25)), (0, Fraction(1, 25))), height=72)
    assert (shown_once.image[36, 32], shown_once.image[36, 96]) == (pytest.approx([0] * 3), pytest.approx([255] * 3))


def test_missing_frames_of_a_sequence_hold_the_last(tmp_path: Path) -> None:
    paths = list(write_sequence(tmp_path, ".png"))
    paths[3].unlink()
    paths[7].write_bytes(b"broken")
    picture = Picture(tmp_path, (*paths[:5], None, *paths[6:]), Fraction(16))
    warnings: list[str] = []
    assert [number for _, number in shown(segment(picture, (0, Fraction(12, 16))), warnings)] == [
        0, 1, 2, 2, 4, 4, 6, 6, 8, 9, 10, 11,
    ]  # fmt: skip
    assert len(warnings) == 1 and "3 frames" in warnings[0]


def test_a_sequence_without_any_frame_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MediaError, match="no frame of the sequence"):
        list(picture_frames(segment(Picture(tmp_path, (tmp_path / "a.png", None), Fraction(24)), (0, Fraction(1, 12)))))
