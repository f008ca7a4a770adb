"""Final Cut 7's and Premiere's "Time Remap" filter in OTIO's terms: a LinearTimeWarp, and the media that it shows.

Final Cut counts a retimed clip's in and out in the retimed clip, a reversed one's from its end; OTIO from the first
frame of the media that plays. OTIO's adapter leaves filter and range as they are in the file::

    100 frames at 200 %, shown from the retimed clip's frame 10 on    in=10           →  source_range starts at 20
    the same backwards                                                in=10, 30 long  →  source_range starts at 20
                                                                                         (100 - (10 + 30) · 2)
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from talkies.core.timeline.cut.walking import effects_of, retime, to_range, to_seconds
from talkies.core.times import exact_rate


def translate_retimes(document: Any) -> None:
    """Of every item of a timeline that an adapter wrote down as OTIO."""
    for item in document.tracks.find_children(descended_from_type=otio.core.Item):
        translate_retime(item)


def translate_retime(item: Any) -> None:
    """An item as the adapter made it becomes one that plays its media as OTIO says; others stay as they are."""
    known = {
        index: speed for index, effect in enumerate(effects_of(item)) if (speed := constant_speed(effect)) is not None
    }
    if not known or item.source_range is None:
        return
    for index, speed in known.items():
        filter_ = item.effects[index]
        item.effects[index] = otio.schema.LinearTimeWarp(filter_.name, speed, dict(filter_.metadata))
    start, rate = _first_shown(item, retime(item)[0]), item.source_range.start_time.rate
    first = otio.opentime.RationalTime(float(start * exact_rate(rate)), rate)
    item.source_range = otio.opentime.TimeRange(first, item.source_range.duration)


def _first_shown(item: Any, speed: Fraction) -> Fraction:
    """Where in its media, in seconds, the stretch that plays begins."""
    reference = getattr(item, "media_reference", None)
    stated = reference.available_range if reference is not None else None
    begins, ends = (to_range(stated).start, to_range(stated).end) if stated is not None else (Fraction(0), Fraction(0))
    pace, head = abs(speed), to_seconds(item.source_range.start_time) - begins
    if speed >= 0:
        return begins + head * pace
    return ends - (head + to_seconds(item.source_range.duration)) * pace


def constant_speed(effect: Any) -> float | None:
    """Of a "Time Remap" filter, negative when it plays backwards; None for a changing speed and for other effects."""
    metadata = effect.metadata.get("fcp_xml") if hasattr(effect, "metadata") else None
    if isinstance(effect, otio.schema.LinearTimeWarp) or not isinstance(metadata, Mapping):
        return None
    if metadata.get("effectid") != "timeremap":
        return None
    rows = metadata.get("parameter", ())
    rows = [rows] if isinstance(rows, Mapping) else rows
    values = {str(row.get("parameterid", "")): str(row.get("value", "")) for row in rows if isinstance(row, Mapping)}
    if values.get("variablespeed", "0").strip() not in ("0", "FALSE"):
        return None
    try:
        speed = float(values.get("speed", "100")) / 100
    except ValueError:
        return None
    if not math.isfinite(speed):
        return None
    return -abs(speed) if values.get("reverse", "").strip().upper() == "TRUE" else speed
