"""The window: menus, files, messages; the work itself happens in the workspace."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any

from platformdirs import user_cache_path
from PySide6.QtCore import QPoint, QSettings, QSize, Qt, QTimer
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLabel, QMainWindow, QMenu, QMessageBox, QStackedWidget

from talkies.core.hosts.host import Host
from talkies.ui.actions import Actions, KeysOfWidgets
from talkies.ui.command import Need
from talkies.ui.commands import commands
from talkies.ui.context_menus import Clicked, context_menu
from talkies.ui.dialogs.messages import Messages
from talkies.ui.editor import Editor, EditorLabel
from talkies.ui.opener import Opener
from talkies.ui.plain_text import on_button, one_line
from talkies.ui.recent import RecentFiles
from talkies.ui.screen_fit import available_at, fitted, inside
from talkies.ui.settings.prompts import PromptMemory
from talkies.ui.theme import apply_theme
from talkies.ui.toolbar import make_toolbar
from talkies.ui.welcome import Welcome
from talkies.ui.work.document import Document
from talkies.ui.work.queue import Queue
from talkies.ui.work.voice_samples import VoiceSamples
from talkies.ui.work.worker_client import WorkerClient
from talkies.ui.workspace import Workspace

_FIRST_SIZE = QSize(1600, 1000)


class Window(QMainWindow):
    """``worker_command``: the program and arguments that start ``talkies worker``. ``store``: where the window keeps
    its looks. ``demo_folder``: where the demo is drawn. ``host``: the editor from which the window was opened."""

    def __init__(
        self, worker_command: list[str], store: QSettings, demo_folder: Path, host: Host | None = None
    ) -> None:
        super().__init__()
        self._store = store
        self.editor = Editor(host, self) if host is not None else None
        self.recent = RecentFiles(store)
        self.document = Document(self)
        client = WorkerClient(worker_command, self)
        self.queue = Queue(self.document, client, self)
        samples = VoiceSamples(client, user_cache_path("talkies", appauthor=False) / "voices", self)
        self.workspace = Workspace(self.document, self.queue, samples, PromptMemory(store, self), self)
        self.welcome = Welcome(self)
        self.pages = QStackedWidget(self)
        self.notes = QLabel(self)
        self.messages = Messages(self)
        self.opener = Opener(self, self.document, self.recent, self.messages, self.editor, demo_folder)
        self._keys = KeysOfWidgets(self)
        self.commands = Actions(self, commands(self))
        self.menu: QMenu | None = None
        self._build()
        self._connect()
        self._restore()
        self._refresh()

    # How it is put together

    def _build(self) -> None:
        self.setWindowTitle("talkies")
        self.setAcceptDrops(True)
        for page in (self.welcome, self.workspace):
            self.pages.addWidget(page)
        self.setCentralWidget(self.pages)
        self._fill_menus()
        self.addToolBar(make_toolbar(self, self.commands))
        self.notes.setOpenExternalLinks(False)
        self.notes.linkActivated.connect(lambda link: self.messages.show_notes(self.document.notes))
        self.statusBar().addPermanentWidget(self.notes)
        self.commands["show_frame"].setVisible(self.editor is not None)
        if self.editor is not None:
            self.statusBar().addPermanentWidget(EditorLabel(self.editor))
        application = QApplication.instance()
        if application is not None:
            application.installEventFilter(self._keys)

    def _fill_menus(self) -> None:
        self._recent_menu = QMenu(self.tr("Open &recent"), self)
        self._recent_menu.aboutToShow.connect(self._fill_recent)
        docks = [dock.toggleViewAction() for dock in (*self.workspace.docks.values(), self.workspace.spot_dock)]
        self.commands.fill(self.menuBar(), self._recent_menu, docks)

    def _connect(self) -> None:
        document, queue, workspace = self.document, self.queue, self.workspace
        self.welcome.open_wanted.connect(self.opener.ask_for_file)
        self.welcome.demo_wanted.connect(self.open_demo)
        self.welcome.recent_wanted.connect(self._open_again)
        if self.editor is not None:
            self.editor.changed.connect(self._refresh)
            self.editor.gone.connect(self._tell_gone)
        document.timeline_changed.connect(self._show_timeline)
        for signal in (document.selection_changed, document.takes_changed, workspace.player.monitor.changed):
            signal.connect(self._refresh)
        for signal in (document.spots_changed, document.chosen_spots_changed, workspace.taps.changed):
            signal.connect(self._refresh)
        for signal in (document.undo_stack.canUndoChanged, document.undo_stack.canRedoChanged):
            signal.connect(self._refresh)
        document.undo_stack.indexChanged.connect(self._refresh)
        document.save_failed.connect(self.messages.show_status)
        workspace.status_message.connect(self.messages.show_status)
        workspace.refused.connect(self.messages.show_status)
        workspace.spots.refused.connect(self.refuse)
        workspace.transcript.chosen.connect(self._refresh)
        workspace.menu_wanted.connect(self._show_menu)
        queue.found.connect(self._offer_queue)
        queue.warned.connect(self.messages.show_status)
        queue.failed.connect(lambda job_id, why: self.refuse(self.tr("A take could not be generated"), why))
        queue.crashed.connect(self.messages.show_crash)

    # Files

    def open_path(self, path: Path) -> None:
        """Reads a timeline in the background and shows it."""
        self.opener.open(path)

    def open_demo(self) -> None:
        """Draws the demo where it is not drawn yet, and opens it."""
        self.opener.open_demo()

    def save(self) -> None:
        self.document.save()
        self.messages.show_status(
            self.tr("Saved in {folder}. Changes are also saved automatically.").format(folder=self.document.folder)
        )

    def close_timeline(self) -> None:
        """What waits in the queue waits until it is opened again."""
        self.document.close()

    def write_back(self) -> None:
        """Shows what will be added where, and does it."""
        from talkies.ui.dialogs.write_back import WriteBackDialog

        dialog = WriteBackDialog(self.document, self, self.opener.open_editor)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.status_message.connect(self.messages.show_status)
        dialog.open()

    def show_frame(self) -> None:
        """The editor's playhead goes where ours is."""
        if (editor := self.opener.open_editor) is not None:
            editor.show(self.document.playhead)

    def show_keyboard(self) -> None:
        """Every key."""
        from talkies.ui.dialogs.keyboard import KeyboardHelp

        shown = KeyboardHelp(self.commands.keys_by_menu(), self)
        shown.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        shown.open()

    def _tell_gone(self) -> None:
        name = self.editor.name if self.editor is not None else ""
        self.messages.show_status(
            self.tr("{name} was closed. What you made is kept; write it to a file.").format(name=name)
        )

    def refuse(self, title: str, sentence: str) -> None:
        """Nothing has changed, and the sentence says why."""
        self.unsetCursor()
        self.messages.refuse(title, sentence)

    # Looks

    def set_theme(self, name: str) -> None:
        application = QApplication.instance()
        if isinstance(application, QApplication):
            apply_theme(application, name)
        self.commands.redraw_icons()
        self.workspace.takes.refresh()
        self._store.setValue("theme", name)
        self._refresh()

    def _show_timeline(self) -> None:
        timeline = self.document.timeline
        self.pages.setCurrentWidget(self.workspace if timeline is not None else self.welcome)
        self.welcome.show_recent(self.recent.paths())
        self.setWindowTitle(f"{one_line(timeline.path.name)} — talkies" if timeline is not None else "talkies")
        count = len(self.document.notes)
        self.notes.setText(self.tr('<a href="#">{count} notes</a>').format(count=count) if count else "")
        if timeline is not None:
            self.workspace.timeline.setFocus()
        self._refresh()

    def _refresh(self, *_: object) -> None:
        """Which commands can be given now."""
        self.commands.refresh({need for need, met in self._needs().items() if met})

    def _needs(self) -> dict[Need, bool]:
        document, is_open = self.document, self.document.timeline is not None
        return {
            "timeline": is_open,
            "film": self.opener.has_film,
            "selection": bool(document.selected),
            "take": any(document.takes(key) for key in document.selected),
            "source": is_open or (self.editor is not None and self.editor.is_there),
            "cue": self.workspace.transcript.has_chosen(),
            "spot": bool(document.chosen_spots),
            "list": bool(document.lists),
            "editor": self.opener.open_editor is not None,
            "undo": document.undo_stack.canUndo(),
            "redo": document.undo_stack.canRedo(),
        }

    def _show_menu(self, place: QPoint, clicked: Clicked) -> None:
        self._refresh()
        self.menu = context_menu(clicked, self.commands, self)
        self.menu.popup(place)

    def _offer_queue(self, count: int) -> None:
        """What an earlier panel had not made yet waits for a word."""
        self.workspace.docks["queue"].show()
        words = self.tr("{count} shots were still waiting for their sound: continue or discard them in the queue.")
        QTimer.singleShot(0, self, lambda: self.messages.show_status(words.format(count=count)))

    def _fill_recent(self) -> None:
        self._recent_menu.clear()
        for path in self.recent.paths():
            self._recent_menu.addAction(on_button(path)).triggered.connect(partial(self._open_again, path))
        self._recent_menu.setEnabled(True)
        if self._recent_menu.isEmpty():
            self._recent_menu.addAction(self.tr("Nothing yet")).setEnabled(False)

    def _open_again(self, path: str, *_: object) -> None:
        self.open_path(Path(path))

    def _restore(self) -> None:
        """The window as it was left, on a screen that may be smaller now; a good size on the first day."""
        self.setGeometry(fitted(_FIRST_SIZE, available_at()))
        for widget, restore, name in (
            (self, self.restoreGeometry, "geometry"),
            (self.workspace, self.workspace.restoreState, "docks"),
            (self.workspace.top, self.workspace.top.restoreState, "top"),
        ):
            if widget is not None and (kept := self._store.value(name)) is not None:
                restore(kept)
        if not self.isMaximized() and not self.isFullScreen():
            self.setGeometry(inside(self.geometry(), available_at()))
        left: Any = self._store.value("size")
        is_smaller = isinstance(left, QSize) and self.height() < left.height()
        self.workspace.is_arranged = self._store.value("docks") is not None and not is_smaller
        self.welcome.show_recent(self.recent.paths())

    # Qt's events

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802 - Qt's name
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802 - Qt's name
        path = next(url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile())
        event.acceptProposedAction()
        QTimer.singleShot(0, self, lambda: self.open_path(Path(path)))

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        if self.queue.is_busy and not self._sure():
            event.ignore()
            return
        self._store.setValue("geometry", self.saveGeometry())
        self._store.setValue("size", self.size())
        self._store.setValue("docks", self.workspace.saveState())
        self._store.setValue("top", self.workspace.top.saveState())
        self._store.sync()
        self.opener.close()
        self.workspace.close_players()
        self.queue.close()
        self.document.close()
        super().closeEvent(event)

    def leave(self) -> None:
        """Closes without a question; finished takes are kept."""
        self.queue.close()
        self.close()

    def _sure(self) -> bool:
        words = self.tr("Takes are still being generated. Finished ones are kept, the rest waits for next time. Quit?")
        answer: Any = QMessageBox.question(self, self.tr("Quit talkies"), words)
        return bool(answer == QMessageBox.StandardButton.Yes)
