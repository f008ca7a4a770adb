"""Sounds of the library for a spot: which fit its words, and how each would sound there. For threads of their own."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from talkies.core.arrays import Samples
from talkies.core.library import Found, Use, Wanted, cast, find, hit_sound, open_library, sustained_blocks
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.spotting.spot import Spot

MOST = 60
_HEARD_S = 4  # of what goes on


@dataclass(frozen=True)
class Candidates:
    """What was found, best first; ``size``: how many recordings the library has."""

    found: tuple[Found, ...]
    size: int


def candidates(words: str, avoid: str, use: Use) -> Candidates:
    """Recordings that fit words, and can be used so. Raises a TalkiesError for a library that cannot be read."""
    with open_library() as library:
        fitting = find(library, words, avoid, MOST)
        usable = (each for each in fitting if use == "sustained" or each.recording.measures.hits)
        return Candidates(tuple(usable), library.count())


def audition(recording: Path, spot: Spot, seed: int) -> Samples:
    """(2, n) at 48 kHz: the spot as it sounds when it is made of this recording by a take of this ``seed``. Raises
    MediaError."""
    own = spot.seed(seed)
    length = float(spot.until - spot.time)
    wanted = Wanted(spot.id, "", use_of(spot), spot.force, own, file=str(recording), length_s=length)
    with open_library() as library:
        pick = cast(library, [wanted])[spot.id]
    assert pick is not None, "a file is a pick"
    if wanted.use == "hit":
        sound = hit_sound(pick, spot.force, own)
    else:
        count = round(min(length, _HEARD_S) * SAMPLE_RATE)
        sound = np.concatenate(list(islice(sustained_blocks(pick, count, spot.force, own), None)), axis=1)
    return np.repeat(sound, 2, axis=0)


def use_of(spot: Spot) -> Use:
    return "hit" if spot.kind == "hit" else "sustained"
