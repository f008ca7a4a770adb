"""The median agrees with NumPy's, whatever the kind of number."""

import numpy as np
import pytest

from talkies.core.conditioning.picture.median import median


@pytest.mark.parametrize("dtype", [np.uint8, np.float32, np.float64])
@pytest.mark.parametrize("shape", [(1,), (2,), (7,), (12, 16), (9, 5)])
def test_it_is_numpys(shape: tuple[int, ...], dtype: type) -> None:
    values: np.ndarray = np.random.default_rng(1).integers(0, 256, shape).astype(dtype)
    assert median(values) == np.median(values)
    assert median(values[::-1]) == np.median(values)  # not contiguous


def test_two_in_the_middle_do_not_overflow() -> None:
    assert median(np.array([255, 254, 0, 255], np.uint8)) == 254.5
