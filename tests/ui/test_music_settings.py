"""Settings of the music: fields in the window, undone, saved, and heard by the worker."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox
from pytestqt.qtbot import QtBot
from windows import make_window

from talkies.core.generation.music_settings import MusicSettings
from talkies.core.generation.take_orders import TakeRequest
from talkies.ui.window import Window
from talkies.ui.work.document import Document
from talkies.ui.work.orders import request_of

SHOT = "V1-001"


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, worker_command: list[str], reel: Path) -> Iterator[Window]:
    """With the two-shot timeline, and a queue that only keeps what it is given."""
    window = make_window(qtbot, tmp_path, worker_command)
    window.document.open(reel)
    window.queue.pause()
    yield window
    window.leave()


def choose(qtbot: QtBot, field: QComboBox, letter: str) -> None:
    """By the first letter of its name."""
    field.setFocus()
    qtbot.keyClicks(field, letter)


def type_in(qtbot: QtBot, field: object, text: str) -> None:
    field.selectAll()  # type: ignore[attr-defined]
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def ordered(window: Window) -> TakeRequest:
    """What the worker makes of what is asked for by the key for music."""
    window.document.select([SHOT])
    window.commands["score"].trigger()
    job = window.queue.jobs[-1]
    method, order = request_of(window.document, job)
    assert method == "make"
    return TakeRequest.from_mapping({key: value for key, value in order.items() if key != "made"})


def test_music_is_made_as_the_fields_say(window: Window, qtbot: QtBot) -> None:
    document, fields = window.document, window.workspace.settings.music.fields
    assert ordered(window).request.music == MusicSettings()
    type_in(qtbot, fields["tempo"], "96")
    choose(qtbot, fields["ensemble"], "S")
    choose(qtbot, fields["hits"], "N")
    type_in(qtbot, fields["stretch"], "5 %")
    type_in(qtbot, fields["duck"], "9,5")
    asked = MusicSettings(tempo=96.0, ensemble="salon", hits="none", stretch=0.05, duck=9.5)
    assert document.music == asked and ordered(window).request.music == asked
    assert document.undo_stack.count() == 5
    for _ in range(5):
        window.commands["undo"].trigger()
    assert document.music == MusicSettings()
    shown = {name: fields[name].text() for name in ("tempo", "stretch", "duck")}
    assert shown == {"tempo": "Automatic", "stretch": "8.0 %", "duck": "12.0 dB"}
    assert [fields[name].currentText() for name in ("ensemble", "hits")] == ["As the prompt says", "Cuts"]


def test_effects_and_words_know_nothing_of_them(window: Window) -> None:
    document = window.document
    document.change_whole("music", ensemble="organ")
    document.select([SHOT])
    window.commands["generate"].trigger()
    order = request_of(document, window.queue.jobs[-1])[1]
    assert "music" not in order


def test_spots_as_hits_go_along_and_are_missed_where_there_are_none(window: Window, qtbot: QtBot) -> None:
    document, music = window.document, window.workspace.settings.music
    choose(qtbot, music.fields["hits"], "S")
    assert document.music.hits == "spots" and "no shot has" in music.warning.text().casefold()
    document.add_spot(Fraction(1, 5), words="door")
    assert not music.warning.text()
    request = ordered(window).request
    assert request.spots is not None and "door" in request.spots.read_text()


def test_they_are_saved_and_found_again(window: Window, reel: Path) -> None:
    asked = MusicSettings(72.0, "organ", "markers", 0.1, 0.0)
    document = window.document
    document.change_whole("music", tempo=72.0, ensemble="organ", hits="markers", stretch=0.1, duck=0.0)
    document.close()
    assert document.music == MusicSettings()
    document.open(reel)
    assert document.music == asked


@pytest.mark.parametrize(
    "damaged", [{"tempo": 4000.0}, {"ensemble": "kazoo"}, {"hits": "x"}, {"stretch": -1.0}, {"duck": float("nan")}]
)
def test_saved_ones_that_cannot_be_are_brought_back(document: Document, reel: Path, damaged: dict[str, Any]) -> None:
    document.change_whole("music", **{"tempo": 72.0, "start": "01:00:00:00", **damaged})
    document.close()
    document.open(reel)
    assert document.music == MusicSettings()
