"""The mark in the sound of a file, looked for in stretches that are spread over it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from talkies.core.arrays import Sound
from talkies.core.errors import MediaError
from talkies.core.mark.finding import found
from talkies.core.mark.payload import Payload
from talkies.core.media.opening import open_media, sound_stream, video_stream
from talkies.core.media.sound import sound_blocks

_RATE = 48_000
_STRETCH_S = 10
_MOST_STRETCHES = 6


@dataclass(frozen=True)
class FoundMark:
    """``chance``: how often a sound without a mark would look like this one; ``says``: what the mark says, in words."""

    chance: float
    says: str

    @property
    def probability(self) -> float:
        """That it is a mark and no chance."""
        return 1.0 - self.chance


def find_mark(path: Path) -> FoundMark | None:
    """The surest mark in a sound; None for none. Of a sound of more than a minute six stretches of ten seconds are
    looked at. Raises MediaError."""
    every = [mark for stretch in _stretches(path) for mark in found(stretch, _RATE)]
    surest = min(every, key=lambda mark: mark.chance, default=None)
    return None if surest is None else FoundMark(surest.chance, _words(surest.payload))


def is_silent_movie(path: Path) -> bool:
    """Whether it has a picture and no sound in which a mark could be. Raises nothing."""
    try:
        with open_media(path) as container:
            return sound_stream(container) is None and video_stream(container) is not None
    except MediaError:
        return False


def _words(number: int) -> str:
    said = Payload.read(number)
    return f"talkies {'.'.join(map(str, said.version))}, {said.kind or 'an engine of a later version'}"


def _stretches(path: Path) -> Iterator[Sound]:
    """(n, 2) at 48 kHz; a sound is read once, in bounded memory."""
    kept: list[Sound] = []
    step = 1
    for number, piece in enumerate(_pieces(path, _STRETCH_S * _RATE)):
        if number % step == 0:
            kept.append(piece)
        if len(kept) > 2 * _MOST_STRETCHES:
            kept, step = kept[::2], step * 2
    edges = np.linspace(0, len(kept), min(len(kept), _MOST_STRETCHES) + 1).round().astype(int)
    yield from (kept[first] for first, _ in pairwise(edges))


def _pieces(path: Path, size: int) -> Iterator[Sound]:
    """Of ``size`` samples each, and what is left."""
    held, count = list[Sound](), 0
    for block in sound_blocks(path, _RATE, mono=False):
        held.append(block.T)
        count += block.shape[1]
        while count >= size:
            whole = np.concatenate(held)
            yield whole[:size]
            held, count = [whole[size:]], len(whole) - size
    if count:
        yield np.concatenate(held)
