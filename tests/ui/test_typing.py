"""Whoever types where no field has the focus loses nothing; and in a field no letter is a command."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from engines import load_tones
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from windows import make_window, open_in

from talkies.core.generation.take_orders import TakeRequest, make_takes
from talkies.ui.window import Window
from talkies.ui.work.state import WorkState

PROSE = "more rain, footsteps on gravel. A QUICK BROWN FOX JUMPS; over the lazy dog's back-yard = 1+2 / 3"


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, reel: Path, worker_command: list[str]) -> Iterator[Window]:
    window = make_window(qtbot, tmp_path, worker_command)
    window.resize(1280, 900)
    open_in(qtbot, window, reel)
    order = {**window.document.order(), "task": "foley", "takes": 1}
    list(make_takes(TakeRequest.from_mapping(order), load_engine=load_tones))
    window.document.find_takes()
    window.document.select(["V1-001"])
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow, timeout=20_000)
    yield window
    window.workspace.player.transport.stop()
    window.close()


def work_of(window: Window) -> WorkState:
    """Without where one looks and listens."""
    state = window.document.state
    return replace(state, playhead=WorkState().playhead, selected=(), in_point=None, out_point=None)


def test_prose_without_a_field_changes_no_work(window: Window, qtbot: QtBot) -> None:
    space, before, takes = window.workspace, work_of(window), len(window.document.all_takes)
    card = space.takes.cards[window.document.takes("V1-001")[0].id]
    focused: list[QWidget] = [
        space.timeline, space.viewer.play, card, space.settings, space.transcript.view, space.queue_panel.list,
    ]  # fmt: skip
    for widget in focused:
        widget.setFocus()
        qtbot.keyClicks(widget, PROSE)
        qtbot.keyClick(widget, Qt.Key.Key_Backspace)
        qtbot.keyClick(widget, Qt.Key.Key_Return)
        assert work_of(window) == before, widget
        assert len(window.document.all_takes) == takes
        assert window.queue.jobs == ()
        document_selects_again(window)
    in_and_out_that_are_typed_over_come_back(window, qtbot)


def document_selects_again(window: Window) -> None:
    """X and clicks of keys may have chosen other shots."""
    window.document.select(["V1-001"])


def in_and_out_that_are_typed_over_come_back(window: Window, qtbot: QtBot) -> None:
    document = window.document
    rate = window.document.open_timeline().rate
    document.set_in_out(5 / rate, 20 / rate)
    document.set_playhead(10 / rate)
    qtbot.keyClick(window.workspace.timeline, Qt.Key.Key_I)
    assert document.in_out[0] == 10 / rate
    window.commands["undo"].trigger()
    assert document.in_out == (5 / rate, 20 / rate)


def test_delete_removes_only_the_take_that_has_the_focus(window: Window, qtbot: QtBot) -> None:
    document, space = window.document, window.workspace
    (take,) = document.takes("V1-001")
    for widget in (space.timeline, space.transcript.view, space.settings):
        widget.setFocus()
        qtbot.keyClick(widget, Qt.Key.Key_Delete)
        assert document.takes("V1-001")
    card = space.takes.cards[take.id]
    card.setFocus()
    qtbot.keyClick(card, Qt.Key.Key_Delete)
    assert not document.takes("V1-001")
    document.undo_stack.undo()
    assert document.takes("V1-001")


def test_the_prompt_is_a_key_and_a_click_on_its_name_away(window: Window, qtbot: QtBot) -> None:
    field = window.workspace.settings.fields["prompt"]
    window.commands["write_prompt"].trigger()
    assert field.hasFocus()
    qtbot.keyClicks(field, "jolly rain, more klicks")
    assert window.document.settings()["prompt"] == "jolly rain, more klicks"
    window.workspace.timeline.setFocus()
    caption = next(each for each in window.workspace.settings.captions if each.text() == "Prompt")
    qtbot.mouseClick(caption, Qt.MouseButton.LeftButton)
    assert field.hasFocus()
    single_keys_change_no_work_by_the_table_itself(window)


def single_keys_change_no_work_by_the_table_itself(window: Window) -> None:
    """Commands with a key that is typed in words are those for looking and listening."""
    typed = {
        name
        for name, action in window.commands.items()
        for key in action.shortcuts()
        if len(key.toString().removeprefix("Shift+")) == 1
    }
    assert typed == {
        "backwards", "stop", "onwards", "play_around", "show_frame", "mark_in", "mark_out", "compare", "solo",
        "select_here", "zoom_in", "zoom_out", "zoom_fit", "snapping",
    }  # fmt: skip
