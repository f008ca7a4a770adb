"""How fast pictures become features: seconds of picture per second of computing, decoding included.

python tests/benchmarks/bench_picture.py [MOVIE ...]
"""

from __future__ import annotations

import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from talkies.core.conditioning.picture.visual import picture_features
from talkies.core.media.picture import picture_frames, probe
from talkies.core.segment import Picture, Segment
from talkies.core.times import TimeRange


def measure(path: Path) -> dict[str, float]:
    """Frames, and milliseconds per frame for decoding alone and for features alone; the rate in real times."""
    info = probe(path)
    whole = TimeRange(Fraction(0), info.duration)
    segment = Segment("bench", path.name, "V1", whole, whole, info.rate, picture=Picture(path))
    begin = time.perf_counter()
    frames = sum(1 for _ in picture_frames(segment))
    decoded = time.perf_counter()
    picture_features(picture_frames(segment), info.duration)
    done = time.perf_counter()
    return {
        "frames": frames,
        "decoding_ms": 1e3 * (decoded - begin) / frames,
        "decoding_and_features_ms": 1e3 * (done - decoded) / frames,
        "times_real_time": float(info.duration) / (done - decoded),
    }


def made_movie(folder: Path, seconds: int = 8) -> Path:
    """720p H.264 at 24 fps: a panning noise ground with a bouncing square."""
    rng = np.random.default_rng(0)
    ground = np.kron(rng.integers(0, 255, (90, 240, 3), dtype=np.uint8), np.ones((8, 8, 1), np.uint8))
    path = folder / "made_720p.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=24, options={"preset": "veryfast"})
        stream.width, stream.height, stream.pix_fmt = 1280, 720, "yuv420p"
        for index in range(seconds * 24):
            image = ground[:, 2 * index : 2 * index + 1280].copy()
            top = int(500 * abs(np.cos(index / 8)))
            image[top : top + 120, 600:720] = (250, 220, 40)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="rgb24")))
        container.mux(stream.encode(None))
    return path


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(name) for name in sys.argv[1:]] or [made_movie(Path(folder))]
        for path in paths:
            print(path.name, {name: round(value, 2) for name, value in measure(path).items()})


if __name__ == "__main__":
    main()
