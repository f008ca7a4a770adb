"""Painting the lanes: each paints what can be seen of it, and nothing else.

Bodies and strips of a lane go to the painter in one call each; a call for every clip would be most of a frame's time.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QColor, QPen

from talkies.core.media.stills import grid_of, still_time
from talkies.core.segment import Picture, Segment
from talkies.core.times import TimeRange
from talkies.ui.plain_text import one_line
from talkies.ui.timeline.cache_keys import PeaksKey, StillKey
from talkies.ui.timeline.canvas import TEXT_LEFT, Canvas, Memo
from talkies.ui.timeline.colours import ClipColours, TimelineColours
from talkies.ui.timeline.layout import Visible, joined, visible
from talkies.ui.timeline.rows import Row, lane_of
from talkies.ui.timeline.spots.lane import DRAGS_NOTHING, DraggedSpots, paint_spots
from talkies.ui.timeline.takes.clips import paint_fades, paint_knobs
from talkies.ui.timeline.tooltips import speed_of, tr
from talkies.ui.timeline.waves import WaveLane, sound_start, take_start
from talkies.ui.work.state import TakeRecord

STRIP = 17
"""Height of the strip that carries a picture clip's name."""

_NARROW = 5  # pixels of width below which clips are joined
_WAVED = 12  # from which a clip has its waveform,
_PICTURED = 32  # a picture,
_LABELLED = 40  # and its name
_WHOLE = 1200  # up to which its waveform is computed as a whole and kept
_ASPECT = Fraction(16, 9)  # of a thumbnail's place; pictures of other shapes are cut to it


@dataclass(frozen=True)
class Dragged:
    """What hands show elsewhere than the document has it."""

    spots: DraggedSpots = DRAGS_NOTHING
    takes: tuple[TakeRecord, ...] = ()


def paint_row(canvas: Canvas, row: Row, top: int, selected: np.ndarray | None, dragged: Dragged) -> None:
    """One lane with its upper edge at ``top``; ``selected``: a flag for each of its items, None for none."""
    canvas.painter.fillRect(canvas.left, top, canvas.right - canvas.left, row.height, canvas.colours.lane)
    if row.kind == "spots":
        paint_spots(canvas, row, top, selected, dragged.spots)
        return
    paint_clips(canvas, row, top, selected)
    _paint_dragged(canvas, row, top, dragged.takes)


def _paint_dragged(canvas: Canvas, row: Row, top: int, takes: Iterable[TakeRecord]) -> None:
    """Takes of a lane as they are dragged, over where they were."""
    own = [take for take in takes if take.id in row.places]
    for take in own:
        left, right = _columns(canvas, row.spans.ranges[row.places[take.id]])
        canvas.painter.fillRect(left, top, right - left, row.height, canvas.colours.lane)
    if own:
        lane = lane_of(row.kind, row.name, row.label, [(take.place, take) for take in own], row.stem)
        paint_clips(replace(canvas, memo=Memo()), lane.lowered if row.low else lane, top)


def _columns(canvas: Canvas, span: TimeRange) -> tuple[int, int]:
    return canvas.scale.x(span.start), canvas.scale.x(span.end)


def paint_clips(canvas: Canvas, row: Row, top: int, selected: np.ndarray | None = None) -> None:
    """What lies on a lane, over what is there."""
    seen = visible(row.spans, canvas.scale, canvas.left, canvas.right, _NARROW)
    if not len(seen.wide) and not len(seen.blocks):
        return
    _bodies(canvas, row, top, seen)
    if row.kind == "picture":
        _pictures(canvas, row, top, seen)
    elif row.has_waves:
        _waves(canvas, row, top, seen)
        paint_fades(canvas, row, top, seen)
    _labels(canvas, row, top, seen)
    paint_knobs(canvas, row, top, seen)
    if selected is not None and selected.any():
        _selection(canvas, row, top, seen, selected)


def clip_colours(colours: TimelineColours, row: Row, index: int) -> ClipColours:
    """How one item of a lane is coloured."""
    item = row.items[index]
    if row.kind == "picture":
        return colours.picture if item.picture is not None else colours.offline
    if row.kind == "words":
        return colours.words if item.kind == "speech" else colours.described
    if row.kind != "sound":
        return colours.stems[row.stem]
    return colours.sound if item.path is not None else colours.offline


def _known_colours(canvas: Canvas, row: Row) -> list[ClipColours]:
    known = canvas.memo.colours.get(id(row))
    if known is None:
        known = [clip_colours(canvas.colours, row, index) for index in range(len(row.items))]
        canvas.memo.colours[id(row)] = known
    return known


def _row_colours(colours: TimelineColours, row: Row) -> ClipColours:
    kinds = {"picture": colours.picture, "words": colours.words, "sound": colours.sound}
    return kinds.get(row.kind) or colours.stems[row.stem]


def _bodies(canvas: Canvas, row: Row, top: int, seen: Visible) -> None:
    """Clips as plain areas, a pixel apart; those too narrow to tell apart as one."""
    groups: dict[int, tuple[ClipColours, list[QRect]]] = {}
    known = _known_colours(canvas, row)
    for index, left, right in _each(seen):
        colours = known[index]
        left, right = max(left, canvas.left - 4), min(right, canvas.right + 4)
        rectangles = groups.setdefault(id(colours), (colours, []))[1]
        rectangles.append(QRect(left, top, max(right - left - 1, 1), row.height))
    for colours, rectangles in groups.values():
        plain = row.kind == "words"
        canvas.fill(rectangles, colours.strip if plain else colours.body)
        if row.kind == "picture":
            canvas.fill([QRect(each.left(), top, each.width(), STRIP) for each in rectangles], colours.strip)
    own = _row_colours(canvas.colours, row)
    blocks = [QRect(left, top, right - left, row.height) for left, right in _within(canvas, seen.blocks.tolist())]
    canvas.fill(blocks, own.strip if row.kind == "words" else own.body)
    if row.kind == "picture":
        canvas.fill([QRect(each.left(), top, each.width(), STRIP) for each in blocks], own.strip)


def _pictures(canvas: Canvas, row: Row, top: int, seen: Visible) -> None:
    height, tile = row.height - STRIP, round((row.height - STRIP) * _ASPECT)
    for index, left, right in _each(seen):
        segment: Segment = row.items[index]
        if segment.picture is None or right - left < _PICTURED:
            continue
        first = max((canvas.left - left) // tile, 0)
        for number in range(first, -(-(min(right, canvas.right) - left) // tile)):
            place = QRect(left + number * tile, top + STRIP, min(tile, right - 1 - left - number * tile), height)
            if place.width() > 0:
                key = canvas.memo.stills.get((id(row), index, number))
                if key is None:
                    key = _still_key(canvas, segment, segment.picture, number * tile, place)
                    canvas.memo.stills[id(row), index, number] = key
                _still(canvas, key, number, tile, place)


def _still_key(canvas: Canvas, segment: Segment, picture: Picture, columns: int, place: QRect) -> StillKey:
    """The picture of the moment ``columns`` pixels after the clip's beginning."""
    tile = round(place.height() * _ASPECT)
    pixels_per_second = float(canvas.scale.pixels_per_second)
    into = Fraction(round(columns / pixels_per_second * 1000), 1000)
    time = still_time(segment, segment.record.start + into, grid_of(tile / pixels_per_second))
    return StillKey(picture, time, round(place.height() * canvas.ratio))


def _still(canvas: Canvas, key: StillKey, number: int, tile: int, place: QRect) -> None:
    """A picture cut to the shape of its place; until it is there, one of about the same time."""
    pixmap = canvas.media.still(key) or canvas.media.near_still(key)
    if pixmap is None:
        if number == 0 and canvas.media.problem(key):
            canvas.label(tr("cannot be shown"), place.adjusted(5, 0, 0, 0), canvas.colours.faint)
        return
    wide, high = pixmap.width(), pixmap.height()
    shown = min(wide, high * tile / place.height())  # columns of the pixmap that a whole tile shows
    part = shown * place.width() / tile
    canvas.painter.drawPixmap(QRectF(place), pixmap, QRectF((wide - shown) / 2, 0, part, high))


def _waves(canvas: Canvas, row: Row, top: int, seen: Visible) -> None:
    lane = WaveLane(canvas.left, canvas.right, canvas.ratio)
    pixels_per_second = float(canvas.scale.pixels_per_second)
    for index, left, right in _each(seen):
        item = row.items[index]
        if right - left < _WAVED or item.path is None:
            continue
        heights = canvas.memo.waves.get((id(row), index))
        if heights is not None:
            lane.put(heights, left)
            continue
        peaks = canvas.media.peaks(PeaksKey(item.path))
        whole = right - left <= _WHOLE
        first, end = (left, right - 1) if whole else (max(left, canvas.left), min(right - 1, canvas.right))
        if peaks is None or first >= end:
            continue
        into = (first + canvas.scale.offset) / pixels_per_second - float(row.spans.starts[index])
        start, pace = (sound_start if row.kind == "sound" else take_start)(item, into, pixels_per_second)
        heights = lane.heights_of(peaks, end - first, start, pace)
        lane.put(heights, first)
        if whole:
            canvas.memo.waves[id(row), index] = heights
    if lane.used:
        own = _row_colours(canvas.colours, row)
        canvas.painter.drawImage(canvas.left, top + 1, lane.image(row.height - 2, own.peak, own.level))


def _labels(canvas: Canvas, row: Row, top: int, seen: Visible) -> None:
    known = _known_colours(canvas, row)
    canvas.painter.setFont(canvas.font)
    for index, left, right in _each(seen):
        if right - left < _LABELLED:
            continue
        colours = known[index]
        height = row.height if row.kind in ("words", "other take") else STRIP
        area = QRect(left + 5, top, right - left - 9, height)
        text = _text(row, index)
        if row.kind not in ("words", "picture"):  # over a waveform text needs a ground
            reach = canvas.painter.fontMetrics().horizontalAdvance(one_line(text)) + 10
            start = max(left, TEXT_LEFT - 5)
            canvas.painter.fillRect(start, top, min(reach, right - 1 - start), min(height, 16), _ground(colours))
        canvas.label(text, area, colours.text)
        if colours is canvas.colours.offline:
            below = QRect(area.left(), top + STRIP, area.width(), row.height - STRIP)
            canvas.label(tr("media offline"), below, canvas.colours.faint)


def _ground(colours: ClipColours) -> QColor:
    ground = QColor(colours.body)
    ground.setAlpha(190)
    return ground


def _text(row: Row, index: int) -> str:
    item = row.items[index]
    if row.kind == "words":
        return (
            f"{item.speaker}: {item.text}" if item.speaker else item.text if item.kind == "speech" else f"[{item.text}]"
        )
    if row.kind == "picture":
        return f"{item.clip or item.id}  {speed_of(item)}".rstrip()
    if row.kind == "sound":
        return str(item.name)
    star = "★ " if item.starred else ""
    muted = f"  {tr('muted')}" if item.muted else ""
    return f"{star}{item.music or item.speaker or item.segment_id} · {item.number}{muted}"


def _selection(canvas: Canvas, row: Row, top: int, seen: Visible, selected: np.ndarray) -> None:
    """A frame around each, one around all that are too narrow to tell apart."""
    colours = canvas.colours
    part = row.spans.between(canvas.scale.time(canvas.left - 1), canvas.scale.time(canvas.right + 1))
    lefts, rights = row.spans.columns(canvas.scale, part)
    narrow = (rights - lefts < _NARROW) & selected[part.start : part.stop]
    columns = [(left, right - 1) for index, left, right in _each(seen) if selected[index]]
    columns += joined(lefts[narrow], rights[narrow]).tolist()
    frames = [QRect(left, top, right - left, row.height) for left, right in _within(canvas, columns)]
    canvas.fill(frames, colours.selected)
    canvas.painter.setBrush(Qt.BrushStyle.NoBrush)
    pen = QPen(colours.accent, 2)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    canvas.painter.setPen(pen)
    canvas.painter.drawRects([each.adjusted(1, 1, -1, -1) for each in frames])


def _each(seen: Visible) -> Iterable[tuple[int, int, int]]:
    """Index, left and right column of each wide item, as plain integers."""
    return zip(seen.wide.tolist(), seen.lefts.tolist(), seen.rights.tolist(), strict=True)


def _within(canvas: Canvas, columns: Iterable[Sequence[int]]) -> Iterable[tuple[int, int]]:
    """Pairs of columns, cut a little outside of what is painted: Qt is slow with areas of millions of pixels."""
    return ((max(left, canvas.left - 4), min(right, canvas.right + 4)) for left, right in columns)
