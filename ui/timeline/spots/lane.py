"""The lane of spots: hits as ticks, what goes on as bars, force as height; locked ones with a padlock.

A shot that has a list is shaded, so that an empty list is told from none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from talkies.core.segment import Segment
from talkies.core.times import TimeRange
from talkies.ui.timeline.colours import TimelineColours, mixed
from talkies.ui.timeline.layout import Scale
from talkies.ui.timeline.rows import Row, lane_of
from talkies.ui.work.spot_places import SpotPlace

if TYPE_CHECKING:
    from talkies.ui.timeline.painting import Canvas

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


def spot_row(segments: Sequence[Segment], places: Mapping[str, Sequence[SpotPlace]]) -> list[Row]:
    """The lane, where any shot has a list. ``places``: of the spots of each of these."""
    listed = [ListedShot(each.id, each.record) for each in segments if each.id in places]
    items: list[tuple[TimeRange, ListedShot | SpotPlace]] = [(each.span, each) for each in listed]
    items += [(place.span, place) for each in places.values() for place in each]
    return [lane_of("spots", "SP", "Spots", items, "FX")] if items else []


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


def paint_spots(canvas: Canvas, row: Row, top: int, chosen: np.ndarray | None) -> None:
    """The lane with its upper edge at ``top``; ``chosen``: a flag for each of its items."""
    part = row.spans.between(canvas.scale.time(canvas.left - _BESIDE), canvas.scale.time(canvas.right + _BESIDE))
    lefts, rights = (each.tolist() for each in row.spans.columns(canvas.scale, part))
    shots: list[QRect] = []
    drawn: dict[tuple[int, bool], tuple[int, int, SpotPlace]] = {}
    bars: list[tuple[int, int, SpotPlace, bool]] = []
    for index, left, right in zip(part, lefts, rights, strict=True):
        item, picked = row.items[index], bool(chosen is not None and chosen[index])
        if not isinstance(item, SpotPlace):
            left, right = max(left, canvas.left - 4), min(right, canvas.right + 4)
            shots.append(QRect(left, top, max(right - left - 1, 1), row.height))
        elif item.span.start != item.span.end:
            bars.append((left, right, item, picked))
        elif (left, picked) not in drawn or drawn[left, picked][2].spot.force < item.spot.force:
            drawn[left, picked] = (left, left, item)  # of those on one column the strongest
    own = canvas.colours.stems["FX"]
    canvas.fill(shots, mixed(canvas.colours.lane, own.body, 0.55))
    for left, right, item, picked in bars:
        _bar(canvas, row, top, left, right, item, picked)
    for (left, picked), (_, _, item) in sorted(drawn.items(), key=lambda each: each[0][1]):
        _tick(canvas, row, top, left, item, picked)
    _names(canvas, row, top, [*bars, *((left, left, item, False) for left, _, item in drawn.values())])


def paint_guides(canvas: Canvas, row: Row, top: int, height: int) -> None:
    """Hits as faint lines over a lane of effects, to be compared with its waveform."""
    colour = QColor(canvas.colours.text)
    colour.setAlpha(70)
    part = row.spans.between(canvas.scale.time(canvas.left), canvas.scale.time(canvas.right + 1))
    hits = (row.spans.ranges[index].start for index in part if isinstance(row.items[index], SpotPlace))
    for x in dict.fromkeys(canvas.scale.x(start) for start in hits):
        canvas.painter.fillRect(x, top, 1, height, colour)


def _tick(canvas: Canvas, row: Row, top: int, x: int, place: SpotPlace, picked: bool) -> None:
    ink = _ink(canvas.colours, picked)
    foot = top + row.height
    head = foot - _tall(row, place)
    canvas.painter.fillRect(x - picked, head, 1 + 2 * picked, foot - head, ink)
    canvas.painter.fillRect(x - _CAP, head, 2 * _CAP + 1, 3, ink)


def _bar(canvas: Canvas, row: Row, top: int, left: int, right: int, place: SpotPlace, picked: bool) -> None:
    ink = _ink(canvas.colours, picked)
    shade = QColor(ink)
    shade.setAlpha(90)
    tall = _tall(row, place)
    area = QRect(left, top + row.height - tall, max(right - left, 2), tall)
    near = QRect(canvas.left - _BESIDE, top, canvas.right - canvas.left + 2 * _BESIDE, row.height)
    area = area.intersected(near)
    canvas.painter.fillRect(area, shade)
    canvas.painter.fillRect(area.left(), area.top(), area.width(), 2, ink)
    for x in (left, right - 1):
        canvas.painter.fillRect(x - picked, top + row.height - tall, 1 + picked, tall, ink)


def _tall(row: Row, place: SpotPlace) -> int:
    return _FOOT + round((row.height - 1 - _FOOT) * min(max(place.spot.force, 0.0), 1.0))


def _ink(colours: TimelineColours, picked: bool) -> QColor:
    return colours.accent if picked else colours.stems["FX"].level


def _names(canvas: Canvas, row: Row, top: int, spots: Sequence[tuple[int, int, SpotPlace, bool]]) -> None:
    """Words and padlocks, where there is room before the next one."""
    ordered = sorted(spots, key=lambda each: each[0])
    ends = [*(left for left, *_ in ordered[1:]), canvas.right + _BESIDE]
    canvas.painter.setFont(canvas.font)
    for (left, _, place, _), end in zip(ordered, ends, strict=False):
        room, start = end - left, left + _CAP + 2
        if place.spot.locked and room >= _LOCKED:
            _padlock(canvas.painter, start + 1, top + 4, canvas.colours.text)
            start += 11
        if room >= _LABELLED and place.spot.words:
            area = QRect(start, top, min(end - start - 4, _WIDEST), min(row.height, 16))
            canvas.label(place.spot.words, area, canvas.colours.text)


def _padlock(painter: QPainter, x: int, y: int, ink: QColor) -> None:
    painter.setPen(QPen(ink, 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawArc(x + 1, y, 5, 7, 0, 180 * 16)
    painter.fillRect(x, y + 4, 8, 5, ink)
