"""The portraits of a run: takes that are pictures, each of a still and the dialogue takes that sound over it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from talkies.core.engines.pictures import SUFFIXES, PictureBrief, PictureMaker
from talkies.core.errors import ArgumentError, InputError
from talkies.core.generation.made_from import MADE_FROM
from talkies.core.generation.request import Request
from talkies.core.generation.take_metadata import portrait_metadata
from talkies.core.media.sound import sound_blocks
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.segment import Stem, Take, Timeline
from talkies.core.takes.pictures import save_picture


@dataclass
class Portraits:
    """Makes takes of pictures in ``folder``; ``made``: the takes that are there by now, the newest last."""

    request: Request
    timeline: Timeline
    folder: Path
    maker: PictureMaker
    made: Callable[[], Sequence[Take]]

    @property
    def identity(self) -> list[Any]:
        """What tells its maker from another, or from the same one when it has changed."""
        return [self.maker.name, self.maker.weights_hash, self.maker.source, dict(self.maker.provenance)]

    def take(self, stem: Stem, index: int, number: int, on_share: Callable[[float], None] = lambda share: None) -> Take:
        """The take ``number`` of a still, which says what the ``index``-th takes of its dialogue say.

        Raises InputError where these are not there or there is no portrait in the picture, EngineError, OutputError.
        ``on_share`` hears how much is made and may raise CancelledError."""
        spoken = self._spoken(stem, index)
        if not spoken:
            raise InputError(f"segment {stem.segment.id} ({stem.segment.clip})", "has no dialogue that it could say")
        request, rate, seed = self.request, self.timeline.rate, self.request.seed + index
        brief = PictureBrief(
            stem.segment, stem.record, rate, spoken, stem.cues, request.film, seed, request.consent
        )  # fmt: skip

        def write(path: Path) -> Mapping[str, Any]:
            try:
                return self.maker.make(brief, path, on_share)
            except ArgumentError as error:  # of this still alone: the others may have a face and somebody's consent
                raise InputError(error.subject, error.problem, error.cure) from error

        says = {take.speaker: _sound_hash(take.path) for take in spoken}
        metadata, suffix = portrait_metadata(stem, request, self.maker, says, seed=seed), SUFFIXES[request.film]
        return save_picture(stem, rate, self.folder, write, suffix=suffix, number=number, metadata=metadata)

    def _spoken(self, stem: Stem, index: int) -> tuple[Take, ...]:
        """The dialogue of this place among the takes, one of each speaker: the newest."""
        found = {
            take.speaker: take
            for take in self.made()
            if (take.segment_id, take.stem) == (stem.segment.id, "DX") and _index_of(take) == index
        }
        return tuple(found.values())


def _index_of(take: Take) -> object:
    """Its place among the takes of its stem: a sidecar may come from anywhere."""
    made_from = take.metadata.get(MADE_FROM)
    return made_from.get("index") if isinstance(made_from, Mapping) else None


def _sound_hash(path: Path) -> str:
    """Of all samples, which the day on which the file was made does not change."""
    hashed = hashlib.sha256()
    for block in sound_blocks(path, SAMPLE_RATE, mono=False):
        hashed.update(block.tobytes())
    return hashed.hexdigest()[:24]
