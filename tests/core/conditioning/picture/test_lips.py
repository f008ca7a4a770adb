"""Lips on real talkers whose word times are known, and on pictures without a face."""

from __future__ import annotations

import csv
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from talkies.core.conditioning.picture.lips import LipReader
from talkies.core.conditioning.picture.visual import picture_features
from talkies.core.media.picture import Frame, picture_frames
from talkies.core.segment import Picture, Segment
from talkies.core.times import TimeRange


def lips_of(path: Path) -> np.ndarray:
    whole = TimeRange(Fraction(0), Fraction(74, 25))
    return picture_features(
        picture_frames(Segment("s", "c", "V1", whole, whole, Fraction(25), picture=Picture(path))), whole.duration
    ).lips


def area_under_curve(score: np.ndarray, truth: np.ndarray) -> float:
    """Probability that a random positive scores above a random negative (ties count half)."""
    difference = score[truth][:, None] - score[~truth][None, :]
    return float((difference > 0).mean() + 0.5 * (difference == 0).mean())


def test_the_mouth_is_active_within_words_and_rests_in_silence(shared_dir: Path) -> None:
    video = shared_dir / "data" / "video"
    words: dict[str, list[tuple[float, float]]] = {}
    with (video / "grid_s1_words.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file, delimiter="|"):
            words.setdefault(row["file"], [])
            if row["word"] not in ("sil", "sp"):
                words[row["file"]].append((float(row["start_s"]), float(row["end_s"])))
    activity, spoken, present = [], [], []
    for name in sorted(words)[::120]:
        lips = lips_of(video / name)
        middle = (np.arange(len(lips)) + 0.5) / 25
        spoken.append(np.any([(middle >= start) & (middle < end) for start, end in words[name]], axis=0))
        activity.append(lips[:, 2])
        present.append(lips[:, 3])
    assert np.concatenate(present).mean() >= 0.95
    assert area_under_curve(np.concatenate(activity), np.concatenate(spoken)) > 0.85


def test_other_talkers_are_seen_too(shared_dir: Path) -> None:
    for path in sorted((shared_dir / "data" / "video" / "grid_other_speakers").glob("*.mp4")):
        lips = lips_of(path)
        assert lips[:, 3].mean() >= 0.95
        assert lips[20:55, 2].mean() > 2 * lips[:6, 2].mean()


@pytest.mark.parametrize("kind", ["black", "grey", "noise", "shapes"])
def test_no_face_is_seen_where_there_is_none(kind: str) -> None:
    rng = np.random.default_rng(0)

    def image(index: int) -> np.ndarray:
        if kind == "noise":
            return rng.integers(0, 256, (216, 384, 3), dtype=np.uint8)
        canvas = np.full((216, 384, 3), 0 if kind == "black" else 128, np.uint8)
        if kind == "shapes":
            cv2.circle(canvas, (60 + 4 * index, 120), 40, (200, 180, 150), -1)
            cv2.rectangle(canvas, (250, 30), (330, 190), (90, 60, 30), -1)
        return canvas

    frames = [Frame(Fraction(index, 25), image(index)) for index in range(30)]
    assert not picture_features(frames, Fraction(6, 5)).lips.any()


def a_second_of_a_talker(shared_dir: Path) -> list[Frame]:
    path = min((shared_dir / "data" / "video" / "grid_other_speakers").glob("*.mp4"))
    whole = TimeRange(Fraction(0), Fraction(1))
    return list(picture_frames(Segment("s", "c", "V1", whole, whole, Fraction(25), picture=Picture(path))))


def test_pictures_of_the_mouth_go_with_the_cells_that_see_a_face(shared_dir: Path) -> None:
    shown = a_second_of_a_talker(shared_dir)
    nobody = np.zeros_like(shown[0].image)
    reader = LipReader()
    for frame in shown[:15]:
        reader.feed(float(frame.time), frame.image)
    reader.feed(0.6, nobody, cut=True)
    mouths = reader.mouths(Fraction(1))
    assert mouths is not None and mouths.shape == (25, 24, 32)
    assert mouths[:15].reshape(15, -1).std(1).min() > 5
    assert not mouths[15:].any()


def test_a_picture_that_stays_is_seen_in_every_cell_it_covers(shared_dir: Path) -> None:
    shown = a_second_of_a_talker(shared_dir)
    reader = LipReader()
    for index in range(0, 20, 4):  # 6.25 pictures per second
        reader.feed(index / 25, shown[index].image)
    mouths = reader.mouths(Fraction(4, 5))
    assert mouths is not None
    changes = np.flatnonzero(np.abs(np.diff(mouths.astype(int), axis=0)).reshape(19, -1).any(1)) + 1
    assert list(changes) == [4, 8, 12, 16]
