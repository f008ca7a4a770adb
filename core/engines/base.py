"""Engine protocol: what an engine must offer, and the literal registry of engines.

An engine prepares a :class:`Brief` once and makes sound from it as often as it is asked. The story
(core/generation/render.py) only knows this page; torch is imported when an engine is loaded, not before.
"""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Protocol, Self

import numpy as np

from talkies.core.arrays import Sound
from talkies.core.engines.guests.found import guests
from talkies.core.errors import ArgumentError, MissingExtraError, WeightsError
from talkies.core.segment import Segment, Source
from talkies.core.times import TimeRange, round_half_up

if TYPE_CHECKING:
    from talkies.core.conditioning.picture.visual import PictureFeatures

Task = Literal["foley", "dialogue", "joint", "music"]


@dataclass(frozen=True)
class Line:
    """Words to be spoken within ``range``, seconds from the start of the segment. ``language``: BCP-47, "" unknown."""

    range: TimeRange
    text: str
    speaker: str = ""
    language: str = ""


@dataclass(frozen=True)
class Stroke:
    """Something strikes at ``time`` (s) with a force of 0 to 1; ``confidence``, 0 to 1, of whoever saw it."""

    time: float
    force: float
    confidence: float = 1.0


@dataclass(frozen=True)
class Spotted:
    """What sounds when, in seconds of one sound: what strikes, and the spans (start, end) where something goes on."""

    strokes: tuple[Stroke, ...] = ()
    spans: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True)
class MusicPart:
    """Music of one character within ``range``, seconds from the start of the sound.

    ``words``: what it is, in plain English; ``tempo``: quarters a minute; ``key``: "D minor"; ``meter``: counts and
    unit of a bar, 3/4 is (3, 4); ``mood`` and ``instruments`` as the score names them, none where the user's own words
    say who plays; ``hits``: moments (s) that it should meet, and how much each matters, 0 to 1.
    """

    range: TimeRange
    words: str
    tempo: float
    key: str
    meter: tuple[int, int] = (4, 4)
    mood: str = ""
    instruments: tuple[str, ...] = ()
    hits: tuple[tuple[float, float], ...] = ()

    @property
    def quarter(self) -> Fraction:
        """Its seconds."""
        return Fraction(60 / self.tempo).limit_denominator(100_000)

    @property
    def bar(self) -> Fraction:
        """Seconds of a bar."""
        count, unit = self.meter
        return self.quarter * 4 * count / unit


@dataclass(frozen=True)
class Brief:
    """What an engine is asked for: one sound of ``duration`` seconds.

    ``features``: what was seen of the picture, None without one. ``lines``, in ``voice`` (a name or a recording, ""
    lets the speaker choose), belong to dialogue and joint; ``prompt`` and ``negative_prompt`` to all but dialogue.
    ``music``: of the task music, what is composed, in parts one after the other; none: as the prompt alone says.
    ``source``: what makes the effects, where the engine has more than one. ``sounds`` that subtitles describe belong to
    foley and joint; each has its own ``range``, which may reach beyond the sound. ``inside``: the sound without its
    handles, None: all of it. ``spotted``: what happens when, in place of what the engine would see for itself.
    ``shot``: whose picture it is, for engines that look for themselves; the sound ``covers`` this much of the timeline.
    What does not belong to the task is ignored.
    """

    task: Task
    duration: Fraction
    features: PictureFeatures | None = None
    lines: tuple[Line, ...] = ()
    voice: str = ""
    prompt: str = ""
    negative_prompt: str = ""
    source: Source = "auto"
    sounds: tuple[Line, ...] = ()
    inside: TimeRange | None = None
    spotted: Spotted | None = None
    shot: Segment | None = None
    covers: TimeRange | None = None
    music: tuple[MusicPart, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """A brief ready to be made into sound, any number of times; engines add their own conditions in a subclass.

    ``duration`` in seconds. ``silent``: there is nothing to sound, and the answer is silence. ``warnings``: one
    sentence each, for the user. ``phonemes``: what is said when, (id, start, end) in seconds of the sound, where the
    engine knows.
    """

    task: Task
    duration: Fraction
    silent: bool = False
    warnings: tuple[str, ...] = ()
    phonemes: tuple[tuple[int, float, float], ...] = ()

    @property
    def source(self) -> str:
        """What makes the sound: the network, or rules."""
        return "network"


class Engine(ABC):
    """A loaded model. ``sample_rate`` in Hz; ``licence`` and ``weights_hash`` (sha256) go into every take.
    ``hears_spots``: it sounds what a brief lists, at 48 kHz."""

    name: ClassVar[str]
    default_steps: ClassVar[int] = 16
    default_guidance: ClassVar[float] = 3.0
    hears_spots: ClassVar[bool] = False
    sample_rate: int
    licence: str
    weights_hash: str

    @classmethod
    @abstractmethod
    def load(cls, weights: Path | None, device: str) -> Self:
        """The engine on a device, with the weights it ships or those given. Raises WeightsError."""

    @property
    def provenance(self) -> Mapping[str, Any]:
        """What else a take says of the engine that made it."""
        return {}

    def remarks(self) -> tuple[str, ...]:
        """Sentences for the user on what was made since the last time that this was asked."""
        return ()

    def sampling(self, steps: int | None, guidance: float | None) -> tuple[int, float]:
        """Steps and guidance as asked for, this engine's own for None."""
        return (
            self.default_steps if steps is None else steps,
            self.default_guidance if guidance is None else guidance,
        )

    @abstractmethod
    def prepare(self, brief: Brief) -> Prepared:
        """The conditions of a sound: effects only (foley), speech only (dialogue), both in one pass (joint), or music.

        Raises MediaError when the task needs a picture and there is none, ArgumentError for a voice that is not
        known, and for a task that it does not make.
        """

    def spot(self, features: PictureFeatures) -> Spotted:
        """What this engine sees to sound in a picture. Raises ArgumentError for one that does not say."""
        raise ArgumentError(f"engine {self.name}", "does not say when something sounds", "spot with the engine mini")

    @abstractmethod
    def sound(
        self, prepared: Any, *, seed: int, steps: int, guidance: float, on_step: Callable[[float], None]
    ) -> Iterator[Sound]:
        """As :meth:`generate`, of what this engine has prepared and is not silent."""

    def generate(
        self, prepared: Prepared, *, seed: int, steps: int, guidance: float, on_step: Callable[[float], None]
    ) -> Iterator[Sound]:
        """Blocks of sound, together at least ``round(duration · sample_rate)`` samples; the caller trims the rest.

        The same seed on the same machine gives the same samples. ``on_step`` gets the share of the denoising done
        and may raise CancelledError.
        """
        if prepared.silent:
            on_step(1.0)
            yield from silence(round_half_up(prepared.duration * self.sample_rate))
        else:
            yield from self.sound(prepared, seed=seed, steps=steps, guidance=guidance, on_step=on_step)


def refuse_music(name: str, task: Task) -> None:
    """Raises ArgumentError for the task music: no engine that ships makes it."""
    if task == "music":
        raise ArgumentError(f"engine {name}", "makes no music", "leave it out, and talkies plays its own score")


def silence(samples: int) -> Iterator[Sound]:
    """Blocks of nothing, together so many samples."""
    for start in range(0, samples, _SILENT_BLOCK):
        yield np.zeros(min(_SILENT_BLOCK, samples - start), np.float32)


_SILENT_BLOCK = 480_000


ENGINES: dict[str, str] = {
    "mini": "talkies.core.engines.mini:MiniEngine",
    "vssflow": "talkies.core.engines.vssflow:VSSFlowEngine",
}
"""Engines by name: module and class, imported only when loaded."""

NAMED_VOICES = frozenset(("mini",))
"""Engines that speak with the voices that ship."""

_GUEST = "talkies.core.engines.guest"


def engine_names() -> tuple[str, ...]:
    """Those that ship, and those of other people's that can be used here."""
    return (*ENGINES, *(name for name, guest in guests().items() if guest.manifest is not None))


def check_engine(name: str) -> None:
    """Raises ArgumentError for an unknown name, with the known ones; EngineError for one that cannot be used."""
    if name in ENGINES:
        return
    guest = guests().get(name)
    if guest is None:
        known = ", ".join(sorted(engine_names()))
        raise ArgumentError(f"engine {name}" if name else "engine", "is not known", f"use one of {known}")
    guest.checked()


def engine_class(name: str) -> type[Engine]:
    """The class of an engine. Raises as :func:`check_engine` does."""
    check_engine(name)
    if name not in ENGINES:
        of_guest: type[Engine] = importlib.import_module(_GUEST).guest_class(guests()[name])
        return of_guest
    module, _, attribute = ENGINES[name].partition(":")
    found: type[Engine] = getattr(importlib.import_module(module), attribute)
    return found


class EngineLoader(Protocol):
    """How an engine comes by its name; tests give their own."""

    def __call__(self, name: str, weights: Path | None, device: str) -> Engine: ...


def load_engine(name: str, weights: Path | None = None, device: str = "cpu") -> Engine:
    """The engine of that name, loaded; ``device`` as :func:`choose_device` takes it. Torch is first imported here, and
    only for those that ship.

    Raises ArgumentError (name, device), WeightsError, MissingExtraError, EngineError.
    """
    if weights is not None and not weights.is_file():
        raise WeightsError(weights, "is not a file", "give a checkpoint, or leave --weights out")
    if name not in ENGINES:
        return engine_class(name).load(weights, device)
    from talkies.core.model.torch_pair import need_torch

    need_torch()
    from talkies.core.engines.devices import choose_device

    try:
        found = engine_class(name)
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            f"engine {name}", f"needs {error.name}, which is not installed", f"pip install 'talkies[{name}]'"
        ) from error
    return found.load(weights, choose_device(device))
