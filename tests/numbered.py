"""Movies whose picture n shows the number n, and which numbers talkies looks at: picture for picture, read by eye."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from talkies.core.media.picture import picture_frames
from talkies.core.segment import Segment

BITS = 12
_WIDTH, _HEIGHT = 16 * BITS, 48


def write_numbered(path: Path, count: int, rate: Fraction | int = 24, timecode: str = "") -> Path:
    """Twelve stripes, white where the number has a bit, above the same inverted."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("mpeg4", rate=Fraction(rate))
        stream.width, stream.height, stream.pix_fmt = _WIDTH, _HEIGHT, "yuv420p"
        if timecode:
            container.metadata["timecode"] = stream.metadata["timecode"] = timecode
        for number in range(count):
            for packet in stream.encode(av.VideoFrame.from_ndarray(_picture(number), "rgb24")):
                container.mux(packet)
        for packet in stream.encode():
            container.mux(packet)
    return path


def numbers(segment: Segment) -> list[tuple[Fraction, int]]:
    """(seconds from the segment's start, number) of every picture that is looked at."""
    return [(frame.time, _number(frame.image)) for frame in picture_frames(segment, height=_HEIGHT)]


def shown_at(segment: Segment, *times: float) -> list[int]:
    """The number that shows at each time."""
    pictures = numbers(segment)
    return [next(number for start, number in reversed(pictures) if start <= Fraction(time)) for time in times]


def _picture(number: int) -> np.ndarray:
    image = np.zeros((_HEIGHT, _WIDTH, 3), np.uint8)
    for bit in range(BITS):
        image[: _HEIGHT // 2, bit * 16 : bit * 16 + 16] = 255 * (number >> bit & 1)
    image[_HEIGHT // 2 :] = 255 - image[: _HEIGHT // 2]
    return image


def _number(image: np.ndarray) -> int:
    upper, lower = image[image.shape[0] // 4].mean(1), image[image.shape[0] * 3 // 4].mean(1)
    places = [round((bit + 0.5) * image.shape[1] / BITS) for bit in range(BITS)]
    return sum(1 << bit for bit, place in enumerate(places) if upper[place] > lower[place])
