"""The window: files come and go, bad ones are refused in the command line's words, every command has its key."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, QSettings, Qt, QThread, QThreadPool, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QSpinBox, QTableView
from pytestqt.qtbot import QtBot
from windows import PATIENCE_MS, first_row, make_window, open_in, wait_for_queue

from talkies.plugin.cli import main
from talkies.ui.dialogs.keyboard import KeyboardHelp
from talkies.ui.dialogs.write_back import WriteBackDialog
from talkies.ui.theme import THEMES, ThemeName, colours, theme_name
from talkies.ui.window import Window


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, worker_command: list[str]) -> Iterator[Window]:
    window = make_window(qtbot, tmp_path, worker_command)
    yield window
    window.close()


def test_nothing_heavy_is_loaded_to_open_the_window() -> None:
    heavy = ("torch", "torchaudio", "scipy", "cv2", "av", "matplotlib", "PySide6.QtMultimedia")
    code = f"import sys, talkies.ui.app; print(*[name for name in {heavy!r} if name in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert (result.returncode, result.stdout.split()) == (0, []), result.stderr


def test_it_starts_with_the_first_page(window: Window) -> None:
    assert window.pages.currentWidget() is window.welcome
    enabled = {name for name, action in window.commands.items() if action.isEnabled()}
    assert enabled == {"open", "demo", "quit", "light", "contrast", "keyboard", "about"}


def test_a_timeline_is_opened_closed_and_remembered(window: Window, qtbot: QtBot, reel: Path) -> None:
    open_in(qtbot, window, reel)
    assert window.pages.currentWidget() is window.workspace
    assert window.windowTitle() == "reel.otio — talkies"
    assert "2 shots, 3 subtitles, 0 takes" in window.statusBar().currentMessage()
    window.commands["close"].trigger()
    assert window.pages.currentWidget() is window.welcome
    assert window.recent.paths() == [str(reel)]


def test_what_is_still_being_read_when_the_window_closes_starts_nothing(
    window: Window, qtbot: QtBot, reel: Path
) -> None:
    window.opener.open(reel)
    window.leave()
    QThreadPool.globalInstance().waitForDone()
    qtbot.wait(50)  # what was read arrives
    assert window.document.timeline is None
    assert window.findChildren(QThread) == []  # a running one would end the program by abort()


def test_a_file_is_dropped_on_the_window(window: Window, qtbot: QtBot, reel: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(reel.with_name("film.mp4")))])
    none, left = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton
    with qtbot.waitSignal(window.document.timeline_changed, timeout=PATIENCE_MS):
        window.dropEvent(QDropEvent(QPointF(9, 9), Qt.DropAction.CopyAction, data, left, none))
    assert window.document.segments[0].clip == "film"


BAD = {
    "nothing.otio": None,
    "empty.otio": b"",
    "broken.otio": b'{"OTIO_SCHEMA": "Timeline.1", "tracks": ',
    "strange.xyz": b"hello",
    "broken.mp4": b"\0" * 500,
    "broken.xml": b"<xmeml><sequence></xmeml>",
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_is_refused_in_the_same_words_and_the_work_stays(
    window: Window, qtbot: QtBot, reel: Path, tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    open_in(qtbot, window, reel)
    window.document.change_settings(["V1-001"], prompt="rain")
    before = window.document.state
    content = BAD[name]
    if content is not None:
        (tmp_path / name).write_bytes(content)
    window.open_path(tmp_path / name)
    qtbot.waitUntil(lambda: window.messages.dialog is not None, timeout=PATIENCE_MS)
    dialog = window.messages.dialog
    assert dialog is not None and dialog.isVisible()
    assert main(["inspect", str(tmp_path / name)]) == 2
    sentence = capsys.readouterr().err.removeprefix("talkies: ").strip()
    assert dialog.informativeText().split("\n\n") == [sentence, "Your work is unchanged."]
    assert window.document.state == before
    assert window.document.timeline is not None and window.document.timeline.path == reel
    dialog.close()


def test_a_sound_that_cannot_be_made_is_told(window: Window, qtbot: QtBot, reel: Path) -> None:
    open_in(qtbot, window, reel)
    reel.with_name("film.mp4").unlink()
    window.document.change_settings(["V1-001"], task="foley")
    window.document.select(["V1-001"])
    window.commands["generate"].trigger()
    qtbot.waitUntil(lambda: window.messages.dialog is not None, timeout=PATIENCE_MS)
    assert window.messages.dialog is not None
    assert "film.mp4" in window.messages.dialog.informativeText()
    assert [job.state for job in window.queue.jobs] == ["failed"]


def test_a_take_is_redone_alone_with_a_new_seed(window: Window, qtbot: QtBot, reel: Path) -> None:
    open_in(qtbot, window, reel)
    window.document.select(["V1-001"])
    window.commands["generate"].trigger()
    wait_for_queue(qtbot, window)
    assert [take.stem for take in window.document.takes("V1-001")] == ["DX", "FX"]
    effects = window.document.takes("V1-001")[1]
    window.workspace.takes.cards[effects.id].buttons["again"].click()
    wait_for_queue(qtbot, window)
    assert [(take.stem, take.seed) for take in window.document.takes("V1-001")] == [("DX", 0), ("FX", 0), ("FX", 1)]


def test_keys_play_select_and_undo(window: Window, qtbot: QtBot, reel: Path) -> None:
    open_in(qtbot, window, reel)
    window.activateWindow()
    timeline, transport = window.workspace.timeline, window.workspace.player.transport
    timeline.setFocus()
    qtbot.keyClick(timeline, Qt.Key.Key_Space)
    assert transport.playing
    qtbot.keyClick(timeline, Qt.Key.Key_K)
    qtbot.keyClick(timeline, Qt.Key.Key_L)
    qtbot.keyClick(timeline, Qt.Key.Key_L)
    assert transport.speed == 2
    qtbot.keyClick(timeline, Qt.Key.Key_Space)
    assert not transport.playing
    qtbot.keyClick(timeline, Qt.Key.Key_A, Qt.KeyboardModifier.ControlModifier)
    assert window.document.selected == ("V1-001", "V1-002")
    window.document.change_settings(["V1-001"], prompt="rain")
    qtbot.keyClick(timeline, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert window.document.settings()["prompt"] == ""


def test_letters_typed_into_a_field_are_no_commands(window: Window, qtbot: QtBot, reel: Path) -> None:
    open_in(qtbot, window, reel)
    window.document.select(["V1-001"])
    field = window.workspace.settings.fields["prompt"]
    field.setFocus()
    qtbot.keyClicks(field, "jolly klicks")
    assert window.document.settings()["prompt"] == "jolly klicks"
    assert not window.workspace.player.transport.playing


def test_every_key_means_one_thing_and_is_listed(window: Window, qtbot: QtBot) -> None:
    keys = [key.toString() for action in window.commands.values() for key in action.shortcuts()]
    assert len(keys) == len(set(keys))
    window.commands["keyboard"].trigger()
    help_ = window.findChild(KeyboardHelp)
    assert help_ is not None
    shown = {label.text() for label in help_.findChildren(QLabel)}
    assert {"Ctrl+G", "Space", "J", "K", "L", "Ctrl+Z", "Ctrl+Shift+Z"} <= shown
    help_.close()


def test_every_control_has_a_name_for_the_screen_reader(window: Window, qtbot: QtBot, reel: Path) -> None:
    open_in(qtbot, window, reel)
    controls = [
        control
        for kind in (QAbstractButton, QLineEdit, QComboBox, QSpinBox, QTableView)
        for control in window.workspace.findChildren(kind)
        if control.isVisible() and not control.objectName().startswith("qt_")
    ]
    nameless = [control for control in controls if not control.accessibleName() and not getattr(control, "text", str)()]
    assert len(controls) > 20
    assert not nameless


def test_the_theme_is_kept(window: Window, qtbot: QtBot, tmp_path: Path, worker_command: list[str]) -> None:
    window.commands["light"].trigger()
    assert theme_name() == "light"
    kept = QSettings(str(tmp_path / "looks.ini"), QSettings.Format.IniFormat)
    assert kept.value("theme") == "light"
    window.commands["light"].trigger()
    assert theme_name() == "dark"
    window.commands["light"].trigger()
    window.commands["contrast"].trigger()
    assert theme_name() == "contrast"
    assert [window.commands[name].isChecked() for name in ("light", "contrast")] == [False, True]
    window.commands["contrast"].trigger()
    assert theme_name() == "dark"


def test_the_first_page_is_drawn_anew_in_another_theme(window: Window) -> None:
    """Each icon in the ink of the theme that is on."""
    for command in ("light", "light"):
        window.commands[command].trigger()
        image = window.welcome.demo.icon().pixmap(32, 32).toImage()
        inks = {
            image.pixelColor(x, y).name() for x in range(32) for y in range(32) if image.pixelColor(x, y).alpha() == 255
        }
        assert inks == {colours().text}


@pytest.mark.parametrize("name, least", [("dark", 4.5), ("light", 4.5), ("contrast", 7.0)])
def test_words_stand_out_from_what_is_behind_them(name: ThemeName, least: float) -> None:
    """By the formula of WCAG 2.2: 4.5 is its level AA, 7 its level AAA."""
    theme = THEMES[name]
    grounds = theme.well, theme.window, theme.raised
    inks = "text", "faint", "accent", "dialogue", "effects", "good", "warning", "error"
    pairs = [(getattr(theme, ink), ground) for ink in inks for ground in grounds]
    pairs += [(theme.on_accent, theme.accent), (theme.text, theme.selection)]
    assert {pair: contrast(*pair) for pair in pairs if contrast(*pair) < least} == {}


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_write_back_shows_what_it_does_and_says_what_it_cannot(window: Window, qtbot: QtBot, reel: Path) -> None:
    open_in(qtbot, window, reel)
    window.document.change_settings(["V1-001", "V1-002"], task="foley")
    window.document.select(["V1-001", "V1-002"])
    window.commands["generate"].trigger()
    wait_for_queue(qtbot, window)
    window.commands["write"].trigger()
    dialog = window.findChild(WriteBackDialog)
    assert dialog is not None
    assert first_row(dialog).text(0) == "FX talkies: new track, 2 takes"
    assert first_row(dialog).childCount() == 2
    dialog.form.only_selected.setChecked(True)
    window.document.select(["V1-001"])
    dialog.refresh()
    assert first_row(dialog).childCount() == 1
    dialog.form.path.setText(str(reel))
    dialog.write.click()
    qtbot.waitUntil(lambda: "is the input timeline" in dialog.message.text(), timeout=PATIENCE_MS)
    dialog.form.format.setCurrentIndex(dialog.form.format.findData(".otioz"))
    dialog.form.format.activated.emit(dialog.form.format.currentIndex())
    assert dialog.form.out == reel.with_suffix(".otioz")
    dialog.write.click()
    qtbot.waitUntil(lambda: "Written" in dialog.message.text(), timeout=PATIENCE_MS)
    assert reel.with_suffix(".otioz").is_file()
    dialog.close()
