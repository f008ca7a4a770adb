"""An independent ear: mix the sound of a written ``.otio`` with MLT's ``melt`` (Debian: ``apt-get install melt``).

Shares no code with talkies: it reads the file with OpenTimelineIO, says the same in MLT's XML and lets melt mix it.
MLT 7.12 seeks in a WAV only to within a packet of 1,365 samples, so handles are cut off before, at the exact sample.

    python tests/melt.py CUT.otio MIX.wav
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

import opentimelineio as otio


def available() -> bool:
    return shutil.which("melt") is not None


def render_with_melt(otio_path: Path, wav_out: Path, channels: int = 2) -> None:
    """Mix every enabled audio track of a timeline to 48 kHz 24-bit WAV. Raises RuntimeError when melt fails."""
    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder) / "mix.mlt"
        project.write_bytes(mlt_xml(Path(otio_path), Path(folder)))
        render_project(project, Path(wav_out), channels)


def render_project(project: Path, wav_out: Path, channels: int = 2) -> None:
    """Mix the sound of an ``.mlt`` or ``.kdenlive`` project as it stands. Raises RuntimeError when melt fails."""
    consumer = [f"avformat:{wav_out}", "f=wav", "acodec=pcm_s24le", "ar=48000", f"ac={channels}", "vn=1"]
    command = ["melt", "-quiet", str(project), "-consumer", *consumer, "real_time=-1", "terminate_on_pause=1"]
    _run(command, wav_out)


def render_pictures(project: Path, out: Path) -> None:
    """The pictures of a project as they stand, without loss. Raises RuntimeError when melt fails."""
    consumer = [f"avformat:{out}", "f=matroska", "vcodec=ffv1", "an=1", "real_time=-1", "terminate_on_pause=1"]
    _run(["melt", "-quiet", str(project), "-consumer", *consumer], out)


def _run(command: list[str], wav_out: Path) -> None:
    """MLT 7.12 sometimes never begins on a busy machine: it sleeps beside an empty file. Then it is started again."""
    quiet = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "SDL_AUDIODRIVER": "dummy"}
    for attempt in range(1, 9):
        wav_out.unlink(missing_ok=True)
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=quiet) as melt:
            begun = _wait(melt, wav_out, patience=3.0 * attempt)
            if begun and melt.wait(timeout=300) == 0 and wav_out.is_file():
                return
            melt.kill()
        if begun:
            raise RuntimeError(f"melt failed ({melt.returncode}) on {wav_out}")
    raise RuntimeError(f"melt never began to write {wav_out}")


def _wait(melt: subprocess.Popen[bytes], wav_out: Path, patience: float) -> bool:
    """Whether melt has ended or its file holds something, within ``patience`` seconds."""
    until = time.monotonic() + patience
    while time.monotonic() < until:
        if melt.poll() is not None or (wav_out.is_file() and wav_out.stat().st_size):
            return True
        time.sleep(0.05)
    return False


def mlt_xml(path: Path, cuttings: Path) -> bytes:
    """The audio of a timeline as MLT XML: one summed playlist a track, in frames; trimmed WAVs go to ``cuttings``."""
    timeline = otio.adapters.read_from_file(str(path))
    tracks = [track for track in timeline.tracks if track.kind == "Audio" and track.enabled]
    number, denominator = _profile_rate(timeline)
    root = ElementTree.Element("mlt", LC_NUMERIC="C", producer="sum")
    ElementTree.SubElement(
        root,
        "profile",
        width="64",
        height="48",
        progressive="1",
        frame_rate_num=str(number),
        frame_rate_den=str(denominator),
        sample_aspect_num="1",
        sample_aspect_den="1",
        display_aspect_num="4",
        display_aspect_den="3",
        colorspace="601",
    )
    length = max(_frames(track.duration()) for track in [timeline.tracks, *tracks])
    _add_black(root, length)
    rate = number / denominator
    playlists = [_add_playlist(root, track, index, path.parent, cuttings, rate) for index, track in enumerate(tracks)]
    tractor = ElementTree.SubElement(root, "tractor", {"id": "sum", "in": "0", "out": str(length - 1)})
    multitrack = ElementTree.SubElement(tractor, "multitrack")
    ElementTree.SubElement(multitrack, "track", producer="black")
    for index, playlist in enumerate(playlists, start=1):
        ElementTree.SubElement(multitrack, "track", producer=playlist, hide="video")
        _add(tractor, "transition", mlt_service="mix", a_track="0", b_track=str(index), always_active="1", sum="1")
    return bytes(ElementTree.tostring(root, encoding="utf-8", xml_declaration=True))


def _add(parent: ElementTree.Element, tag: str, attributes: dict[str, str] | None = None, **properties: str) -> None:
    element = ElementTree.SubElement(parent, tag, attributes or {})
    for name, value in properties.items():
        ElementTree.SubElement(element, "property", name=name).text = value


def _add_black(root: ElementTree.Element, length: int) -> None:
    out = {"id": "black", "in": "0", "out": str(length - 1)}
    _add(root, "producer", out, mlt_service="color", resource="black", length=str(length))


def _add_playlist(root: ElementTree.Element, track: Any, index: int, folder: Path, cuttings: Path, rate: float) -> str:
    entries: list[tuple[str, dict[str, str]]] = []
    for position, item in enumerate(track):
        count = _frames(item.duration())
        path = _media(item, folder) if isinstance(item, otio.schema.Clip) and item.enabled else None
        if path is None:
            entries.append(("blank", {"length": str(count)}))
            continue
        name = f"take{index}-{position}"
        first = _frames(item.source_range.start_time - item.media_reference.available_range.start_time)
        total = _frames(item.media_reference.available_range.duration)
        if first and path.suffix.lower() == ".wav":
            path = _cut(path, first / rate, cuttings / f"{name}.wav")
            first, total = 0, total - first
        _add(root, "producer", {"id": name}, mlt_service="avformat", resource=str(path), length=str(total + 1))
        entries.append(("entry", {"producer": name, "in": str(first), "out": str(first + count - 1)}))
    playlist = ElementTree.SubElement(root, "playlist", id=f"track{index}")
    for tag, attributes in entries:
        ElementTree.SubElement(playlist, tag, attributes)
    return f"track{index}"


def _cut(path: Path, seconds: float, target: Path) -> Path:
    """A copy of a PCM WAV without its first seconds, chunk by chunk as the bytes lie."""
    data = path.read_bytes()
    at, header, samples, block = 12, b"", b"", 1
    while at + 8 <= len(data):
        name, size = data[at : at + 4], struct.unpack_from("<I", data, at + 4)[0]
        body = data[at + 8 : at + 8 + size]
        if name == b"fmt ":
            frames_per_second, block = struct.unpack_from("<I", body, 4)[0], struct.unpack_from("<H", body, 12)[0]
            header = data[at : at + 8 + size]
        elif name == b"data":
            samples = body[round(seconds * frames_per_second) * block :]
        at += 8 + size + size % 2
    chunks = b"WAVE" + header + b"data" + struct.pack("<I", len(samples)) + samples + b"\0" * (len(samples) % 2)
    target.write_bytes(b"RIFF" + struct.pack("<I", len(chunks)) + chunks)
    return target


def _media(clip: Any, folder: Path) -> Path | None:
    url = getattr(clip.media_reference, "target_url", None)
    if not url:
        return None
    path = Path(unquote(urlsplit(url).path)) if url.startswith("file:") else folder / unquote(url)
    return path if path.is_file() else None


def _frames(time: Any) -> int:
    return round(float(time.value))


def _profile_rate(timeline: Any) -> tuple[int, int]:
    """Frames per second of the timeline: 23.976 and its like are N000/1001."""
    rate = timeline.global_start_time.rate if timeline.global_start_time else timeline.duration().rate
    if abs(rate - round(rate)) < 1e-6:
        return round(rate), 1
    return round(rate * 1.001) * 1000, 1001


if __name__ == "__main__":
    render_with_melt(Path(sys.argv[1]), Path(sys.argv[2]))
