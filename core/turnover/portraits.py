"""Portraits over the pictures of a timeline, as an editor shows a track above the others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import chain

from talkies.core.arrays import Image
from talkies.core.media.timeline_movie import boxed, list_of_frames
from talkies.core.segment import Take
from talkies.core.takes.pictures import as_segment
from talkies.core.times import to_frame


def with_portraits(images: Iterable[Image], takes: Sequence[Take], rate: Fraction) -> Iterator[Image]:
    """One image for each frame from the timeline's first on; where a first take of a portrait lies, the portrait's."""
    first = sorted((take for take in takes if take.number == 1), key=lambda take: take.record)
    coming = chain.from_iterable(_frames(take, rate) for take in first)
    place, shown = next(coming, _END)
    for number, image in enumerate(images):
        while place is not None and place < number:
            place, shown = next(coming, _END)
        yield boxed(shown) if place == number and shown is not None else image


_END: tuple[int | None, Image | None] = (None, None)


def _frames(take: Take, rate: Fraction) -> Iterator[tuple[int | None, Image | None]]:
    """The frames of the timeline that a portrait covers, with its pictures."""
    frames = range(to_frame(take.record.start, rate), to_frame(take.record.end, rate))
    yield from zip(frames, list_of_frames(as_segment(take, rate), frames, rate), strict=True)
