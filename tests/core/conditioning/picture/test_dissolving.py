"""A dissolve is not motion; a pan, a thing that moves and a hard cut are what they were."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from talkies.core.conditioning.picture.visual import PictureFeatures, picture_features
from talkies.core.media.picture import Frame
from talkies.core.scenes import render_scene

TOTAL, LOCAL, CUT, IMPACT = 25, 24, 28, 30
Image = NDArray[np.uint8]


def seen(images: list[Image]) -> PictureFeatures:
    frames = (Frame(Fraction(number, 25), image) for number, image in enumerate(images))
    return picture_features(frames, Fraction(len(images), 25), mouth=False)


def still(kind: str, seed: int) -> Image:
    return render_scene(seed, Fraction(1), kind=kind, clean=True).image(0)


def between(one: Image, other: Image, shares: list[float]) -> Iterator[Image]:
    for share in shares:
        yield np.asarray(cv2.addWeighted(one, 1 - share, other, share, 0), np.uint8)


def joined(one: Image, other: Image, shares: list[float]) -> list[Image]:
    return [one] * 25 + list(between(one, other, shares)) + [other] * 25


ONE, OTHER = still("walking", 3), still("deskbell", 5)
SMOOTH = np.linspace(0, 1, 27)[1:-1].tolist()
JERKY = np.cumsum(np.tile([2, 1, 1, 1, 1], 5) / 31).tolist()  # every sixth frame was dropped on the way to 25
SHORT = np.linspace(0, 1, 10)[1:-1].tolist()


@pytest.mark.parametrize("shares", [SMOOTH, JERKY, SHORT], ids=["smooth", "frames dropped", "a third of a second"])
def test_nothing_moves_in_a_dissolve(shares: list[float]) -> None:
    sync = seen(joined(ONE, OTHER, shares)).sync
    last = 25 + len(shares)
    assert sync[: last - 1, [TOTAL, LOCAL, IMPACT]].max() < 0.02
    assert not sync[:, CUT].any()


@pytest.mark.parametrize("level", [0, 255], ids=["to black", "to white"])
def test_nothing_moves_in_a_fade(level: int) -> None:
    sync = seen(joined(ONE, np.full_like(ONE, level), SMOOTH)).sync
    assert sync[:, [TOTAL, LOCAL, IMPACT]].max() < 0.02


def test_a_hard_cut_is_still_one() -> None:
    sync = seen([ONE] * 25 + [OTHER] * 25).sync
    assert sync[25, CUT] == 1
    assert np.count_nonzero(sync[:, CUT]) == 1


def test_what_moves_before_and_after_a_dissolve_still_moves() -> None:
    scene = render_scene(31, Fraction(2), kind="hammering", clean=True)
    moving = list(scene.frames())
    alone = seen(moving).sync
    followed = seen([*moving, *between(moving[-1], OTHER, SMOOTH), *[OTHER] * 10]).sync
    np.testing.assert_array_equal(followed[:48], alone[:48])
    preceded = seen([*[OTHER] * 10, *between(OTHER, moving[0], SMOOTH), *moving]).sync
    start = 10 + len(SMOOTH)
    np.testing.assert_allclose(preceded[start + 2 : start + 50, TOTAL], alone[2:, TOTAL], atol=0.01)


def test_a_slow_pan_is_no_dissolve() -> None:
    rng = np.random.default_rng(0)
    wide = cv2.GaussianBlur(rng.integers(0, 256, (200, 500, 3), np.uint8), (0, 0), 4)
    wide = cv2.normalize(wide, np.empty_like(wide), 0, 255, cv2.NORM_MINMAX)
    shifts = [np.array([[1, 0, -0.8 * n], [0, 1, 0]], np.float32) for n in range(50)]
    sync = seen([np.asarray(cv2.warpAffine(wide, shift, (256, 144))) for shift in shifts]).sync
    assert np.median(sync[:, 27]) > 0.02, "the camera moves"
