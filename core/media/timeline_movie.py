"""The picture of a timeline as a movie with sound: letterboxed images for each frame, muxed with blocks of samples."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from fractions import Fraction
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np

from talkies.core.arrays import Image, Samples
from talkies.core.files.atomic import part_file
from talkies.core.media.opening import media_address
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.segment import Segment, Timeline
from talkies.core.times import to_frame

_HEIGHT = 360


_SIXTEEN_NINE = (_HEIGHT * 16 // 9, _HEIGHT)


_AUDIO_FRAME = 1024  # samples: what AAC takes at a time


@contextmanager
def movie_file(path: Path, container: str, options: dict[str, str]) -> Iterator[Any]:
    """An open movie to write to, whole at ``path`` in the end or not at all. Raises OutputError."""
    import av

    with part_file(path) as part, av.open(media_address(part), "w", format=container, options=options) as opened:
        yield opened


def add_picture(container: Any, rate: Fraction) -> Any:
    """A stream of H.264, or of MPEG-4 where there is no such encoder, for pictures of the preview's size."""
    return add_stream_of(container, rate, _SIXTEEN_NINE)


def add_stream_of(container: Any, rate: Fraction, size: tuple[int, int], *, prores: bool = False) -> Any:
    """The same for pictures of another ``size`` (width, height), both even; or of ProRes 422 HQ."""
    video = container.add_stream("prores_ks" if prores else _encoder(), rate=rate)
    video.width, video.height = size
    video.pix_fmt = "yuv422p10le" if prores else "yuv420p"
    video.options = {"profile": "3"} if prores else {"crf": "20", "preset": "fast"}
    return video


def mux(container: Any, video: Any, images: Iterable[Image], audio: Any, blocks: Iterable[Samples]) -> None:
    """Encodes pictures, one for each frame, and blocks of (2, n) sound, side by side, to the end of both."""
    import av

    sound = _audio_frames(blocks)
    waiting = next(sound, None)
    for number, image in enumerate(images):
        container.mux(video.encode(av.VideoFrame.from_ndarray(image, "rgb24")))
        while waiting is not None and waiting.pts <= (number + 1) * SAMPLE_RATE / video.codec_context.framerate:
            container.mux(audio.encode(waiting))
            waiting = next(sound, None)
    container.mux(video.encode(None))
    while waiting is not None:
        container.mux(audio.encode(waiting))
        waiting = next(sound, None)
    container.mux(audio.encode(None))


def _encoder() -> str:
    import av

    return "libx264" if "libx264" in av.codecs_available else "mpeg4"


def pictures(timeline: Timeline) -> Iterator[Image]:
    """One image (360, 640, 3) for each frame of the timeline, letterboxed."""
    black: Image = np.zeros((_SIXTEEN_NINE[1], _SIXTEEN_NINE[0], 3), np.uint8)
    position = 0
    for segment in sorted(_first_track(timeline), key=lambda segment: segment.record.start):
        start, end = to_frame(segment.record.start, timeline.rate), to_frame(segment.record.end, timeline.rate)
        yield from (black for _ in range(position, start))
        shown = list_of_frames(segment, range(max(start, position), end), timeline.rate)
        for image in shown:
            yield boxed(image) if image is not None else black
        position = max(position, end)
    yield from (black for _ in range(position, to_frame(timeline.duration, timeline.rate)))


def _first_track(timeline: Timeline) -> Iterable[Segment]:
    track = timeline.segments[0].track if timeline.segments else ""
    return (segment for segment in timeline.segments if segment.track == track)


def list_of_frames(segment: Segment, frames: range, rate: Fraction) -> Iterator[Image | None]:
    """The image that shows at each of the timeline's ``frames``; None where there is nothing."""
    from talkies.core.media.picture import picture_frames

    source = picture_frames(segment, height=_HEIGHT) if segment.picture else iter(())
    coming, image = next(source, None), None
    for number in frames:
        middle = (number + Fraction(1, 2)) / rate - segment.record.start
        while coming is not None and coming.time <= middle:
            image, coming = coming.image, next(source, None)
        yield image


def boxed(image: Image) -> Image:
    """Any picture in the middle of the preview's, at its own shape."""
    import cv2

    width, height = _SIXTEEN_NINE
    scale = min(width / image.shape[1], height / image.shape[0])
    size = (max(1, round(image.shape[1] * scale)), max(1, round(image.shape[0] * scale)))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    whole: Image = np.zeros((height, width, 3), np.uint8)
    left, top = (width - size[0]) // 2, (height - size[1]) // 2
    whole[top : top + size[1], left : left + size[0]] = small
    return whole


def _audio_frames(blocks: Iterable[Samples]) -> Iterator[Any]:
    """Blocks of (2, n) as PyAV frames with their time stamps."""
    import av

    rest: Samples = np.zeros((2, 0), np.float32)
    position = 0
    for block in chain(blocks, [None]):
        heard = rest if block is None else np.concatenate([rest, block], axis=1)
        whole = heard.shape[1] if block is None else heard.shape[1] // _AUDIO_FRAME * _AUDIO_FRAME
        for start in range(0, whole, _AUDIO_FRAME):
            piece = np.ascontiguousarray(heard[:, start : min(start + _AUDIO_FRAME, whole)])
            frame = av.AudioFrame.from_ndarray(piece, format="fltp", layout="stereo")
            frame.sample_rate, frame.pts, frame.time_base = SAMPLE_RATE, position, Fraction(1, SAMPLE_RATE)
            position += piece.shape[1]
            yield frame
        rest = heard[:, whole:]
