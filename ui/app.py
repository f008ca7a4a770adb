"""Starts the panel: one window, one event loop."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from PySide6.QtCore import QSettings, QStandardPaths, QTimer
from PySide6.QtWidgets import QApplication

from talkies.ui.garbage import GarbageTimer
from talkies.ui.theme import apply_theme
from talkies.ui.window import Window


def run_panel(path: Path | None, worker_command: list[str]) -> int:
    """Opens the panel, with a timeline if one is given, and returns when it is closed. 0, or Qt's own code."""
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setApplicationName("talkies")
    application.setOrganizationName("talkies")
    store = QSettings("talkies", "panel")
    apply_theme(application, str(store.value("theme", "dark")))
    window = Window(worker_command, store, demo_folder())
    GarbageTimer(window)
    window.show()
    if path is not None:
        window.open_path(path)
    _leave_on_signals(window)
    return int(application.exec())


def demo_folder() -> Path:
    """Among the user's documents: the demo is there to be opened in an editor, too."""
    documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
    return Path(documents or Path.home()) / "talkies-demo"


def _leave_on_signals(window: Window) -> None:
    """Ctrl+C in the terminal and a shutdown close the window: Python hears it between two of Qt's events."""
    if os.name != "nt":
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: window.leave())
        timer = QTimer(window, interval=300)
        timer.timeout.connect(lambda: None)
        timer.start()
