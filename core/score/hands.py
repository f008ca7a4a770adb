"""What one player can do: two hands of a tenth with five fingers, or as many notes as an instrument has voices; and who
blows breathes.

Notes are taken in order; where one more cannot be played, first what is held is let go, then what weighs least is left
out: pads, harmony, bass, never the melody before the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

from talkies.core.score.composed import Note, Role
from talkies.core.score.ensemble import HAND_NOTES, HAND_SPAN, INSTRUMENTS, Instrument

_WEIGHT: dict[Role, int] = {"melody": 4, "accent": 3, "bass": 2, "harmony": 1, "pad": 0}
_PEDAL_HIGHEST = 67  # of an organ, G4
_LONGEST_BREATH, _BREATH = 12, Fraction(1, 4)  # beats: three bars of four in one breath, and what it takes


def playable(notes: Iterable[Note]) -> list[Note]:
    """The notes as their players can play them, in order of time."""
    by_player: dict[str, list[Note]] = {}
    for note in notes:
        by_player.setdefault(note.instrument, []).append(note)
    made: list[Note] = []
    for name, own in by_player.items():
        played = _played(own, INSTRUMENTS[name])
        made += _with_breath(played) if INSTRUMENTS[name].blown else played
    return sorted(made, key=lambda note: (note.start, note.pitch, note.instrument))


def _with_breath(notes: Sequence[Note]) -> list[Note]:
    """The notes of one who blows: where no rest comes in time, the longest note of a breath ends early, by at most half
    of it. One that is longer than a breath is held."""
    made = sorted(notes, key=lambda note: (note.start, note.pitch))
    first, end = 0, made[0].start
    for place, note in enumerate(made):
        if note.start - end >= _BREATH:
            first = place
        while note.end - made[first].start > _LONGEST_BREATH and first < place:
            earlier = [each for each in range(first, place) if made[each].start < note.start]
            if not earlier:  # all that is held began together: there is no later note to breathe before
                break
            longest = max(earlier, key=lambda each: (made[each].length, each))
            following = next(each for each in range(longest + 1, place + 1) if made[each].start > made[longest].start)
            limit = max(made[following].start - _BREATH, made[longest].start + made[longest].length / 2)
            for each in range(first, following):
                made[each] = _ended_by(made[each], limit)
            first = following
        end = max(end, note.end)
    return made


def _ended_by(note: Note, limit: Fraction) -> Note:
    return replace(note, length=min(note.length, max(limit - note.start, note.length / 2)))


def _played(notes: Sequence[Note], instrument: Instrument) -> list[Note]:
    done: list[Note] = []
    sounding: list[Note] = []
    groups: dict[Fraction, list[Note]] = {}
    for note in notes:
        groups.setdefault(note.start, []).append(replace(note, pitch=instrument.fitted(note.pitch)))
    for start in sorted(groups):
        done += [note for note in sounding if note.end <= start]
        sounding = [note for note in sounding if note.end > start]
        new = _at_once(groups[start], instrument)
        kept: list[Note] = []
        for note in sounding:  # from the top, so that the melody's long notes stay longest
            if any(note.pitch == other.pitch for other in new) or not can_play(
                [*(each.pitch for each in kept), note.pitch, *(each.pitch for each in new)], instrument
            ):
                done.append(replace(note, length=start - note.start))
            else:
                kept.append(note)
        sounding = sorted([*kept, *new], key=lambda note: -_WEIGHT[note.role])
    return [*done, *sounding]


def _at_once(notes: Sequence[Note], instrument: Instrument) -> list[Note]:
    """Those of the notes of one moment that can be struck together."""
    kept: list[Note] = []
    for note in sorted(
        notes, key=lambda each: (-_WEIGHT[each.role], -each.pitch if each.role == "melody" else each.pitch)
    ):
        fits = can_play([*(each.pitch for each in kept), note.pitch], instrument)
        if fits and all(note.pitch != other.pitch for other in kept):
            kept.append(note)
    return kept


def can_play(pitches: Iterable[int], instrument: Instrument) -> bool:
    """Whether one player can hold these at once."""
    row = sorted(set(pitches))
    if len(row) > instrument.voices:
        return False
    if instrument.limbs == "keys":
        return _two_hands(row)
    if instrument.limbs == "pedals":
        return _two_hands(row) or (row[0] <= _PEDAL_HIGHEST and _two_hands(row[1:]))
    return True


def _two_hands(row: Sequence[int]) -> bool:
    """Whether a rising row parts into two hands."""
    left = 0
    while left < min(len(row), HAND_NOTES) and row[left] - row[0] <= HAND_SPAN:
        left += 1
    right = row[left:]
    return not right or (len(right) <= HAND_NOTES and right[-1] - right[0] <= HAND_SPAN)
