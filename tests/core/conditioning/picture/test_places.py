"""Where in the picture something moves and where it strikes, against where it was drawn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction

import cv2
import numpy as np
import pytest

from talkies.core.conditioning.picture.places import Path, struck_at
from talkies.core.conditioning.picture.visual import PictureFeatures, picture_features
from talkies.core.media.picture import Frame

FPS, SECONDS, WIDTH, HEIGHT = 25, 4, 384, 216
Course = Callable[[float], tuple[float, float]]


def seen(*balls: Course) -> PictureFeatures:
    """Balls that follow courses of x and y, 0 to 1 from the upper left, over time (s)."""

    def frames() -> Iterator[Frame]:
        for number in range(FPS * SECONDS):
            image = np.full((HEIGHT, WIDTH, 3), 60, np.uint8)
            for ball in balls:
                x, y = ball(number / FPS)
                cv2.circle(image, (round(x * WIDTH), round(y * HEIGHT)), 14, (230, 220, 180), -1, cv2.LINE_AA)
            yield Frame(Fraction(number, FPS), image)

    return picture_features(frames(), Fraction(SECONDS), mouth=False)


def falling(x: float, lands: float) -> Course:
    """Falls from the top and lies on the floor from a time (s) on."""
    return lambda time: (x, 0.1 + 0.75 * min(max(time - lands + 0.5, 0) / 0.5, 1) ** 2)


def rolling(start: float, end: float, y: float) -> Course:
    return lambda time: (start + (end - start) * time / SECONDS, y)


@pytest.mark.parametrize("x", [0.1, 0.35, 0.5, 0.85])
def test_what_falls_struck_where_it_lies(x: float) -> None:
    place = struck_at(seen(falling(x, 2.0)), 2.0)
    assert place is not None
    assert (place[0] + 1) / 2 == pytest.approx(x, abs=0.03)
    assert 0.58 <= (place[1] + 1) / 2 <= 0.88, "where it was in the last tenth of a second, until it lay"


@pytest.mark.parametrize(("x", "roll"), [(0.12, (0.6, 0.95)), (0.88, (0.4, 0.05))])
def test_of_two_things_that_move_the_one_that_stopped_struck(x: float, roll: tuple[float, float]) -> None:
    place = struck_at(seen(falling(x, 2.0), rolling(*roll, 0.3)), 2.0)
    assert place is not None
    assert np.sign(place[0]) == np.sign(x - 0.5) and abs(place[0]) > 0.5
    assert place[1] > 0.3, "on the floor, not where the other rolls"


def test_what_came_to_rest_stays_there() -> None:
    path = Path(seen(falling(0.2, 1.5)))
    assert path.x(np.array([1.5, 2.5, 3.9])) == pytest.approx([-0.6] * 3, abs=0.06)


def test_where_nothing_moves_is_the_middle_and_nothing_struck() -> None:
    still = seen(lambda time: (0.2, 0.5))
    assert Path(still).x(np.array([0.0, 2.0])).tolist() == [0, 0] and struck_at(still, 2.0) is None
    assert Path(None).x(np.array([1.0])).tolist() == [0]
