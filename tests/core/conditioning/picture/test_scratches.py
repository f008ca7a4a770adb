"""Thin lines that flicker on old film are not motion; thin things that stand still are left alone."""

from fractions import Fraction

import numpy as np
import pytest
from numpy.typing import NDArray

from talkies.core.conditioning.picture.scratches import standing_lines
from talkies.core.conditioning.picture.visual import picture_features
from talkies.core.media.picture import Frame

Image = NDArray[np.uint8]

RATE, SECONDS, SIZE = 25, 3, (144, 256)
MOVING = 24  # column of the sync features: strongest local motion


def ground(seed: int = 0) -> Image:
    """A soft, textured wall."""
    rng = np.random.default_rng(seed)
    blocks = rng.integers(60, 140, (18, 32, 1)).astype(np.uint8)
    return np.asarray(np.repeat(np.kron(blocks, np.ones((8, 8, 1))), 3, axis=2), np.uint8)


def scratched(image: Image, rng: np.random.Generator) -> Image:
    """Two lines that wander by a pixel, change their strength and are sometimes not there."""
    image = image.copy()
    for column in (60, 170):
        if rng.random() < 0.8:
            image[:, column + int(rng.integers(-1, 2))] = int(rng.integers(180, 255))
    return image


def motion(images: list[Image]) -> NDArray[np.float32]:
    frames = (Frame(Fraction(number, RATE), image) for number, image in enumerate(images))
    return picture_features(frames, Fraction(SECONDS), mouth=False).sync[:, MOVING]


def falling(image: Image, number: int) -> Image:
    """A ball that falls for a second and lies there."""
    image, down = image.copy(), min(number * 4, 100)
    image[20 + down : 36 + down, 110:126] = 250
    return image


@pytest.mark.parametrize("seed", range(3))
def test_scratches_on_a_still_picture_hardly_move(seed: int) -> None:
    rng = np.random.default_rng(seed)
    seen = motion([scratched(ground(seed), rng) for _ in range(RATE * SECONDS)])
    moving = motion([falling(ground(seed), number) for number in range(RATE * SECONDS)])
    assert np.sqrt((seen**2).mean()) < 0.15 * moving[:25].mean()


def test_what_moves_behind_scratches_is_seen_as_without_them() -> None:
    rng = np.random.default_rng(5)
    images = [falling(ground(), number) for number in range(RATE * SECONDS)]
    plain, worn = motion(images), motion([scratched(image, rng) for image in images])
    assert np.corrcoef(plain, worn)[0, 1] > 0.95


def test_a_pole_that_stands_still_changes_nothing() -> None:
    images = [falling(ground(), number) for number in range(RATE * SECONDS)]
    with_pole = [image.copy() for image in images]
    for image in with_pole:
        image[:, 40:42] = 240
    assert np.abs(motion(with_pole) - motion(images)).max() < 1e-3


def test_only_lines_from_top_to_bottom_stand_out() -> None:
    grey = ground()[::2, ::2, 0].copy()
    assert not standing_lines(grey).any()
    grey[:, 30] = 250
    grey[:36, 90] = 250  # half as high
    assert set(np.flatnonzero(standing_lines(grey))) <= {29, 30, 31}
    assert standing_lines(grey)[30] > 50
