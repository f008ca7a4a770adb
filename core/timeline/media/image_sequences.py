"""Image sequences as scanners deliver them: a folder of frames, one frame of many, or a pattern.

The rate is what a DPX or EXR header or the name states ("reel2_18fps"), else the reader's default. Missing frames
are None: the last one before them is held.
"""

from __future__ import annotations

import os
import re
import struct
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from talkies.core.errors import MediaError
from talkies.core.times import exact_rate

IMAGE_SUFFIXES = (".dpx", ".tif", ".tiff", ".png", ".exr", ".jpg", ".jpeg", ".cin", ".bmp", ".tga", ".webp", ".jp2")
DEFAULT_RATE = Fraction(24)

_NUMBERED = re.compile(r"^(?P<prefix>.*?)(?P<number>\d+)(?P<tail>\D*)$", re.DOTALL)  # the stem's last run of digits
_PATTERN = re.compile(r"^(?P<prefix>.*?)(?:%(?:0?\d+)?d|#+|@+)(?P<tail>[^%#@]*)$", re.DOTALL)
_STATED_RATE = re.compile(r"(?<![\d.])(\d{1,3}(?:[.,]\d{1,3})?)[ _-]?fps", re.IGNORECASE)
_MOST_FRAMES = 2_000_000
_LONGEST_NAME = 255  # characters: no file system has a longer one, and the expressions above are quadratic

Groups = dict[tuple[str, str], dict[int, Path]]


@dataclass(frozen=True)
class Sequence:
    """``frames[i]`` is the picture of frame number ``first + i``, None where the file is missing."""

    name: str
    folder: Path
    first: int
    frames: tuple[Path | None, ...]
    rate: Fraction | None = None

    @property
    def missing(self) -> int:
        return sum(frame is None for frame in self.frames)


def is_pattern(path: Path) -> bool:
    """Whether a path is a printf or hash pattern: ``scan.%04d.dpx``, ``scan.####.dpx``, ``scan.@@@@.dpx``."""
    return path.suffix.lower() in IMAGE_SUFFIXES and _pattern_key(path) is not None


def find_sequence(path: Path) -> Sequence | None:
    """The sequence that a folder holds (the longest one), a frame belongs to, or a pattern describes; else None."""
    if path.is_dir():
        groups = _groups(path)
        if not groups:
            return None
        key = max(groups, key=lambda key: (len(groups[key]), key))
        return _sequence(path, key, groups[key])
    if path.suffix.lower() not in IMAGE_SUFFIXES or not path.parent.is_dir():
        return None
    shared = _key(path.name)[0] if path.is_file() else _pattern_key(path)
    frames = _groups(path.parent).get(shared) if shared else None
    return _sequence(path.parent, shared, frames) if shared and frames else None


def numbered_frames(folder: Path, names: list[str]) -> tuple[Path | None, ...]:
    """The named frames in order, None where the folder holds no such file; the folder is listed once."""
    try:
        present = {entry.name for entry in os.scandir(folder)}
    except OSError:
        return ()
    return tuple(folder / name if name in present else None for name in names)


def stated_rate(frame: Path) -> Fraction | None:
    """The rate that the frame's header, its name or its folder's name states; None when none does."""
    rate = _header_rate(frame)
    if rate is None:
        match = _STATED_RATE.search(frame.name) or _STATED_RATE.search(frame.parent.name)
        rate = exact_rate(float(match[1].replace(",", "."))) if match else None
    return rate if rate and 1 <= rate <= 240 else None


def _key(name: str) -> tuple[tuple[str, str], int]:
    """What all frames of a sequence share (before and after the number), and the number: 0 for a lone picture."""
    suffix = Path(name).suffix
    stem = name.removesuffix(suffix)
    match = _NUMBERED.match(stem)
    if match is None:
        return (stem, suffix), 0
    return (match["prefix"], match["tail"] + suffix), int(match["number"])


def _pattern_key(path: Path) -> tuple[str, str] | None:
    match = _PATTERN.match(path.name) if len(path.name) <= _LONGEST_NAME else None
    return (match["prefix"], match["tail"]) if match else None


def _groups(folder: Path) -> Groups:
    groups: Groups = {}
    for entry in os.scandir(folder):
        if entry.name.startswith(".") or not entry.name.lower().endswith(IMAGE_SUFFIXES):
            continue
        key, number = _key(entry.name)
        groups.setdefault(key, {})[number] = folder / entry.name
    return groups


def _sequence(folder: Path, key: tuple[str, str], frames: dict[int, Path]) -> Sequence:
    first, last = min(frames), max(frames)
    if last - first >= _MOST_FRAMES:
        raise MediaError(
            folder,
            f"its {len(frames)} frames are numbered from {first} to {last}, which is not a sequence",
            "give one reel's frames, or a pattern such as scan.%06d.dpx, in a folder of their own",
        )
    name = key[0].rstrip("._- ") or folder.name
    ordered = tuple(frames.get(number) for number in range(first, last + 1))
    return Sequence(name, folder, first, ordered, stated_rate(frames[first]))


def _header_rate(frame: Path) -> Fraction | None:
    """Frames per second from a DPX (SMPTE ST 268: film header at 1724, television header at 1940) or EXR header."""
    try:
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
