"""What an engine must offer, and the literal registry of engines.

An engine turns conditions into sound. The story (core/generation/render.py) only knows this page; torch is imported
when an engine is loaded, not before.
"""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol, Self

import numpy as np
import numpy.typing as npt

from talkies.core.errors import ArgumentError, MissingExtraError, WeightsError
from talkies.core.times import TimeRange

if TYPE_CHECKING:
    from talkies.core.conditioning.picture.visual import PictureFeatures

Task = Literal["foley", "dialogue", "joint"]
Block = npt.NDArray[np.float32]
"""Mono samples (n,), about -1 to 1."""


@dataclass(frozen=True)
class Line:
    """Words to be spoken within ``range``, seconds from the start of the segment. ``language``: BCP-47, "" unknown."""

    range: TimeRange
    text: str
    speaker: str = ""
    language: str = ""


@dataclass(frozen=True)
class Job:
    """Conditions ready to be denoised; what they are is the engine's own affair.

    ``duration`` in seconds. ``conditions`` and ``negative`` are engine data (None: no condition); ``silent`` means
    that there is nothing to sound, and the answer is silence. ``audible`` is engine data too: where something may
    be heard (None: everywhere), and ``named``: what the words name (None: nothing). ``warnings``: one sentence each,
    for the user.
    """

    task: Task
    duration: Fraction
    conditions: Any = None
    negative: Any = None
    silent: bool = False
    audible: Any = None
    named: Any = None
    warnings: tuple[str, ...] = ()


class Engine(ABC):
    """A loaded model. ``sample_rate`` in Hz; ``licence`` and ``weights_hash`` (sha256) go into every take."""

    name: ClassVar[str]
    default_steps: ClassVar[int] = 16
    default_guidance: ClassVar[float] = 3.0
    sample_rate: int
    licence: str
    weights_hash: str

    @classmethod
    @abstractmethod
    def load(cls, weights: Path | None, device: str) -> Self:
        """The engine on a device, with the weights it ships or those given. Raises WeightsError."""

    @abstractmethod
    def foley(self, features: PictureFeatures | None, duration: Fraction, prompt: str, negative_prompt: str) -> Job:
        """A job for effects only: nobody speaks."""

    @abstractmethod
    def dialogue(self, features: PictureFeatures | None, duration: Fraction, lines: Sequence[Line], voice: str) -> Job:
        """A job for speech only: no effects."""

    @abstractmethod
    def joint(
        self,
        features: PictureFeatures | None,
        duration: Fraction,
        lines: Sequence[Line],
        voice: str,
        prompt: str,
        negative_prompt: str,
    ) -> Job:
        """A job for speech and effects in one pass."""

    @abstractmethod
    def generate(
        self, job: Job, *, seed: int, steps: int, guidance: float, on_step: Callable[[float], None]
    ) -> Iterator[Block]:
        """Blocks of sound, together at least ``round(duration · sample_rate)`` samples; the caller trims the rest.

        The same seed on the same machine gives the same samples. ``on_step`` hears the share of the denoising done
        and may raise CancelledError.
        """


ENGINES: dict[str, str] = {
    "mini": "talkies.core.engines.mini:MiniEngine",
    "vssflow": "talkies.core.engines.vssflow:VSSFlowEngine",
}
"""Engines by name: module and class, imported only when loaded."""


def engine_class(name: str) -> type[Engine]:
    """The class of an engine. Raises ArgumentError for an unknown name, with the known ones."""
    if name not in ENGINES:
        known = ", ".join(sorted(ENGINES))
        raise ArgumentError(f"engine {name}" if name else "engine", "is not known", f"known are {known}")
    module, _, attribute = ENGINES[name].partition(":")
    found: type[Engine] = getattr(importlib.import_module(module), attribute)
    return found


class EngineLoader(Protocol):
    """How an engine comes by its name; tests give their own."""

    def __call__(self, name: str, weights: Path | None, device: str) -> Engine: ...


def load_engine(name: str, weights: Path | None = None, device: str = "cpu") -> Engine:
    """The engine of that name, loaded; ``device`` as :func:`choose_device` takes it. Torch is first imported here.

    Raises ArgumentError (name, device), WeightsError, MissingExtraError.
    """
    from talkies.core.model.torch_pair import need_torch

    need_torch()
    from talkies.core.engines.devices import choose_device

    try:
        found = engine_class(name)
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            f"engine {name}", f"needs {error.name}, which is not installed here", f"pip install 'talkies[{name}]'"
        ) from error
    if weights is not None and not weights.is_file():
        raise WeightsError(weights, "is no file", "give a checkpoint, or leave --weights out")
    return found.load(weights, choose_device(device))
