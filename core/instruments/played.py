"""Notes as they are played: what a score hands to its ensemble."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from talkies.core.errors import ArgumentError


@dataclass(frozen=True)
class PlayedNote:
    """``onset`` and ``length_s`` in seconds; ``pitch`` as MIDI number, 69 = 440 Hz, between keys too; ``velocity`` 1 to
    127; ``instrument``: a name of :data:`talkies.core.instruments.INSTRUMENTS`. A pedal is a longer note. ``marked``:
    an accent, which speaks at once also where bow or breath would take its time."""

    onset: Fraction | float
    length_s: Fraction | float
    pitch: float
    velocity: int
    instrument: str
    marked: bool = False


def checked(notes: Iterable[PlayedNote], known: Iterable[str]) -> Iterator[PlayedNote]:
    """The same notes. Raises ArgumentError for what cannot be played and for notes out of order."""
    names, latest = frozenset(known), None
    for note in notes:
        if note.instrument not in names:
            raise ArgumentError(repr(note.instrument), "is not an instrument", f"use one of {', '.join(sorted(names))}")
        if not (0 <= note.pitch <= 127 and 1 <= note.velocity <= 127 and note.length_s >= 0 and note.onset >= 0):
            raise ArgumentError(f"note {note}", "has a pitch, velocity or time out of range", "see PlayedNote")
        if latest is not None and note.onset < latest:
            raise ArgumentError(f"note at {float(note.onset):.3f} s", "comes after a later one", "order notes by onset")
        latest = note.onset
        yield note


def hertz(pitch: float) -> float:
    """Equal temperament, A4 = 440 Hz."""
    return float(440.0 * 2 ** ((pitch - 69) / 12))
