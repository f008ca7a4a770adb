"""Voicing: a bass and two or three tones above it for each chord, that move as little as they can within one hand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise

from talkies.core.score.ensemble import HAND_SPAN
from talkies.core.score.harmony import Chord, ChordSpan

_MUD = 48  # below it no interval under a fifth: close low chords growl
_LOW_GAP = 7
_THIRD_MISSING, _SEVENTH_MISSING, _LEADING_TWICE, _MUDDY, _GAP = 6.0, 2.5, 5.0, 6.0, 0.15
_PARALLEL, _UNRESOLVED = 3.0, 5.0
_OFF_LINE = 0.5  # a semitone
_BASS_RANGE = 14  # semitones above the lowest note it likes


LINES = ((1.0, 1.0), (0.0, 0.0), (0.0, 1.0), (1.0, 0.0), (0.5, 0.5))
"""Where the highest tone of a phrase's chords would like to lie, from its first chord to its last: 0 low, 1 high."""


@dataclass(frozen=True)
class Voiced:
    """``bass`` and ``tones`` in MIDI pitches, rising; all of them within one hand's tenth."""

    span: ChordSpan
    bass: int
    tones: tuple[int, ...]

    @property
    def all(self) -> tuple[int, ...]:
        return (self.bass, *self.tones)


def basses_of(spans: Sequence[ChordSpan], lowest: int, before: int | None = None) -> list[int]:
    """A bass line: each the nearest to the one before, within its range."""
    line: list[int] = []
    middle = lowest + _BASS_RANGE // 2 - 2
    at = before if before is not None else middle
    for span in spans:
        choices = [pitch for pitch in range(lowest, lowest + _BASS_RANGE) if pitch % 12 == span.chord.bass]
        at = min(choices, key=lambda pitch: (abs(pitch - at) + 0.3 * abs(pitch - middle), pitch))
        line.append(at)
    return line


def voiced(
    spans: Sequence[ChordSpan],
    basses: Sequence[int],
    ceiling: int,
    before: Voiced | None = None,
    line: tuple[float, float] = LINES[0],
) -> list[Voiced]:
    """Tones over a bass line, none above ``ceiling``; ``line``: one of LINES."""
    made: list[Voiced] = []
    for place, (span, bass) in enumerate(zip(spans, basses, strict=True)):
        height = line[0] + (line[1] - line[0]) * place / max(len(spans) - 1, 1)
        before = Voiced(span, bass, _tones(span.chord, bass, ceiling, height, before))
        made.append(before)
    return made


def _tones(chord: Chord, bass: int, ceiling: int, height: float, before: Voiced | None) -> tuple[int, ...]:
    low, top = bass + 3, min(bass + HAND_SPAN, ceiling)
    pitches = [pitch for pitch in range(low, top + 1) if pitch % 12 in chord.tones]
    choices = [tones for size in (3, 2) for tones in combinations(pitches, size)] or [tuple(pitches)]
    wish = low + _LOW_GAP + (top - low - _LOW_GAP) * height
    return min(choices, key=lambda tones: (_cost(chord, bass, tones, before) + _off_line(tones, wish), tones))


def _off_line(tones: tuple[int, ...], wish: float) -> float:
    return _OFF_LINE * abs(tones[-1] - wish) if tones else 0.0


def _cost(chord: Chord, bass: int, tones: tuple[int, ...], before: Voiced | None) -> float:
    every = (bass, *tones)
    classes = [pitch % 12 for pitch in every]
    cost = _THIRD_MISSING * (chord.tones[1] not in classes)
    cost += _SEVENTH_MISSING * (len(chord.tones) > 3 and chord.tones[3] not in classes)
    cost += _LEADING_TWICE * (chord.leading is not None and classes.count(chord.leading) > 1)
    cost += 0.8 * (len(tones) < 3)
    for low, high in pairwise(every):
        cost += _MUDDY * (low < _MUD and high - low < _LOW_GAP and high - low != 0) * ((_MUD - low) / 12)
        cost += _GAP * max(high - low - 9, 0)
    if before is not None and before.tones:
        cost += 0.35 * sum(min(abs(tone - old) for old in before.tones) for tone in tones)
        cost += _PARALLEL * _parallels(before.all, every) + _UNRESOLVED * _unresolved(before, chord, every)
    return cost


def _parallels(old: tuple[int, ...], new: tuple[int, ...]) -> int:
    """Fifths and octaves with the bass, and between voices above it, that move on as fifths and octaves."""
    if old[0] == new[0]:
        return 0
    gaps = {(tone - old[0]) % 12 for tone in old[1:]} & {0, 7}
    above = zip(combinations(old[1:], 2), combinations(new[1:], 2), strict=False) if len(old) == len(new) else ()
    moved = (
        (low, high) for (was_low, was_high), (low, high) in above if was_low != low and was_high - was_low in (7, 12)
    )
    return sum((tone - new[0]) % 12 in gaps for tone in new[1:]) + sum(high - low in (7, 12) for low, high in moved)


def _unresolved(before: Voiced, chord: Chord, new: tuple[int, ...]) -> int:
    """Leading tones that do not rise although the tonic is there to go to."""
    leading = before.span.chord.leading
    if leading is None or leading in chord.tones or (leading + 1) % 12 not in chord.tones:
        return 0
    return sum(tone % 12 == leading and tone + 1 not in new for tone in before.all)
