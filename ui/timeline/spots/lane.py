"""The lane of spots: hits as ticks, what goes on as bars, force as height; locked ones with a padlock.

A shot that has a list is shaded, so that an empty list is told from none.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from talkies.core.arrays import Flags, Floats
from talkies.core.segment import Segment
from talkies.core.times import TimeRange
from talkies.ui.timeline.colours import TimelineColours, mixed
from talkies.ui.timeline.layout import Indexes, Pixels, Scale, Spans
from talkies.ui.timeline.rows import Row
from talkies.ui.work.spot_places import SpotPlace

if TYPE_CHECKING:
    from talkies.ui.timeline.canvas import Canvas

REACH = 6
"""Pixels beside a tick, or an end of a bar, that take hold of it."""

_FOOT = 5  # pixels of a tick that are there at any force
_CAP = 3  # pixels beside a tick that its cap is wide
_LABELLED = 46  # pixels to the next one from which a spot has its words
_WIDEST = 300  # of words
_BESIDE = _WIDEST + 40  # pixels beside what is painted from which something may reach into it
_LOCKED = 14  # the same for its padlock


@dataclass(frozen=True)
class ListedShot:
    """A shot that has a list, at its place."""

    segment_id: str
    span: TimeRange

    @cached_property
    def seconds(self) -> tuple[float, float]:
        return float(self.span.start), float(self.span.end)


@dataclass(frozen=True)
class LaneMarks:
    """Of each item of the lane (n,): whether it is a spot, not the shade of a shot; whether it goes on; its force; its
    id, "" for a shade."""

    are_spots: Flags
    go_on: Flags
    forces: Floats
    names: tuple[str, ...]


@dataclass(frozen=True)
class DraggedSpots:
    """Spots that are painted elsewhere than where they are in the list: these, and ``places`` instead."""

    spots: tuple[SpotPlace, ...] = ()
    places: tuple[SpotPlace, ...] = ()

    def columns(self, scale: Scale) -> tuple[int, int]:
        """What is painted otherwise for them: the first column, and the one after the last."""
        spans = [place.span for place in (*self.spots, *self.places)]
        left, right = min(span.start for span in spans), max(span.end for span in spans)
        return scale.x(left) - _BESIDE, scale.x(right) + _BESIDE

    def flags(self, row: Row) -> Flags:
        """Which items of the lane are spots that are painted where they are."""
        flags: Flags = row.marks.are_spots.copy()
        for place in self.spots:
            start = float(place.span.start)
            first, end = (np.searchsorted(row.spans.starts, start, side) for side in ("left", "right"))
            flags[[index for index in range(first, end) if row.items[index] == place]] = False
        return flags


DRAGS_NOTHING = DraggedSpots()


def spot_row(segments: Iterable[Segment], lists: Container[str], places: Sequence[SpotPlace]) -> list[Row]:
    """The lane, where any shot has one of the ``lists``. ``places``: of all spots in them, in the order of time."""
    listed = [ListedShot(each.id, each.record) for each in segments if each.id in lists]
    items: list[ListedShot | SpotPlace] = [*listed, *places]
    if not items:
        return []
    times = np.fromiter(chain.from_iterable(each.seconds for each in items), float).reshape(-1, 2)
    order = np.lexsort((times[:, 1], times[:, 0]))
    ordered, starts, ends = tuple(items[index] for index in order.tolist()), times[order, 0], times[order, 1]
    forces = np.zeros(len(items))
    forces[len(listed) :] = np.fromiter((each.spot.force for each in places), float, len(places))
    names = tuple(each.spot.id if isinstance(each, SpotPlace) else "" for each in ordered)
    marks = LaneMarks(order >= len(listed), ends > starts, forces[order], names)
    spans = Spans([each.span for each in ordered], starts, ends)
    return [Row("spots", "SP", "Spots", ordered, spans, "FX", marks=marks)]


def spot_at(row: Row, scale: Scale, x: int) -> int | None:
    """The index of the spot under column ``x``: the nearest tick, else the bar, else the shot that has a list."""
    near = row.spans.between(scale.time(x - REACH), scale.time(x + REACH + 1))
    ticks = []
    bars = []
    for index in near:
        item, span = row.items[index], row.spans.ranges[index]
        left, right = scale.x(span.start), scale.x(span.end)
        if not isinstance(item, SpotPlace):
            continue
        if left == right and abs(x - left) <= REACH:
            ticks.append((abs(x - left), -index))
        elif left - REACH <= x <= right + REACH and left != right:
            bars.append((right - left, -index))
    best = min(ticks, default=None) or min(bars, default=None)
    if best is not None:
        return -best[1]
    at = scale.time(x)
    return next((index for index in near if isinstance(row.items[index], ListedShot) and _covers(row, index, at)), None)


def _covers(row: Row, index: int, position: Fraction) -> bool:
    span = row.spans.ranges[index]
    return span.start <= position < span.end


def paint_spots(canvas: Canvas, row: Row, top: int, chosen: Flags | None, dragged: DraggedSpots) -> None:
    """The lane with its upper edge at ``top``; ``chosen``: a flag for each of its items."""
    part = row.spans.between(canvas.scale.time(canvas.left - _BESIDE), canvas.scale.time(canvas.right + _BESIDE))
    lefts, rights = row.spans.columns(canvas.scale, part)
    seen, marks = slice(part.start, part.stop), row.marks
    spots, shades = dragged.flags(row)[seen], ~marks.are_spots[seen]
    bars = spots & marks.go_on[seen]
    picked = np.zeros(len(lefts), bool) if chosen is None else chosen[seen]
    tall = _FOOT + np.rint((row.height - 1 - _FOOT) * marks.forces[seen].clip(0, 1)).astype(np.int64)
    _shots(canvas, row, top, lefts[shades], rights[shades])
    for is_picked in (False, True):
        here = bars & (picked == is_picked)
        _bars(canvas, row, top, np.stack((lefts, rights, tall), 1)[here].tolist(), is_picked)
    for is_picked in (False, True):
        here = spots & ~bars & (picked == is_picked)
        _ticks(canvas, row, top, _strongest(lefts[here], tall[here]), is_picked)
    _names(canvas, row, top, lefts, np.flatnonzero(spots), part.start)
    _dragged(canvas, row, top, dragged.places)


def _dragged(canvas: Canvas, row: Row, top: int, places: Iterable[SpotPlace]) -> None:
    """As what is chosen is painted."""
    marks = [(canvas.scale.x(each.span.start), canvas.scale.x(each.span.end), _height(row, each)) for each in places]
    _bars(canvas, row, top, [mark for mark in marks if mark[0] < mark[1]], True)
    _ticks(canvas, row, top, [(left, tall) for left, right, tall in marks if left == right], True)


def _height(row: Row, place: SpotPlace) -> int:
    return _FOOT + round((row.height - 1 - _FOOT) * min(max(place.spot.force, 0), 1))


def _strongest(lefts: Pixels, tall: Pixels) -> list[tuple[int, int]]:
    """Column and height of the highest on each column."""
    order = np.lexsort((tall, lefts))
    lefts, tall = lefts[order], tall[order]
    last = np.append(lefts[1:] != lefts[:-1], True)[: len(lefts)]
    return list(zip(lefts[last].tolist(), tall[last].tolist(), strict=True))


def paint_guides(canvas: Canvas, row: Row, top: int, height: int, dragged: DraggedSpots = DRAGS_NOTHING) -> None:
    """Hits as faint lines over a lane of effects, to be compared with its waveform."""
    colour = QColor(canvas.colours.text)
    colour.setAlpha(70)
    part = row.spans.between(canvas.scale.time(canvas.left), canvas.scale.time(canvas.right + 1))
    lefts, _ = row.spans.columns(canvas.scale, part)
    hits = {
        *lefts[dragged.flags(row)[part.start : part.stop]].tolist(),
        *(canvas.scale.x(place.span.start) for place in dragged.places),
    }
    canvas.fill([QRect(x, top, 1, height) for x in hits], colour)


def _shots(canvas: Canvas, row: Row, top: int, lefts: Pixels, rights: Pixels) -> None:
    lefts, rights = np.maximum(lefts, canvas.left - 4), np.minimum(rights, canvas.right + 4)
    areas = zip(lefts.tolist(), np.maximum(rights - lefts - 1, 1).tolist(), strict=True)
    body = canvas.colours.stems["FX"].body
    shade = mixed(canvas.colours.lane, body, 0.55)
    canvas.fill([QRect(left, top, width, row.height) for left, width in areas], shade)


def _ticks(canvas: Canvas, row: Row, top: int, ticks: Iterable[tuple[int, int]], picked: bool) -> None:
    foot = top + row.height
    stems, caps = list[QRect](), list[QRect]()
    for x, tall in ticks:
        stems.append(QRect(x - picked, foot - tall, 1 + 2 * picked, tall))
        caps.append(QRect(x - _CAP, foot - tall, 2 * _CAP + 1, 3))
    canvas.fill([*stems, *caps], _ink(canvas.colours, picked))


def _bars(canvas: Canvas, row: Row, top: int, bars: Iterable[Sequence[int]], picked: bool) -> None:
    ink = _ink(canvas.colours, picked)
    shade = QColor(ink)
    shade.setAlpha(90)
    foot, first, last = top + row.height, canvas.left - _BESIDE, canvas.right + _BESIDE
    areas, edges = list[QRect](), list[QRect]()
    for left, right, tall in bars:
        begin, end = max(left, first), min(max(right, left + 2), last)
        areas.append(QRect(begin, foot - tall, end - begin, tall))
        edges.append(QRect(begin, foot - tall, end - begin, 2))
        edges += [QRect(x - picked, foot - tall, 1 + picked, tall) for x in (left, right - 1) if first <= x <= last]
    canvas.fill(areas, shade)
    canvas.fill(edges, ink)


def _ink(colours: TimelineColours, picked: bool) -> QColor:
    return colours.accent if picked else colours.stems["FX"].level


def _names(canvas: Canvas, row: Row, top: int, lefts: Pixels, spots: Indexes, first: int) -> None:
    """Words and padlocks, where there is room before the next one. ``spots``: which of the columns are those of spots,
    ``first``: the index of the first column's item."""
    ordered = spots[np.lexsort((row.marks.forces[first + spots], lefts[spots]))]
    ends = np.append(lefts[ordered][1:], canvas.right + _BESIDE)[: len(ordered)]
    canvas.painter.setFont(canvas.font)
    for place in np.flatnonzero(ends - lefts[ordered] >= _LOCKED).tolist():
        left, end, spot = int(lefts[ordered[place]]), int(ends[place]), row.items[first + int(ordered[place])].spot
        start = left + _CAP + 2
        if spot.locked:
            _padlock(canvas.painter, start + 1, top + 4, canvas.colours.text)
            start += 11
        if end - left >= _LABELLED and spot.words:
            area = QRect(start, top, min(end - start - 4, _WIDEST), min(row.height, 16))
            canvas.label(spot.words, area, canvas.colours.text)


def _padlock(painter: QPainter, x: int, y: int, ink: QColor) -> None:
    painter.setPen(QPen(ink, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawArc(x + 1, y, 5, 7, 0, 180 * 16)
    painter.fillRect(x, y + 4, 8, 5, ink)
