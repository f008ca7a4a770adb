"""Context menus: which commands are offered for what was clicked. A command that cannot be given now is left out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from talkies.ui.command import Place

Clicked = Literal["shot", "take", "spot", "cue", "ground", "ruler"]
"""A clip of picture, a take, a spot, a line of the transcript or on the timeline, nothing, the ruler."""

MENUS: Mapping[Clicked, tuple[str | Place, ...]] = {
    "shot": (
        "play_shot", "play_around", Place.LINE,
        "generate", "again", "score", "write_prompt", "spot", Place.LINE,
        "next_take", "compare", Place.LINE,
        "select_silent", "select_all", Place.LINE,
        "marker", "show_frame", "reveal_picture", "write",
    ),
    "take": (
        "play_take", "star", "compare", "as_a", "as_b", "solo", "mute", Place.LINE,
        "earlier", "later", "whole_take", "louder", "softer", Place.LINE,
        "redo_take", "reveal_take", "remove_take", Place.LINE,
        "write",
    ),
    "spot": (
        "another_spot", "swap_spot", "make_spot", "lock_spot", "remove_spot", Place.LINE,
        "play_shot", "generate",
    ),
    "cue": (
        "edit_words", "restore_words", Place.LINE,
        "play_shot", "generate_words", "hear_voice",
    ),
    "ground": (
        "play", "play_around", Place.LINE,
        "select_all", "select_silent", "select_here", "select_none", Place.LINE,
        "marker", "zoom_fit", "snapping",
    ),
    "ruler": (
        "mark_in", "mark_out", "clear_range", Place.LINE,
        "marker", "name_marker", "remove_marker", Place.LINE,
        "play_around", "zoom_fit",
    ),
}  # fmt: skip
"""Names of commands (ui/commands.py)."""


def context_menu(clicked: Clicked, actions: Mapping[str, QAction], parent: QWidget) -> QMenu:
    """The menu for what was clicked; it goes when it is closed."""
    menu = QMenu(parent)
    menu.aboutToHide.connect(menu.deleteLater)
    for each in MENUS[clicked]:
        if isinstance(each, Place):
            menu.addSeparator()
        elif actions[each].isEnabled() and actions[each].isVisible():
            menu.addAction(actions[each])
    return menu
