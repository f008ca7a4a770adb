"""Footsteps that are seen, against steps spotted by hand (resources/spotted): F1 at ±100 ms, and films without steps.

    python tests/benchmarks/sight.py --films ../shared/data/video/real [--side development|held_out]

Needs the networks of ``talkies models pull sight``.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import NamedTuple

from talkies.core.corpus.spotted import SpottedVisit, films_without_steps, spotted_visits
from talkies.core.media.picture import picture_frames
from talkies.core.sight.following import followed
from talkies.core.sight.seen import LINES
from talkies.core.sight.steps import steps_of
from talkies.core.timeline import read_timeline

_NEAR = Fraction(1, 10) + Fraction(1, 1000)


class Counts(NamedTuple):
    found: int
    wrong: int
    missed: int

    def __str__(self) -> str:
        f1 = 2 * self.found / max(2 * self.found + self.wrong + self.missed, 1)
        return f"F1 {f1:.2f}: {self.found} found, {self.wrong} wrong, {self.missed} missed"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--films", type=Path, required=True)
    arguments.add_argument("--side", choices=("development", "held_out"), action="append")
    given = arguments.parse_args()
    times: dict[str, list[Fraction]] = {}
    for side in given.side or ("development", "held_out"):
        rows = []
        for visit in spotted_visits(side):
            if visit.file not in times:
                times[visit.file] = steps_in(given.films / visit.file)
            rows.append(judged(visit, times[visit.file]))
        print(f"{side}: {Counts(*map(sum, zip(*rows, strict=True)))}")
    for name in films_without_steps():
        print(f"{name}: {len(steps_in(given.films / name))} steps where nobody walks")


def steps_in(film: Path) -> list[Fraction]:
    """Seconds of all steps that are seen in a film."""
    tracks = [track for part in read_timeline(film).segments for track in followed(picture_frames(part, height=LINES))]
    return sorted(Fraction(step.time).limit_denominator(1000) for track in tracks for step in steps_of(track))


def judged(visit: SpottedVisit, times: Sequence[Fraction]) -> Counts:
    """Each found step goes to the nearest one that was spotted and has none yet."""
    left, found, wrong = list(visit.steps), 0, 0
    for time in _within(visit, times):
        near = min(left, key=lambda step: abs(step.time - time), default=None)
        if near is not None and abs(near.time - time) <= _NEAR:
            left.remove(near)
            found += 1
        elif not any(each.start <= time < each.end for each in visit.unseen):
            wrong += 1
    return Counts(found, wrong, sum(step.sure for step in left))


def _within(visit: SpottedVisit, times: Sequence[Fraction]) -> Iterator[Fraction]:
    return (time for time in times if visit.shown.start <= time < visit.shown.end)


if __name__ == "__main__":
    main()
