"""Mixdown: sound placed on a timeline to the sample and summed, block by block, in bounded memory.

pieces   |....[ take 1 ]......[ take 2 ]...|
                     [ take 3 ]                 what overlaps is added
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from talkies.core.arrays import Samples
from talkies.core.media.sound import sound_blocks
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.segment import Take
from talkies.core.times import TimeRange, to_sample

_BLOCK_SAMPLES = 1 << 16


class Reader(Protocol):
    """Sound that is read once, from its beginning on."""

    def read(self, count: int) -> Samples:
        """The next (C, count) samples."""
        ...


@dataclass(frozen=True)
class Piece:
    """Sound from sample ``first`` of the timeline on, ``count`` long; ``opened`` is called when its turn comes."""

    first: int
    count: int
    opened: Callable[[], Reader]


def piece_of(take: Take, channels: int) -> Piece:
    """A take without its handles."""
    first, count = take.record.samples(SAMPLE_RATE)
    return Piece(first, count, lambda: Player(take, channels))


def placed(pieces: Iterable[Piece], first: int, end: int, channels: int = 2) -> Iterator[Samples]:
    """The sum of the pieces from sample ``first`` up to ``end`` in blocks of (C, n), silence where there are none.

    No piece may begin before ``first``; what lies behind ``end`` is cut off.
    """
    waiting = sorted(pieces, key=lambda piece: piece.first, reverse=True)
    playing: list[tuple[Piece, Reader]] = []
    for position in range(first, end, _BLOCK_SAMPLES):
        until = min(position + _BLOCK_SAMPLES, end)
        block = np.zeros((channels, until - position), np.float32)
        while waiting and waiting[-1].first < until:
            piece = waiting.pop()
            playing.append((piece, piece.opened()))
        for piece, reader in playing:
            start, stop = max(piece.first, position), min(piece.first + piece.count, until)
            if start < stop:
                block[:, start - position : stop - position] += reader.read(stop - start)
        playing = [(piece, reader) for piece, reader in playing if piece.first + piece.count > until]
        yield block


def heard_over(takes: Iterable[Take], record: TimeRange, channels: int = 1) -> Iterator[Samples]:
    """What takes sound like during ``record``, to the sample, in blocks of (C, n); they may begin before it and end
    after it."""
    pieces = [piece_of(take, channels) for take in takes]
    first, count = record.samples(SAMPLE_RATE)
    begin = min((piece.first for piece in pieces), default=first)
    before = max(first - begin, 0)
    for block in placed(pieces, min(begin, first), first + count, channels):
        skipped = min(before, block.shape[1])
        before -= skipped
        if skipped < block.shape[1]:
            yield block[:, skipped:]


class Player:
    """Reads a take's file on from its record start: one channel as it is, or two with mono in the middle, 3 dB lower
    on each side, as editors pan it."""

    def __init__(self, take: Take, channels: int = 2) -> None:
        self._blocks = sound_blocks(take.path, SAMPLE_RATE, mono=channels == 1)
        self._rest: Samples = np.zeros((channels, 0), np.float32)
        panned = channels == 2 and take.channels == 1
        self._pan = np.float32(math.sqrt(0.5) if panned else 1.0)
        self.read(to_sample(take.record.start, SAMPLE_RATE) - to_sample(take.file_range.start, SAMPLE_RATE))

    def read(self, count: int) -> Samples:
        """The next (C, count) samples, silence after the file's end."""
        parts, missing = [self._rest], count - self._rest.shape[1]
        while missing > 0:
            block = next(self._blocks, None)
            if block is None:
                block = np.zeros((self._rest.shape[0], missing), np.float32)
            parts.append(block)
            missing -= block.shape[1]
        mixed = np.concatenate(parts, axis=1)
        self._rest = mixed[:, count:]
        return mixed[:, :count] * self._pan
