"""Reels of drawn shots that are joined at known frames, clean or worn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from pathlib import Path

import av
import cv2
import numpy as np

from talkies.core.arrays import Grey, Image
from talkies.core.scenes.degrade import draw_wear
from talkies.core.scenes.plain import Scene
from talkies.core.scenes.staging import render_scene

SIZE = (288, 216)
RATE = 18


def shot(seed: int, frames: int) -> list[Image]:
    """Something happens before one camera."""
    return [_frame(seed, number) for number in range(frames)]


@lru_cache(400)
def _frame(seed: int, number: int) -> Image:
    return _scene(seed).image(number)


@lru_cache(8)
def _scene(seed: int) -> Scene:
    return render_scene(seed, Fraction(6), SIZE, RATE, clean=True)


def card(lines: Sequence[str], frames: int, *, light: bool = False, framed: bool = False) -> list[Image]:
    """White letters on black, or black ones on white."""
    picture = np.full((SIZE[1], SIZE[0], 3), 12, np.uint8)
    for number, line in enumerate(lines):
        width = cv2.getTextSize(line, cv2.FONT_HERSHEY_TRIPLEX, 0.6, 1)[0][0]
        place = (SIZE[0] - width) // 2, SIZE[1] // 2 + 30 * number - 15 * (len(lines) - 1)
        cv2.putText(picture, line, place, cv2.FONT_HERSHEY_TRIPLEX, 0.6, (235, 235, 235), 1, cv2.LINE_AA)
    if framed:
        cv2.rectangle(picture, (10, 10), (SIZE[0] - 11, SIZE[1] - 11), (235, 235, 235), 2)
    return [np.asarray(255 - picture if light else picture, np.uint8)] * frames


def dissolved(before: Sequence[Image], after: Sequence[Image], frames: int) -> list[Image]:
    """One turns into the other over the last ``frames`` of it and the first of the other."""
    shares = [(number + 1) / (frames + 1) for number in range(frames)]
    mixed = [
        np.asarray(cv2.addWeighted(one, 1 - share, other, share, 0), np.uint8)
        for one, other, share in zip(before[-frames:], after[:frames], shares, strict=True)
    ]
    return [*before[:-frames], *mixed, *after[frames:]]


def faded(before: Sequence[Image], after: Sequence[Image], frames: int, black: int) -> list[Image]:
    """Out to black, ``black`` frames of it, and in again."""
    nothing = np.zeros_like(before[0])
    out, into = dissolved(before, [nothing] * frames, frames), dissolved([nothing] * frames, after, frames)
    return [*out, *[nothing] * black, *into]


def worn(frames: Sequence[Image], seed: int) -> list[Image]:
    """As it comes off a bad reel, at the rate it was shot at."""
    damage = replace(draw_wear(np.random.default_rng(seed), SIZE), film_rate=Fraction(0))
    return [damage.apply(frame.copy(), number) for number, frame in enumerate(frames)]


def grey(frames: Sequence[Image]) -> list[Grey]:
    return [np.asarray(cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY), np.uint8) for frame in frames]


def write(path: Path, frames: Sequence[Image], rate: int = RATE) -> Path:
    """FFV1 at ``rate`` frames per second."""
    with av.open(str(path), "w") as container:
        stream = container.add_stream("ffv1", rate=rate)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "gray"
        for picture in grey(frames):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "gray")))
        container.mux(stream.encode(None))
    return path
