"""The timeline's surface with spots on it: which lie where, which is under the pointer, what their keys ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent

from talkies.ui.timeline.rows import Row
from talkies.ui.timeline.spots.lane import paint_guides, spot_at, spot_row
from talkies.ui.timeline.surface import Surface
from talkies.ui.timeline.tooltips import Hit
from talkies.ui.work.spot_places import SpotPlace

if TYPE_CHECKING:
    from talkies.ui.timeline.painting import Canvas


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
        return spot_row(document.segments, {key: document.spot_places(key) for key in document.lists})

    def chosen_in(self, row: Row) -> np.ndarray:
        """A flag for each item of the lane of spots."""
        chosen = set(self.document.chosen_spots)
        if not chosen:
            return np.zeros(len(row.items), bool)
        return np.array([isinstance(item, SpotPlace) and item.spot.id in chosen for item in row.items], bool)

    def paint_guides(self, canvas: Canvas, row: Row, top: int) -> None:
        """Hits over a lane of effects."""
        lane = next((each for each in self.rows if each.kind == "spots"), None)
        if lane is not None and row.kind == "take" and row.stem == "FX":
            paint_guides(canvas, lane, top, row.height)

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
