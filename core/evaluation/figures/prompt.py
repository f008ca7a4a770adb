"""Whether the prompt decides what is heard: how often a classifier of real recordings names what was asked for.

Every class is asked for on the same pictures, scenes that show something else: hits for hits, something that goes on
for what goes on. Beside the engine stand held-out recordings laid on the same events, also through the codec. The
negative prompt is judged by sounds made from the picture alone: how many keep their name once it is unwanted.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from talkies.core.arrays import Sound
from talkies.core.corpus.effects import EffectLibrary, Recording
from talkies.core.corpus.heldout import HELDOUT_SCENE_SEED
from talkies.core.engines.base import Brief
from talkies.core.evaluation.engine_under_test import EngineUnderTest, HasCodec, OnProgress
from talkies.core.evaluation.figures.foley import SCENE_SECONDS, Seen
from talkies.core.evaluation.measures.fidelity import mean
from talkies.core.evaluation.measures.prompt_classifier import CLASSES, NamedClass, Namer, describe
from talkies.core.scenes import Event
from talkies.core.training.preparing.effect_windows import Casting, SoundClass, staged

HIT_SCENES = ("bouncing", "hammering", "walking", "switch", "gun")
GOING_SCENES = ("wind", "surf", "fire", "car", "helicopter")
"""Kinds of scenes whose pictures sounds are asked for on."""

_FIRST_SEED = HELDOUT_SCENE_SEED + 200
_OF_EACH_KIND = 2
_LEARNED = 24  # windows of each class that the classifier learns from

Rates = dict[str, float | None]


class KeptStrokes(EffectLibrary):
    """A library that cuts every recording once."""

    def __init__(self, folder: Path, split: Any) -> None:
        super().__init__(folder, split)
        self._cut: dict[Recording, Sound] = {}

    def sound(self, recording: Recording) -> Sound:
        if recording not in self._cut:
            self._cut[recording] = super().sound(recording)
        return self._cut[recording]


class Laid:
    """Recordings of one side laid on events, a source of a class at a time."""

    def __init__(self, library: EffectLibrary, seed: int, classes: Sequence[NamedClass] = CLASSES) -> None:
        self.casting = Casting(library, np.random.default_rng([seed, 5]))
        self.sources = {wanted.name: _sources(library, wanted) for wanted in classes}

    def on(self, events: Sequence[Event], wanted: NamedClass, number: int) -> Sound:
        """The ``number``-th source of the class wherever something happens."""
        source = self._source(wanted, number)
        return self.casting.sound([_moved(event, source) for event in events], [source])

    def freely(self, wanted: NamedClass, number: int) -> Sound:
        """The ``number``-th source of the class in a rhythm of its own."""
        source = self._source(wanted, number)
        return self.casting.sound(staged(self.casting, source, self.casting.rng), [source])

    def _source(self, wanted: NamedClass, number: int) -> SoundClass:
        sources = self.sources[wanted.name]
        return sources[number % len(sources)]


def _sources(library: EffectLibrary, wanted: NamedClass) -> list[SoundClass]:
    """The class's recordings by source and words."""
    found: dict[tuple[str, tuple[str, ...]], list[Recording]] = {}
    for recording in library.recordings:
        if wanted.holds(recording):
            found.setdefault((recording.group, recording.tags), []).append(recording)
    return [SoundClass(tags, wanted.sustained, tuple(takes)) for (_, tags), takes in sorted(found.items())]


def _moved(event: Event, source: SoundClass) -> Event:
    return Event(event.time, event.kind, event.material, event.force, event.sustain, source.tags)


def prompt_figures(
    under_test: EngineUnderTest, foley_folder: Path, per_class: int, progress: OnProgress, *, negative: bool = True
) -> dict[str, Any]:
    """How often each class is named: held-out recordings (``natural``), those ``through_codec``, ``generated`` sounds.

    ``ratio`` is the generated share over the natural one, over all classes alike. ``per_class`` sounds of each class.
    """
    progress(0.0, "prompts: the classifier listens to recordings")
    namer = trained_namer(foley_folder)
    kept = Laid(KeptStrokes(foley_folder, "test"), 1)
    progress(0.2, "prompts: scenes")
    hits, going = seen_scenes(HIT_SCENES, under_test), seen_scenes(GOING_SCENES, under_test)
    judged: dict[str, Rates] = {}
    there = [wanted for wanted in CLASSES if kept.sources[wanted.name]]
    for number, wanted in enumerate(there):
        progress(0.3 + 0.55 * number / len(there), f"prompts: {' '.join(wanted.words)}")
        scenes = neutral(going if wanted.sustained else hits, wanted, number, per_class)
        judged[wanted.name] = _rates(under_test, namer, kept, scenes, wanted)
    progress(0.85, "prompts: negative")
    overall = {
        row: mean([rates[row] for rates in judged.values()]) for row in ("natural", "through_codec", "generated")
    }
    natural, generated = overall["natural"], overall["generated"]
    return {
        "classes": judged,
        "sounds_per_class": per_class,
        "overall": overall,
        "ratio": generated / natural if natural and generated is not None else None,
        "negative": negative_figures(under_test, namer, [*hits, *going]) if negative else None,
    }


def trained_namer(foley_folder: Path) -> Namer:
    """The classifier, from the training recordings alone."""
    learned = Laid(KeptStrokes(foley_folder, "train"), 0)
    pairs = [(wanted, number) for wanted in CLASSES if learned.sources[wanted.name] for number in range(_LEARNED)]
    return Namer(
        [describe(learned.freely(wanted, number)) for wanted, number in pairs], [wanted.name for wanted, _ in pairs]
    )


def seen_scenes(kinds: Sequence[str], under_test: EngineUnderTest) -> list[Seen]:
    """Clean scenes of these kinds in turn, looked at as the engine does."""
    seeds = enumerate(range(_FIRST_SEED, _FIRST_SEED + _OF_EACH_KIND * len(kinds)))
    return [see_clean(seed, kinds[number % len(kinds)], under_test) for number, seed in seeds]


def see_clean(seed: int, kind: str, under_test: EngineUnderTest) -> Seen:
    """One scene of a kind without damage or distractors."""
    from talkies.core.conditioning.picture.visual import picture_features
    from talkies.core.media.picture import Frame
    from talkies.core.scenes import render_scene

    scene = render_scene(seed, SCENE_SECONDS, kind=kind, clean=True)
    frames = (Frame(number / scene.rate, image) for number, image in enumerate(scene.frames()))
    with under_test.clock("look"):
        return Seen(scene, picture_features(frames, SCENE_SECONDS))


def neutral(scenes: Sequence[Seen], wanted: NamedClass, offset: int, count: int) -> list[Seen]:
    """``count`` scenes that show nothing of the class's words; they come round when there are too few."""
    fitting = [seen for seen in scenes if not set(seen.scene.tags) & set(wanted.words)]
    return [fitting[(offset + number) % len(fitting)] for number in range(count)]


def _rates(under_test: EngineUnderTest, namer: Namer, kept: Laid, scenes: Sequence[Seen], wanted: NamedClass) -> Rates:
    natural = [kept.on(seen.scene.events, wanted, number) for number, seen in enumerate(scenes)]
    engine = under_test.engine
    coded = [engine.codec_roundtrip(sound) for sound in natural] if isinstance(engine, HasCodec) else None
    generated = [_made(under_test, seen, " ".join(wanted.words), "", number) for number, seen in enumerate(scenes)]
    rows = {"natural": natural, "through_codec": coded, "generated": generated}
    return {row: None if sounds is None else _share(namer, sounds, wanted.name) for row, sounds in rows.items()}


def _made(under_test: EngineUnderTest, seen: Seen, prompt: str, unwanted: str, seed: int) -> Sound:
    with under_test.clock("prepare"):
        brief = Brief("foley", seen.scene.duration, seen.features, prompt=prompt, negative_prompt=unwanted)
        prepared = under_test.engine.prepare(brief)
    return under_test.perform(prepared, seed)


def negative_figures(under_test: EngineUnderTest, namer: Namer, scenes: Sequence[Seen]) -> dict[str, Any]:
    """Of sounds named from the picture alone: the shares that keep their name when its words are the negative prompt,
    and when another class's are."""
    words = {wanted.name: " ".join(wanted.words) for wanted in CLASSES}
    names = sorted(words)
    still: list[bool] = []
    otherwise: list[bool] = []
    for number, seen in enumerate(scenes):

        def named(unwanted: str, number: int = number, seen: Seen = seen) -> str:
            return namer.name([_made(under_test, seen, "", unwanted, number)])[0]

        if name := named(""):
            other = names[(names.index(name) + len(names) // 2) % len(names)]
            still.append(named(words[name]) == name)
            otherwise.append(named(words[other]) == name)
    return {
        "sounds": len(still),
        "still_named": mean(still),
        "still_named_when_another_is_unwanted": mean(otherwise),
    }


def _share(namer: Namer, sounds: Sequence[Sound], name: str) -> float:
    return namer.name(sounds).count(name) / len(sounds)
