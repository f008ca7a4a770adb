"""The tempo map as a table (CSV): where the tempo changes, sections begin and hits fall, for other players."""

from __future__ import annotations

import csv
import io
from bisect import bisect_right
from collections.abc import Callable, Iterator
from fractions import Fraction

from talkies.core.score.composed import Score

COLUMNS = ("timecode", "seconds", "bar", "beat", "tempo", "meter", "what")

_Row = tuple[Fraction, str]


def tempo_csv(score: Score, timecode: Callable[[Fraction], str]) -> str:
    """One row for each change of tempo, section and hit, in order. ``timecode``: of seconds from the score's start."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    bars = [bar for section in score.sections for bar in section.bars]
    starts = [bar.start for bar in bars]
    for time, what in sorted(_rows(score)):
        beat = score.tempo_map.beat_at(time)
        index = max(bisect_right(starts, beat) - 1, 0)
        bar = bars[index]
        place = 1 + (beat - bar.start) / bar.meter.pulse
        tempo = float(score.tempo_map.tempo_at(beat))
        meter = f"{bar.meter.count}/{bar.meter.unit}"
        writer.writerow(
            (timecode(time), f"{float(time):.6f}", index + 1, f"{float(place):.4g}", f"{tempo:.3f}", meter, what)
        )
    return text.getvalue()


def _rows(score: Score) -> Iterator[_Row]:
    for time, _ in score.tempo_map.knots[:-1]:
        yield time, "tempo"
    for section in score.sections:
        yield section.span.start, f"section: {section.name}, {section.key.name}"
    for hit in score.hits:
        yield hit.time, f"hit: {hit.kind} {hit.name}".rstrip()
