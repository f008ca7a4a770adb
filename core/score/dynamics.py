"""Dynamics: how loud each note is.

mood + role + beat of the bar + arch of the phrase + what the phrase is + its place in section and score
─► a hit above all of that ─► softer where somebody speaks
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from talkies.core.score.accompaniment import BeatRange, begins_in
from talkies.core.score.composed import Bar, Note, Role, Section
from talkies.core.score.form import Growth, Phrase
from talkies.core.score.moods import MOODS

_LOUDEST_OF_FIGURE = 108
_SOFTER_UNDER_SPEECH, _SOFTEST = 16, 32  # in steps of velocity, hits too
_ROLE: dict[Role, int] = {"melody": 8, "bass": -2, "harmony": -9, "pad": -16, "accent": 4}
_GROWTH: dict[Growth, int] = {
    "theme": 0, "answer": 1, "contrast": -7, "return": 3, "inversion": -4, "fragments": 1, "augmented": 4, "held": -8,
    "codetta": -4,
}  # fmt: skip
_OF_SECTION = (-4, 3)  # from its beginning to its end
_OF_SCORE, _OF_CLIMAX, _OF_END = -8, 6, -4
_CLIMAX, _AROUND = 0.7, (0.55, 0.85)  # of the score
_QUIET, _DYING_AWAY, _LAST_BEATS = 65, -12, 16  # a mood's velocity below which a score dies away, and over how long
_WHOLLY_S = 90  # a shorter score swells by less


@dataclass(frozen=True)
class Swell:
    """The long line of a score: it rises to ``climax`` and falls back to ``end``, in beats; ``share``, 0 to 1: how much
    of it. ``dies_away``: its last bars are softer and softer."""

    climax: Fraction
    end: Fraction
    share: float
    dies_away: bool

    @classmethod
    def of(cls, weights: Mapping[Fraction, float], end: Fraction, seconds: Fraction, last_mood: str) -> Swell:
        """To the weightiest hit after the middle, of several the one nearest to where a climax usually is."""
        low, high = (Fraction(share).limit_denominator(100) * end for share in _AROUND)
        near = {beat: weight for beat, weight in weights.items() if low <= beat <= high}
        usual = Fraction(_CLIMAX).limit_denominator(100) * end
        climax = max(near, key=lambda beat: (near[beat], -abs(beat - usual)), default=usual)
        return cls(climax, end, min(float(seconds) / _WHOLLY_S, 1.0), MOODS[last_mood].velocity < _QUIET)

    def at(self, beat: Fraction) -> float:
        """In steps of velocity."""
        if beat <= self.climax:
            level = _between(_OF_SCORE, _OF_CLIMAX, beat / self.climax if self.climax else Fraction(1))
        else:
            level = _between(_OF_CLIMAX, _OF_END, (beat - self.climax) / max(self.end - self.climax, Fraction(1, 8)))
        away = _between(0, _DYING_AWAY, 1 - (self.end - beat) / _LAST_BEATS) if self.dies_away else 0
        return (level + away) * self.share


def with_velocity(note: Note, phrase: Phrase, section: Section, hits: Mapping[Fraction, float], swell: Swell) -> Note:
    """A hit is above all that is no hit."""
    middle = MOODS[section.mood].velocity + _place(note.start, phrase, section, swell)
    share = float((note.start - phrase.start) / (phrase.end - phrase.start))
    arch = 6 * (1 - abs(share - 0.6) / 0.6)
    level = min(middle + _ROLE[note.role] + _metrical(note.start, phrase.bars) + arch, _LOUDEST_OF_FIGURE)
    if note.start in hits:
        level = max(level, min(middle + 14, _LOUDEST_OF_FIGURE)) + 6 + 10 * hits[note.start]
    return replace(note, velocity=min(max(round(level), 1), 127))


def _place(beat: Fraction, phrase: Phrase, section: Section, swell: Swell) -> float:
    """Of a phrase in its section and in the score."""
    low, high = section.beats
    inside = _between(*_OF_SECTION, (beat - low) / max(high - low, Fraction(1, 8)))
    return (_GROWTH[phrase.growth] + inside) * swell.share + swell.at(beat)


def _between(low: int, high: int, share: Fraction) -> float:
    return low + (high - low) * min(max(float(share), 0.0), 1.0)


def _metrical(beat: Fraction, bars: Sequence[Bar]) -> int:
    bar = next((bar for bar in bars if bar.start <= beat < bar.end), bars[0])
    inside = beat - bar.start
    return 5 if inside == 0 else 2 if inside % bar.meter.pulse == 0 else -2


def under_speech(notes: Iterable[Note], speech: Sequence[BeatRange]) -> list[Note]:
    """Without the tune, and softer, where somebody speaks."""
    kept = (note for note in notes if note.role != "melody" or not begins_in(note, speech))
    return [_softer(note) if begins_in(note, speech) else note for note in kept]


def _softer(note: Note) -> Note:
    return replace(note, velocity=max(note.velocity - _SOFTER_UNDER_SPEECH, min(note.velocity, _SOFTEST)))
