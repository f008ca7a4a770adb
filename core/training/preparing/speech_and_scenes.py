"""Makes the flow model's material out of the corpus: speech with its alignments, scenes with their soundings."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch
from torch import Tensor, nn

from talkies.core.arrays import Floats32
from talkies.core.conditioning.picture.events import WATCHED_DIM, EventSpotter
from talkies.core.conditioning.picture.visual import picture_features
from talkies.core.conditioning.speech.timing import Spans
from talkies.core.conditioning.speech.voice import make_book, measure, stored_book
from talkies.core.corpus.recordings import SoundCache, Utterance, utterances
from talkies.core.errors import WeightsError
from talkies.core.media.picture import Frame, picture_frames, probe
from talkies.core.model.codec import Codec
from talkies.core.model.weights import part_of
from talkies.core.scenes import Scene, render_scene
from talkies.core.segment import Picture, Segment
from talkies.core.times import TimeRange
from talkies.core.training.material import (
    Example,
    load_examples,
    save_examples,
    scene_example,
    speech_example,
)
from talkies.core.training.preparing.sounding import EffectLibrary, prompt_words, sound_scene
from talkies.core.training.preparing.watching import silent_examples
from talkies.core.training.started import codec_config
from talkies.core.training.trainers.durations import Line, line_of

VOICES = {
    "kathleen": ("en-US", "US English, a woman, reading"),
    "grid_s1": ("en-GB", "British English, a man, short commands"),
    "kerstin": ("de-DE", "German, a woman, reading"),
    "nathalie": ("nl-BE", "Flemish Dutch, a woman, reading"),
}
"""Language and description of the corpus's speakers."""

SCENE_RATES = (
    *[Fraction(25)] * 5,
    Fraction(24),
    Fraction(24000, 1001),
    Fraction(30000, 1001),
    Fraction(16),
    Fraction(18),
)
M = TypeVar("M", bound=nn.Module)

SCENE_SECONDS = Fraction(8)
SCENES_PER_SHARD = 25


@dataclass(frozen=True)
class Places:
    """Where a training lives: the material's folder and the training's own. ``shipped``: a weights file to go on from;
    None: everything is trained from nothing."""

    data: Path
    folder: Path
    shipped: Path | None = None

    @property
    def wide(self) -> Path:
        """The same weights with more latents, once the stage 'widen' has made them."""
        return self.folder / "wide.safetensors"

    @property
    def start(self) -> Path | None:
        """What this folder has no run of is taken from there."""
        return self.wide if self.wide.exists() else self.shipped

    @property
    def sounds(self) -> Path:
        return self.folder / "pcm"

    @property
    def alignments(self) -> Path:
        return self.folder / "alignment" / "alignments.json"

    @property
    def speech(self) -> Path:
        return self.folder / "speech.safetensors"

    @property
    def voices(self) -> Path:
        return self.folder / "voices.json"

    @property
    def scenes(self) -> Path:
        return self.folder / "scenes"

    @property
    def watched(self) -> Path:
        return self.folder / "watched"

    def run(self, stage: str) -> Path:
        return self.folder / stage


def trained_codec(places: Places) -> Codec:
    """The codec with its fitted latents. Raises WeightsError when the codec's stage has not begun."""
    return _trained(places, "codec", Codec(codec_config(places.start)), lambda state: state["codec"])


def trained_spotter(places: Places) -> EventSpotter:
    """The averaged event spotter. Raises WeightsError when the events' stage has not run."""
    return _trained(places, "events", EventSpotter(), lambda state: state["average"]["module"])


def _trained(places: Places, stage: str, module: M, weights: Callable[[dict[str, Any]], dict[str, Tensor]]) -> M:
    path = places.run(stage) / "state.pt"
    if places.start is not None and not path.exists():
        module.load_state_dict(part_of(places.start, stage))
        return module.eval()
    try:
        module.load_state_dict(weights(torch.load(path, map_location="cpu", weights_only=True)))
    except OSError as error:
        raise WeightsError(path, "is not there yet", f"run the training stage {stage!r} first") from error
    return module.eval()


def aligned_utterances(places: Places) -> list[tuple[Utterance, Spans]]:
    """Training utterances with their phonemes' times."""
    try:
        stored = json.loads(places.alignments.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise WeightsError(places.alignments, "cannot be read", "run the training stage 'alignment' first") from error
    found = (
        (u, [(int(i), float(a), float(b)) for i, a, b in stored.get(u.file, [])])
        for u in utterances(places.data, "train")
    )
    return [(utterance, spans) for utterance, spans in found if spans]


def prepare_speech(places: Places, seed: int = 0) -> Iterator[dict[str, float]]:
    """Writes ``speech.safetensors`` and ``voices.json``; yields how many utterances are done."""
    cache, codec = SoundCache(places.data, places.sounds), trained_codec(places)
    aligned = aligned_utterances(places)
    raw = {u.file: measure(cache.load_speech(u.file)) for u, _ in aligned}
    if places.shipped is None:
        stored = make_book(_samples(aligned, raw, np.random.default_rng(seed)))
        places.voices.write_text(json.dumps(stored) + "\n", encoding="utf-8")
    else:  # what goes on learning knows the voices by these numbers
        shutil.copyfile(places.shipped.with_name("voices.json"), places.voices)
    book = stored_book(places.voices)
    examples: list[Example] = []
    for utterance, spans in aligned:
        lips = movie_lips(places.data / utterance.file) if utterance.file.startswith("video/") else None
        sound, voice = cache.load_speech(utterance.file), book.place(raw[utterance.file])
        examples.append(speech_example(codec, utterance.speaker, sound, spans, lips, voice))
        if len(examples) % 100 == 0:
            yield {"utterances": len(examples), "of": len(aligned)}
    save_examples(places.speech, examples)


def _samples(
    aligned: list[tuple[Utterance, Spans]], raw: dict[str, Floats32], rng: np.random.Generator
) -> Iterator[tuple[str, str, str, Floats32]]:
    """150 recordings of each speaker, so that the statistics weigh all alike."""
    for name, (language, about) in VOICES.items():
        files = [u.file for u, _ in aligned if u.speaker == name]
        for file in rng.permutation(files)[:150]:
            yield name, language, about, raw[str(file)]


def movie_lips(path: Path) -> Floats32:
    """(L, 4) at 25 per second: what the mouth does in a whole movie."""
    duration = probe(path).duration
    whole = TimeRange(Fraction(0), duration)
    segment = Segment("lips", path.name, "V1", whole, whole, Fraction(25), picture=Picture(path))
    return picture_features(picture_frames(segment), duration).lips


def prepare_scenes(places: Places, count: int, soundings: int = 4) -> Iterator[dict[str, float]]:
    """Renders scenes 0 … count-1 and sounds each several times; shards that exist are kept."""
    places.scenes.mkdir(parents=True, exist_ok=True)
    codec, library = trained_codec(places), EffectLibrary(places.data, "train", places.folder / "effects")
    for first in range(0, count, SCENES_PER_SHARD):
        shard = places.scenes / f"{first // SCENES_PER_SHARD:04}.safetensors"
        if not shard.exists():
            seeds = range(first, min(first + SCENES_PER_SHARD, count))
            save_examples(shard, [_scene(codec, library, seed, soundings) for seed in seeds])
        yield {"scenes": min(first + SCENES_PER_SHARD, count), "of": count}


def _staged(seed: int) -> Scene:
    return render_scene(seed, duration=SCENE_SECONDS, rate=SCENE_RATES[seed % len(SCENE_RATES)])


def _scene(codec: Codec, library: EffectLibrary, seed: int, soundings: int) -> Example:
    rng, scene = np.random.default_rng([seed, 1]), _staged(seed)
    frames = (Frame(number / scene.rate, image) for number, image in enumerate(scene.frames()))
    features = picture_features(frames, SCENE_SECONDS)
    sounds = [sound_scene(scene.events, SCENE_SECONDS, library, rng) for _ in range(soundings)]
    return scene_example(codec, scene.kind, sounds, features, prompt_words(scene.tags))


def load_material(places: Places) -> list[Example]:
    """Everything that was prepared, scenes with their events spotted. Raises WeightsError when there is nothing."""
    folders = (
        places.run("voices"),
        places.run("taught"),
        places.scenes,
        places.run("effect_windows"),
        places.run("recast"),
    )
    made = (path for folder in folders for path in sorted(folder.glob("*.safetensors")))
    shards = [path for path in (places.speech, *made) if path.exists()]
    if not shards:
        raise WeightsError(
            places.folder, "holds no prepared material", "run the training stages 'speech' and 'scenes' first"
        )
    spotter = trained_spotter(places)
    silent = silent_examples(places.watched, trained_codec(places)) if places.watched.exists() else []
    heard = (example for shard in shards for example in load_examples(shard))
    return [with_events(example, spotter) for example in (*silent, *heard)]


def with_events(example: Example, spotter: EventSpotter) -> Example:
    """A scene with the spotter's columns beside its motion; speech, and what has its events already, as it is."""
    if example.sync is None or example.picture is None or example.sync.shape[1] == WATCHED_DIM:
        return example
    return replace(example, sync=spotter.watch(example.sync, example.picture))


def duration_lines(places: Places) -> list[Line]:
    """What the duration model learns from: every aligned utterance with its voice."""
    if not places.speech.exists():
        raise WeightsError(places.speech, "is not there yet", "run the training stage 'speech' first")
    voices = [example.voice for example in load_examples(places.speech)]
    spoken = (spans for _, spans in aligned_utterances(places))
    return [line_of(spans, voice) for spans, voice in zip(spoken, voices, strict=True) if voice is not None]
