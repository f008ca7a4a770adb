"""Image sequences as scanners deliver them: DPX, TIFF, PNG, EXR, JPEG, 8 to 16 bit or float."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from talkies.core.errors import MediaError
from talkies.core.media.movie import Scaler


class Sequence:
    """The frames of an image sequence by index; a missing or broken one holds the last that was read."""

    def __init__(self, path: Path, frames: tuple[Path | None, ...], height: int) -> None:
        self.path, self.frames = path, frames
        self._scaler = Scaler(height)
        self._held: NDArray[Any] | None = None
        self.unread: list[int] = []

    def __len__(self) -> int:
        return len(self.frames)

    def read(self, index: int) -> NDArray[Any] | None:
        """uint8 (H, W, 3) RGB; None while no frame could be read yet."""
        name = self.frames[index]
        try:
            if name is None:
                raise MediaError(self.path, f"frame {index} is missing")
            self._held = read_image(name, self._scaler)
        except MediaError:
            self.unread.append(index)
        return self._held


def read_image(path: Path, scaler: Scaler) -> NDArray[Any]:
    """One picture file, scaled. Raises MediaError."""
    import av

    try:
        if path.stat().st_size == 0:
            raise MediaError(path, "picture is empty (0 bytes)", "copy it again")
        with av.open(str(path), options=_options(path)) as container:
            for frame in container.decode(video=0):
                return scaler(frame)
    except (av.error.FFmpegError, OSError, ValueError, IndexError) as error:
        return _with_opencv(path, scaler, error)
    return _with_opencv(path, scaler, None)


def _options(path: Path) -> dict[str, str]:
    """A file name is a name: ``%`` and digits in it are not a pattern."""
    image_demuxer = path.suffix.lower() in (".dpx", ".tif", ".tiff", ".png", ".exr", ".jpg", ".jpeg", ".tga", ".bmp")
    return {"pattern_type": "none"} if image_demuxer else {}


def _with_opencv(path: Path, scaler: Scaler, cause: Exception | None) -> NDArray[Any]:
    """What the video library cannot read (some TIFF compressions) OpenCV may."""
    import av
    import cv2

    data: Any = None
    try:
        data = cv2.imdecode(np.fromfile(path, np.uint8), cv2.IMREAD_ANYDEPTH | cv2.IMREAD_COLOR)
    except (cv2.error, OSError) as error:
        cause = error
    if data is None:
        raise MediaError(path, "picture cannot be read", "scan or copy it again") from cause
    if data.dtype == np.uint16:
        data = (data >> 8).astype(np.uint8)
    elif data.dtype != np.uint8:
        data = (np.clip(data, 0, 1) ** (1 / 2.2) * 255).astype(np.uint8)
    return scaler(av.VideoFrame.from_ndarray(np.ascontiguousarray(data[..., ::-1]), format="rgb24"))
