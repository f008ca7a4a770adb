"""Handles: a segment with the picture just outside its cuts, as far as its media reaches."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from talkies.core.curves import Curve
from talkies.core.media.probing import probe
from talkies.core.segment import Segment
from talkies.core.times import TimeRange, frame_floor

HANDLE = Fraction(1)
"""Seconds of sound beyond each cut, where the picture has them and nobody asks for more or less, so that an editor can
move the cut."""


def with_handles(segment: Segment, most: Fraction = HANDLE) -> Segment:
    """The segment as far as its media reaches beyond its cuts, at most ``most`` seconds, in whole frames.

    A freeze has no more picture than it shows. Raises MediaError when the media cannot be opened.
    """
    picture, speed = segment.picture, segment.speed
    if picture is None or (speed == 0 and segment.curve is None):
        return segment
    if segment.curve is not None:
        return _along(segment, segment.curve, most)
    available = _available(segment)
    before, after = segment.source.start - available.start, available.end - segment.source.end
    head, tail = (before, after) if speed > 0 else (after, before)
    head, tail = _room(head, speed, segment, most), _room(tail, speed, segment, most)
    more, less = (head * speed, tail * speed) if speed > 0 else (tail * -speed, head * -speed)
    return replace(
        segment,
        record=TimeRange(segment.record.start - head, segment.record.end + tail),
        source=TimeRange(segment.source.start - more, segment.source.end + less),
    )


def _available(segment: Segment) -> TimeRange:
    """The media's whole range in media time."""
    picture = segment.picture
    if picture is None:
        return segment.source
    frames = picture.frames
    duration = len(frames) / (picture.rate or segment.rate) if frames else probe(picture.path).duration
    return TimeRange(picture.start, picture.start + duration)


def _along(segment: Segment, curve: Curve, most: Fraction) -> Segment:
    """At the speed of its first and of its last piece."""
    available, (first, *_, last) = _available(segment), list(curve.pieces())
    begin, end = curve.at(curve.time.start), curve.at(curve.time.end)
    before = begin - available.start if first.speed > 0 else available.end - begin
    after = available.end - end if last.speed > 0 else end - available.start
    head = _room(before, first.speed, segment, most)
    tail = _room(after, last.speed, segment, most)
    wider = curve.part(TimeRange(-head, curve.time.end + tail)).moved(head)
    record = TimeRange(segment.record.start - head, segment.record.end + tail)
    return replace(segment, record=record, source=wider.media, speed=wider.speed, curve=wider)


def _room(media_seconds: Fraction, speed: Fraction, segment: Segment, most: Fraction) -> Fraction:
    """Whole frames of the timeline, 0 to ``most``, that this much media fills at a speed."""
    room = min(max(media_seconds / abs(speed), Fraction(0)), most) if speed else Fraction(0)
    return frame_floor(room, segment.rate)
