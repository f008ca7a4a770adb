"""The list of spots as a table: what it shows, what is typed into it, in step with the timeline; and its files."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from PySide6.QtCore import QAbstractItemModel, Qt
from PySide6.QtWidgets import QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from talkies.core.spotting.files import read_spots
from talkies.ui.spotting.actions import SpotActions
from talkies.ui.spotting.model import AVOID, FILE, FORCE, IN, KIND, LOCK, OUT, SOURCE, WORDS
from talkies.ui.spotting.table import SpotTable
from talkies.ui.work.document import Document
from talkies.ui.work.queue import Queue

FIRST, SECOND, RAIN = "V1-001.01", "V1-001.02", "V1-002.01"


@pytest.fixture
def table(qtbot: QtBot, document: Document) -> Iterator[SpotTable]:
    """Two hits in the first shot and rain in the second, at 25 frames a second."""
    document.change_settings(["V1-001"], prompt="hammer wood")
    document.add_spot(Fraction(16, 25), force=0.25)
    document.add_spot(Fraction(4, 25), words="door slams")
    document.add_spot(Fraction(30, 25), Fraction(40, 25), words="rain")
    document.undo_stack.clear()
    table = SpotTable(document)
    qtbot.addWidget(table)
    table.resize(900, 300)
    table.show()
    yield table


def shown(table: SpotTable, row: int) -> list[str]:
    model: QAbstractItemModel = table.model
    return [str(model.index(row, column).data() or "") for column in range(model.columnCount())]


def typed(table: SpotTable, row: int, column: int, text: str) -> bool:
    return table.model.setData(table.model.index(row, column), text)


def test_rows_are_in_the_order_of_the_timeline(table: SpotTable) -> None:
    assert [shown(table, row) for row in range(table.model.rowCount())] == [
        ["00:00:00:04", "", "hit", "door slams", "", "0.70", "auto", "", ""],
        ["00:00:00:16", "", "hit", "hammer wood", "", "0.25", "auto", "", ""],  # the prompt of its shot
        ["00:00:01:05", "00:00:01:15", "sustained", "rain", "", "0.70", "auto", "", ""],
    ]


def test_cells_edit_their_spot_and_each_is_a_step(table: SpotTable, document: Document, tmp_path: Path) -> None:
    sound = tmp_path / "film.mp4"
    edits = {
        (1, WORDS): "knock", (1, AVOID): "metal", (1, FORCE): "0,9", (1, SOURCE): "rules", (2, KIND): "hit",
        (0, FILE): str(sound), (1, IN): "00:00:00:12.50",
    }  # fmt: skip
    for (row, column), text in edits.items():
        assert typed(table, row, column, text)
    lock = table.model.index(0, LOCK)
    table.model.setData(lock, Qt.CheckState.Checked.value, Qt.ItemDataRole.CheckStateRole)
    assert document.undo_stack.count() == len(edits) + 1
    hammer, door, rain = (document.spot(spot) for spot in (FIRST, SECOND, RAIN))
    assert (hammer.words, hammer.avoid, hammer.force, hammer.source) == ("knock", "metal", 0.9, "rules")
    assert hammer.time == 1 + Fraction(25, 50)  # the shot begins at its medium's second 1; 12.5 frames of it
    assert (door.file, door.source, door.locked) == (str(sound), "file", True)
    assert (rain.kind, rain.until) == ("hit", rain.time)
    while document.undo_stack.canUndo():
        document.undo_stack.undo()
    assert shown(table, 1) == ["00:00:00:16", "", "hit", "hammer wood", "", "0.25", "auto", "", ""]


def test_what_cannot_be_is_refused(table: SpotTable, document: Document, qtbot: QtBot) -> None:
    for row, column, text, why in (
        (0, FORCE, "loud", "not a number"),
        (0, FORCE, "7", "out of range"),
        (0, IN, "soon", "not understood"),
        (0, IN, "00:00:01:20", "outside"),
        (0, FILE, "/no/such.wav", "not there"),
        (2, OUT, "00:00:01:05", "must end after"),
    ):
        with qtbot.waitSignal(table.refused) as told:
            assert not typed(table, row, column, text)
        assert why in told.args[0]
    assert document.undo_stack.count() == 0


def test_the_end_of_what_goes_on_is_typed(table: SpotTable, document: Document) -> None:
    assert typed(table, 2, OUT, "00:00:01:20")
    assert document.place_of_spot(RAIN) is not None
    place = document.place_of_spot(RAIN)
    assert place is not None and (place.start, place.end) == (Fraction(30, 25), Fraction(45, 25))


def test_rows_and_chosen_spots_follow_each_other(table: SpotTable, document: Document) -> None:
    document.choose_spots([FIRST, RAIN])
    assert sorted(index.row() for index in table.view.selectionModel().selectedRows()) == [1, 2]
    table.view.selectRow(0)
    assert document.chosen_spots == (SECOND,)
    assert (document.selected, document.playhead) == (("V1-001",), Fraction(4, 25))
    typed(table, 0, IN, "00:00:00:20")  # it is the second row now, and still chosen
    assert [index.row() for index in table.view.selectionModel().selectedRows()] == [1]
    document.select(["V1-002"])
    assert not table.view.selectionModel().hasSelection()


def test_kinds_are_chosen_and_words_are_typed(table: SpotTable, document: Document, qtbot: QtBot) -> None:
    table.view.edit(table.model.index(0, KIND))
    box = table.view.findChild(QComboBox)
    assert box is not None and [box.itemText(row) for row in range(box.count())] == ["hit", "sustained", "background"]
    box.setCurrentText("sustained")
    box.activated.emit(1)
    assert document.spot(SECOND).kind == "sustained"
    table.edit_words(RAIN)
    line = table.view.findChild(QLineEdit)
    assert line is not None
    qtbot.keyClicks(line, " heavy")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: document.spot(RAIN).words == "heavy")


def test_delete_on_a_row_asks_for_removal(table: SpotTable, qtbot: QtBot) -> None:
    table.view.selectRow(0)
    with qtbot.waitSignal(table.remove_wanted):
        qtbot.keyClick(table.view, Qt.Key.Key_Delete)


def test_lists_are_saved_and_opened(table: SpotTable, document: Document, queue: Queue, qtbot: QtBot) -> None:
    actions = SpotActions(document, queue, table)
    timeline = document.open_timeline()
    folder = timeline.path.parent
    (folder / "sounds").mkdir()
    sound = folder / "sounds" / "knock.wav"
    sound.write_bytes(b"")
    document.change_spots([SECOND], source="file", file=str(sound))
    before = document.lists
    for suffix in (".csv", ".json", ".edl", ".otio"):
        out = folder / f"list{suffix}"
        with qtbot.waitSignal(actions.status_message) as told:
            actions.save_list(out)
        assert told.args == [f"3 spots are in list{suffix}."]
        spots, _ = read_spots(out, timeline)
        assert [spot.words for spot in spots] == [
            "door slams",
            "hammer wood",
            "rain",
        ]  # those of the prompt are written
        assert spots[0].file == "sounds/knock.wav"
        document.set_lists(())
        with qtbot.waitSignal(actions.status_message):
            actions.open_list(out)
        assert [(spot.id, spot.time, spot.until, spot.file) for spot in document.all_spots] == [
            (spot.id, spot.time, spot.until, spot.file) for spots in before.values() for spot in spots
        ]
        document.undo_stack.undo()
        document.undo_stack.undo()
        assert document.lists == before
    with qtbot.waitSignal(actions.refused) as told:
        actions.open_list(folder / "none.csv")
    assert "none.csv" in told.args[1] and document.lists == before


def test_locked_spots_are_neither_rolled_nor_removed(table: SpotTable, document: Document, queue: Queue) -> None:
    actions = SpotActions(document, queue, table)
    queue.pause()
    document.choose_spots([FIRST, SECOND])
    actions.toggle_lock()
    assert all(document.spot(spot).locked for spot in (FIRST, SECOND))
    document.choose_spots([SECOND])
    actions.toggle_lock()
    document.choose_spots([FIRST, SECOND])
    actions.another()
    assert [document.spot(spot).roll for spot in (FIRST, SECOND)] == [0, 1]
    assert [(job.only, job.settings.task) for job in queue.jobs] == [((SECOND,), "foley")]
    actions.remove()
    assert [spot.id for spot in document.lists["V1-001"]] == [FIRST]
