"""Recordings as the library knows them: what they are called, how they sound, where something in them is hit."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Use = Literal["hit", "sustained"]


@dataclass(frozen=True)
class RecordedHit:
    """Something that is struck in a recording, in samples at 48 kHz from the recording's first.

    ``sample``: its transient, the first sample of its sound. ``end``: where it has rung out, or just before the next
    hit. ``peak``: its largest sample, full scale 1. ``rms``: root mean square of its loudest 50 ms.
    """

    sample: int
    end: int
    peak: float
    rms: float


@dataclass(frozen=True)
class Measures:
    """How a recording sounds.

    ``level_db`` and ``peak_db``: root mean square and largest sample, dB re full scale. ``centroid_hz`` and
    ``spread_hz``: of its mean spectrum. ``noisiness``: 0 a tone to 1 white noise. ``decay_s``: from its loudest moment
    until 40 dB below. ``steady``: the stretch that goes on, first and end sample at 48 kHz; ``ripple_db``: standard
    deviation of the level in it, in steps of at most 0.4 s.
    """

    duration_s: float
    level_db: float
    peak_db: float
    centroid_hz: float
    spread_hz: float
    noisiness: float
    decay_s: float
    ripple_db: float
    steady: tuple[int, int]
    hits: tuple[RecordedHit, ...] = ()


@dataclass(frozen=True)
class Recording:
    """One sound file. ``category``: its CatID of the Universal Category System, "" none; ``description``: what its
    chunks or tags say."""

    path: Path
    measures: Measures
    channels: int = 1
    category: str = ""
    description: str = ""


@dataclass(frozen=True)
class Wanted:
    """What a spot asks of the library. ``id``: the spot's; ``seed``: its own (``Spot.seed``). ``words`` and ``avoid``:
    prompts. ``file``: this recording and no other, in the library or not. ``length_s``: of a sustained one, 0 unknown.
    """

    id: str
    words: str = ""
    use: Use = "hit"
    force: float = 0.7
    seed: int = 0
    avoid: str = ""
    file: str = ""
    length_s: float = 0.0


@dataclass(frozen=True)
class Pick:
    """A recording that was cast, and the number of its hit; None: what goes on in it. ``score``: 0 to 1, how well the
    words fit."""

    recording: Recording
    hit: int | None = None
    score: float = field(default=1.0, compare=False)

    @property
    def name(self) -> str:
        """What a list remembers of it: ``/sounds/door.wav#2``, counted from 1."""
        return str(self.recording.path) + (f"#{self.hit + 1}" if self.hit is not None else "")
