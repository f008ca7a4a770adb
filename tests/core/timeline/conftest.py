"""Timelines made for the tests, built with OTIO's own classes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest


class Maker:
    """Builds timelines in frames and writes them into the test's folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def span(self, start: float, duration: float, rate: float = 24) -> Any:
        time = otio.opentime.RationalTime
        return otio.opentime.TimeRange(time(start, rate), time(duration, rate))

    def clip(
        self, name: str, start: float, duration: float, rate: float = 24, media: Any = None, effects: Any = ()
    ) -> Any:
        """A clip of ``duration`` frames from frame ``start`` of its media."""
        reference = media if media is not None else otio.schema.MissingReference()
        return otio.schema.Clip(name, reference, self.span(start, duration, rate), effects=list(effects))

    def gap(self, duration: float, rate: float = 24) -> Any:
        return otio.schema.Gap(source_range=self.span(0, duration, rate))

    def track(self, *items: Any, name: str = "V1", kind: str = "Video") -> Any:
        return otio.schema.Track(name, kind=kind, children=list(items))

    def save(self, *tracks: Any, start: Any = None, name: str = "cut.otio") -> Path:
        timeline = otio.schema.Timeline("cut", global_start_time=start)
        for each in tracks:
            timeline.tracks.append(each)
        path = self.folder / name
        otio.adapters.write_to_file(timeline, str(path))
        return path

    def movie(self, name: str = "film.mp4", frames: int = 50, rate: int = 25, timecode: str = "") -> Path:
        """A small real movie."""
        import av
        import numpy as np

        path = self.folder / name
        with av.open(str(path), "w") as container:
            stream = container.add_stream("mpeg4", rate=rate)
            stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
            if timecode:
                stream.metadata["timecode"] = timecode
                container.metadata["timecode"] = timecode
            for index in range(frames):
                image = np.full((48, 64, 3), index % 255, np.uint8)
                for packet in stream.encode(av.VideoFrame.from_ndarray(image, "rgb24")):
                    container.mux(packet)
            for packet in stream.encode():
                container.mux(packet)
        return path


@pytest.fixture
def make(tmp_path: Path) -> Maker:
    return Maker(tmp_path)
