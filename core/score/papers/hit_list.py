"""The hits as a table (CSV) of markers: when, in which bar, and whether the music meets them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from fractions import Fraction

from talkies.core.score.composed import Score
from talkies.core.score.papers.tempo_list import Bars

COLUMNS = ("number", "timecode", "seconds", "bar", "beat", "kind", "name", "weight", "met")


def hits_csv(score: Score, timecode: Callable[[Fraction], str]) -> str:
    """One row for each hit in order, numbered as the markers of the MIDI file; those that no tempo meets have no
    number. ``timecode``: of seconds from the score's start."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    bars, numbers = Bars.of(score), {hit: number for number, hit in enumerate(score.hits, 1)}
    for hit in sorted((*score.hits, *score.missed), key=lambda hit: hit.time):
        bar, beat = bars.counted(score.tempo_map.beat_at(hit.time))
        met = "yes" if hit in numbers else "no"
        when = timecode(hit.time), f"{float(hit.time):.6f}"
        writer.writerow((numbers.get(hit, ""), *when, bar, beat, hit.kind, hit.name, f"{hit.weight:.2g}", met))
    return text.getvalue()
