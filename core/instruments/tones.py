"""The store of tones: what was made once is played again; what was not heard for longest is let go.

A key is (instrument, pitch, variant, touch). Pieces of tones are made when they are first heard, soft and loud, and
kept with 16 bits below the peak of each.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from talkies.core.arrays import Floats32, Samples
from talkies.core.instruments.orchestra import INSTRUMENTS
from talkies.core.instruments.rooms import Room, Seat, reflections
from talkies.core.instruments.shaping import panned
from talkies.core.instruments.tone import PIECE, Stroke, Tone, Touch

_DRAWN = 1024
_FULL = 32_767

Key = tuple[str, float, int, Touch]


@dataclass(frozen=True)
class _Piece:
    """``samples`` (2, 2, n) of soft and loud, ``scales`` (2,) by which they are to be multiplied."""

    samples: NDArray[np.int16]
    scales: Floats32


class Tones:
    """Tones in one room, at most ``megabytes`` of them. Not to be shared between threads."""

    def __init__(self, room: Room, megabytes: int = 256) -> None:
        self.room = room
        self._most = megabytes * 1_000_000
        self._held = 0
        self._pieces: OrderedDict[tuple[Key, int], _Piece] = OrderedDict()
        self._drawn: OrderedDict[Key, tuple[Tone, list[tuple[int, int]]]] = OrderedDict()

    def tone(self, key: Key) -> Tone:
        return self._known(key)[0]

    def read(self, key: Key, start: int, mixture: tuple[float, float], into: Samples, spare: Samples) -> None:
        """Writes the samples from ``start`` on, so much of soft and of loud; silence where the tone has died away.
        ``spare``: as large as ``into``."""
        tone, pieces = self._known(key)
        done, count = 0, into.shape[1]
        while done < count:
            place = start + done
            if tone.loop and place >= tone.head:
                place = tone.head + (place - tone.head) % tone.loop
            if place >= tone.head + tone.loop:
                into[:, done:] = 0
                return
            number = place // PIECE if place < tone.head else _loop_piece(tone, place)
            first, length = pieces[number]
            piece = self._piece(key, tone, number, first, length)
            stop = min(done + length - (place - first), count)
            soft, loud = piece.samples[:, :, place - first : place - first + stop - done]
            np.multiply(soft, np.float32(mixture[0] * piece.scales[0]), out=into[:, done:stop])
            np.multiply(loud, np.float32(mixture[1] * piece.scales[1]), out=spare[:, done:stop])
            into[:, done:stop] += spare[:, done:stop]
            done = stop

    def _piece(self, key: Key, tone: Tone, number: int, first: int, length: int) -> _Piece:
        piece = self._pieces.get((key, number))
        if piece is not None:
            self._pieces.move_to_end((key, number))
            return piece
        piece = self._pieces[key, number] = _packed(tone.piece(first, length))
        self._held += piece.samples.nbytes
        while self._held > self._most and len(self._pieces) > 1:
            self._held -= self._pieces.popitem(last=False)[1].samples.nbytes
        return piece

    def _known(self, key: Key) -> tuple[Tone, list[tuple[int, int]]]:
        known = self._drawn.get(key)
        if known is None:
            tone = _seated(key, self.room)
            known = self._drawn[key] = tone, tone.pieces()
            if len(self._drawn) > _DRAWN:
                self._drawn.popitem(last=False)
        else:
            self._drawn.move_to_end(key)
        return known


def _packed(sound: Floats32) -> _Piece:
    peaks = np.maximum(np.abs(sound).max(axis=(1, 2)), 1e-9)
    samples = np.rint(sound * (_FULL / peaks)[:, None, None].astype(np.float32)).astype(np.int16)
    return _Piece(samples, (peaks / _FULL).astype(np.float32))


def _loop_piece(tone: Tone, place: int) -> int:
    return -(-tone.head // PIECE) + (place - tone.head) // PIECE


def _seated(key: Key, room: Room) -> Tone:
    name, pitch, variant, touch = key
    seat = INSTRUMENTS[name].seat
    tone = INSTRUMENTS[name].draw(Stroke(pitch, variant, touch))
    left, right = _balance(seat)
    return replace(
        tone,
        partials=replace(tone.partials, sides=tone.partials.sides * np.array([[left], [right]])),
        noises=tuple(replace(noise, sides=(noise.sides[0] * left, noise.sides[1] * right)) for noise in tone.noises),
        reflections=reflections(room, seat),
    )


def _balance(seat: Seat) -> tuple[float, float]:
    left, right = panned(0.8 * seat.pan) * np.sqrt(2)
    return float(left), float(right)
