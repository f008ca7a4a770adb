"""Picture makers: what makes of a still and its dialogue a movie that speaks, and the literal registry of them.

    still segment + its dialogue takes ─► PictureBrief ─► PictureMaker.make ─► a movie ─► a take

The story only knows this page; what a maker needs is imported when it is loaded, not before.
"""

from __future__ import annotations

import importlib
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar, Literal, Self

from talkies.core.errors import MissingExtraError
from talkies.core.segment import Cue, Segment, Take
from talkies.core.times import TimeRange, to_frame

FilmCodec = Literal["h264", "prores"]
SUFFIXES: dict[FilmCodec, str] = {"h264": ".mp4", "prores": ".mov"}
"""What a film may be encoded as, and how its file is called."""
CONTAINERS: dict[FilmCodec, str] = {"h264": "mp4", "prores": "mov"}


@dataclass(frozen=True)
class PictureBrief:
    """What a maker is asked for: one movie without sound.

    ``segment`` is a still: ``picture_frames`` (core/media/picture.py) shows it. ``record``: what the movie covers of
    the timeline, whole frames at ``rate``, the timeline's. ``spoken``: the dialogue takes that sound over it, by
    speaker, each with its file and its own record range, which may reach beyond (``heard_over`` in
    core/takes/mixdown.py is what sounds during ``record``); ``cues``: their words, with their ranges. All times are
    seconds from the timeline's first frame. ``film``: the codec. ``seed``: the same one gives the same movie.
    ``consent``: who allowed that the portrait speaks, in the user's words, "" where nobody was asked now.
    """

    segment: Segment
    record: TimeRange
    rate: Fraction
    spoken: tuple[Take, ...]
    cues: tuple[Cue, ...]
    film: FilmCodec = "h264"
    seed: int = 0
    consent: str = ""

    @property
    def frames(self) -> int:
        """How many pictures the movie has, exactly."""
        return to_frame(self.record.end, self.rate) - to_frame(self.record.start, self.rate)

    @property
    def container(self) -> str:
        """The format of the file, which its name does not say while it is being made."""
        return CONTAINERS[self.film]


class PictureMaker(ABC):
    """A loaded maker. ``source``: what makes the picture, as in a take's metadata ("rules" where no model does);
    ``licence`` and ``weights_hash`` (sha256, "" without weights) go into every take."""

    name: ClassVar[str]
    source: str
    licence: str
    weights_hash: str

    @classmethod
    @abstractmethod
    def load(cls, device: str) -> Self:
        """Ready to work on a device. Raises WeightsError, MissingExtraError."""

    @property
    def provenance(self) -> Mapping[str, Any]:
        """What else a take says of who made it."""
        return {}

    @abstractmethod
    def make(self, brief: PictureBrief, path: Path, on_share: Callable[[float], None]) -> Mapping[str, Any]:
        """Writes the movie: ``brief.frames`` pictures at ``brief.rate``, without sound, in ``brief.container``,
        whatever the suffix of ``path`` is.

        Returns what a take shall say of it beside :attr:`provenance`, plain JSON (whose consent there is). ``on_share``
        gets the share that is done and may raise CancelledError. Raises InputError where there is no portrait in the
        picture, EngineError where it cannot be made.
        """


PICTURE_MAKERS: dict[str, str] = {"rig": "talkies.core.portrait.pictures:RigPictures"}
"""Makers by name: module and class, imported only when loaded; the first one is the one that is used."""


def load_pictures(device: str = "cpu") -> PictureMaker:
    """The maker of portraits, loaded. Raises MissingExtraError where there is none, WeightsError."""
    if not PICTURE_MAKERS:
        raise MissingExtraError("--task portrait", "nothing here makes portraits", "use --task dialogue")
    name, place = next(iter(PICTURE_MAKERS.items()))
    module, _, attribute = place.partition(":")
    try:
        found: type[PictureMaker] = getattr(importlib.import_module(module), attribute)
    except ModuleNotFoundError as error:
        problem, cure = f"needs {error.name}, which is not installed", f"pip install 'talkies[{name}]'"
        raise MissingExtraError(f"portraits by {name}", problem, cure) from error
    return found.load(device)
