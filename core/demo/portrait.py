"""A drawn head that speaks: its mouth opens once per syllable, it blinks and sways a little."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from talkies.core.arrays import Points
from talkies.core.scenes.canvas import Canvas, Colour, shade
from talkies.core.scenes.plain import Event

_SKIN: Colour = (232, 188, 156)
_HAIR: Colour = (74, 48, 36)
_COAT: Colour = (52, 72, 104)
_BLINKS = (0.5, 3.4, 4.1, 7.1)


@dataclass(frozen=True)
class Portrait:
    """``size``: half the height of the face. ``spoken``: start, end (s) and the widths of every line's syllables."""

    x: float
    y: float
    size: float
    spoken: tuple[tuple[float, float, tuple[float, ...]], ...]
    events: tuple[Event, ...] = ()

    def openness(self, t: float) -> float:
        """0 shut to 1 wide: one smooth bump per syllable, of equal length; shut outside the lines."""
        for start, end, widths in self.spoken:
            if start <= t < end:
                place = (t - start) / (end - start) * len(widths)
                number = min(int(place), len(widths) - 1)
                return widths[number] * float(np.sin(np.pi * (place - number)) ** 1.3)
        return 0.0

    def draw(self, canvas: Canvas, t: float) -> None:
        speaking = any(start <= t < end for start, end, _ in self.spoken)
        sway = 0.012 * np.sin(0.9 * t) + (0.006 * np.sin(4.1 * t) if speaking else 0.0)
        nod = 0.006 * np.sin(1.3 * t + 1) + (0.008 * np.sin(5.3 * t) if speaking else 0.0)
        self._body(canvas)
        head = canvas.shifted(float(sway) * self.size, float(nod) * self.size)
        self._hair_behind(head)
        self._face(head)
        self._eyes(head, t)
        self._mouth(head, self.openness(t))

    def _at(self, points: list[list[float]] | Points) -> Points:
        placed: Points = np.asarray(points, float) * self.size + [self.x, self.y]
        return placed

    def _oval(self, canvas: Canvas, x: float, y: float, wide: float, high: float, colour: Colour) -> None:
        canvas.ellipse(self.x + x * self.size, self.y + y * self.size, wide * self.size, high * self.size, colour)

    def _body(self, canvas: Canvas) -> None:
        canvas.polygon(self._at([[-0.3, 0.6], [0.3, 0.6], [0.34, 1.4], [-0.34, 1.4]]), shade(_SKIN, 0.8))
        angles = np.linspace(np.pi, 2 * np.pi, 30)
        shoulders = np.stack([1.45 * np.cos(angles), 1.85 + 0.75 * np.sin(angles)], 1)
        canvas.polygon(self._at(np.vstack([shoulders, [[1.45, 3.0], [-1.45, 3.0]]])), _COAT)
        canvas.polygon(self._at([[-0.36, 1.14], [0.36, 1.14], [0.0, 1.75]]), (232, 228, 218))
        canvas.polygon(self._at([[-0.28, 1.06], [0.28, 1.06], [0.0, 1.42]]), shade(_SKIN, 0.84))
        canvas.polygon(self._at([[-0.36, 1.1], [-0.62, 1.2], [-0.12, 1.95], [0.0, 1.75]]), shade(_COAT, 1.25))
        canvas.polygon(self._at([[0.36, 1.1], [0.62, 1.2], [0.12, 1.95], [0.0, 1.75]]), shade(_COAT, 1.25))

    def _hair_behind(self, canvas: Canvas) -> None:
        self._oval(canvas, 0, -0.22, 0.88, 0.98, _HAIR)
        self._oval(canvas, -0.62, 0.35, 0.26, 0.62, _HAIR)
        self._oval(canvas, 0.62, 0.35, 0.26, 0.62, _HAIR)

    def _face(self, canvas: Canvas) -> None:
        for side in (-1, 1):
            self._oval(canvas, side * 0.74, 0.05, 0.1, 0.18, shade(_SKIN, 0.88))
        angles = np.linspace(0, 2 * np.pi, 60)
        jaw = np.where(np.sin(angles) > 0, 1 - 0.16 * np.sin(angles) ** 2, 1.0)  # narrower below
        outline = np.stack([0.74 * np.cos(angles) * jaw, 0.02 + 0.96 * np.sin(angles)], 1)
        canvas.polygon(self._at(outline), _SKIN)
        self._shading(canvas, outline)
        fringe = np.linspace(np.pi, 2 * np.pi, 24)
        top = np.stack([0.78 * np.cos(fringe), -0.3 + 0.8 * np.sin(fringe)], 1)
        lower = [[0.74, -0.34], [0.5, -0.62], [0.1, -0.58], [-0.3, -0.66], [-0.6, -0.5], [-0.76, -0.2]]
        canvas.polygon(self._at(np.vstack([top, lower])), _HAIR)
        strands = np.linspace(-0.5, 0.55, 7)
        for n, x in enumerate(strands):
            strand = [[x * 0.6 + 0.1, -1.04 + 0.12 * abs(x)], [x * 1.05, -0.85], [x * 1.2, -0.66]]
            canvas.path(self._at(strand), shade(_HAIR, 1.2 + 0.1 * (n % 2)), 0.004)

    def _shading(self, canvas: Canvas, outline: Points) -> None:
        """Soft light from the upper left: cheeks and brow brighter, sockets, nose and jaw darker."""
        corners = canvas.place(self._at([[-1.0, -1.1], [1.0, 1.1]])) // 16
        (left, top), (right, bottom) = np.maximum(corners, 0).tolist()
        light = Canvas(np.full_like(canvas.image, 128), canvas.view)
        for x, y, wide, high, level in (
            (0.5, 0.1, 0.3, 0.9, 106), (-0.2, -0.42, 0.42, 0.2, 146), (0.0, 0.9, 0.5, 0.16, 88),
            (-0.3, -0.1, 0.22, 0.13, 84), (0.3, -0.1, 0.22, 0.13, 80), (-0.36, 0.26, 0.2, 0.16, 154),
            (0.34, 0.26, 0.18, 0.15, 142), (0.0, 0.1, 0.07, 0.32, 158), (0.1, 0.2, 0.05, 0.2, 92),
            (0.0, 0.38, 0.15, 0.05, 88),
        ):  # fmt: skip
            self._oval(light, x, y, wide, high, (level, level, level))
        small = cv2.resize(light.image[top:bottom, left:right], None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA)
        blurred = cv2.GaussianBlur(small, (0, 0), canvas.height * self.size * 0.055 / 4)
        soft = cv2.resize(blurred, (right - left, bottom - top), interpolation=cv2.INTER_CUBIC)
        mask = Canvas(np.zeros_like(canvas.image), canvas.view)
        mask.polygon(self._at(outline), (255, 255, 255))
        weight = mask.image[top:bottom, left:right].astype(np.float32) / 255
        area = canvas.image[top:bottom, left:right]
        light_of = 1 + weight * (0.58 / 128) * (soft.astype(np.float32) - 128)
        area[:] = np.clip(area * light_of, 0, 255).astype(np.uint8)

    def _eyes(self, canvas: Canvas, t: float) -> None:
        blink = max(max(0.0, 1 - abs(t - at) / 0.09) for at in _BLINKS)
        look = 0.02 * float(np.sin(0.7 * t))
        for side in (-1, 1):
            x, y = side * 0.3, -0.1
            high = 0.082 * (1 - 0.94 * blink)
            self._oval(canvas, x, y, 0.155, high + 0.022, shade(_SKIN, 0.5))
            self._oval(canvas, x, y + 0.006, 0.14, high, (244, 242, 238))
            if blink < 0.6:
                self._oval(canvas, x + look, y, 0.076, min(high, 0.076), (66, 92, 84))
                self._oval(canvas, x + look, y, 0.04, min(high, 0.04), (16, 16, 18))
                self._oval(canvas, x + look - 0.025, y - 0.025, 0.017, 0.017, (255, 255, 255))
            lash = [[x - 0.16, y + 0.01 - high * 0.2], [x - 0.06, y - high - 0.012], [x + 0.06, y - high - 0.012]]
            canvas.limb(self._at([*lash, [x + 0.16, y + 0.01 - high * 0.2]]), (44, 30, 26), 0.028 * self.size)
            brow = [[x - side * 0.16, -0.3], [x, -0.345], [x + side * 0.18, -0.29]]
            canvas.limb(self._at(brow), shade(_HAIR, 0.9), 0.055 * self.size)
        canvas.limb(self._at([[-0.035, 0.0], [-0.055, 0.22]]), shade(_SKIN, 1.03), 0.03 * self.size)
        for side in (-1, 1):
            self._oval(canvas, side * 0.065, 0.325, 0.032, 0.018, shade(_SKIN, 0.5))

    def _mouth(self, canvas: Canvas, opening: float) -> None:
        wide, drop = 0.27 - 0.05 * opening, 0.25 * opening
        y = 0.56
        u = np.linspace(-1, 1, 25)
        arch = np.sqrt(np.maximum(1 - u**2, 0))
        bow = 0.085 * arch * (1 - 0.28 * np.exp(-((u / 0.18) ** 2)))
        upper = np.stack([u * wide, y - bow - 0.02 * opening], 1)
        lower = np.stack([u * wide, y + 0.1 * arch**1.2 + drop * arch], 1)
        canvas.polygon(self._at(np.vstack([upper, lower[::-1]])), (186, 84, 82))
        inner_top = np.stack([u * wide * 0.86, y - 0.012 * arch - 0.03 * opening * arch], 1)
        inner_low = np.stack([u * wide * 0.86, y + 0.008 * arch + drop * 0.9 * arch], 1)
        hole = np.vstack([inner_top, inner_low[::-1]])
        canvas.polygon(self._at(hole), (64, 18, 22))
        if opening > 0.12:
            teeth_low = np.stack([u * wide * 0.72, y + (0.035 * opening + 0.012) * arch], 1)
            teeth = np.vstack([inner_top * [0.84, 1.0], teeth_low[::-1]])
            canvas.polygon(self._at(teeth), (240, 234, 224))
            tongue = y + drop * 0.78
            self._oval(canvas, 0, tongue, wide * 0.5, 0.22 * drop, (176, 74, 78))
        canvas.path(self._at(np.stack([u * wide * 0.5, y + 0.14 + drop + 0.03 * arch], 1)), shade(_SKIN, 0.78), 0.005)
