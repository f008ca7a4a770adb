"""Who is judged, and how it is made to sound; the time that takes is counted."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np

from talkies.core.arrays import Sound
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.progress import timed
from talkies.core.times import to_sample

if TYPE_CHECKING:
    from talkies.core.engines.base import Engine, EngineLoader, Prepared
    from talkies.core.generation.request import Request, Task


OnProgress = Callable[[float, str], None]
"""Called with the share of the whole work that is done (0 … 1) and what is going on; may raise CancelledError."""


@runtime_checkable
class HasCodec(Protocol):
    """An engine whose codec can be judged by itself."""

    def codec_roundtrip(self, sound: Sound) -> Sound:
        """48 kHz mono (N,) → latents → 48 kHz mono (N,)."""


@dataclass(frozen=True)
class EngineChoice:
    """The engine to judge, by name, with its weights and settings; None means what the engine was made for.

    ``load_engine`` takes the place of the registry of engines.
    """

    engine: str = "mini"
    weights: Path | None = None
    device: str = "auto"
    steps: int | None = None
    guidance: float | None = None
    seed: int = 0
    load_engine: EngineLoader | None = None

    @property
    def loader(self) -> EngineLoader:
        """How the engine comes by its name."""
        from talkies.core.engines.base import load_engine

        return self.load_engine or load_engine

    def under_test(self) -> EngineUnderTest:
        """The engine, loaded. Raises ArgumentError, WeightsError, MissingExtraError."""
        engine = self.loader(self.engine, self.weights, self.device)
        return EngineUnderTest(engine, *engine.sampling(self.steps, self.guidance), self.seed)

    def request(self, timeline: Path, out: Path, task: Task) -> Request:
        """The same engine and settings as ``talkies generate`` is asked for them; no beds, which no engine makes, and
        effects in one channel."""
        from talkies.core.generation.request import Request

        return Request(
            timeline, out, task=task, engine=self.engine, weights=self.weights, device=self.device,
            steps=self.steps, guidance=self.guidance, seed=self.seed, background="off", width=0.0,
        )  # fmt: skip

    def weights_mb(self) -> float | None:
        """Size of the weights (1 MB = 10^6 bytes); None for an engine whose weights are not at hand."""
        from talkies.core.model.weights import shipped_weights

        path = self.weights or (shipped_weights("mini.safetensors") if self.engine == "mini" else None)
        return path.stat().st_size / 1e6 if path else None


@dataclass
class EngineUnderTest:
    """An engine with its settings; ``seconds`` of computing per stage, ``made`` seconds of sound."""

    engine: Engine
    steps: int
    guidance: float
    seed: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    made: dict[str, float] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def perform(self, prepared: Prepared, seed_offset: int = 0) -> Sound:
        """What was prepared as sound: 48 kHz mono, of its exact duration."""
        from talkies.core.media.sound import resampled

        self.warnings += [warning for warning in prepared.warnings if warning not in self.warnings]
        with self.clock("make"):
            blocks = self.engine.generate(
                prepared, seed=self.seed + seed_offset, steps=self.steps, guidance=self.guidance, on_step=_nothing
            )
            rows = (np.atleast_2d(np.asarray(block, np.float32)) for block in blocks)
            sound = np.concatenate(list(resampled(rows, self.engine.sample_rate, SAMPLE_RATE)), axis=1)[0]
        self.made[prepared.task] = self.made.get(prepared.task, 0.0) + float(prepared.duration)
        return exactly(sound, prepared.duration)

    def clock(self, stage: str) -> AbstractContextManager[None]:
        """Counts the time spent inside to a stage."""
        return timed(self.seconds, stage)

    def facts(self) -> dict[str, Any]:
        """What was judged."""
        return {
            "name": self.engine.name,
            "weights": self.engine.weights_hash,
            "steps": self.steps,
            "guidance": self.guidance,
            "seed": self.seed,
        }


def exactly(sound: Sound, duration: Fraction) -> Sound:
    """Cut, or filled with silence, to the samples of ``duration`` (s)."""
    count = to_sample(duration, SAMPLE_RATE)
    return np.pad(sound[:count], (0, max(count - len(sound), 0)))


def _nothing(share: float) -> None:
    pass
