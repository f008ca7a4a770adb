"""OTIO items from exact seconds, and rows of items with gaps between them, for our own readers."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from talkies.core.curves import Curve
from talkies.core.timeline.cut.time_maps import knots_of, shown_by, time_map
from talkies.core.timeline.cut.walking import UnusableItemError, to_seconds
from talkies.core.times import TimeRange

_MOST_KNOTS = 200_000  # of a timeline

Row = list[tuple[Fraction, Any]]
"""Items with the seconds at which they start."""


def rational_time(seconds: Fraction, rate: Fraction) -> Any:
    return otio.opentime.RationalTime(float(seconds * rate), float(rate))


def otio_range(span: TimeRange, rate: Fraction) -> Any:
    return otio.opentime.TimeRange(rational_time(span.start, rate), rational_time(span.duration, rate))


def fitting_rate(span: TimeRange, *rates: Fraction | None) -> Fraction:
    """The first rate at which both ends are whole frames, else the last one given."""
    known = [rate for rate in rates if rate]
    for rate in known:
        if (span.start * rate).denominator == 1 and (span.duration * rate).denominator == 1:
            return rate
    return known[-1]


def play_frame_for_frame(clip: Any, own: Fraction, rate: Fraction) -> None:
    """A clip of media of the rate ``own`` shows each picture of them at ``rate``: it is retimed, as editors know it."""
    source = clip.source_range
    clip.source_range = otio.opentime.TimeRange(
        otio.opentime.RationalTime(source.start_time.value, float(own)), source.duration
    )
    warp = next((effect for effect in clip.effects if isinstance(effect, otio.schema.LinearTimeWarp)), None)
    if warp is None:
        clip.effects.append(otio.schema.LinearTimeWarp(name="frame for frame", time_scalar=float(rate / own)))
    else:
        warp.time_scalar = float(Fraction(warp.time_scalar).limit_denominator(100_000) * rate / own)


def make_clip(name: str, reference: Any, source: TimeRange, rate: Fraction, speed: Fraction = Fraction(1)) -> Any:
    """A clip that occupies ``source.duration``; a speed other than 1 is written as OTIO's own retime."""
    clip = otio.schema.Clip(name=name, media_reference=reference, source_range=otio_range(source, rate))
    if speed == 0:
        clip.effects.append(otio.schema.FreezeFrame(name="freeze"))
    elif speed != 1:
        clip.effects.append(otio.schema.LinearTimeWarp(name="retime", time_scalar=float(speed)))
    return clip


def retimed_clip(
    name: str,
    reference: Any,
    shown: TimeRange,
    rates: Sequence[Fraction | None],
    curve: Curve | None,
    smooth: bool = False,
) -> Any:
    """A clip that occupies ``shown.duration``; ``curve`` says which media time it shows during ``shown``, which are
    the same without one. ``rates``: those to write the range in, see :func:`fitting_rate`."""
    clip = make_clip(name, reference, shown, fitting_rate(shown, *rates))
    if curve is not None:
        retime(clip, shown, rates, curve, smooth)
    return clip


def retime(
    item: Any, shown: TimeRange, rates: Sequence[Fraction | None], curve: Curve, smooth: bool = False
) -> Any | None:
    """Gives an item the retime that ``curve`` is during ``shown``: OTIO's own where the speed is constant.

    Returns the effect that it got; None at full speed, which needs none.
    """
    part = curve.part(shown)
    if part.is_straight:
        source = TimeRange(part.media.start, part.media.start + shown.duration)
        effect = _constant(part.speed)
    else:
        source, mapped = shown_by(curve, shown)
        effect = time_map(mapped, smooth)
    item.source_range = otio_range(source, fitting_rate(source, *rates))
    if effect is not None:
        item.effects.append(effect)
    return effect


class KnotBudget:
    """How many knots the items of an MLT or FCPXML file may carry: what is shown twice carries its own each time."""

    def __init__(self) -> None:
        self._left = _MOST_KNOTS

    def take(self, item: Any) -> None:
        """Raises UnusableItemError where there are more than anybody sets."""
        self._left -= knots_of(item) if len(item.effects) else 0
        if self._left < 0:
            raise UnusableItemError("its clips change their speeds more often than anybody sets")


def _constant(speed: Fraction) -> Any | None:
    if speed == 0:
        return otio.schema.FreezeFrame(name="freeze")
    return otio.schema.LinearTimeWarp(name="retime", time_scalar=float(speed)) if speed != 1 else None


def external(url: str, available: TimeRange | None = None, rate: Fraction | None = None) -> Any:
    stated = otio_range(available, rate) if available is not None and rate else None
    return otio.schema.ExternalReference(target_url=url, available_range=stated)


def text_reference(text: str, kind: str = "Title") -> Any:
    return otio.schema.GeneratorReference(generator_kind=kind, parameters={"talkies_text": text})


def tracks_from_row(name: str, kind: str, row: Row, rate: Fraction) -> list[Any]:
    """Tracks that hold a row's items at their places; an item that would overlap goes to a further track."""
    filled: list[tuple[Any, list[Fraction]]] = []
    for start, item in sorted(row, key=lambda pair: pair[0]):
        home = next((entry for entry in filled if entry[1][0] <= start), None)
        if home is None:
            suffix = f" ({len(filled) + 1})" if filled else ""
            home = (otio.schema.Track(name + suffix, kind=kind), [Fraction(0)])
            filled.append(home)
        track, end = home
        if start > end[0]:
            track.append(otio.schema.Gap(source_range=otio_range(TimeRange(Fraction(0), start - end[0]), rate)))
        track.append(item)
        end[0] = start + _duration(item)
    return [track for track, _ in filled]


def cut_overlaps(row: Row, cuts: list[tuple[TimeRange, Fraction]], rate: Fraction) -> Row:
    """Items in order of time, of which none overlaps: cut where a mix says, else in the middle of the overlap."""
    ordered = sorted(row, key=lambda pair: pair[0])
    result: Row = []
    for start, item in ordered:
        if result:
            before_start, before = result[-1]
            end = before_start + _duration(before)
            if end > start:
                mix = next((cut for span, cut in cuts if span.start < end and start < span.end), (start + end) / 2)
                cut = min(max(mix, start), end, start + _duration(item))
                result[-1] = (before_start, _trimmed(before, Fraction(0), end - cut, rate))
                start, item = cut, _trimmed(item, cut - start, Fraction(0), rate)
        if _duration(item) > 0:
            result.append((start, item))
    return result


def _trimmed(item: Any, head: Fraction, tail: Fraction, rate: Fraction) -> Any:
    """An item that begins ``head`` seconds later and ends ``tail`` seconds earlier."""
    speed = Fraction(1)
    for effect in item.effects:
        if isinstance(effect, otio.schema.LinearTimeWarp):
            speed *= Fraction(effect.time_scalar).limit_denominator(100_000)
    first = to_seconds(item.source_range.start_time) + (head * speed if speed >= 0 else -tail * speed)
    item.source_range = otio_range(TimeRange(first, first + _duration(item) - head - tail), rate)
    return item


def _duration(item: Any) -> Fraction:
    return to_seconds(item.source_range.duration)
