"""A small real engine without a model: bursts where the picture strikes, a tone per voice where someone speaks."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Self

import numpy as np

from talkies.core.arrays import Sound
from talkies.core.conditioning.picture.visual import PictureFeatures
from talkies.core.engines.base import Brief, Engine, Line, Prepared
from talkies.core.errors import WeightsError
from talkies.core.times import round_half_up

BLOCK_SAMPLES = 24_000


UNKNOWN_WORD = "no sound is known for 'zzz'; the nearest known words are jazz"


@dataclass(frozen=True, kw_only=True)
class TonesPrepared(Prepared):
    """What is heard of a brief."""

    features: PictureFeatures | None
    lines: tuple[Line, ...]
    voice: str


class TonesEngine(Engine):
    """Deterministic: the seed shifts the pitch. An unknown prompt gives a warning, as a real engine's would."""

    name: ClassVar[str] = "tones"
    default_steps: ClassVar[int] = 4
    default_guidance: ClassVar[float] = 1.5
    sample_rate = 48_000
    licence = "Apache-2.0"
    weights_hash = "0" * 64

    def __init__(self) -> None:
        self.prepared: list[TonesPrepared] = []

    @classmethod
    def load(cls, weights: Path | None, device: str) -> Self:
        if weights is not None:
            raise WeightsError(weights, "tones have no weights")
        return cls()

    def prepare(self, brief: Brief) -> TonesPrepared:
        foley, dialogue = brief.task == "foley", brief.task == "dialogue"
        prepared = TonesPrepared(
            task=brief.task,
            duration=brief.duration,
            warnings=(UNKNOWN_WORD,) if foley and "zzz" in brief.prompt else (),
            features=None if dialogue else brief.features,
            lines=() if foley else brief.lines,
            voice=brief.voice,
        )
        self.prepared.append(prepared)
        return prepared

    def sound(
        self, prepared: TonesPrepared, *, seed: int, steps: int, guidance: float, on_step: Callable[[float], None]
    ) -> Iterator[Sound]:
        for step in range(steps):
            on_step((step + 1) / steps)
        count = round_half_up(prepared.duration * self.sample_rate)
        for start in range(0, count, BLOCK_SAMPLES):
            times = np.arange(start, min(start + BLOCK_SAMPLES, count)) / self.sample_rate
            yield _tones(times, prepared, seed).astype(np.float32)


def _tones(times: np.ndarray, prepared: TonesPrepared, seed: int) -> np.ndarray:
    """Times (s) of samples (n,) → sound (n,)."""
    sound = np.zeros_like(times)
    if prepared.features is not None:
        motion = np.abs(prepared.features.sync).max(axis=1)
        cells = np.minimum((times * 25).astype(int), len(motion) - 1)
        sound += 0.3 * motion[cells] * np.sin(2 * np.pi * (900 + seed) * times)
    for line in prepared.lines:
        pitch = 150 + zlib.crc32((prepared.voice or line.speaker).encode()) % 200 + seed
        inside = (times >= float(line.range.start)) & (times < float(line.range.end))
        sound += 0.3 * inside * np.sin(2 * np.pi * pitch * times)
    return sound


def load_tones(name: str, weights: Path | None, device: str) -> TonesEngine:
    """An engine loader for ``render`` and the worker."""
    return TonesEngine.load(weights, device)
