"""Figures of long spotting lists: how soon one is written and read, and how quick the panel is with it.

    .venv/bin/python tests/benchmarks/spots.py [--spots N] [--shots N]

Nothing is shown: Qt paints into memory, as in tests/benchmarks/panel.py, which reports frames in the same way.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.panel import RATE, frames, report, write_media, write_timeline

from talkies.core.segment import Segment, Timeline
from talkies.core.spotting.files import read_spots, write_spots
from talkies.core.spotting.spot import Spot
from talkies.core.timeline import read_timeline


@contextmanager
def timed(what: str) -> Iterator[None]:
    wall, processor = time.perf_counter(), time.process_time()
    yield
    print(f"{what:34} {time.perf_counter() - wall:8.2f} s {time.process_time() - processor:8.2f} s of processor")


def spots_in(segments: tuple[Segment, ...], count: int) -> list[Spot]:
    """Hits, and every tenth something that goes on, spread over the shots."""
    found = []
    for number in range(count):
        shot = segments[number * len(segments) // count]
        share = Fraction(number * 7919 % 9973, 10_000)
        start = shot.source.start + share * shot.source.duration
        until = min(start + Fraction(1, 5), shot.source.end) if number % 10 == 0 else start
        kind = "sustained" if until > start else "hit"
        found.append(Spot(f"{shot.id}.{number:05}", shot.id, start, until, kind, words="footsteps gravel"))  # type: ignore[arg-type]
    return found


def measure_files(timeline: Timeline, spots: list[Spot], folder: Path) -> None:
    for suffix in (".csv", ".json", ".otio"):
        path = folder / f"list{suffix}"
        with timed(f"write {suffix}"):
            write_spots(timeline, spots, path)
        with timed(f"read {suffix}"):
            found, _ = read_spots(path, timeline)
        assert len(found) == len(spots)


def measure_panel(path: Path, spots: list[Spot]) -> None:
    from PySide6.QtWidgets import QApplication

    from talkies.ui.spotting.table import SpotTable
    from talkies.ui.theme import apply_theme
    from talkies.ui.timeline import TimelineView
    from talkies.ui.work.document import Document

    application = QApplication.instance() or QApplication([])
    assert isinstance(application, QApplication)
    apply_theme(application, "dark")
    document = Document()
    document.open(path)
    view, table = TimelineView(document), SpotTable(document)
    view.resize(1920, 480)
    table.resize(1000, 300)
    view.show()
    table.show()
    application.processEvents()
    with timed("the list comes in"):
        document.set_lists(spots)
        application.processEvents()
    print(f"\n{'ms a frame':34} {'wall':>8} {'95 %':>8}   {'processor':>10} {'95 %':>8}")
    report("all in view", frames(lambda _: view.repaint_all(), 60))
    view.zoom(Fraction(60) / view.scale.pixels_per_second, 0)
    scroll = view.horizontalScrollBar()
    report("scrolling, close", frames(lambda _: scroll.setValue(scroll.value() + 80)))
    view.zoom_to_fit()
    report("zooming in and out", frames(lambda number: view.zoom(1.06 if number % 120 < 60 else 1 / 1.06, 700)))
    held = spots[len(spots) // 2]

    def choose(number: int) -> None:
        document.choose_spots([spots[number * 37 % len(spots)].id])

    def drop(number: int) -> None:
        moved = Fraction(number % 5, RATE)
        document.move_spots({held.id: (held.time + moved, held.until + moved)})

    report("choosing a spot", frames(choose, 40))
    report("dropping a spot", frames(drop, 40))
    view.media.stop()
    document.close()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--spots", type=int, default=10_000)
    parser.add_argument("--shots", type=int, default=500)
    options = parser.parse_args()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    with tempfile.TemporaryDirectory() as name:
        os.environ["XDG_CACHE_HOME"] = str(Path(name) / "cache")
        write_media(Path(name))
        path = write_timeline(Path(name), options.shots)
        timeline = read_timeline(path)
        spots = spots_in(timeline.segments, options.spots)
        measure_files(timeline, spots, Path(name))
        measure_panel(path, spots)


if __name__ == "__main__":
    main()
