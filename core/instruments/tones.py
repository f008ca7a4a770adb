"""The store of tones: what was made once is played again; what was not heard for longest is let go.

A key is (instrument, pitch, layer, variant, short); pieces of tones are made when they are first heard.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import replace

import numpy as np

from talkies.core.arrays import Samples
from talkies.core.instruments.orchestra import INSTRUMENTS
from talkies.core.instruments.rooms import Room, Seat, reflections
from talkies.core.instruments.shaping import panned
from talkies.core.instruments.tone import PIECE, Noise, Stroke, Tone

LAYERS = 5
"""Colours between softest and loudest; the level goes on between them."""
_DRAWN = 256

Key = tuple[str, float, int, int, bool]


class Tones:
    """Tones in one room, at most ``megabytes`` of them. Not to be shared between threads."""

    def __init__(self, room: Room, megabytes: int = 192) -> None:
        self.room = room
        self._most = megabytes * 1_000_000
        self._held = 0
        self._pieces: OrderedDict[tuple[Key, int], Samples] = OrderedDict()
        self._drawn: OrderedDict[Key, tuple[Tone, list[tuple[int, int]]]] = OrderedDict()

    def tone(self, key: Key) -> Tone:
        return self._known(key)[0]

    def read(self, key: Key, start: int, into: Samples) -> None:
        """Writes the samples from ``start`` on; silence where the tone has died away."""
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
            part = self._piece(key, tone, number, first, length)[:, place - first : place - first + count - done]
            into[:, done : done + part.shape[1]] = part
            done += part.shape[1]

    def _piece(self, key: Key, tone: Tone, number: int, first: int, length: int) -> Samples:
        piece = self._pieces.get((key, number))
        if piece is not None:
            self._pieces.move_to_end((key, number))
            return piece
        piece = self._pieces[key, number] = tone.piece(first, length)
        self._held += piece.nbytes
        while self._held > self._most and len(self._pieces) > 1:
            self._held -= self._pieces.popitem(last=False)[1].nbytes
        return piece

    def _known(self, key: Key) -> tuple[Tone, list[tuple[int, int]]]:
        known = self._drawn.get(key)
        if known is None:
            tone = _seated(key, self.room)
            known = self._drawn[key] = tone, tone.pieces()
            if len(self._drawn) > _DRAWN:
                self._drawn.popitem(last=False)
        self._drawn.move_to_end(key)
        return known


def layer_of(velocity: float) -> int:
    return min(int(velocity / 128 * LAYERS), LAYERS - 1)


def _loop_piece(tone: Tone, place: int) -> int:
    return -(-tone.head // PIECE) + (place - tone.head) // PIECE


def _seated(key: Key, room: Room) -> Tone:
    name, pitch, layer, variant, short = key
    instrument = INSTRUMENTS[name]
    tone = instrument.draw(Stroke(pitch, (layer + 0.5) / LAYERS, variant, short))
    left, right = _balance(instrument.seat)
    return replace(
        tone,
        partials=replace(tone.partials, gains=tone.partials.gains * np.array([[left], [right]])),
        noises=tuple(Noise(n.stock, (n.gains[0] * left, n.gains[1] * right), n.level) for n in tone.noises),
        reflections=reflections(room, instrument.seat),
    )


def _balance(seat: Seat) -> tuple[float, float]:
    left, right = panned(0.8 * seat.pan) * np.sqrt(2)
    return float(left), float(right)
