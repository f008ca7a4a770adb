"""Harmony: roman numerals to chords, and progressions of four bars that end in a half or a full cadence.

"i | iio6 V | i VI | V7"  ─►  chords by bar  ─►  laid on the bars of a phrase
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from talkies.core.score.composed import Bar, Key, Meter
from talkies.core.score.moods import Family
from talkies.core.score.progressions import PROGRESSIONS, Ending

MAJOR_SCALE = (0, 2, 4, 5, 7, 9, 11)
MINOR_SCALE = (0, 2, 3, 5, 7, 8, 10)

_DEGREES = ("I", "II", "III", "IV", "V", "VI", "VII")
_NUMERAL = re.compile(r"([b#]?)([IViv]+)(o|ø|\+)?(7|65|43|42|64|6)?(?:/([b#]?[IViv]+))?$")
_INVERSIONS = {"": 0, "7": 0, "6": 1, "65": 1, "64": 2, "43": 2, "42": 3}
_SEVENTHS = ("7", "65", "43", "42")

Quality = Literal["major", "minor", "o", "ø", "+"]
_TRIADS: dict[str, tuple[int, ...]] = {
    "major": (0, 4, 7), "minor": (0, 3, 7), "o": (0, 3, 6), "ø": (0, 3, 6), "+": (0, 4, 8),
}  # fmt: skip


@dataclass(frozen=True)
class Chord:
    """``tones``: pitch classes from the root up; ``bass``: the lowest. ``symbol``: its roman numeral."""

    symbol: str
    tones: tuple[int, ...]
    bass: int
    leading: int | None = None
    """The pitch class that wants to rise a semitone, in a dominant."""

    @property
    def root(self) -> int:
        return self.tones[0]


@dataclass(frozen=True)
class ChordSpan:
    """A chord from ``start`` (beats) to ``end``."""

    chord: Chord
    start: Fraction
    end: Fraction


def scale_of(key: Key, chord: Chord | None = None) -> tuple[int, ...]:
    """Pitch classes of the melody over a chord: the scale, with the chord's altered tones in place of its own.

    A leading tone, and what is altered in minor, is raised from the step below; what is borrowed in major is lowered
    from the step above. Tonic and dominant are altered by a leading tone alone.
    """
    steps = MAJOR_SCALE if key.mode == "major" else MINOR_SCALE
    scale = [(key.tonic + step) % 12 for step in steps]
    for tone in chord.tones if chord is not None else ():
        if tone not in scale:
            assert chord is not None
            leads = tone == chord.leading
            raised = leads or key.mode == "minor" or chord.symbol.endswith("+")
            sources = [(tone - 1) % 12, (tone + 1) % 12] if raised else [(tone + 1) % 12, (tone - 1) % 12]
            kept = () if leads else (scale[0], scale[4])
            source = next((own for own in sources if own in scale and own not in kept and own not in chord.tones), None)
            if source is not None:
                scale[scale.index(source)] = tone
    return tuple(scale)


def chord_of(symbol: str, key: Key) -> Chord:
    """The chord that a roman numeral names in a key: ``V65``, ``iiø7``, ``bII6``, ``V7/IV``, ``Ger``."""
    if symbol == "Ger":
        tones = tuple((key.tonic + step) % 12 for step in (8, 0, 3, 6))
        return Chord(symbol, tones, tones[0])
    found = _NUMERAL.match(symbol)
    assert found, f"{symbol} is no roman numeral"
    sign, numeral, mark, figures, of = found.groups(default="")
    tonic, mode = key.tonic, key.mode
    if of:
        goal = chord_of(of, key)
        tonic, mode = goal.root, "minor" if of.islower() else "major"
    root = (tonic + _root_step(sign, numeral, mark, mode)) % 12
    quality = mark or ("major" if numeral.isupper() else "minor")
    steps = [*_TRIADS[quality], *([_seventh(numeral, quality, mode)] if figures in _SEVENTHS else [])]
    notes = tuple((root + step) % 12 for step in steps)
    leading = (tonic + 11) % 12
    return Chord(symbol, notes, notes[_INVERSIONS[figures]], leading if _is_dominant(symbol) else None)


def _is_dominant(symbol: str) -> bool:
    head = symbol.split("/", maxsplit=1)[0]
    return head.startswith(("V", "viio")) and not head.startswith("VI")


def _root_step(sign: str, numeral: str, mark: str, mode: str) -> int:
    place = _DEGREES.index(numeral.upper())
    raised = place == 6 and mark in ("o", "ø")  # the leading tone carries its own chord in minor too
    step = (MAJOR_SCALE if mode == "major" or raised else MINOR_SCALE)[place]
    return step + {"": 0, "b": -1, "#": 1}[sign]


def _seventh(numeral: str, quality: str, mode: str) -> int:
    if quality == "o":
        return 9
    is_major_seventh = quality == "major" and numeral != "V" and (mode == "major" or numeral in ("III", "VI"))
    return 11 if is_major_seventh else 10


def progression(
    family: Family, key: Key, ending: Ending, bars: tuple[Bar, ...], meter: Meter, begun: int, ended: int
) -> list[ChordSpan]:
    """Chords for the bars of one phrase, fitted to its length: two bars of one of the family's five progressions of
    four, and two of the same or another.

    In eight short bars each of the four is two."""
    rows = [[bar.split() for bar in row.split("|")] for row in PROGRESSIONS[family][key.mode][ending]]
    written = [*rows[begun][:2], *rows[ended][2:]]
    if meter.phrase_bars == 8:
        written = [[symbol] for symbols in written for symbol in (symbols[0], symbols[-1])]
    fitted = _fitted(written, len(bars))
    spans = []
    for bar, symbols in zip(bars, fitted, strict=True):
        spans += _in_bar(bar, [chord_of(symbol, key) for symbol in symbols])
    return spans


def _fitted(written: list[list[str]], count: int) -> list[list[str]]:
    """A shorter phrase keeps the cadence, a longer one goes round its beginning once more."""
    if count <= 1:
        return [written[-1]] * count
    if count < len(written):
        return [written[0], *written[-(count - 1) :]]
    return [*written[:-2], *[written[place % 2] for place in range(count - len(written))], *written[-2:]]


def _in_bar(bar: Bar, chords: list[Chord]) -> list[ChordSpan]:
    """Two chords meet on the middle pulse; a bar of one pulse has the last."""
    pulses = int(bar.meter.beats // bar.meter.pulse)
    if len(chords) == 1 or pulses < 2:
        return [ChordSpan(chords[-1], bar.start, bar.end)]
    middle = bar.start + bar.meter.pulse * ((pulses + 1) // 2)
    return [ChordSpan(chords[0], bar.start, middle), ChordSpan(chords[1], middle, bar.end)]
