"""Sounds by name: training windows in which only the prompt says what is heard, and only the events when.

Rendered scenes show what they sound like, so from them alone a model learns to go by the picture. Here words and
sound are all there is:

    effect window   eight seconds of one class (sometimes two) without any picture: a blank view, no motion, and the
                    four event columns as a spotter would have written them. ``sync`` is (T, 36), complete.
    recast scene    a rendered scene whose events sound as something else, named by the prompt: material by prompt,
                    timing by picture. ``sync`` is (T, 32); the spotter adds its columns as to any scene.

Both should keep their prompt in training: without it nothing tells what to hear. Classes are drawn by the words that
name them, each word equally often, however many recordings carry it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from talkies.core.arrays import Floats32
from talkies.core.conditioning.picture.events import EVENT_DIM
from talkies.core.conditioning.picture.visual import PictureFeatures
from talkies.core.conditioning.prompt.vocabulary import PROMPT_TOKENS
from talkies.core.corpus.effects import EffectLibrary, Recording
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.model.codec import Codec
from talkies.core.scenes import Event, Scene, exact_time, render_scene
from talkies.core.times import LATENT_RATE
from talkies.core.training.material import (
    EFFECT_WINDOW,
    RECAST,
    Example,
    load_examples,
    save_examples,
    scene_example,
)
from talkies.core.training.preparing.sounding import sound_scene
from talkies.core.training.preparing.speech_and_scenes import (
    SCENE_RATES,
    SCENE_SECONDS,
    SCENES_PER_SHARD,
    Places,
    trained_codec,
)

WINDOWS_PER_SHARD = 25
_SECONDS = float(SCENE_SECONDS)
_HALVES = 2 * int(LATENT_RATE)  # half latent frames per second: the grid of spotted onsets
_VAGUE = frozenset({"ambience"})  # says nothing by itself
_RARE = 4  # a word with fewer recordings is drawn so much less often
_TWO_CLASSES, _WHOLE_WINDOW, _ALL_WORDS = 0.15, 0.4, 0.6  # shares of the windows
_MISSED, _INVENTED = 0.04, 0.15  # by the spotter: of the events, of the windows


@dataclass(frozen=True)
class SoundClass:
    """Recordings that carry the same words: hits, or sounds that go on."""

    tags: tuple[str, ...]
    sustained: bool
    recordings: tuple[Recording, ...]


def sound_classes(library: EffectLibrary) -> tuple[SoundClass, ...]:
    """The library by combination of words, in alphabetical order."""
    found: dict[tuple[tuple[str, ...], bool], list[Recording]] = {}
    for recording in library.recordings:
        found.setdefault((recording.tags, recording.sustained), []).append(recording)
    return tuple(SoundClass(*key, tuple(recordings)) for key, recordings in sorted(found.items()))


class Casting:
    """Draws classes: first a word, each equally often, then one of the classes it names, broad ones rather."""

    def __init__(self, library: EffectLibrary, rng: np.random.Generator) -> None:
        self.library, self.rng = library, rng
        self.classes = sound_classes(library)

    def draw(self, sustained: bool | None = None) -> SoundClass:
        """Of hits or of sustained sounds only, if so asked."""
        fitting = [c for c in self.classes if sustained is None or c.sustained == sustained]
        words = sorted({word for c in fitting for word in c.tags if word not in _VAGUE})
        amounts = [sum(len(c.recordings) for c in fitting if word in c.tags) for word in words]
        weights = np.minimum(amounts, _RARE) / np.minimum(amounts, _RARE).sum()
        word = words[int(self.rng.choice(len(words), p=weights))]
        named = [c for c in fitting if word in c.tags]
        breadth = np.sqrt([len(c.recordings) for c in named])
        return named[int(self.rng.choice(len(named), p=breadth / breadth.sum()))]

    def sound(self, events: Sequence[Event], classes: Sequence[SoundClass]) -> Floats32:
        """(N,) the events sounded with recordings of these classes and no others."""
        narrowed = copy.copy(self.library)
        narrowed.recordings = tuple(recording for c in classes for recording in c.recordings)
        return sound_scene(events, SCENE_SECONDS, narrowed, self.rng)

    def stroke_s(self, of: SoundClass) -> float:
        """How long a hit of the class takes to die away, by one of its recordings."""
        return len(self.library.sound(of.recordings[int(self.rng.integers(len(of.recordings)))])) / SAMPLE_RATE


def prompted_words(classes: Sequence[SoundClass], rng: np.random.Generator) -> list[str]:
    """Words as a person might give them: all or some of each class's, in any order, no more than the model reads."""
    words: list[str] = []
    for number, sound in enumerate(classes):
        telling = [word for word in sound.tags if word not in _VAGUE] or list(sound.tags)
        room = PROMPT_TOKENS - len(words) - (len(classes) - 1 - number)
        count = len(telling) if rng.random() < _ALL_WORDS else int(rng.integers(1, len(telling) + 1))
        chosen = [telling[i] for i in sorted(rng.permutation(len(telling))[: min(count, room)])]
        if "ambience" in sound.tags and len(chosen) < room and rng.random() < 0.5:
            chosen.append("ambience")
        words += [word for word in chosen if word not in words]
    return [words[i] for i in rng.permutation(len(words))] if rng.random() < 0.5 else words


# What happens when


def rhythm(stroke_s: float, rng: np.random.Generator) -> list[tuple[float, float]]:
    """Times (s) and forces of one source: steps, bounces, volleys, or now and then; long strokes come seldom."""
    start, rest = float(rng.uniform(0.1, 2.0)), max(0.5 * stroke_s, 0.12)
    style = str(rng.choice(["steady", "bouncing", "volleys", "scattered"]))
    count = int(rng.integers(1, 13))
    if style == "steady":
        gaps = rng.uniform(0.3, 1.1) * rng.normal(1, 0.05, count)
    elif style == "bouncing":
        gaps = rng.uniform(0.5, 1.0) * np.power(rng.uniform(0.65, 0.9), np.arange(count))
    elif style == "volleys":
        gaps = np.where(
            np.arange(count) % rng.integers(2, 5) == 0, rng.uniform(0.6, 2.0, count), rng.uniform(0.12, 0.3)
        )
    else:
        gaps = 0.15 + rng.exponential(1.0, count)
    times = start + np.concatenate([[0.0], np.cumsum(np.maximum(gaps, rest))])[:count]
    loudest = float(rng.uniform(0.3, 1.0))
    forces = loudest * (gaps / gaps.max() if style == "bouncing" else rng.uniform(0.7, 1.0, count))
    return [(float(t), float(f)) for t, f in zip(times, forces, strict=True) if t < _SECONDS - 0.1]


def stretches(rng: np.random.Generator) -> list[tuple[float, float]]:
    """(start, length) in s of a sound that goes on: the whole window, a part of it, or two parts."""
    if rng.random() < _WHOLE_WINDOW:
        return [(0.0, _SECONDS)]
    start = float(rng.uniform(0, 3))
    length = float(rng.uniform(2, _SECONDS - start))
    again = start + length + float(rng.uniform(0.5, 1.5))
    return [(start, length)] + ([(again, _SECONDS - again)] if again < _SECONDS - 1.5 else [])


def staged(casting: Casting, sound: SoundClass, rng: np.random.Generator) -> list[Event]:
    """Events of one class; the same source throughout."""
    if sound.sustained:
        force = float(rng.uniform(0.4, 1.0))
        return [Event(exact_time(start), "", "", force, length, sound.tags) for start, length in stretches(rng)]
    hits = rhythm(casting.stroke_s(sound), rng)
    return [Event(exact_time(time), "", "", force, 0.0, sound.tags) for time, force in hits]


def spotted(events: Sequence[Event], frames: int, rng: np.random.Generator) -> Tensor:
    """(T, 4) the events as the spotter's columns, with its faults.

    As measured on the scenes' spotter: an onset is seen with 0.6 to 0.95, half a frame off at times, three quarters
    of that half a frame beside it and a quarter a whole frame away; forces are rough; some events are missed.
    """
    onset, force, going = np.zeros(2 * frames), np.zeros(frames), np.zeros(frames)
    seen = [(float(e.time), e.force, rng.uniform(0.6, 0.96)) for e in events if rng.random() >= _MISSED]
    if rng.random() < _INVENTED:
        seen.append((rng.uniform(0, frames / 25), rng.uniform(0.1, 0.5), rng.uniform(0.1, 0.5)))
    centres = np.arange(2 * frames) + 0.5
    for time, strength, confidence in seen:
        seen_at = time * _HALVES + rng.normal(0.25, 0.5)
        shape = np.exp(-(np.abs((centres - seen_at) / 1.75) ** 2.6))
        onset = np.maximum(onset, confidence * shape)
        felt = np.clip(strength + rng.normal(0, 0.12), 0.05, 1)
        force = np.maximum(force, felt * shape.reshape(-1, 2).max(axis=1))
    for event in events:
        if event.sustain > 0:
            start, stop = float(event.time) * 25, (float(event.time) + event.sustain) * 25
            edges = np.round(np.array([start, stop]) + rng.normal(0, 1, 2)).astype(int)
            going[max(edges[0], 0) : max(edges[1], 0)] = rng.uniform(0.9, 1.0)
    columns = np.column_stack((onset.reshape(-1, 2), going, force))
    assert columns.shape[1] == EVENT_DIM
    return torch.from_numpy(columns.astype(np.float32))


# Examples


def effect_examples(
    codec: Codec, library: EffectLibrary, seed: int | Sequence[int], count: int, soundings: int = 2
) -> Iterator[Example]:
    """``count`` effect windows, each sounded ``soundings`` times with other recordings of its classes."""
    for number in range(count):
        rng = np.random.default_rng([*np.atleast_1d(seed), number, 2])
        casting = Casting(library, rng)
        classes = [casting.draw() for _ in range(2 if rng.random() < _TWO_CLASSES else 1)]
        events = sorted(event for sound in classes for event in staged(casting, sound, rng))
        sounds = [casting.sound(events, classes) for _ in range(soundings)]
        blank = PictureFeatures.nothing(SCENE_SECONDS)
        plain = scene_example(codec, EFFECT_WINDOW, sounds, blank, prompted_words(classes, rng))
        assert plain.sync is not None
        yield replace(plain, sync=torch.cat((plain.sync, spotted(events, plain.frames, rng)), dim=1))


def recast_example(
    codec: Codec, library: EffectLibrary, scene: Scene, features: PictureFeatures, soundings: int = 2
) -> Example | None:
    """A scene's picture and timing, the sound of other classes; None where the scene has no events."""
    if not scene.events:
        return None
    rng = np.random.default_rng([scene.seed, 3])
    casting = Casting(library, rng)
    roles = {going: casting.draw(going) for going in sorted({event.sustain > 0 for event in scene.events})}
    events = [replace(event, tags=roles[event.sustain > 0].tags) for event in scene.events]
    classes = list(roles.values())
    sounds = [casting.sound(events, classes) for _ in range(soundings)]
    return scene_example(codec, RECAST, sounds, features, prompted_words(classes, rng))


def prepare_effects(places: Places, count: int, seed: int = 0) -> Iterator[dict[str, float]]:
    """Writes ``effect_windows/NNNN.safetensors``; shards that exist are kept."""
    folder = places.run("effect_windows")
    folder.mkdir(parents=True, exist_ok=True)
    codec, library = trained_codec(places), EffectLibrary(places.data, "train", places.folder / "effects")
    for first in range(0, count, WINDOWS_PER_SHARD):
        shard, size = folder / f"{first // WINDOWS_PER_SHARD:04}.safetensors", min(WINDOWS_PER_SHARD, count - first)
        if not shard.exists():
            save_examples(shard, list(effect_examples(codec, library, [seed, first], size)))
        yield {"effect windows": first + size, "of": count}


def prepare_recast(places: Places) -> Iterator[dict[str, float]]:
    """Writes ``recast/NNNN.safetensors`` beside every shard of prepared scenes; shards that exist are kept."""
    folder = places.run("recast")
    folder.mkdir(parents=True, exist_ok=True)
    codec, library = trained_codec(places), EffectLibrary(places.data, "train", places.folder / "effects")
    shards = sorted(places.scenes.glob("*.safetensors"))
    for number, source in enumerate(shards):
        shard = folder / source.name
        if not shard.exists():
            scenes = enumerate(load_examples(source), int(source.stem) * SCENES_PER_SHARD)
            recast = (recast_example(codec, library, staged_scene(seed), _seen(scene)) for seed, scene in scenes)
            save_examples(shard, [example for example in recast if example is not None])
        yield {"recast shards": number + 1, "of": len(shards)}


def staged_scene(seed: int) -> Scene:
    """The training scene of a seed; nothing is drawn yet."""
    return render_scene(seed, duration=SCENE_SECONDS, rate=SCENE_RATES[seed % len(SCENE_RATES)])


def _seen(scene: Example) -> PictureFeatures:
    assert scene.sync is not None and scene.picture is not None
    return PictureFeatures(scene.sync.numpy(), scene.picture.numpy(), scene.lips.numpy())
