"""Rows: spots as a list shows them to people, and what people did to them.

A row tells its record timecodes beside the exact media times, and once more as they were ``placed`` when it was
written. Whoever moves a spot changes its timecode; in another cut the timecodes are those of the old one. So: a
timecode that is still as it was placed says nothing, and the media time holds; another one moves the spot by the
difference. A row without media times, as people add it, has just its timecode.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from talkies.core.errors import InputError
from talkies.core.segment import Segment, SpotSource, Timeline
from talkies.core.spotting.placing import media_time, record_ranges, record_times, shots_at
from talkies.core.spotting.spot import EASY_FORCE, KINDS, SOURCES, Ids, Spot, SpotKind
from talkies.core.spotting.stamps import position_of, stamp
from talkies.core.times import TimeRange

COLUMNS = (
    *("id", "shot", "in", "out", "kind", "words", "avoid", "force", "source", "file", "locked", "x", "y"),
    *("confidence", "roll", "clip", "media in", "media out", "placed"),
)
"""Names of the cells, in the order of a table. What is not given is as :class:`Spot` has it."""

_SYNONYMS: dict[str, SpotSource] = {"model": "network", "synthesis": "rules"}
_YES = frozenset(("yes", "true", "1", "x", "y", "on", "locked", "ja", "oui", "si", "sí", "wahr"))
_NUMBER = re.compile(r"[+-]?\d{1,12}(?:[.,]\d{1,12})?")
_MEDIA = re.compile(r"(-?\d{1,30}(?:[.,]\d{1,30})?)(?:/0*([1-9]\d{0,29}))?\s*s?")
_LONGEST = 1000


@dataclass(frozen=True)
class Row:
    """``cells`` by column; ``number``: of the line or marker it stands in, for sentences."""

    number: int
    cells: Mapping[str, str]

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "").strip()


def rows_of(spots: Sequence[Spot], timeline: Timeline) -> list[Row]:
    """Every spot as a row, in the order of the timeline."""
    segments = {segment.id: segment for segment in timeline.segments}
    placed = [(_span(spot, segments.get(spot.shot)), spot) for spot in spots]
    placed.sort(key=lambda each: (each[0] is None, each[0] or _NOWHERE, each[1].id))
    return [
        Row(number, _cells(spot, span, segments.get(spot.shot), timeline))
        for number, (span, spot) in enumerate(placed, start=1)
    ]


_NOWHERE = TimeRange(Fraction(0), Fraction(0))


def _span(spot: Spot, segment: Segment | None) -> TimeRange | None:
    """Where a spot is first shown in its shot, else where it would be before or after its cuts."""
    if segment is None:
        return None
    inside = record_ranges(segment, spot, segment.record)
    if inside:
        return inside[0]
    starts, ends = record_times(segment, spot.time), record_times(segment, spot.until)
    return TimeRange(*sorted((starts[0], ends[0]))) if starts and ends else None


def _cells(spot: Spot, span: TimeRange | None, segment: Segment | None, timeline: Timeline) -> dict[str, str]:
    first, last = ("", "") if span is None else (stamp(timeline, span.start), stamp(timeline, span.end))
    place = {name: "" if value is None else f"{value:.4g}" for name, value in (("x", spot.x), ("y", spot.y))}
    return {
        **{name: getattr(spot, name) for name in ("id", "shot", "kind", "words", "avoid", "source", "file")},
        **place,
        "in": first,
        "out": last if spot.kind != "hit" else "",
        "force": f"{spot.force:.4g}",
        "locked": "yes" if spot.locked else "",
        "confidence": f"{spot.confidence:.4g}",
        "roll": str(spot.roll) if spot.roll else "",
        "clip": segment.clip if segment is not None else "",
        "media in": _seconds(spot.time),
        "media out": _seconds(spot.until) if spot.kind != "hit" else "",
        "placed": f"{first} {last}".strip() if spot.kind != "hit" else first,
    }


def _seconds(time: Fraction) -> str:
    """``12.52s`` where that is exact, else ``1001/24000s``: a spreadsheet takes neither for a date."""
    if 10**6 % time.denominator == 0:
        return f"{float(time):.6f}".rstrip("0").rstrip(".") + "s"
    return f"{time}s"


def spots_of(rows: Iterable[Row], timeline: Timeline) -> tuple[list[Spot], list[str]]:
    """The spots that rows stand for in this timeline, and sentences about those that have no place in it.

    Raises InputError, whose subject is "row N", for what makes no sense.
    """
    reader = _Reader(timeline)
    found = [spot for row in rows if any(row.cells.values()) and (spot := reader.spot(row)) is not None]
    return found, reader.sentences()


class _Reader:
    def __init__(self, timeline: Timeline) -> None:
        self.timeline = timeline
        self.segments = {segment.id: segment for segment in timeline.segments}
        self.ids = Ids()
        self.homeless: list[str] = []

    def sentences(self) -> list[str]:
        if not self.homeless:
            return []
        shown = ", ".join(self.homeless[:5])
        more = f" and {len(self.homeless) - 5} more" if len(self.homeless) > 5 else ""
        return [f"spots whose shot is not in {self.timeline.path.name} are left out: {shown}{more}"]

    def spot(self, row: Row) -> Spot | None:
        kind = self._kind(row)
        media = self._media(row)
        segment = self._segment(row, media)
        if segment is None:
            self.homeless.append(row["id"] or f"row {row.number}")
            return None
        segment, media = self._moved(row, segment, media, kind)
        return Spot(
            id=self._id(row, segment),
            shot=segment.id,
            time=min(media),
            until=media[0] if kind == "hit" else max(media),
            kind=kind,
            force=_share(row, "force", EASY_FORCE),
            x=_share(row, "x", 0.0) if row["x"] else None,
            y=_share(row, "y", 0.0) if row["y"] else None,
            words=row["words"][:_LONGEST],
            avoid=row["avoid"][:_LONGEST],
            source=_source(row),
            file=row["file"],
            locked=row["locked"].casefold() in _YES,
            confidence=_share(row, "confidence", 1.0),
            roll=int(_number(row, "roll", 0)),
        )

    def _kind(self, row: Row) -> SpotKind:
        kind = row["kind"].casefold()
        if not kind:
            return "sustained" if row["out"] and row["out"] != row["in"] else "hit"
        known = next((each for each in KINDS if each == kind), None)
        if known is None:
            raise _nonsense(row, f"{row['kind'][:40]!r} is not a kind of spot", f"use one of {', '.join(KINDS)}")
        return known

    def _media(self, row: Row) -> tuple[Fraction, Fraction] | None:
        if not row["media in"]:
            return None
        first = _exact(row, "media in")
        return first, _exact(row, "media out") if row["media out"] else first

    def _segment(self, row: Row, media: tuple[Fraction, Fraction] | None) -> Segment | None:
        """The shot by its id if it still shows that clip, else one that shows the clip at that time, else the shot
        under the timecode."""
        named = self.segments.get(row["shot"])
        if named is not None and row["clip"] in ("", named.clip):
            return named
        if media is not None and row["clip"]:
            same = [each for each in self.timeline.segments if each.clip == row["clip"]]
            showing = (each for each in same if each.source.start <= media[0] <= each.source.end)
            return next(showing, None)
        if row["shot"] and named is None:
            return None
        return self._under(self._position(row, "in"), named)

    def _under(self, position: Fraction, own: Segment | None) -> Segment | None:
        """The shot at a timeline position: its own, else the uppermost."""
        there = shots_at(self.timeline, position)
        return own if own in there or not there else there[-1]

    def _moved(
        self, row: Row, segment: Segment, media: tuple[Fraction, Fraction] | None, kind: SpotKind
    ) -> tuple[Segment, tuple[Fraction, Fraction]]:
        """The shot and the media times after what was done to the timecodes."""
        first_was, _, last_was = row["placed"].partition(" ")
        if media is None:
            start = self._position(row, "in")
            end = self._position(row, "out") if row["out"] and kind != "hit" else start
            return self._within(segment, start, end)
        moved = bool(row["in"]) and row["in"] != first_was
        stretched = kind != "hit" and bool(row["out"]) and row["out"] != last_was
        if not (moved or stretched):
            return segment, media
        start = self._position(row, "in" if row["in"] else "placed")
        if kind == "hit":
            return self._within(segment, start, start)
        if stretched:
            return self._within(segment, start, self._position(row, "out"))
        length = position_of(self.timeline, last_was) - position_of(self.timeline, first_was)
        return self._within(segment, start, start + length)

    def _within(self, segment: Segment, start: Fraction, end: Fraction) -> tuple[Segment, tuple[Fraction, Fraction]]:
        if not segment.record.start <= start < segment.record.end:
            segment = self._under(start, segment) or segment
        return segment, (media_time(segment, start), media_time(segment, max(start, end)))

    def _position(self, row: Row, column: str) -> Fraction:
        try:
            return position_of(self.timeline, row[column].split(" ")[0])
        except ValueError as error:
            cure = f"write it as {stamp(self.timeline, Fraction(0))}"
            raise _nonsense(row, f"{row[column][:40]!r} in column '{column}' is not a timecode", cure) from error

    def _id(self, row: Row, segment: Segment) -> str:
        name = row["id"][:_LONGEST]
        return self.ids.take(name) if name and name not in self.ids else self.ids.new(segment.id)


def _source(row: Row) -> SpotSource:
    name = row["source"].casefold() or "auto"
    known = _SYNONYMS.get(name) or next((each for each in SOURCES if each == name), None)
    if known is None:
        raise _nonsense(row, f"{name[:40]!r} is not a source", f"use one of {', '.join(SOURCES)}")
    return known


def _share(row: Row, column: str, otherwise: float) -> float:
    return min(max(_number(row, column, otherwise), 0.0), 1.0)


def _number(row: Row, column: str, otherwise: float) -> float:
    text = row[column]
    if not text:
        return otherwise
    if not _NUMBER.fullmatch(text):
        raise _nonsense(row, f"{text[:40]!r} in column '{column}' is not a number", "write it like 0.7")
    return float(text.replace(",", "."))


def _exact(row: Row, column: str) -> Fraction:
    match = _MEDIA.fullmatch(row[column])
    if match is None:
        problem = f"{row[column][:40]!r} in column '{column}' is not a number of seconds"
        raise _nonsense(row, problem, "write it like 12.5s, or leave the cell empty")
    return Fraction(match[1].replace(",", ".")) / int(match[2] or 1)


def _nonsense(row: Row, problem: str, cure: str) -> InputError:
    return InputError(f"row {row.number}", problem, cure)
