"""Arrays: what NumPy's arrays are called, by what their numbers are and, where it is fixed, by their shape.

What has no shape of its own states it where it is made or taken: (T, 20), (N,).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Floats32 = NDArray[np.float32]
Complexes = NDArray[np.complex128]
Ints = NDArray[np.int64]
Ints32 = NDArray[np.int32]
Flags = NDArray[np.bool_]

AnyFloats = NDArray[np.floating]
AnyNumbers = NDArray[np.integer | np.floating]

Sound = NDArray[np.float32]
"""(N,) samples of one channel, full scale ±1."""
AnySound = NDArray[np.floating]
"""(N,) as :data:`Sound`, of any precision: what is only measured."""
Samples = NDArray[np.float32]
"""(C, N) C channels of N samples, full scale ±1."""

Image = NDArray[np.uint8]
"""(H, W, 3) RGB."""
Grey = NDArray[np.uint8]
"""(H, W) grey levels."""
Greys = NDArray[np.uint8]
"""(T, H, W) grey pictures, one after the other."""
Points = NDArray[np.float64]
"""(N, 2) x to the right and y downwards, in picture heights from the top left corner."""

FromOpenCV = NDArray[Any]
"""What OpenCV returns, until it has a name from above: its types state neither what the numbers are nor the shape."""
