"""The lips of a still: where they part, and how they are closed where the still has them open."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from talkies.core.arrays import Floats, Image
from talkies.core.portrait.axes import FaceAxes
from talkies.core.portrait.colours import colours_at
from talkies.core.portrait.points import LOWER_INNER, LOWER_OUTER, UPPER_INNER, UPPER_OUTER

OPEN = 0.028
"""Between the lips, distances of the eyes: less is what the mesh says of lips that touch."""
UPPER_SHARE = 0.25  # of the way to each other that the upper lip goes
_REACH, _BEND, _FAR = 0.035, 2.0, 0.35  # of the search for the line between lips that touch
_SAMPLES = 41
_SOUGHT, _RED = (-0.5, 0.5), 0.3  # of the lip's thickness: where its inner edge is sought, and from where it is all lip
_BEYOND_EDGE = 0.1  # of the thickness, which belongs to neither


@dataclass(frozen=True)
class Lips:
    """Inner edges, 11 points each from corner to corner, along the face's axes (11, 2): as they are in the still, and
    the line (11, 2) on which they meet. ``is_open``: whether the still shows what is between them."""

    upper: Floats
    lower: Floats
    meeting: Floats
    is_open: bool


def lips_of(image: Image, points: Floats, axes: FaceAxes) -> Lips:
    """``points`` (468, 2) along the face's axes."""
    upper, lower = points[list(UPPER_INNER)], points[list(LOWER_INNER)]
    gap = float((lower - upper)[5, 1]) / axes.unit
    if gap >= OPEN:
        upper = _edge(image, upper, points[list(UPPER_OUTER)], axes)
        lower = _edge(image, lower, points[list(LOWER_OUTER)], axes)
        meeting = upper + UPPER_SHARE * (lower - upper)
        return Lips(upper, lower, meeting, is_open=True)
    line = _darkest_line(image, (upper + lower) / 2, axes)
    return Lips(line, line, line, is_open=False)


def _edge(image: Image, inner: Floats, outer: Floats, axes: FaceAxes) -> Floats:
    """The edge (11, 2) of a lip that is open: where, from the mesh's ``inner`` edge towards its ``outer`` one, colours
    become the lip's. The mesh has the lips of an open mouth nearer to each other than they are."""
    across = np.linspace(inner[0, 0], inner[-1, 0], 2 * _SAMPLES)
    near, far = (np.interp(across, each[:, 0], each[:, 1]) for each in (inner, outer))
    way = np.linspace(*_SOUGHT, _SAMPLES)[:, None]
    down = near + way * (far - near)
    colours = colours_at(image, across, down, axes)
    lip = np.median(colours[way[:, 0] > _RED, 20:-20].reshape(-1, 3), axis=0)
    unlike = np.linalg.norm(colours - lip, axis=-1)
    ends = np.abs(np.linspace(-1, 1, len(across))) ** 8
    cost = np.gradient(cv2.GaussianBlur(unlike, (1, 9), 2.0), axis=0)
    cost = cost / (np.abs(cost).max() + 1e-6) + (0.15 + 3 * ends) * way**2
    path = cv2.GaussianBlur(way[_cheapest(cost), 0][None], (0, 0), 3.0)[0]
    found = near + (path + _BEYOND_EDGE) * (1 - ends) * (far - near)
    return np.stack((inner[:, 0], np.interp(inner[:, 0], across, found)), axis=1)


def _darkest_line(image: Image, middle: Floats, axes: FaceAxes) -> Floats:
    """The line (11, 2) between lips that touch: dark, near the mesh's, without leaps."""
    across = np.linspace(middle[0, 0], middle[-1, 0], 2 * _SAMPLES)
    down = np.interp(across, middle[:, 0], middle[:, 1])
    offsets = np.linspace(-_REACH, _REACH, _SAMPLES) * axes.unit
    places = np.stack(np.broadcast_arrays(across[None], down[None] + offsets[:, None]), axis=-1)
    light = _light(image, axes.to_picture(places), axes.unit)
    ends = np.abs(np.linspace(-1, 1, len(across))) ** 8
    cost = (light - light.mean()) / (light.std() + 1e-6)
    cost = cost + (_FAR + 4 * ends) * (offsets[:, None] / (_REACH * axes.unit)) ** 2 * 3
    path = _cheapest(cost)
    path = cv2.GaussianBlur(offsets[path][None], (0, 0), 2.5)[0]
    found = np.interp(middle[:, 0], across, down + path * (1 - ends))
    return np.stack((middle[:, 0], found), axis=1)


def _light(image: Image, places: Floats, unit: float) -> Floats:
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    x, y = places[..., 0].astype(np.float32), places[..., 1].astype(np.float32)
    sampled = cv2.remap(grey, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return cv2.GaussianBlur(sampled, (0, 0), 1.0).astype(np.float64)


def _cheapest(cost: Floats) -> Floats:
    """The row of each column, neighbours at most one apart, so that the sum is least."""
    rows, columns = cost.shape
    total, came = cost[:, 0].copy(), np.zeros(cost.shape, int)
    for column in range(1, columns):
        padded = np.pad(total, 1, constant_values=np.inf)
        options = np.stack((padded[:-2] + _BEND / rows, padded[1:-1], padded[2:] + _BEND / rows))
        came[:, column] = options.argmin(axis=0) - 1
        total = options.min(axis=0) + cost[:, column]
    path = np.zeros(columns, int)
    path[-1] = total.argmin()
    for column in range(columns - 1, 0, -1):
        path[column - 1] = path[column] + came[path[column], column]
    return path
