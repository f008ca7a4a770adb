"""Transcript table: lines and their times, in step with the timeline's selection and the playhead."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QFont, QFontMetrics, QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QStackedLayout,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from talkies.core.conditioning.speech.named_voices import VoiceFacts
from talkies.core.times import TimeRange
from talkies.ui.plain_text import one_line
from talkies.ui.tables import CELL_PADDING, dress, or_hint, show_chosen, type_in
from talkies.ui.timeline.layout import Spans
from talkies.ui.transcript.model import IN, OUT, SPEAKER, TEXT, VOICE, TranscriptModel
from talkies.ui.voices import label_of, voices_by
from talkies.ui.work.document import Document
from talkies.ui.work.state import SegmentSettings

Index = QModelIndex | QPersistentModelIndex


class VoiceDelegate(QStyledItemDelegate):
    """A list of the voices of whatever speaks in the cue's shots, instead of a line to type in."""

    def __init__(self, document: Document, parent: QWidget) -> None:
        super().__init__(parent)
        self._document = document

    def createEditor(self, parent: QWidget, option: QStyleOptionViewItem, index: Index) -> QWidget:  # noqa: N802 - Qt's
        box = QComboBox(parent)
        box.addItem(self.tr("automatic"), "")
        for voice in self._voices(index.row()):
            box.addItem(label_of(voice), voice.name)
        box.activated.connect(lambda: self.commitData.emit(box))
        return box

    def setEditorData(self, editor: QWidget, index: Index) -> None:  # noqa: N802 - Qt's name
        if isinstance(editor, QComboBox):
            voice = str(index.data(Qt.ItemDataRole.EditRole))
            if voice and editor.findData(voice) < 0:
                editor.addItem(one_line(voice), voice)
            editor.setCurrentIndex(max(editor.findData(voice), 0))

    def _voices(self, row: int) -> tuple[VoiceFacts, ...]:
        document, timeline = self._document, self._document.timeline
        shots = () if timeline is None or row >= len(document.cues) else timeline.segments
        heard = (shot for shot in shots if shot.record.overlap(document.cues[row].range) is not None)
        chosen = [document.settings_of(shot.id) for shot in heard] or [SegmentSettings()]
        return voices_by(dict.fromkeys((each.engine, each.task) for each in chosen))

    def setModelData(self, editor: QWidget, model: object, index: Index) -> None:  # noqa: N802 - Qt's name
        if isinstance(editor, QComboBox) and isinstance(model, TranscriptModel):
            model.setData(index, editor.currentData())


class TranscriptTable(QWidget):
    """``refused``: the sentence why an edit was not taken. ``chosen``: other rows are selected. ``menu_wanted``: where
    on the screen, for the chosen rows."""

    refused = Signal(str)
    chosen = Signal()
    menu_wanted = Signal(QPoint)

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._spans = Spans(())
        self._leading = self._any_chosen = False
        self.model = TranscriptModel(document, self)
        self.view = QTableView(self)
        self._build()
        self.model.refused.connect(self.refused)
        self.view.selectionModel().selectionChanged.connect(self._lead)
        self.view.selectionModel().selectionChanged.connect(self._note_chosen)
        document.timeline_changed.connect(self._index)
        document.cues_changed.connect(self._index)
        document.selection_changed.connect(self._follow_selection)
        document.playhead_changed.connect(self._follow_playhead)
        self._index()

    def _build(self) -> None:
        view = self.view
        view.setModel(self.model)
        dress(view, self.tr("Transcript"), TEXT)
        view.customContextMenuRequested.connect(self._ask_menu)
        view.setItemDelegateForColumn(VOICE, VoiceDelegate(self._document, view))
        times = _width_of_a_time(view)
        for column, width in ((IN, times), (OUT, times), (SPEAKER, 78), (VOICE, 88)):
            view.setColumnWidth(column, width)
        words = self.tr(
            "No words in this timeline.\nSubtitle tracks, titles and .srt files beside it are read with it."
        )
        self._stack = QStackedLayout(self)
        or_hint(self._stack, view, words)

    def _index(self) -> None:
        ranges = [cue.range for cue in self._document.cues]
        self._order = sorted(range(len(ranges)), key=lambda index: ranges[index])
        self._spans = Spans([ranges[index] for index in self._order])
        self._stack.setCurrentIndex(0 if ranges else 1)
        self._note_chosen()
        self._follow_selection()
        self._follow_playhead(self._document.playhead)

    def show_cue(self, row: int) -> None:
        """Brings a cue's row into view."""
        self.view.scrollTo(self.model.index(row, 0))

    def choose_cue(self, row: int) -> None:
        """Selects a cue's row alone, and shows it."""
        self.view.selectRow(row)
        self.show_cue(row)

    def chosen_rows(self) -> list[int]:
        """The selected cues."""
        return sorted(index.row() for index in self.view.selectionModel().selectedRows())

    def has_chosen(self) -> bool:
        """Whether a cue is selected. Safe also while another timeline comes: the model is not asked."""
        return self._any_chosen

    def edit_current(self) -> None:
        """Opens the words of the first chosen cue for typing."""
        for row in self.chosen_rows()[:1]:
            type_in(self.view, row, TEXT)

    def restore_chosen(self) -> None:
        """The chosen cues as the timeline has them."""
        for row in self.chosen_rows():
            self._document.reset_cue(row)

    def _note_chosen(self, *_: object) -> None:
        self._any_chosen = not self.view.selectionModel().selection().isEmpty()
        self.chosen.emit()

    def _ask_menu(self, point: QPoint) -> None:
        if self.chosen_rows():
            self.menu_wanted.emit(self.view.viewport().mapToGlobal(point))

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Only what is laid out can be scrolled: the selection of a timeline that was just opened waits for it."""
        super().showEvent(event)
        QTimer.singleShot(0, self, self._follow_selection)

    def _rows_in(self, part: TimeRange) -> list[int]:
        return [
            self._order[place]
            for place in self._spans.between(part.start, part.end)
            if self._spans.ranges[place].overlap(part)
        ]

    def _lead(self, *_: object) -> None:
        """Rows were chosen here: their segments are selected, and the playhead goes to the first."""
        if self._leading:
            return
        rows = [index.row() for index in self.view.selectionModel().selectedRows()]
        if not rows:
            return
        self._leading = True
        ranges = [self.model.cue(row).range for row in rows]
        self._document.select(
            segment.id for segment in self._document.segments if any(segment.record.overlap(each) for each in ranges)
        )
        self._document.set_playhead(min(each.start for each in ranges))
        self._leading = False

    def _follow_selection(self) -> None:
        """Segments were chosen elsewhere: their rows are shown as selected."""
        if self._leading:
            return
        rows = {row for key in self._document.selected for row in self._rows_in(self._document.segment(key).record)}
        self._leading = True
        show_chosen(self.view, _runs(sorted(rows)))
        self._leading = False
        if rows:
            self.view.scrollTo(self.model.index(min(rows), 0))

    def _follow_playhead(self, position: Fraction) -> None:
        place = self._spans.at(position)
        self.model.set_now(None if place is None else self._order[place])


def _runs(rows: Sequence[int]) -> Iterator[tuple[int, int]]:
    """First and last of each run of neighbours."""
    start = 0
    for index in range(1, len(rows) + 1):
        if index == len(rows) or rows[index] != rows[index - 1] + 1:
            yield rows[start], rows[index - 1]
            start = index


def _width_of_a_time(view: QTableView) -> int:
    """In pixels, in bold as the line at the playhead is."""
    font = QFont(view.font())
    font.setBold(True)
    return QFontMetrics(font).horizontalAdvance("00:00:00:00") + CELL_PADDING
