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

from talkies.core.curves import Curve
from talkies.core.timeline.cut.time_maps import curve_of, is_smooth
from talkies.core.times import TimeRange, exact_rate, exact_seconds

MAX_NESTING = 100
"""Compositions inside compositions; editors stay below ten, a file beyond this is broken or hostile."""

MAX_SECONDS = Fraction(60 * 86400)
"""No timeline is longer: larger figures are damage."""

_FASTEST = 10_000  # times normal speed
_SHORTEST = Fraction(1, 1000)  # seconds: what is shorter is a jump
_ZERO = Fraction(0)
_NOWHERE = TimeRange(_ZERO, _ZERO)
_NO_LENGTH = "it has no length and its media cannot be measured"
_SMOOTH = "its speed changes smoothly: followed in straight lines, off by some frames"
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
    """One item, measured: ``inner`` is what of its own time axis it shows, ``duration`` how long it occupies.

    ``curve``: where its speed changes, ``inner`` over the time it occupies, from 0; ``speed`` is the average."""

    item: Any
    inner: TimeRange
    duration: Fraction
    speed: Fraction = Fraction(1)
    children: tuple[tuple[Fraction, Node], ...] = ()
    warnings: tuple[str, ...] = ()
    curve: Curve | None = None


@dataclass(frozen=True)
class Placed:
    """A clip and where it plays; ``source`` is in the clip's own media time. ``curve`` as a segment has it."""

    item: Any
    record: TimeRange
    source: TimeRange
    speed: Fraction
    warnings: tuple[str, ...] = ()
    parents: tuple[Any, ...] = field(default=(), repr=False)
    curve: Curve | None = None


@dataclass(frozen=True)
class View:
    """The stretch ``inner`` of some item's own time, shown over ``outer`` of the timeline at ``speed`` (0: frozen).

    ``curve``: where the speed changes, ``inner`` over seconds from the start of ``outer``; ``speed`` is the average."""

    outer: TimeRange
    inner: TimeRange
    speed: Fraction
    curve: Curve | None = None

    def pieces(self) -> tuple[View, ...]:
        """Views of constant speed, in order."""
        if self.curve is None:
            return (self,)
        start = self.outer.start
        return tuple(View(piece.time.shifted(start), piece.media, piece.speed) for piece in self.curve.pieces())

    def of_child(self, offset: Fraction, child: Node) -> View | None:
        """The part of a child, which starts at ``offset`` of our time, that can be seen; None when nothing is."""
        span = TimeRange(offset, offset + child.duration)
        if (
            child.curve is None
            and self.speed == child.speed == 1
            and self.inner.start <= span.start
            and span.end <= self.inner.end
        ):
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
        part = shown.shifted(-offset)
        if child.curve is None or not part.duration:
            return View(outer, child_time(child, part), self.speed * child.speed)
        curve = child.curve.part(part)
        curve = curve.moved(-(part.start if self.speed > 0 else part.end)).paced(self.speed)
        return View(outer, curve.media, curve.speed, None if curve.is_straight else curve)

    def _outward(self, inner: TimeRange) -> TimeRange:
        pace = abs(self.speed)
        head = inner.start - self.inner.start if self.speed > 0 else self.inner.end - inner.end
        start = self.outer.start + head / pace
        return TimeRange(start, start + inner.duration / pace)


def child_time(node: Node, part: TimeRange) -> TimeRange:
    """The stretch of a node's own time that plays during ``part`` of the time it occupies (which starts at 0)."""
    if node.curve is not None:
        return node.curve.part(part).media if part.duration else TimeRange(at := node.curve.at(part.start), at)
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
    is_retimed = bool(len(item.effects))  # nearly every item has no effect, and asking is quicker than looking through
    speed, warnings = retime(item) if is_retimed else (Fraction(1), ())
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
    curve = _curve(item, shown) if is_retimed and duration else None
    if curve is not None:
        return Node(item, curve.media, duration, curve.speed, children, warnings, curve)
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
        yield Placed(node.item, view.outer, view.inner, view.speed, node.warnings, parents, view.curve)
    for piece in view.pieces() if node.children else ():
        yield from _clips_in(node, piece, parents)


def _clips_in(node: Node, view: View, parents: tuple[Any, ...]) -> Iterator[Placed]:
    for offset, child in node.children:
        if isinstance(child.item, otio.schema.Gap) or not child.item.enabled or is_audio(child.item):
            continue
        if child.duration:
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


def _switched_on(item: Any) -> Iterator[Any]:
    return (effect for effect in effects_of(item) if getattr(effect, "enabled", True))


def retime(item: Any) -> tuple[Fraction, tuple[str, ...]]:
    """The speed that an item's effects give it, and a sentence for each that is not understood."""
    speed, warnings = Fraction(1), []
    for effect in _switched_on(item):
        if isinstance(effect, otio.schema.LinearTimeWarp):  # FreezeFrame is one, with a scalar of 0
            if not abs(effect.time_scalar) <= _FASTEST:  # not a number is not either
                raise UnusableItemError(f"clip {item.name!r} has a speed of {effect.time_scalar}")
            speed *= Fraction(effect.time_scalar).limit_denominator(100_000)
        elif curve_of(effect) is not None:
            warnings += [_SMOOTH] if is_smooth(effect) else []
        elif isinstance(effect, otio.schema.TimeEffect) or _TIMING.search(_effect_name(effect)):
            warnings.append(f"the retime {_effect_name(effect)!r} is not supported: played at normal speed")
        elif effect.is_unknown_schema:
            warnings.append(f"the effect {_effect_name(effect)!r} is unknown: treated as no retime")
    return speed, tuple(warnings)


def _curve(item: Any, shown: TimeRange) -> Curve | None:
    """The retime of changing speed that an item has, over the time that it occupies."""
    for effect in _switched_on(item):
        curve = curve_of(effect)
        if curve is not None:
            if any(abs(piece.speed) > _FASTEST for piece in curve.pieces() if piece.time.duration > _SHORTEST):
                raise UnusableItemError(f"clip {item.name!r} has a speed that no picture follows")
            return curve.part(shown).moved(-shown.start)
    return None


def _effect_name(effect: Any) -> str:
    return str(getattr(effect, "effect_name", "") or effect.name or effect.schema_name())
