"""Stills with words over them, and a maker of pictures that draws into each frame its number: one knows what shows."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar, Self

import av
import numpy as np
import opentimelineio as otio
import pytest
from cuts import save, span
from engines import load_tones
from numbered_movies import number_of, numbered, write_numbered

from talkies.core.engines import pictures
from talkies.core.engines.pictures import PictureBrief, PictureMaker
from talkies.core.errors import ArgumentError, EngineError
from talkies.core.events import Finished
from talkies.core.generation.render import render
from talkies.core.generation.request import Request

SIZE = (192, 108)
FIRST = 1000
"""The number in the first picture of every movie: no film of the tests counts so far."""

SUBTITLES = """1
00:00:01,000 --> 00:00:02,500
ANNA: Good evening.

2
00:00:04,200 --> 00:00:05,400
A film says this.

3
00:00:06,500 --> 00:00:07,600
BEN: I stand still.
"""
SHOTS = ((0, 3, "still.png"), (3, 3, "film.mp4"), (6, 2, "film.mp4"))
"""Start and length in seconds, and medium; the last one is one held picture of the film."""


class NumberedPictures(PictureMaker):
    """Counts up from ``FIRST``; ``asked`` remembers every brief. ``fault``: what it does wrong."""

    name: ClassVar[str] = "numbered"
    source, licence, weights_hash = "rules", "Apache-2.0", ""
    asked: ClassVar[list[PictureBrief]] = []
    fault: ClassVar[str] = ""
    gate: ClassVar[threading.Event | None] = None

    @classmethod
    def load(cls, device: str) -> Self:
        return cls()

    def make(self, brief: PictureBrief, path: Path, on_share: Callable[[float], None]) -> Mapping[str, Any]:
        NumberedPictures.asked.append(brief)
        if self.fault == "refuses":
            raise EngineError("still.png", "shows no face")
        if self.fault == "asks" and brief.segment.id == "V1-001" and not brief.consent:
            raise ArgumentError("still.png", "nobody has said who consented", "say who allowed it")
        count = brief.frames - (self.fault == "short")
        with av.open(str(path), "w", format=brief.container) as container:
            codec, form = ("libx264", "yuv420p") if brief.film == "h264" else ("prores_ks", "yuv422p10le")
            stream = container.add_stream(codec, rate=brief.rate)
            assert isinstance(stream, av.VideoStream)
            stream.width, stream.height, stream.pix_fmt = *SIZE, form
            sound = container.add_stream("aac", rate=48_000) if self.fault == "sounds" else None
            for number in range(count):
                on_share(number / count)
                frame = av.VideoFrame.from_ndarray(numbered(FIRST + number, SIZE), "rgb24")
                container.mux(stream.encode(frame))
            container.mux(stream.encode(None))
            if sound is not None:
                silent = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), "fltp", "mono")
                silent.sample_rate = 48_000
                container.mux([*sound.encode(silent), *sound.encode(None)])
        return {"consent": "given for the tests"}


@pytest.fixture
def numbered_portraits(monkeypatch: pytest.MonkeyPatch) -> type[NumberedPictures]:
    """Portraits are made by :class:`NumberedPictures`."""
    use_numbered(monkeypatch)
    return NumberedPictures


def use_numbered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "PICTURE_MAKERS", {"numbered": "speaking_stills:NumberedPictures"})
    monkeypatch.setattr(NumberedPictures, "asked", [])


def write_stills(folder: Path, rate: Fraction | int = 25, start: int | None = None, suffix: str = ".otio") -> Path:
    """A reel of ``SHOTS`` with ``SUBTITLES``: a photograph, a film, and a held picture of the film."""
    folder.mkdir(parents=True, exist_ok=True)
    with av.open(str(folder / "still.png"), "w", format="image2", options={"update": "1"}) as container:
        stream = container.add_stream("png", rate=1)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = *SIZE, "rgb24"
        container.mux(stream.encode(av.VideoFrame.from_ndarray(numbered(7, SIZE), "rgb24")))
        container.mux(stream.encode(None))
    write_numbered(folder / "film.mp4", 200, rate)
    exact = float(rate)
    clips = []
    for number, (_, length, medium) in enumerate(SHOTS):
        frames = round(length * rate)
        known = span(0, 1 if medium == "still.png" else 200, exact)
        clip = otio.schema.Clip(
            f"shot {number + 1}", otio.schema.ExternalReference(medium, known), span(0, frames, exact)
        )
        if number == 2:
            clip.source_range = span(40, frames, exact)
            clip.effects.append(otio.schema.FreezeFrame())
        clips.append(clip)
    timeline = otio.schema.Timeline("reel", tracks=[otio.schema.Track("V1", kind="Video", children=clips)])
    if start is not None:
        timeline.global_start_time = otio.opentime.RationalTime(start, exact)
    (folder / "reel.srt").write_text(SUBTITLES)
    return save(timeline, folder / f"reel{suffix}")


def portrayed(reel: Path, out: Path, **options: Any) -> Finished:
    """The last event of a run that makes portraits."""
    request = Request(reel, out, task="portrait", credentials=False, **options)
    *_, last = render(request, load_engine=load_tones)
    assert isinstance(last, Finished)
    return last


def numbers_in(path: Path) -> list[int]:
    """The number in every picture of a movie, in order of time."""
    with av.open(str(path)) as container:
        return [number_of(frame.to_ndarray(format="rgb24")) for frame in container.decode(video=0)]
