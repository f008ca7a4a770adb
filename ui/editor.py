"""Editor connection: a Host, asked in threads of their own, so that a busy editor freezes nothing.

window, dialogs ──ask──► Editor ──thread──► Host ──► the editor
       ◄──────── done, failed: calls in the window's thread ────
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QLabel

from talkies.core.hosts.host import Host
from talkies.ui.background import beside
from talkies.ui.plain_text import as_rich
from talkies.ui.theme import colours
from talkies.ui.work.opening import Opened, with_work
from talkies.ui.work.store import Store
from talkies.ui.work.write_back import WriteBack, write_into_host

Done = Callable[[Any], None]
Failed = Callable[[str], None]


class Editor(QObject):
    """``changed``: its name is known, or it has gone. ``gone`` may be emitted in any thread: the editor was closed."""

    changed = Signal()
    gone = Signal()

    def __init__(self, host: Host, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._host = host
        self.is_there = True
        self.gone.connect(self._leave)
        self._wanted: Fraction | None = None
        self._moving = False

    @property
    def name(self) -> str:
        return self._host.name

    def read(self, asker: QObject, store: Callable[[], Store | None], done: Done, failed: Failed) -> None:
        """``done`` gets the open timeline with its work; ``store``: as for ``with_work``, asked when it is read."""

        def read() -> Opened:
            timeline = self._host.read_timeline()
            return with_work(timeline, None, store())

        self._ask(asker, read, done, failed)

    def audio_tracks(self, asker: QObject, done: Done, failed: Failed) -> None:
        """``done`` gets the tracks of sound, and ours of picture, as they are now."""
        self._ask(asker, lambda: (*self._host.audio_tracks(), *self._host.picture_tracks()), done, failed)

    def write(self, asker: QObject, wanted: WriteBack, folder: Path, done: Done, failed: Failed) -> None:
        """``done`` gets the Placement."""
        self._ask(asker, lambda: write_into_host(wanted, self._host, folder), done, failed)

    def undo(self, asker: QObject, done: Done, failed: Failed, steps: int = 1) -> None:
        """Takes back the last Placement, which took so many ``steps``."""

        def undo() -> None:
            for _ in range(steps):
                self._host.undo()

        self._ask(asker, undo, done, failed)

    def show(self, position: Fraction) -> None:
        """Moves the editor's playhead; while it is on its way, only the newest request is kept."""
        self._wanted = position
        if not self._moving and self.is_there:
            self._move()

    def _move(self) -> None:
        position, self._wanted = self._wanted, None
        self._moving = position is not None
        if position is not None:
            self._ask(self, lambda: self._host.move_playhead(position), lambda _: self._move(), lambda _: self._move())

    def _ask(self, asker: QObject, work: Callable[[], Any], done: Done, failed: Failed) -> None:
        """Neither ``done`` nor ``failed`` is called once ``asker`` is gone."""
        name = self.name

        def answered(result: Any) -> None:
            if self.name != name:
                self.changed.emit()
            done(result)

        beside(asker, work, answered, failed)

    def _leave(self) -> None:
        self.is_there = False
        self.changed.emit()


class EditorLabel(QLabel):
    """At the foot of the window: which editor it is connected to, and whether it is there."""

    def __init__(self, editor: Editor) -> None:
        super().__init__()
        self._editor = editor
        self.setContentsMargins(8, 0, 8, 0)
        editor.changed.connect(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        there = self._editor.is_there
        words = self.tr("connected to {name}") if there else self.tr("{name} is closed")
        dot, colour = ("●", colours().good) if there else ("○", colours().error)
        self.setText(f'<span style="color:{colour}">{dot}</span> {as_rich(words.format(name=self._editor.name))}')
