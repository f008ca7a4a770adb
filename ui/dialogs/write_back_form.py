"""What can be chosen before takes are written: the new file and its format, what becomes of tracks of ours, and which
shots."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from talkies.core.destinations import WRITERS, suffix_of
from talkies.core.hosts.host import CONFLICTS, Conflict
from talkies.ui.work.document import Document
from talkies.ui.work.write_back import suggested_file


class WriteBackForm(QWidget):
    """``changed``: something else was chosen."""

    changed = Signal()

    def __init__(self, document: Document, parent: QWidget) -> None:
        super().__init__(parent)
        self._document = document
        self.path, self.format, self.conflict = QLineEdit(self), QComboBox(self), QComboBox(self)
        self.only_selected = QCheckBox(self.tr("Only the selected shots"), self)
        self._choose_file = QPushButton(self.tr("Choose …"), self)
        self._file = QHBoxLayout()
        self._rows = QFormLayout(self)
        self._fill()
        self._build()
        self._choose_file.clicked.connect(self._choose)
        self.format.activated.connect(self._rename)
        self.conflict.activated.connect(self.changed)
        self.only_selected.toggled.connect(self.changed)

    def _fill(self) -> None:
        tr = self.tr
        for suffix, writer in WRITERS.items():
            self.format.addItem(f"{writer.title or suffix} ({suffix})", suffix)
        names = tr("Add new tracks"), tr("Replace the tracks talkies wrote before"), tr("Skip what is already there")
        for conflict, name in zip(CONFLICTS, names, strict=True):
            self.conflict.addItem(name, conflict)
        self.only_selected.setEnabled(bool(self._document.selected))
        timeline = self._document.timeline
        if timeline is not None:
            path = suggested_file(timeline)
            self.path.setText(str(path))
            self.format.setCurrentIndex(max(self.format.findData(suffix_of(path)), 0))

    def _build(self) -> None:
        tr = self.tr
        self._file.addWidget(self.path, 1)
        self._file.addWidget(self._choose_file)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.addRow(tr("New timeline"), self._file)
        self._rows.addRow(tr("Format"), self.format)
        self._rows.addRow(tr("Existing talkies tracks"), self.conflict)
        self._rows.addRow("", self.only_selected)
        self.path.setAccessibleName(tr("File of the new timeline"))
        self.format.setAccessibleName(tr("Format"))
        self.conflict.setAccessibleName(tr("Existing talkies tracks"))

    @property
    def out(self) -> Path:
        """The new file."""
        return Path(self.path.text().strip())

    @property
    def conflict_wanted(self) -> Conflict:
        conflict: Conflict = self.conflict.currentData()
        return conflict

    @property
    def ids_wanted(self) -> tuple[str, ...] | None:
        """The chosen segments; None: all."""
        return tuple(self._document.selected) if self.only_selected.isChecked() else None

    def show_for(self, *, file: bool) -> None:
        """Shows what there is to choose; for an editor no file is wanted."""
        self._rows.setRowVisible(self._file, file)
        self._rows.setRowVisible(self.format, file)
        self.show()

    def _rename(self) -> None:
        """The same name in another format."""
        out = self.out
        self.path.setText(str(out.with_name(out.name.removesuffix(suffix_of(out)) + self.format.currentData())))
        self.changed.emit()

    def _choose(self) -> None:
        names = ";;".join(f"{writer.title or suffix} (*{suffix})" for suffix, writer in WRITERS.items())
        path, _ = QFileDialog.getSaveFileName(self, self.tr("New timeline"), self.path.text(), names)
        if path:
            self.path.setText(path)
            self.format.setCurrentIndex(self.format.findData(suffix_of(Path(path))))
            self.changed.emit()
