"""Instruments: compass, how many notes at once, General MIDI program; and the ensembles they make up.

Compasses are those that players of a theatre orchestra have in practice (Adler, The Study of Orchestration), in MIDI
numbers at sounding pitch.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Limbs = Literal["keys", "pedals", "strings", "one", "struck"]
EnsembleName = Literal["piano", "organ", "salon", "orchestra"]

HAND_SPAN = 16  # semitones: a tenth
HAND_NOTES = 5


@dataclass(frozen=True)
class Instrument:
    """``voices``: notes at once. ``limbs``: keys are two hands, pedals two hands and feet. ``program``: General MIDI,
    counted from 0; None for a key of the drum channel.
    ``blown``: its player has to breathe."""

    name: str
    lowest: int
    highest: int
    voices: int
    limbs: Limbs
    program: int | None
    drum: int = 0
    blown: bool = False

    def reaches(self, pitch: int) -> bool:
        return self.lowest <= pitch <= self.highest

    def fitted(self, pitch: int) -> int:
        """The pitch in the octave that is within compass and nearest."""
        while pitch < self.lowest:
            pitch += 12
        while pitch > self.highest:
            pitch -= 12
        return pitch


INSTRUMENTS: dict[str, Instrument] = {
    each.name: each
    for each in (
        Instrument("piano", 21, 108, 10, "keys", 0),
        Instrument("harmonium", 36, 89, 10, "keys", 20),
        Instrument("theatre_organ", 36, 96, 11, "pedals", 19),
        Instrument("harp", 24, 103, 8, "keys", 46),
        Instrument("violin", 55, 100, 1, "one", 40),
        Instrument("cello", 36, 76, 1, "one", 42),
        Instrument("violins", 55, 98, 3, "strings", 48),
        Instrument("violas", 48, 84, 2, "strings", 41),
        Instrument("cellos", 36, 76, 2, "strings", 42),
        Instrument("basses", 28, 60, 1, "strings", 43),
        Instrument("violas_pizzicato", 48, 84, 2, "strings", 45),
        Instrument("cellos_pizzicato", 36, 76, 2, "strings", 45),
        Instrument("basses_pizzicato", 28, 60, 1, "strings", 45),
        Instrument("flute", 60, 96, 1, "one", 73, blown=True),
        Instrument("oboe", 58, 91, 1, "one", 68, blown=True),
        Instrument("clarinet", 50, 94, 1, "one", 71, blown=True),
        Instrument("bassoon", 34, 72, 1, "one", 70, blown=True),
        Instrument("horn", 41, 77, 2, "one", 60, blown=True),
        Instrument("trumpet", 55, 82, 1, "one", 56, blown=True),
        Instrument("timpani", 40, 55, 1, "struck", 47),
        Instrument("cymbal", 49, 49, 1, "struck", None, 49),
    )
}

SOLOISTS = tuple(name for name, each in INSTRUMENTS.items() if each.limbs != "struck" and "pizzicato" not in name)
"""Those that can carry a score alone."""

ENSEMBLES: dict[EnsembleName, tuple[str, ...]] = {
    "piano": ("piano",),
    "organ": ("theatre_organ",),
    "salon": ("violin", "flute", "clarinet", "cello", "piano", "harmonium"),
    "orchestra": (
        *("violins", "violas", "cellos", "basses", "flute", "oboe", "clarinet", "bassoon", "horn", "trumpet"),
        *("violas_pizzicato", "cellos_pizzicato", "basses_pizzicato", "harp", "timpani", "cymbal"),
    ),
}
