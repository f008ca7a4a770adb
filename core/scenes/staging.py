"""Staging: puts scenes together from kinds, shots, distractors, camera and damage, all from one seed."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from talkies.core.arrays import Image
from talkies.core.errors import ArgumentError
from talkies.core.scenes import (
    animals,
    bouncing,
    breaking,
    doors,
    engines,
    gesturing,
    hammering,
    ringing,
    shooting,
    silence,
    splashing,
    switching,
    talking,
    walking,
    weather,
)
from talkies.core.scenes.acting import Actor, Kind
from talkies.core.scenes.canvas import Canvas, View
from talkies.core.scenes.degrade import Degradation, draw_degradation
from talkies.core.scenes.joining import Join, draw_joins, joined
from talkies.core.scenes.plain import Event, Scene, exact_time
from talkies.core.scenes.stage import INDOOR_SURFACES, OUTDOOR_SURFACES, Slot, Stage, build_camera, build_stage

KINDS: dict[str, Kind] = {
    "bouncing": bouncing.KIND,
    "hammering": hammering.KIND,
    "walking": walking.KIND,
    "breaking": breaking.KIND,
    "door": doors.KIND,
    "splash": splashing.KIND,
    "animal": animals.KIND,
    **shooting.KINDS,
    **switching.KINDS,
    **weather.KINDS,
    **engines.KINDS,
    **ringing.KINDS,
}
"""Every kind of scene that has sounds."""
WORDS_ONLY: dict[str, Kind] = {"talking": talking.KIND, "gesturing": gesturing.KIND}
"""Kinds in which people only speak or sign; drawn when asked for."""

_SILENT_SHARE = 0.14
_CUT_SHARE = 0.15
_QUIET_SHARE = 0.4  # of edited film's shots: a dissolve over nothing that sounds is the hardest to be silent at
_PAIR_SHARE = 0.2
_DISTRACTOR_SHARE = 0.3


@dataclass(frozen=True)
class Shot:
    """One camera position, shown from ``start`` to ``end`` (seconds of the scene); its actors live on the shot's own
    clock."""

    start: float
    stage: Stage
    actors: tuple[Actor, ...]
    camera: Callable[[float], View]
    end: float = math.inf
    behind: Callable[[float], Image] | None = None
    """Film of the picture's size to act before, in place of the painted place; seconds of the scene."""

    def image(self, t: float, size: tuple[int, int]) -> Image:
        canvas = self._backdrop(t, size)
        image = canvas.image
        for actor in self.actors:
            actor.draw(canvas, t - self.start)
        return image

    def _backdrop(self, t: float, size: tuple[int, int]) -> Canvas:
        view = self.camera(t - self.start)
        if self.behind is not None:
            return Canvas(self.behind(t).copy(), view)
        return self.stage.paint(np.empty((size[1], size[0], 3), np.uint8), view)

    def within(self, t: float) -> float:
        """The moment of the shot nearest to ``t``: in a dissolve it stands still before its start and after its end."""
        return min(max(t, self.start), self.end)


def render_scene(
    seed: int,
    duration: Fraction | int = Fraction(8),
    size: tuple[int, int] = (256, 144),
    rate: Fraction | int = Fraction(25),
    *,
    kind: str | None = None,
    clean: bool = False,
    edited: bool = False,
    damage: Degradation | None = None,
    behind: Callable[[float], Image] | None = None,
) -> Scene:
    """A scene from a seed; ``kind``: a name of :data:`KINDS` or :data:`WORDS_ONLY`, or "silent".

    ``clean``: no damage, cut or distractor. ``edited``: several shots, joined by dissolves, fades and cuts. ``damage``:
    in place of what the seed would draw; what happens stays the same. ``behind``: film of this size to act before, by
    its seconds, in place of the painted places. The same arguments give the same pictures and
    events. Raises ArgumentError for an unknown kind or no duration.
    """
    known = (*KINDS, *WORDS_ONLY, "silent")
    if kind is not None and kind not in known:
        raise ArgumentError(f"scene {kind!r}", "is not a known kind", f"choose from {', '.join(known)}")
    if duration <= 0 or rate <= 0:
        raise ArgumentError("scene", "duration and rate must be above 0")
    rng = np.random.default_rng([seed, 7])
    length = float(duration)
    name = kind or _choose(rng)
    joins = [Join(0.0)]
    if edited:
        joins += draw_joins(rng, length)
    elif not clean and length > 4 and rng.random() < _CUT_SHARE:
        joins.append(Join(float(rng.uniform(0.3, 0.7)) * length))
    names = [name, *(kind or _choose(rng) for _ in joins[1:])]
    if edited and kind is None:
        names = ["silent" if rng.random() < _QUIET_SHARE else each for each in names]
    shots: list[Shot] = []
    events: list[Event] = []
    for join, following, shot_name in zip(joins, [*joins[1:], Join(length)], names, strict=True):
        start, end = join.start, following.start
        shot = _build_shot(rng, shot_name, start, end, size, clean)
        shots.append(replace(shot, behind=behind))
        events += [moved for actor in shot.actors for e in actor.events if (moved := _moved(e, start, end))]
    degradation = damage or (Degradation() if clean else draw_degradation(rng, size))
    rate = Fraction(rate)

    def image(number: int) -> Image:
        moments = degradation.exposures(number / rate, rate)
        shown = joined(joins, float(moments[0]))
        if len(shown.shots) == 1:
            images = [shown.of([shots[shown.shots[0]].image(float(t), size)]) for t in moments]
        else:
            images = [shown.of([shots[n].image(shots[n].within(float(t)), size) for n in shown.shots]) for t in moments]
        return degradation.apply(degradation.develop(images), number)

    return Scene(seed, "+".join(names), Fraction(duration), size, rate, tuple(sorted(events)), image)


def _choose(rng: np.random.Generator) -> str:
    if rng.random() < _SILENT_SHARE:
        return "silent"
    weights = np.array([kind.weight for kind in KINDS.values()])
    return str(rng.choice(list(KINDS), p=weights / weights.sum()))


def _moved(event: Event, start: float, end: float) -> Event | None:
    """The event on the scene's clock, or None when the shot is over before it; what goes on is cut with the shot."""
    time = event.time + exact_time(start)
    if time >= exact_time(end) or event.time < 0:
        return None
    sustain = min(event.sustain, float(exact_time(end) - time))
    return Event(time, event.kind, event.material, min(event.force, 1.0), sustain, event.tags)


def _build_shot(
    rng: np.random.Generator, name: str, start: float, end: float, size: tuple[int, int], clean: bool
) -> Shot:
    length = end - start
    kind = KINDS.get(name) or WORDS_ONLY.get(name)
    indoor = bool(rng.random() < 0.35) if kind is None or kind.indoor is None else kind.indoor
    surfaces = (kind.surfaces if kind else ()) or (INDOOR_SURFACES if indoor else OUTDOOR_SURFACES)
    stage = build_stage(rng, size, str(rng.choice(surfaces)), indoor)
    whole = Slot(0.0, stage.aspect)
    actors: list[Actor] = []
    if (not clean and rng.random() < _DISTRACTOR_SHARE) or (kind is None and rng.random() < 0.75):
        weights = np.array([quiet.weight for quiet in silence.KINDS.values()])
        quiet = str(rng.choice(list(silence.KINDS), p=weights / weights.sum()))
        actors.append(silence.KINDS[quiet].build(rng, stage, whole, length))
    if kind is not None:
        slots = [whole]
        if not clean and kind.share and rng.random() < _PAIR_SHARE:
            middle = stage.aspect / 2
            slots = [Slot(0.0, middle), Slot(middle, stage.aspect)]
        kinds = [kind, *(_companion(rng, stage) for _ in slots[1:])]
        actors += [chosen.build(rng, stage, slot, length) for chosen, slot in zip(kinds, slots, strict=True)]
    camera = build_camera(rng, length)
    return Shot(start, stage, tuple(actors), (lambda _: View()) if clean else camera, end)


def _companion(rng: np.random.Generator, stage: Stage) -> Kind:
    """Another kind that can be played on this stage."""
    fitting = [
        kind
        for kind in KINDS.values()
        if kind.share and kind.indoor in (None, stage.indoor) and (not kind.surfaces or stage.surface in kind.surfaces)
    ]
    return fitting[rng.integers(len(fitting))]
