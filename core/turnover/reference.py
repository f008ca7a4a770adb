"""Reference movie: the timeline's picture with burnt-in timecode, a flash at each pop, and the mix.

QuickTime with H.264 and uncompressed sound, which starts on its sample in every workstation, and a timecode track.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np

from talkies.core.arrays import Image, Samples
from talkies.core.media.timeline_movie import add_picture, movie_file, mux, pictures
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.segment import Take
from talkies.core.takes.mixdown import piece_of, placed
from talkies.core.times import round_half_up, to_frame
from talkies.core.turnover.portraits import with_portraits
from talkies.core.turnover.span import Span

TIMECODE_RATES = (24, 25, 30, 48, 50, 60)
"""Frames per second that a timecode track can count; film at 16 or 18 has only the burnt-in one."""


def write_reference(
    span: Span,
    takes: Sequence[Take],
    path: Path,
    on_frame: Callable[[int], None] = lambda number: None,
    portraits: Sequence[Take] = (),
) -> None:
    """The span as a ``.mov``, with ``portraits`` over its pictures; ``on_frame`` gets the number done. Raises
    OutputError and MediaError; atomic."""
    rate = span.timeline.rate
    with movie_file(path, "mov", {"movflags": "+faststart"}) as container:
        video = add_picture(container, rate)
        if round_half_up(rate) in TIMECODE_RATES:
            video.metadata["timecode"] = span.timecode(span.range.start)
        audio = container.add_stream("pcm_s24le", rate=SAMPLE_RATE, layout="stereo")
        mux(container, video, _reporting(burnt_in(span, portraits), on_frame), audio, mix_blocks(span, takes))


def mix_blocks(span: Span, takes: Sequence[Take]) -> Iterator[Samples]:
    """The sum of the first takes with the pops, (2, n), from the span's first sample to its last."""
    first, count = span.samples
    pieces = [*span.pop_pieces(channels=2), *(piece_of(take, channels=2) for take in takes if take.number == 1)]
    return placed(pieces, first, first + count)


def burnt_in(span: Span, portraits: Sequence[Take] = ()) -> Iterator[Image]:
    """One picture for each frame of the span."""
    first, _ = span.frames
    flashes = {to_frame(pop.start, span.timeline.rate) for pop in span.pops}
    for number, image in enumerate(_whole(span, portraits), start=first):
        shown = _flash(image) if number in flashes else image
        yield _with_text(shown, span.timecode(Fraction(number) / span.timeline.rate))


def _whole(span: Span, portraits: Sequence[Take]) -> Iterator[Image]:
    """The timeline's pictures with black before and after them."""
    first, count = span.frames
    black: Image = np.zeros((360, 640, 3), np.uint8)
    shown = with_portraits(pictures(span.timeline), portraits, span.timeline.rate)
    for number in range(first, first + count):
        yield black if number < 0 else next(shown, black)


def _flash(image: Image) -> Image:
    """A white picture with a 2, as at the end of a leader."""
    import cv2

    white = np.full_like(image, 255)
    height, width = white.shape[:2]
    (wide, high), _ = cv2.getTextSize("2", cv2.FONT_HERSHEY_SIMPLEX, 6, 12)
    return _drawn(white, "2", ((width - wide) // 2, (height + high) // 2), 6, (0, 0, 0), 12)


def _with_text(image: Image, text: str) -> Image:
    """The picture with white figures on a dark bar at its lower edge."""
    import cv2

    height, width = image.shape[:2]
    (wide, high), _ = cv2.getTextSize(text, cv2.FONT_HERSHEY_SIMPLEX, 0.7, 2)
    left, base = (width - wide) // 2, height - 14
    marked = image.copy()
    marked[base - high - 8 : base + 8, left - 10 : left + wide + 10] //= 4
    return _drawn(marked, text, (left, base), 0.7, (255, 255, 255), 2)


def _drawn(
    image: Image, text: str, place: tuple[int, int], size: float, colour: tuple[int, int, int], thickness: int
) -> Image:
    import cv2

    cv2.putText(image, text, place, cv2.FONT_HERSHEY_SIMPLEX, size, colour, thickness, cv2.LINE_AA)
    return image


def _reporting(images: Iterator[Image], on_frame: Callable[[int], None]) -> Iterator[Image]:
    for number, image in enumerate(images, start=1):
        yield image
        on_frame(number)
