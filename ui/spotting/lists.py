"""Files of spotting lists, as the panel reads and writes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from talkies.core.segment import Timeline
from talkies.core.spotting.files import read_spots, write_spots
from talkies.core.spotting.spot import Spot


def read_list(path: Path, timeline: Timeline) -> tuple[list[Spot], list[str]]:
    """The spots of a list, recordings found from its folder, and sentences about those without a place in the timeline.
    Raises InputError."""
    spots, notes = read_spots(path, timeline)
    return [_from(spot, path.absolute().parent) for spot in spots], notes


def write_list(path: Path, timeline: Timeline, spots: Sequence[Spot], words: Sequence[str]) -> Path:
    """Writes spots with the ``words`` of each; recordings beneath the list's folder are named from there. Raises
    OutputError."""
    folder = path.absolute().parent
    worded = [replace(_to(spot, folder), words=own) for spot, own in zip(spots, words, strict=True)]
    write_spots(timeline, worded, path)
    return path


def _from(spot: Spot, folder: Path) -> Spot:
    if not spot.file or spot.source not in ("auto", "file"):
        return spot
    return replace(spot, file=str(folder / Path(spot.file).expanduser()))


def _to(spot: Spot, folder: Path) -> Spot:
    if not spot.file or not Path(spot.file).is_relative_to(folder):
        return spot
    return replace(spot, file=Path(spot.file).relative_to(folder).as_posix())
