"""The judge of portraits: landmarks with attention (mediapipe's own), run in an environment that has nothing of ours.

    python -m venv ENV && ENV/bin/pip install mediapipe==0.10.14
    ENV/bin/python tests/benchmarks/portrait_judge.py FILM... --out FOLDER

For each film or picture FOLDER/NAME.npz: ``points`` (N, 478, 3) in pixels, NaN where no face was found; ``dark`` (N,)
share of the mouth's box that is darker than half of the cheeks; ``rate``.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

import cv2
import mediapipe  # type: ignore[import-not-found,unused-ignore]
import numpy as np


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("films", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    for film in options.films:
        points, dark, rate = judged(film)
        np.savez(options.out / f"{film.stem}.npz", points=points, dark=dark, rate=rate)


def judged(film: Path) -> tuple[Any, Any, float]:
    capture = cv2.VideoCapture(str(film))
    rate = capture.get(cv2.CAP_PROP_FPS) or 25.0
    mesh = mediapipe.solutions.face_mesh.FaceMesh(static_image_mode=True, refine_landmarks=True, max_num_faces=1)
    rows, dark = [], []
    while True:
        ok, frame = capture.read()
        if not ok:
            break
        found = mesh.process(cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)).multi_face_landmarks
        height, width = frame.shape[:2]
        if not found:
            rows.append(np.full((478, 3), np.nan))
            dark.append(np.nan)
            continue
        points = np.array([(p.x * width, p.y * height, p.z * width) for p in found[0].landmark])
        rows.append(points)
        dark.append(darkness(cv2.cvtColor(frame, cv2.COLOR_BGR2GRAY), points))
    return np.array(rows), np.array(dark), rate


def darkness(grey: Any, points: Any) -> float:
    """Share of the box around the lips that is darker than half of the cheeks."""
    lips = points[[61, 291, 0, 17], :2]
    (left, top), (right, bottom) = lips.min(axis=0).astype(int), lips.max(axis=0).astype(int) + 1
    cheeks = [grey[int(y) - 3 : int(y) + 4, int(x) - 3 : int(x) + 4] for x, y in points[[205, 425], :2]]
    return float((grey[top:bottom, left:right] < 0.5 * np.median(np.concatenate(cheeks))).mean())


if __name__ == "__main__":
    main()
