"""The door of this room: hits of a film to a composed score.

    hits, scenes ─► movements ─► tempo map, bars ─► phrases: harmony, melody, figure ─► instruments ─► hands

The same arguments give the same notes. Another seed is another piece on the same plan: tempo, sections, keys and hits
do not depend on it.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from fractions import Fraction

from talkies.core.errors import ArgumentError
from talkies.core.score.accompaniment import BeatRange, joined
from talkies.core.score.asked import Asked
from talkies.core.score.composed import Bar, Note, Score, Section
from talkies.core.score.dynamics import Swell, under_speech
from talkies.core.score.form import Scene, drawn, movements, phrases_of
from talkies.core.score.hands import playable
from talkies.core.score.hits import Hit, merged
from talkies.core.score.laying import Laid, laid
from talkies.core.score.moods import MOODS
from talkies.core.score.motifs import Theme, theme_of
from talkies.core.score.orchestration import Passage, orchestrated
from talkies.core.score.phrasing import Situation, Written, last_chord, written
from talkies.core.score.tempo_map import TempoMap
from talkies.core.times import TimeRange

SHORTEST = Fraction(1)  # s of film
_ROOM_FOR_LAST = Fraction(1, 4)  # s that the last chord needs
_BREATH = Fraction(1, 5)  # s around speech


def compose(
    hits: Sequence[Hit],
    length: Fraction,
    asked: Asked,
    seed: int,
    speech: Sequence[TimeRange] = (),
    scenes: Sequence[Scene] = (),
    handle: Fraction = Fraction(0),
) -> Score:
    """A score for ``length`` seconds of film, over with ``handle`` seconds more.

    All times are seconds from the first picture that is scored. The last hit has the last attack. Raises ArgumentError
    for less than a second, and for hits beyond the film.
    """
    hits = _checked(hits, length, handle)
    plan = _plan(hits, length, asked, scenes, handle)
    spoken = _in_beats(speech, plan.tempo_map)
    weights = {plan.tempo_map.beat_at(hit.time): hit.weight for hit in plan.met}
    notes = playable(_notes(plan, weights, spoken, asked, seed))
    return Score(plan.tempo_map, tuple(notes), plan.sections, plan.met, length, plan.missed, handle, seed)


def sections_of(
    hits: Sequence[Hit], length: Fraction, asked: Asked, scenes: Sequence[Scene] = (), handle: Fraction = Fraction(0)
) -> tuple[Section, ...]:
    """The sections that every score of these arguments has. Raises ArgumentError as :func:`compose` does."""
    return _plan(_checked(hits, length, handle), length, asked, scenes, handle).sections


def _plan(hits: tuple[Hit, ...], length: Fraction, asked: Asked, scenes: Sequence[Scene], handle: Fraction) -> Laid:
    end = length if length - hits[-1].time >= _ROOM_FOR_LAST else length + handle
    return laid(movements(hits, scenes, asked), hits, asked, end)


def _checked(hits: Sequence[Hit], length: Fraction, handle: Fraction) -> tuple[Hit, ...]:
    if length < SHORTEST:
        raise ArgumentError("music", f"has {float(length):.2f} s of film", "choose at least a second")
    if any(not 0 <= hit.time <= length for hit in hits):
        raise ArgumentError("music", "has hits beyond its film", "count them from the first picture that is scored")
    every = list(merged(hits))
    if not every or every[0].time > 0:
        every = list(merged([Hit(Fraction(0), 1.0, "first"), *every]))
    latest = length + handle - _ROOM_FOR_LAST
    every = [hit for hit in every if hit.time <= latest]
    if len(every) < 2:
        every.append(Hit(min(length * 2 / 3, latest), 1.0, "last"))
    return tuple(every)


def _in_beats(speech: Sequence[TimeRange], tempo_map: TempoMap) -> tuple[BeatRange, ...]:
    """Stretches of speech with a breath around them, joined, in beats."""
    breathed = joined((max(span.start - _BREATH, Fraction(0)), span.end + _BREATH) for span in speech)
    return tuple((tempo_map.beat_at(start), tempo_map.beat_at(end)) for start, end in breathed)


def _notes(
    plan: Laid, weights: dict[Fraction, float], spoken: tuple[BeatRange, ...], asked: Asked, seed: int
) -> Iterator[Note]:
    before: Written | None = None
    swell = Swell.of(weights, plan.closing, plan.met[-1].time, plan.sections[-1].mood)
    for section in plan.sections:
        is_last = section is plan.sections[-1]
        inside = {beat: weight for beat, weight in weights.items() if section.beats[0] <= beat < section.beats[1]}
        near = tuple(each for each in spoken if each[1] > section.beats[0] and each[0] < section.beats[1])
        situation = Situation(section, inside, near, swell, seed)
        theme = _theme(section, asked, seed)
        mood = MOODS[section.mood]
        for phrase in phrases_of(_bars_before(section, plan.closing), mood.meter, section.held, is_last):
            before = written(phrase, theme, situation, before)
            contrast = phrase.growth in ("contrast", "inversion")
            yield from orchestrated(Passage(before.notes, mood, contrast, inside), asked.players)
    last = plan.sections[-1]
    chord = last_chord(last, (plan.closing, last.beats[1]), weights.get(plan.closing, 1.0), swell, before)
    passage = Passage(under_speech(chord, spoken), MOODS[last.mood], False, {plan.closing: 1.0})
    yield from orchestrated(passage, asked.players)


def _theme(section: Section, asked: Asked, seed: int) -> Theme:
    """The same for all sections of one theme, and for a character in any mood's manner."""
    mood = MOODS[section.mood]
    return theme_of(mood, mood.meter, random.Random(drawn(seed, section.theme, "theme")))


def _bars_before(section: Section, closing: Fraction) -> list[Bar]:
    return [bar for bar in section.bars if bar.start < closing]
