"""Final Cut 7's and Premiere's "Time Remap" filter in OTIO's terms: a LinearTimeWarp, and the media that it shows.

Final Cut counts a retimed clip's in and out in the retimed clip, a reversed one's from its end; OTIO from the first
frame of the media that plays. OTIO's adapter leaves filter and range as they are in the file::

    100 frames at 200 %, shown from the retimed clip's frame 10 on    in=10           →  source_range starts at 20
    the same backwards                                                in=10, 30 long  →  source_range starts at 20
                                                                                         (100 - (10 + 30) · 2)
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from talkies.core.curves import Curve
from talkies.core.timeline.cut.otio_items import retime as _retimed
from talkies.core.timeline.cut.walking import effects_of, retime, to_range, to_seconds
from talkies.core.timeline.media.image_sequences import IMAGE_SUFFIXES
from talkies.core.times import exact_rate

_FASTEST = 100  # times normal speed, and slowest, where nobody states one
_FRAME = re.compile(r"-?\d{1,12}(?:\.\d{0,12})?")


def translate_retimes(document: Any) -> None:
    """Of every item of a timeline that an adapter wrote down as OTIO."""
    for item in document.tracks.find_children(descended_from_type=otio.core.Item):
        translate_retime(item)


def translate_retime(item: Any) -> None:
    """An item as the adapter made it becomes one that plays its media as OTIO says; others stay as they are."""
    if item.source_range is not None and _translate_changing(item):
        return
    known = {
        index: speed for index, effect in enumerate(effects_of(item)) if (speed := constant_speed(effect)) is not None
    }
    if not known or item.source_range is None:
        return
    for index, speed in known.items():
        filter_ = item.effects[index]
        item.effects[index] = otio.schema.LinearTimeWarp(filter_.name, speed, dict(filter_.metadata))
        item.effects[index].enabled = filter_.enabled
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


def _translate_changing(item: Any) -> bool:
    """A graph of keyframes, each a frame of the media at a frame of the retimed clip, as a time map."""
    reference = getattr(item, "media_reference", None)
    stated = reference.available_range if reference is not None else None
    begins, rate = to_range(stated).start if stated is not None else Fraction(0), item.source_range.start_time.rate
    for index, effect in enumerate(effects_of(item)):
        keys = _keyframes(effect) if effect.enabled else []
        frames = [(Fraction(when) / exact_rate(rate), Fraction(value) / exact_rate(rate)) for when, value, _ in keys]
        curve = Curve.through(frames)
        if curve is not None:
            smooth = any(is_bent for _, _, is_bent in keys[1:-1])
            del item.effects[index]
            moved = curve.moved(begins, begins)
            found = _retimed(item, to_range(item.source_range), (exact_rate(rate),), moved, smooth)
            if found is not None:
                found.metadata["fcp_xml"] = effect.metadata["fcp_xml"]
            return True
    return False


_MOST_FRAMES = 100_000_000
_Key = tuple[Fraction, Fraction, bool]


def _keyframes(effect: Any) -> list[_Key]:
    """Frame of the clip, frame of the media, whether the graph is bent there; none of a constant speed."""
    rows = _parameters(effect)
    if str(rows.get("variablespeed", {}).get("value", "0")).strip() in ("0", "FALSE"):
        return []
    stated = rows.get("graphdict", {}).get("keyframe", ())
    found = []
    for key in [stated] if isinstance(stated, Mapping) else stated:
        texts = [str(key.get(name, "")).strip() for name in ("when", "value")] if isinstance(key, Mapping) else [""]
        if not all(map(_FRAME.fullmatch, texts)):
            return []
        when, value = map(Fraction, texts)
        if abs(when) > _MOST_FRAMES or abs(value) > _MOST_FRAMES:
            return []
        found.append((when, value, "inbez" in key or "outbez" in key))
    return found


def _parameters(effect: Any) -> dict[str, Mapping[str, Any]]:
    """Of a "Time Remap" filter, by their ids; none of other effects."""
    metadata = effect.metadata.get("fcp_xml") if hasattr(effect, "metadata") else None
    if isinstance(effect, otio.schema.LinearTimeWarp) or not isinstance(metadata, Mapping):
        return {}
    if metadata.get("effectid") != "timeremap":
        return {}
    rows = metadata.get("parameter", ())
    rows = [rows] if isinstance(rows, Mapping) else rows
    return {str(row.get("parameterid", "")): row for row in rows if isinstance(row, Mapping)}


def constant_speed(effect: Any) -> float | None:
    """Of a "Time Remap" filter, negative when it plays backwards; None for a changing speed and for other effects."""
    values = {name: str(row.get("value", "")) for name, row in _parameters(effect).items()}
    if not values or values.get("variablespeed", "0").strip() not in ("0", "FALSE"):
        return None
    try:
        speed = float(values.get("speed", "100")) / 100
    except ValueError:
        return None
    if not math.isfinite(speed):
        return None
    return -abs(speed) if values.get("reverse", "").strip().upper() == "TRUE" else speed


def fit_to_fill(item: Any, element: Any) -> list[str]:
    """A clip whose in and out are further apart than its place, or nearer, and that has no retime, is fitted to it.

    A sentence says so. What lies at a transition states no place of its own; a still picture has no speed. Where place
    and source are as many frames, each at a rate of its own, the exporter counted both in the sequence's."""
    places = [element.findtext(f"./{name}", "").strip() for name in ("start", "end", "in", "out")]
    if not isinstance(item, otio.schema.Clip) or any(map(_is_retime, item.effects)):
        return []
    if not all(map(str.isdecimal, places)) or isinstance(item.media_reference, otio.schema.GeneratorReference):
        return []
    start, end, first, last = map(int, places)
    if last - first == end - start or _is_picture(item):
        return []
    rate = exact_rate(item.source_range.duration.rate)
    source, place = (last - first) / rate, to_seconds(item.source_range.duration)
    if place <= 0 or abs(source - place) <= 2 / rate or not 1 <= source / place * _FASTEST <= _FASTEST**2:
        return []
    speed = source / place
    item.effects.append(otio.schema.LinearTimeWarp("fit to fill", float(speed)))
    lengths = f"clip {item.name!r} has {float(source):.2f} s of source for {float(place):.2f} s"
    return [f"{lengths} and no speed: fitted, at {float(speed * 100):.1f} %"]


def _is_picture(item: Any) -> bool:
    return str(getattr(item.media_reference, "target_url", "")).lower().endswith(IMAGE_SUFFIXES)


def _is_retime(effect: Any) -> bool:
    return effect.enabled and (isinstance(effect, otio.schema.TimeEffect) or bool(_parameters(effect)))
