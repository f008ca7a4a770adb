"""The panel as a program of its own that tells where things are: ``python driven_panel.py FOLDER``.

``FOLDER/seen.json`` is replaced several times a second: centres of controls on the screen in pixels, and what a person
could see. Whoever drives it has nothing but a mouse and a keyboard.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from PySide6.QtCore import QPoint, QSettings, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from talkies.ui.dialogs.write_back import WriteBackDialog
from talkies.ui.theme import apply_theme
from talkies.ui.window import Window

WORKER = [sys.executable, str(Path(__file__).with_name("tones_worker.py"))]


class Driven:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        store = QSettings(str(folder / "looks.ini"), QSettings.Format.IniFormat)
        self.window = Window(WORKER, store, folder / "demo")
        self.window.move(0, 0)
        self.window.resize(1280, 900)
        self.window.show()
        self.timer = QTimer(interval=200)
        self.timer.timeout.connect(self.tell)
        self.timer.start()

    def tell(self) -> None:
        part = self.folder / "seen.json.part"
        part.write_text(json.dumps({"places": self.places(), **self.seen()}))
        part.replace(self.folder / "seen.json")

    def places(self) -> dict[str, list[int]]:
        window, space = self.window, self.window.workspace
        widgets: dict[str, QWidget] = {"demo": window.welcome.demo}
        for take_id, card in space.takes.cards.items():
            widgets |= {f"{take_id} {name}": button for name, button in card.buttons.items()}
        dialog = window.findChild(WriteBackDialog)
        if dialog is not None:
            widgets |= {"write": dialog.write}
        found = {name: centre(each) for name, each in widgets.items() if each.isEnabled() and reachable(each)}
        view = space.timeline
        for index in range(len(view.rows) if view.isVisible() else 0):
            row = view.rows[index]
            for item in row.items if row.kind == "picture" else ():
                x = view.scale.x((item.record.start + item.record.end) / 2)
                place = view.viewport().mapToGlobal(QPoint(x, view.row_top(index) + row.height // 2))
                found[item.id] = [place.x(), place.y()]
        return found

    def seen(self) -> dict[str, Any]:
        document = self.window.document
        dialog = self.window.findChild(WriteBackDialog)
        return {
            "window": int(self.window.winId()),
            "selected": document.selected,
            "takes": [take.id for take in document.all_takes],
            "starred": [take.id for take in document.all_takes if take.starred],
            "idle": not any(job.is_open for job in self.window.queue.jobs),
            "dialog": int(dialog.winId()) if dialog is not None and dialog.isVisible() else 0,
            "message": dialog.message.text() if dialog is not None else "",
        }


def reachable(widget: QWidget) -> bool:
    """Whether its middle is seen, and not scrolled away."""
    return widget.visibleRegion().contains(widget.rect().center())


def centre(widget: QWidget) -> list[int]:
    place = widget.mapToGlobal(widget.rect().center())
    return [place.x(), place.y()]


if __name__ == "__main__":
    application = QApplication(sys.argv[:1])
    apply_theme(application, "dark")
    driven = Driven(Path(sys.argv[1]))
    raise SystemExit(application.exec())
