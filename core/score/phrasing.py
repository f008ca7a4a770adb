"""One phrase, written: harmony, bass, melody, what accompanies it, and how loud each note is."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from talkies.core.score.accompaniment import BeatRange, accented, figured, held_chords, joined, outside, tied
from talkies.core.score.composed import Bar, Key, Note, Section
from talkies.core.score.dynamics import Swell, under_speech, with_velocity
from talkies.core.score.form import Phrase, dealt, drawn
from talkies.core.score.harmony import ChordSpan, chord_of, progression, scale_of
from talkies.core.score.melody import Ground, Tone, split_at, sung
from talkies.core.score.moods import MOODS, Mood
from talkies.core.score.motifs import Theme, slots_of
from talkies.core.score.voicing import LINES, Voiced, basses_of, voiced

_BELOW_MIDDLE = 9  # semitones from the melody's middle to its lowest note
_SPEECH_CEILING = 67  # fundamentals of pads under speech stay below 400 Hz, far from 1 to 3 kHz


@dataclass(frozen=True)
class Situation:
    """What a phrase meets. ``hits``: beat and weight; ``speech``: beats over which somebody speaks; ``swell``: the
    score's long line."""

    section: Section
    hits: dict[Fraction, float]
    speech: tuple[BeatRange, ...]
    swell: Swell
    seed: int


@dataclass(frozen=True)
class Written:
    """A phrase's notes without instruments, and where its voices ended."""

    notes: list[Note]
    chord: Voiced
    melody: int | None


def written(phrase: Phrase, theme: Theme, situation: Situation, before: Written | None) -> Written:
    """The phrase in its section, after the one before."""
    section, mood = situation.section, MOODS[situation.section.mood]
    rng = random.Random(drawn(situation.seed, section.theme, section.beats[0], phrase.number, "phrase"))
    spans, basses, chords = _harmony(phrase, situation, before.chord if before else None)
    hits = {beat: weight for beat, weight in situation.hits.items() if phrase.start <= beat < phrase.end}
    ground = Ground(
        section.key, spans, basses, phrase.bars, mood.register, _ceiling(mood) + 1, _closing_tones(section.key, phrase)
    )
    slots = split_at(slots_of(theme, phrase.growth, phrase.bars, rng), hits)
    tones = sung(slots, ground, before.melody if before else None, rng)
    notes = [*_melody(tones, mood, situation, ground), *_accompanied(phrase, chords, situation, sorted(hits))]
    loud = [with_velocity(note, phrase, section, hits, situation.swell) for note in notes if note.length > 0]
    return Written(under_speech(loud, situation.speech), chords[-1], tones[-1].pitch if tones else None)


def _harmony(
    phrase: Phrase, situation: Situation, before: Voiced | None
) -> tuple[list[ChordSpan], list[int], list[Voiced]]:
    """A phrase's chords, their basses, and the tones above them: where somebody speaks throughout, also where the tune
    would be."""
    section, mood = situation.section, MOODS[situation.section.mood]
    begun, ended = (_dealt(situation, phrase, number, "progression") for number in (1, 2))
    spans = progression(mood.family, section.key, phrase.ending, phrase.bars, mood.meter, begun, ended)
    basses = basses_of(spans, mood.bass, before.bass if before else None)
    if _style(mood, phrase) == "drone":
        basses = _pedal(spans, basses, mood.bass + (section.key.tonic - mood.bass) % 12, phrase)
    is_spoken = any(start <= phrase.start and end >= phrase.end for start, end in situation.speech)
    ceiling = min(mood.register, _SPEECH_CEILING) if is_spoken else _ceiling(mood)
    return spans, basses, voiced(spans, basses, ceiling, before, LINES[_dealt(situation, phrase, 3, "line")])


def last_chord(
    section: Section, span: tuple[Fraction, Fraction], weight: float, swell: Swell, before: Written | None
) -> list[Note]:
    """The tonic on the last hit, held over ``span`` (beats)."""
    beat, end = span
    mood, key = MOODS[section.mood], section.key
    bar = Bar(beat, section.bars[0].meter)
    phrase = Phrase((bar,), "close", "codetta", 0)
    chord_span = ChordSpan(chord_of("I" if key.mode == "major" else "i", key), beat, end)
    basses = basses_of([chord_span], mood.bass, before.chord.bass if before else None)
    chord = voiced([chord_span], basses, _ceiling(mood), before.chord if before else None)[0]
    near = before.melody if before is not None and before.melody is not None else mood.register
    choices = [pitch for pitch in range(mood.register - _BELOW_MIDDLE, mood.register + 12) if pitch % 12 == key.tonic]
    top = min(choices, key=lambda pitch: abs(pitch - near))
    notes = [Note("", beat, end - beat, top, 1, "melody")]
    notes += [Note("", beat, end - beat, pitch, 1, "accent") for pitch in chord.tones]
    notes.append(Note("", beat, end - beat, chord.bass, 1, "accent"))
    return [with_velocity(note, phrase, section, {beat: weight}, swell) for note in notes]


def _dealt(situation: Situation, phrase: Phrase, number: int, of: str) -> int:
    """Which of five a phrase of this take has, other than the phrases of other takes."""
    section = situation.section
    return dealt(situation.seed, 5, phrase.number + number, section.theme, section.beats[0], phrase.number, of)


def _style(mood: Mood, phrase: Phrase) -> str:
    return mood.styles[1 if phrase.growth in ("contrast", "fragments", "augmented") else 0]


def _pedal(spans: Sequence[ChordSpan], basses: Sequence[int], tonic: int, phrase: Phrase) -> list[int]:
    """The tonic beneath all chords but those of the cadence."""
    cadence = phrase.bars[-1].start
    return [tonic if span.start < cadence else bass for span, bass in zip(spans, basses, strict=True)]


def _ceiling(mood: Mood) -> int:
    """The highest note of the accompaniment."""
    return mood.register - _BELOW_MIDDLE - 1


def _closing_tones(key: Key, phrase: Phrase) -> tuple[int, ...]:
    scale = scale_of(key)
    if phrase.ending == "close":
        return (scale[0],) if phrase.growth in ("answer", "augmented", "held", "codetta") else (scale[0], scale[2])
    return (scale[1], scale[4], (key.tonic + 11) % 12)


def _melody(tones: Sequence[Tone], mood: Mood, situation: Situation, ground: Ground) -> Iterator[Note]:
    """The sung tones with the mood's touch, silent under speech, and what doubles them."""
    plain = (Note("", tone.start, tone.length * _touch(tone, mood), tone.pitch, 1, "melody") for tone in tones)
    for note in outside(plain, situation.speech):
        yield note
        pitch = _doubled(note, mood, ground)
        if pitch is not None:
            yield replace(note, pitch=pitch, role="harmony")


def _touch(tone: Tone, mood: Mood) -> Fraction:
    """Long notes are held, short ones as the mood touches them."""
    return Fraction(1) if tone.length > 1 else Fraction(mood.touch).limit_denominator(20)


def _doubled(note: Note, mood: Mood, ground: Ground) -> int | None:
    if mood.doubling == "octaves":
        return note.pitch + 12
    if mood.doubling != "thirds" or note.length < Fraction(1, 2):
        return None
    chord = next((span.chord for span in reversed(ground.chords) if span.start <= note.start), ground.chords[0].chord)
    scale = scale_of(ground.key, chord)
    for gap in (3, 4, 8, 9):
        if (note.pitch - gap) % 12 in (
            chord.tones if note.length >= 1 else scale
        ) and note.pitch - gap >= ground.lowest:
            return note.pitch - gap
    return None


def _accompanied(
    phrase: Phrase, chords: Sequence[Voiced], situation: Situation, hits: Sequence[Fraction]
) -> Iterator[Note]:
    whole = ((phrase.start, phrase.end),)
    if phrase.growth == "held":
        yield from accented(held_chords(chords, whole), chords, hits)
        return
    mood = MOODS[situation.section.mood]
    rests = phrase.ending == "close" and len(phrase.bars) > 2
    moving = list(outside(figured(_style(mood, phrase), phrase.bars, chords, mood.bass, rests), situation.speech))
    spoken = _within(situation.speech, phrase.start, phrase.end)
    holds = joined((start, _resumed(end, moving, phrase.end)) for start, end in spoken)
    still = held_chords(chords, holds)
    for note in tied(accented([*moving, *still], chords, hits), situation.speech):
        if note.pitch <= _SPEECH_CEILING or not _speaks(note, situation.speech):
            yield note


def _resumed(end: Fraction, moving: Sequence[Note], latest: Fraction) -> Fraction:
    """When the figure goes on after a line: until then its chord is held, or there would be a hole."""
    return min((note.start for note in moving if note.start >= end), default=latest)


def _within(ranges: Iterable[BeatRange], start: Fraction, end: Fraction) -> list[BeatRange]:
    return [(max(low, start), min(high, end)) for low, high in ranges if low < end and high > start]


def _speaks(note: Note, speech: Iterable[BeatRange]) -> bool:
    return any(start < note.end and note.start < end for start, end in speech)
