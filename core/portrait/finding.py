"""The one face that a portrait has, or one sentence about why there is none to use."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from talkies.core.arrays import Image
from talkies.core.errors import ArgumentError, MediaError, WeightsError
from talkies.core.portrait.faces import FaceBox, FaceDetector
from talkies.core.portrait.mesh import Mesh, MeshReader
from talkies.core.sight.files import FACE_MESH, FACES, PULL, is_here

SMALLEST = 96
"""Pixels of a face's height: a smaller one has no lips to move."""
WIDEST_YAW = 30.0
"""Degrees: beyond it one cheek is hidden."""


def what_is_missing() -> str:
    """The networks that portraits need and that are not there, "" when nothing is missing."""
    return " and ".join(file.name for file in (FACES, FACE_MESH) if not is_here(file))


def find_face(image: Image, still: Path, number: int = 0) -> Mesh:
    """The mesh of a picture's only face, or of the ``number``-th from the left, from 1 on.

    Raises WeightsError where the networks are not there, MediaError for a picture without a usable face, ArgumentError
    where it has several and none was chosen, or not so many.
    """
    if missing := what_is_missing():
        raise WeightsError(missing, "is not installed", f"'{PULL}' fetches it")
    face = _chosen(FaceDetector()(image), still, number)
    mesh = MeshReader().read(image, face)
    if mesh is None:
        raise MediaError(still, "what looks like a face has no features", "use a picture that shows the face whole")
    return _usable(mesh, still)


def _chosen(faces: list[FaceBox], still: Path, number: int) -> FaceBox:
    if not faces:
        raise MediaError(still, "no face was found", "use a picture that shows a face from the front")
    if number > len(faces):
        raise ArgumentError("--face", f"{still.name} has {len(faces)}, not {number}", "count from the left, from 1 on")
    if len(faces) > 1 and number == 0:
        cure = f"choose one with --face 1 to {len(faces)}, counted from the left"
        raise ArgumentError(still.name, f"has {len(faces)} faces", cure)
    return faces[max(number, 1) - 1]


def _usable(mesh: Mesh, still: Path) -> Mesh:
    if mesh.height < SMALLEST:
        problem = f"the face is {mesh.height:.0f} pixels high, {SMALLEST} are needed"
        raise MediaError(still, problem, "scan it larger")
    turned = abs(float(np.degrees(mesh.yaw)))
    if turned > WIDEST_YAW:
        problem = f"the face looks {turned:.0f} degrees to the side, {WIDEST_YAW:.0f} are the most"
        raise MediaError(still, problem, "use a picture from the front")
    return mesh
