"""Workspace around one open timeline: picture, words, settings, queue, takes, tracks; docks that can be moved.

┌ picture ────┬ words ──────────┬ settings ┐
├ takes ──────┴─────────────────┤          │
├ timeline ─────────────────────┤ queue    │
└───────────────────────────────┴──────────┘
"""

from __future__ import annotations

from fractions import Fraction
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QDockWidget, QMainWindow, QSplitter, QWidget

from talkies.core.segment import Cue, Segment
from talkies.core.times import TimeRange
from talkies.ui.context_menus import Clicked
from talkies.ui.markers import Markers
from talkies.ui.player.auditions import Auditions
from talkies.ui.player.player import Player
from talkies.ui.player.sample_player import SamplePlayer
from talkies.ui.player.viewer import Viewer
from talkies.ui.queue.panel import QueuePanel
from talkies.ui.settings.panel import SettingsPanel
from talkies.ui.settings.prompts import PromptMemory
from talkies.ui.spotting.actions import SpotActions
from talkies.ui.spotting.connecting import connect_spots
from talkies.ui.spotting.table import SpotTable
from talkies.ui.spotting.taps import Taps
from talkies.ui.takes.strip import TakeStrip
from talkies.ui.timeline.tooltips import Hit
from talkies.ui.timeline.view import TimelineView
from talkies.ui.transcript.table import TranscriptTable
from talkies.ui.work.document import Document
from talkies.ui.work.queue import Queue
from talkies.ui.work.spot_places import SpotPlace
from talkies.ui.work.state import TakeRecord
from talkies.ui.work.voice_samples import VoiceSamples

_GAIN_STEP_DB = 0.5
_LOW = 560  # pixels of height below which takes and timeline do not fit under the picture
_LEAST_TAKES = 228
_LEAST = 170  # pixels of height in which takes or a timeline can be worked with
_MOST_PICTURE = 420
_TASKS = {"DX": "dialogue", "FX": "foley", "BG": "background", "MX": "music", "MIX": "joint", "PX": "portrait"}


class Workspace(QMainWindow):
    """``status_message``: one sentence for the status bar. ``refused``: why something typed was not taken.
    ``menu_wanted``: where on the screen, and what was clicked (ui/context_menus.py)."""

    status_message = Signal(str)
    refused = Signal(str)
    menu_wanted = Signal(QPoint, str)

    def __init__(
        self,
        document: Document,
        queue: Queue,
        samples: VoiceSamples,
        prompts: PromptMemory | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowFlags(Qt.WindowType.Widget)
        self.document, self.queue = document, queue
        self.player = Player(document, self)
        self.viewer = Viewer(document, self.player, self)
        self.transcript = TranscriptTable(document, self)
        self.settings = SettingsPanel(document, prompts, self)
        self.samples, self.sample_player = samples, SamplePlayer(self)
        self.queue_panel = QueuePanel(document, queue, self)
        self.takes = TakeStrip(document, self.player.monitor, self)
        self.timeline = TimelineView(document, parent=self)
        self.auditions = Auditions(document, self.player, lambda: self.timeline.rows.cuts, self)
        self.markers = Markers(document, self)
        self.spots, self.taps = SpotActions(document, queue, self), Taps(document, self.player.transport, self)
        self.spot_table = SpotTable(document, self)
        self.docks: dict[str, QDockWidget] = {}
        self.is_arranged = self._was_squeezed = False
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
        self._dock("spots", self.tr("Spots"), self.spot_table, areas.BottomDockWidgetArea)
        self.splitDockWidget(self.docks["settings"], self.docks["queue"], Qt.Orientation.Vertical)
        self.splitDockWidget(self.docks["takes"], self.docks["timeline"], Qt.Orientation.Vertical)
        self.spot_dock = self.docks.pop("spots")
        self.tabifyDockWidget(self.docks["takes"], self.spot_dock)
        self.spot_dock.hide()  # until spots are wanted: its tab takes room from the takes

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        super().showEvent(event)
        QTimer.singleShot(0, self, self._fit)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Qt takes room away from takes and timeline, and gives what comes back to the picture alone."""
        super().resizeEvent(event)
        if self.is_arranged and event.oldSize().height() != self.height():
            QTimer.singleShot(0, self, partial(self._regain, self.height() > event.oldSize().height()))

    def _fit(self) -> None:
        """Once it has its size."""
        if self.height() < _LOW:
            self.lay_over()
        if not self.is_arranged:
            self.is_arranged = True
            self.share_room()

    def _regain(self, has_grown: bool) -> None:
        """Room is shared anew when there is enough again for what was squeezed."""
        stacked = [self.docks[name] for name in ("takes", "timeline")]
        is_squeezed = any(dock.isVisible() and not dock.isFloating() and dock.height() < _LEAST for dock in stacked)
        if has_grown and self._was_squeezed and is_squeezed and self.height() >= _LOW:
            self.share_room()
        self._was_squeezed = is_squeezed and (self._was_squeezed or not has_grown)

    def lay_over(self) -> None:
        """On a low screen takes and timeline share one place, as tabs."""
        takes, timeline = self.docks["takes"], self.docks["timeline"]
        if not takes.isFloating() and not timeline.isFloating() and timeline not in self.tabifiedDockWidgets(takes):
            self.tabifyDockWidget(takes, timeline)
            takes.raise_()

    def share_room(self) -> None:
        """How much room each part gets on the first day; later it is as it was left."""
        docks, tall = self.docks, self.height()
        right = [docks["settings"], docks["queue"]]
        self.resizeDocks(right, [tall * 11 // 20, tall * 9 // 20], Qt.Orientation.Vertical)
        self.resizeDocks([docks["settings"]], [330 if self.width() > 1200 else 290], Qt.Orientation.Horizontal)
        takes = max(min(tall * 27 // 100, 244), _LEAST_TAKES)
        timeline = max(min(tall * 37 // 100, 330), tall - takes - _MOST_PICTURE)
        self.resizeDocks([docks["takes"], docks["timeline"]], [takes, timeline], Qt.Orientation.Vertical)
        if docks["timeline"] in self.tabifiedDockWidgets(docks["takes"]):
            self.resizeDocks([docks["takes"]], [tall], Qt.Orientation.Vertical)
        self.top.setSizes([self.width() * 9 // 20, self.width() * 11 // 20])

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
        self.takes.redo.connect(self.redo)
        self.takes.reveal.connect(self.reveal)
        self.transcript.refused.connect(self.refused)
        self.takes.compared.connect(self.auditions.hear)
        self.takes.play_wanted.connect(self.auditions.play_take)
        self.takes.menu_wanted.connect(lambda point: self.menu_wanted.emit(point, "take"))
        self.transcript.menu_wanted.connect(lambda point: self.menu_wanted.emit(point, "cue"))
        self._connect_voices()
        connect_spots(self)
        for part in (self.player, self.takes, self.markers, self.settings):
            part.status_message.connect(self.status_message)
        self.timeline.take_clicked.connect(self.takes.focus_on)
        self.timeline.cue_clicked.connect(self.transcript.show_cue)
        self.timeline.menu_requested.connect(self._ask_menu)
        self.timeline.ruler.menu_requested.connect(lambda point: self.menu_wanted.emit(point, "ruler"))

    def _connect_voices(self) -> None:
        self.settings.voice_wanted.connect(self.hear_voice)
        self.samples.ready.connect(self._play_sample)
        for signal in (self.samples.failed, self.sample_player.failed):
            signal.connect(self.status_message)

    def bring(self, name: str) -> None:
        """A part of the window to the front."""
        dock = self.spot_dock if name == "spots" else self.docks[name]
        dock.show()
        dock.raise_()

    def hear_voice(self, voice: str, language: str, engine: str) -> None:
        """A sentence in a voice, in the language that it speaks."""
        self.status_message.emit(self.tr("The voice is made to speak …"))
        self.samples.ask(voice, language, engine)

    def _play_sample(self, path: Path) -> None:
        self.player.transport.stop()
        self.status_message.emit(self.tr("This is how the voice sounds."))
        self.sample_player.play(path)

    def _ask_menu(self, point: QPoint, hit: Hit | None) -> None:
        """What was clicked becomes what is meant before its menu opens."""
        item = hit.item if hit is not None else None
        if isinstance(item, TakeRecord):
            self.takes.focus_on(item.id)
        elif isinstance(item, Cue):
            self.transcript.choose_cue(self.document.cues.index(item))
        elif isinstance(item, SpotPlace) and item.id not in self.document.chosen_spots:
            self.document.choose_spots([item.id])
        kinds: list[tuple[type, Clicked]] = [(TakeRecord, "take"), (Cue, "cue"), (Segment, "shot"), (SpotPlace, "spot")]
        clicked = next((name for kind, name in kinds if isinstance(item, kind)), "ground")
        self.menu_wanted.emit(point, clicked)

    def close_players(self) -> None:
        """Ends the threads behind picture, sound and thumbnails."""
        self.sample_player.stop()
        self.player.close()
        self.timeline.media.stop()

    # What commands do here

    def generate(self) -> None:
        """The selected shots, each with its settings."""
        for segment_id in self.document.selected:
            self.settings.prompts.remember(self.document.settings_of(segment_id).prompt)
        jobs = self.queue.generate(self.document.selected)
        self.docks["queue"].show()
        words = self.tr("{count} shots are in the queue.")
        if self.queue.is_paused:
            words = self.tr("{count} shots are in the queue, which is paused: Ctrl+P lets it go on.")
        self.status_message.emit(words.format(count=len(jobs)))

    def score(self) -> None:
        """Music over the selected shots, one piece from the first to the last."""
        chosen = self.document.selected
        if self.queue.score(chosen):
            self.settings.prompts.remember(self.document.settings_of(chosen[0]).prompt)
            self.docks["queue"].show()
            self.status_message.emit(self.tr("Music for {count} shots is in the queue.").format(count=len(chosen)))

    def generate_again(self) -> None:
        """One more take of each selected shot, with a seed that is new to it."""
        for segment_id in self.document.selected:
            self.queue.redo(segment_id)

    def redo(self, take_id: str) -> None:
        """One more of the same kind, with a new seed."""
        take = self.document.take(take_id)
        queue, task = self.queue, _TASKS[take.stem]
        jobs = queue.rescore(take) if task == "music" else queue.redo(take.segment_id, task=task)
        if jobs:
            self.status_message.emit(self.tr("Another take is in the queue, with a new seed."))

    def speak_again(self) -> None:
        """Another take of dialogue for each shot of the chosen lines."""
        shots = [key for key in self.document.selected if self.document.segment(key).cues]
        for segment_id in shots:
            self.queue.redo(segment_id, task="dialogue")
        self.status_message.emit(self.tr("{count} shots are in the queue.").format(count=len(shots)))

    def reveal_picture(self) -> None:
        """Opens the folder in which the first chosen shot's picture lies."""
        pictures = [self.document.segment(key).picture for key in self.document.selected]
        if there := [picture for picture in pictures if picture is not None]:
            self._open_folder(there[0].path.parent)

    def reveal(self, take_id: str) -> None:
        """Opens the folder in which a take lies."""
        self._open_folder(self.document.take(take_id).path.parent)

    def open_work_folder(self) -> None:
        if self.document.folder is not None:
            self._open_folder(self.document.folder)

    def _open_folder(self, folder: Path) -> None:
        if not QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder))):
            words = self.tr("No program opens folders here; the files are in {folder}")
            self.status_message.emit(words.format(folder=folder))

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
