"""A look at a segment's picture: one pass over its frames, handles included, for all sounds that are made of it."""

from __future__ import annotations

import math
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np

from talkies.core.arrays import Floats32
from talkies.core.conditioning.picture.cards import CardWatch
from talkies.core.conditioning.picture.sync import CUT
from talkies.core.conditioning.picture.visual import PICTURE_RATE, PictureFeatures, picture_features
from talkies.core.errors import InputError
from talkies.core.media.ahead import ahead
from talkies.core.media.handles import with_handles
from talkies.core.media.picture import Frame, picture_frames
from talkies.core.segment import Segment
from talkies.core.times import LATENT_RATE, TimeRange, round_half_up

_EDGE = 1 / LATENT_RATE  # a cut in the picture is found within it


@dataclass(frozen=True)
class PictureLook:
    """What was seen of ``segment`` within ``range``, seconds of the timeline.

    ``features`` is None when there is nothing to see; ``problem`` then says why.
    """

    segment: Segment
    range: TimeRange
    features: PictureFeatures | None = None
    problem: InputError | None = None

    def around(self, record: TimeRange) -> tuple[TimeRange, PictureFeatures | None]:
        """The range of a sound with the handles that the segment has, wherever the sound's own cuts lie, and the
        features there."""
        head, tail = self.segment.record.start - self.range.start, self.range.end - self.segment.record.end
        whole = TimeRange(record.start - head, record.end + tail)
        return whole, None if self.features is None else covering(self.features, self.range, whole)


def look_at(
    segment: Segment,
    handles: Fraction,
    *,
    motion: bool = True,
    mouth: bool = True,
    on_share: Callable[[Fraction], None] = lambda share: None,
    on_warning: Callable[[str], None] = lambda sentence: None,
) -> PictureLook:
    """Looks at a segment and at most ``handles`` seconds beyond its cuts, for ``motion``, ``mouth`` or both.

    Beyond a hard cut in the picture that lies at an edge of the segment, or outside of it, nothing is seen: it is
    another shot's. On a title card nothing is seen either: it weaves and flickers, and sounds of nothing. A picture
    that cannot be read is a ``problem`` of the look. ``on_share`` hears how much has been seen and may raise
    CancelledError; both callbacks are called on the caller's thread.
    """
    if segment.picture is None:
        return PictureLook(segment, segment.record, problem=no_picture(segment))
    try:
        wide = with_handles(segment, handles)
        with closing(_frames(wide, on_share, on_warning)) as frames:
            watch = CardWatch(segment.record.duration, segment.record.start - wide.record.start)
            passing = watch.passing(frames)
            features = picture_features(passing, wide.record.duration, motion=motion, mouth=mouth)
    except InputError as error:
        return PictureLook(segment, segment.record, problem=error)
    if watch.is_card:
        return PictureLook(segment, wide.record, nothing_in(features, wide.record.duration))
    own = own_shot(features.sync, wide.record, segment.record)
    return PictureLook(segment, wide.record, within(features, own.shifted(-wide.record.start)))


def own_shot(sync: Floats32, looked: TimeRange, record: TimeRange) -> TimeRange:
    """``looked`` without what lies beyond hard cuts at the edges of ``record`` or outside of it; sync (T, 32) is that
    of ``looked``. Without the moment of the cut itself, whose flash is the difference of two shots."""
    cuts = [looked.start + Fraction(int(cell)) / LATENT_RATE for cell in np.flatnonzero(sync[:, CUT])]
    before = [cut + 1 / LATENT_RATE for cut in cuts if cut <= record.start + _EDGE]
    after = [cut for cut in cuts if cut >= record.end - _EDGE and cut > record.start + _EDGE]
    return TimeRange(max(before, default=looked.start), min(after, default=looked.end))


def unseen(segment: Segment, handles: Fraction) -> PictureLook:
    """As far as a look would reach, without looking: for sounds that need no picture."""
    try:
        return PictureLook(segment, with_handles(segment, handles).record)
    except InputError:
        return PictureLook(segment, segment.record)


def no_picture(segment: Segment) -> InputError:
    """Why a segment without picture has no effects."""
    why = "; ".join(segment.warnings) or "has no picture to analyse"
    return InputError(f"segment {segment.id} ({segment.clip})", why)


def _frames(wide: Segment, on_share: Callable[[Fraction], None], on_warning: Callable[[str], None]) -> Generator[Frame]:
    """The frames of a segment, decoded ahead on another thread; their warnings are reported on this one."""
    warnings: list[str] = []
    try:
        with closing(ahead(picture_frames(wide, on_warning=warnings.append))) as frames:
            for frame in frames:
                yield frame
                on_share(frame.time / wide.record.duration)
    finally:
        for sentence in warnings:
            on_warning(sentence)


def covering(features: PictureFeatures, looked: TimeRange, wanted: TimeRange) -> PictureFeatures:
    """Features of ``looked`` cut to ``wanted``, with nothing (zeros) where nobody looked."""
    if looked == wanted:
        return features
    offset = wanted.start - looked.start
    nothing = nothing_in(features, wanted.duration)
    mouths = nothing.mouths
    return PictureFeatures(
        sync=_shifted(features.sync, nothing.sync, offset * LATENT_RATE),
        picture=_shifted(features.picture, nothing.picture, offset * PICTURE_RATE),
        lips=_shifted(features.lips, nothing.lips, offset * LATENT_RATE),
        mouths=None if mouths is None else _shifted(features.mouths, mouths, offset * LATENT_RATE),
    )


def nothing_in(features: PictureFeatures, duration: Fraction) -> PictureFeatures:
    """Features of the same kinds, for ``duration`` seconds of a picture in which nothing is."""
    nothing = PictureFeatures.nothing(duration)
    mouths = None if features.mouths is None else np.zeros((len(nothing.lips), *features.mouths.shape[1:]), np.uint8)
    return replace(nothing, mouths=mouths)


def within(features: PictureFeatures, seen: TimeRange) -> PictureFeatures:
    """The same features with nothing (zeros) outside of ``seen``, in seconds from their beginning."""
    return PictureFeatures(
        sync=_nothing_outside(features.sync, seen, LATENT_RATE),
        picture=_nothing_outside(features.picture, seen, PICTURE_RATE),
        lips=_nothing_outside(features.lips, seen, LATENT_RATE),
        mouths=None if features.mouths is None else _nothing_outside(features.mouths, seen, LATENT_RATE),
    )


def _nothing_outside(rows: Any, seen: TimeRange, rate: Fraction) -> Any:
    """Arrays (N, …), a row each ``1 / rate`` s."""
    left = np.zeros_like(rows)
    inside = slice(max(0, math.ceil(seen.start * rate)), max(0, math.ceil(seen.end * rate)))
    left[inside] = rows[inside]
    return left


def _shifted(source: Any, target: Any, offset: Fraction) -> Any:
    """``target[i] = source[i + offset]`` where both are there; arrays (N, …)."""
    first = round_half_up(offset)
    start, end = max(0, -first), min(len(target), len(source) - first)
    if start < end:
        target[start:end] = source[start + first : end + first]
    return target
