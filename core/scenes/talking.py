"""People who only speak: mouths open and shut, eyes blink, heads and shoulders move, and no effect belongs to it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from talkies.core.arrays import Floats, Points
from talkies.core.scenes.acting import Actor, Kind, irregular, latest
from talkies.core.scenes.canvas import Canvas, Colour, shade
from talkies.core.scenes.plain import Event
from talkies.core.scenes.stage import Slot, Stage

_LONGEST_S = 0.3  # of a syllable
_BLINK_S = 0.09  # half of a blink
_HAIR: tuple[Colour, ...] = ((74, 48, 36), (30, 28, 28), (190, 150, 90), (150, 148, 146), (130, 62, 32))


@dataclass(frozen=True)
class Face:
    """What a head looks like; lengths in halves of its height."""

    skin: Colour
    hair: Colour
    coat: Colour
    width: float
    hairline: float
    locks: float
    """How far the hair hangs down."""
    eye: float
    mouth: float
    beard: bool


@dataclass(frozen=True)
class Talker:
    """A drawn person who says something.

    ``size``: half the height of the head, in picture heights. ``syllables``: when each begins (s), ``widths``: how far
    the mouth opens for each (0 .. 1); it is shut again before the next and after 0.3 s. ``blinks``: when (s).
    ``sway`` (3, 3): reach in heads, radians per second and phase; of the head across, up and down, of the body.
    """

    events: ClassVar[tuple[Event, ...]] = ()

    face: Face
    x: float
    y: float
    size: float
    syllables: tuple[float, ...]
    widths: tuple[float, ...]
    blinks: tuple[float, ...]
    sway: Floats

    def openness(self, t: float) -> float:
        """0 shut to 1 wide: one bump per syllable."""
        now = latest(self.syllables, t)
        if now < 0:
            return 0.0
        end = self.syllables[now] + _LONGEST_S
        if now + 1 < len(self.syllables):
            end = min(end, self.syllables[now + 1])
        place = (t - self.syllables[now]) / (end - self.syllables[now])
        return self.widths[now] * float(np.sin(np.pi * place)) if place < 1 else 0.0

    def draw(self, canvas: Canvas, t: float) -> None:
        across, down, lean = self.sway[:, 0] * np.sin(self.sway[:, 1] * t + self.sway[:, 2]) * self.size
        self._body(canvas.shifted(float(lean), 0.0))
        head = canvas.shifted(float(across + lean), float(down))
        self._head(head)
        self._eyes(head, t)
        self._mouth(head, self.openness(t))

    def _at(self, points: npt.ArrayLike) -> Points:
        placed: Points = np.asarray(points, float) * self.size + [self.x, self.y]
        return placed

    def _oval(self, canvas: Canvas, x: float, y: float, wide: float, high: float, colour: Colour) -> None:
        canvas.ellipse(self.x + x * self.size, self.y + y * self.size, wide * self.size, high * self.size, colour)

    def _body(self, canvas: Canvas) -> None:
        self._oval(canvas, 0, 2.2, 1.5, 1.1, self.face.coat)
        canvas.polygon(self._at([[-1.5, 2.2], [1.5, 2.2], [1.7, 4.0], [-1.7, 4.0]]), self.face.coat)
        canvas.polygon(self._at([[-0.3, 0.5], [0.3, 0.5], [0.4, 1.3], [-0.4, 1.3]]), shade(self.face.skin, 0.8))

    def _head(self, canvas: Canvas) -> None:
        face = self.face
        self._oval(canvas, 0, -0.15, face.width + 0.12, 1.0, face.hair)
        for side in (-1, 1):
            self._oval(canvas, side * (face.width - 0.08), face.locks / 2, 0.2, 0.2 + face.locks, face.hair)
            self._oval(canvas, side * face.width, 0.05, 0.1, 0.18, shade(face.skin, 0.88))
        self._oval(canvas, 0, 0.05, face.width, 0.95, face.skin)
        if face.beard:
            self._oval(canvas, 0, 0.66, face.width * 0.72, 0.4, face.hair)
        turn = np.linspace(np.pi, 2 * np.pi, 20)
        cap = np.stack([(face.width + 0.04) * np.cos(turn), face.hairline + (1.05 + face.hairline) * np.sin(turn)], 1)
        canvas.polygon(self._at(cap), face.hair)
        canvas.limb(self._at([[-0.03, 0.0], [-0.07, 0.24], [0.04, 0.28]]), shade(face.skin, 0.8), 0.05 * self.size)

    def _eyes(self, canvas: Canvas, t: float) -> None:
        shut = max((max(0.0, 1 - abs(t - blink) / _BLINK_S) for blink in self.blinks), default=0.0)
        high = self.face.eye * 0.55 * (1 - 0.95 * shut)
        for side in (-1, 1):
            x = side * 0.4 * self.face.width
            self._oval(canvas, x, -0.1, self.face.eye, high + 0.02, shade(self.face.skin, 0.55))
            self._oval(canvas, x, -0.1, self.face.eye * 0.9, high, (240, 240, 236))
            if shut < 0.6:
                self._oval(canvas, x, -0.1, self.face.eye * 0.45, min(high, self.face.eye * 0.45), (40, 44, 50))
            brow = [[x - 0.16, -0.3], [x, -0.34], [x + 0.16, -0.3]]
            canvas.limb(self._at(brow), shade(self.face.hair, 0.9), 0.05 * self.size)

    def _mouth(self, canvas: Canvas, opening: float) -> None:
        wide, high = self.face.mouth * (1 - 0.2 * opening), 0.06 + 0.22 * opening
        self._oval(canvas, 0, 0.54 + 0.1 * opening, wide, high, (178, 84, 82))
        self._oval(canvas, 0, 0.54 + 0.1 * opening, wide * 0.85, max(high - 0.05, 0.008), (58, 20, 24))
        if opening > 0.15:
            self._oval(canvas, 0, 0.5, wide * 0.6, 0.03 + 0.02 * opening, (236, 232, 224))


def build(rng: np.random.Generator, stage: Stage, slot: Slot, duration: float) -> Actor:
    return build_talker(rng, slot, duration, sizes=(0.12, 0.36), lowest=0.62)


def build_talker(
    rng: np.random.Generator, slot: Slot, duration: float, *, sizes: tuple[float, float], lowest: float
) -> Talker:
    """``sizes``: from which to which half the height of the head may be; ``lowest``: where the face may be (y)."""
    size = float(rng.uniform(*sizes))
    pauses = float(rng.uniform(0, 2 * np.pi))
    syllables = [t for t in irregular(rng, 0.0, duration, 0.1, 0.32) if np.sin(1.6 * t + pauses) > -0.5]
    return Talker(
        face=_face(rng),
        x=float(rng.uniform(slot.left + slot.width * 0.25, slot.right - slot.width * 0.25)),
        y=float(rng.uniform(size + 0.02, lowest)),
        size=size,
        syllables=tuple(syllables),
        widths=tuple(rng.uniform(0.15, 1.0, len(syllables)).tolist()),
        blinks=tuple(irregular(rng, float(rng.uniform(0, 2)), duration, 0.5, 5.0)),
        sway=np.stack([rng.uniform(0, 0.05, 3) * [1, 1, 0.6], rng.uniform(0.5, 6, 3), rng.uniform(0, 6.28, 3)], 1),
    )


def _face(rng: np.random.Generator) -> Face:
    tone = float(rng.uniform(0.35, 1.05))
    return Face(
        skin=shade((232, 186, 152), tone),
        hair=_HAIR[rng.integers(len(_HAIR))],
        coat=(int(rng.integers(20, 230)), int(rng.integers(20, 230)), int(rng.integers(20, 230))),
        width=float(rng.uniform(0.66, 0.84)),
        hairline=float(rng.uniform(-0.55, -0.25)),
        locks=float(rng.choice([0.0, 0.0, 0.3, 0.8])),
        eye=float(rng.uniform(0.11, 0.17)),
        mouth=float(rng.uniform(0.2, 0.34)),
        beard=bool(rng.random() < 0.2),
    )


KIND = Kind(build, 1.0, share=False)
