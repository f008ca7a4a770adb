"""Write back: what will be added where, to which file, and what becomes of tracks that talkies wrote before."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QColor, QDesktopServices
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from talkies.core.errors import TalkiesError
from talkies.core.host import CONFLICTS
from talkies.ui.background import in_background
from talkies.ui.theme import colours
from talkies.ui.work.document import Document
from talkies.ui.work.write_back import Placement, WriteBack, plan_write_back, suggested_file, write_file

_FORMATS = {
    ".otio": "OpenTimelineIO (.otio)",
    ".otioz": "OpenTimelineIO, media inside (.otioz)",
    ".otiod": "OpenTimelineIO, folder with media (.otiod)",
    ".xml": "Final Cut Pro 7 XML (.xml): Premiere, Resolve",
}


class WriteBackDialog(QDialog):
    """``said``: one sentence for the status bar."""

    said = Signal(str)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._written: Path | None = None
        self.list = QTreeWidget(self)
        self.path, self.format, self.conflict = QLineEdit(self), QComboBox(self), QComboBox(self)
        self.only_selected = QCheckBox(self.tr("Only the selected shots"), self)
        self.message = QLabel(self)
        self.buttons = QDialogButtonBox(self)
        self.write = QPushButton(self.tr("Write"), self)
        self.folder = QPushButton(self.tr("Open folder"), self)
        self._build()
        self.refresh()

    def _build(self) -> None:
        tr = self.tr
        self.setWindowTitle(tr("Write back"))
        self.resize(760, 560)
        self.list.setHeaderLabels([tr("What is added"), tr("In"), tr("Out"), tr("Gain")])
        self.list.setAccessibleName(tr("What is added where"))
        self.list.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.list.header().setStretchLastSection(False)
        for suffix, name in _FORMATS.items():
            self.format.addItem(name, suffix)
        for conflict, name in zip(
            CONFLICTS,
            (tr("Add new tracks"), tr("Replace the tracks talkies wrote before"), tr("Skip what is already there")),
            strict=True,
        ):
            self.conflict.addItem(name, conflict)
        timeline = self._document.timeline
        if timeline is not None:
            path = suggested_file(timeline)
            self.path.setText(str(path))
            self.format.setCurrentIndex(max(self.format.findData(path.suffix.lower()), 0))
        choose = QPushButton(tr("Choose …"))
        choose.clicked.connect(self._choose)
        row = QHBoxLayout()
        row.addWidget(self.path, 1)
        row.addWidget(choose)
        form = QFormLayout()
        form.addRow(tr("New timeline"), row)
        form.addRow(tr("Format"), self.format)
        form.addRow(tr("If there are tracks of ours"), self.conflict)
        form.addRow("", self.only_selected)
        self.only_selected.setEnabled(bool(self._document.selected))
        for widget, name in ((self.path, tr("File of the new timeline")), (self.format, tr("Format")),
                             (self.conflict, tr("If there are tracks of ours"))):  # fmt: skip
            widget.setAccessibleName(name)
        self.message.setWordWrap(True)
        self.write.setProperty("primary", "true")
        self.buttons.addButton(self.folder, QDialogButtonBox.ButtonRole.ActionRole)
        self.buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self.buttons.addButton(self.write, QDialogButtonBox.ButtonRole.ActionRole)
        self.folder.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(18, 16, 18, 14)
        column.setSpacing(12)
        column.addWidget(QLabel(tr("Nothing that was in the timeline changes: sound is added on tracks of its own.")))
        column.addWidget(self.list, 1)
        column.addLayout(form)
        column.addWidget(self.message)
        column.addWidget(self.buttons)
        self._connect()

    def _connect(self) -> None:
        self.format.activated.connect(lambda: self.path.setText(str(self.out.with_suffix(self.format.currentData()))))
        self.conflict.activated.connect(self.refresh)
        self.only_selected.toggled.connect(self.refresh)
        self.write.clicked.connect(self.start)
        self.folder.clicked.connect(self._open_folder)
        self.buttons.rejected.connect(self.reject)

    @property
    def out(self) -> Path:
        return Path(self.path.text().strip())

    def plan(self) -> WriteBack:
        """What will happen as chosen now. Raises a TalkiesError."""
        ids = self._document.selected if self.only_selected.isChecked() else None
        return plan_write_back(self._document, self.conflict.currentData(), ids)

    def refresh(self, *_: object) -> None:
        """Shows the plan."""
        self.list.clear()
        try:
            plan = self.plan()
        except TalkiesError as error:
            self._tell(str(error), "error")
            self.write.setEnabled(False)
            return
        for name in plan.removed:
            self._item([self.tr("{name}: goes").format(name=name)], colours().error)
        for track in plan.tracks:
            who = f" · {track.speaker}" if track.speaker else ""
            count = len(track.placements)
            words = self.tr("{name}{who}: new track, {takes}").format(
                name=track.name, who=who, takes=self._takes(count)
            )
            item = self._item([words], colours().stem(track.stem).name())
            for placement in track.placements:
                item.addChild(QTreeWidgetItem(self._row(plan, placement)))
            item.setExpanded(True)
        for column in (1, 2, 3):
            self.list.resizeColumnToContents(column)
        count = len(plan.placements)
        sentences = [*plan.warnings]
        if plan.skipped:
            sentences.append(self.tr("{count} takes are skipped.").format(count=len(plan.skipped)))
        if not count:
            sentences.append(self.tr("There is nothing to write: generate takes, or unmute some."))
        self._tell("\n".join(sentences), "warning" if sentences else "faint")
        self.write.setEnabled(bool(count))
        self.write.setText(self.tr("Write {takes}").format(takes=self._takes(count)) if count else self.tr("Write"))

    def _takes(self, count: int) -> str:
        return self.tr("1 take") if count == 1 else self.tr("{count} takes").format(count=count)

    def start(self) -> None:
        """Writes in the background; the dialog stays until it is done."""
        try:
            plan = self.plan()
        except TalkiesError as error:
            self._tell(str(error), "error")
            return
        self.write.setEnabled(False)
        self._tell(self.tr("Writing …"), "faint")
        out = self.out
        in_background(self, lambda: write_file(plan, out), self._done, self._refused)

    def _done(self, path: Path) -> None:
        self._written = path
        sentence = self.tr("Written: {path}").format(path=path)
        self._tell(sentence, "good")
        self.said.emit(sentence)
        self.folder.show()
        self.write.hide()
        close = self.buttons.button(QDialogButtonBox.StandardButton.Cancel)
        close.setText(self.tr("Close"))
        close.setFocus()

    def _refused(self, sentence: str) -> None:
        self._tell(sentence, "error")
        self.write.setEnabled(True)

    def _tell(self, sentence: str, role: str) -> None:
        self.message.setText(sentence)
        self.message.setStyleSheet(f"color: {getattr(colours(), role)}")

    def _item(self, words: list[str], colour: str) -> QTreeWidgetItem:
        item = QTreeWidgetItem(self.list, words)
        item.setForeground(0, QColor(colour))
        item.setFirstColumnSpanned(True)
        return item

    def _row(self, plan: WriteBack, placement: Placement) -> list[str]:
        take, timeline = placement.take, plan.timeline
        clip = self._document.segment(take.segment_id).clip
        name = f"{clip} · {take.stem} {take.number}" + (" ★" if take.starred else "")
        gain = f"{placement.gain_db:+.1f} dB" if placement.gain_db else ""
        return [name, timeline.timecode(placement.place.start), timeline.timecode(placement.place.end), gain]

    def _choose(self) -> None:
        names = ";;".join(f"{name} (*{suffix})" for suffix, name in _FORMATS.items())
        path, _ = QFileDialog.getSaveFileName(self, self.tr("New timeline"), self.path.text(), names)
        if path:
            self.path.setText(path)
            self.format.setCurrentIndex(self.format.findData(Path(path).suffix.lower()))

    def _open_folder(self) -> None:
        if self._written is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self._written.parent)))

    def keyPressEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        key = getattr(event, "key", lambda: None)()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.write.isVisible() and self.write.isEnabled():
            self.start()
        else:
            super().keyPressEvent(event)  # type: ignore[arg-type]
