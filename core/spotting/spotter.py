"""Spotting by program: what an engine sees, what subtitles describe and what markers say becomes a list.

picture ─► engine.spot ─► hits, sustained ─┐
prompt ─► its words ───────────────────────┤
[door slams] ─► at what is seen in its time, else at its start ─┼─► spots of a shot
markers with words that are known ─────────┤
feet that land, where networks see them ───┘
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np

from talkies.core.conditioning.picture.look import PictureLook
from talkies.core.conditioning.picture.places import struck_at
from talkies.core.conditioning.prompt.vocabulary import read_prompt
from talkies.core.engines.base import Engine, Spotted
from talkies.core.segment import Cue, Mark, Segment
from talkies.core.spotting.kept import SAME_S
from talkies.core.spotting.marked import Marked
from talkies.core.spotting.placing import media_time, record_ranges, record_times
from talkies.core.spotting.spot import EASY_FORCE, Ids, Spot
from talkies.core.synthesis import Recipe, recipe_for
from talkies.core.times import TimeRange, round_half_up

STEPS = "footsteps"
"""The word of the effects vocabulary."""
_QUICK_S = 1.0  # a pace at which one stroke is not all of a sound
_EXACT = 1000  # parts of a second to which an engine's times are rounded


def spots_of_shot(
    engine: Engine,
    look: PictureLook,
    ids: Ids,
    prompt: str = "",
    marked: Iterable[Marked] = (),
    steps: Sequence[Spot] = (),
) -> list[Spot]:
    """What sounds within a shot, in the order of its time. ``look``: at it and around its cuts; ``prompt``: what it
    sounds like where nothing else says so; ``marked``: markers of the timeline, beside those of the shot's own clip;
    ``steps``: what core/sight saw. Raises ArgumentError for an engine that does not spot."""
    segment = look.segment
    seen = Spotted() if look.features is None else engine.spot(look.features)
    spots = [_placed(segment, spot, look) for spot in _seen(segment, seen, look.range.start, prompt)]
    spots = _with_steps(segment, spots, steps, prompt)
    for cue in segment.cues:
        if cue.kind == "sound":
            spots = _described(segment, spots, cue)
    spots += [spot for each in marked if (spot := _of_marker(segment, each)) is not None]
    spots += [spot for mark in segment.marks if (spot := _of_mark(segment, mark)) is not None]
    ordered = sorted(spots, key=lambda spot: (_position(segment, spot), spot.kind))
    return [replace(spot, id=ids.new(segment.id)) for spot in ordered]


def _seen(segment: Segment, seen: Spotted, start: Fraction, prompt: str) -> list[Spot]:
    """What was seen, ``start`` (s) being where the look began; the words decide whether it strikes or goes on."""
    recipe = _recipe(prompt)
    hits = [
        spot
        for stroke in seen.strokes
        if (spot := _hit(segment, start + _exact(stroke.time), prompt, stroke.force, stroke.confidence)) is not None
    ]
    going = [_sustained(segment, TimeRange(start + _exact(a), start + _exact(b)), prompt) for a, b in seen.spans]
    throughout = _sustained(segment, segment.record, prompt)
    found: list[Spot | None]
    if recipe is not None and recipe.stroke is None:
        found = [throughout]
    elif recipe is None:
        found = [*hits, *going] or [throughout if prompt else None]
    else:
        found = [*hits, throughout if recipe.going is not None else None] if hits else [throughout]
    return [spot for spot in found if spot is not None]


def _placed(segment: Segment, spot: Spot, look: PictureLook) -> Spot:
    """A hit with where in the picture it was seen; what goes on may move, and has no place."""
    if spot.kind != "hit" or look.features is None:
        return spot
    place = struck_at(look.features, float(_position(segment, spot) - look.range.start))
    if place is None:
        return spot
    x, y = (round((each + 1) / 2, 3) for each in place)
    return replace(spot, x=x, y=y)


def _with_steps(segment: Segment, spots: Sequence[Spot], steps: Sequence[Spot], prompt: str) -> list[Spot]:
    """Footsteps among what was seen: a blow so near to one is that step, at the blow's own time."""
    words = prompt if STEPS in read_prompt(prompt).words else ""
    found: list[Spot] = []
    for step in steps:
        near = [spot for spot in spots if spot.kind == "hit" and abs(spot.time - step.time) <= SAME_S]
        time = min((spot.time for spot in near), key=lambda each: abs(each - step.time), default=step.time)
        found.append(replace(step, time=time, until=time, words=words or step.words))
    others = (s for s in spots if s.kind != "hit" or all(abs(s.time - step.time) > SAME_S for step in steps))
    return [*others, *found]


def _described(segment: Segment, spots: Sequence[Spot], cue: Cue) -> list[Spot]:
    """The spots with what a subtitle describes: those in its time are called so, or new ones are there."""
    recipe, time = _recipe(cue.text), cue.range.overlap(segment.record)
    if time is None:
        return list(spots)
    if recipe is not None and recipe.stroke is None:
        sustained = _sustained(segment, time, cue.text)
        return [*spots, *([] if sustained is None else [sustained])]

    def inside(spot: Spot) -> bool:
        return spot.kind == "hit" and time.start <= _position(segment, spot) < time.end

    if any(inside(spot) for spot in spots):
        return [replace(spot, words=cue.text) if inside(spot) else spot for spot in spots]
    positions = _paced(recipe, time) if cue.range.start >= segment.record.start else []
    new = (_hit(segment, position, cue.text) for position in positions)
    return [*spots, *(spot for spot in new if spot is not None)]


def _paced(recipe: Recipe | None, time: TimeRange) -> list[Fraction]:
    """Once, or as often as it comes by itself where it comes quickly."""
    pace = recipe.stroke.pace_s if recipe is not None and recipe.stroke is not None else _QUICK_S
    if pace >= _QUICK_S:
        return [time.start]
    return [time.start + _exact(float(at)) for at in np.arange(0, float(time.duration), pace)]


def _of_marker(segment: Segment, marked: Marked) -> Spot | None:
    if _strikes(marked.span, marked.words):
        return _hit(segment, marked.span.start, marked.words)
    return _sustained(segment, marked.span, marked.words)


def _of_mark(segment: Segment, mark: Mark) -> Spot | None:
    """A marker of the clip whose name has a word that effects know, where the cut shows it."""
    if not read_prompt(mark.words).words:
        return None
    first, last = mark.span.start, mark.span.end
    if _strikes(mark.span, mark.words):
        spot = Spot("", segment.id, first, first, words=mark.words)
    else:
        spot = Spot("", segment.id, first, last, "sustained", words=mark.words)
    return spot if record_ranges(segment, spot, segment.record) else None


def _strikes(span: TimeRange, words: str) -> bool:
    """Whether a marker is a hit: it has no length, or names what never goes on."""
    recipe = _recipe(words)
    return not span.duration or (recipe is not None and recipe.going is None)


def _recipe(words: str) -> Recipe | None:
    known = read_prompt(words).words
    return recipe_for(known) if known else None


def _hit(
    segment: Segment, position: Fraction, words: str, force: float = EASY_FORCE, confidence: float = 1.0
) -> Spot | None:
    """A hit at a timeline position (s); None where its shot is not shown."""
    if not segment.record.start <= position < segment.record.end:
        return None
    media = media_time(segment, position)
    return Spot("", segment.id, media, media, force=force, words=words, confidence=confidence)


def _sustained(segment: Segment, span: TimeRange, words: str) -> Spot | None:
    inside = span.overlap(segment.record)
    if inside is None:
        return None
    first, last = sorted((media_time(segment, inside.start), media_time(segment, inside.end)))
    return Spot("", segment.id, first, last, "sustained", words=words)


def _position(segment: Segment, spot: Spot) -> Fraction:
    times = record_times(segment, spot.time)
    return next((time for time in times if time >= segment.record.start), segment.record.start)


def _exact(seconds: float) -> Fraction:
    return Fraction(round_half_up(Fraction(seconds) * _EXACT), _EXACT)
