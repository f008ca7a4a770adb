"""Everything can be reached on a small screen, at any scale; a window comes back where there is a screen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect, QSettings, QSize
from PySide6.QtWidgets import QApplication, QToolBar, QWidget
from pytestqt.qtbot import QtBot
from windows import make_window, open_in

from talkies.ui.screen_fit import fitted, inside
from talkies.ui.window import Window

SMALL = QRect(0, 0, 1280, 720)
SMALL_AT_200 = QRect(0, 27, 960, 513)  # 1920 x 1080 at 200 %, with a bar at its top


@pytest.mark.parametrize("screen", [SMALL, SMALL_AT_200, QRect(1920, 200, 2560, 1440), QRect(-1024, 0, 1024, 768)])
def test_a_first_window_lies_on_its_screen(screen: QRect) -> None:
    window = fitted(QSize(1600, 1000), screen)
    assert screen.contains(window)
    assert window.size() == QSize(1600, 1000).boundedTo(screen.size() - QSize(8, 40))


@pytest.mark.parametrize(
    "left_at", [QRect(100, 100, 1600, 1000), QRect(2500, 900, 1000, 700), QRect(-3000, -900, 800, 600)]
)
def test_a_window_from_another_screen_is_brought_back(left_at: QRect) -> None:
    assert SMALL.contains(inside(left_at, SMALL))
    assert inside(QRect(40, 50, 900, 600), SMALL) == QRect(40, 50, 900, 600)


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, reel: Path, worker_command: list[str]) -> Iterator[Window]:
    window = make_window(qtbot, tmp_path, worker_command)
    open_in(qtbot, window, reel)
    yield window
    window.close()


def test_every_part_is_reached_on_a_small_screen(window: Window, qtbot: QtBot) -> None:
    for size in (QSize(1272, 680), QSize(952, 473)):
        reach_every_part(window, qtbot, size)


def reach_every_part(window: Window, qtbot: QtBot, size: QSize) -> None:
    window.resize(size)
    space = window.workspace
    if space.height() < 560:
        space.lay_over()
    qtbot.wait(50)  # the layout follows
    assert window.size() == size
    generate = window.findChild(QToolBar, "tools").widgetForAction(window.commands["generate"])  # type: ignore[union-attr]
    assert generate.isVisible() and window.rect().contains(
        QRect(generate.mapTo(window, generate.rect().topLeft()), generate.size())
    )
    for dock in space.docks.values():
        dock.raise_()
        qtbot.wait(10)
        assert dock.widget().visibleRegion().boundingRect().height() > 40
        assert window.rect().contains(place_in(window, dock))


def place_in(window: Window, widget: QWidget) -> QRect:
    return QRect(widget.mapTo(window, QPoint()), widget.size())


def test_it_opens_no_larger_than_the_screen_and_remembers_its_place(
    window: Window, qtbot: QtBot, tmp_path: Path, worker_command: list[str]
) -> None:
    screen = QApplication.primaryScreen().availableGeometry()
    assert screen.contains(window.geometry())
    window.setGeometry(20, 60, 760, 540)
    placed = window.geometry()
    window.close()
    again = make_window(qtbot, tmp_path, worker_command)
    assert again.geometry().size() == placed.size()
    again.close()
    store = QSettings(str(tmp_path / "looks.ini"), QSettings.Format.IniFormat)
    assert store.value("geometry") is not None


def test_takes_and_timeline_get_their_room_back(window: Window, qtbot: QtBot) -> None:
    """After a small window, a large one is laid out as it was."""
    docks = window.workspace.docks
    window.resize(1600, 1000)
    qtbot.waitUntil(lambda: window.workspace.is_arranged, timeout=20_000)
    window.workspace.share_room()
    qtbot.wait(50)  # the layout follows
    before = heights(window)
    assert min(before.values()) > 200
    window.resize(1280, 560)
    qtbot.waitUntil(lambda: docks["takes"].height() < 170, timeout=20_000)
    qtbot.wait(50)
    window.resize(1600, 1000)
    qtbot.waitUntil(lambda: heights(window) == before, timeout=20_000)


def heights(window: Window) -> dict[str, int]:
    return {name: window.workspace.docks[name].height() for name in ("takes", "timeline")}


def test_on_a_smaller_screen_the_room_is_shared_anew(
    window: Window, qtbot: QtBot, tmp_path: Path, reel: Path, worker_command: list[str]
) -> None:
    window.resize(1600, 1000)
    window.workspace.share_room()
    qtbot.wait(50)
    window.close()
    again = make_window(qtbot, tmp_path, worker_command)
    open_in(qtbot, again, reel)
    assert again.height() < 1000  # the screen of the tests is lower
    qtbot.waitUntil(lambda: again.workspace.docks["takes"].height() >= 200, timeout=20_000)
    assert again.workspace.docks["timeline"].height() >= 200
    again.close()
