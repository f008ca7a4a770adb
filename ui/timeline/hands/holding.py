"""Hands on what lies on a lane: it is held, dragged from a few pixels on, and dropped; what hands on spots and on takes
have in common.

While it is dragged the view alone shows it elsewhere; the document is edited once, when it is dropped.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Generic, TypeVar

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from talkies.core.segment import Timeline

if TYPE_CHECKING:
    from talkies.ui.timeline.surface import Surface

_ALT = Qt.KeyboardModifier.AltModifier


@dataclass(frozen=True)
class Held:
    """What was taken hold of, in which timeline and where in it (column, and seconds)."""

    timeline: Timeline | None
    x: int
    time: Fraction


_Held = TypeVar("_Held", bound=Held)
_Surface = TypeVar("_Surface", bound="Surface")


class Hands(Generic[_Surface, _Held]):
    """``shapes``: all that the pointer may have over what can be held."""

    shapes: Collection[Qt.CursorShape] = ()

    def __init__(self, surface: _Surface) -> None:
        self._surface = surface
        self._held: _Held | None = None
        self._dragging = False

    @property
    def busy(self) -> bool:
        """Whether something is held; nothing is any more when another timeline was opened meanwhile."""
        return self._held is not None and self._held.timeline is self._surface.timeline

    def move(self, event: QMouseEvent) -> None:
        if self._held is None or not self.busy:
            return
        x = event.position().toPoint().x()
        self._dragging = self._dragging or abs(x - self._held.x) >= QApplication.startDragDistance()
        if self._dragging:
            self._drag(self._held, x, free=bool(event.modifiers() & _ALT))

    def _hold(self, held: _Held) -> None:
        self._held, self._dragging = held, False

    def _drop(self) -> bool:
        """Lets go, and edits the document as it was dragged; whether something was."""
        held, self._held = self._held if self.busy else None, None
        if held is not None and self._dragging:
            self._lay(held)
        return self._dragging

    def _drag(self, held: _Held, x: int, free: bool) -> None:
        """What is held is shown at column ``x``; ``free``: anywhere, else where it snaps."""
        raise NotImplementedError

    def _lay(self, held: _Held) -> None:
        """What was dragged stays where it is shown."""
        raise NotImplementedError

    def _point(self, shape: Qt.CursorShape | None) -> bool:
        """The pointer's shape over what can be held; None over everything else. Whether it has one."""
        viewport = self._surface.viewport()
        if shape is not None:
            viewport.setCursor(shape)
        elif viewport.cursor().shape() in self.shapes:
            viewport.unsetCursor()
        return shape is not None
