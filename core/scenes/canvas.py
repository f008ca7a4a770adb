"""Anti-aliased drawing in picture heights, seen through a moving camera."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from talkies.core.arrays import Floats, Image, Points

Colour = tuple[int, int, int]
_SHIFT = 4  # OpenCV draws with 4 fractional bits: motion of a sixteenth of a pixel shows


@dataclass(frozen=True)
class View:
    """What the camera does at one moment: pan (picture heights), zoom about the centre, roll (radians)."""

    pan_x: float = 0.0
    pan_y: float = 0.0
    zoom: float = 1.0
    roll: float = 0.0


class Canvas:
    """One frame under the brush; ``margin``: picture heights painted beyond each edge."""

    def __init__(self, image: Image, view: View, margin: float = 0.0) -> None:
        self.image, self.view = image, view
        self.height, self.width = image.shape[:2]
        self.scale = self.height / (1 + 2 * margin)  # pixels of one picture height, before the zoom
        self.unit = float(self.scale * view.zoom)
        cosine, sine = np.cos(view.roll) * self.unit, np.sin(view.roll) * self.unit
        turn = np.array([[cosine, -sine], [sine, cosine]])
        centre = np.array([self.width / self.scale / 2 - margin, 0.5])
        offset = (centre + margin) * self.scale - turn @ (centre + np.array([view.pan_x, view.pan_y]))
        self.matrix: Floats = np.hstack([turn, offset[:, None]])

    def shifted(self, x: float, y: float) -> Canvas:
        """The same picture with everything drawn further right and down (picture heights)."""
        view = self.view
        return Canvas(self.image, View(view.pan_x - x, view.pan_y - y, view.zoom, view.roll))

    def place(self, points: Points) -> npt.NDArray[np.int32]:
        """(N, 2) picture heights to OpenCV's fixed-point pixels; the pixel's centre is its integer position."""
        pixels = points @ self.matrix[:, :2].T + self.matrix[:, 2] - 0.5
        return np.rint(np.clip(pixels, -4000, 4000) * (1 << _SHIFT)).astype(np.int32)

    def _length(self, length: float) -> int:
        return max(int(length * self.unit * (1 << _SHIFT) + 0.5), 1)

    def polygon(self, points: Points, colour: Colour) -> None:
        cv2.fillPoly(self.image, [self.place(points)], colour, cv2.LINE_AA, _SHIFT)

    def circle(self, x: float, y: float, radius: float, colour: Colour) -> None:
        centre = self.place(np.array([[x, y]]))[0]
        cv2.circle(self.image, centre.tolist(), self._length(radius), colour, -1, cv2.LINE_AA, _SHIFT)

    def dot(self, place: Points, radius: float, colour: Colour) -> None:
        """A circle about a point (2,)."""
        self.circle(float(place[0]), float(place[1]), radius, colour)

    def ellipse(self, x: float, y: float, radius_x: float, radius_y: float, colour: Colour, angle: float = 0.0) -> None:
        """Filled; ``angle`` in degrees."""
        centre = self.place(np.array([[x, y]]))[0].tolist()
        axes = (self._length(radius_x), self._length(radius_y))
        angle += np.degrees(self.view.roll)
        cv2.ellipse(self.image, centre, axes, angle, 0, 360, colour, -1, cv2.LINE_AA, _SHIFT)

    def ring(self, x: float, y: float, radius_x: float, radius_y: float, colour: Colour, width: float) -> None:
        centre = self.place(np.array([[x, y]]))[0].tolist()
        axes = (self._length(radius_x), self._length(radius_y))
        cv2.ellipse(self.image, centre, axes, 0, 0, 360, colour, self._pixels(width), cv2.LINE_AA, _SHIFT)

    def _pixels(self, width: float) -> int:
        return max(int(width * self.unit + 0.5), 1)

    def path(self, points: Points, colour: Colour, width: float, closed: bool = False) -> None:
        """A line through points; ``width`` in picture heights, at least one pixel."""
        cv2.polylines(self.image, [self.place(points)], closed, colour, self._pixels(width), cv2.LINE_AA, _SHIFT)

    def strokes(self, starts: Points, ends: Points, colour: Colour, width: float) -> None:
        """Many separate lines at once (rain, sparks)."""
        pairs = np.stack([self.place(starts), self.place(ends)], axis=1)
        cv2.polylines(self.image, list(pairs), False, colour, self._pixels(width), cv2.LINE_AA, _SHIFT)

    def limb(self, points: Points, colour: Colour, width: float) -> None:
        """A thick line with round ends and joints, of sub-pixel width."""
        for start, end in pairwise(points):
            along = end - start
            length = float(np.hypot(*along))
            if length > 1e-9:
                side = np.array([-along[1], along[0]]) / length * width / 2
                self.polygon(np.array([start + side, end + side, end - side, start - side]), colour)
        for x, y in points:
            self.circle(x, y, width / 2, colour)

    def box(self, left: float, top: float, right: float, bottom: float, colour: Colour) -> None:
        self.polygon(np.array([[left, top], [right, top], [right, bottom], [left, bottom]]), colour)

    def glow(self, amount: float, colour: Colour = (255, 255, 255)) -> None:
        """Mixes the whole picture towards a colour; ``amount`` 0 to 1."""
        if amount > 0.004:
            amount = min(amount, 1.0)
            wash = np.full_like(self.image, colour)
            cv2.addWeighted(self.image, 1 - amount, wash, amount, 0, dst=self.image)


def shade(colour: Colour, factor: float) -> Colour:
    """Darker below 1, lighter above."""
    red, green, blue = (int(min(max(channel * factor, 0), 255)) for channel in colour)
    return red, green, blue


def turned(points: Points, angle: float, x: float = 0.0, y: float = 0.0) -> Points:
    """Points turned about the origin (radians, clockwise on the screen) and moved to (x, y)."""
    cosine, sine = np.cos(angle), np.sin(angle)
    result: Points = points @ np.array([[cosine, sine], [-sine, cosine]]) + [x, y]
    return result
