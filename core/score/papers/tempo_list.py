"""The tempo map as a table (CSV): where the tempo changes, sections begin and hits fall, for other players."""

from __future__ import annotations

import csv
import io
from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from talkies.core.score.composed import Bar, Score

COLUMNS = ("timecode", "seconds", "bar", "beat", "tempo", "meter", "what")

_Row = tuple[Fraction, str]


def tempo_csv(score: Score, timecode: Callable[[Fraction], str]) -> str:
    """One row for each change of tempo, section and hit, in order. ``timecode``: of seconds from the score's start."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    bars = Bars.of(score)
    for time, what in sorted(_rows(score)):
        beat = score.tempo_map.beat_at(time)
        tempo, meter = float(score.tempo_map.tempo_at(beat)), bars.bar_at(beat)[1].meter
        place = bars.counted(beat)
        writer.writerow(
            (timecode(time), f"{float(time):.6f}", *place, f"{tempo:.3f}", f"{meter.count}/{meter.unit}", what)
        )
    return text.getvalue()


@dataclass(frozen=True)
class Bars:
    """The bars of a score, counted from 1 through all sections."""

    bars: tuple[Bar, ...]
    starts: tuple[Fraction, ...]

    @classmethod
    def of(cls, score: Score) -> Bars:
        bars = tuple(bar for section in score.sections for bar in section.bars)
        return cls(bars, tuple(bar.start for bar in bars))

    def bar_at(self, beat: Fraction) -> tuple[int, Bar]:
        """The number and the bar that a beat lies in."""
        index = max(bisect_right(self.starts, beat) - 1, 0)
        return index + 1, self.bars[index]

    def counted(self, beat: Fraction) -> tuple[int, str]:
        """Bar and beat in it, from 1, as players count."""
        number, bar = self.bar_at(beat)
        return number, f"{float(1 + (beat - bar.start) / bar.meter.pulse):.4g}"


def _rows(score: Score) -> Iterator[_Row]:
    for time, _ in score.tempo_map.knots[:-1]:
        yield time, "tempo"
    for section in score.sections:
        yield section.span.start, f"section: {section.name}, {section.key.name}"
    for hit in score.hits:
        yield hit.time, f"hit: {hit.kind} {hit.name}".rstrip()
