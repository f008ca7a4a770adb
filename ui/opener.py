"""Opening a timeline: from a file, from the editor, drawn as the demo, or reloaded."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from talkies.core.timeline.media.bare_media import is_media
from talkies.ui import demo
from talkies.ui.background import in_background
from talkies.ui.dialogs.messages import Messages
from talkies.ui.editor import Editor
from talkies.ui.recent import RecentFiles
from talkies.ui.work.document import Document
from talkies.ui.work.opening import Opened, load


class Opener(QObject):
    """Works for one window; ``editor``: the one that it was opened from, if any. What cannot be read is refused, and
    all stays as it is."""

    def __init__(
        self,
        window: QWidget,
        document: Document,
        recent: RecentFiles,
        messages: Messages,
        editor: Editor | None,
        demo_folder: Path,
    ) -> None:
        super().__init__(window)
        self._window, self._document, self._recent, self._messages = window, document, recent, messages
        self._editor, self._demo_folder = editor, demo_folder
        self._from_editor: Path | None = None
        self._closed = False
        self._newest = 0  # the number of the last request: the latest one is shown

    @property
    def open_editor(self) -> Editor | None:
        """The editor, where what is open is the editor's own timeline and the editor is still there."""
        timeline = self._document.timeline
        same = timeline is not None and timeline.path == self._from_editor
        return self._editor if same and self._editor is not None and self._editor.is_there else None

    def ask_for_file(self) -> None:
        """The system's dialog for a timeline or a movie."""
        names = self.tr("Timelines and movies") + f" ({' '.join('*' + suffix for suffix in demo.OPENED_SUFFIXES)})"
        path, _ = QFileDialog.getOpenFileName(
            self._window,
            self.tr("Open a timeline or movie"),
            self._recent.folder(),
            f"{names};;{self.tr('All files')} (*)",
        )
        if path:
            self.open(Path(path))

    def open(self, path: Path) -> None:
        """Reads a timeline in the background and shows it."""
        document = self._document
        refused = self._begin(self.tr("Reading {name} …").format(name=path.name), self.tr("This cannot be opened"))
        in_background(self, lambda: load(path, None, document.store), self._adopt, refused)

    @property
    def has_film(self) -> bool:
        """Whether what is open is a film in one piece, or scans, and no timeline."""
        timeline = self._document.timeline
        return timeline is not None and is_media(timeline.path)

    def cut_film(self) -> None:
        """Asks how the film is cut into its shots, and opens these."""
        from talkies.ui.dialogs.cut_film import CutFilmDialog

        timeline = self._document.timeline
        if timeline is not None and self.has_film:
            dialog = CutFilmDialog(timeline.path, timeline.rate, self._window)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.made.connect(self.open)
            dialog.open()

    def open_demo(self) -> None:
        """Draws the demo where it is not drawn yet, and opens it."""
        words = self.tr("Drawing the demo film; this takes a few seconds …")
        refused = self._begin(words, self.tr("The demo cannot be drawn"))
        in_background(self, lambda: demo.ready_demo(self._demo_folder), self.open, refused)

    def read_editor(self) -> None:
        """Asks the editor for the timeline that is open in it."""
        if self._editor is None:
            return
        document, name = self._document, self._editor.name
        words = self.tr("Asking {name} for its timeline …").format(name=name)
        refused = self._begin(words, self.tr("The timeline of {name} cannot be read").format(name=name))
        adopt = partial(self._adopt_from_editor, self._newest)
        document.save()
        self._editor.read(self, lambda: document.store, adopt, refused)

    def read_again(self) -> None:
        """What is open, as its file or the editor has it now; with nothing open, what the editor has."""
        timeline = self._document.timeline
        if timeline is None or self.open_editor is not None:
            self.read_editor()
        else:
            self._document.save()
            self.open(timeline.path)

    def _begin(self, words: str, title: str) -> Callable[[str], None]:
        """Says what is done; what to call when it cannot be."""
        self._newest += 1
        number = self._newest
        self._messages.show_status(words)
        self._window.setCursor(Qt.CursorShape.BusyCursor)

        def refused(why: str) -> None:
            if self._closed:
                return
            if number == self._newest:
                self._window.unsetCursor()
                self._messages.refuse(title, why)
            else:
                self._messages.show_status(why)

        return refused

    def _adopt_from_editor(self, number: int, opened: Opened) -> None:
        """An editor may be busy for minutes: what was opened meanwhile stays."""
        if number == self._newest:
            self._from_editor = opened.timeline.path
            self._adopt(opened)
        elif opened.store is not self._document.store:
            opened.store.close()

    def close(self) -> None:
        """The window goes: what is still being read is not shown any more."""
        self._closed = True

    def _adopt(self, opened: Opened) -> None:
        if self._closed:
            opened.store.close()
            return
        self._window.unsetCursor()
        self._document.adopt(opened)
        self._recent.add(opened.timeline.path)
        self._messages.show_status(
            self.tr("{name}: {shots} shots, {cues} subtitles, {takes} takes").format(
                name=opened.timeline.path.name,
                shots=len(self._document.segments),
                cues=len(self._document.cues),
                takes=len(self._document.all_takes),
            )
        )
