"""Rows: the tracks of the view from top to bottom, as an editor stacks them, and what lies on each.

ST          subtitles and sound descriptions
V2, V1      picture, the upper track on top
SP          spots, where a shot has a spotting list
DX FX ...   talkies' takes: the one that sounds (starred, preferred, else newest) of every department,
            then those that overlap them
take 2 ...  the others, below all of these
A1, A2      the sound that the timeline had before
"""

from __future__ import annotations

import bisect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from itertools import accumulate
from typing import Any, Literal

from talkies.core.segment import PICTURES, STEMS, Cue, Segment, StemName
from talkies.core.timeline.structure.sounds import SoundTrack
from talkies.core.times import TimeRange
from talkies.ui.timeline.layout import Spans, edges
from talkies.ui.work.lookup import rank_of
from talkies.ui.work.state import TakeRecord

RowKind = Literal["words", "picture", "spots", "take", "other take", "sound"]

HEIGHTS: Mapping[RowKind, int] = {"words": 30, "picture": 76, "spots": 40, "take": 50, "other take": 26, "sound": 50}
"""Pixels."""

LOW_HEIGHTS: Mapping[RowKind, int] = {
    "words": 20, "picture": 40, "spots": 28, "take": 28, "other take": 18, "sound": 26,
}  # fmt: skip
"""The same where the view is too low for all of them."""

SPACING = 3
"""Pixels between two rows."""

_MOST_LANES = 8  # beyond, what overlaps is painted over each other
_MOST_OTHERS = 3  # lanes of further takes under a main lane; the strip of takes shows them all


@dataclass(frozen=True)
class Row:
    """One lane: ``items`` in order of time, one for each of ``spans``. ``stem``: DX, FX, MX, MIX on takes' lanes.
    ``marks``: what its painter knows of the items beforehand."""

    kind: RowKind
    name: str
    label: str
    items: tuple[Any, ...]
    spans: Spans
    stem: str = ""
    places: Mapping[str, int] = field(default_factory=dict)
    """Index of an item by its id, where items have one."""
    low: bool = False
    marks: Any = None

    @property
    def has_waves(self) -> bool:
        """Whether what lies on it is heard."""
        return self.kind not in ("words", "picture", "spots") and self.stem != PICTURES

    @property
    def height(self) -> int:
        return (LOW_HEIGHTS if self.low else HEIGHTS)[self.kind]

    @property
    def header(self) -> tuple[str, str, int]:
        """All that its header shows of it, and how high it is."""
        return self.name, self.label, self.height

    @cached_property
    def lowered(self) -> Row:
        """The same, low; always the same one, by which what was painted of it is known again."""
        return replace(self, low=True)


class Rows(Sequence[Row]):
    """All rows with their places; ``tops`` are pixels from the top of the first. Rows become low when they need more
    than the ``room`` there is (pixels)."""

    def __init__(self, rows: Iterable[Row], room: int = 1 << 30) -> None:
        self._rows = tuple(rows)
        self._needed = sum(HEIGHTS[row.kind] + SPACING for row in self._rows)
        self._are_low = self._needed > room
        if self._are_low:
            self._rows = tuple(row.lowered for row in self._rows)
        self.tops = (0, *accumulate(row.height + SPACING for row in self._rows))

    def __len__(self) -> int:
        return len(self._rows)

    def __getitem__(self, index: Any) -> Any:
        return self._rows[index]

    @property
    def height(self) -> int:
        return self.tops[-1]

    def fits_otherwise(self, room: int) -> bool:
        """Whether rows would have another height in so much room."""
        return (self._needed > room) != self._are_low

    def at(self, y: int) -> int | None:
        """The index of the row at a height, None between and outside of rows."""
        index = bisect.bisect_right(self.tops, y) - 1
        inside = 0 <= index < len(self) and y < self.tops[index] + self._rows[index].height
        return index if inside else None

    @cached_property
    def cuts(self) -> tuple[Fraction, ...]:
        """Where pictures are cut, in order: what the playhead steps to."""
        return edges([row.spans for row in self._rows if row.kind == "picture"])

    @cached_property
    def magnets(self) -> tuple[Fraction, ...]:
        """Every place that attracts, in order: cuts of pictures and sounds, beginnings and ends of words and takes."""
        return edges([row.spans for row in self._rows])

    def between(self, top: int, bottom: int) -> range:
        """Indexes of the rows that may be seen between two heights."""
        first = max(bisect.bisect_right(self.tops, top) - 1, 0)
        return range(first, min(bisect.bisect_left(self.tops, bottom), len(self)))


def lane_of(kind: RowKind, name: str, label: str, items: Iterable[tuple[TimeRange, Any]], stem: str = "") -> Row:
    """A lane of items with their places (s), in any order."""
    ordered = sorted(items, key=lambda pair: pair[0])
    places = {pair[1].id: index for index, pair in enumerate(ordered) if hasattr(pair[1], "id")}
    return Row(
        kind, name, label, tuple(item for _, item in ordered), Spans([span for span, _ in ordered]), stem, places
    )


def word_rows(cues: Sequence[Cue]) -> list[Row]:
    """Words that are spoken at the same time lie on lanes of their own."""
    lanes = _apart([(cue.range, cue) for cue in cues])
    return [
        lane_of("words", "ST" if not index else f"ST{index + 1}", "Subtitles", lane) for index, lane in enumerate(lanes)
    ]


def picture_rows(segments: Sequence[Segment]) -> list[Row]:
    """The video tracks, the upper ones first."""
    tracks: dict[str, list[Segment]] = {}
    for segment in segments:
        tracks.setdefault(segment.id.rpartition("-")[0] or segment.track, []).append(segment)
    rows = [
        lane_of("picture", name, group[0].track, [(segment.record, segment) for segment in group])
        for name, group in tracks.items()
    ]
    return rows[::-1]


def take_rows(takes: Iterable[TakeRecord]) -> list[Row]:
    """Lanes for each department that has takes; two that cross-fade share one."""
    ranked: dict[tuple[str, int], list[TakeRecord]] = {}
    groups: dict[tuple[str, StemName, str, str], list[TakeRecord]] = {}
    for take in takes:
        if not take.choices.removed and not take.lost:
            groups.setdefault(take.sound, []).append(take)
    for (_, stem, _, _), group in groups.items():
        for rank, take in enumerate(sorted(group, key=rank_of, reverse=True)):
            ranked.setdefault((stem, rank), []).append(take)
    rows: list[tuple[int, bool, Row]] = []
    for rank in range(_MOST_OTHERS + 1):
        for stem in STEMS:
            lanes = _apart([(take.place, take) for take in ranked.get((stem, rank), ())], _crossing)
            kind: RowKind = "other take" if rank else "take"
            label = f"{stem} take {rank + 1}" if rank else _DEPARTMENTS[stem]
            rows += [
                (rank, number > 0, lane_of(kind, "" if rank else stem, label, lane, stem))
                for number, lane in enumerate(lanes)
            ]
    return [row for _, _, row in sorted(rows, key=lambda each: each[:2])]


_DEPARTMENTS = {"DX": "Dialogue", "FX": "Effects", "BG": "Backgrounds", "MX": "Music", "MIX": "Mix", "PX": "Portraits"}


def sound_rows(sounds: Sequence[SoundTrack]) -> list[Row]:
    """The timeline's own audio tracks."""
    return [
        lane_of("sound", f"A{number}", track.name, [(clip.record, clip) for clip in track.clips])
        for number, track in enumerate(sounds, start=1)
    ]


def _crossing(first: TakeRecord, second: TakeRecord) -> Fraction:
    """How far the second may lie over the end of the first (s): as long as both fade there."""
    return min(first.edit.fade_out, second.edit.fade_in)


def _apart(
    items: Iterable[tuple[TimeRange, Any]], over: Callable[[Any, Any], Fraction] = lambda first, second: Fraction(0)
) -> list[list[tuple[TimeRange, Any]]]:
    """Items on as few lanes as it takes that none overlaps another by more than it may lie ``over`` it, as long as that
    is not too many."""
    lanes: list[list[tuple[TimeRange, Any]]] = []
    for span, item in sorted(items, key=lambda pair: pair[0]):
        free = next((lane for lane in lanes if lane[-1][0].end - over(lane[-1][1], item) <= span.start), None)
        if free is None and len(lanes) == _MOST_LANES:
            free = min(lanes, key=lambda lane: lane[-1][0].end)
        if free is None:
            lanes.append([(span, item)])
        else:
            free.append((span, item))
    return lanes
