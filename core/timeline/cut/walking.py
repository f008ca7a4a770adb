"""Walk over an OTIO composition: clips with their exact places; nested stacks, trims and retimes resolved.

    timeline          |----A----|..gap..|------B (a stack)------|
    inside B                            [ trimmed: |---C---|--D ]     C and D get record ranges on the timeline

Conventions, where OTIO leaves a choice:

- every enabled clip of every video track is a clip of picture, also under another track's clip;
- a clip keeps its own range under a transition; its in and out offsets are not added;
- an item with a retime occupies its ``source_range.duration``; it consumes ``|scalar|`` times as much of its media,
  from ``source_range.start_time`` on; in reverse the same stretch is played from its end.

Ranges are accumulated once per composition: OTIO's ``range_in_parent`` costs O(n) a clip.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from functools import lru_cache
from typing import Any

import opentimelineio as otio

from talkies.core.times import TimeRange, exact_rate, exact_seconds

MAX_NESTING = 100
"""Compositions inside compositions; editors stay below ten, a file beyond this is broken or hostile."""

MAX_SECONDS = Fraction(60 * 86400)
"""No timeline is longer: larger figures are damage."""

_FASTEST = 10_000  # times normal speed
_ZERO = Fraction(0)
_NOWHERE = TimeRange(_ZERO, _ZERO)
_NO_LENGTH = "it has no length and its media cannot be measured"
_TIMING = re.compile(r"time|speed|retime|freeze|remap|reverse", re.IGNORECASE)

_HIGHEST_RATE = 1000  # frames per second that a timeline may state; a movie may have more


class UnusableItemError(ValueError):
    """An item that cannot be placed; the message is the problem without the file's name."""


def usable_rate(rate: Fraction) -> Fraction:
    """The rate itself. Raises UnusableItemError for one that no picture has: times in it would be 0 or never end."""
    if not 1 <= rate <= _HIGHEST_RATE:
        raise UnusableItemError("its frame rate is not a picture rate")
    return rate


@dataclass(frozen=True)
class Node:
    """One item, measured: ``inner`` is what of its own time axis it shows, ``duration`` how long it occupies."""

    item: Any
    inner: TimeRange
    duration: Fraction
    speed: Fraction = Fraction(1)
    children: tuple[tuple[Fraction, Node], ...] = ()
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True)
class Placed:
    """A clip and where it plays; ``source`` is in the clip's own media time."""

    item: Any
    record: TimeRange
    source: TimeRange
    speed: Fraction
    warnings: tuple[str, ...] = ()
    parents: tuple[Any, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class View:
    """The stretch ``inner`` of some item's own time, shown over ``outer`` of the timeline at ``speed`` (0: frozen)."""

    outer: TimeRange
    inner: TimeRange
    speed: Fraction

    def of_child(self, offset: Fraction, child: Node) -> View | None:
        """The part of a child, which starts at ``offset`` of our time, that can be seen; None when nothing is."""
        span = TimeRange(offset, offset + child.duration)
        if self.speed == child.speed == 1 and self.inner.start <= span.start and span.end <= self.inner.end:
            shift = self.outer.start - self.inner.start  # nearly every clip: nothing cut off, nothing retimed
            return View(span.shifted(shift) if shift else span, child.inner, self.speed)
        if self.speed == 0:
            if not span.start <= self.inner.start < span.end:
                return None
            outer, shown = self.outer, TimeRange(self.inner.start, self.inner.start)
        else:
            seen = self.inner.overlap(span)
            if seen is None:
                return None
            outer, shown = self._outward(seen), seen
        return View(outer, child_time(child, shown.shifted(-offset)), self.speed * child.speed)

    def _outward(self, inner: TimeRange) -> TimeRange:
        pace = abs(self.speed)
        head = inner.start - self.inner.start if self.speed > 0 else self.inner.end - inner.end
        start = self.outer.start + head / pace
        return TimeRange(start, start + inner.duration / pace)


def child_time(node: Node, part: TimeRange) -> TimeRange:
    """The stretch of a node's own time that plays during ``part`` of the time it occupies (which starts at 0)."""
    if node.speed == 0:
        return TimeRange(node.inner.start, node.inner.start)
    pace = abs(node.speed)
    head = part.start if node.speed > 0 else node.duration - part.end
    start = node.inner.start + head * pace
    return TimeRange(start, start + part.duration * pace)


def to_seconds(time: Any) -> Fraction:
    """Seconds of an OTIO RationalTime, exactly; its decimal rate stands for the true one."""
    return _seconds(time.value, time.rate)


@lru_cache(maxsize=1 << 16)
def _seconds(value: float, rate: float) -> Fraction:
    if not (math.isfinite(value) and math.isfinite(rate) and rate > 0 and exact_rate(rate) > 0):
        raise UnusableItemError(f"a time of {value} at rate {rate} is meaningless")
    seconds = exact_seconds(value, rate)
    if abs(seconds) > MAX_SECONDS:
        raise UnusableItemError(f"a time of {value:.4g} frames is out of range")
    return seconds


def to_range(time_range: Any) -> TimeRange:
    """Seconds of an OTIO TimeRange."""
    start = to_seconds(time_range.start_time)
    return TimeRange(start, start + to_seconds(time_range.duration))


def measure(item: Any, available: Callable[[Any], TimeRange | None], depth: int = 0) -> Node:
    """An item and everything in it with durations; ``available`` gives the range of a clip that states none."""
    if depth > MAX_NESTING:
        raise UnusableItemError(f"its sequences are nested more than {MAX_NESTING} deep")
    speed, warnings = retime(item)
    is_composition = isinstance(item, otio.core.Composition)
    children = _children(item, available, depth) if is_composition else ()
    if item.source_range is not None:
        shown = to_range(item.source_range)
    elif is_composition:
        shown = TimeRange(_ZERO, max((offset + child.duration for offset, child in children), default=_ZERO))
    else:
        known = available(item) if isinstance(item, otio.schema.Clip) else None
        shown = known or TimeRange(_ZERO, _ZERO)
        if known is None:
            warnings = (*warnings, _NO_LENGTH)
    duration = max(shown.duration, _ZERO)
    inner = shown if speed == 1 and duration else TimeRange(shown.start, shown.start + duration * abs(speed))
    return Node(item, inner, duration, speed, children, warnings)


def _children(item: Any, available: Callable[[Any], TimeRange | None], depth: int) -> tuple[tuple[Fraction, Node], ...]:
    """A composition's items with their offsets: one after another in a track, all at 0 in a stack."""
    in_row = isinstance(item, otio.schema.Track)
    audio_only = is_audio(item)
    children: list[tuple[Fraction, Node]] = []
    offset, unplaceable = _ZERO, ""
    for child in item:
        if not isinstance(child, otio.core.Item):  # a transition takes no time of its own
            continue
        node = measure(child, available, depth + 1)
        if unplaceable and node.duration and not audio_only:
            raise UnusableItemError(f"{unplaceable}, so nothing after it can be placed")
        if in_row and _NO_LENGTH in node.warnings:
            name = repr(str(child.name) or "without a name")
            is_gap = isinstance(child, otio.schema.Gap)
            unplaceable = "a gap has no length" if is_gap else f"clip {name} has no length and its media is missing"
        children.append((offset, node))
        if in_row:
            offset += node.duration
    return tuple(children)


def tracks_of(root: Node) -> Iterator[tuple[Node, View]]:
    """The tracks of a timeline's stack, each with the view of it that the stack's own trim leaves."""
    whole = View(TimeRange(_ZERO, root.duration), root.inner, root.speed)
    for offset, child in root.children:
        seen = whole.of_child(offset, child) if child.duration else None
        if seen is not None and child.item.enabled:
            yield child, seen


def clips_of(node: Node, view: View, parents: tuple[Any, ...] = ()) -> Iterator[Placed]:
    """Every enabled clip under an item, in order, with its record range; clips without length have an empty one."""
    if isinstance(node.item, otio.schema.Clip):
        yield Placed(node.item, view.outer, view.inner, view.speed, node.warnings, parents)
    for offset, child in node.children:
        if isinstance(child.item, otio.schema.Gap) or not child.item.enabled or is_audio(child.item):
            continue
        if child.duration > 0:
            seen = view.of_child(offset, child)
            if seen is not None:
                yield from clips_of(child, seen, (*parents, node.item))
        elif isinstance(child.item, otio.schema.Clip):
            yield Placed(child.item, _NOWHERE, _NOWHERE, child.speed, child.warnings, parents)


def is_audio(item: Any) -> bool:
    """Whether an item is a track of sound."""
    return isinstance(item, otio.schema.Track) and item.kind == otio.schema.TrackKind.Audio


def effects_of(item: Any) -> tuple[Any, ...]:
    """An item's effects; nearly every item has none, and asking for their number is far quicker than to iterate."""
    return tuple(item.effects) if len(item.effects) else ()


def retime(item: Any) -> tuple[Fraction, tuple[str, ...]]:
    """The speed that an item's effects give it, and a sentence for each that is not understood."""
    speed, warnings = Fraction(1), []
    for effect in effects_of(item):
        if isinstance(effect, otio.schema.LinearTimeWarp):  # FreezeFrame is one, with a scalar of 0
            if not abs(effect.time_scalar) <= _FASTEST:  # not a number is not either
                raise UnusableItemError(f"clip {item.name!r} has a speed of {effect.time_scalar}")
            speed *= Fraction(effect.time_scalar).limit_denominator(100_000)
        elif isinstance(effect, otio.schema.TimeEffect) or _TIMING.search(_effect_name(effect)):
            warnings.append(f"the retime {_effect_name(effect)!r} is not supported: played at normal speed")
        elif effect.is_unknown_schema:
            warnings.append(f"the effect {_effect_name(effect)!r} is unknown: treated as no retime")
    return speed, tuple(warnings)


def _effect_name(effect: Any) -> str:
    return str(getattr(effect, "effect_name", "") or effect.name or effect.schema_name())
