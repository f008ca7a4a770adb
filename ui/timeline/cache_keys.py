"""Cache keys: one thumbnail, one waveform, as the timeline's painters ask for them."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from talkies.core.segment import Picture


@dataclass(frozen=True)
class StillKey:
    """One thumbnail: of a picture at a media time, ``height`` lines."""

    picture: Picture
    time: Fraction
    height: int

    @property
    def path(self) -> Path:
        return self.picture.path

    def __hash__(self) -> int:
        return hash((self.picture.path, self.time, self.height))  # not the frames of a sequence of thousands


@dataclass(frozen=True)
class PeaksKey:
    """One file's waveform."""

    path: Path


Key = StillKey | PeaksKey
