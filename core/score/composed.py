"""A composed score: notes in beats, sections, and the tempo map that lays them on the film."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from talkies.core.score.hits import Hit
from talkies.core.score.tempo_map import TempoMap
from talkies.core.times import TimeRange

ModeName = Literal["major", "minor"]
Role = Literal["melody", "harmony", "bass", "pad", "accent"]

_SHARP_NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "Ab", "A", "Bb", "B")
_MINOR_NAMES = ("C", "C#", "D", "Eb", "E", "F", "F#", "G", "G#", "A", "Bb", "B")


@dataclass(frozen=True)
class Key:
    """``tonic``: pitch class, C is 0."""

    tonic: int
    mode: ModeName = "major"

    @property
    def name(self) -> str:
        """As a MIDI key signature says it: ``Eb``, ``F#m``."""
        return _MINOR_NAMES[self.tonic] + "m" if self.mode == "minor" else _MAJOR[self.tonic]


_MAJOR = tuple("Db" if name == "C#" else name for name in _SHARP_NAMES)


@dataclass(frozen=True)
class Meter:
    """A time signature."""

    count: int
    unit: int

    @property
    def beats(self) -> Fraction:
        """Quarters in a bar."""
        return Fraction(4 * self.count, self.unit)

    @property
    def is_compound(self) -> bool:
        return self.unit == 8 and self.count % 3 == 0 and self.count > 3

    @property
    def phrase_bars(self) -> int:
        """Bars in a phrase: eight of two beats, else four."""
        return 8 if self.beats <= 2 else 4

    @property
    def pulse(self) -> Fraction:
        """Quarters from one felt beat to the next."""
        return Fraction(3, 2) if self.is_compound else Fraction(4, self.unit)


@dataclass(frozen=True)
class Bar:
    """A measure: where it begins, in beats from the first picture, and its meter."""

    start: Fraction
    meter: Meter

    @property
    def end(self) -> Fraction:
        return self.start + self.meter.beats


@dataclass(frozen=True)
class Note:
    """``start`` and ``length`` in beats, ``pitch`` a MIDI number, ``velocity`` 1 to 127; ``role``: what it does."""

    instrument: str
    start: Fraction
    length: Fraction
    pitch: int
    velocity: int
    role: Role = "melody"

    @property
    def end(self) -> Fraction:
        return self.start + self.length


@dataclass(frozen=True)
class Section:
    """A stretch of one mood and key. ``span``: seconds; ``beats``: the same in beats; ``theme``: whose motif it has."""

    name: str
    mood: str
    key: Key
    span: TimeRange
    beats: tuple[Fraction, Fraction]
    bars: tuple[Bar, ...]
    theme: str = ""
    held: bool = False


@dataclass(frozen=True)
class Score:
    """``hits``: those on the grid, each with a strong attack. ``missed``: those no tempo within bounds could meet.

    ``length``: seconds of picture; ``handle``: seconds after it in which the sound may ring out.
    """

    tempo_map: TempoMap
    notes: tuple[Note, ...]
    sections: tuple[Section, ...]
    hits: tuple[Hit, ...]
    length: Fraction
    missed: tuple[Hit, ...] = ()
    handle: Fraction = Fraction(0)
    seed: int = 0

    @property
    def instruments(self) -> tuple[str, ...]:
        """Those that play, in order of their first note."""
        return tuple(dict.fromkeys(note.instrument for note in self.notes))

    def seconds(self, note: Note) -> TimeRange:
        """When a note sounds, in seconds of the film."""
        return TimeRange(self.tempo_map.time_at(note.start), self.tempo_map.time_at(note.end))
