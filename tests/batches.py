"""Batches of small films, made by real workers with the small engine of the tests."""

from __future__ import annotations

import csv
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from films import write_movie, write_reel
from kills.results import result_at

from talkies.core.batch.asking import Asked
from talkies.core.batch.ledger import DATA
from talkies.core.batch.reels import find_reels
from talkies.core.batch.running import Batch, Order
from talkies.core.generation.request import Request

MADE = ("1926/reel.mov", "1927/reel.otio")
BROKEN = "1926/notes.mov"
"""What becomes of the reels of that archive."""
SHORT = 12
"""Frames of a short shot."""
WORKER = (sys.executable, str(Path(__file__).with_name("tones_worker.py")))
TEMPLATE = Request(Path("reel"), Path("reel.otio"), background="off")


def write_archive(folder: Path) -> Path:
    """Two reels of one name in two folders, the second a timeline of two shots beside its medium, and a broken one."""
    for year in ("1926", "1927"):
        (folder / year).mkdir(parents=True)
    write_movie(folder / "1926" / "reel.mov", 1)
    write_movie(folder / "1927" / "film.mp4", 3)
    cues = [(2, 10, "ANNA: Hello there.")]
    write_reel(folder / "1927" / "reel.otio", ["film.mp4", "film.mp4"], cues=cues, start=25)
    (folder / "1926" / "notes.mov").write_text("this is no film")
    return folder


def write_short_reels(folder: Path, count: int = 25) -> dict[str, int]:
    """The shortest reels there are, in turn a timeline of one shot, one of two, both with a line, and a movie; and a
    broken one. How many sounds each that can be made has."""
    sounds = {}
    for number in range(count):
        place, shots = folder / f"{1926 + number}", (number + 1) % 3
        place.mkdir(parents=True)
        write_movie(place / ("film.mp4" if shots else "reel.mov"), SHORT * max(shots, 1) / 25, flashes=(0.2,))
        if shots:
            media = ["film.mp4"] * shots
            write_reel(place / "reel.otio", media, frames=SHORT, cues=[(2, 10, "ANNA: Hello there.")])
        sounds[f"{place.name}/{'reel.otio' if shots else 'reel.mov'}"] = shots + 1
    (folder / "1926" / "notes.otio").write_text("this is no timeline")
    return sounds


def order(given: Sequence[Path | str], out: Path, **changes: Any) -> Order:
    """A batch of ``given``; ``changes``: of the order, or, as ``template``, of what is asked of each reel."""
    asked = Asked(changes.pop("template", TEMPLATE), out, changes.pop("suffix", ".otio"))
    reels, _ = find_reels([str(each) for each in given], out)
    return Order(asked, tuple(reels), **{"command": WORKER, **changes})


def run(order: Order) -> Batch:
    """A batch from its beginning to its end."""
    batch = Batch(order)
    for _ in batch.run():
        pass
    return batch


def rows(table: Path) -> list[dict[str, str]]:
    with table.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sounds(out: Path) -> dict[str, dict[str, str]]:
    """The samples of every reel, and that its timeline and sounds are whole."""
    found = {}
    for name in MADE:
        result = result_at(out / f"{name}.talkies.otio")
        assert result is not None and not result.problems
        found[name] = result.sounds
    return found


def identities(out: Path) -> dict[str, tuple[int, int]]:
    """Which file lies where: one that is written again is another."""
    files = [path for path in out.rglob("*") if path.is_file() and DATA not in path.parts]
    return {str(path.relative_to(out)): (path.stat().st_ino, path.stat().st_mtime_ns) for path in files}
