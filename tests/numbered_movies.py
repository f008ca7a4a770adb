"""Movies whose picture n shows the number n, so that one knows which came out."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from av.bitstream import BitStreamFilterContext

from talkies.core.media.picture import picture_frames
from talkies.core.segment import Picture, Segment
from talkies.core.times import TimeRange

BITS = 12
SIZE = (192, 108)
GROUP = 25  # pictures from key frame to key frame


def encode(
    path: Path,
    codec: str,
    frames: int = 100,
    rate: Fraction | int = 25,
    size: tuple[int, int] = SIZE,
    **options: str,
) -> Path:
    """Picture n shows the number n; three B-frames in a row."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate, options=options)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = *size, "yuvj420p" if codec == "mjpeg" else "yuv420p"
        stream.codec_context.gop_size = GROUP
        if codec != "mjpeg":
            stream.codec_context.max_b_frames = 3
        for number in range(frames):
            frame = av.VideoFrame.from_ndarray(numbered(number, size), "rgb24")
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def h264(path: Path, frames: int = 100, rate: Fraction | int = 25, *, options: str = "bframes=3") -> Path:
    return encode(path, "libx264", frames, rate, SIZE, crf="20", preset="ultrafast", **{"x264-params": options})


def write_numbered(path: Path, count: int, rate: Fraction | int = 24, timecode: str = "") -> Path:
    """As MPEG-4, whose clock may begin at ``timecode``."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=Fraction(rate))
        stream.width, stream.height, stream.pix_fmt = *SIZE, "yuv420p"
        if timecode:
            container.metadata["timecode"] = stream.metadata["timecode"] = timecode
        for number in range(count):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(numbered(number, SIZE), "rgb24")))
        container.mux(stream.encode(None))
    return path


def remuxed(source: Path, target: Path, annex_b: bool = False, **options: str) -> Path:
    """The same packets in another container."""
    with av.open(str(source)) as read, av.open(str(target), "w", options=options) as written:
        stream = read.streams.video[0]
        copy = written.add_stream_from_template(stream)
        filtered = BitStreamFilterContext("h264_mp4toannexb", stream, copy) if annex_b else None
        for packet in read.demux(stream):
            for part in filtered.filter(packet if packet.size else None) if filtered else [packet]:
                if part.size:
                    part.stream = copy
                    written.mux(part)
    return target


def with_sound(source: Path, target: Path, late: Fraction, seconds: int, *, click: Fraction | None = None) -> Path:
    """The packets of ``source``, ``late`` seconds after the beginning of ``seconds`` of sound; it may hold a click."""
    sound = np.zeros((1, seconds * 48_000 // 1152 * 1152), np.float32)
    if click is not None:
        sound[:, int(click * 48_000) :][:, :2400] = 0.5
    with av.open(str(source)) as read, av.open(str(target), "w") as written:
        stream = read.streams.video[0]
        copy = written.add_stream_from_template(stream)
        heard = written.add_stream("mp2", rate=48_000, layout="mono")
        for start in range(0, sound.shape[1], 1152):
            part = np.ascontiguousarray(sound[:, start : start + 1152] * 32767).astype(np.int16)
            frame = av.AudioFrame.from_ndarray(part, "s16", "mono")
            frame.sample_rate, frame.pts = 48_000, start
            written.mux(heard.encode(frame))
        written.mux(heard.encode(None))
        assert stream.time_base is not None
        shift = int(late / stream.time_base)
        for packet in read.demux(stream):
            if packet.size:
                packet.pts, packet.dts = (packet.pts or 0) + shift, (packet.dts or 0) + shift
                packet.stream = copy
                written.mux(packet)
    return target


def numbered(number: int, size: tuple[int, int] = (256, 144)) -> np.ndarray:
    """A picture with ``number`` as twelve black or white bars."""
    bars = np.array([255 if number >> bit & 1 else 0 for bit in range(BITS)], np.uint8)
    row = np.repeat(bars, size[0] // BITS)
    row = np.pad(row, (0, size[0] - len(row)), mode="edge")
    return np.ascontiguousarray(np.broadcast_to(row[None, :, None], (size[1], size[0], 3)))


def number_of(image: np.ndarray) -> int:
    middle = image[image.shape[0] // 2, :, 0].astype(int)
    width = len(middle) / BITS
    return sum(1 << bit for bit in range(BITS) if middle[int((bit + 0.5) * width)] > 127)


def segment(
    picture: Picture,
    source: tuple[Fraction | int, Fraction | int],
    speed: Fraction | int = 1,
    record: Fraction | int | None = None,
) -> Segment:
    start, end = Fraction(source[0]), Fraction(source[1])
    length = Fraction(record) if record is not None else (end - start) / abs(Fraction(speed))
    whole = TimeRange(Fraction(10), 10 + length)
    return Segment("s", "clip", "V1", whole, TimeRange(start, end), Fraction(25), Fraction(speed), picture)


def numbers(segment: Segment) -> list[tuple[Fraction, int]]:
    """(seconds from the segment's start, number) of every picture that is looked at."""
    return [(frame.time, number_of(frame.image)) for frame in picture_frames(segment, height=SIZE[1])]


def shown_at(segment: Segment, *times: float | Fraction) -> list[int]:
    """The number that shows at each time."""
    pictures = numbers(segment)
    return [next(number for start, number in reversed(pictures) if start <= Fraction(time)) for time in times]
