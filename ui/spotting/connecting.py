"""How the parts of the workspace that have to do with spots answer each other."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint

if TYPE_CHECKING:
    from talkies.ui.workspace import Workspace


def connect_spots(space: Workspace) -> None:
    """Timeline, list, commands and taps."""
    spots, table, timeline, taps = space.spots, space.spot_table, space.timeline, space.taps
    for said in (spots.status_message, taps.status_message, table.refused, timeline.refused):
        said.connect(space.status_message)
    spots.list_wanted.connect(partial(space.bring, "spots"))
    spots.queue_wanted.connect(partial(space.bring, "queue"))
    table.remove_wanted.connect(spots.remove)
    table.menu_wanted.connect(partial(_ask_menu, space))
    timeline.another_wanted.connect(spots.another)
    timeline.tapped.connect(taps.tap)
    timeline.tap_ended.connect(taps.let_go)
    timeline.spot_activated.connect(partial(_edit_words, space))
    taps.changed.connect(timeline.setFocus)


def _ask_menu(space: Workspace, point: QPoint) -> None:
    space.menu_wanted.emit(point, "spot")


def _edit_words(space: Workspace, spot_id: str) -> None:
    space.bring("spots")
    space.spot_table.edit_words(spot_id)
