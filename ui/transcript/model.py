"""Transcript model: the cues of the document as rows of a table; editing a cell edits what is spoken."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QFont

from talkies.core.errors import TalkiesError
from talkies.core.segment import Cue
from talkies.ui.icons import icon
from talkies.ui.plain_text import one_line
from talkies.ui.theme import colours
from talkies.ui.transcript.times import position_of
from talkies.ui.work.document import Document

Index = QModelIndex | QPersistentModelIndex

IN, OUT, SPEAKER, VOICE, TEXT = range(5)
_MOST_SHOWN = 600  # characters of a line


class TranscriptModel(QAbstractTableModel):
    """``refused``: the sentence why an edit was not taken."""

    refused = Signal(str)

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._now: int | None = None
        self._headers = (self.tr("In"), self.tr("Out"), self.tr("Speaker"), self.tr("Voice"), self.tr("Words"))
        document.timeline_changed.connect(self._reset)
        document.cues_changed.connect(self._all_changed)

    def cue(self, row: int) -> Cue:
        return self._document.cues[row]

    def set_now(self, row: int | None) -> None:
        """Marks the row over which the playhead stands."""
        old, self._now = self._now, row
        for each in {old, row} - {None}:
            if each is not None and each < self.rowCount():
                self.dataChanged.emit(self.index(each, 0), self.index(each, TEXT))

    # Qt's side

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        return 0 if parent.isValid() else len(self._document.cues)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        return 0 if parent.isValid() else len(self._headers)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:  # noqa: N802 - Qt's name
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return self._headers[section]
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not self._is_there(index):
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsEnabled
        spoken = self.cue(index.row()).kind == "speech"
        return flags | Qt.ItemFlag.ItemIsEditable if spoken or index.column() in (IN, OUT, TEXT) else flags

    def data(self, index: Index, role: int = 0) -> Any:
        if not self._is_there(index):
            return None
        cue, column = self.cue(index.row()), index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole | Qt.ItemDataRole.AccessibleTextRole:
                return self._text(cue, index.row(), column, shown=role != Qt.ItemDataRole.EditRole)
            case Qt.ItemDataRole.DecorationRole if column == TEXT:
                name, colour = (
                    ("speech", colours().dialogue) if cue.kind == "speech" else ("effects", colours().effects)
                )
                return icon(name, colour)
            case Qt.ItemDataRole.ForegroundRole:
                return QColor(_ink(cue, column))
            case Qt.ItemDataRole.FontRole if index.row() == self._now:
                font = QFont()
                font.setBold(True)
                return font
            case Qt.ItemDataRole.ToolTipRole:
                return self._tip(cue)
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802 - Qt's name
        try:
            self._edit(index.row(), index.column(), str(value).strip())
        except TalkiesError as error:
            self.refused.emit(str(error))
            return False
        return True

    def _is_there(self, index: Index) -> bool:
        """Views ask for rows of the timeline that is just being closed, too."""
        return index.row() < len(self._document.cues)

    # What a cell shows, and what becomes of what is typed into it

    def _text(self, cue: Cue, row: int, column: int, *, shown: bool) -> str:
        timeline = self._document.timeline
        if column in (IN, OUT) and timeline is not None:
            return timeline.timecode(cue.range.start if column == IN else cue.range.end)
        if column == TEXT:
            return one_line(cue.text, _MOST_SHOWN) if shown else " ".join(cue.text.split())
        if cue.kind == "sound":
            return self.tr("sound") if shown and column == SPEAKER else ""
        if column == SPEAKER:
            return one_line(cue.speaker) if shown else cue.speaker
        voice = self._document.voice_of(row)
        return voice or (self.tr("automatic") if shown else "")

    def _tip(self, cue: Cue) -> str:
        if cue.kind == "sound":
            return self.tr("A sound description: not spoken, but part of the prompt for the effects")
        return self.tr("Will be spoken between these times")

    def _edit(self, row: int, column: int, text: str) -> None:
        document = self._document
        if document.timeline is None or text == self._text(self.cue(row), row, column, shown=False):
            return
        match column:
            case 0 | 1:
                position: Fraction = position_of(text, document.timeline)
                end = column == OUT
                document.edit_cue(row, start=None if end else position, end=position if end else None)
            case 2:
                document.edit_cue(row, speaker=text)
            case 3:
                document.edit_cue(row, voice=text)
            case _:
                document.edit_cue(row, text=text)

    def _reset(self) -> None:
        self.beginResetModel()
        self._now = None
        self.endResetModel()

    def _all_changed(self) -> None:
        if self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, TEXT))


def _ink(cue: Cue, column: int) -> str:
    if column != TEXT:
        return colours().faint
    return colours().text if cue.kind == "speech" else colours().effects
