"""Sync features against scenes whose events we place ourselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from talkies.core.conditioning.picture.sync import SYNC_DIM, averaged, spread
from talkies.core.conditioning.picture.visual import picture_features
from talkies.core.media.picture import Frame

SIZE = (256, 144)
RATES = [
    Fraction(16), Fraction(18), Fraction(24000, 1001), Fraction(24), Fraction(25), Fraction(30000, 1001),
    Fraction(50), Fraction(60),
]  # fmt: skip
IMPACT, FLASH, CAMERA, CUT = 30, 26, 27, 28
DECELERATION = [4 * region + 3 for region in range(6)]
VERTICAL = [4 * region + 2 for region in range(6)]

Position = Callable[[float], float]


def ground(seed: int = 0, size: tuple[int, int] = SIZE) -> NDArray[np.uint8]:
    """A soft random picture: textured everywhere."""
    noise = np.random.default_rng(seed).integers(0, 255, (size[1] // 4, size[0] // 4, 3), dtype=np.uint8)
    soft = cv2.resize(cv2.GaussianBlur(noise, (0, 0), 2), size, interpolation=cv2.INTER_CUBIC)
    return np.asarray(cv2.normalize(soft, np.empty_like(soft), 20, 220, cv2.NORM_MINMAX), np.uint8)


def ball(rate: Fraction, height: Position, duration: Fraction = Fraction(2)) -> Iterator[Frame]:
    """A yellow ball over the ground; ``height(t)`` is its centre from the top, in picture heights."""
    back = ground()
    for index in range(int(duration * rate)):
        time = index / rate
        image = back.copy()
        centre = (int(0.4 * SIZE[0] * 256), int(height(float(time)) * SIZE[1] * 256))
        cv2.circle(image, centre, 9 * 256, (230, 220, 60), -1, cv2.LINE_AA, shift=8)
        yield Frame(time, image)


def still(image: NDArray[np.uint8], frames: int = 50) -> Iterator[Frame]:
    for index in range(frames):
        yield Frame(Fraction(index, 25), image)


def bouncing(at: float) -> Position:
    """Straight down to the ground and up again."""
    return lambda t: 0.8 - 0.6 * abs(at - t)


def peak_time(column: NDArray[np.float32]) -> float:
    return (int(column.argmax()) + 0.5) / 25


@pytest.mark.parametrize("rate", RATES, ids=lambda rate: f"{float(rate):.3f}")
@pytest.mark.parametrize("stop", [1.0, 1.013, 1.03, 1.047])
def test_a_ball_that_stops_dead_strikes_within_half_a_cell_and_a_frame(rate: Fraction, stop: float) -> None:
    sync = picture_features(ball(rate, lambda t: 0.8 - 0.6 * max(stop - t, 0)), Fraction(2)).sync
    assert abs(peak_time(sync[:, IMPACT]) - stop) <= 0.0201
    assert abs(peak_time(sync[:, DECELERATION].sum(axis=1)) - stop) <= 0.02 + 0.5 / float(rate)
    far = np.abs((np.arange(50) + 0.5) / 25 - stop) > 0.15
    assert sync[far, IMPACT].max() < 0.6 * sync[:, IMPACT].max()


@pytest.mark.parametrize("rate", RATES, ids=lambda rate: f"{float(rate):.3f}")
def test_a_bounce_keeps_its_time_too(rate: Fraction) -> None:
    for bounce in (1.0, 1.03):
        sync = picture_features(ball(rate, bouncing(bounce)), Fraction(2)).sync
        assert abs(peak_time(sync[:, IMPACT]) - bounce) <= 0.0201


def test_falling_is_positive_and_rising_negative() -> None:
    down = picture_features(ball(Fraction(25), lambda t: 0.1 + 0.4 * t), Fraction(2)).sync
    up = picture_features(ball(Fraction(25), lambda t: 0.9 - 0.4 * t), Fraction(2)).sync
    assert down[5:40, VERTICAL].sum() > 1 and up[5:40, VERTICAL].sum() < -1


def test_steady_motion_at_24_has_no_still_cells_on_the_grid_of_25() -> None:
    sync = picture_features(ball(Fraction(24), lambda t: 0.1 + 0.4 * t), Fraction(2)).sync
    total = sync[2:46, 25]
    assert total.min() > 0.5 * total.max()


def test_repeated_frames_of_a_transfer_are_not_stillness() -> None:
    """12 drawings a second, each shown twice."""
    frames = list(ball(Fraction(24), lambda t: 0.1 + 0.4 * int(t * 12 + 1e-6) / 12))
    total = picture_features(frames, Fraction(2)).sync[3:44, 25]
    assert total.min() > 0.4 * total.max()


def test_motion_does_not_depend_on_the_frame_rate() -> None:
    totals = [
        picture_features(ball(rate, lambda t: 0.1 + 0.4 * t), Fraction(2)).sync[5:40, 24].mean()
        for rate in (Fraction(16), Fraction(25), Fraction(30))
    ]
    assert max(totals) < 1.15 * min(totals)


def test_a_still_picture_is_exactly_zero() -> None:
    sync = picture_features(still(ground()), Fraction(2)).sync
    assert sync.shape == (50, SYNC_DIM) and sync.dtype == np.float32
    assert not sync.any()


def test_grain_and_flicker_are_nearly_nothing() -> None:
    rng = np.random.default_rng(1)
    back = ground(size=(384, 216)).astype(np.float32)

    def film() -> Iterator[Frame]:
        for index in range(50):
            noisy = back * rng.uniform(0.9, 1.1) + rng.normal(0, 10, back.shape)
            yield Frame(Fraction(index, 25), np.clip(noisy, 0, 255).astype(np.uint8))

    sync = picture_features(film(), Fraction(2)).sync
    moving = picture_features(ball(Fraction(25), lambda t: 0.1 + 0.4 * t), Fraction(2)).sync
    assert np.abs(sync[:, 25]).mean() < 0.05 * moving[:, 25].mean()
    assert np.abs(sync).mean() < 0.01


def test_a_cut_is_flagged_in_its_cell_and_moves_nothing() -> None:
    one, two = ground(1), 255 - ground(2)[:, ::-1]
    frames = [Frame(Fraction(index, 24), one if index < 31 else two) for index in range(48)]
    sync = picture_features(frames, Fraction(2)).sync
    assert np.flatnonzero(sync[:, CUT]).tolist() == [int(31 / 24 * 25)]
    assert not sync[:, :24].any()


def test_a_pan_is_the_cameras_motion_not_the_scenes() -> None:
    wide = ground(3, (512, 144))
    frames = [Frame(Fraction(index, 25), wide[:, 3 * index : 3 * index + 256]) for index in range(50)]
    sync = picture_features(frames, Fraction(2)).sync
    assert sync[2:48, CAMERA].min() > 0.3
    assert sync[2:48, 25].mean() < 0.1 * sync[2:48, CAMERA].mean()
    assert not sync[:, CUT].any()


def test_lightning_shows_as_a_flash() -> None:
    dark, bright = ground(4) // 3, np.clip(ground(4).astype(int) // 3 + 130, 0, 255).astype(np.uint8)
    frames = [Frame(Fraction(index, 25), bright if 20 <= index < 22 else dark) for index in range(50)]
    flash = picture_features(frames, Fraction(2)).sync[:, FLASH]
    assert flash[20] > 0.7 and flash[22] < -0.7 and np.count_nonzero(flash) == 2


def test_spread_keeps_the_mass_and_averaged_the_level() -> None:
    edges = np.arange(6) / 25
    start, end = np.array([0.0, 0.05, 0.1]), np.array([0.05, 0.1, 0.2])
    mass = np.array([[1.0], [2.0], [4.0]], np.float32)
    assert spread(start, end, mass, edges).sum() == pytest.approx(7)
    assert averaged(start, end, np.ones((3, 1), np.float32), edges) == pytest.approx(1)
