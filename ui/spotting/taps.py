"""Tapped spots: a key while it plays sets a spot where the picture is; held, it lasts as long as the key.

Ctrl+T ──► plays ──► T, T, T ... ──► stop: the spots are one step to undo
"""

from __future__ import annotations

from fractions import Fraction
from typing import Final

from PySide6.QtCore import QObject, Signal

from talkies.core.errors import ArgumentError
from talkies.core.spotting.kept import SAME_S
from talkies.core.times import to_frame
from talkies.ui.player.transport import Transport
from talkies.ui.work.document import Document

HELD_S: Final = Fraction(3, 10)
"""How long a key is held at least for a spot that goes on."""


class Taps(QObject):
    """``status_message``: one sentence for the status bar. ``changed``: it listens for taps now, or no longer."""

    status_message = Signal(str)
    changed = Signal()

    def __init__(self, document: Document, transport: Transport, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document, self._transport = document, transport
        self.listening = False
        self._count = self._tapped = 0
        self._down: tuple[str, Fraction] | None = None  # the last spot, and where its key was pressed
        transport.state_changed.connect(self._state)

    def toggle(self) -> None:
        """Plays and listens; or stops."""
        if self.listening:
            self._transport.stop()
            return
        self._count, self._tapped, self._down = self._count + 1, 0, None
        self.listening = True
        if not self._transport.playing:
            self._transport.play(1)
        self.status_message.emit(self.tr("T taps a spot, held it goes on; Ctrl+T or Space ends it."))
        self.changed.emit()

    def tap(self) -> None:
        """A spot on the frame that is heard now; none where one is already."""
        if not self.listening or not self._transport.playing:
            return
        document, now = self._document, self._transport.now
        rate = document.open_timeline().rate
        position = to_frame(now, rate) / rate
        if any(abs(start - position) <= SAME_S for start in self._starts(position)):
            return
        try:
            spot_id = document.add_spot(position, gesture=self._gesture)
        except ArgumentError as error:
            self.status_message.emit(str(error))
            return
        self._tapped += 1
        self._down = spot_id, position

    def let_go(self) -> None:
        """The key is up: a spot that was held goes on until now."""
        down, self._down = self._down, None
        if down is None or not self.listening:
            return
        spot_id, position = down
        rate = self._document.open_timeline().rate
        end = to_frame(self._transport.now, rate) / rate
        if end - position >= HELD_S:
            self._document.hold_spot(spot_id, end, self._gesture)

    def is_listening(self) -> bool:
        return self.listening

    @property
    def _gesture(self) -> str:
        return f"taps {id(self)} {self._count}"

    def _starts(self, position: Fraction) -> list[Fraction]:
        """Where hits of the shots at a place are seen."""
        document = self._document
        shots = [each.id for each in document.segments if each.record.start <= position < each.record.end]
        return [place.span.start for shot in shots[-1:] for place in document.spot_places(shot)]

    def _state(self, speed: int) -> None:
        if not speed and self.listening:
            self.listening, self._down = False, None
            self.status_message.emit(self.tr("{count} spots were tapped.").format(count=self._tapped))
            self.changed.emit()
