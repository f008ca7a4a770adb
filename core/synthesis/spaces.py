"""Spaces: where a sound is heard. Early reflections, then a diffuse tail that loses its treble first; quiet.

A direct sound is left as it is, so that its beginning stays where it was asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from talkies.core.arrays import Floats
from talkies.core.synthesis.signals import Rng, band, count, dying, unit, white


@dataclass(frozen=True)
class Space:
    """``t60`` of the middle range in s; ``early_s``: when the first reflections come; ``level`` of all that is sent
    back, relative to the direct sound's energy."""

    t60: float
    early_s: tuple[float, float]
    level: float


ROOM = Space(0.35, (0.004, 0.03), 0.22)
HALL = Space(1.3, (0.012, 0.07), 0.25)
STREET = Space(0.7, (0.01, 0.06), 0.10)
OPEN_AIR = Space(0.5, (0.02, 0.1), 0.03)


def reflections(space: Space, rng: Rng) -> Floats:
    """An impulse response without the direct sound; energy ``level`` squared."""
    seconds = space.t60
    ranges = ((80, 500, 1.15), (500, 2500, 1.0), (2500, 9000, 0.55))
    tail = np.asarray(
        sum(unit(band(white(rng, seconds), low, high)) * dying(seconds, space.t60 * part) for low, high, part in ranges)
    )
    tail[: count(space.early_s[0])] = 0
    for at in rng.uniform(*space.early_s, 9):
        tail[count(float(at))] += rng.choice([-1, 1]) * rng.uniform(4, 14)
    return np.asarray(tail * (space.level / np.sqrt(np.square(tail).sum())))


def heard_in(blocks: Iterator[Floats], space: Space, rng: Rng) -> Iterator[Floats]:
    """Blocks of any length with what the space sends back; the tail after the last block is cut off."""
    from scipy.signal import oaconvolve

    response = reflections(space, rng)
    coming = np.zeros(len(response) - 1)
    for block in blocks:
        if not block.any() and not coming.any():
            yield block
            continue
        sent = oaconvolve(block, response)
        sent[: len(coming)] += coming
        coming = sent[len(block) :]
        yield block + sent[: len(block)]
