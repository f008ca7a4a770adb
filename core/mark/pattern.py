"""Which band is raised when: a pattern of signs that repeats each second and carries 24 bits.

A second has ten pairs of slots of 50 ms; in the second slot of a pair every band has the opposite sign of the first, so
that what is looked for is a difference of neighbours. Half of the pattern is the same in every mark; the other half
is multiplied by the bits of the payload: twelve, and the twelve of the extended Golay code that check them.
"""

from __future__ import annotations

from functools import cache
from hashlib import shake_256

import numpy as np

from talkies.core.arrays import Floats

BANDS, PAIRS = 72, 10
"""Bands of equal width in the ear (ERB), and pairs of slots a second."""
SLOT_S = 0.05
LOWEST_HZ, HIGHEST_HZ = 350.0, 14_000.0
PAYLOADS = 4096
"""Twelve bits."""
_BITS = 24
_CODED = BANDS * PAIRS // 2  # cells whose sign depends on the payload
_SEED = b"talkies, a mark in the sound, 1"
_GENERATOR = 0xAE3  # of the binary Golay code, x^11 + x^9 + x^7 + x^6 + x^5 + x + 1


def erb_number(hz: Floats) -> Floats:
    """Glasberg and Moore (1990): how many bands of the ear lie below."""
    numbers: Floats = 21.4 * np.log10(1 + 0.00437 * hz)
    return numbers


def band_edges() -> Floats:
    """(BANDS + 1,) Hz."""
    low, high = erb_number(np.array([LOWEST_HZ, HIGHEST_HZ]))
    edges: Floats = (10 ** (np.linspace(low, high, BANDS + 1) / 21.4) - 1) / 0.00437
    return edges


def codeword(payload: int) -> int:
    """24 bits: the payload and what checks it; any two differ in eight. Raises ValueError for more than twelve bits."""
    if not 0 <= payload < PAYLOADS:
        raise ValueError(f"{payload} has more than twelve bits")
    rest = payload << 11
    for place in range(22, 10, -1):
        if rest >> place & 1:
            rest ^= _GENERATOR << (place - 11)
    word = payload << 11 | rest
    return word << 1 | (word.bit_count() & 1)


@cache
def codewords() -> Floats:
    """(PAYLOADS, 24) of -1 and 1."""
    words = np.array([codeword(payload) for payload in range(PAYLOADS)])
    return np.where((words[:, None] >> np.arange(_BITS - 1, -1, -1)) & 1, 1.0, -1.0)


@cache
def cells() -> tuple[Floats, Floats]:
    """(PAIRS, BANDS): the sign of every cell, and its bit, -1 where there is none. The same for ever: marks that are
    out in the world are found by them."""
    count = PAIRS * BANDS
    chance = np.frombuffer(shake_256(_SEED).digest(9 * count), np.uint8).reshape(count, 9)
    signs = np.where(chance[:, 0] & 1, 1.0, -1.0)
    order = np.argsort(chance[:, 1:].copy().view(">u8")[:, 0], kind="stable")
    bits = np.full(count, -1.0)
    bits[order[:_CODED]] = np.arange(_CODED) % _BITS
    return signs.reshape(PAIRS, BANDS), bits.reshape(PAIRS, BANDS)


def signs_of(payload: int) -> Floats:
    """(PAIRS, BANDS) of -1 and 1, in the first slot of each pair."""
    signs, bits = cells()
    word = codewords()[payload]
    found: Floats = signs * np.where(bits >= 0, word[bits.astype(int)], 1.0)
    return found
