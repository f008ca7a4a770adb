"""The sound files that a guest writes: small ones may hold hours of silence, and are not read to their end."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from talkies.core.arrays import Sound
from talkies.core.media.sound import sound_blocks


def beginning(path: Path, sample_rate: int, most: int) -> Sound:
    """(N,) a file's sound at ``sample_rate``: all of it, or where that is more than ``most`` samples, somewhat more
    than these. Raises MediaError."""
    blocks: list[Sound] = []
    count = 0
    for block in sound_blocks(path, sample_rate):
        blocks.append(block[0])
        count += block.shape[1]
        if count > most:
            break
    return np.concatenate(blocks) if blocks else np.zeros(0, np.float32)
