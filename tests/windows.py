"""Windows for tests, with their looks kept in a folder of the test's own."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QTreeWidgetItem
from pytestqt.qtbot import QtBot

from talkies.core.hosts.host import Host
from talkies.ui.dialogs.write_back import WriteBackDialog
from talkies.ui.window import Window

PATIENCE_MS = 600_000


def make_window(qtbot: QtBot, folder: Path, worker_command: list[str], host: Host | None = None) -> Window:
    """A window that is shown; the demo lies in ``folder/demo``. ``host``: the editor that it was opened from."""
    store = QSettings(str(folder / "looks.ini"), QSettings.Format.IniFormat)
    window = Window(worker_command, store, folder / "demo", host)
    qtbot.addWidget(window, before_close_func=lambda window: window.queue.close())  # no question at the end of a test
    window.show()
    return window


def open_in(qtbot: QtBot, window: Window, path: Path) -> None:
    """Opens a timeline and waits until it is there."""
    with qtbot.waitSignal(window.document.timeline_changed, timeout=PATIENCE_MS):
        window.open_path(path)


def rows_in(item: QTreeWidgetItem) -> list[QTreeWidgetItem]:
    """What hangs under an item of a tree."""
    found = [item.child(index) for index in range(item.childCount())]
    return [row for row in found if row is not None]


def first_row(dialog: WriteBackDialog) -> QTreeWidgetItem:
    """The first track that is shown before it is written."""
    return rows_in(dialog.list.invisibleRootItem())[0]


def wait_for_queue(qtbot: QtBot, window: Window) -> None:
    """Until everything that was asked for is made."""
    queue = window.queue
    qtbot.waitUntil(lambda: bool(queue.jobs) and not any(job.is_open for job in queue.jobs), timeout=PATIENCE_MS)
