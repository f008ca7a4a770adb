"""A film in one piece is cut into its shots in the panel, at the rate it was shot at, and these are opened."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from PySide6.QtWidgets import QDialogButtonBox
from pytestqt.qtbot import QtBot
from reels import shot, write
from windows import PATIENCE_MS, make_window, open_in

from talkies.core.timeline import read_timeline
from talkies.ui.dialogs.cut_film import CutFilmDialog
from talkies.ui.window import Window


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, worker_command: list[str]) -> Iterator[Window]:
    """With a film of two shots, whose file says 24 pictures a second."""
    film = write(tmp_path / "walk.mkv", [*shot(11, 40), *shot(13, 32)], 24)
    window = make_window(qtbot, tmp_path, worker_command)
    open_in(qtbot, window, film)
    yield window
    window.close()


def dialog_of(window: Window) -> CutFilmDialog:
    window.commands["cut_film"].trigger()
    (dialog,) = window.findChildren(CutFilmDialog)
    return dialog


def test_its_shots_are_opened_at_the_rate_that_was_chosen(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = dialog_of(window)
    dialog.rate.setCurrentIndex(dialog.rate.findText("18 pictures a second"))
    with qtbot.waitSignal(window.document.timeline_changed, timeout=PATIENCE_MS):
        dialog.cut.click()
    timeline = window.document.timeline
    assert timeline is not None and timeline.path == tmp_path / "walk.cut.otio"
    assert [each.record.start for each in timeline.segments] == [0, Fraction(40, 18)]
    assert not window.commands["cut_film"].isEnabled()  # it is cut
    assert read_timeline(tmp_path / "walk.cut.otio").rate == 18


def test_what_is_there_already_is_not_replaced_unasked(window: Window, tmp_path: Path) -> None:
    mine = tmp_path / "walk.cut.otio"
    mine.write_text("mine")
    dialog = dialog_of(window)
    dialog.cut.click()
    assert "is there already" in dialog.told.text() and dialog.cut.isEnabled()
    assert mine.read_text() == "mine"
    dialog.reject()


def test_what_cannot_be_written_is_said_and_can_be_mended(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = dialog_of(window)
    dialog.out.setText(str(tmp_path / "walk.mkv" / "cut.otio"))
    dialog.cut.click()
    qtbot.waitUntil(lambda: dialog.cut.isEnabled() and bool(dialog.told.text()), timeout=PATIENCE_MS)
    assert "cut.otio" in dialog.told.text() and dialog.isVisible()
    dialog.reject()


def test_it_can_be_stopped_and_then_nothing_is_written(
    window: Window, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dialog = dialog_of(window)
    looked: list[float] = []
    dialog._looked.connect(looked.append)  # noqa: SLF001 - as its own bar hears it
    dialog.cut.click()
    qtbot.waitUntil(lambda: bool(looked), timeout=PATIENCE_MS)
    cancel = dialog.buttons.button(QDialogButtonBox.StandardButton.Cancel)
    cancel.click()
    qtbot.wait(300)
    assert not (tmp_path / "walk.cut.otio").exists()
    assert window.document.timeline is not None and window.document.timeline.path.name == "walk.mkv"


def test_a_timeline_has_its_cuts(window: Window, qtbot: QtBot, reel: Path) -> None:
    assert window.commands["cut_film"].isEnabled()
    open_in(qtbot, window, reel)
    assert not window.commands["cut_film"].isEnabled()
