"""Names of frames: which of the numbers in them counts the frames, and which names belong to one sequence.

``scan_000001_v2.dpx``, ``0086400_roll1.tif``, ``IMG_0001 (2).tif``, ``left_0001_16bit.png``, ``A_-0005.exr``: the
number that differs while the others stay counts, wherever it stands; where several do, the longest, else the last.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

_DIGITS = re.compile(r"([0-9]+)")
_MINUS = re.compile(r"(?:^|[._])-$")  # before a number: a separator, and a sign
_VERSION = re.compile(r"(?:^|[._ -])v$", re.IGNORECASE)  # before a number that counts no frames
_RATE = re.compile(r"^[ _-]?fps", re.IGNORECASE)  # after one
_FULLEST = 2  # numbers to a frame, on the average, that still look like counting

Parts = list[str]
"""Text, digits, text, digits, ..., text, suffix."""

T = TypeVar("T")
K = TypeVar("K")


@dataclass(frozen=True)
class Run:
    """The names of one sequence by number; each is ``prefix``, the number, and ``tail`` or something like it."""

    prefix: str
    tail: str
    names: dict[int, str]

    @property
    def label(self) -> str:
        """As a person would name the whole, with a # for each digit if all numbers have as many."""
        if len(self.names) == 1:
            return next(iter(self.names.values()))
        rest = len(self.prefix) + len(self.tail)
        widths = {len(name) - rest for number, name in self.names.items() if number >= 0}
        return self.prefix + "#" * (widths.pop() if len(widths) == 1 else 1) + self.tail


def runs_of(names: Iterable[str]) -> list[Run]:
    """The sequences that these file names make; one that has no like is a sequence of one."""
    alike = _grouped(map(_parts, names), lambda parts: (*parts[:-1:2], parts[-1].lower()))
    return _with_negatives([run for similar in alike for run in _parted(similar)])


def _parts(name: str) -> Parts:
    stem, _, suffix = name.rpartition(".")
    return [*_DIGITS.split(stem), f".{suffix}"]


def _grouped(items: Iterable[T], key: Callable[[T], K]) -> list[list[T]]:
    groups: dict[K, list[T]] = {}
    for item in items:
        groups.setdefault(key(item), []).append(item)
    return list(groups.values())


def _parted(similar: list[Parts]) -> list[Run]:
    """The sequences among names that differ in nothing but numbers."""
    places = list(range(1, len(similar[0]) - 1, 2))
    if not places:
        return [Run("".join(parts), "", {0: "".join(parts)}) for parts in similar]
    varying = [place for place in places if len({parts[place] for parts in similar}) > 1]
    alone = [place for place in varying if _varies_alone(similar, place)]
    if varying and not alone:
        full = [place for place in varying if _is_full(similar, place)]
        if full:  # a time, say, stands beside the number of each frame
            return [_run(similar, full[0])]
    counting = _likeliest(similar, alone or varying or places)
    others = _grouped(similar, lambda parts: (*parts[:counting], *parts[counting + 1 : -1]))
    return [_run(few, counting) for group in others for few in _without_doubles(group, counting)]


def _varies_alone(similar: list[Parts], place: int) -> bool:
    """Whether some names differ in this number only."""
    return len({(*parts[:place], *parts[place + 1 :]) for parts in similar}) < len(similar)


def _is_full(similar: list[Parts], place: int) -> bool:
    """Whether these numbers, one to a name, follow on each other."""
    numbers = {int(parts[place]) for parts in similar}
    return len(numbers) == len(similar) and max(numbers) - min(numbers) < _FULLEST * len(numbers)


def _likeliest(similar: list[Parts], places: list[int]) -> int:
    first = similar[0]
    counts = [place for place in places if not (_VERSION.search(first[place - 1]) or _RATE.match(first[place + 1]))]
    return max(counts or places, key=lambda place: (max(len(parts[place]) for parts in similar), place))


def _without_doubles(group: list[Parts], counting: int) -> list[list[Parts]]:
    """Where a number is there twice (1 and 0001, .dpx and .DPX), each way to write it is a sequence of its own."""

    def is_single(few: list[Parts]) -> bool:
        return len({int(parts[counting]) for parts in few}) == len(few)

    if is_single(group):
        return [group]
    width = max((len(parts[counting]) for parts in group if parts[counting].startswith("0")), default=0)
    written = _grouped(group, lambda parts: len(parts[counting]) == width)
    return [part for few in written for part in ([few] if is_single(few) else _grouped(few, lambda parts: parts[-1]))]


def _run(group: list[Parts], counting: int) -> Run:
    first = min(group, key=lambda parts: int(parts[counting]))
    names = {int(parts[counting]): "".join(parts) for parts in group}
    return Run("".join(first[:counting]), "".join(first[counting + 1 :]), names)


def _with_negatives(runs: list[Run]) -> list[Run]:
    """The same, but that frames before frame 0, which have a minus sign, belong to those from 0 on."""
    before = [run for run in runs if _MINUS.search(run.prefix)]
    kept = [run for run in runs if run not in before]
    for run in before:
        names = {-number: name for number, name in run.names.items()}
        prefix, tail = run.prefix[:-1], run.tail.lower()
        alike = (other for other in kept if (other.prefix, other.tail.lower()) == (prefix, tail))
        later = next((other for other in alike if not other.names.keys() & names.keys()), None)
        if later is not None:
            kept.remove(later)
        kept.append(Run(prefix, run.tail, names | (later.names if later is not None else {})))
    return kept
