"""A single stroke by itself, in its space, until it has died away: what a list of spots is made of.

All strokes of one ``object_seed`` are blows on the same object in the same place; ``blow_seed`` makes each its own.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from talkies.core.arrays import Floats, Floats32
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.synthesis.performing import stroke_in_space
from talkies.core.synthesis.recipes import StrokeSound

_LONGEST_S = 20
_DIED_AWAY = 1e-4  # of the loudest sample
_END_S = 0.02


def single_stroke(sound: StrokeSound, force: float, object_seed: int, blow_seed: int) -> Floats32:
    """(n,) float32 at 48 kHz; its first sample is the onset."""
    blocks = stroke_in_space(sound, force, object_seed, blow_seed)
    return died_away(blocks)


def died_away(blocks: Iterator[Floats]) -> Floats32:
    """Blocks without end until nothing is heard any more, the end faded."""
    heard: list[Floats] = []
    loudest, samples = 0.0, 0
    for block in blocks:
        peak = float(np.abs(block).max(initial=0.0))
        loudest, samples = max(loudest, peak), samples + len(block)
        heard.append(block)
        if (samples > SAMPLE_RATE and peak < _DIED_AWAY * loudest) or samples > _LONGEST_S * SAMPLE_RATE:
            break
    whole = np.concatenate(heard).astype(np.float32)
    audible = np.flatnonzero(np.abs(whole) > _DIED_AWAY * loudest)
    fade = round(_END_S * SAMPLE_RATE)
    whole = whole[: (int(audible[-1]) if len(audible) else 0) + fade]
    whole[-fade:] *= np.linspace(1, 0, len(whole[-fade:]), dtype=np.float32)
    return whole
