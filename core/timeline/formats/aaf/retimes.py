"""Motion effects: OTIO's adapter follows those of Avid's name whose speed is constant.

``SpeedRatio`` is how much longer than its media an effect is, whatever its operation is called ("Motion Control",
"Video Speed Control") and whether that is marked as a time warp or not. ``PARAM_SPEED_OFFSET_MAP_U`` (a graph of speed)
and ``PARAM_OFFSET_MAP_U`` (one of position) say which frame of the media, from the first one that is shown on, plays at
a frame of the effect; ``PARAM_SPEED_MAP_U`` is the graph of speed itself, which nobody needs beside them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from talkies.core.curves import MOST_KNOTS, Curve, Knot
from talkies.core.timeline.cut.otio_items import retime
from talkies.core.timeline.cut.walking import effects_of, to_range
from talkies.core.timeline.formats.losses import counted
from talkies.core.times import exact_rate

_GRAPHS = ("PARAM_SPEED_OFFSET_MAP_U", "PARAM_OFFSET_MAP_U")
_MOST_FRAMES = 100_000_000
_RATIO = re.compile(r"-?\d{1,9}(/0*[1-9]\d{0,8})?")


def translate_retimes(document: Any) -> list[str]:
    """Every item of a timeline whose effect has a graph or a ratio plays as that says; a sentence on those whose
    changes of speed are not followed."""
    averaged: list[str] = []
    for item in document.tracks.find_children(descended_from_type=otio.core.Item):
        for index, effect in enumerate(effects_of(item) if item.source_range is not None else ()):
            parameters = _parameters(effect)
            graph = _graph(parameters)
            if graph is not None:
                _translate(item, index, graph)
                break
            if _changes(parameters):
                averaged.append(str(item.name))
            if not isinstance(effect, otio.schema.LinearTimeWarp) and (speed := _speed(effect, item)) is not None:
                _play_at(item, index, speed)
                break
    which = f"{counted(len(averaged), 'clip')} ({averaged[0]!r} first)" if averaged else ""
    return [f"a graph of speed without one of frames, of {which}, is not followed"] if averaged else []


def _play_at(item: Any, index: int, speed: Fraction) -> None:
    """Where the adapter has seen no time warp it has taken the item to be as long as its media."""
    name, metadata = item.effects[index].name, item.effects[index].metadata["AAF"]
    freeze, warp = otio.schema.FreezeFrame, otio.schema.LinearTimeWarp
    item.effects[index] = freeze(name=name) if speed == 0 else warp(name=name, time_scalar=float(speed))
    item.effects[index].metadata["AAF"] = metadata
    shown = item.source_range
    length = otio.opentime.RationalTime(_length(metadata, item), shown.duration.rate)
    item.source_range = otio.opentime.TimeRange(shown.start_time, length)


def _speed(effect: Any, item: Any) -> Fraction | None:
    """What a constant ratio says, None where there is none; a freeze has that of its own length, as Avid writes it."""
    text = str(_parameters(effect).get("SpeedRatio", ""))
    if not _RATIO.fullmatch(text) or not (ratio := Fraction(text)):
        return None
    return Fraction(0) if ratio == _length(effect.metadata["AAF"], item) else 1 / ratio


def _length(metadata: Mapping[str, Any], item: Any) -> float:
    """Of an effect, in edit units."""
    length = metadata.get("Length")
    if isinstance(length, int | float) and _is_frame(length) and length > 0:
        return float(length)
    return float(item.source_range.duration.value)


def _changes(parameters: Mapping[str, Any]) -> bool:
    """Whether there is a graph of speed that has more than one value."""
    graph = parameters.get("PARAM_SPEED_MAP_U")
    keys = _keyframes(graph) if isinstance(graph, Mapping) else []
    return len({speed for _, speed in keys}) > 1


def _translate(item: Any, index: int, graph: Mapping[str, Any]) -> None:
    rate, shown = exact_rate(item.source_range.start_time.rate), to_range(item.source_range)
    knots = [(shown.start + time / rate, shown.start + value / rate) for time, value in _keyframes(graph)]
    curve = Curve.through(knots)
    if curve is None or not shown.duration:
        return
    metadata = item.effects[index].metadata["AAF"]
    del item.effects[index]
    bent = len(curve.knots) > 2 and graph.get("keyframe_interpolation") != "Linear"
    found = retime(item, shown, (rate,), curve, bent)
    if found is not None:
        found.metadata["AAF"] = metadata


def _parameters(effect: Any) -> Mapping[str, Any]:
    metadata = effect.metadata.get("AAF")
    parameters = metadata.get("Parameters") if isinstance(metadata, Mapping) else None
    return parameters if isinstance(parameters, Mapping) else {}


def _graph(parameters: Mapping[str, Any]) -> Mapping[str, Any] | None:
    for name in _GRAPHS:
        graph = parameters.get(name)
        if isinstance(graph, Mapping) and len(_keyframes(graph)) > 1:
            return graph
    return None


def _keyframes(graph: Mapping[str, Any]) -> list[Knot]:
    """(frame of the effect, frame of the media); none where they are damaged."""
    rows = graph.get("keyframe_values")
    if not isinstance(rows, Sequence) or len(rows) > MOST_KNOTS:
        return []
    found = [tuple(row) for row in rows if isinstance(row, Sequence) and not isinstance(row, str) and len(row) == 2]
    if len(found) != len(rows) or not all(_is_frame(value) for row in found for value in row):
        return []
    return [(_frame(time), _frame(value)) for time, value in found]


def _is_frame(value: Any) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return is_number and abs(value) < _MOST_FRAMES


def _frame(value: float) -> Fraction:
    return Fraction(value).limit_denominator(1000)
