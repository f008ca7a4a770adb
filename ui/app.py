"""Application of the panel: one window, one event loop."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QSettings, QStandardPaths, QTimer
from PySide6.QtWidgets import QApplication

from talkies.core.hosts.host import Host
from talkies.ui.gc_timer import GcTimer
from talkies.ui.theme import apply_theme, first_theme
from talkies.ui.window import Window


def run_panel(
    path: Path | None,
    worker_command: list[str],
    host: Host | None = None,
    when_gone: Callable[[Callable[[], object]], object] | None = None,
) -> int:
    """Opens the panel, with a timeline if one is given, and returns when it is closed. 0, or Qt's own code.

    ``host``: the editor from which it is opened, and whose timeline it shows unless a path is given; ``when_gone``
    takes what is to be called, in any thread, when that editor is closed."""
    application = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(application, QApplication)
    application.setApplicationName("talkies")
    application.setOrganizationName("talkies")
    store = QSettings("talkies", "panel")
    apply_theme(application, str(store.value("theme", first_theme())))
    window = Window(worker_command, store, demo_folder(), host)
    GcTimer(window)
    window.show()
    if window.editor is not None and when_gone is not None:
        when_gone(window.editor.gone.emit)
    if path is not None:
        window.open_path(path)
    else:
        window.opener.read_editor()
    leave_on_signals(window)
    return int(application.exec())


def demo_folder() -> Path:
    """Among the user's documents: the demo is there to be opened in an editor, too."""
    return _documents() / "talkies-demo"


def editors_folder() -> Path:
    """Where editors put the timelines that the panel works on, and where the takes made for them stay."""
    return _documents() / "talkies"


def _documents() -> Path:
    return Path(QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation) or Path.home())


def leave_on_signals(window: Window) -> None:
    """Ctrl+C in the terminal and a shutdown close the window. Python handles them between any two of its steps, in the
    middle of a change too, which is finished first: the window closes when Qt comes to its next event."""
    if os.name != "nt":
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: QTimer.singleShot(0, window, window.leave))
        timer = QTimer(window, interval=300)  # Python notices a signal when Qt calls it
        timer.timeout.connect(lambda: None)
        timer.start()
