"""The panel's figures: how soon it is open, how long a frame takes while 10,000 clips scroll and zoom, memory.

    .venv/bin/python tests/benchmarks/panel.py [--clips N] [--width PIXELS]

Nothing is shown: Qt paints into memory ("offscreen"), the same painting without the copy to the screen. Beside each
frame's wall time stands the processor time of the window's thread, which other programs on the machine do not change.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from fractions import Fraction
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import av
import numpy as np
import opentimelineio as otio

if TYPE_CHECKING:
    from talkies.ui.timeline import TimelineView
    from talkies.ui.work.document import Document

CLIP_FRAMES, RATE = 50, 25
FRAMES = 120
START = """
import sys
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication
application = QApplication([])
QTimer.singleShot(0, application.quit)  # comes after the first paint
from talkies.ui.app import run_panel
run_panel(None, [sys.executable, "-c", ""])
print("with" if "torch" in sys.modules else "without", "torch")
"""


def write_media(folder: Path) -> None:
    """Ten seconds of moving picture with sound."""
    with av.open(str(folder / "film.mp4"), "w") as container:
        video = container.add_stream("mpeg4", rate=RATE)
        video.width, video.height, video.pix_fmt = 320, 180, "yuv420p"
        sound = container.add_stream("aac", rate=48_000, layout="mono")
        for number in range(10 * RATE):
            image = np.full((180, 320, 3), number % 200, np.uint8)
            image[60:120, number : number + 60] = (220, 180, 60)
            container.mux(video.encode(av.VideoFrame.from_ndarray(image, "rgb24")))
        times = np.arange(480_000) / 48_000
        samples = (np.sin(times * 900) * np.sin(times * 5) ** 2 * 0.6).astype(np.float32)
        for start in range(0, len(samples), 1024):
            part = np.ascontiguousarray(samples[None, start : start + 1024])
            frame = av.AudioFrame.from_ndarray(part, format="fltp", layout="mono")
            frame.sample_rate, frame.pts = 48_000, start
            container.mux(sound.encode(frame))
        container.mux(video.encode(None))
        container.mux(sound.encode(None))


def write_timeline(folder: Path, clips: int) -> Path:
    """Two tracks of picture, one of sound, and a subtitle over every second clip."""

    def span(start: int, count: int) -> otio.opentime.TimeRange:
        time_of = otio.opentime.RationalTime
        return otio.opentime.TimeRange(time_of(start, RATE), time_of(count, RATE))

    def clip(number: int) -> otio.schema.Clip:
        reference = otio.schema.ExternalReference("film.mp4", span(0, 250))
        return otio.schema.Clip(f"shot {number:05}", reference, span(number * 7 % 180, CLIP_FRAMES))

    timeline = otio.schema.Timeline("ten thousand")
    half = clips // 2
    for name, kind in (("V1", "Video"), ("V2", "Video"), ("A1", "Audio")):
        track = otio.schema.Track(name, kind=kind, children=[clip(number) for number in range(half)])
        timeline.tracks.append(track)
    words = otio.schema.Track("Subtitles", kind="Subtitle")
    for number in range(half // 2):
        words.append(otio.schema.Clip(f"ANNA: Line number {number}.", source_range=span(0, CLIP_FRAMES)))
        words.append(otio.schema.Gap(source_range=span(0, CLIP_FRAMES)))
    timeline.tracks.append(words)
    path = folder / "long.otio"
    otio.adapters.write_to_file(timeline, str(path))
    return path


def measure_start(folder: Path) -> None:
    """A process of its own from its first instruction until the panel has been painted and is closed again."""
    environment = {**os.environ, "XDG_CONFIG_HOME": str(folder)}
    for attempt in ("first", "second"):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        started = time.perf_counter()
        command = [sys.executable, "-c", START]
        said = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=True).stdout
        wall, after = time.perf_counter() - started, resource.getrusage(resource.RUSAGE_CHILDREN)
        processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        memory = after.ru_maxrss / 1024
        print(f"{attempt} start: {wall:.2f} s, {processor:.2f} s of processor, {memory:.0f} MB, {said.strip()}")


def frames(move: Callable[[int], None], count: int = FRAMES) -> list[tuple[float, float]]:
    """(wall, processor) milliseconds of each frame: one move, and all that Qt does until everything is painted."""
    from PySide6.QtWidgets import QApplication

    times = []
    for number in range(count):
        wall, processor = time.perf_counter(), time.thread_time()
        move(number)
        QApplication.processEvents()
        times.append(((time.perf_counter() - wall) * 1000, (time.thread_time() - processor) * 1000))
    return times


def report(name: str, times: list[tuple[float, float]]) -> None:
    wall, processor = np.array(times).T
    middle, high = np.percentile(wall, (50, 95))
    own_middle, own_high = np.percentile(processor, (50, 95))
    print(f"{name:34} {middle:8.1f} {high:8.1f}   {own_middle:10.1f} {own_high:8.1f}")


def measure_frames(path: Path, width: int) -> None:
    """Opens the timeline in a view of its own and moves about in it."""
    from PySide6.QtWidgets import QApplication

    from talkies.ui.theme import apply_theme
    from talkies.ui.timeline import TimelineView
    from talkies.ui.work.document import Document

    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    apply_theme(application, "dark")
    document = Document()
    started = time.perf_counter()
    document.open(path)
    opened = time.perf_counter()
    view = TimelineView(document)
    view.resize(width, 480)
    view.show()
    application.processEvents()
    print(f"timeline read in {opened - started:.2f} s, first painted {time.perf_counter() - opened:.2f} s later\n")
    whole = view.scale.pixels_per_second
    scroll = view.horizontalScrollBar()

    def scrolled(step: int, _: int) -> None:
        scroll.setValue(scroll.value() + step)

    print(f"{'ms a frame':34} {'wall':>8} {'95 %':>8}   {'processor':>10} {'95 %':>8}")
    for name, clip_width in (("clips of 4 pixels", 4), ("clips of 30 pixels", 30), ("clips of 200 pixels", 200)):
        view.zoom_to_fit()
        view.zoom(Fraction(clip_width * RATE, CLIP_FRAMES) / whole, 0)
        step = max(view.viewport().width() // 24, 1)
        report(f"scrolling, {name}", frames(partial(scrolled, step)))
    view.zoom_to_fit()
    report("zooming in and out", frames(lambda number: view.zoom(1.06 if number % 120 < 60 else 1 / 1.06, 700)))
    view.zoom_to_fit()
    view.select_all()
    report("all in view and selected", frames(lambda _: view.repaint_all(), 60))
    view.zoom(Fraction(60), 0)
    position = [Fraction(1)]

    def play(_number: int) -> None:
        position[0] += Fraction(1, RATE)
        document.set_playhead(position[0])

    report("playing", frames(play))
    measure_dragging(document, view)
    view.media.stop()
    document.close()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"\npeak memory {peak:.0f} MB")


def measure_dragging(document: Document, view: TimelineView) -> None:
    """A spot under the pointer, one of as many as there are shots."""
    from PySide6.QtCore import QEvent, QPointF, Qt
    from PySide6.QtGui import QMouseEvent
    from PySide6.QtWidgets import QApplication

    from talkies.core.spotting.spot import Spot

    shots, left = document.segments, Qt.MouseButton.LeftButton
    document.set_lists([Spot(f"{shot.id}.01", shot.id, shot.source.start, shot.source.start) for shot in shots])
    view.zoom_to_fit()
    view.settle()
    lane = next(index for index, row in enumerate(view.rows) if row.kind == "spots")
    y = view.row_top(lane) + view.rows[lane].height - 4
    x = view.scale.x(shots[len(shots) // 4].record.start)

    def send(kind: QEvent.Type, by: int) -> None:
        place = QPointF(x + by, y)
        plain = Qt.KeyboardModifier.NoModifier
        pointed = QMouseEvent(kind, place, view.viewport().mapToGlobal(place), left, left, plain)
        QApplication.sendEvent(view.viewport(), pointed)

    send(QEvent.Type.MouseButtonPress, 0)
    send(QEvent.Type.MouseMove, 2 * QApplication.startDragDistance())
    report("dragging a spot", frames(lambda number: send(QEvent.Type.MouseMove, number % 2), 60))
    assert view.gestures.dragged.spots.spots, "nothing was dragged"
    send(QEvent.Type.MouseButtonRelease, 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--clips", type=int, default=10_000)
    parser.add_argument("--width", type=int, default=1920, help="of the view, in pixels")
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as name:
        os.environ["XDG_CACHE_HOME"] = str(Path(name) / "cache")
        measure_start(Path(name))
        write_media(Path(name))
        measure_frames(write_timeline(Path(name), options.clips), options.width)


if __name__ == "__main__":
    main()
