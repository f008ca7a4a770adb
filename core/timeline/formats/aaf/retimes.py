"""Avid's motion effects whose speed changes: OTIO's adapter keeps their keyframes and plays at another speed.

``PARAM_SPEED_OFFSET_MAP_U`` (a graph of speed) and ``PARAM_OFFSET_MAP_U`` (one of position) say which frame of the
media, from the first one that is shown on, plays at a frame of the effect; the graph of speed has the same as a third
parameter, which nobody needs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from talkies.core.curves import MOST_KNOTS, Curve, Knot
from talkies.core.timeline.cut.otio_items import retime
from talkies.core.timeline.cut.walking import effects_of, to_range
from talkies.core.times import exact_rate

_GRAPHS = ("PARAM_SPEED_OFFSET_MAP_U", "PARAM_OFFSET_MAP_U")
_MOST_FRAMES = 100_000_000


def translate_retimes(document: Any) -> None:
    """Every item of a timeline whose effect has a graph plays as that says."""
    for item in document.tracks.find_children(descended_from_type=otio.core.Item):
        for index, effect in enumerate(effects_of(item) if item.source_range is not None else ()):
            graph = _graph(effect)
            if graph is not None:
                _translate(item, index, graph)
                break


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


def _graph(effect: Any) -> Mapping[str, Any] | None:
    metadata = effect.metadata.get("AAF") if isinstance(effect, otio.schema.TimeEffect) else None
    parameters = metadata.get("Parameters") if isinstance(metadata, Mapping) else None
    for name in _GRAPHS:
        graph = parameters.get(name) if isinstance(parameters, Mapping) else None
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
