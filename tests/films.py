"""Small real movies and timelines for the tests, made on the spot."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import opentimelineio as otio


def write_movie(
    path: Path, seconds: float = 2, rate: Fraction = Fraction(25), *, flashes: Sequence[float] = (0.5, 1.2)
) -> Path:
    """A grey picture (64 × 48) in which a white square jumps at each flash; MPEG-4, no sound."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=rate)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        for number in range(round(seconds * rate)):
            image = np.full((48, 64, 3), 90, np.uint8)
            left = 8 + 12 * sum(number / rate >= flash for flash in flashes)
            image[16:32, left : left + 12] = 250
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, "rgb24")))
        container.mux(stream.encode(None))
    return path


def write_sound_only(path: Path) -> Path:
    """One second of silence in a movie container."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("pcm_s16le", rate=48_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(np.zeros((1, 48_000), np.int16), format="s16", layout="mono")
        frame.sample_rate = 48_000
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return path


def write_variable_rate(path: Path) -> Path:
    """Two seconds of picture whose frames come at 25, 8 and 50 per second in turn."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=1000)
        stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
        stream.codec_context.time_base = Fraction(1, 1000)
        stamp, steps = 0, (40, 125, 20)
        for number in range(60):
            image = np.full((48, 64, 3), (number * 37) % 200, np.uint8)
            frame = av.VideoFrame.from_ndarray(image, "rgb24")
            frame.pts, frame.time_base = stamp, Fraction(1, 1000)
            container.mux(stream.encode(frame))
            stamp += steps[number % 3]
        container.mux(stream.encode(None))
    return path


def write_reel(
    path: Path,
    media: Sequence[str],
    *,
    frames: int = 25,
    rate: float = 25,
    cues: Sequence[tuple[int, int, str]] = (),
    start: int = 0,
    first: str = "",
) -> Path:
    """One clip per medium, each ``frames`` long from the medium's frame ``start`` on, named "shot 1" and so on, after
    the one with the name ``first`` if it is given; cues: first frame, end, text."""

    def span(first: int, count: int) -> otio.opentime.TimeRange:
        return otio.opentime.TimeRange(otio.opentime.RationalTime(first, rate), otio.opentime.RationalTime(count, rate))

    titles = [*([first] if first else []), *(f"shot {number}" for number in range(1, len(media) + 1))]
    clips = [
        otio.schema.Clip(title, otio.schema.ExternalReference(name), span(start, frames))
        for title, name in zip(titles, media, strict=False)
    ]
    timeline = otio.schema.Timeline("reel")
    timeline.tracks.append(otio.schema.Track("V1", kind="Video", children=clips))
    if cues:
        children: list[otio.core.Composable] = []
        position = 0
        for begin, end, text in cues:
            if begin > position:
                children.append(otio.schema.Gap(source_range=span(0, begin - position)))
            children.append(otio.schema.Clip(text, source_range=span(0, end - begin)))
            position = end
        timeline.tracks.append(otio.schema.Track("Subtitles", kind="Subtitle", children=children))
    otio.adapters.write_to_file(timeline, str(path))
    return path
