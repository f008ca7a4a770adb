"""Blender passes the suite of hosts: real Blender, asked over the bridge by talkies itself."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from blenders import Blender
from host_suite import HeardSuite, HostSuite
from known_timelines import FRAMES, INSERTS, NTSC, PICTURE, WILD, WORDS, Cut, Known
from picture_suite import PictureSuite

from talkies.core.errors import OutputError
from talkies.core.hosts.bridge import BridgedHost
from talkies.core.hosts.host import Host

pytestmark = pytest.mark.slow  # a real Blender


class TestBlender(HostSuite, PictureSuite, HeardSuite):
    """The scene of each test is built strip by strip."""

    lacks = {"drop_frame": "Blender's timecode drops no frames"}  # noqa: RUF012 - as the suite declares it
    running: Blender

    @pytest.fixture(autouse=True)
    def in_blender(self, blender: Blender) -> None:
        self.running = blender

    @contextmanager
    def opened(self, known: Known, folder: Path) -> Iterator[Host]:
        known.write(folder)  # its film and its sound
        build(self.running, known, folder)
        self.running.call("open_answers")
        with bridged(self.running, folder) as host:
            yield host

    def mixed(self, host: Host, folder: Path) -> Path:
        self.running.call("mixdown", path=str(folder / "mix.wav"))
        return folder / "mix.wav"


def test_what_cannot_come_back_leaves_everything_as_it_is(blender: Blender, tmp_path: Path) -> None:
    """Undo of a replacement, when the replaced sound is no longer on the disk."""
    NTSC.write(tmp_path)
    build(blender, NTSC, tmp_path)
    blender.call("open_answers")
    (tmp_path / "old").mkdir()
    (tmp_path / "new").mkdir()
    with bridged(blender, tmp_path) as host:
        host.add_takes(NTSC.takes(tmp_path / "old"))
        host.add_takes(NTSC.takes(tmp_path / "new"), "replace")
        before = blender.call("listed")
        kept = (tmp_path / "old").rename(tmp_path / "elsewhere")
        with pytest.raises(OutputError, match="is not there"):
            host.undo()
        assert blender.call("listed") == before
        kept.rename(tmp_path / "old")
        host.undo()
        assert {Path(sound["file"]).parent.name for sound in blender.call("listed") if sound["talkies"]} == {"old"}


def test_each_scene_has_a_file_of_its_own(blender: Blender, tmp_path: Path) -> None:
    NTSC.write(tmp_path)
    build(blender, NTSC, tmp_path)
    names = []
    for name in ("Scene", "a/b", "a:b", "a-b"):
        blender.call("scene", name=name)
        blender.call("open_answers")
        with bridged(blender, tmp_path) as host:
            names.append(host.read_timeline().path.name)
    assert names[0] == "Scene.otio" and names[3] == "a-b.otio" and len(set(names)) == 4


def build(blender: Blender, known: Known, folder: Path) -> None:
    base = {1: 1.0, 1001: 1.001}[known.rate.denominator]
    first = known.start_frame
    blender.call("new", fps=round(known.rate), base=base, first=first, last=first + FRAMES - 1)
    film = {"kind": "MOVIE", "file": str(folder / "film.mp4")}
    for cut in PICTURE:
        blender.call("add", **film, channel=2, **_placed(cut, first, 130))
    for cut in INSERTS:
        blender.call("add", **film, channel=3, **_placed(cut, first, 130))
    for cut in WORDS:
        blender.call("add", kind="TEXT", name=cut.name, text=cut.name, channel=4, start=first + cut.first,
                     length=cut.end - cut.first)  # fmt: skip
    (wind,) = WILD
    blender.call("add", kind="SOUND", file=str(folder / "wind.wav"), channel=1, **_placed(wind, first, 0))
    blender.call("change", name="wind", frame_final_end=first + wind.end)
    blender.call("channel", number=1, name="Wild track")


def _placed(cut: Cut, first: int, length: int) -> dict[str, Any]:
    """Blender trims a strip at both ends of its medium; 0 for a length that is trimmed later."""
    end = length - cut.source - (cut.end - cut.first) if length else 0
    return {"name": cut.name, "start": first + cut.first - cut.source, "skip": cut.source, "cut": end}


@contextmanager
def bridged(blender: Blender, folder: Path) -> Iterator[BridgedHost]:
    """Carries questions and answers between talkies and the extension inside Blender."""
    questions, asking = os.pipe()
    hearing, answers = os.pipe()

    def carry() -> None:
        with os.fdopen(questions, encoding="utf-8") as lines, os.fdopen(answers, "w", encoding="utf-8") as back:
            for line in lines:
                print(json.dumps(blender.call("answer", request=json.loads(line))), file=back, flush=True)

    carrier = threading.Thread(target=carry)
    carrier.start()
    with os.fdopen(asking, "w", encoding="utf-8") as asked, os.fdopen(hearing, encoding="utf-8") as heard:
        yield BridgedHost(asked, heard, folder / "exported")
        asked.close()
        carrier.join(60)
