"""Seeds: whole files of every kind that is read, small ones, to begin mutating from.

Timelines are written by our own writers from one known timeline with takes, and some by hand for what these never
write (retimes, titles, nested sequences). More may come from a folder of real files.
"""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import cast

import av
import numpy as np
from av.video.stream import VideoStream
from known_timelines import NTSC

from talkies.core.destinations import WRITERS, write_timeline
from talkies.core.model.weights import shipped_weights
from talkies.core.timeline import read_timeline


@dataclass(frozen=True)
class Seed:
    """``name``: how the mutated file is called; ``size``: how long it is to be, the rest empty, or 0 for as it is."""

    name: str
    data: bytes
    size: int = 0


BY_HAND = Path(__file__).parent / "files"
MOST_BYTES = 1 << 19
"""Larger files of a folder are left out: a mutation would hardly ever meet what matters in them."""


def timelines(folder: Path) -> list[Seed]:
    """Every format that is written, with takes, and what is not written by us."""
    known = NTSC.write(folder)
    timeline, takes = read_timeline(known), NTSC.takes(folder)
    seeds = [Seed(known.name, known.read_bytes())]
    for suffix, writer in WRITERS.items():
        out = folder / f"out{suffix}"
        if not writer.is_folder:
            write_timeline(timeline, takes, out)
            seeds.append(Seed(f"cut{suffix}", out.read_bytes()))
    return seeds + [Seed(path.name, path.read_bytes()) for path in sorted(BY_HAND.glob("cut.*"))]


def subtitles(folder: Path) -> list[Seed]:
    NTSC.write(folder)
    utf8 = [Seed(path.name, path.read_bytes()) for path in sorted(BY_HAND.glob("film.*"))]
    return [*utf8, *(Seed(seed.name, seed.data.decode().encode("utf-16")) for seed in utf8)]


def media(folder: Path) -> list[Seed]:
    """A second of picture in the containers and codecs that an archive meets."""
    made = (
        *(("mp4", "mpeg4"), ("mov", "mjpeg"), ("mkv", "ffv1"), ("avi", "mjpeg"), ("ts", "mpeg2video")),
        *(("mpg", "mpeg2video"), ("mxf", "mpeg2video"), ("webm", "libvpx"), ("m2v", "mpeg2video"), ("gif", "gif")),
    )
    seeds = []
    for suffix, codec in made:
        path = folder / f"made.{suffix}"
        _write_movie(path, codec)
        seeds.append(Seed(f"film.{suffix}", path.read_bytes()))
    return seeds


def _write_movie(path: Path, codec: str) -> None:
    with av.open(str(path), "w") as container:
        stream = cast(VideoStream, container.add_stream(codec, rate=Fraction(25)))
        stream.width, stream.height = 64, 48
        stream.pix_fmt = {"mjpeg": "yuvj420p", "gif": "rgb8"}.get(codec, "yuv420p")
        for number in range(25):
            picture = np.full((48, 64, 3), 90 + 3 * number, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, "rgb24")))
        container.mux(stream.encode(None))


def weights(_: Path) -> list[Seed]:
    """The header of the shipped model, before as many zeros as it has numbers."""
    path = shipped_weights("mini.safetensors")
    with path.open("rb") as file:
        length = file.read(8)
        header = file.read(struct.unpack("<Q", length)[0])
    return [
        Seed("mutated.safetensors", length + header, path.stat().st_size),
        Seed("small.safetensors", length + header),
    ]


def work(folder: Path) -> list[Seed]:
    """The panel's saved work, with music that waits."""
    from talkies.core.files.dataclass_json import as_json
    from talkies.core.takes.take_folder import SegmentMark
    from talkies.core.timeline import read_timeline
    from talkies.ui.work.state import KeptJob, SegmentSettings, WorkState

    first = read_timeline(NTSC.write(folder)).segments[0]
    settings, mark = SegmentSettings(prompt="steps, gravel"), SegmentMark.of(first)
    scored = SegmentSettings("music", "waltz", voice="", engine="")
    waiting = KeptJob(first.id, mark, scored, kind="music", only=(first.id,), marks=(mark,))
    state = WorkState({"V1-001": settings}, queue=(waiting,), selected=("V1-001",), playhead=Fraction(1, 3))
    document = {"version": 1, "timeline": "known.otio", "work": as_json(state)}
    return [Seed("known.talkies/work.json", json.dumps(document, indent=1).encode())]


def worker(folder: Path) -> list[Seed]:
    """Names without a folder, since what a mutation does must not depend on where the files lie."""
    film = NTSC.write(folder).name
    music = {"tempo": 90, "ensemble": "piano", "stretch": 0.05, "duck": 6.5}
    scored = {"task": "music", "takes": 2, "steps": 4, "guidance": 2, "handles": 1, "width": 0.5, "music": music}
    requests = (
        {"id": 0, "method": "hello", "params": {"client": "panel", "protocol": 2, "version": "0.1.0"}},
        {"id": 1, "method": "inspect", "params": {"timeline": film}},
        {"id": "two", "method": "generate", "params": {"timeline": film, "out": film + ".new.otio", "seed": 3}},
        {"id": 3, "method": "cancel", "params": {"id": "two"}},
        {"id": 5, "method": "generate", "params": {"timeline": film, "out": film + ".mx.otio", **scored}},
        {"id": 4, "method": "models", "params": {}},
    )
    return [Seed("lines.jsonl", "".join(json.dumps(request) + "\n" for request in requests).encode())]


SEEDS = {
    "timelines": timelines,
    "subtitles": subtitles,
    "media": media,
    "weights": weights,
    "work": work,
    "worker": worker,
}


def of_folder(seeds: list[Seed], folder: Path) -> list[Seed]:
    """Real files of the same kinds, from a folder and all below it."""
    suffixes = {Path(seed.name).suffix for seed in seeds}
    found = (path for path in sorted(folder.rglob("*")) if path.suffix.lower() in suffixes and path.is_file())
    stem = Path(seeds[0].name).stem
    return [
        Seed(f"{stem}{path.suffix.lower()}", path.read_bytes()) for path in found if path.stat().st_size <= MOST_BYTES
    ]
