"""Workspace around one open timeline: picture, words, settings, queue, takes, tracks; docks that can be moved.

┌ picture ────┬ words ──────────┬ settings ┐
├ takes ──────┴─────────────────┤          │
├ timeline ─────────────────────┤ queue    │
└───────────────────────────────┴──────────┘
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QShowEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QSplitter, QWidget

from talkies.core.times import TimeRange
from talkies.ui.player.player import Player
from talkies.ui.player.viewer import Viewer
from talkies.ui.queue.panel import QueuePanel
from talkies.ui.settings.panel import SettingsPanel
from talkies.ui.takes.strip import TakeStrip
from talkies.ui.timeline.view import TimelineView
from talkies.ui.transcript.table import TranscriptTable
from talkies.ui.work.document import Document
from talkies.ui.work.queue import Queue

_GAIN_STEP_DB = 0.5
_TASKS = {"DX": "dialogue", "FX": "foley", "MX": "foley", "MIX": "joint"}


class Workspace(QMainWindow):
    """``status_message``: one sentence for the status bar. ``refused``: why something typed was not taken."""

    status_message = Signal(str)
    refused = Signal(str)

    def __init__(self, document: Document, queue: Queue, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowFlags(Qt.WindowType.Widget)
        self.document, self.queue = document, queue
        self.player = Player(document, self)
        self.viewer = Viewer(document, self.player, self)
        self.transcript = TranscriptTable(document, self)
        self.settings = SettingsPanel(document, self)
        self.queue_panel = QueuePanel(document, queue, self)
        self.takes = TakeStrip(document, self.player.monitor, self)
        self.timeline = TimelineView(document, parent=self)
        self.docks: dict[str, QDockWidget] = {}
        self.is_arranged = False
        self._arrange()
        self._connect()

    def _arrange(self) -> None:
        self.setDockNestingEnabled(True)
        top = QSplitter(Qt.Orientation.Horizontal)
        top.setChildrenCollapsible(False)
        top.addWidget(self.viewer)
        top.addWidget(self.transcript)
        self.top = top
        self.setCentralWidget(top)
        areas = Qt.DockWidgetArea
        for corner in (Qt.Corner.BottomRightCorner, Qt.Corner.TopRightCorner):
            self.setCorner(corner, areas.RightDockWidgetArea)
        self._dock("settings", self.tr("Settings"), self.settings, areas.RightDockWidgetArea)
        self._dock("queue", self.tr("Queue"), self.queue_panel, areas.RightDockWidgetArea)
        self._dock("takes", self.tr("Takes"), self.takes, areas.BottomDockWidgetArea)
        self._dock("timeline", self.tr("Timeline"), self.timeline, areas.BottomDockWidgetArea)
        self.splitDockWidget(self.docks["settings"], self.docks["queue"], Qt.Orientation.Vertical)
        self.splitDockWidget(self.docks["takes"], self.docks["timeline"], Qt.Orientation.Vertical)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        if not self.is_arranged:
            self.is_arranged = True
            QTimer.singleShot(0, self, self.share_room)

    def share_room(self) -> None:
        """How much room each part gets on the first day; later it is as it was left."""
        docks = self.docks
        self.resizeDocks([docks["settings"], docks["queue"]], [440, 360], Qt.Orientation.Vertical)
        self.resizeDocks([docks["settings"]], [330], Qt.Orientation.Horizontal)
        self.resizeDocks([docks["takes"], docks["timeline"]], [244, 330], Qt.Orientation.Vertical)
        self.top.setSizes([600, 640])

    def _dock(self, name: str, title: str, widget: QWidget, area: Qt.DockWidgetArea) -> None:
        dock = QDockWidget(title, self)
        dock.setObjectName(name)
        dock.setWidget(widget)
        self.addDockWidget(area, dock)
        self.docks[name] = dock

    def _connect(self) -> None:
        self.viewer.in_wanted.connect(self.timeline.set_in)
        self.viewer.out_wanted.connect(self.timeline.set_out)
        self.timeline.sounds_read.connect(lambda: self.player.monitor.set_sounds(self.timeline.sounds))
        self.player.status_message.connect(self.status_message)
        self.takes.status_message.connect(self.status_message)
        self.takes.redo.connect(self.redo)
        self.takes.reveal.connect(self.reveal)
        self.transcript.refused.connect(self.refused)
        self.timeline.take_clicked.connect(self.takes.focus_on)
        self.timeline.cue_clicked.connect(self.transcript.show_cue)

    def close_players(self) -> None:
        """Ends the threads behind picture, sound and thumbnails."""
        self.player.close()
        self.timeline.media.stop()

    # What commands do here

    def generate(self) -> None:
        """The selected shots, each with its settings."""
        jobs = self.queue.generate(self.document.selected)
        self.docks["queue"].show()
        self.status_message.emit(self.tr("{count} shots are in the queue.").format(count=len(jobs)))

    def generate_again(self) -> None:
        """One more take of each selected shot, with a seed that is new to it."""
        for segment_id in self.document.selected:
            self.queue.redo(segment_id)

    def redo(self, take_id: str) -> None:
        """One more of the same kind, with a new seed."""
        take = self.document.take(take_id)
        self.queue.redo(take.segment_id, task=_TASKS[take.stem])
        self.status_message.emit(self.tr("Another take is in the queue, with a new seed."))

    def reveal(self, take_id: str) -> None:
        """Opens the folder in which a take lies."""
        self._open_folder(self.document.take(take_id).path.parent)

    def open_work_folder(self) -> None:
        if self.document.folder is not None:
            self._open_folder(self.document.folder)

    def _open_folder(self, folder: Path) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            self.status_message.emit(
                self.tr("No program opens folders here; the files are in {folder}").format(folder=folder)
            )

    def take_command(self, name: str) -> None:
        """What a key does with the current take."""
        self.takes.do(name)

    def change_gain(self, steps: int) -> None:
        """The current take louder or softer."""
        if take_id := self.takes.current_take():
            gain = self.document.take(take_id).gain_db + steps * _GAIN_STEP_DB
            self.document.set_gain([take_id], gain, gesture=f"gain {take_id}")

    def select_here(self) -> None:
        """The shots under the playhead."""
        here = TimeRange(self.document.playhead, self.document.playhead + Fraction(1, 1000))
        self.document.select(segment.id for segment in self.document.segments if segment.record.overlap(here))
