"""Batches for the flow model: windows of speech, windows of scenes, and mixtures of both made at feature level.

Mixtures follow the paper (arXiv 2509.24773, joint training): ``add`` lays speech over a scene whose sound is turned
down to 0.3–0.7, features summed; ``insert`` replaces a stretch of the scene, sound and picture, by speech.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from talkies.core.arrays import Floats
from talkies.core.conditioning.picture.events import WATCHED_DIM
from talkies.core.conditioning.picture.lips import LIPS_DIM
from talkies.core.conditioning.picture.visual import PICTURE_DIM
from talkies.core.conditioning.prompt.vocabulary import PROMPT_TOKENS
from talkies.core.conditioning.speech.voice import VOICE_DIM
from talkies.core.model.codec import Codec
from talkies.core.training.material import EFFECT_WINDOW, RECAST, Example
from talkies.core.training.taught import TAUGHT

WINDOW_LENGTHS = (125, 175, 200, 250)
"""Latent frames of a batch's windows: 5 to 10 s, drawn per batch."""
_GRID = 5  # scenes are cut where a latent and a picture feature begin together: every 5 latents, 2 pictures


@dataclass
class Window:
    """One training window: x_1 (T, C) and conditions; ``kept`` names the conditions that it has."""

    x_1: Tensor
    phones: Tensor
    lips: Tensor
    sync: Tensor
    picture: Tensor
    voice: Tensor
    prompt: Tensor
    kept: set[str] = field(default_factory=set)

    @classmethod
    def silent(cls, frames: int, silence: Tensor) -> Window:
        """Nothing to hear and nothing to see; ``silence`` (C,) is a latent of digital silence."""
        return cls(
            silence.expand(frames, -1).clone(),
            torch.zeros(2 * frames, dtype=torch.long),
            torch.zeros(frames, LIPS_DIM),
            torch.zeros(frames, WATCHED_DIM),
            torch.zeros(-(-frames * 2 // _GRID), PICTURE_DIM),
            torch.zeros(VOICE_DIM),
            torch.zeros(PROMPT_TOKENS, dtype=torch.long),
        )


@dataclass(frozen=True)
class Shares:
    """How often each kind of window is drawn, how often conditions are dropped, and the weight of each kind
    of scene (rendered; recast and effect window: see effect_windows.py) and of each speaker."""

    speech: float = 0.40
    scene: float = 0.48
    drop_one: float = 0.1
    drop_all: float = 0.1
    scenes: tuple[tuple[str, float], ...] = (("scene", 0.45), ("recast", 0.20), ("effect window", 0.35))
    speakers: tuple[tuple[str, float], ...] = (
        ("kathleen", 0.40),
        ("grid_s1", 0.12),
        ("kerstin", 0.05),
        ("nathalie", 0.05),
        ("shifted kathleen", 0.12),
        ("arthur", 0.05),
        ("magnus", 0.04),
        ("june", 0.03),
        ("clara", 0.03),
        ("robin", 0.02),
        ("konrad", 0.02),
        ("ruben", 0.02),
        ("shifted nathalie", 0.01),
        ("shifted kerstin", 0.01),
        ("shifted grid_s1", 0.02),
        ("flite rms", 0.01),
        *((voice, 0.02) for voice in TAUGHT),
    )


CONDITIONS = ("phones", "lips", "sync", "picture", "voice", "prompt")


class Mixer:
    """Draws batches from examples; all randomness comes from the generator it is given."""

    def __init__(self, examples: list[Example], codec: Codec, shares: Shares, rng: np.random.Generator) -> None:
        self.codec, self.shares, self.rng = codec, shares, rng
        self.silence = codec.silence(1)[:, 0]
        self.scenes = {name: [e for e in examples if _kind_of_scene(e) == name] for name, _ in shares.scenes}
        self.scene_weights = _weights(shares.scenes, self.scenes)
        self.speech = {
            name: [example for example in examples if example.kind == "speech" and example.label == name]
            for name, _ in shares.speakers
        }
        self.weights = _weights(shares.speakers, self.speech)

    def batch(self, size: int) -> tuple[Tensor, dict[str, Tensor], dict[str, Tensor]]:
        """x_1 (B, C, T), conditions as ``VSSFlow.encode`` takes them, and its ``keep``."""
        frames = int(self.rng.choice(WINDOW_LENGTHS))
        windows = [self._window(frames) for _ in range(size)]
        conditions = {name: torch.stack([getattr(window, name) for window in windows]) for name in CONDITIONS}
        keep = {name: torch.tensor([self._kept(window, name) for window in windows]) for name in CONDITIONS}
        return torch.stack([window.x_1 for window in windows]).transpose(1, 2), conditions, keep

    def _kept(self, window: Window, name: str) -> bool:
        """Whether the window has this condition and keeps it."""
        return bool(self.rng.random() >= self.shares.drop_one) and name in window.kept

    def _window(self, frames: int) -> Window:
        draw = self.rng.random()
        if not self.scene_weights.any() or (draw < self.shares.speech and self.weights.any()):
            window = self._speech_window(frames)
        elif draw < self.shares.speech + self.shares.scene or not self.weights.any():
            window = self._scene_window(frames)
        else:
            window = self._mixture(frames)
        if self.rng.random() < self.shares.drop_all:
            window.kept = set()
        return window

    def _speech_window(self, frames: int) -> Window:
        """One speaker's sentences one after another, pauses between; the first and the last may be cut by the edge."""
        window = Window.silent(frames, self.silence)
        window.kept = {"phones", "voice", "lips"}
        choices = self.speech[self.shares.speakers[int(self.rng.choice(len(self.weights), p=self.weights))][0]]
        place = int(self.rng.integers(-20, 25))
        while place < frames - 10:
            example = choices[int(self.rng.integers(len(choices)))]
            self._put_speech(window, example, place)
            place += example.frames + int(self.rng.choice((self.rng.integers(0, 12), self.rng.integers(5, 60))))
        if not window.lips.any():
            window.kept.discard("lips")
        return window

    def _put_speech(self, window: Window, example: Example, place: int, over_scene: float = 0.0) -> None:
        """Writes an utterance into a window at a latent frame; ``over_scene`` > 0 adds the scene at that gain."""
        start, stop = max(place, 0), min(place + example.frames, len(window.x_1))
        if start >= stop:
            return
        inside = slice(start - place, stop - place)
        latents = example.latents[int(self.rng.integers(len(example.latents))), inside].float()
        window.x_1[start:stop] = self._sum(latents, window.x_1[start:stop], over_scene) if over_scene else latents
        window.phones[2 * start : 2 * stop] = example.phones[2 * inside.start : 2 * inside.stop]
        window.lips[start:stop] = example.lips[inside]
        assert example.voice is not None
        window.voice = example.voice

    def _sum(self, speech: Tensor, scene: Tensor, gain: float) -> Tensor:
        """Latents of speech with the scene under it: mel magnitudes add."""
        stacked = self.codec.latents.decode(torch.stack((speech, scene)).transpose(1, 2))
        mixed = torch.logaddexp(stacked[0], stacked[1] + float(np.log(gain)))
        return self.codec.latents.encode(mixed[None])[0].T

    def _scene_window(self, frames: int) -> Window:
        """A scene from a random place; where it is too short, another follows, as after a cut, without a prompt."""
        window = Window.silent(frames, self.silence)
        window.kept = {"phones", "sync", "picture"}
        example = self._scene()
        place = self._put_scene(window, example, 0, min(frames, example.frames))
        told = 0.5 if _kind_of_scene(example) == "scene" else 0.95
        if place == frames and self.rng.random() < told:
            window.kept.add("prompt")
        while place < frames:
            example = self._scene()
            place += self._put_scene(window, example, place, min(frames - place, example.frames))
        return window

    def _scene(self) -> Example:
        kind = self.shares.scenes[int(self.rng.choice(len(self.scene_weights), p=self.scene_weights))][0]
        return self.scenes[kind][int(self.rng.integers(len(self.scenes[kind])))]

    def _put_scene(self, window: Window, example: Example, place: int, frames: int) -> int:
        first = int(self.rng.integers((example.frames - frames) // _GRID + 1)) * _GRID
        sounding = int(self.rng.integers(len(example.latents)))
        window.x_1[place : place + frames] = example.latents[sounding, first : first + frames].float()
        assert example.sync is not None and example.picture is not None and example.prompt is not None
        window.sync[place : place + frames] = example.sync[first : first + frames]
        pictures = example.picture[first * 2 // _GRID : (first + frames) * 2 // _GRID].float()
        window.picture[place * 2 // _GRID :][: len(pictures)] = pictures
        window.prompt = example.prompt
        return frames

    def _mixture(self, frames: int) -> Window:
        """A scene with one utterance added to it or inserted into it."""
        window = self._scene_window(frames)
        window.kept |= {"voice"}
        choices = self.speech[self.shares.speakers[int(self.rng.choice(len(self.weights), p=self.weights))][0]]
        example = choices[int(self.rng.integers(len(choices)))]
        place = int(self.rng.integers(min(0, frames - example.frames), max(0, frames - example.frames) + 1))
        add = self.rng.random() < 0.5
        self._put_speech(window, example, place, float(self.rng.uniform(0.3, 0.7)) if add else 0.0)
        if not add:
            start, stop = max(place, 0), min(place + example.frames, frames)
            window.sync[start:stop] = 0
            window.picture[start * 2 // _GRID : stop * 2 // _GRID] = 0
        if window.lips.any():
            window.kept.add("lips")
        return window


def _kind_of_scene(example: Example) -> str:
    """A rendered scene's label is its kind of event; recast scenes and effect windows are labelled as such."""
    if example.kind != "scene":
        return ""
    return example.label if example.label in (EFFECT_WINDOW, RECAST) else "scene"


def _weights(shares: tuple[tuple[str, float], ...], found: dict[str, list[Example]]) -> Floats:
    """Shares of what is there, with the sum 1; all 0 when nothing is."""
    weights = np.array([weight if found[name] else 0.0 for name, weight in shares])
    return weights / weights.sum() if weights.any() else weights
