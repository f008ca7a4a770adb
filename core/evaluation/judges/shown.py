"""What effects are asked for on: held-out scenes that show something else, and the plain bouncing ball."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from talkies.core.arrays import Sound
from talkies.core.conditioning.picture.visual import PictureFeatures
from talkies.core.engines.base import Brief
from talkies.core.evaluation.engine_under_test import EngineUnderTest
from talkies.core.evaluation.figures.foley import Seen
from talkies.core.evaluation.figures.prompt import GOING_SCENES, HIT_SCENES, Laid, neutral, seen_scenes
from talkies.core.evaluation.judges.bouncing import BALLS, RATE, SECONDS, Ball
from talkies.core.evaluation.measures.prompt_classifier import NamedClass
from talkies.core.scenes import Event
from talkies.core.segment import Source

SCENES, BALL = "scenes", "bouncing_ball"
STAGES = (SCENES, BALL)


@dataclass(frozen=True)
class Shown:
    """A film of 8 s as the engine sees it, and what happens in it; ``name`` tells films apart."""

    name: str
    features: PictureFeatures
    events: tuple[Event, ...]


@dataclass(frozen=True)
class Asked:
    """A class on a film: takes of the engine, and as many recordings at the same events; 48 kHz mono, 8 s each."""

    wanted: NamedClass
    film: str
    generated: tuple[Sound, ...]
    natural: tuple[Sound, ...]


@dataclass(frozen=True)
class Films:
    """Everything there is to ask on, looked at once."""

    hits: tuple[Seen, ...]
    going: tuple[Seen, ...]
    balls: tuple[Shown, ...]

    @classmethod
    def seen(cls, under_test: EngineUnderTest) -> Films:
        hits, going = (seen_scenes(kinds, under_test) for kinds in (HIT_SCENES, GOING_SCENES))
        return cls(tuple(hits), tuple(going), tuple(see_ball(ball, under_test) for ball in BALLS))

    def of(self, stage: str, wanted: NamedClass, offset: int, count: int) -> list[Shown]:
        """``count`` films of a stage for a class: hits for hits, what goes on for what goes on."""
        if stage == SCENES:
            scenes = neutral(self.going if wanted.sustained else self.hits, wanted, offset, count)
            return [shown(seen) for seen in scenes]
        return [on_ball(ball, wanted) for ball in self.balls[:count]]


def shown(seen: Seen) -> Shown:
    """A rendered scene."""
    return Shown(f"{seen.scene.kind} {seen.scene.seed}", seen.features, seen.scene.events)


def see_ball(ball: Ball, under_test: EngineUnderTest) -> Shown:
    """A ball's film, looked at as the engine does."""
    from talkies.core.conditioning.picture.visual import picture_features
    from talkies.core.media.picture import Frame

    frames = (Frame(Fraction(number) / RATE, image) for number, image in enumerate(ball.frames()))
    with under_test.clock("look"):
        return Shown(f"ball {BALLS.index(ball) + 1}", picture_features(frames, SECONDS), ball.events())


def on_ball(film: Shown, wanted: NamedClass) -> Shown:
    """A ball's film for a class."""
    return replace(film, events=_going_on(film.events)) if wanted.sustained else film


def _going_on(events: tuple[Event, ...]) -> tuple[Event, ...]:
    """One sound from the first event to the end: rain does not bounce."""
    first = events[0]
    return (replace(first, sustain=float(SECONDS - first.time)),)


def asked(
    under_test: EngineUnderTest, kept: Laid, wanted: NamedClass, films: list[Shown], takes: int, first: int = 0
) -> Iterator[Asked]:
    """Each film with ``takes`` seeds and as many sources of recordings, one after the other; seeds from ``first``."""
    words = " ".join(wanted.words)
    for place, film in enumerate(films):
        numbers = [place * takes + take for take in range(takes)]
        made = tuple(perform_foley(under_test, film, words, "", first + number) for number in numbers)
        laid = tuple(kept.on(film.events, wanted, number) for number in numbers)
        yield Asked(wanted, film.name, made, laid)


def perform_foley(
    under_test: EngineUnderTest, film: Shown, prompt: str, unwanted: str, seed: int, source: Source = "auto"
) -> Sound:
    """48 kHz mono (N,) of 8 s for a film and a prompt."""
    with under_test.clock("prepare"):
        brief = Brief("foley", SECONDS, film.features, prompt=prompt, negative_prompt=unwanted, source=source)
        prepared = under_test.engine.prepare(brief)
    return under_test.perform(prepared, seed)
