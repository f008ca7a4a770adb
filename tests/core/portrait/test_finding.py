"""The face of a still, and the sentences about stills that have none to use."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from drawn_rig import drawn_mesh
from portraits import drawn_man, drawn_woman

from talkies.core.arrays import Image
from talkies.core.errors import ArgumentError, MediaError, WeightsError
from talkies.core.portrait import finding
from talkies.core.portrait.faces import FaceBox
from talkies.core.portrait.finding import find_face, what_is_missing
from talkies.core.portrait.mesh import Mesh
from talkies.core.sight import files

STILL = Path("aunt.png")
needs_networks = pytest.mark.skipif(bool(what_is_missing()), reason="'talkies models pull sight' was not run here")


@needs_networks
def test_a_drawn_face_is_found_where_it_was_drawn() -> None:
    mesh = find_face(drawn_woman(), STILL)
    left, right = mesh.flat[[33, 133]].mean(axis=0), mesh.flat[[362, 263]].mean(axis=0)
    assert left == pytest.approx((210, 215), abs=12)  # eyes are drawn 0.3 · 0.3 picture heights beside the middle
    assert right == pytest.approx((302, 215), abs=12)
    assert abs(mesh.roll) < 0.05 and abs(mesh.yaw) < 0.15


@needs_networks
def test_a_small_face_in_a_large_picture_is_found_too() -> None:
    wide = np.full((1200, 2400, 3), (90, 110, 140), np.uint8)
    wide[700:956, 1500:1756] = cv2.resize(drawn_woman(), (256, 256), interpolation=cv2.INTER_AREA)
    mesh = find_face(wide, STILL)
    assert mesh.flat.mean(axis=0) == pytest.approx((1628, 830), abs=30)


@needs_networks
def test_of_several_faces_one_is_chosen_from_the_left() -> None:
    both = np.hstack([drawn_woman(), drawn_man()])
    with pytest.raises(
        ArgumentError, match=r"aunt.png: has 2 faces; choose one with --face 1 to 2, counted from the left"
    ):
        find_face(both, STILL)
    first, second = (find_face(both, STILL, number).flat[:, 0].mean() for number in (1, 2))
    assert first < 512 < second
    with pytest.raises(ArgumentError, match=r"--face: aunt\.png has 2, not 3"):
        find_face(both, STILL, 3)


@needs_networks
def test_no_face() -> None:
    with pytest.raises(
        MediaError, match=r"aunt.png: no face was found; use a picture that shows a face from the front"
    ):
        find_face(np.full((300, 400, 3), 128, np.uint8), STILL)


@needs_networks
def test_a_face_of_few_pixels() -> None:
    small = np.asarray(cv2.resize(drawn_woman(), (160, 160), interpolation=cv2.INTER_AREA), np.uint8)
    with pytest.raises(MediaError, match=r"aunt.png: the face is \d\d pixels high, 96 are needed; scan it larger"):
        find_face(small, STILL)


def test_networks_that_were_not_pulled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(files.VARIABLE, str(tmp_path))
    sentence = "faces.tflite and face_mesh.tflite: is not installed; 'talkies models pull sight' fetches it"
    with pytest.raises(WeightsError, match=sentence):
        find_face(drawn_woman(), STILL)


def test_a_profile(monkeypatch: pytest.MonkeyPatch) -> None:
    points = drawn_mesh().points
    turn = np.radians(40)
    to_the_side = points @ np.array([[np.cos(turn), 0, np.sin(turn)], [0, 1, 0], [-np.sin(turn), 0, np.cos(turn)]])

    class Detector:
        def __call__(self, image: Image) -> list[FaceBox]:
            return [FaceBox((0, 0, 1, 1), ((0, 0), (1, 0)), 1.0)]

    class Reader:
        def read(self, image: Image, face: FaceBox) -> Mesh:
            return Mesh(to_the_side)

    monkeypatch.setattr(finding, "what_is_missing", str)
    monkeypatch.setattr(finding, "FaceDetector", Detector)
    monkeypatch.setattr(finding, "MeshReader", Reader)
    with pytest.raises(MediaError, match=r"the face looks (3[89]|4[0-2]) degrees to the side, 30 are the most"):
        find_face(drawn_woman(), STILL)
