"""What the whole picture does: known turns, zooms and shifts, and changes of brightness, are found again."""

import numpy as np
import pytest
from numpy.typing import NDArray

from talkies.core.conditioning.picture.camera import brightness_change, camera_flow

HEIGHT, WIDTH = 72, 128


def texture() -> NDArray[np.uint8]:
    return np.random.default_rng(2).integers(0, 256, (HEIGHT, WIDTH), dtype=np.uint8)


def camera(zoom: float, roll: float, right: float, down: float) -> NDArray[np.float32]:
    """The flow (HEIGHT, WIDTH, 2), in pixels."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    x, y = (x - WIDTH / 2) / HEIGHT, (y - HEIGHT / 2) / HEIGHT
    return np.dstack([zoom * x - roll * y + right, roll * x + zoom * y + down]).astype(np.float32)


@pytest.mark.parametrize("moves", [(0, 0, 2, -1), (3, 0, 0, 0), (0, -4, 0, 0.5), (2, 1.5, -3, 1)])
def test_shift_zoom_and_roll_are_found_behind_what_moves_by_itself(moves: tuple[float, float, float, float]) -> None:
    flow = camera(*moves)
    flow[20:40, 30:60] += (5, -3)  # a thing on its own way
    found = camera_flow(texture(), flow)
    assert found is not None
    assert np.abs(found - camera(*moves)).max() < 0.05


def test_one_thing_on_a_plain_ground_is_no_camera() -> None:
    grey = np.full((HEIGHT, WIDTH), 90, np.uint8)
    grey[:36, :64] = texture()[:36, :64]
    assert camera_flow(grey, camera(0, 0, 2, 0)) is None
    assert camera_flow(grey[:, 70:], camera(0, 0, 2, 0)[:, 70:]) is None


def test_a_camera_that_stands_still_has_no_flow() -> None:
    assert camera_flow(texture(), camera(0, 0, 0.05, 0.05)) is None


def test_gain_and_offset_are_found_behind_what_moves() -> None:
    before = np.random.default_rng(3).integers(20, 160, (18, 32)).astype(np.float32)
    now = 1.2 * before + 7
    now[4:8, 4:8] = 240
    gain, offset = brightness_change(before, now)
    assert gain == pytest.approx(1.2, abs=0.01)
    assert offset == pytest.approx(7, abs=1)


def test_of_a_plain_picture_only_the_offset_is_known() -> None:
    plain = np.full((18, 32), 80, np.float32)
    assert brightness_change(plain, plain + 12) == (1.0, pytest.approx(12))
