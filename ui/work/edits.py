"""Undo: every edit is a pair of functions on the state, so that undoing one never reverts what came after it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtGui import QUndoCommand

from talkies.ui.work.state import WorkState

Change = Callable[[WorkState], WorkState]

_ID: Final = 1


class Edit(QUndoCommand):
    """One step on the undo stack. ``write`` puts a new state in place, ``read`` gives the present one.

    ``gesture``: edits that follow each other with the same gesture (a slider dragged, a word typed) become one step;
    "" keeps every edit a step of its own.
    """

    def __init__(
        self,
        text: str,
        apply: Change,
        revert: Change,
        read: Callable[[], WorkState],
        write: Callable[[WorkState], None],
        gesture: str = "",
    ) -> None:
        super().__init__(text)
        self.apply, self._revert, self._read, self._write, self.gesture = apply, revert, read, write, gesture

    def redo(self) -> None:
        self._write(self.apply(self._read()))

    def undo(self) -> None:
        self._write(self._revert(self._read()))

    def id(self) -> int:
        return _ID if self.gesture else -1

    def mergeWith(self, other: QUndoCommand) -> bool:  # noqa: N802 - Qt's name
        if not isinstance(other, Edit) or other.gesture != self.gesture:
            return False
        self.apply = other.apply
        return True
