"""Hands on the lanes of takes: trim, move, fade; beyond a neighbour's edge two cross-fade.

drag at an edge            the take begins or ends elsewhere, as far as its sound reaches
drag at an upper corner    it fades in or out
drag elsewhere             all of it is moved
                           to cuts, the playhead and whole frames; with Alt freely, to the sample
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QMouseEvent

from talkies.core.takes.edits import TakeEdit
from talkies.ui.timeline.hands.holding import Hands, Held
from talkies.ui.timeline.hands.snapping import nearest_frame, nearest_sample, snapped
from talkies.ui.timeline.takes.clips import grip_at
from talkies.ui.work.lookup import sounding
from talkies.ui.work.state import TakeRecord
from talkies.ui.work.take_edits import Grip, crossfaded, dragged, neighbours

if TYPE_CHECKING:
    from talkies.ui.timeline.surface import Surface

_KEYS = Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.ControlModifier
_SHAPES = {
    "in": Qt.CursorShape.SplitHCursor,
    "out": Qt.CursorShape.SplitHCursor,
    "fade in": Qt.CursorShape.PointingHandCursor,
    "fade out": Qt.CursorShape.PointingHandCursor,
}


@dataclass(frozen=True)
class _HeldTake(Held):
    """And the take as it was then, and those beside it."""

    take: TakeRecord
    grip: Grip
    others: tuple[TakeRecord, ...]


class TakeHands(Hands["Surface", _HeldTake]):
    """Turns mouse events on takes into edits of the document; each drag is one step to undo."""

    shapes = frozenset(_SHAPES.values())

    def __init__(self, surface: Surface) -> None:
        super().__init__(surface)
        self._edits: Mapping[str, TakeEdit] = {}

    @property
    def dragged(self) -> tuple[TakeRecord, ...]:
        """Takes as they are shown, other than the document has them."""
        return self._edited(self._held, self._edits) if self._held is not None and self.busy else ()

    def press(self, event: QMouseEvent) -> bool:
        """Whether a take was taken hold of; with Shift or Ctrl shots are chosen instead."""
        point = event.position().toPoint()
        under = None if event.modifiers() & _KEYS else self._under(point)
        if under is None:
            return False
        take, grip = under
        surface, x = self._surface, point.x()
        heard = sounding(surface.document.all_takes) if "fade" not in grip else ()
        self._edits = {}
        self._hold(_HeldTake(surface.timeline, x, surface.scale.time(x), take, grip, neighbours(take, heard)))
        return True

    def release(self) -> bool:
        """Lets go; whether something was dragged."""
        return self._drop()

    def hover(self, point: QPoint) -> bool:
        """The pointer's shape over edges; whether there is one."""
        under = self._under(point)
        return self._point(_SHAPES.get(under[1]) if under is not None else None)

    def _under(self, point: QPoint) -> tuple[TakeRecord, Grip] | None:
        """The take under a point, as it is now: lanes are made anew a moment after an edit."""
        surface, hit = self._surface, self._surface.hit(point)
        if hit is None or not isinstance(hit.item, TakeRecord):
            return None
        top = next(surface.row_top(index) for index, row in enumerate(surface.rows) if row is hit.row)
        take = surface.document.take(hit.item.id)
        return take, grip_at(take, surface.scale, point.x(), point.y() - top)

    def _drag(self, held: _HeldTake, x: int, free: bool) -> None:
        rate, place, edit = self._surface.document.open_timeline().rate, held.take.place, held.take.edit
        edges = {
            "all": place.start, "in": place.start, "out": place.end,
            "fade in": place.start + edit.fade_in, "fade out": place.end - edit.fade_out,
        }  # fmt: skip
        wanted = self._wanted(edges[held.grip] + self._surface.scale.time(x) - held.time, free)
        new = dragged(held.take, held.grip, wanted, rate)
        edits = {held.take.id: new} if "fade" in held.grip else crossfaded(held.take, new, held.others, rate)
        if edits != self._edits:
            before, self._edits = self._edits, edits
            self._repaint((*held.others, held.take, *self._edited(held, before), *self._edited(held, edits)))

    def _edited(self, held: _HeldTake, edits: Mapping[str, TakeEdit]) -> tuple[TakeRecord, ...]:
        takes = [take for take in (*held.others, held.take) if take.id in edits]
        return tuple(replace(take, choices=replace(take.choices, edit=edits[take.id])) for take in takes)

    def _repaint(self, takes: Iterable[TakeRecord]) -> None:
        """Where takes lie on their lanes."""
        surface = self._surface
        for index, row in enumerate(surface.rows):
            own = [take.place for take in takes if take.id in row.places]
            if own:
                left = surface.scale.x(min(place.start for place in own))
                right = surface.scale.x(max(place.end for place in own))
                left, right = max(left - 2, 0), min(right + 2, surface.viewport().width())
                surface.viewport().update(left, surface.row_top(index), right - left, row.height)

    def _lay(self, held: _HeldTake) -> None:
        document, edits, self._edits = self._surface.document, self._edits, {}
        there = {take.id for take in document.all_takes}
        document.edit_takes({key: edit for key, edit in edits.items() if key in there})

    def _wanted(self, position: Fraction, free: bool) -> Fraction:
        surface, document = self._surface, self._surface.document
        rate = document.open_timeline().rate
        if free:
            return nearest_sample(position)
        if not surface.snapping:
            return nearest_frame(position, rate)
        return snapped(position, surface.scale, rate, surface.rows.cuts, [document.playhead])
