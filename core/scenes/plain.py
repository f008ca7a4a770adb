"""Scene data: events at exact times, and pictures drawn on demand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from talkies.core.arrays import Image

_EVENT_RATE = 48_000


def exact_time(seconds: float) -> Fraction:
    """The physics' float as an exact time, on the grid of 48 kHz samples."""
    return Fraction(round(seconds * _EVENT_RATE), _EVENT_RATE)


@dataclass(frozen=True, order=True)
class Event:
    """Something that would be heard.

    ``time``: seconds from the scene's first frame, where the sound begins. ``force``: 0 to 1. ``sustain``: seconds
    that the sound goes on, 0 for one that dies away by itself. ``tags``: words of the effects' vocabulary.
    """

    time: Fraction
    kind: str
    material: str
    force: float
    sustain: float
    tags: tuple[str, ...]


@dataclass(frozen=True)
class Scene:
    """A film that knows its sounds. ``kind`` names what was staged; ``tags`` are all that its events carry."""

    seed: int
    kind: str
    duration: Fraction
    size: tuple[int, int]
    rate: Fraction
    events: tuple[Event, ...]
    image: Callable[[int], Image] = field(repr=False, compare=False)

    @property
    def tags(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(tag for event in self.events for tag in event.tags))

    @property
    def frame_count(self) -> int:
        """Frames that begin inside the duration."""
        return -int(-self.duration * self.rate // 1)

    def frames(self) -> Iterator[Image]:
        """Pictures in order; frame n is shown from n / rate."""
        return (self.image(number) for number in range(self.frame_count))
