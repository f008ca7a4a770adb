"""Write-back dialog: what is added where, into the editor or a new file, and what becomes of existing tracks."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QButtonGroup,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from talkies.core.destinations import losses
from talkies.core.errors import TalkiesError
from talkies.core.hosts.host import AudioTrack, Placement
from talkies.ui.background import in_background
from talkies.ui.dialogs.write_back_form import WriteBackForm
from talkies.ui.dialogs.write_back_list import WriteBackList
from talkies.ui.editor import Editor
from talkies.ui.plain_text import as_tip, on_button
from talkies.ui.screen_fit import resize_dialog
from talkies.ui.theme import colours
from talkies.ui.work.document import Document
from talkies.ui.work.write_back import WriteBack, plan_write_back, write_file

_MOST_SENTENCES = 4


class WriteBackDialog(QDialog):
    """``status_message``: one sentence for the status bar. ``editor``: where takes may go straight away."""

    status_message = Signal(str)

    def __init__(self, document: Document, parent: QWidget | None = None, editor: Editor | None = None) -> None:
        super().__init__(parent)
        self._document, self._editor = document, editor
        self._tracks: tuple[AudioTrack, ...] | None = None
        self._written: Path | None = None
        self._is_busy, self._steps = False, 1
        self.list = WriteBackList(self)
        self.into_editor, self.into_file = QPushButton(self), QPushButton(self.tr("Into a new file"), self)
        self.form = WriteBackForm(document, self)
        self.message = QLabel(self)
        self.buttons = QDialogButtonBox(self)
        self.write = QPushButton(self.tr("Write"), self)
        self.folder = QPushButton(self.tr("Open folder"), self)
        self.undo = QPushButton(self)
        self._build()
        self._connect()
        self._choose_place()

    # How it is put together

    def _build(self) -> None:
        tr = self.tr
        self.setWindowTitle(tr("Write back"))
        resize_dialog(self, 760, 580)
        self.message.setWordWrap(True)
        self.message.setTextFormat(Qt.TextFormat.PlainText)  # names of clips are anybody's
        self.write.setProperty("primary", "true")
        self.write.setDefault(True)
        for button in (self.folder, self.undo):
            self.buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
            button.hide()
        self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self.buttons.addButton(self.write, QDialogButtonBox.ButtonRole.ActionRole)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(12)
        column.addWidget(
            QLabel(tr("Nothing that was in the timeline changes: takes are added on tracks of their own."))
        )
        column.addLayout(self._places())
        column.addWidget(self.list, 1)
        column.addWidget(self.form)
        column.addWidget(self.message)
        column.addWidget(self.buttons)

    def _places(self) -> QHBoxLayout:
        """The two places side by side; without an editor there is but the file."""
        row = QHBoxLayout()
        row.setSpacing(8)
        group = QButtonGroup(self)
        for button in (self.into_editor, self.into_file):
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setProperty("choice", "true")
            button.setVisible(self._editor is not None)
            group.addButton(button)
            row.addWidget(button, 1)
        (self.into_file if self._editor is None else self.into_editor).setChecked(True)
        return row

    def _connect(self) -> None:
        self.form.changed.connect(self.refresh)
        self.write.clicked.connect(self.start)
        self.undo.clicked.connect(self._take_back)
        self.folder.clicked.connect(self._open_folder)
        self.buttons.rejected.connect(self.reject)
        for button in (self.into_editor, self.into_file):
            button.clicked.connect(self._choose_place)
        if self._editor is not None:
            self._editor.gone.connect(self._lose_editor)

    # What is chosen

    @property
    def editor(self) -> Editor | None:
        """The editor, if that is where it goes."""
        return self._editor if self.into_editor.isChecked() else None

    def plan(self) -> WriteBack:
        """What will happen as chosen now. Raises a TalkiesError."""
        tracks = self._tracks if self.editor is not None else None
        return plan_write_back(self._document, self.form.conflict_wanted, self.form.ids_wanted, tracks)

    def _choose_place(self) -> None:
        """Into the editor its tracks are needed; a file wants a name."""
        name = self._editor.name if self._editor is not None else ""
        self.into_editor.setText(self.tr("Into {name}").format(name=on_button(name)))
        self.form.show_for(file=self.editor is None)
        if self.editor is not None and self._tracks is None:
            self.list.clear()
            self.write.setEnabled(False)
            self._tell(self.tr("Asking {name} for its tracks …").format(name=name), "faint")
            self.editor.audio_tracks(self, self._take_tracks, self._miss_tracks)
        else:
            self.refresh()

    def _take_tracks(self, tracks: tuple[AudioTrack, ...]) -> None:
        """They may come when a file was chosen instead, and is being written."""
        self._tracks = tracks
        if self.editor is not None:
            self.refresh()

    def _miss_tracks(self, sentence: str) -> None:
        if self.editor is not None:
            self._tell(sentence, "error")

    def _lose_editor(self) -> None:
        """What is under way reports its own end."""
        self.into_editor.setEnabled(False)
        self.undo.setEnabled(False)
        if self.write.isVisible() and not self._is_busy:
            self.into_file.setChecked(True)
            self._choose_place()

    def refresh(self, *_: object) -> None:
        """Shows the plan."""
        self.list.clear()
        try:
            plan = self.plan()
            shown = any(placement.take.take.is_picture for placement in plan.placements)
            lost = losses(plan.timeline, self.form.out, portraits=shown) if self.editor is None else ()
        except TalkiesError as error:
            self._tell(str(error), "error")
            self.write.setEnabled(False)
            return
        self.list.show_plan(plan, self._document)
        count = len(plan.placements)
        sentences = [*plan.warnings, *lost]
        if skipped := len(plan.skipped):
            words = self.tr("1 take is skipped.") if skipped == 1 else self.tr("{count} takes are skipped.")
            sentences.append(words.format(count=skipped))
        if not count:
            sentences.append(self.tr("There is nothing to write: generate takes, or unmute some."))
        self._tell_all(sentences, "warning" if sentences else "faint")
        self.write.setEnabled(bool(count))
        takes = (self.tr("1 take") if count == 1 else self.tr("{count} takes")).format(count=count)
        self.write.setText(self.tr("Write {takes}").format(takes=takes) if count else self.tr("Write"))

    # What is done

    def start(self) -> None:
        """Writes in the background; the dialog stays until it is done."""
        try:
            plan = self.plan()
        except TalkiesError as error:
            self._tell(str(error), "error")
            return
        self._set_busy(True)
        self._tell(self.tr("Writing …"), "faint")
        out, folder = self.form.out, self._document.folder
        if self.editor is not None and folder is not None:
            self.editor.write(self, plan, folder, self._placed, self._refused)
        else:
            in_background(self, lambda: write_file(plan, out), self._done, self._refused)

    def _done(self, path: Path) -> None:
        self._written = path
        self._finish(self.tr("Written: {path}").format(path=path), ())
        self.folder.show()

    def _placed(self, placement: Placement) -> None:
        """The editor reports what it shows now: that is shown, not what was requested."""
        assert self._editor is not None
        self._steps, name = placement.steps, self._editor.name
        self.list.show_placement(placement, self._document.open_timeline(), name)
        sentence = self._added(placement)
        if placement.removed:
            sentence += " " + self.tr("{names} removed.").format(names=", ".join(placement.removed))
        self._finish(sentence, placement.warnings)
        self.undo.setText(self.tr("Undo in {name}").format(name=on_button(name)))
        self.undo.setEnabled(self._editor.is_there)
        self.undo.setVisible(bool(placement.tracks))

    def _added(self, placement: Placement) -> str:
        clips, tracks = sum(len(track.clips) for track in placement.tracks), len(placement.tracks)
        words = self.tr("{name} has {clips} on {tracks}.")
        return words.format(
            name=self._editor.name if self._editor is not None else "",
            clips=(self.tr("1 new clip") if clips == 1 else self.tr("{count} new clips")).format(count=clips),
            tracks=(self.tr("1 new track") if tracks == 1 else self.tr("{count} new tracks")).format(count=tracks),
        )

    def _finish(self, sentence: str, warnings: tuple[str, ...]) -> None:
        self._tell_all([sentence, *warnings], "warning" if warnings else "good")
        self.status_message.emit(sentence)
        self.form.hide()
        self.write.hide()
        close = self.buttons.button(QDialogButtonBox.StandardButton.Cancel)
        close.setText(self.tr("Close"))
        close.setFocus()

    def _take_back(self) -> None:
        if self._editor is not None:
            self.undo.setEnabled(False)
            self._editor.undo(self, self._taken_back, self._not_taken_back, self._steps)

    def _taken_back(self, _: object) -> None:
        """As before the writing: the editor may have changed meanwhile, so that it is asked anew."""
        self.undo.hide()
        self.write.show()
        self._tracks = None
        self._set_busy(False)
        self.buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(self.tr("Cancel"))
        self.status_message.emit(self.tr("Undone"))
        self._choose_place()

    def _not_taken_back(self, sentence: str) -> None:
        """It can be tried again, once the editor's own dialogs are closed."""
        self.undo.setEnabled(self._editor is not None and self._editor.is_there)
        self._tell(sentence, "error")

    def _refused(self, sentence: str) -> None:
        self._set_busy(False)
        if self.editor is not None and not self.editor.is_there:
            self._lose_editor()
        self._tell(sentence, "error")

    def _set_busy(self, busy: bool) -> None:
        """Nothing can be chosen while it is written, nor afterwards."""
        self._is_busy = busy
        gone = self._editor is not None and not self._editor.is_there
        for widget in (self.write, self.form, self.into_file):
            widget.setEnabled(not busy)
        self.into_editor.setEnabled(not busy and not gone)

    # Words and files

    def _tell_all(self, sentences: list[str], role: str) -> None:
        more = len(sentences) - _MOST_SENTENCES
        self._tell("\n".join([*sentences[:_MOST_SENTENCES], *([f"… (+{more})"] if more > 0 else [])]), role)
        self.message.setToolTip(as_tip("\n".join(sentences), len(sentences)) if more > 0 else "")

    def _tell(self, sentence: str, role: str) -> None:
        self.message.setText(sentence)
        self.message.setStyleSheet(f"color: {getattr(colours(), role)}")

    def _open_folder(self) -> None:
        if self._written is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._written.parent)))

    def keyPressEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        key = getattr(event, "key", lambda: None)()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.write.isVisible() and self.write.isEnabled():
            self.start()
        else:
            super().keyPressEvent(event)  # type: ignore[arg-type]
