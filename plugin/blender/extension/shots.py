"""What the sequencer holds, as plain data in frames: shots of picture, lines of text, sound that is there."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any


@dataclass(frozen=True)
class Shot:
    """A stretch of picture, ``start <= frame < end``. ``head``: seconds of its media before it; ``speed``: times
    normal, negative in reverse, 0 for a still. ``reference`` is OTIO's media reference."""

    name: str
    channel: tuple[int, ...]
    start: int
    end: int
    reference: dict[str, Any]
    head: Fraction = Fraction(0)
    speed: Fraction = Fraction(1)
    selected: bool = False


@dataclass(frozen=True)
class Line:
    """A text strip."""

    text: str
    start: int
    end: int
    selected: bool = False


@dataclass(frozen=True)
class Noise:
    """A sound strip: what is already heard; or a picture of ours. ``track`` is its channel's name."""

    name: str
    track: str
    channel: tuple[int, ...]
    start: int
    end: int
    file: str
    head: Fraction


@dataclass
class Reading:
    """What was found; ``portraits``: pictures of ours, which are no shots; ``warnings`` are sentences for the user."""

    shots: list[Shot] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    noises: list[Noise] = field(default_factory=list)
    portraits: list[Noise] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def wanted(self) -> list[Shot]:
        """The shots that are to sound."""
        chosen = [shot for shot in self.shots if shot.selected]
        words = [line for line in self.lines if line.selected]
        if chosen or not words:
            return chosen or self.shots
        return [shot for shot in self.shots if any(_meet(shot, line) for line in words)]

    @property
    def spoken(self) -> list[Line]:
        """The lines that count."""
        chosen = [line for line in self.lines if line.selected]
        return chosen or self.lines


def _meet(shot: Shot, line: Line) -> bool:
    return shot.start < line.end and line.start < shot.end
