"""Takes the pictures of the panel: ``python docs/make_screenshots.py [FOLDER]``, offscreen, with the shipped model.

FOLDER holds the demo between runs, so that it is drawn and given its sound but once (default: build/screenshots); where
it has its sound already, the pictures from before that stay as they are. They lie in docs/images/panel_*.png.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np
import opentimelineio as otio
from PySide6.QtCore import QSettings
from PySide6.QtGui import QImage, QPainter
from PySide6.QtWidgets import QApplication, QDialog, QWidget

from talkies.ui.dialogs.write_back import WriteBackDialog
from talkies.ui.theme import apply_theme
from talkies.ui.window import Window

ROOT = Path(__file__).resolve().parents[1]
IMAGES = ROOT / "docs" / "images"
WORKER = [sys.executable, "-m", "talkies.plugin.cli", "worker"]
MANY = 10_000
SCREEN = {"name": "desk", "x": 0, "y": 0, "width": 1920, "height": 1080}  # pixels


class Photographer:
    """One window, brought into one state after the other."""

    def __init__(self, application: QApplication, folder: Path) -> None:
        self.application, self.folder = application, folder
        store = QSettings(str(folder / "looks.ini"), QSettings.Format.IniFormat)
        store.clear()
        self.window = Window(WORKER, store, folder / "demo")
        self.window.show()
        self.document = self.window.document

    def wait(self, done: Callable[[], bool], most_s: float = 900) -> None:
        """Lets the window live until something is so."""
        until = time.monotonic() + most_s
        while not done():
            if time.monotonic() > until:
                raise TimeoutError(f"nothing came of it in {most_s} s")
            self.application.processEvents()
            time.sleep(0.02)

    def settle(self, seconds: float = 12) -> None:
        """Time for thumbnails and waveforms to arrive."""
        until = time.monotonic() + seconds
        self.wait(lambda: time.monotonic() > until)

    def open(self, path: Path) -> None:
        self.window.open_path(path)
        self.wait(lambda: self.document.timeline is not None and self.document.timeline.path == path)
        self.settle()

    def keep(self, name: str, dialog: QWidget | None = None) -> None:
        """Saves the window as a picture, with a dialog in its middle."""
        self.window.statusBar().clearMessage()
        self.application.processEvents()
        image = self.window.grab().toImage()
        if dialog is not None:
            lay_over(image, dialog)
        image = in_fewer_shades(image.convertToFormat(QImage.Format.Format_RGB888))
        path = IMAGES / f"panel_{name}.png"
        image.save(str(path), "PNG", 0)  # type: ignore[call-overload]
        print(f"{path.relative_to(ROOT)}: {image.width()} x {image.height()}, {path.stat().st_size // 1000} kB")


def in_fewer_shades(image: QImage) -> QImage:
    """Six bits a channel: the eye sees no difference, the file is a quarter smaller."""
    pixels = np.frombuffer(image.constBits(), np.uint8)
    fewer = (pixels & 0xFC) | (pixels >> 6)
    size = image.width(), image.height(), image.bytesPerLine()
    return QImage(fewer.tobytes(), *size, QImage.Format.Format_RGB888).copy()


def lay_over(image: QImage, dialog: QWidget) -> None:
    """What lies behind a dialog steps back."""
    painter = QPainter(image)
    painter.fillRect(image.rect(), "#70000000")
    picture = dialog.grab()
    painter.drawPixmap((image.width() - picture.width()) // 2, (image.height() - picture.height()) // 2, picture)
    painter.end()


def many_clips(film: Path, path: Path) -> Path:
    """A timeline of MANY clips of the demo film, one second each or a little more, with subtitles over every third."""

    def span(first: int, count: int) -> otio.opentime.TimeRange:
        return otio.opentime.TimeRange(otio.opentime.RationalTime(first, 25), otio.opentime.RationalTime(count, 25))

    lengths = [25 + index * 7 % 40 for index in range(MANY)]
    clips, words = [], []
    for index, length in enumerate(lengths):
        reference = otio.schema.ExternalReference(str(film), span(0, 525))
        clips.append(otio.schema.Clip(f"shot {index + 1}", reference, span(index * 37 % 450, length)))
        if index % 3:
            words.append(otio.schema.Gap(source_range=span(0, length)))
        else:
            words.append(otio.schema.Clip(f"Line {index // 3 + 1} of the film.", source_range=span(0, length)))
    timeline = otio.schema.Timeline("many")
    timeline.tracks.append(otio.schema.Track("V1", kind="Video", children=clips))
    timeline.tracks.append(otio.schema.Track("Subtitles", kind="Subtitle", children=words))
    otio.adapters.write_to_file(timeline, str(path))
    return path


def close(dialog: QDialog | None) -> None:
    if dialog is not None:
        dialog.close()


def give_sound(camera: Photographer) -> None:
    """The demo before and while its takes are made."""
    window, document = camera.window, camera.document
    ids = [segment.id for segment in document.segments]
    document.set_playhead(Fraction(81, 10))
    document.select(ids[1:2])
    camera.settle()
    camera.keep("loaded")
    document.change_settings(ids, takes=2)
    document.change_settings(ids[1:2], prompt="footsteps, gravel")
    document.select(ids)
    window.workspace.generate()
    camera.wait(lambda: len(document.all_takes) >= 3 and any(0.1 < job.fraction < 0.9 for job in window.queue.jobs))
    camera.settle(1)
    camera.keep("generating")
    camera.wait(lambda: not any(job.is_open for job in window.queue.jobs))


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    os.chdir(folder)  # so that no picture shows where on this machine it was taken
    Path("screen.json").write_text(json.dumps({"screens": [SCREEN]}))
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen:configfile=screen.json")
    application = QApplication([])
    apply_theme(application, "dark")
    camera = Photographer(application, Path())
    window, document = camera.window, camera.document
    camera.settle(1)
    camera.keep("empty")

    window.open_demo()
    camera.wait(lambda: document.timeline is not None)
    if not document.all_takes:
        give_sound(camera)
    ids = [segment.id for segment in document.segments]
    document.set_playhead(Fraction(152, 10))
    document.select(ids[2:])
    document.star(document.takes(ids[2])[0].id)
    window.workspace.takes.swap()
    camera.wait(lambda: not window.workspace.player.transport.playing)
    document.set_playhead(Fraction(152, 10))
    camera.settle()
    camera.keep("takes")
    window.set_theme("light")
    camera.settle()
    camera.keep("light")
    window.set_theme("dark")
    window.write_back()
    camera.settle(1)
    dialog = window.findChild(WriteBackDialog)
    camera.keep("write_back", dialog)
    close(dialog)

    broken = Path("reel-3.otio")
    broken.write_text('{"OTIO_SCHEMA": "Timeline.1", "tracks": ')
    window.open_path(broken)
    camera.wait(lambda: window.messages.dialog is not None)
    camera.settle(1)
    camera.keep("error", window.messages.dialog)
    close(window.messages.dialog)

    camera.open(many_clips(Path("demo") / "film.mp4", Path("many.otio")))
    middle = document.segments[MANY // 2]
    document.set_playhead(middle.record.start)
    window.workspace.timeline.zoom(500)
    document.select([segment.id for segment in document.segments[MANY // 2 : MANY // 2 + 3]])
    camera.settle()
    camera.keep("many_clips")
    window.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "screenshots")
