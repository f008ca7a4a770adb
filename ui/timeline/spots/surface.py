"""The timeline's surface with spots on it: which lie where, which is under the pointer, what their keys ask for."""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent

from talkies.core.arrays import Flags
from talkies.ui.timeline.rows import Row
from talkies.ui.timeline.spots.lane import DraggedSpots, paint_guides, spot_at, spot_row
from talkies.ui.timeline.surface import Surface
from talkies.ui.timeline.tooltips import Hit

if TYPE_CHECKING:
    from talkies.ui.timeline.canvas import Canvas


class SpotSurface(Surface):
    """``another_wanted``: other sounds for the chosen spots. ``tapped``: the key for a spot was pressed, ``tap_ended``:
    it was let go. ``spot_activated``: one was double-clicked. ``refused``: why something was not done."""

    another_wanted = Signal()
    tapped = Signal()
    tap_ended = Signal()
    spot_activated = Signal(str)
    refused = Signal(str)

    def spot_rows(self) -> list[Row]:
        """The lane of spots, where any shot has a list."""
        document = self.document
        return spot_row(document.segments, document.lists, document.all_spot_places)

    def chosen_flags(self) -> dict[str, Flags]:
        """A flag for each item of the lanes on which things are chosen, by the lane's name."""
        return {row.name: self._chosen_in(row) for row in self.rows if row.kind in ("picture", "spots")}

    def _chosen_in(self, row: Row) -> Flags:
        flags = np.zeros(len(row.items), bool)
        if row.kind == "picture":
            flags[[row.places[key] for key in self.document.selected if key in row.places]] = True
        elif chosen := set(self.document.chosen_spots):
            flags[:] = [name in chosen for name in row.marks.names]
        return flags

    def paint_guides(self, canvas: Canvas, row: Row, top: int, dragged: DraggedSpots) -> None:
        """Hits over a lane of effects."""
        lane = next((each for each in self.rows if each.kind == "spots"), None)
        if lane is not None and self.has_guides(row):
            paint_guides(canvas, lane, top, row.height, dragged)

    def has_guides(self, row: Row) -> bool:
        return row.kind == "take" and row.stem == "FX"

    def repaint_lanes(self, painted: Container[int]) -> None:
        """Those that are not ``painted``, by identity, and what hits are drawn over."""
        are_new = [id(row) not in painted for row in self.rows]
        has_hits = any(new and row.kind == "spots" for new, row in zip(are_new, self.rows, strict=True))
        for index, row in enumerate(self.rows):
            if are_new[index] or (has_hits and self.has_guides(row)):
                self.viewport().update(0, self.row_top(index), self.viewport().width(), row.height)

    def show_dragged(self, before: DraggedSpots, now: DraggedSpots) -> None:
        """Repaints what is dragged, where it was and where it is."""
        lane = next((row for row in self.rows if row.kind == "spots"), None)
        if lane is None:
            return
        columns = [each.columns(self.scale) for each in (before, now) if each.spots or each.places]
        left = max(min((left for left, _ in columns), default=0), 0)
        right = min(max((right for _, right in columns), default=0), self.viewport().width())
        for index, row in enumerate(self.rows):
            if row is lane or self.has_guides(row):
                self.viewport().update(left, self.row_top(index), right - left, row.height)

    def hit(self, point: QPoint) -> Hit | None:
        """A tick has no width: what is near it is meant."""
        found = super().hit(point)
        if found is None or found.row.kind != "spots":
            return found
        return Hit(found.row, spot_at(found.row, self.scale, point.x()), found.position)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() == Qt.Key.Key_T and not event.isAutoRepeat():
            self.tap_ended.emit()
        super().keyReleaseEvent(event)

    def remove_chosen_spots(self) -> None:
        """Those that are not locked."""
        document = self.document
        chosen = document.chosen_spots
        free = [key for key in chosen if not document.spot(key).locked]
        if len(free) < len(chosen):
            self.refused.emit(self.tr("A locked spot stays; unlock it first (Alt+L)."))
        document.remove_spots(free)
