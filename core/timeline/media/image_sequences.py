"""Image sequences as scanners deliver them: a folder of frames, one frame of many, or a pattern.

The rate is what a DPX or EXR header or the name states ("reel2_18fps"), else the reader's default. Missing frames
are None: the last one before them is held.
"""

from __future__ import annotations

import os
import re
import struct
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from talkies.core.errors import MediaError
from talkies.core.timeline.media.frame_names import Run, runs_of
from talkies.core.times import exact_rate

IMAGE_SUFFIXES = (".dpx", ".tif", ".tiff", ".png", ".exr", ".jpg", ".jpeg", ".cin", ".bmp", ".tga", ".webp", ".jp2")
DEFAULT_RATE = Fraction(24)

_COUNTER = r"(?:%(?:0?\d{1,2})?d|#+|@+|\[(?P<first>\d{1,9})-(?P<last>\d{1,9})\])"
_PATTERN = re.compile(rf"^(?P<prefix>.*?){_COUNTER}(?P<tail>[^%#@]*)$", re.DOTALL)
_STATED_RATE = re.compile(r"(?<![\d.])(\d{1,3}(?:[.,]\d{1,3})?)[ _-]?fps", re.IGNORECASE)
_FASTEST = 240  # frames per second
_MOST_NAMED = 4
MOST_FRAMES = 2_000_000
_LONGEST_NAME = 255  # characters: no file system has a longer one, and the expressions above are quadratic


@dataclass(frozen=True)
class Sequence:
    """``frames[i]`` is the picture of frame number ``first + i``, None where the file is missing.

    ``left_out``: a sentence on what else the folder holds, if nothing said which sequence is meant.
    """

    name: str
    folder: Path
    first: int
    frames: tuple[Path | None, ...]
    rate: Fraction | None = None
    left_out: tuple[str, ...] = ()

    @property
    def missing(self) -> int:
        return sum(frame is None for frame in self.frames)


def is_pattern(path: Path) -> bool:
    """Whether a path is a pattern: ``scan.%04d.dpx``, ``scan.####.dpx``, ``scan.@@@@.dpx``, ``scan.[01-48].dpx``."""
    return path.suffix.lower() in IMAGE_SUFFIXES and _pattern(path) is not None


def is_part(path: Path) -> bool:
    """Whether a path is a pattern that names the first and the last frame."""
    match = _pattern(path)
    return match is not None and bool(match["first"]) and not path.exists()


def find_sequence(path: Path) -> Sequence | None:
    """The sequence that a folder holds (the longest one), a frame belongs to, or a pattern describes; else None."""
    if path.is_dir():
        runs = sorted(runs_of(_pictures(path)), key=lambda run: (len(run.names), run.prefix, run.tail), reverse=True)
        return _sequence(path, runs[0], left_out=_left_out(runs)) if runs else None
    if path.suffix.lower() not in IMAGE_SUFFIXES or not path.parent.is_dir():
        return None
    if path.is_file():
        runs = [run for run in runs_of(_pictures(path.parent)) if path.name in run.names.values()]
        return _sequence(path.parent, runs[0]) if runs else _sequence(path.parent, Run(path.stem, "", {0: path.name}))
    run = _run_of_pattern(path)
    return _sequence(path.parent, run) if run is not None else None


def numbered_frames(folder: Path, names: Iterable[str]) -> tuple[Path | None, ...]:
    """The named frames in order, None where the folder holds no such file; the folder is listed once."""
    try:
        present = {entry.name for entry in os.scandir(folder)}
    except OSError:
        return ()
    return tuple(folder / name if name in present else None for name in names)


def stated_rate(frame: Path) -> Fraction | None:
    """The rate that the frame's header, its name or its folder's name states; None when none does."""
    rate = _header_rate(frame)
    return named_rate(frame) if rate is None else rate if 1 <= rate <= _FASTEST else None


def named_rate(path: Path) -> Fraction | None:
    """The rate that the name of a file, or that of its folder, states; None when neither does."""
    match = _STATED_RATE.search(path.name) or _STATED_RATE.search(path.absolute().parent.name)
    rate = exact_rate(float(match[1].replace(",", "."))) if match else None
    return rate if rate and 1 <= rate <= _FASTEST else None


def _pictures(folder: Path) -> list[str]:
    """The names of the picture files in a folder; none where it may not be read."""
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries]
    except OSError:
        return []
    return [name for name in names if not name.startswith(".") and name.lower().endswith(IMAGE_SUFFIXES)]


def _left_out(runs: list[Run]) -> tuple[str, ...]:
    """A sentence on all but the first, if there are more."""
    if len(runs) < 2:
        return ()
    alone = sum(len(run.names) == 1 for run in runs[1:])
    names = [f"{run.label} ({len(run.names)} frames)" for run in runs[1:] if len(run.names) > 1]
    more = len(names) - _MOST_NAMED
    names[_MOST_NAMED:] = [f"{more} more sequences"] if more > 0 else []
    names += [f"{alone} single picture{'s' if alone > 1 else ''}"] if alone else []
    return (f"of several sequences only the longest is read, {runs[0].label}; left out: {', '.join(names)}",)


def _pattern(path: Path) -> re.Match[str] | None:
    return _PATTERN.match(path.name) if len(path.name) <= _LONGEST_NAME else None


def _run_of_pattern(path: Path) -> Run | None:
    """The frames that a pattern describes; where a number is written in two ways, the way of the pattern counts."""
    match = _pattern(path)
    if match is None:
        return None
    prefix, tail = match["prefix"], match["tail"]
    number = re.compile(re.escape(prefix) + r"(-?[0-9]+)" + re.escape(tail), re.IGNORECASE)
    wanted = range(int(match["first"]), int(match["last"]) + 1) if match["first"] else None
    found: dict[int, str] = {}
    for name in sorted(_pictures(path.parent), key=len, reverse=True):
        fits = number.fullmatch(name)
        if fits and (wanted is None or int(fits[1]) in wanted):
            found.setdefault(int(fits[1]), name)
    return Run(prefix, tail, found) if found else None


def _sequence(folder: Path, run: Run, left_out: tuple[str, ...] = ()) -> Sequence:
    first, last = min(run.names), max(run.names)
    if last - first >= MOST_FRAMES:
        raise MediaError(
            folder,
            f"its {len(run.names)} frames are numbered from {first} to {last}, which is not a sequence",
            "give one reel's frames, or a pattern such as scan.%06d.dpx, in a folder of their own",
        )
    name = run.prefix.rstrip("._- ") or folder.name
    paths = {number: folder / name for number, name in run.names.items()}
    ordered = tuple(paths.get(number) for number in range(first, last + 1))
    return Sequence(name, folder, first, ordered, stated_rate(paths[first]), left_out)


def _header_rate(frame: Path) -> Fraction | None:
    """Frames per second from a DPX (SMPTE ST 268: film header at 1724, television header at 1940) or EXR header."""
    try:
        if not frame.is_file():  # a pipe would be waited for
            return None
        with frame.open("rb") as file:
            head = file.read(4096)
    except OSError:
        return None
    if head[:4] in (b"SDPX", b"XPDS") and len(head) >= 1944:
        order = ">" if head[:4] == b"SDPX" else "<"
        for offset in (1724, 1940):
            (value,) = struct.unpack_from(f"{order}f", head, offset)
            if 1 <= value <= 240:  # undefined fields are all ones, which is not a number
                return exact_rate(value)
    if head[:4] == b"\x76\x2f\x31\x01":
        marker = b"framesPerSecond\0rational\0\x08\0\0\0"
        at = head.find(marker)
        if at >= 0 and len(head) >= at + len(marker) + 8:
            numerator, denominator = struct.unpack_from("<iI", head, at + len(marker))
            return Fraction(numerator, denominator) if numerator > 0 and denominator else None
    return None
