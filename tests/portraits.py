"""Stills for portraits: frames of films, some aged as old photographs are, and drawn faces of the project's own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from talkies.core.arrays import Floats, Image
from talkies.core.demo.portrait import Portrait
from talkies.core.scenes.canvas import Canvas, View
from talkies.core.scenes.talking import Face, Talker

SIDE = 512
_STILL = np.zeros((3, 3))
_MAN = Face((232, 188, 156), (74, 48, 36), (52, 72, 104), 0.74, -0.3, 0.1, 0.16, 0.3, beard=False)
_BEARDED = Face((224, 172, 140), (60, 50, 46), (90, 60, 60), 0.72, -0.35, 0.0, 0.16, 0.32, beard=True)


def drawn_woman(view: View = View(0, 0, 1, 0)) -> Image:  # noqa: B008 - frozen
    canvas = _canvas((90, 110, 140), view)
    Portrait(0.5, 0.45, 0.3, ()).draw(canvas, 0.0)
    return canvas.image


def drawn_man(*, beard: bool = False) -> Image:
    canvas = _canvas((110, 110, 125), View(0, 0, 1, 0))
    Talker(_BEARDED if beard else _MAN, 0.5, 0.45, 0.3, (), (), (), _STILL).draw(canvas, 0.0)
    return canvas.image


def _canvas(colour: tuple[int, int, int], view: View) -> Canvas:
    return Canvas(np.full((SIDE, SIDE, 3), colour, np.uint8), view)


def aged(image: Image, seed: int, *, sepia: bool) -> Image:
    """As an old photograph: grey or sepia, faded, grainy, with dust and scratches, darker at the edges."""
    rng = np.random.default_rng(seed)
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float64)
    y, x = np.mgrid[-1 : 1 : grey.shape[0] * 1j, -1 : 1 : grey.shape[1] * 1j]
    faded = 40 + 0.72 * grey * (1 - 0.18 * (x * x + y * y)) + rng.normal(0, 5, grey.shape)
    for _ in range(6):
        at, lean = rng.uniform(0, grey.shape[1]), rng.uniform(-20, 20)
        line = np.abs(np.arange(grey.shape[1])[None] - at - lean * y[:, :1]) < 0.7
        faded[line] += 35
    for _ in range(25):
        place = rng.integers(0, min(grey.shape), 2).tolist()
        cv2.circle(faded, place, int(rng.integers(1, 3)), float(rng.choice([60, 225])), -1)
    tint = np.array([1.08, 0.95, 0.72]) if sepia else np.ones(3)
    return np.asarray(np.clip(faded[..., None] * tint, 0, 255), np.uint8)


@dataclass(frozen=True)
class Still:
    """``name`` of a test picture; ``speaker``: the film it is a frame of, "" for a drawn one."""

    name: str
    image: Image
    speaker: str = ""


def drawn_stills() -> Iterator[Still]:
    yield Still("drawn_woman", drawn_woman())
    yield Still("drawn_man", drawn_man())
    yield Still("drawn_beard", drawn_man(beard=True))
    yield Still("drawn_tilted", aged(drawn_woman(View(0, 0, 1, 0.1)), 3, sepia=True))


def film_stills(folder: Path, openness: Callable[[Image], float]) -> Iterator[Still]:
    """Of each film the frame whose lips are nearest, 512 × 512 around the face; two aged, one open wide instead."""
    ageing = {"lrwp9a": True, "lwbsza": False}
    for film in sorted(folder.glob("*.mp4")):
        frames = [squared(frame) for frame in frames_of(film)][::3]
        by_opening = sorted(frames, key=openness)
        name = film.stem
        if name in ageing:
            yield Still(f"{name}_aged", aged(by_opening[0], len(name), sepia=ageing[name]), name)
        else:
            yield Still(name, by_opening[0], name)
        if name == "lbbc2a":
            yield Still(f"{name}_open", by_opening[-1], name)


def frames_of(film: Path) -> Iterator[Image]:
    capture = cv2.VideoCapture(str(film))
    while True:
        ok, frame = capture.read()
        if not ok:
            return
        yield np.ascontiguousarray(frame[..., ::-1])


def squared(frame: Image) -> Image:
    """The middle square of a frame, 512 × 512."""
    height, width = frame.shape[:2]
    side = min(height, width)
    left = (width - side) // 2
    cut = frame[:side, left : left + side]
    return np.asarray(cv2.resize(cut, (SIDE, SIDE), interpolation=cv2.INTER_CUBIC), np.uint8)


def contact_sheet(frames: Sequence[Image], middle: Floats, height: float) -> Image:
    """Twenty frames, cut around a face whose ``middle`` and ``height`` are in pixels."""
    low, high = (np.clip(middle + sign * 0.62 * height, 0, frames[0].shape[1::-1]).astype(int) for sign in (-1, 1))
    chosen = [frames[int(at)][low[1] : high[1], low[0] : high[0]] for at in np.linspace(0, len(frames) - 1, 20)]
    small = [cv2.resize(each, (300, 300), interpolation=cv2.INTER_AREA) for each in chosen]
    return np.asarray(np.vstack([np.hstack(small[row : row + 5]) for row in range(0, 20, 5)]), np.uint8)
