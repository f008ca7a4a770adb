"""The button Portraits in real Blender: a still speaks on a channel above all others, with its sound beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import pytest
from blenders import Blender, press, program
from numbered_movies import numbered, write_numbered
from speaking_stills import FIRST, numbers_in

pytestmark = pytest.mark.slow  # a real Blender


@pytest.fixture
def still(blender: Blender, tmp_path: Path) -> Blender:
    """A photograph of two seconds with a line, and a second of film after it."""
    blender.call("variable", name="TALKIES", value=str(program(tmp_path / "talkies", "tests/tones_worker.py", "0")))
    write_numbered(tmp_path / "film.mp4", 25, 25)
    with av.open(str(tmp_path / "photo.png"), "w", format="image2", options={"update": "1"}) as container:
        stream = container.add_stream("png", rate=1)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 192, 108, "rgb24"
        container.mux(stream.encode(av.VideoFrame.from_ndarray(numbered(7, (192, 108)), "rgb24")))
        container.mux(stream.encode(None))
    blender.call("add", kind="IMAGE", file=[str(tmp_path / "photo.png")], name="photo", channel=1, start=1)
    blender.call("change", name="photo", frame_final_end=51)
    blender.call("add", kind="MOVIE", file=str(tmp_path / "film.mp4"), name="film", channel=1, start=51)
    blender.call("add", kind="TEXT", name="line", channel=2, start=10, length=30, text="ANNA: Hello there.")
    blender.call("save", path=str(tmp_path / "scene.blend"))
    return blender


def shown(blender: Blender) -> dict[str, list[tuple[str, int, int]]]:
    """Name, first frame and length of each clip, by track, as the extension exports the scene."""
    found: dict[str, list[tuple[str, int, int]]] = {}
    document: dict[str, Any] = blender.call("read")["document"]
    for track in document["tracks"]["children"]:
        position = 0
        for item in track["children"]:
            count = round(item["source_range"]["duration"]["value"])
            if item["OTIO_SCHEMA"].startswith("Clip"):
                found.setdefault(track["name"], []).append((item["name"], position, count))
            position += count
    return found


def test_a_still_speaks_on_a_channel_above(still: Blender) -> None:
    before = shown(still)
    after = press(still, "portrait")
    assert not after["failed"], after
    assert after["sentences"][0] == "2 clips on DX talkies, PX talkies"
    assert any("only stills become portraits" in sentence for sentence in after["sentences"])
    (name, start, count), *others = shown(still)["PX talkies"]
    assert (name.startswith("PX_V1-001"), start, count, others) == (True, 0, 50, [])
    assert {track: clips for track, clips in shown(still).items() if not track.endswith("talkies")} == before
    assert len(still.call("read")["ids"]) == 2  # it is no shot
    still.call("undo")
    assert shown(still) == before


def test_each_frame_shows_its_own_picture(still: Blender, tmp_path: Path) -> None:
    def number_at(frame: int) -> int:
        still.call("seen", frame=frame, path=str(tmp_path / "seen.png"))
        (number,) = numbers_in(tmp_path / "seen.png")
        return number

    assert [number_at(frame) for frame in (1, 50)] == [7, 7]  # the photograph
    press(still, "portrait")
    assert [number_at(frame) for frame in (1, 2, 26, 50)] == [FIRST, FIRST + 1, FIRST + 25, FIRST + 49]
    assert [number_at(frame) for frame in (51, 60)] == [0, 9]  # the film


def test_it_takes_the_place_of_the_one_before(still: Blender) -> None:
    press(still, "portrait")
    still.call("settings", conflict="replace", seed=4)
    after = press(still, "portrait")
    assert "2 replaced" in after["sentences"][0]
    assert [len(shown(still)[name]) for name in ("DX talkies", "PX talkies")] == [1, 1]


def test_what_is_there_is_kept(still: Blender) -> None:
    press(still, "portrait")
    still.call("settings", conflict="skip")
    still.call("change", name="photo", select=True)
    assert "talkies sound already" in still.call("press", button="generate", task="portrait")


def test_it_is_there_when_the_file_is_opened_again(still: Blender, tmp_path: Path) -> None:
    press(still, "portrait")
    before = shown(still)
    still.call("save", path=str(tmp_path / "scene.blend"))
    still.call("reopen", path=str(tmp_path / "scene.blend"))
    assert shown(still) == before
