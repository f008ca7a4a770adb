"""Spot model: the document's spots as rows of a table; editing a cell edits the spot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor, QFont

from talkies.core.errors import ArgumentError, TalkiesError
from talkies.core.segment import Segment, Timeline
from talkies.core.spotting import stamps
from talkies.core.spotting.placing import media_time
from talkies.core.spotting.spot import KINDS, SOURCES, Spot
from talkies.core.times import TimeRange
from talkies.ui.icons import icon
from talkies.ui.plain_text import as_tip, one_line
from talkies.ui.theme import colours
from talkies.ui.transcript.times import position_of
from talkies.ui.work.document import Document

Index = QModelIndex | QPersistentModelIndex

IN, OUT, KIND, WORDS, AVOID, FORCE, SOURCE, FILE, LOCK = range(9)
_LONGEST = 1000  # characters of words


class SpotModel(QAbstractTableModel):
    """In the order of the timeline, those that it does not show last. ``refused``: why an edit was not taken."""

    refused = Signal(str)

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._spots: list[Spot] = []
        self._spans: list[TimeRange | None] = []
        self._places: Mapping[str, int] = {}
        tr = self.tr
        self._headers = (
            tr("In"), tr("Out"), tr("Kind"), tr("Words"), tr("Exclude"), tr("Force"), tr("Source"), tr("Recording"),
            tr("Lock"),
        )  # fmt: skip
        document.timeline_changed.connect(self._reset)
        document.spots_changed.connect(self._changed)
        document.settings_changed.connect(self._all_changed)
        self._reset()

    def spot(self, row: int) -> Spot:
        return self._spots[row]

    def row_of(self, spot_id: str) -> int | None:
        return self._places.get(spot_id)

    def place(self, row: int) -> TimeRange | None:
        """Where the timeline shows it; None where its shot is cut so that it does not."""
        return self._spans[row]

    # Qt's side

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        return 0 if parent.isValid() else len(self._spots)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's signature
        return 0 if parent.isValid() else len(self._headers)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:  # noqa: N802 - Qt's name
        if role == Qt.ItemDataRole.DisplayRole and orientation == Qt.Orientation.Horizontal:
            return self._headers[section]
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.column() == LOCK:
            return flags | Qt.ItemFlag.ItemIsUserCheckable
        is_hit = self._is_there(index) and self.spot(index.row()).kind == "hit"
        hidden = index.column() in (IN, OUT) and self._is_there(index) and self.place(index.row()) is None
        return flags if hidden or (index.column() == OUT and is_hit) else flags | Qt.ItemFlag.ItemIsEditable

    def data(self, index: Index, role: int = 0) -> Any:
        if not self._is_there(index):
            return None
        spot, column = self.spot(index.row()), index.column()
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return self._shown(spot, index.row(), column)
            case Qt.ItemDataRole.EditRole:
                return self._edited(spot, index.row(), column)
            case Qt.ItemDataRole.CheckStateRole if column == LOCK:
                return Qt.CheckState.Checked if spot.locked else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.DecorationRole if column == WORDS:
                return icon("effects", colours().effects)
            case Qt.ItemDataRole.ForegroundRole:
                own = column == WORDS and bool(spot.words)
                return QColor(colours().text if own or column in (IN, FORCE) else colours().faint)
            case Qt.ItemDataRole.FontRole if column == WORDS and not spot.words:
                font = QFont()
                font.setItalic(True)
                return font
            case Qt.ItemDataRole.ToolTipRole:
                return as_tip(self._tip(spot, index.row(), column))
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802 - Qt's name
        try:
            if role == Qt.ItemDataRole.CheckStateRole:
                locked = Qt.CheckState(value) == Qt.CheckState.Checked
                self._document.change_spots([self.spot(index.row()).id], locked=locked)
            else:
                self._edit(self.spot(index.row()), index.row(), index.column(), str(value).strip())
        except TalkiesError as error:
            self.refused.emit(str(error))
            return False
        return True

    def _is_there(self, index: Index) -> bool:
        """Views ask for rows of the timeline that is just being closed, too."""
        return index.row() < len(self._spots) and self._document.timeline is not None

    # What a cell shows, and what becomes of what is typed into it

    def _shown(self, spot: Spot, row: int, column: int) -> str:
        if column == WORDS:
            return one_line(self._document.own_words(spot))
        if column == FILE:
            return one_line(Path(spot.file).name)
        if column == IN and self.place(row) is None:
            return self.tr("outside")
        return one_line(self._edited(spot, row, column))

    def _edited(self, spot: Spot, row: int, column: int) -> str:
        timeline, span = self._document.open_timeline(), self.place(row)
        match column:
            case 0 | 1:
                shown = span is not None and (column == IN or spot.kind != "hit")
                return stamps.stamp(timeline, span.start if column == IN else span.end) if span and shown else ""
            case 5:
                return f"{spot.force:.2f}"
            case 8:
                return ""
        return str((spot.kind, spot.words, spot.avoid, "", spot.source, spot.file)[column - KIND])

    def _tip(self, spot: Spot, row: int, column: int) -> str:
        if column == FILE:
            return spot.file
        if column == LOCK:
            return self.tr("A locked spot stays as it is when its shot is spotted again")
        if self.place(row) is None:
            return self.tr("The shot is cut so that it does not show this moment")
        return self.tr("{id}, seen with confidence {share:.2f}").format(id=spot.id, share=spot.confidence)

    def _edit(self, spot: Spot, row: int, column: int, text: str) -> None:
        document = self._document
        if text == self._edited(spot, row, column):
            return
        match column:
            case 0 | 1:
                self._move(spot, row, column, text)
            case 2:
                document.set_kind(spot.id, _known(text, KINDS))
            case 3:
                document.change_spots([spot.id], words=text[:_LONGEST])
            case 4:
                document.change_spots([spot.id], avoid=text[:_LONGEST])
            case 5:
                document.change_spots([spot.id], force=_share(text))
            case 6:
                document.change_spots([spot.id], source=_known(text, SOURCES))
            case 7:
                document.change_spots([spot.id], file=_recording(text), source="file" if text else "auto")

    def _move(self, spot: Spot, row: int, column: int, text: str) -> None:
        """The whole spot to another beginning; or its end alone."""
        document, span = self._document, self.place(row)
        if span is None:
            return
        position, segment = _position(text, document.open_timeline()), document.segment(spot.shot)
        if not segment.record.start <= position <= segment.record.end:
            raise ArgumentError(text, "is outside of the spot's shot", "move it within the shot")
        moved = media_time(segment, position)
        if column == IN:
            by = moved - media_time(segment, span.start)
            document.move_spots({spot.id: (spot.time + by, spot.until + by)})
        else:
            document.move_spots({spot.id: _stretched(spot, segment, span, moved)})

    # What changed

    def _changed(self) -> None:
        spots, spans = self._listed()
        if [spot.id for spot in spots] == [spot.id for spot in self._spots]:
            before, self._spots, self._spans = self._spots, spots, spans
            self._tell([row for row, pair in enumerate(zip(before, spots, strict=True)) if pair[0] is not pair[1]])
        else:
            self._reset()

    def _listed(self) -> tuple[list[Spot], list[TimeRange | None]]:
        """The spots and where each is first seen."""
        places = self._document.all_spot_places
        first = {place.spot.id: place for place in reversed(places)}
        shown = [place for place in places if first[place.spot.id] is place]
        hidden = [spot for spot in self._document.all_spots if spot.id not in first]
        return [*(place.spot for place in shown), *hidden], [*(place.span for place in shown), *[None] * len(hidden)]

    def _reset(self) -> None:
        self.beginResetModel()
        self._spots, self._spans = self._listed()
        self._places = {spot.id: row for row, spot in enumerate(self._spots)}
        self.endResetModel()

    def _all_changed(self) -> None:
        self._tell(range(len(self._spots)))

    def _tell(self, rows: Sequence[int]) -> None:
        """Of rows in order."""
        if rows:
            self.dataChanged.emit(self.index(rows[0], 0), self.index(rows[-1], LOCK))


def _stretched(spot: Spot, segment: Segment, span: TimeRange, end: Fraction) -> tuple[Fraction, Fraction]:
    """Media times of a spot that is seen until the media time ``end``."""
    first = media_time(segment, span.start)
    return min(first, end), max(first, end)


def _position(text: str, timeline: Timeline) -> Fraction:
    try:
        return stamps.position_of(timeline, text)
    except ValueError:
        return position_of(text, timeline)


def _share(text: str) -> float:
    try:
        value = float(text.replace(",", "."))
    except ValueError as error:
        raise ArgumentError(f"{text!r}", "is not a number", "write a force from 0 to 1") from error
    if not 0 <= value <= 1:
        raise ArgumentError(f"force {text}", "is out of range", "write a number from 0 to 1")
    return value


def _known(text: str, names: tuple[Any, ...]) -> Any:
    if text not in names:
        raise ArgumentError(f"{text!r}", "is not known", f"use one of {', '.join(names)}")
    return text


def _recording(text: str) -> str:
    if text and not Path(text).expanduser().is_file():
        raise ArgumentError(text, "is not there", "give the path of a recording")
    return str(Path(text).expanduser().absolute()) if text else ""
