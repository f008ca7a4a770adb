"""Events of long work: progress, warnings, failures, finished takes, the end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from talkies.core.segment import StemName, Take


@dataclass(frozen=True)
class Progress:
    """``fraction`` of the whole work, 0 to 1, and what is going on."""

    fraction: float
    message: str


@dataclass(frozen=True)
class Warned:
    """Something the user should know; the work goes on."""

    sentence: str


@dataclass(frozen=True)
class Failed:
    """A stem of a segment was left out; the others are made. ``first_take``: what its first take would be called, by
    which stems of one segment are told apart."""

    segment_id: str
    clip: str
    stem: StemName
    reason: str
    first_take: str = ""


@dataclass(frozen=True)
class TakeReady:
    """One take is finished, in its staging place until the run ends."""

    take: Take


@dataclass(frozen=True)
class Finished:
    """The new timeline is written, with these takes; ``report`` is what ``--json`` prints."""

    takes: tuple[Take, ...]
    report: dict[str, Any]


Event = Progress | Warned | Failed | TakeReady | Finished
