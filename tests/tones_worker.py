"""``talkies worker`` with what the tests make sounds and portraits with: ``python tones_worker.py [PAUSE_S]``.

With a pause, it waits so long before each block of sound: time enough to be killed in the middle of a take.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from engines import TonesEngine

from talkies.core.arrays import Sound
from talkies.core.conditioning.picture.visual import PictureFeatures
from talkies.core.engines.base import Prepared, Spotted, Stroke
from talkies.core.engines.pictures import PICTURE_MAKERS
from talkies.core.times import LATENT_RATE
from talkies.plugin.commands.worker import serve_stdio

_MOVES = 0.05

PICTURE_MAKERS["rig"] = "speaking_stills:NumberedPictures"


class SlowTones(TonesEngine):
    """Takes its time. It spots a stroke wherever motion begins."""

    pause_s = float(sys.argv[1]) if len(sys.argv) > 1 else 0.0

    def spot(self, features: PictureFeatures) -> Spotted:
        moves = np.abs(features.sync).max(axis=1) > _MOVES
        begins = np.flatnonzero(moves & ~np.concatenate([[False], moves[:-1]]))
        return Spotted(tuple(Stroke(float(cell) / float(LATENT_RATE), 0.5, 0.9) for cell in begins))

    def generate(self, prepared: Prepared, **options: Any) -> Iterator[Sound]:
        for block in super().generate(prepared, **options):
            time.sleep(self.pause_s)
            yield block


def load_slow_tones(name: str, weights: Path | None, device: str) -> SlowTones:
    return SlowTones.load(weights, device)


if __name__ == "__main__":
    raise SystemExit(serve_stdio(load_slow_tones))
