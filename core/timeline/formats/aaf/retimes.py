"""Motion effects: OTIO's adapter follows those of Avid's name whose speed is constant.

``SpeedRatio`` is how much longer than its media an effect is, whatever its operation is called ("Motion Control",
"Video Speed Control") and whether that is marked as a time warp or not. ``PARAM_SPEED_OFFSET_MAP_U`` (a graph of speed)
and ``PARAM_OFFSET_MAP_U`` (one of position) say which frame of the media, from the first one that is shown on, plays at
a frame of the effect; ``PARAM_SPEED_MAP_U`` is the graph of speed itself, which nobody needs beside them.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import opentimelineio as otio

from talkies.core.curves import MOST_KNOTS, Curve, Knot
from talkies.core.timeline.cut.otio_items import retime
from talkies.core.timeline.cut.walking import effects_of, to_range
from talkies.core.timeline.formats.losses import counted
from talkies.core.times import TimeRange, exact_rate

_GRAPHS = ("PARAM_SPEED_OFFSET_MAP_U", "PARAM_OFFSET_MAP_U")
_MOST_FRAMES = 100_000_000
_RATIO = re.compile(r"-?\d{1,9}(/0*[1-9]\d{0,8})?")


@dataclass(frozen=True)
class _Retimed:
    """An item, and how many edit units of it the transitions before it (``head``) and after it (``tail``) take: these
    the adapter has cut off, as if it played at full speed."""

    item: Any
    head: float
    tail: float

    @property
    def rate(self) -> float:
        """Edit units per second: the item's length is counted in them, its start by its media."""
        return float(self.item.source_range.duration.rate)

    @property
    def first(self) -> float:
        """Which edit unit of the media, or of a composition, an effect without a transition would begin with."""
        return float(self.item.source_range.start_time.rescaled_to(self.rate).value) - self.head

    def length(self, effect: Any) -> float:
        """What is left of an effect: where the adapter has seen no time warp it has taken the item to be as long as its
        media."""
        if isinstance(effect, otio.schema.TimeEffect):
            return float(self.item.source_range.duration.value)
        return max(_length(effect.metadata["AAF"], self.item) - self.head - self.tail, 0.0)

    def show(self, moved: float, length: float) -> None:
        """So many edit units later, so many of them; of a composition nothing before its beginning is there."""
        start, time = self.item.source_range.start_time, otio.opentime.RationalTime
        if moved:
            start = start + time(moved, self.rate).rescaled_to(start.rate)
        if isinstance(self.item, otio.core.Composition):
            start = time(max(start.value, 0.0), start.rate)
        self.item.source_range = otio.opentime.TimeRange(start, time(length, self.rate))


def translate_retimes(document: Any) -> list[str]:
    """Every item of a timeline whose effect has a graph or a ratio plays as that says; a sentence on those whose
    changes of speed are not followed."""
    averaged: list[str] = []
    for retimed in _items(document.tracks):
        for index, effect in enumerate(effects_of(retimed.item)):
            parameters = _parameters(effect)
            graph = _graph(parameters)
            if graph is not None:
                _translate(retimed, index, graph)
                break
            if _changes(parameters):
                averaged.append(str(retimed.item.name))
            if (speed := _speed(effect, retimed.item)) is not None:
                _play_at(retimed, index, speed)
                break
    which = f"{counted(len(averaged), 'clip')} ({averaged[0]!r} first)" if averaged else ""
    return [f"a graph of speed without one of frames, of {which}, is not followed"] if averaged else []


def _items(composition: Any) -> Iterator[_Retimed]:
    """All that states what it shows, at any depth."""
    waiting = deque([composition])
    while waiting:
        children = list(waiting.popleft())
        for index, item in enumerate(children):
            if isinstance(item, otio.core.Composition):
                waiting.append(item)
            if isinstance(item, otio.core.Item) and item.source_range is not None:
                before, after = children[index - 1 : index], children[index + 1 : index + 2]
                head = sum(each.in_offset.value for each in before if isinstance(each, otio.schema.Transition))
                tail = sum(each.out_offset.value for each in after if isinstance(each, otio.schema.Transition))
                yield _Retimed(item, head, tail)


def _play_at(retimed: _Retimed, index: int, speed: Fraction) -> None:
    """Backwards, what the transition after an item takes is the beginning of its media."""
    effects = retimed.item.effects
    effect = effects[index]
    cut = retimed.head if speed > 0 else retimed.tail
    retimed.show(float(cut * abs(speed)) - retimed.head, retimed.length(effect))
    if not isinstance(effect, otio.schema.LinearTimeWarp):
        freeze, warp = otio.schema.FreezeFrame, otio.schema.LinearTimeWarp
        effects[index] = freeze(name=effect.name) if speed == 0 else warp(name=effect.name, time_scalar=float(speed))
        effects[index].metadata["AAF"] = effect.metadata["AAF"]


def _speed(effect: Any, item: Any) -> Fraction | None:
    """What the adapter has found, or a constant ratio says, None where there is none; a freeze has a ratio of its own
    length, as Avid writes it."""
    if isinstance(effect, otio.schema.LinearTimeWarp):
        return _frame(effect.time_scalar) if _is_frame(effect.time_scalar) else None
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


def _translate(retimed: _Retimed, index: int, graph: Mapping[str, Any]) -> None:
    item = retimed.item
    rate, start = exact_rate(retimed.rate), to_range(item.source_range).start
    effect, first = item.effects[index], _frame(retimed.first)
    knots = [((first + time) / rate, (first + value) / rate) for time, value in _keyframes(graph)]
    curve, length = Curve.through(knots), _frame(retimed.length(effect))
    if curve is None or length <= 0:
        return
    metadata = effect.metadata["AAF"]
    del item.effects[index]
    bent = len(curve.knots) > 2 and graph.get("keyframe_interpolation") != "Linear"
    found = retime(item, TimeRange(start, start + length / rate), (rate,), curve, bent)
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
