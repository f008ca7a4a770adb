"""Keyboard of the timeline, as editors have it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent

from talkies.core.times import round_half_up

if TYPE_CHECKING:
    from talkies.ui.timeline.view import TimelineView

Action = Callable[["TimelineView"], None]

_NONE, _SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
_CTRL, _ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


def _second(view: TimelineView) -> int:
    return round_half_up(view.timeline.rate) if view.timeline is not None else 0


KEYS: Mapping[tuple[Qt.KeyboardModifier, Qt.Key], Action] = {
    (_NONE, Qt.Key.Key_Left): lambda view: view.step(-1),
    (_NONE, Qt.Key.Key_Right): lambda view: view.step(1),
    (_SHIFT, Qt.Key.Key_Left): lambda view: view.step(-_second(view)),
    (_SHIFT, Qt.Key.Key_Right): lambda view: view.step(_second(view)),
    (_NONE, Qt.Key.Key_Up): lambda view: view.step_edit(False),
    (_NONE, Qt.Key.Key_Down): lambda view: view.step_edit(True),
    (_NONE, Qt.Key.Key_Home): lambda view: view.go_to_start(),
    (_NONE, Qt.Key.Key_End): lambda view: view.go_to_end(),
    (_NONE, Qt.Key.Key_I): lambda view: view.set_in(),
    (_NONE, Qt.Key.Key_O): lambda view: view.set_out(),
    (_ALT, Qt.Key.Key_X): lambda view: view.clear_range(),
    (_NONE, Qt.Key.Key_N): lambda view: view.set_snapping(not view.snapping),
    (_NONE, Qt.Key.Key_Plus): lambda view: view.zoom_in(),
    (_SHIFT, Qt.Key.Key_Plus): lambda view: view.zoom_in(),
    (_NONE, Qt.Key.Key_Equal): lambda view: view.zoom_in(),
    (_CTRL, Qt.Key.Key_Plus): lambda view: view.zoom_in(),
    (_CTRL, Qt.Key.Key_Equal): lambda view: view.zoom_in(),
    (_NONE, Qt.Key.Key_Minus): lambda view: view.zoom_out(),
    (_CTRL, Qt.Key.Key_Minus): lambda view: view.zoom_out(),
    (_NONE, Qt.Key.Key_Backslash): lambda view: view.zoom_to_fit(),
    (_SHIFT, Qt.Key.Key_Z): lambda view: view.zoom_to_fit(),
    (_CTRL, Qt.Key.Key_A): lambda view: view.select_all(),
    (_NONE, Qt.Key.Key_Delete): lambda view: view.remove_chosen_spots(),
    (_NONE, Qt.Key.Key_Backspace): lambda view: view.remove_chosen_spots(),
    (_NONE, Qt.Key.Key_R): lambda view: view.another_wanted.emit(),
    (_NONE, Qt.Key.Key_T): lambda view: view.tapped.emit(),
    (_NONE, Qt.Key.Key_Escape): lambda view: view.document.select(()),
}
"""What each key does. Space, J, K and L belong to the player."""

_ONCE = (Qt.Key.Key_R, Qt.Key.Key_T, Qt.Key.Key_Delete, Qt.Key.Key_Backspace)  # however long they are held


def handle_key(view: TimelineView, event: QKeyEvent) -> bool:
    """Does what a key stands for; False when it stands for nothing here."""
    modifiers = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
    action = KEYS.get((modifiers, Qt.Key(event.key())))
    if action is None:
        return False
    if event.isAutoRepeat() and event.key() in _ONCE:
        return True
    action(view)
    view.tell()
    return True
