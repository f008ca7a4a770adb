"""Write back: what will be added where, into the editor or into a new file, and what becomes of tracks of ours."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from talkies.core.errors import TalkiesError
from talkies.core.host import CONFLICTS, AudioTrack, Placement
from talkies.core.timeline.writing import WRITERS, losses, suffix_of
from talkies.ui.background import in_background
from talkies.ui.dialogs.write_back_list import WriteBackList
from talkies.ui.editor import Editor
from talkies.ui.theme import colours
from talkies.ui.work.document import Document
from talkies.ui.work.write_back import WriteBack, plan_write_back, suggested_file, write_file

_MOST_SENTENCES = 4


class WriteBackDialog(QDialog):
    """``said``: one sentence for the status bar. ``editor``: where takes may go straight away."""

    said = Signal(str)

    def __init__(self, document: Document, parent: QWidget | None = None, editor: Editor | None = None) -> None:
        super().__init__(parent)
        self._document, self._editor = document, editor
        self._tracks: tuple[AudioTrack, ...] | None = None
        self._written: Path | None = None
        self.list = WriteBackList(self)
        self.into_editor, self.into_file = QPushButton(self), QPushButton(self.tr("Into a new file"), self)
        self.path, self.format, self.conflict = QLineEdit(self), QComboBox(self), QComboBox(self)
        self.only_selected = QCheckBox(self.tr("Only the selected shots"), self)
        self.message = QLabel(self)
        self.buttons = QDialogButtonBox(self)
        self.write = QPushButton(self.tr("Write"), self)
        self.folder = QPushButton(self.tr("Open folder"), self)
        self.undo = QPushButton(self)
        self._form = QFormLayout()
        self._build()
        self._connect()
        self._choose_place()

    # How it is put together

    def _build(self) -> None:
        tr = self.tr
        self.setWindowTitle(tr("Write back"))
        self.resize(760, 580)
        for suffix, writer in WRITERS.items():
            self.format.addItem(f"{writer.title or suffix} ({suffix})", suffix)
        names = tr("Add new tracks"), tr("Replace the tracks talkies wrote before"), tr("Skip what is already there")
        for conflict, name in zip(CONFLICTS, names, strict=True):
            self.conflict.addItem(name, conflict)
        timeline = self._document.timeline
        if timeline is not None:
            path = suggested_file(timeline)
            self.path.setText(str(path))
            self.format.setCurrentIndex(max(self.format.findData(suffix_of(path)), 0))
        self._build_form()
        self.only_selected.setEnabled(bool(self._document.selected))
        self.message.setWordWrap(True)
        self.write.setProperty("primary", "true")
        for button in (self.folder, self.undo):
            self.buttons.addButton(button, QDialogButtonBox.ButtonRole.ActionRole)
            button.hide()
        self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self.buttons.addButton(self.write, QDialogButtonBox.ButtonRole.ActionRole)
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(12)
        column.addWidget(QLabel(tr("Nothing that was in the timeline changes: sound is added on tracks of its own.")))
        column.addLayout(self._places())
        column.addWidget(self.list, 1)
        column.addLayout(self._form)
        column.addWidget(self.message)
        column.addWidget(self.buttons)

    def _build_form(self) -> None:
        tr = self.tr
        choose = QPushButton(tr("Choose …"))
        choose.clicked.connect(self._choose)
        self._row = QHBoxLayout()
        self._row.addWidget(self.path, 1)
        self._row.addWidget(choose)
        self._form.addRow(tr("New timeline"), self._row)
        self._form.addRow(tr("Format"), self.format)
        self._form.addRow(tr("If there are tracks of ours"), self.conflict)
        self._form.addRow("", self.only_selected)
        for widget, name in ((self.path, tr("File of the new timeline")), (self.format, tr("Format")),
                             (self.conflict, tr("If there are tracks of ours"))):  # fmt: skip
            widget.setAccessibleName(name)

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
        self.format.activated.connect(self._rename)
        self.conflict.activated.connect(self.refresh)
        self.only_selected.toggled.connect(self.refresh)
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
    def out(self) -> Path:
        return Path(self.path.text().strip())

    @property
    def editor(self) -> Editor | None:
        """The editor, if that is where it goes."""
        return self._editor if self.into_editor.isChecked() else None

    def plan(self) -> WriteBack:
        """What will happen as chosen now. Raises a TalkiesError."""
        ids = self._document.selected if self.only_selected.isChecked() else None
        tracks = self._tracks if self.editor is not None else None
        return plan_write_back(self._document, self.conflict.currentData(), ids, tracks)

    def _choose_place(self) -> None:
        """Into the editor its tracks are needed; a file wants a name."""
        name = self._editor.name if self._editor is not None else ""
        self.into_editor.setText(self.tr("Into {name}").format(name=name))
        self._show_form(True)
        if self.editor is not None and self._tracks is None:
            self.list.clear()
            self.write.setEnabled(False)
            self._tell(self.tr("Asking {name} for its tracks …").format(name=name), "faint")
            self.editor.audio_tracks(self, self._take_tracks, partial(self._tell, role="error"))
        else:
            self.refresh()

    def _show_form(self, wanted: bool) -> None:
        """What can be chosen, where there is something to choose."""
        self._form.setRowVisible(self._row, wanted and self.editor is None)
        self._form.setRowVisible(self.format, wanted and self.editor is None)
        self._form.setRowVisible(self.conflict, wanted)
        self._form.setRowVisible(self.only_selected, wanted)

    def _take_tracks(self, tracks: tuple[AudioTrack, ...]) -> None:
        self._tracks = tracks
        self.refresh()

    def _lose_editor(self) -> None:
        self.into_editor.setEnabled(False)
        self.undo.setEnabled(False)
        if self.write.isVisible():
            self.into_file.setChecked(True)
            self._choose_place()

    def refresh(self, *_: object) -> None:
        """Shows the plan."""
        self.list.clear()
        try:
            plan = self.plan()
            lost = losses(plan.timeline, self.out) if self.editor is None else ()
        except TalkiesError as error:
            self._tell(str(error), "error")
            self.write.setEnabled(False)
            return
        self.list.show_plan(plan, self._document)
        count = len(plan.placements)
        sentences = [*plan.warnings, *lost]
        if plan.skipped:
            sentences.append(self.tr("{count} takes are skipped.").format(count=len(plan.skipped)))
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
        out, folder = self.out, self._document.folder
        if self.editor is not None and folder is not None:
            self.editor.write(self, plan, folder, self._placed, self._refused)
        else:
            in_background(self, lambda: write_file(plan, out), self._done, self._refused)

    def _done(self, path: Path) -> None:
        self._written = path
        self._finish(self.tr("Written: {path}").format(path=path), ())
        self.folder.show()

    def _placed(self, placement: Placement) -> None:
        """The editor says what it shows now: that is what is told, not what was asked for."""
        assert self._editor is not None
        name = self._editor.name
        self.list.show_placement(placement, self._document.open_timeline(), name)
        clips = sum(len(track.clips) for track in placement.tracks)
        words = self.tr("{name} has {clips} new clips on {tracks} new tracks.")
        sentence = words.format(name=name, clips=clips, tracks=len(placement.tracks))
        if placement.removed:
            sentence += " " + self.tr("{names} went.").format(names=", ".join(placement.removed))
        self._finish(sentence, placement.warnings)
        self.undo.setText(self.tr("Undo in {name}").format(name=name))
        self.undo.setEnabled(self._editor.is_there)
        self.undo.setVisible(bool(placement.tracks))

    def _finish(self, sentence: str, warnings: tuple[str, ...]) -> None:
        self._tell_all([sentence, *warnings], "warning" if warnings else "good")
        self.said.emit(sentence)
        self._show_form(False)
        self.write.hide()
        close = self.buttons.button(QDialogButtonBox.StandardButton.Cancel)
        close.setText(self.tr("Close"))
        close.setFocus()

    def _take_back(self) -> None:
        if self._editor is not None:
            self.undo.setEnabled(False)
            self._editor.undo(self, self._taken_back, partial(self._tell, role="error"))

    def _taken_back(self, _: object) -> None:
        """As before the writing: the editor may have changed meanwhile, so that it is asked anew."""
        self.undo.hide()
        self.write.show()
        self._tracks = None
        self._set_busy(False)
        self.buttons.button(QDialogButtonBox.StandardButton.Cancel).setText(self.tr("Cancel"))
        self.said.emit(self.tr("Taken back"))
        self._choose_place()

    def _refused(self, sentence: str) -> None:
        self._set_busy(False)
        self._tell(sentence, "error")

    def _set_busy(self, busy: bool) -> None:
        """Nothing can be chosen while it is written, nor afterwards."""
        gone = self._editor is not None and not self._editor.is_there
        for widget in (self.write, self.into_file, self.path, self.format, self.conflict):
            widget.setEnabled(not busy)
        self.into_editor.setEnabled(not busy and not gone)
        self.only_selected.setEnabled(not busy and bool(self._document.selected))

    # Words and files

    def _tell_all(self, sentences: list[str], role: str) -> None:
        more = len(sentences) - _MOST_SENTENCES
        self._tell("\n".join([*sentences[:_MOST_SENTENCES], *([f"… (+{more})"] if more > 0 else [])]), role)
        self.message.setToolTip("\n".join(sentences) if more > 0 else "")

    def _tell(self, sentence: str, role: str) -> None:
        self.message.setText(sentence)
        self.message.setStyleSheet(f"color: {getattr(colours(), role)}")

    def _rename(self) -> None:
        """The same name in another format."""
        out = self.out
        self.path.setText(str(out.with_name(out.name.removesuffix(suffix_of(out)) + self.format.currentData())))
        self.refresh()

    def _choose(self) -> None:
        names = ";;".join(f"{writer.title or suffix} (*{suffix})" for suffix, writer in WRITERS.items())
        path, _ = QFileDialog.getSaveFileName(self, self.tr("New timeline"), self.path.text(), names)
        if path:
            self.path.setText(path)
            self.format.setCurrentIndex(self.format.findData(suffix_of(Path(path))))
            self.refresh()

    def _open_folder(self) -> None:
        if self._written is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._written.parent)))

    def keyPressEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        key = getattr(event, "key", lambda: None)()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.write.isVisible() and self.write.isEnabled():
            self.start()
        else:
            super().keyPressEvent(event)  # type: ignore[arg-type]
