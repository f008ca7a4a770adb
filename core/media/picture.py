"""Picture frames of a segment: small, in record order, through every retime, a few at a time.

Movies and image sequences come out the same way: each frame with the record time from which it shows. Heavy modules
are imported when the first frame is read.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import partial
from math import ceil, floor
from typing import Any

from talkies.core.errors import MediaError
from talkies.core.media.movie import decode_check
from talkies.core.media.probing import MediaInfo, probe
from talkies.core.segment import Picture, Segment

__all__ = ["Frame", "MediaInfo", "decode_check", "picture_frames", "probe"]

_CLOSEST = Fraction(1, 45)  # seconds: of 48 to 60 frames a second every second one is enough
_FREEZE_STEP = Fraction(1, 5)  # seconds between the repeats of a frozen picture
_JUMP = Fraction(1, 1000)  # seconds: what takes less shows nothing
_SEQUENCE_RATE = Fraction(24)  # when nobody says

Shown = tuple[Fraction, Any]  # record time from which a picture shows, and the picture


@dataclass(frozen=True)
class Frame:
    """One picture as the segment shows it from ``time`` on, seconds from the segment's record start."""

    time: Fraction
    image: Any = field(repr=False)
    """uint8 (H, W, 3), RGB."""


def picture_frames(
    segment: Segment,
    *,
    height: int = 216,
    closest: Fraction = _CLOSEST,
    on_warning: Callable[[str], None] | None = None,
) -> Generator[Frame]:
    """The pictures of ``segment`` in record order, at the media's own rate through the retime, at most ~45 a second.

    The first shows from 0 on. A segment without picture has none; one whose media ends early ends early, with a
    warning. ``height``: lines of the images (never enlarged), which all have the first one's size, also where the media
    changes it on the way. ``closest``: seconds from one to the next, 0 for all.
    Raises MediaError when nothing can be shown at all.
    """
    picture = segment.picture
    if picture is None or segment.record.duration <= 0:
        return
    warn = on_warning or (lambda sentence: None)
    size: tuple[int, int] | None = None
    for time, shown in _thinned(_of_curve(segment, picture, height, warn), segment.record.duration, closest):
        image = shown() if callable(shown) else shown
        size = size or (image.shape[1], image.shape[0])
        yield Frame(time, _sized(image, size))


def _sized(image: Any, size: tuple[int, int]) -> Any:
    """An image of this width and height."""
    if (image.shape[1], image.shape[0]) == size:
        return image
    import cv2

    return cv2.resize(image, size, interpolation=cv2.INTER_AREA)


def _of_curve(segment: Segment, picture: Picture, height: int, warn: Callable[[str], None]) -> Iterator[Shown]:
    """One piece of constant speed after another; where one has no picture any more, the last one shown is held."""
    if segment.curve is None:
        yield from _of_media(segment, picture, height, warn)
        return
    any_shown = False
    for piece in segment.curve.pieces():
        if piece.time.duration < _JUMP and any_shown:
            continue
        part = replace(segment, record=piece.time, source=piece.media, speed=piece.speed, curve=None)
        try:
            for time, image in _thinned(_of_media(part, picture, height, warn), piece.time.duration, Fraction(0)):
                any_shown = True
                yield piece.time.start + time, image
        except MediaError as error:
            if not any_shown:
                raise
            warn(str(error))


def _of_media(segment: Segment, picture: Picture, height: int, warn: Callable[[str], None]) -> Iterator[Shown]:
    of_kind = _of_sequence if picture.frames else _of_movie
    return of_kind(segment, picture, height, warn)


def _thinned(shown: Iterable[Shown], duration: Fraction, closest: Fraction) -> Iterator[Shown]:
    """Leaves out what comes too soon after the last, and what lies outside the record range."""
    last: Fraction | None = None
    for time, image in shown:
        if time >= duration:
            return
        if last is None or time - last >= closest:
            last = time
            yield max(time, Fraction(0)), image  # the first frame may have begun before the clip


def _of_movie(segment: Segment, picture: Picture, height: int, warn: Callable[[str], None]) -> Iterator[Shown]:
    from talkies.core.media.movie import Movie

    speed = segment.speed
    start, end = segment.source.start - picture.start, segment.source.end - picture.start
    with Movie(picture.path, picture.rate) as movie:
        one = 1 / movie.info.rate
        if speed == 0:
            end = start + one
        elif speed > 0:
            end = max(end, start + segment.record.duration * speed)
        if start >= movie.info.duration > 0 or end <= 0:
            raise MediaError(
                picture.path, f"has no picture at {float(start):.2f} s (it lasts {float(movie.info.duration):.2f} s)",
                "check the clip's source range, or relink it",
            )  # fmt: skip
        last: Fraction | None = None
        if speed < 0:
            after = end
            for time, image in movie.backwards(max(start, Fraction(0)), end, height):
                last = last if last is not None else time
                yield (end - min(after, end)) / -speed, image
                after = time
        else:
            scaler = movie.scaler(height)
            for time, frame in movie.frames(max(start, Fraction(0)), end):
                last = time
                if speed == 0:
                    yield from _frozen(segment.record.duration, scaler(frame))
                    return
                yield (time - start) / speed, partial(scaler, frame)
        if last is None:
            raise MediaError(picture.path, "no picture can be decoded: the file is corrupt", "export or copy it again")
        needed = min(end, start + segment.record.duration * speed) if speed > 0 else end
        is_within = needed <= movie.info.duration
        allowed = Fraction(1, 2) if is_within or not movie.info.constant_rate else 2 * one
        if needed - (last + one) > allowed:
            warn(f"{picture.path}: picture ends at {float(last + one):.2f} s, before the clip; the last frame is held")


def _of_sequence(segment: Segment, picture: Picture, height: int, warn: Callable[[str], None]) -> Iterator[Shown]:
    from talkies.core.media.sequences import Sequence

    rate = picture.rate or _SEQUENCE_RATE
    speed = segment.speed
    start, end = segment.source.start - picture.start, segment.source.end - picture.start
    sequence = Sequence(picture.path, picture.frames, height)
    if speed > 0:
        end = max(end, start + segment.record.duration * speed)
    first, stop = max(floor(start * rate), 0), min(ceil(end * rate), len(sequence))
    if speed == 0:
        stop = min(first + 1, len(sequence))
    if first >= stop:
        raise MediaError(picture.path, f"the sequence has no frame at {float(start):.2f} s", "check the source range")
    any_read = False
    for index in range(first, stop) if speed >= 0 else range(stop - 1, first - 1, -1):
        image = sequence.read(index)
        if image is None:
            continue
        any_read = True
        if speed == 0:
            yield from _frozen(segment.record.duration, image)
        elif speed > 0:
            yield (Fraction(index) / rate - start) / speed, image
        else:
            yield max(end - Fraction(index + 1) / rate, Fraction(0)) / -speed, image
    if not any_read:
        raise MediaError(
            picture.path, "no frame of the sequence can be read", "relink it, or name its folder with --media-dir"
        )
    if sequence.unread:
        warn(f"{picture.path}: {len(sequence.unread)} frames are missing or broken; the last one before them is held")


def _frozen(duration: Fraction, image: Any) -> Iterator[Shown]:
    """The same picture again and again, but not so late that what comes next would be too soon after it."""
    yield Fraction(0), image
    for index in range(1, ceil((duration - _CLOSEST) / _FREEZE_STEP)):
        yield index * _FREEZE_STEP, image
