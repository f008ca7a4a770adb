"""The bridge: a real editor's side in another process passes the suite; a broken one is refused in one sentence."""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from editors import open_editor
from host_suite import HostSuite
from known_timelines import KNOWN, NTSC, Known
from picture_suite import PictureSuite

from talkies.core.errors import MediaError, OutputError, TalkiesError, TimelineError
from talkies.core.hosts.bridge import BridgedHost
from talkies.core.hosts.host import Host


class TestBridgedHost(HostSuite, PictureSuite):
    @contextmanager
    def opened(self, known: Known, folder: Path) -> Iterator[Host]:
        with open_editor(known.write(folder), folder / "exported") as (host, _):
            yield host


class Answering:
    """The editor's end of two pipes, in a thread: says what ``script`` has for each method, and remembers."""

    def __init__(self, script: Mapping[str, Any]) -> None:
        (asked_at, asking), (answered_at, answering) = os.pipe(), os.pipe()
        self.requests = os.fdopen(asked_at, encoding="utf-8")
        self.answers = os.fdopen(answering, "w", encoding="utf-8")
        self.streams = os.fdopen(asking, "w", encoding="utf-8"), os.fdopen(answered_at, encoding="utf-8")
        self.script = {"hello": {"result": {"protocol": 1, "name": "Cutter 7"}}, **script}
        self.heard: list[dict[str, Any]] = []
        self.spoken = threading.Condition()
        self.thread = threading.Thread(target=self.run)

    def run(self) -> None:
        for line in self.requests:
            request = json.loads(line)
            with self.spoken:
                self.heard.append(request)
                self.spoken.notify_all()
            answer = self.script.get(request["method"])
            if answer is CLOSES:
                break
            if isinstance(answer, dict):
                self.say({"id": request["id"], **answer})
            elif isinstance(answer, str):
                self.answers.write(answer)
                self.answers.flush()
        self.answers.close()

    def say(self, message: dict[str, Any]) -> None:
        self.answers.write(json.dumps(message) + "\n")
        self.answers.flush()

    def wait_for(self, method: str) -> dict[str, Any]:
        """The request with a method, when it has come."""
        with self.spoken:
            assert self.spoken.wait_for(lambda: any(each["method"] == method for each in self.heard), timeout=60)
        return next(each for each in self.heard if each["method"] == method)


CLOSES = object()

Answered = Callable[..., tuple[BridgedHost, Answering]]


@pytest.fixture
def answered(tmp_path: Path) -> Iterator[Answered]:
    """Makes a host whose editor says what the test wants."""
    made: list[Answering] = []

    def make(script: Mapping[str, Any], timeout_s: float = 60) -> tuple[BridgedHost, Answering]:
        editor = Answering(script)
        made.append(editor)
        editor.thread.start()
        return BridgedHost(*editor.streams, tmp_path / "exported", timeout_s), editor

    yield make
    for editor in made:
        editor.streams[0].close()
        editor.thread.join()
        editor.requests.close()


TRACK = {"name": "A1", "clips": [{"name": "wind", "start": "1/2", "end": "5/2", "file": None}]}


def with_clip(**changed: Any) -> dict[str, Any]:
    return {"result": {"tracks": [{"name": "A1", "clips": [{**TRACK["clips"][0], **changed}]}]}}  # type: ignore[dict-item]


GARBLED: dict[str, Any] = {
    "no JSON": "good morning\n",
    "a list": "[1, 2]\n",
    "too deep": "[" * 100_000 + "\n",
    "neither": {},
    "result is text": {"result": "tracks"},
    "no tracks": {"result": {}},
    "tracks are text": {"result": {"tracks": ["A1"]}},
    "no name": {"result": {"tracks": [{"clips": []}]}},
    "a float": with_clip(start=0.5),
    "a division by zero": with_clip(start="1/0"),
    "an exponent": with_clip(start="1e999999999"),
    "too many digits": with_clip(start="1" * 5000),
    "nan": with_clip(end="nan"),
    "backwards": with_clip(end="1/4"),
    "file is a number": with_clip(file=7),
    "a NUL": with_clip(file="/a\0b"),
    "refusal without a word": {"error": {"kind": "OutputError"}},
}


@pytest.mark.parametrize("name", GARBLED)
def test_garbled_answers_are_one_sentence(answered: Answered, name: str) -> None:
    host, _ = answered({"audio_tracks": GARBLED[name]})
    with pytest.raises(OutputError) as refused:
        host.audio_tracks()
    sentence = str(refused.value)
    assert sentence.startswith("Cutter 7: sent an answer that talkies does not understand (")
    assert "install the same version" in sentence
    assert "\n" not in sentence and len(sentence) < 300


def test_answers_are_understood_exactly(answered: Answered) -> None:
    host, editor = answered({"audio_tracks": with_clip(start="1001/24000"), "move_playhead": {"result": {}}})
    ((clip,),) = (track.clips for track in host.audio_tracks())
    assert (clip.record.start, clip.record.end, clip.file) == (Fraction(1001, 24000), Fraction(5, 2), None)
    host.move_playhead(Fraction(12, 5))
    assert editor.wait_for("move_playhead")["params"] == {"position": "12/5"}
    assert host.name == "Cutter 7"


def test_a_refusal_keeps_its_words_and_its_kind(answered: Answered) -> None:
    refusal = {"error": {"kind": "MediaError", "message": "Cutter 7: the disk\nis offline; mount it"}}
    host, _ = answered({"undo": refusal, "read_timeline": {"error": {"kind": "Odd", "message": "no project is open"}}})
    with pytest.raises(MediaError, match=r"^Cutter 7: the disk is offline; mount it$"):
        host.undo()
    with pytest.raises(TimelineError, match=r"^Cutter 7: no project is open$"):
        host.read_timeline()


@pytest.mark.parametrize("protocol", [2, None, "1"])
def test_another_version_is_refused(answered: Answered, protocol: Any) -> None:
    host, _ = answered({"hello": {"result": {"protocol": protocol, "name": "Cutter 8"}}})
    with pytest.raises(OutputError, match=r"^Cutter 8: speaks version .* of the bridge"):
        host.audio_tracks()


@pytest.mark.parametrize(
    "exported",
    ["../other.otio", "missing.otio", "film.mov", "", f"{'long' * 999}.otio"],
)
def test_an_export_elsewhere_is_not_opened(answered: Answered, tmp_path: Path, exported: str) -> None:
    NTSC.write(tmp_path)
    (tmp_path / "known.otio").rename(tmp_path / "other.otio")
    host, _ = answered({"read_timeline": {"result": {"timeline": exported}}})
    with pytest.raises(TimelineError, match=r"^Cutter 7: "):
        host.read_timeline()


def test_what_the_editor_says_of_its_export_is_heard(answered: Answered, tmp_path: Path) -> None:
    (tmp_path / "exported").mkdir()
    KNOWN[3].write(tmp_path / "exported")
    result: dict[str, Any] = {"timeline": "known.otio", "drop_frame": True, "warnings": ["a mask is not shown"]}
    host, editor = answered({"read_timeline": {"result": result}})
    timeline = host.read_timeline()
    assert (timeline.warnings, timeline.drop_frame) == (("a mask is not shown",), True)
    NTSC.write(tmp_path / "exported")  # 23.976, which no drop-frame timecode counts
    assert not host.read_timeline().drop_frame
    editor.script["read_timeline"] = {"result": {**result, "warnings": [7]}}
    with pytest.raises(TimelineError, match="'warnings' is not a list of sentences"):
        host.read_timeline()


def test_an_editor_that_goes_is_told_once(answered: Answered) -> None:
    host, _ = answered({"audio_tracks": CLOSES})
    told = threading.Semaphore(0)
    host.when_closed(told.release)
    for _ in range(2):
        with pytest.raises(OutputError, match=r"is closed or has closed the connection; what you made is kept"):
            host.audio_tracks()
    assert told.acquire(timeout=60)
    host.when_closed(told.release)
    assert told.acquire(timeout=0)
    assert not told.acquire(timeout=0)


def test_an_editor_says_that_it_goes(answered: Answered) -> None:
    host, editor = answered({"undo": {"result": {}}, "move_playhead": {"event": "something new"}}, timeout_s=0.2)
    host.undo()
    with pytest.raises(OutputError, match="has not answered"):
        host.move_playhead(Fraction(0))
    editor.script["move_playhead"] = {"event": "closed"}
    with pytest.raises(TalkiesError, match="has closed the connection"):
        host.move_playhead(Fraction(0))


@pytest.mark.parametrize("noise", [None, "a line that some script printed\n"], ids=["late", "after noise"])
def test_what_is_done_after_nobody_waits_is_undone(answered: Answered, tmp_path: Path, noise: str | None) -> None:
    """An editor behind a dialog answers when the dialog is closed; by then the takes' files are gone."""
    script: dict[str, Any] = {"audio_tracks": {"result": {"tracks": []}}, "add_takes": noise, "undo": {"result": {}}}
    host, editor = answered(script, timeout_s=60 if noise else 0.2)
    with pytest.raises(OutputError) as refused:
        host.add_takes(NTSC.takes(tmp_path))
    assert ("dialogs" in str(refused.value)) == (noise is None)
    editor.say({"id": editor.wait_for("add_takes")["id"], "result": {"tracks": [], "warnings": []}})
    editor.wait_for("undo")


def test_takes_that_did_not_arrive_are_named(answered: Answered, tmp_path: Path) -> None:
    """Some editors drop a clip without a word, or move it."""
    takes = NTSC.takes(tmp_path)[:2]
    late = takes[0].record.shifted(Fraction(1, 25))
    clips = [{"name": takes[0].name, "start": str(late.start), "end": str(late.end), "file": None}]
    result = {"tracks": [{"name": "FX talkies", "clips": clips}], "warnings": ["the  project\nis not saved"]}
    host, _ = answered({"audio_tracks": {"result": {"tracks": []}}, "add_takes": {"result": result}})
    assert host.add_takes(takes).warnings == (
        "the project is not saved",
        "FX_A_s0_t01 starts 40.0 ms late",
        "FX_B_s0_t01 is not on the track 'FX talkies': place FX_B_s0_t01.wav by hand",
    )
