"""Picture features: shapes, where things are seen, and that every pass is the same."""

from __future__ import annotations

import math
from fractions import Fraction

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from talkies.core.conditioning.picture.visual import LIPS_DIM, PICTURE_DIM, SYNC_DIM, PictureFeatures, picture_features
from talkies.core.media.picture import Frame


def square(x: float, y: float, colour: tuple[int, int, int] = (220, 60, 60)) -> np.ndarray:
    image = np.full((144, 256, 3), 90, np.uint8)
    left, top = int(x * 256), int(y * 144)
    cv2.rectangle(image, (left - 8, top - 8), (left + 8, top + 8), colour, -1)
    return image


def walking(frames: int = 50) -> list[Frame]:
    return [Frame(Fraction(index, 25), square(0.15 + 0.01 * index, 0.75)) for index in range(frames)]


@settings(max_examples=20)
@given(st.fractions(min_value=Fraction(1, 100), max_value=3, max_denominator=2002))
def test_lengths_are_the_duration_rounded_up(duration: Fraction) -> None:
    frames = [Frame(Fraction(index, 24), square(0.5, 0.5)) for index in range(4)]
    features = picture_features(frames, duration)
    assert features.sync.shape == (math.ceil(25 * duration), SYNC_DIM)
    assert features.picture.shape == (math.ceil(10 * duration), PICTURE_DIM)
    assert features.lips.shape == (math.ceil(25 * duration), LIPS_DIM)
    assert all(part.dtype == np.float32 for part in (features.sync, features.picture, features.lips))


def test_no_frames_are_no_features() -> None:
    features, nothing = picture_features([], Fraction(3, 2)), PictureFeatures.nothing(Fraction(3, 2))
    for name in ("sync", "picture", "lips"):
        assert np.array_equal(getattr(features, name), getattr(nothing, name))
        assert not getattr(features, name).any()


def test_the_moving_thing_is_found_with_place_way_and_colour() -> None:
    picture = picture_features(walking(), Fraction(2)).picture[2:18]
    assert (np.diff(picture[:, 180]) > 0).all()  # x grows
    assert picture[:, 181] == pytest.approx(0.5, abs=0.15)  # y: 2 · (0.75 − 0.5)
    assert (picture[:, 190] > 0.2).all() and np.abs(picture[:, 191]).max() < 0.1  # to the right, not down
    assert (picture[:, 188] > 0.4).all()  # red
    assert picture[:, 156:180].reshape(-1, 4, 6)[:, 2:].sum() > 20 * picture[:, 156:180].reshape(-1, 4, 6)[:, :2].sum()


def test_the_picture_is_what_shows_in_the_middle_of_its_cell() -> None:
    left, right = square(0.1, 0.5), square(0.9, 0.5)
    frames = [Frame(Fraction(0), left), Frame(Fraction(56, 100), right)]
    luma = picture_features(frames, Fraction(1)).picture[:, :96].reshape(-1, 8, 12)
    brightest = np.abs(luma).max(axis=1).argmax(axis=1)
    assert brightest[:6].tolist() == [1] * 6 and brightest[6:].tolist() == [10] * 4


def test_values_are_of_unit_range() -> None:
    rng = np.random.default_rng(0)
    frames = [Frame(Fraction(index, 25), rng.integers(0, 256, (90, 120, 3), dtype=np.uint8)) for index in range(25)]
    features = picture_features(frames, Fraction(1))
    for part in (features.sync, features.picture, features.lips):
        assert np.isfinite(part).all() and np.abs(part).max() < 5


def test_the_same_pictures_give_the_same_numbers() -> None:
    one, two = picture_features(walking(), Fraction(2)), picture_features(iter(walking()), Fraction(2))
    assert np.array_equal(one.sync, two.sync) and np.array_equal(one.picture, two.picture)


@pytest.mark.parametrize("size", [(16, 16), (33, 17), (64, 400), (1000, 60), (719, 405)])
def test_any_shape_of_picture_works(size: tuple[int, int]) -> None:
    rng = np.random.default_rng(1)
    frames = [
        Frame(Fraction(index, 25), rng.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)) for index in range(4)
    ]
    assert np.isfinite(picture_features(frames, Fraction(1, 5)).picture).all()


def test_a_change_of_size_midway_is_survived() -> None:
    frames = [Frame(Fraction(index, 25), np.zeros((90, 160 if index < 5 else 120, 3), np.uint8)) for index in range(10)]
    assert not picture_features(frames, Fraction(2, 5)).sync.any()
