"""How effects come out: struck when the picture strikes, silent when it is still, and without a voice.

Beside the engine stand guesses (a constant rate, the picture's motion peaks, both tuned on training scenes) and what
recordings placed on the true events score: the ceiling that detector and material allow.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from talkies.core.arrays import Floats32, Sound
from talkies.core.corpus.heldout import HELDOUT_SCENE_SEED
from talkies.core.engines.base import Brief
from talkies.core.evaluation.engine_under_test import EngineUnderTest, OnProgress
from talkies.core.evaluation.measures.baselines import (
    IMPACT,
    TOTAL_MOTION,
    Clip,
    constant_rate,
    motion_peaks,
    tune_constant_rate,
    tune_prominence,
)
from talkies.core.evaluation.measures.fidelity import mean
from talkies.core.evaluation.measures.leak import level_db, silent_stretch_level_db, voice_share
from talkies.core.evaluation.measures.speech import Recogniser, normalised
from talkies.core.media.onsets import OnsetCounts, detect_onsets, pooled

if TYPE_CHECKING:
    from talkies.core.conditioning.picture.visual import PictureFeatures
    from talkies.core.scenes import Event, Scene
    from talkies.core.training.preparing.sounding import EffectLibrary

SCENE_SECONDS = Fraction(8)

_TUNING_EVENT_LISTS = 100
_FADE_S = 0.05  # how much before its time the beginning of what goes on may be heard
_REACH_S = 0.05
_ONE_STROKE_S, _ECHO_S = 0.06, 0.12


@dataclass(frozen=True)
class Seen:
    """A rendered scene: its features, and where things happen, (start, end) in s."""

    scene: Scene
    features: PictureFeatures

    @property
    def events(self) -> tuple[tuple[float, float], ...]:
        return events_of(self.scene)

    @property
    def times(self) -> list[float]:
        return [start for start, _ in self.events]

    @property
    def clip(self) -> Clip:
        return clip_of(self.scene, self.features.sync)


def events_of(scene: Scene) -> tuple[tuple[float, float], ...]:
    """(start, end) in s; a one-shot has no length."""
    return tuple((float(event.time), float(event.time) + event.sustain) for event in scene.events)


def clip_of(scene: Scene, sync: Floats32) -> Clip:
    """The scene as onsets are judged on it: strokes that stand out, and around what counts neither way.

    Rain or an engine fades in: it has a beginning, but no onset, and crackles at times nobody knows.
    """
    heard, masked = standing_out([event for event in scene.events if not event.sustain])
    going_on = [(float(e.time) - _FADE_S, float(e.time) + e.sustain) for e in scene.events if e.sustain]
    unknown = (*going_on, *((time - _REACH_S, time) for time in masked))
    return Clip(float(scene.duration), tuple(heard), sync, tuple(sorted(unknown)))


def standing_out(strokes: Sequence[Event]) -> tuple[list[float], list[float]]:
    """Times (s) of the strokes that are heard as strokes of their own, and of those that are not.

    Two less than 60 ms apart are one stroke, at the time of the stronger; what is weaker than another up to 120 ms
    before it is the other's echo (a ball's last rattle, a step in a shot). Both are facts of hearing (temporal
    integration, forward masking; Moore, An Introduction to the Psychology of Hearing, ch. 3), and of recordings,
    which ring for longer than that.
    """
    heard: list[Event] = []
    masked: list[Event] = []
    for event in sorted(strokes):
        last = heard[-1] if heard else None
        if last is None or event.time - last.time >= (_ONE_STROKE_S if event.force > last.force else _ECHO_S):
            heard.append(event)
        elif event.force > last.force:
            masked.append(heard.pop())
            heard.append(event)
        else:
            masked.append(event)
    return [float(event.time) for event in heard], [float(event.time) for event in masked]


def see(seed: int, under_test: EngineUnderTest | None = None) -> Seen:
    """Renders a scene and looks at it; the looking counts as the engine's work, the rendering does not."""
    from talkies.core.conditioning.picture.visual import picture_features
    from talkies.core.media.picture import Frame
    from talkies.core.scenes import render_scene

    scene = render_scene(seed, SCENE_SECONDS)
    frames = [Frame(number / scene.rate, image) for number, image in enumerate(scene.frames())]
    with under_test.clock("look") if under_test else nullcontext():
        features = picture_features(frames, SCENE_SECONDS)
    return Seen(scene, features)


@dataclass(frozen=True)
class Baselines:
    """Guesses tuned on training scenes."""

    rate: float
    total_prominence: float
    impact_prominence: float

    @classmethod
    def tuned(cls, scenes: int) -> Baselines:
        """On the first ``scenes`` training scenes; the constant rate on more, since it needs no pictures."""
        from talkies.core.scenes import render_scene

        none = np.zeros((0, 32), np.float32)
        lists = [clip_of(render_scene(seed, SCENE_SECONDS), none) for seed in range(_TUNING_EVENT_LISTS)]
        clips = [see(seed).clip for seed in range(scenes)]
        return cls(tune_constant_rate(lists), tune_prominence(clips, TOTAL_MOTION), tune_prominence(clips, IMPACT))

    def guesses(self) -> dict[str, Callable[[Clip], Any]]:
        """Onset times (s) of a clip, by the name of the guess."""
        return {
            "constant_rate": lambda clip: constant_rate(self.rate, clip.duration),
            "motion_peaks": lambda clip: motion_peaks(clip.sync, TOTAL_MOTION, self.total_prominence),
            "impact_peaks": lambda clip: motion_peaks(clip.sync, IMPACT, self.impact_prominence),
        }


@dataclass(frozen=True)
class Heard:
    """One scene as the engine sounds it (without and with a prompt) and as recordings would."""

    seen: Seen
    generated: Sound
    prompted: Sound | None
    natural: Sound | None


def foley_figures(
    under_test: EngineUnderTest,
    foley_folder: Path | None,
    scenes: int,
    progress: OnProgress,
    *,
    prompted: bool = True,
    recognise: int = 10,
    tuning_scenes: int = 12,
) -> tuple[dict[str, Any], list[Heard]]:
    """Onset figures on held-out scenes with their baselines, and leaks; also the scenes, for plots.

    The engine gets the picture alone; with ``prompted`` once more with the scene's own words. ``recognise``: on how
    many scenes a recogniser listens for words.
    """
    from talkies.core.training.preparing.sounding import EffectLibrary

    library = EffectLibrary(foley_folder, split=None) if foley_folder else None
    rows: list[Heard] = []
    for number in range(scenes):
        progress(0.8 * number / scenes, f"foley: scene {number + 1} of {scenes}")
        rows.append(_perform(under_test, see(HELDOUT_SCENE_SEED + number, under_test), library, prompted, number))
    progress(0.85, "foley: tuning the baselines")
    baselines = Baselines.tuned(tuning_scenes)
    progress(0.95, "foley: listening for voices")
    sounding: dict[str, list[Sound | None]] = {
        "generated": [row.generated for row in rows],
        "generated_prompted": [row.prompted for row in rows],
        "natural": [row.natural for row in rows],
    }
    onsets = {name: _onsets(rows, sounds) for name, sounds in sounding.items()}
    for name, guess in baselines.guesses().items():
        counts = pooled(row.seen.clip.judge(guess(row.seen.clip)) for row in rows)
        onsets[name] = counts.figures()
    figures = {
        "scenes": scenes,
        "still_scenes": sum(not row.seen.events for row in rows),
        "seconds_per_scene": float(SCENE_SECONDS),
        "baselines": vars(baselines),
        "onsets": onsets,
        "by_kind": _by_kind(rows),
        "leak": {name: leak_figures(rows, sounds, recognise) for name, sounds in sounding.items()},
    }
    return figures, rows


def _perform(
    under_test: EngineUnderTest, seen: Seen, library: EffectLibrary | None, prompted: bool, number: int
) -> Heard:
    from talkies.core.training.preparing.sounding import sound_scene

    def foley(prompt: str) -> Sound:
        with under_test.clock("prepare"):
            prepared = under_test.engine.prepare(Brief("foley", seen.scene.duration, seen.features, prompt=prompt))
        return under_test.perform(prepared, number)

    words = ", ".join(seen.scene.tags)
    plain = foley("")
    with_words = (foley(words) if words else plain) if prompted else None
    natural = None
    if library is not None:
        natural = sound_scene(seen.scene.events, seen.scene.duration, library, np.random.default_rng(seen.scene.seed))
    return Heard(seen, plain, with_words, natural)


def _onsets(rows: Sequence[Heard], sounds: Sequence[Sound | None]) -> dict[str, Any] | None:
    pairs = [(row.seen.clip, sound) for row, sound in zip(rows, sounds, strict=True) if sound is not None]
    if not pairs:
        return None
    return pooled(clip.judge(detect_onsets(sound)) for clip, sound in pairs).figures()


def _by_kind(rows: Sequence[Heard]) -> dict[str, Any]:
    """F1 at ±100 ms per kind of scene, generated from the picture alone."""
    kinds: dict[str, list[OnsetCounts]] = {}
    for row in rows:
        counts = row.seen.clip.judge(detect_onsets(row.generated))
        kinds.setdefault(row.seen.scene.kind, []).append(counts)
    return {kind: {"scenes": len(counts), "f1_100ms": pooled(counts).f1(100)} for kind, counts in sorted(kinds.items())}


def leak_figures(rows: Sequence[Heard], sounds: Sequence[Sound | None], recognise: int) -> dict[str, Any] | None:
    """Voices in effects (share of energy; words per minute that a recogniser imagines), and levels of what is still."""
    there = [(row, sound) for row, sound in zip(rows, sounds, strict=True) if sound is not None]
    if not there:
        return None
    moving = [(row, sound) for row, sound in there if row.seen.events]
    still = [level_db(sound) for row, sound in there if not row.seen.events]
    listened = [sound for _, sound in moving[:recognise]]
    words = sum(len(normalised(heard)) for heard in map(Recogniser().heard, listened)) if listened else 0
    minutes = len(listened) * float(SCENE_SECONDS) / 60
    quiet = [silent_stretch_level_db(sound, row.seen.events) for row, sound in moving]
    return {
        "voice_share_of_energy": mean([voice_share(sound) for _, sound in moving]),
        "recognised_words_per_minute": words / minutes if minutes else None,
        "level_db": mean([level_db(sound) for _, sound in moving]),
        "silent_stretch_level_db": mean(quiet),
        "still_scene_level_db": max(still) if still else None,
    }
