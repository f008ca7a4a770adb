"""Ground truth for the spotter on real film: steps spotted by hand (``resources/spotted/README.md``)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from fractions import Fraction
from importlib import resources
from typing import Any, Literal

from talkies.core.times import TimeRange

Side = Literal["development", "held_out"]
"""Nothing may be tuned on what is held out."""


@dataclass(frozen=True)
class SpottedStep:
    """A foot that lands at ``time`` (s from the film's first frame), seen to ``within`` (s).

    One that is not ``sure`` may be found, but need not be.
    """

    time: Fraction
    within: Fraction
    foot: Literal["left", "right"]
    sure: bool


@dataclass(frozen=True)
class SpottedVisit:
    """From when somebody appears until they are gone (``shown``, s); in ``unseen`` they walk, their feet outside the
    picture: what is found there counts neither way."""

    file: str
    side: Side
    shown: TimeRange
    unseen: tuple[TimeRange, ...]
    steps: tuple[SpottedStep, ...]


def spotted_visits(side: Side | None = None) -> tuple[SpottedVisit, ...]:
    """All visits of one side, or of both, in the order of the film."""
    found = []
    for film in _document()["films"]:
        frame = 1 / Fraction(film["rate"])
        for visit in film["visits"]:
            steps = tuple(
                SpottedStep(step["frame"] * frame, max(step["within_frames"], 1) * frame, step["foot"], step["sure"])
                for step in visit["steps"]
            )
            unseen = tuple(_range(frames, frame) for frames in visit["unseen"])
            found.append(SpottedVisit(film["file"], visit["side"], _range(visit["frames"], frame), unseen, steps))
    return tuple(visit for visit in found if side in (None, visit.side))


def films_without_steps() -> tuple[str, ...]:
    """Films in which nobody walks: a step that is found there is wrong."""
    return tuple(_document()["nobody_walks"])


def _range(frames: list[int], frame: Fraction) -> TimeRange:
    """First and last frame as seconds, the last one included."""
    return TimeRange(frames[0] * frame, (frames[1] + 1) * frame)


def _document() -> dict[str, Any]:
    text = (resources.files("talkies.resources") / "spotted" / "steps.json").read_text("utf-8")
    document: dict[str, Any] = json.loads(text)
    return document
