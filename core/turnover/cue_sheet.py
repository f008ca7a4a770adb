"""Cue sheet: every line and sound with its time, what it is based on, and which take it became.

A row for each spoken line, for each sound that the subtitles describe, and for each shot whose effects were made. In
and out are record timecodes; out is the first frame after.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import PurePath

from talkies.core.segment import STEMS, Cue, StemName, Take, Timeline
from talkies.core.times import TimeRange, to_frame

COLUMNS = ("cue", "character", "in", "out", "line", "reason", "notes")

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class SheetRow:
    """``cue``: department and number. ``range``: whole frames, in seconds from the timeline's first frame."""

    cue: str
    stem: StemName
    character: str
    range: TimeRange
    line: str
    reason: str
    notes: str


def sheet_rows(timeline: Timeline, takes: Sequence[Take]) -> list[SheetRow]:
    """All rows in order of time, numbered by department."""
    rows = [*_cue_rows(timeline, takes), *_shot_rows(timeline, takes)]
    numbers = {stem: count(1) for stem in STEMS}
    ordered = sorted(rows, key=lambda row: (row.range, row.stem, row.line))
    return [
        replace(row, cue=_label(row.stem, next(numbers[row.stem])), range=_whole_frames(row.range, timeline))
        for row in ordered
    ]


def _label(stem: StemName, number: int) -> str:
    """``FX003``; of music ``m3``, as its cues are called."""
    return f"m{number}" if stem == "MX" else f"{stem}{number:03}"


def sheet_csv(timeline: Timeline, rows: Iterable[SheetRow]) -> str:
    """The rows as CSV (RFC 4180). What a spreadsheet would take for a formula begins with an apostrophe."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for row in rows:
        times = timeline.timecode(row.range.start), timeline.timecode(row.range.end)
        writer.writerow(map(_cell, (row.cue, row.character, *times, row.line, row.reason, row.notes)))
    return text.getvalue()


def spoken_cues(timeline: Timeline) -> list[Cue]:
    """The cues in the language that is spoken, those over gaps too."""
    languages = {cue.language for segment in timeline.segments for cue in segment.cues}
    return [cue for cue in timeline.cues if not languages or cue.language in languages or not cue.language]


def _cue_rows(timeline: Timeline, takes: Sequence[Take]) -> Iterator[SheetRow]:
    for cue in spoken_cues(timeline):
        speech = cue.kind == "speech"
        stems = ("DX", "MIX") if speech else ("FX", "MIX")
        made = [take for take in takes if take.stem in stems and take.record.overlap(cue.range)]
        if speech:
            made = [take for take in made if take.stem == "MIX" or _says(take, cue)]
        text, reason = (cue.text, "subtitle") if speech else (f"[{cue.text}]", "described in subtitles")
        yield SheetRow("", "DX" if speech else "FX", cue.speaker, cue.range, text, reason, _notes(made))


def _says(take: Take, cue: Cue) -> bool:
    """Whether a take of dialogue speaks a cue, which may reach into its neighbour's place."""
    text = take.metadata.get("text")
    return take.speaker == cue.speaker and (text is None or cue.text in str(text))


def _shot_rows(timeline: Timeline, takes: Sequence[Take]) -> Iterator[SheetRow]:
    clips = {segment.id: segment.clip for segment in timeline.segments}
    for take in takes:
        if take.number == 1 and take.stem != "DX":
            line = _words(take) or f"picture of {clips.get(take.segment_id, take.name)}"
            others = [other for other in takes if (other.stem, other.record) == (take.stem, take.record)]
            reason = "score" if take.stem == "MX" else "silent picture"
            yield SheetRow("", take.stem, "", take.record, line, reason, _notes(others))


def _words(take: Take) -> str:
    """What its spots are called, or its section of the score; else the prompt."""
    if take.metadata.get("section"):
        return f"{take.metadata['section']}, {take.metadata.get('key', '')}".rstrip(", ")
    spots = take.metadata.get("spots")
    rows = [row for row in spots.values() if isinstance(row, Mapping)] if isinstance(spots, Mapping) else []
    listed = dict.fromkeys(str(row["words"]) for row in rows if row.get("words"))
    return ", ".join(listed) or str(take.metadata.get("prompt") or "")


def _notes(takes: Sequence[Take]) -> str:
    """Which files; how they were made."""
    if not takes:
        return "not made"
    first = takes[0]
    facts = [", ".join(take.name for take in takes)]
    if first.voice:
        facts.append(f"voice {PurePath(first.voice).name}")
    for name in ("language", "seed", "device"):
        if str(first.metadata.get(name, "")):
            facts.append(f"{name} {first.metadata[name]}")
    if first.channels > 1:
        panned = [
            f"{name.replace('_', ' ')} {first.metadata[name]}"
            for name in ("pan_law", "width")
            if name in first.metadata
        ]
        facts.append(", ".join(["stereo", *panned]))
    if first.metadata.get("handles"):
        facts.append(f"handles {first.metadata['handles']} s")
    return "; ".join(facts)


def _whole_frames(span: TimeRange, timeline: Timeline) -> TimeRange:
    first = to_frame(span.start, timeline.rate)
    return TimeRange(first / timeline.rate, max(to_frame(span.end, timeline.rate), first + 1) / timeline.rate)


def _cell(text: str) -> str:
    plain = " ".join(text.split())
    return f"'{plain}" if plain.startswith(_FORMULA) else plain
