"""A right click offers what can be done with what lies there, and does it to that."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from engines import load_tones
from PySide6.QtCore import QPoint
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot
from windows import make_window, open_in

from talkies.core.generation.take_orders import TakeRequest, make_takes
from talkies.ui.context_menus import MENUS
from talkies.ui.window import Window


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, reel: Path, worker_command: list[str]) -> Iterator[Window]:
    """The reel with two takes of effects for its first shot."""
    window = make_window(qtbot, tmp_path, worker_command)
    window.resize(1280, 900)
    open_in(qtbot, window, reel)
    order = {**window.document.order(), "task": "foley", "takes": 2, "segments": ["V1-001"]}
    list(make_takes(TakeRequest.from_mapping(order), load_engine=load_tones))
    window.document.find_takes()
    qtbot.waitUntil(lambda: any(row.kind == "take" for row in window.workspace.timeline.rows), timeout=20_000)
    yield window
    window.close()


def right_click(widget: QWidget, point: QPoint, window: Window) -> list[str]:
    """What the menu offers, by the names of commands."""
    reason = QContextMenuEvent.Reason.Mouse
    QApplication.sendEvent(widget, QContextMenuEvent(reason, point, widget.mapToGlobal(point)))
    assert window.menu is not None
    names = {action: name for name, action in window.commands.items()}
    offered = [names[action] for action in window.menu.actions() if not action.isSeparator()]
    window.menu.close()
    return offered


def place_of(window: Window, kind: str, seconds: Fraction) -> QPoint:
    view = window.workspace.timeline
    index = next(index for index, row in enumerate(view.rows) if row.kind == kind)
    return QPoint(view.scale.x(seconds), view.row_top(index) + view.rows[index].height - 4)


def test_what_is_clicked_is_what_its_menu_is_about(window: Window) -> None:
    a_shot(window)
    a_take(window)
    a_line(window)
    nothing_and_the_ruler(window)
    a_card_and_a_row_of_the_transcript(window)


def a_shot(window: Window) -> None:
    offered = right_click(window.workspace.timeline.viewport(), place_of(window, "picture", Fraction(3, 2)), window)
    assert window.document.selected == ("V1-002",)
    assert {"play_shot", "play_around", "generate", "again", "write_prompt", "write"} <= set(offered)
    assert "star" not in offered and "next_take" not in offered  # it has no takes


def a_take(window: Window) -> None:
    offered = right_click(window.workspace.timeline.viewport(), place_of(window, "other take", Fraction(1, 2)), window)
    older = window.document.takes("V1-001")[0]
    assert window.workspace.takes.current_take() == older.id
    assert {"play_take", "star", "compare", "solo", "mute", "redo_take", "reveal_take", "remove_take"} <= set(offered)
    window.commands["star"].trigger()
    assert window.document.take(older.id).starred


def a_line(window: Window) -> None:
    offered = right_click(window.workspace.timeline.viewport(), place_of(window, "words", Fraction(34, 25)), window)
    assert {"edit_words", "restore_words", "generate_words", "play_shot"} <= set(offered)
    assert window.workspace.transcript.chosen_rows() == [2]
    window.document.edit_cue(2, text="Good night.")
    window.commands["restore_words"].trigger()
    assert window.document.cues[2].text == "Good morning."


def nothing_and_the_ruler(window: Window) -> None:
    view = window.workspace.timeline
    offered = right_click(view.viewport(), QPoint(view.viewport().width() - 3, 60), window)
    assert {"select_all", "select_silent", "marker", "zoom_fit"} <= set(offered)
    offered = right_click(view.ruler, QPoint(view.scale.x(Fraction(1)), 5), window)
    assert {"mark_in", "mark_out", "marker", "play_around"} <= set(offered)
    assert window.document.playhead == 1


def a_card_and_a_row_of_the_transcript(window: Window) -> None:
    window.document.select(["V1-001"])
    _, newer = window.document.takes("V1-001")
    card = window.workspace.takes.cards[newer.id]
    assert "star" in right_click(card, QPoint(5, 5), window)
    assert window.workspace.takes.current_take() == newer.id
    table = window.workspace.transcript.view
    offered = right_click(table.viewport(), table.visualRect(table.model().index(0, 4)).center(), window)
    assert "edit_words" in offered
    named = {name for menu in MENUS.values() for name in menu if isinstance(name, str)}
    assert named <= set(window.commands)
