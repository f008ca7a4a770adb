"""The table of words: what is typed into it is what will be spoken."""

from __future__ import annotations

from fractions import Fraction

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetrics
from PySide6.QtWidgets import QStyle
from pytestqt.qtbot import QtBot

from talkies.core.errors import ArgumentError
from talkies.core.segment import Timeline
from talkies.ui.transcript.model import IN, OUT, SPEAKER, TEXT, VOICE, TranscriptModel
from talkies.ui.transcript.table import TranscriptTable
from talkies.ui.transcript.times import position_of
from talkies.ui.work.document import Document


def rows(model: TranscriptModel) -> list[list[str]]:
    return [[model.index(row, column).data() for column in range(5)] for row in range(model.rowCount())]


def test_it_shows_every_cue(document: Document) -> None:
    assert rows(TranscriptModel(document)) == [
        ["00:00:00:02", "00:00:00:10", "ANNA", "automatic", "Hello there."],
        ["00:00:00:12", "00:00:00:20", "sound", "", "door slams"],
        ["00:00:01:05", "00:00:01:15", "BORIS", "automatic", "Good morning."],
    ]


def test_typing_changes_what_will_be_spoken_and_can_be_undone(document: Document) -> None:
    model = TranscriptModel(document)
    for column, text in ((TEXT, "Good evening."), (OUT, "00:00:01:20"), (SPEAKER, "CARL"), (VOICE, "kathleen")):
        assert model.setData(model.index(2, column), text)
    cue = document.cues[2]
    assert (cue.text, cue.range.end, cue.speaker) == ("Good evening.", Fraction(45, 25), "CARL")
    assert document.voice_of(2) == "kathleen"
    for _ in range(4):
        document.undo_stack.undo()
    assert rows(model)[2] == ["00:00:01:05", "00:00:01:15", "BORIS", "automatic", "Good morning."]


@pytest.mark.parametrize("text", ["tomorrow", "", "1:2:3:4:5", "00:00:09:00"])
def test_a_time_that_cannot_be_is_refused_and_changes_nothing(document: Document, qtbot: QtBot, text: str) -> None:
    model = TranscriptModel(document)
    with qtbot.waitSignal(model.refused) as said:
        assert not model.setData(model.index(0, IN), text)
    assert "time" in said.args[0]
    assert document.undo_stack.count() == 0


def test_a_sounds_speaker_and_voice_are_not_to_be_edited(document: Document) -> None:
    model = TranscriptModel(document)
    editable = [bool(model.index(1, column).flags() & Qt.ItemFlag.ItemIsEditable) for column in range(5)]
    assert editable == [True, True, False, False, True]


def test_rows_and_segments_are_selected_together(document: Document, qtbot: QtBot) -> None:
    table = TranscriptTable(document)
    qtbot.addWidget(table)
    document.select(["V1-001"])
    assert [index.row() for index in table.view.selectionModel().selectedRows()] == [0, 1]
    table.view.selectRow(2)
    assert document.selected == ("V1-002",)
    assert document.playhead == Fraction(30, 25)


def test_the_selection_of_an_opened_timeline_is_in_view(document: Document, qtbot: QtBot) -> None:
    document.select(["V1-002"])
    table = TranscriptTable(document)
    qtbot.addWidget(table)
    table.resize(500, 75)  # room for one row
    table.show()
    view = table.view
    qtbot.waitUntil(
        lambda: view.viewport().rect().contains(view.visualRect(table.model.index(2, TEXT)).center()), timeout=60_000
    )


def test_the_row_at_the_playhead_is_marked(document: Document, qtbot: QtBot) -> None:
    table = TranscriptTable(document)
    qtbot.addWidget(table)
    document.set_playhead(Fraction(15, 25))
    fonts = [table.model.index(row, TEXT).data(Qt.ItemDataRole.FontRole) for row in range(3)]
    assert [bool(font and font.bold()) for font in fonts] == [False, True, False]


@pytest.mark.parametrize(
    "rate", [Fraction(24), Fraction(25), Fraction(24000, 1001), Fraction(30000, 1001), Fraction(60)]
)
@pytest.mark.parametrize("drop_frame", [False, True])
def test_timecode_is_read_as_it_is_written(document: Document, rate: Fraction, drop_frame: bool) -> None:
    if drop_frame and rate.denominator != 1001:
        drop_frame = False
    assert document.timeline is not None
    timeline = Timeline(
        document.timeline.path, "", rate, Fraction(3600), Fraction(7200), (), (), drop_frame and rate > 25
    )
    for frame in (0, 1, 1799, 1800, 1801, 17_981, 17_982, 107_892, 140_000):
        position = frame / rate
        assert position_of(timeline.timecode(position), timeline) == position


def test_fields_may_be_left_out(document: Document) -> None:
    assert document.timeline is not None
    assert position_of("1:05", document.timeline) == Fraction(30, 25)
    with pytest.raises(ArgumentError, match="00:00:00:00"):
        position_of("one", document.timeline)


def test_times_fit_their_columns_also_in_bold(document: Document, qtbot: QtBot) -> None:
    table = TranscriptTable(document)
    qtbot.addWidget(table)
    table.show()
    document.set_playhead(Fraction(3, 25))  # in the first line, which is bold now
    for column in (IN, OUT):
        index = table.model.index(0, column)
        font = index.data(Qt.ItemDataRole.FontRole)
        assert font.bold()
        words = QFontMetrics(QFont(font.family(), table.view.font().pointSize(), QFont.Weight.Bold))
        padding = 2 * (6 + table.style().pixelMetric(QStyle.PixelMetric.PM_FocusFrameHMargin))
        assert table.view.columnWidth(column) >= words.horizontalAdvance(index.data()) + padding
