"""Small helpers for our own readers: OTIO items from exact seconds, and rows of items with gaps between them."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from talkies.core.times import TimeRange, exact_seconds

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


def make_clip(name: str, reference: Any, source: TimeRange, rate: Fraction, speed: Fraction = Fraction(1)) -> Any:
    """A clip that occupies ``source.duration``; a speed other than 1 is written as OTIO's own retime."""
    clip = otio.schema.Clip(name=name, media_reference=reference, source_range=otio_range(source, rate))
    if speed == 0:
        clip.effects.append(otio.schema.FreezeFrame(name="freeze"))
    elif speed != 1:
        clip.effects.append(otio.schema.LinearTimeWarp(name="retime", time_scalar=float(speed)))
    return clip


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
        duration = item.source_range.duration
        end[0] = start + exact_seconds(duration.value, duration.rate)
    return [track for track, _ in filled]


def append_tracks(stack: Any, tracks: Iterable[Any]) -> None:
    for track in tracks:
        stack.append(track)
