"""Stage of a scene: a painted backdrop, a ground of some surface, and a camera."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np
import numpy.typing as npt

from talkies.core.arrays import Floats32, Image
from talkies.core.scenes.canvas import Canvas, Colour, View, shade

SURFACES: dict[str, tuple[Colour, float, float]] = {
    "gravel": ((136, 128, 118), 27.0, 0.011),
    "grass": ((78, 128, 58), 26.0, 0.02),
    "concrete": ((150, 150, 148), 8.0, 0.05),
    "wood": ((150, 104, 62), 12.0, 0.03),
    "water": ((62, 104, 140), 12.0, 0.06),
    "snow": ((226, 232, 240), 8.0, 0.04),
    "carpet": ((142, 60, 66), 14.0, 0.01),
    "metal": ((122, 130, 140), 6.0, 0.08),
    "sand": ((204, 180, 130), 14.0, 0.012),
    "dirt": ((112, 84, 58), 22.0, 0.03),
    "stone": ((116, 114, 112), 18.0, 0.05),
    "ice": ((186, 214, 228), 8.0, 0.09),
}
"""Ground colour, contrast of its texture, and the texture's grain in picture heights."""

INDOOR_SURFACES = ("wood", "carpet", "concrete", "metal", "stone")
OUTDOOR_SURFACES = tuple(name for name in SURFACES if name != "carpet")
_MARGIN = 0.3  # picture heights of backdrop beyond each edge, for the camera to move over


@dataclass(frozen=True)
class Slot:
    """The stretch of the picture that one actor may use, left to right in picture heights."""

    left: float
    right: float

    @property
    def centre(self) -> float:
        return (self.left + self.right) / 2

    @property
    def width(self) -> float:
        return self.right - self.left


@dataclass(frozen=True)
class Stage:
    """``horizon``: where the ground begins; ``ground``: the line that things fall on. y in picture heights."""

    aspect: float
    horizon: float
    ground: float
    surface: str
    indoor: bool
    backdrop: Image = field(repr=False, compare=False)

    def paint(self, image: Image, view: View) -> Canvas:
        """Fills a frame with the backdrop as the camera sees it."""
        canvas = Canvas(image, view)
        shrink = canvas.scale * (1 + 2 * _MARGIN) / self.backdrop.shape[0]
        turn = canvas.matrix[:, :2] / canvas.scale
        offset = canvas.matrix[:, 2] - turn @ np.full(2, _MARGIN * canvas.scale)
        warp = np.hstack([turn * shrink, offset[:, None]])
        size = (canvas.width, canvas.height)
        cv2.warpAffine(self.backdrop, warp, size, dst=image, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return canvas


def build_stage(rng: np.random.Generator, size: tuple[int, int], surface: str, indoor: bool) -> Stage:
    """A painted place; ``surface`` is one of :data:`SURFACES`."""
    width, height = size
    horizon = float(rng.uniform(0.5, 0.68))
    ground = float(rng.uniform(max(horizon + 0.14, 0.72), 0.9))
    blank = np.zeros((round(height * (1 + 2 * _MARGIN)), round(width + 2 * _MARGIN * height), 3), np.uint8)
    canvas = Canvas(blank, View(), _MARGIN)
    aspect = width / height
    _paint_wall(rng, canvas, horizon, aspect) if indoor else _paint_sky(rng, canvas, horizon, aspect)
    _paint_ground(rng, canvas, horizon, surface)
    if not indoor:
        _paint_clutter(rng, canvas, horizon, aspect)
    return Stage(aspect, horizon, ground, surface, indoor, blank)


def _noise(rng: np.random.Generator, height: int, width: int, grain: float) -> Floats32:
    """Smooth noise of unit deviation; ``grain`` in pixels."""
    shape = (max(int(height / max(grain, 1)), 2), max(int(width / max(grain, 1)), 2))
    coarse = rng.standard_normal(shape).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def _paint_ground(rng: np.random.Generator, canvas: Canvas, horizon: float, surface: str) -> None:
    colour, contrast, grain = SURFACES[surface]
    unit = canvas.scale
    top = int((horizon + _MARGIN) * unit)
    area = canvas.image[top:]
    rows, columns = area.shape[:2]
    tint = rng.uniform(0.85, 1.12) * np.array(colour) * rng.uniform(0.94, 1.06, 3)
    depth = np.linspace(0.82, 1.08, rows)[:, None, None]
    texture = _noise(rng, rows, columns, grain * unit)[..., None] * contrast
    texture = texture + _noise(rng, rows, columns, 0.2 * unit)[..., None] * contrast * 0.4
    area[:] = np.clip(tint * depth + texture, 0, 255)
    dark = shade(_as_colour(tint), 0.75)
    if surface in ("wood", "metal", "stone"):  # planks, plates, slabs
        gaps = np.cumsum(rng.uniform(0.5, 1.0, 12)) * {"wood": 0.05, "metal": 0.14, "stone": 0.1}[surface]
        for gap in gaps[gaps < 1.3 - horizon]:
            canvas.path(np.array([[-1, horizon + gap], [4, horizon + gap]]), dark, 0.004)
        if surface != "wood":
            for x in np.arange(-0.3, 2.6, 0.3) + rng.uniform(0, 0.3):
                canvas.path(np.array([[x, horizon], [x + (x - 0.9) * 0.5, 1.3]]), dark, 0.004)
    if surface == "grass":
        roots = rng.uniform([-0.3, horizon + 0.01], [2.3, 1.25], (260, 2))
        blades = roots + np.stack([rng.normal(0, 0.006, 260), -rng.uniform(0.01, 0.035, 260)], 1)
        canvas.strokes(roots, blades, shade(_as_colour(tint), 1.25), 0.003)
    if surface == "water":
        roots = rng.uniform([-0.3, horizon + 0.02], [2.3, 1.25], (60, 2))
        canvas.strokes(roots, roots + np.array([0.09, 0.0]), shade(_as_colour(tint), 1.2), 0.003)


def _paint_sky(rng: np.random.Generator, canvas: Canvas, horizon: float, aspect: float) -> None:
    rows, columns = canvas.image.shape[:2]
    moods = [((120, 168, 216), (214, 226, 232)), ((236, 170, 120), (250, 222, 180)), ((40, 46, 76), (88, 86, 110))]
    moods += [((150, 156, 164), (206, 208, 208)), ((12, 14, 26), (34, 36, 52)), ((176, 196, 220), (242, 238, 226))]
    upper, lower = moods[rng.integers(len(moods))]
    ramp = np.linspace(0, 1, rows)[:, None, None]
    sky = np.array(upper) * (1 - ramp) + np.array(lower) * ramp
    clouds = _noise(rng, rows, columns, 0.25 * canvas.scale)[..., None]
    canvas.image[:] = np.clip(sky + np.clip(clouds, 0, 2) * rng.uniform(0, 14), 0, 255)
    if rng.random() < 0.5:  # hills
        x = np.linspace(-0.3, aspect + 0.3, 30)
        waves = np.sin(x * rng.uniform(2, 5) + rng.uniform(0, 6)) * 0.05 + np.sin(x * rng.uniform(6, 9)) * 0.02
        line = np.stack([x, horizon - 0.1 - waves * rng.uniform(0.4, 1.4)], 1)
        hill = np.vstack([line, [[aspect + 0.3, horizon + 0.05], [-0.3, horizon + 0.05]]])
        canvas.polygon(hill, _as_colour(np.array(lower) * rng.uniform(0.5, 0.8)))


def _paint_wall(rng: np.random.Generator, canvas: Canvas, horizon: float, aspect: float) -> None:
    rows, columns = canvas.image.shape[:2]
    colour = rng.uniform(70, 225, 3) * 0.6 + rng.uniform(70, 225) * 0.4
    light = np.linspace(rng.uniform(0.75, 1.1), rng.uniform(0.75, 1.1), columns)[None, :, None]
    canvas.image[:] = np.clip(colour * light + _noise(rng, rows, columns, 2)[..., None] * 3, 0, 255)
    style = rng.integers(4)
    if style == 1:  # striped paper
        for x in np.arange(-0.3, aspect + 0.3, rng.uniform(0.07, 0.16)):
            canvas.box(x, -0.3, x + 0.025, horizon, shade(_as_colour(colour), 0.92))
    if style == 2:  # tiles
        step = rng.uniform(0.08, 0.15)
        for x in np.arange(-0.3, aspect + 0.3, step):
            canvas.path(np.array([[x, -0.3], [x, horizon]]), shade(_as_colour(colour), 0.88), 0.003)
        for y in np.arange(horizon, -0.3, -step):
            canvas.path(np.array([[-0.3, y], [aspect + 0.3, y]]), shade(_as_colour(colour), 0.88), 0.003)
    for _ in range(rng.integers(0, 4)):  # pictures and windows
        x, y = rng.uniform(0, aspect), rng.uniform(0.1, horizon - 0.22)
        wide, high = rng.uniform(0.08, 0.22), rng.uniform(0.08, 0.2)
        canvas.box(x - 0.012, y - 0.012, x + wide + 0.012, y + high + 0.012, shade(_as_colour(colour), 0.5))
        canvas.box(x, y, x + wide, y + high, _as_colour(rng.uniform(60, 240, 3)))
    canvas.box(-1, horizon - 0.03, aspect + 1, horizon, shade(_as_colour(colour), 0.7))


def _paint_clutter(rng: np.random.Generator, canvas: Canvas, horizon: float, aspect: float) -> None:
    for _ in range(rng.integers(0, 6)):
        x, kind = rng.uniform(-0.2, aspect + 0.2), rng.integers(3)
        tone = float(rng.uniform(0.5, 1.1))
        if kind == 0:  # a tree
            tall = rng.uniform(0.12, 0.35)
            canvas.box(x - 0.01, horizon - tall, x + 0.01, horizon + 0.03, shade((88, 66, 46), tone))
            for angle in np.arange(0, 6.2, 1.2):
                middle = x + np.cos(angle) * 0.05, horizon - tall + np.sin(angle) * 0.04
                canvas.circle(*middle, 0.06, shade((62, 104, 56), tone * rng.uniform(0.85, 1.15)))
        elif kind == 1:  # a house
            wide, high = rng.uniform(0.12, 0.35), rng.uniform(0.1, 0.3)
            wall = _as_colour(rng.uniform(90, 210, 3) * tone)
            canvas.box(x, horizon - high, x + wide, horizon + 0.02, wall)
            roof = [[x - 0.02, horizon - high], [x + wide / 2, horizon - high - 0.1], [x + wide + 0.02, horizon - high]]
            canvas.polygon(np.array(roof), shade(wall, 0.6))
            canvas.box(x + wide * 0.6, horizon - high * 0.7, x + wide * 0.8, horizon - high * 0.4, (226, 214, 150))
        else:  # a rock or a bush
            radius = rng.uniform(0.03, 0.09)
            canvas.ellipse(x, horizon + 0.02, radius * 1.6, radius, shade((104, 108, 96), tone))


def _as_colour(values: npt.ArrayLike) -> Colour:
    red, green, blue = (int(min(max(value, 0), 255)) for value in np.asarray(values, float))
    return red, green, blue


def build_camera(rng: np.random.Generator, duration: float) -> Callable[[float], View]:
    """A still camera half the time, else a pan, a slow zoom, a hand-held or a swaying one: none makes a sound."""
    kind = rng.choice(["still", "pan", "zoom", "hand", "sway"], p=[0.5, 0.15, 0.1, 0.15, 0.1])
    reach, low, high = rng.uniform(0.03, 0.13), rng.uniform(0.5, 2.0), rng.uniform(2.0, 5.0)
    sign, phase = rng.choice([-1.0, 1.0]), rng.uniform(0, 6.28, 4)

    def view(t: float) -> View:
        u = 2 * t / duration - 1
        if kind == "pan":
            return View(pan_x=float(sign * reach * u), zoom=1.04)
        if kind == "zoom":
            return View(zoom=float(1.08 + sign * reach * 0.6 * u))
        if kind == "hand":
            x = np.sin(low * t + phase[0]) + 0.4 * np.sin(high * t + phase[1])
            y = np.sin(low * 1.3 * t + phase[2]) + 0.4 * np.sin(high * 1.2 * t + phase[3])
            return View(float(0.012 * x), float(0.009 * y), 1.05, float(0.006 * np.sin(low * t + phase[3])))
        if kind == "sway":
            return View(pan_x=float(reach * 0.7 * np.sin(low * t + phase[0])), zoom=1.06)
        return View()

    return view
