"""Makes an engine sound and keeps count of the time that took."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from talkies.core.stopwatch import timed
from talkies.core.times import to_sample

if TYPE_CHECKING:
    from talkies.core.engines.base import Engine, Job

SAMPLE_RATE = 48_000

Sound = NDArray[np.float32]
OnProgress = Callable[[float, str], None]
"""Called with the share of the whole work that is done (0 … 1) and what is going on; may raise CancelledError."""


@runtime_checkable
class HasCodec(Protocol):
    """An engine whose codec can be judged by itself."""

    def codec_roundtrip(self, sound: Sound) -> Sound:
        """48 kHz mono (N,) → latents → 48 kHz mono (N,)."""


@dataclass
class Performer:
    """An engine with its settings; ``seconds`` of computing per stage, ``made`` seconds of sound."""

    engine: Engine
    steps: int
    guidance: float
    seed: int = 0
    seconds: dict[str, float] = field(default_factory=dict)
    made: dict[str, float] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    def perform(self, job: Job, seed_offset: int = 0) -> Sound:
        """The job's sound, 48 kHz mono, exactly as long as the job."""
        from talkies.core.media.sound import resampled

        self.warnings += [warning for warning in job.warnings if warning not in self.warnings]
        with self.clock("make"):
            blocks = self.engine.generate(
                job, seed=self.seed + seed_offset, steps=self.steps, guidance=self.guidance, on_step=_nothing
            )
            rows = (np.atleast_2d(np.asarray(block, np.float32)) for block in blocks)
            sound = np.concatenate(list(resampled(rows, self.engine.sample_rate, SAMPLE_RATE)), axis=1)[0]
        self.made[job.task] = self.made.get(job.task, 0.0) + float(job.duration)
        return exactly(sound, job.duration)

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
