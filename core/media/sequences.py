"""Image sequences as scanners deliver them: DPX, TIFF, PNG, EXR, JPEG, 8 to 16 bit or float."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from talkies.core.arrays import Image
from talkies.core.errors import MediaError
from talkies.core.media.image_size import stated_pixels
from talkies.core.media.opening import MOST_PIXELS, open_file
from talkies.core.media.scaler import Scaler

_MOST_BYTES = 500_000_000  # of one picture


class Sequence:
    """The frames of an image sequence by index; a missing or broken one holds the last that was read."""

    def __init__(self, path: Path, frames: tuple[Path | None, ...], height: int) -> None:
        self.path, self.frames = path, frames
        self._scaler = Scaler(height)
        self._held: Image | None = None
        self.unread: list[int] = []

    def __len__(self) -> int:
        return len(self.frames)

    def read(self, index: int) -> Image | None:
        """None while no frame could be read yet."""
        name = self.frames[index]
        try:
            if name is None:
                raise MediaError(self.path, f"frame {index} is missing")
            self._held = read_image(name, self._scaler)
        except MediaError:
            self.unread.append(index)
        return self._held


def read_image(path: Path, scaler: Scaler) -> Image:
    """One picture file, scaled. Raises MediaError."""
    import av

    try:
        with open_file(path) as container:
            for frame in container.decode(video=0):
                return scaler(frame)
    except (av.error.FFmpegError, OSError, ValueError, IndexError) as error:
        return _with_opencv(path, scaler, error)
    return _with_opencv(path, scaler, None)


def _with_opencv(path: Path, scaler: Scaler, cause: Exception | None) -> Image:
    """What the video library cannot read (some compressions of TIFF and JPEG 2000) OpenCV may."""
    import av
    import cv2

    data: Any = None
    try:
        file = path.read_bytes() if path.stat().st_size <= _MOST_BYTES else b""
        if (stated_pixels(file) or MOST_PIXELS) < MOST_PIXELS:
            data = cv2.imdecode(np.frombuffer(file, np.uint8), cv2.IMREAD_ANYDEPTH | cv2.IMREAD_COLOR)
    except (cv2.error, OSError, MemoryError) as error:
        cause = error
    if data is None:
        raise MediaError(path, "picture cannot be read", "scan or copy it again") from cause
    if data.dtype == np.uint16:
        data = (data >> 8).astype(np.uint8)
    elif data.dtype != np.uint8:
        data = (np.clip(data, 0, 1) ** (1 / 2.2) * 255).astype(np.uint8)
    return scaler(av.VideoFrame.from_ndarray(np.ascontiguousarray(data[..., ::-1]), format="rgb24"))
