"""A small real engine without a model: bursts where the picture strikes, a tone per voice where someone speaks."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import ClassVar, Self

import numpy as np

from talkies.core.conditioning.picture.visual import PictureFeatures
from talkies.core.engines.base import Block, Engine, Job, Line
from talkies.core.errors import WeightsError
from talkies.core.times import round_half_up

BLOCK_SAMPLES = 24_000


class TonesEngine(Engine):
    """Deterministic: the seed shifts the pitch. An unknown prompt gives a warning, as a real engine's would."""

    name: ClassVar[str] = "tones"
    default_steps: ClassVar[int] = 4
    default_guidance: ClassVar[float] = 1.5
    sample_rate = 48_000
    licence = "Apache-2.0"
    weights_hash = "0" * 64

    def __init__(self) -> None:
        self.jobs: list[Job] = []

    @classmethod
    def load(cls, weights: Path | None, device: str) -> Self:
        if weights is not None:
            raise WeightsError(weights, "tones have no weights")
        return cls()

    def foley(self, features: PictureFeatures | None, duration: Fraction, prompt: str, negative_prompt: str) -> Job:
        warnings = () if "zzz" not in prompt else ("no sound is known for 'zzz'; the nearest known words are jazz",)
        return self._kept(Job("foley", duration, conditions=(features, (), prompt), warnings=warnings))

    def dialogue(self, features: PictureFeatures | None, duration: Fraction, lines: Sequence[Line], voice: str) -> Job:
        return self._kept(Job("dialogue", duration, conditions=(None, tuple(lines), voice)))

    def joint(
        self,
        features: PictureFeatures | None,
        duration: Fraction,
        lines: Sequence[Line],
        voice: str,
        prompt: str,
        negative_prompt: str,
    ) -> Job:
        return self._kept(Job("joint", duration, conditions=(features, tuple(lines), voice)))

    def _kept(self, job: Job) -> Job:
        self.jobs.append(job)
        return job

    def generate(
        self, job: Job, *, seed: int, steps: int, guidance: float, on_step: Callable[[float], None]
    ) -> Iterator[Block]:
        for step in range(steps):
            on_step((step + 1) / steps)
        features, lines, voice = job.conditions
        count = round_half_up(job.duration * self.sample_rate)
        for start in range(0, count, BLOCK_SAMPLES):
            times = np.arange(start, min(start + BLOCK_SAMPLES, count)) / self.sample_rate
            yield self._sound(times, features, lines, voice, seed).astype(np.float32)

    def _sound(
        self, times: np.ndarray, features: PictureFeatures | None, lines: Sequence[Line], voice: str, seed: int
    ) -> np.ndarray:
        sound = np.zeros_like(times)
        if features is not None:
            motion = np.abs(features.sync).max(axis=1)
            cells = np.minimum((times * 25).astype(int), len(motion) - 1)
            sound += 0.3 * motion[cells] * np.sin(2 * np.pi * (900 + seed) * times)
        for line in lines:
            pitch = 150 + zlib.crc32((voice or line.speaker).encode()) % 200 + seed
            inside = (times >= float(line.range.start)) & (times < float(line.range.end))
            sound += 0.3 * inside * np.sin(2 * np.pi * pitch * times)
        return sound


def load_tones(name: str, weights: Path | None, device: str) -> TonesEngine:
    """An engine loader for ``render`` and the worker."""
    return TonesEngine.load(weights, device)
