"""Fits what portraits know of mouths: how the mesh's points go with the lips, and what is seen between them, from films
of people who speak to the camera.

    python -m talkies.core.training.portrait_fitting FOLDER OUT

films ─► meshes ─► all from the front ─► points on opening and width (least squares, both sides alike)
                └► pictures between the lips, in shares of the cheek ─► teeth laid on teeth ─► on opening and width
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from safetensors.numpy import save_file
from scipy.optimize import linear_sum_assignment

from talkies.core.arrays import Floats, Image
from talkies.core.portrait.faces import FaceDetector
from talkies.core.portrait.learned import COLUMNS, ROWS, terms
from talkies.core.portrait.mesh import Mesh, MeshReader
from talkies.core.portrait.points import LOWER_INNER, OUTER_EYES, STEADY, UPPER_INNER

_SHOWN = 0.045  # openings, distances of the eyes, from which on something is seen between the lips
_CHEEKS = (205, 425, 50, 280)
_ROUNDS = 6  # of laying teeth on teeth
_SHIFTS = [(down, across) for down in range(-3, 4) for across in range(-4, 5)]
_FAR = 0.004  # what a shift counts against itself, per squared cell
_RIDGE = (0.0, 0.0, 0.3, 4.0)
_EVERY = 3  # frames, of which one is taken for the points
_DARKEST_CHEEK = 40


@dataclass(frozen=True)
class Sample:
    """A frame: ``points`` (468, 3) from the front, in distances of the eyes; ``inside`` (24, 48, 3) in shares of the
    cheek's colour, None where the lips are nearly closed."""

    points: Floats
    inside: Floats | None

    @property
    def opening(self) -> float:
        return float(np.hypot(*(self.points[14] - self.points[13])[:2]))

    @property
    def width(self) -> float:
        return float(np.hypot(*(self.points[308] - self.points[78])[:2]))


def fit(films: Iterable[Path]) -> dict[str, Floats]:
    """The tensors of :class:`talkies.core.portrait.learned.Learned` by name."""
    samples = [sample for film in films for sample in samples_of(film)]
    opened, widened = fit_moves(samples[::_EVERY])
    return {"opened": opened, "widened": widened, "inside": fit_inside(samples)}


def samples_of(film: Path) -> Iterator[Sample]:
    """Every frame in which a face is found."""
    detector, reader = FaceDetector(), MeshReader()
    mesh: Mesh | None = None
    capture = cv2.VideoCapture(str(film))
    while True:
        seen, frame = capture.read()
        if not seen:
            return
        image = np.asarray(np.ascontiguousarray(frame[..., ::-1]), np.uint8)
        if mesh is None:
            faces = detector(image)
            mesh = reader.read(image, faces[0]) if faces else None
        mesh = None if mesh is None else reader.again(image, mesh, looks=1)
        if mesh is not None:
            points = from_the_front(mesh.points)
            shown = np.hypot(*(points[14] - points[13])[:2]) >= _SHOWN
            yield Sample(points, inside_of(image, mesh) if shown else None)


def from_the_front(points: Floats) -> Floats:
    """Eyes level and at one depth, their outer corners 1 apart, the middle between them at 0."""
    left, right = (points[point] for point in OUTER_EYES)
    across = (right - left) / np.linalg.norm(right - left)
    roll, yaw = np.arctan2(across[1], across[0]), np.arcsin(across[2])
    level = np.array([[np.cos(roll), np.sin(roll), 0], [-np.sin(roll), np.cos(roll), 0], [0, 0, 1]])
    ahead = np.array([[np.cos(yaw), 0, np.sin(yaw)], [0, 1, 0], [-np.sin(yaw), 0, np.cos(yaw)]])
    turned: Floats = (points - (left + right) / 2) @ (ahead @ level).T / np.linalg.norm(right - left)
    return turned


def inside_of(image: Image, mesh: Mesh) -> Floats | None:
    """(24, 48, 3): what is between the inner edges of the lips, in shares of the cheek; None in the dark."""
    points = mesh.flat
    left, right = points[UPPER_INNER[0]], points[UPPER_INNER[-1]]
    half = np.hypot(*(right - left)) / 2
    axis = (right - left) / (2 * half)
    turn = np.array([axis, [-axis[1], axis[0]]])
    places = np.linspace(-half, half, COLUMNS)
    edges = [(points[list(edge)] - (left + right) / 2) @ turn.T for edge in (UPPER_INNER, LOWER_INNER)]
    top, bottom = (np.interp(places, edge[:, 0], edge[:, 1]) for edge in edges)
    down = top + np.linspace(0, 1, ROWS)[:, None] * (bottom - top)
    at = np.stack(np.broadcast_arrays(places, down), axis=-1) @ turn + (left + right) / 2
    colours = cv2.remap(image, at[..., 0].astype(np.float32), at[..., 1].astype(np.float32), cv2.INTER_LINEAR)
    patches = [image[int(y) - 3 : int(y) + 4, int(x) - 3 : int(x) + 4] for x, y in points[list(_CHEEKS)]]
    cheek = np.median(np.concatenate([each.reshape(-1, 3) for each in patches]), axis=0)
    return None if cheek.min() < _DARKEST_CHEEK else colours.astype(np.float64) / cheek


def fit_moves(samples: list[Sample]) -> tuple[Floats, Floats]:
    """(468, 2) each: how points move per opening and per width."""
    points = _together(np.array([sample.points for sample in samples]))
    opening, width = (np.array([getattr(sample, name) for sample in samples]) for name in ("opening", "width"))
    causes = np.stack((np.ones(len(samples)), opening, width - np.median(width)), axis=1)
    found = np.linalg.lstsq(causes, points[..., :2].reshape(len(points), -1), rcond=None)[0].reshape(3, -1, 2)
    twin = _twins(points.mean(axis=0))
    opened, widened = ((each + each[twin] * (-1, 1)) / 2 for each in found[1:])
    return opened, widened


def _together(points: Floats) -> Floats:
    """(N, 468, 3), each laid on the mean by the points that stay with the skull."""
    steady = list(STEADY)
    for _ in range(3):
        mean = points.mean(axis=0)
        target = mean[steady] - mean[steady].mean(axis=0)
        for number, each in enumerate(points):
            own = each[steady] - each[steady].mean(axis=0)
            left, sizes, right = np.linalg.svd(own.T @ target)
            points[number] = (each - each[steady].mean(axis=0)) @ (left @ right) * (sizes.sum() / (own**2).sum())
            points[number] += mean[steady].mean(axis=0)
    return points


def _twins(points: Floats) -> list[int]:
    """Of each point that on the other side."""
    apart = np.linalg.norm(points[:, None] * (-1, 1, 1) - points[None], axis=2)
    return [int(each) for each in linear_sum_assignment(apart)[1]]


def fit_inside(samples: list[Sample]) -> Floats:
    """(4, 24, 48, 3): colours per term. What is rare, the wide openings, counts as much as the rest."""
    shown = [sample for sample in samples if sample.inside is not None]
    pictures = np.array([sample.inside for sample in shown])
    opening = np.array([sample.opening for sample in shown])
    usual = np.bincount((opening * 100).astype(int))
    weight = 1 / np.sqrt(usual[(opening * 100).astype(int)] + 3)
    causes = np.array([terms(sample.opening, sample.width) for sample in shown])
    details = np.array([_details(each) for each in pictures])
    laid = pictures
    for _ in range(_ROUNDS):
        found = _regressed(causes, laid, weight)
        means = np.array([_details(each) for each in np.tensordot(causes, found, 1)])
        shifts = _best_shifts(details, means)
        laid = np.array([np.roll(each, shift, (0, 1)) for each, shift in zip(pictures, shifts, strict=True)])
    return _regressed(causes, laid, weight)


def _details(picture: Floats) -> Floats:
    grey = picture.mean(axis=-1)
    detail: Floats = grey - cv2.blur(grey, (9, 9))
    return detail


def _best_shifts(details: Floats, means: Floats) -> list[tuple[int, int]]:
    """By how many cells, down and across, each picture lies best on what is expected of it."""
    core = np.s_[:, 4:-4, 10:-10]
    scores = []
    for shift in _SHIFTS:
        moved = np.roll(details, shift, (1, 2))[core]
        likeness = (moved * means[core]).sum(axis=(1, 2)) / np.sqrt((moved**2).sum(axis=(1, 2)) + 1e-6)
        scores.append(likeness - _FAR * (shift[0] ** 2 + shift[1] ** 2))
    best = np.array(_SHIFTS)[np.argmax(scores, axis=0)]
    return [(int(down), int(across)) for down, across in best - np.rint(best.mean(axis=0)).astype(int)]


def _regressed(causes: Floats, pictures: Floats, weight: Floats) -> Floats:
    rows = causes * weight[:, None]
    ridge = np.diag(_RIDGE) * (weight**2).sum() / 40
    targets = pictures.reshape(len(pictures), -1) * weight[:, None]
    found: Floats = np.linalg.solve(rows.T @ rows + ridge, rows.T @ targets)
    return found.reshape(-1, *pictures.shape[1:])


if __name__ == "__main__":
    tensors = fit(sorted(Path(sys.argv[1]).glob("*.mp4")))
    save_file({name: np.ascontiguousarray(each, np.float16) for name, each in tensors.items()}, sys.argv[2])
