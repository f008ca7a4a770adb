"""The worker: requests and answers are lines of JSON, and stdout carries nothing else."""

from __future__ import annotations

import io
import json
import queue
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from engines import TonesEngine, load_tones

from talkies.core.arrays import Sound
from talkies.core.conditioning.picture.visual import PictureFeatures
from talkies.core.engines.base import EngineLoader, Prepared, Spotted, Stroke
from talkies.core.media.sound import read_sound
from talkies.core.spotting.files import write_spots
from talkies.core.spotting.spot import Spot
from talkies.core.takes.take_folder import Sidecar, read_sidecar
from talkies.core.timeline import read_timeline
from talkies.plugin.commands.worker import Worker

Message = dict[str, Any]


def converse(*requests: Message | str, engines: EngineLoader = load_tones) -> list[Message]:
    lines = [request if isinstance(request, str) else json.dumps(request) for request in requests]
    answers = io.BytesIO()
    assert Worker(answers, engines).serve(f"{line}\n".encode() for line in lines) == 0
    return [json.loads(line) for line in answers.getvalue().splitlines()]


def test_hello_says_which_protocol() -> None:
    (answer,) = converse({"id": 1, "method": "hello"})
    assert (answer["id"], answer["event"], answer["result"]["protocol"]) == (1, "result", 2)


def test_inspect_answers_with_the_document_of_the_command_line(reel: Path) -> None:
    (answer,) = converse({"id": "a", "method": "inspect", "params": {"timeline": str(reel)}})
    assert [segment["id"] for segment in answer["result"]["segments"]] == ["V1-001", "V1-002"]


def test_generate_tells_its_progress_and_then_its_result(reel: Path) -> None:
    out = reel.with_name("new.otio")
    answers = converse({"id": 7, "method": "generate", "params": {"timeline": str(reel), "out": str(out)}})
    assert {answer["id"] for answer in answers} == {7}
    assert [answer["event"] for answer in answers][-1] == "result"
    assert "progress" in [answer["event"] for answer in answers]
    assert answers[-1]["result"]["output"] == str(out)
    assert out.is_file()


def test_make_tells_of_each_finished_take_and_writes_no_timeline(reel: Path) -> None:
    params = {"timeline": str(reel), "folder": str(reel.parent / "takes"), "segments": ["V1-001"]}
    answers = converse({"id": 1, "method": "make", "params": params})
    paths = [Path(answer["path"]) for answer in answers if answer["event"] == "take"]
    assert [path.name[:2] for path in paths] == ["DX", "FX", "BG"]
    assert all(path.is_file() and path.with_suffix(".json").is_file() for path in paths)
    assert answers[-1]["event"] == "result"
    assert [path.name for path in reel.parent.glob("*.otio")] == [reel.name]


@pytest.mark.parametrize(
    "line",
    [
        "no json",
        "[" * 100_000,
        "[1, 2]",
        '{"id": 1}',
        '{"id": 1, "method": "generte"}',
        '{"id": 1, "method": "inspect"}',
        '{"id": 1, "method": "inspect", "params": []}',
        '{"id": 1, "method": "inspect", "params": [1]}',
        '{"id": 1, "method": "inspect", "params": {"timeline": "none.otio"}}',
        '{"id": 1, "method": "inspect", "params": {"timeline": "none.otio", "media_dir": 5}}',
        '{"id": 1, "method": "generate", "params": {"timeline": "a.otio", "out": "b.otio", "seed": "x"}}',
        '{"id": 1, "method": "generate", "params": {"timeline": "none.otio", "out": "b.otio"}}',
        '{"id": 1, "method": "make", "params": {"timeline": "none.otio", "folder": "takes"}}',
        '{"id": 1, "method": "make", "params": {"timeline": "none.otio"}}',
        '{"id": ' + "[" * 900 + "]" * 900 + ', "method": "hello"}',
        '{"id": {"a": 1}, "method": "generate", "params": {"timeline": "none.otio", "out": "b.otio"}}',
        '{"id": true, "method": "hello"}',
        '{"id": NaN, "method": "hello"}',
        '{"id": 1, "method": ' + "[" * 900 + "]" * 900 + "}",
        '{"id": 1, "method": "cancel", "params": {"id": ' + "[" * 900 + "]" * 900 + "}}",
    ],
    ids=range(20),
)
def test_a_bad_request_is_answered_and_the_next_one_too(line: str) -> None:
    first, second = converse(line, {"id": 2, "method": "hello"})
    if first["id"] == 2:  # the generating thread may answer later
        first, second = second, first
    assert first["event"] == "error"
    assert first["error"]["exit_code"] == 2
    assert first["error"]["kind"] in ("ArgumentError", "TimelineError")
    assert "\n" not in first["error"]["message"]
    assert second["event"] == "result"


def test_empty_lines_are_nothing() -> None:
    assert converse("", "  ") == []


class Conversation:
    """A worker on a thread of its own, fed line by line."""

    def __init__(self, engines: Callable[..., Any]) -> None:
        self._lines: queue.Queue[bytes | None] = queue.Queue()
        self.answers: queue.Queue[Message] = queue.Queue()
        self._thread = threading.Thread(target=Worker(self, engines).serve, args=(iter(self._lines.get, None),))  # type: ignore[arg-type]
        self._thread.start()

    def write(self, line: bytes) -> None:
        self.answers.put(json.loads(line))

    def flush(self) -> None:
        pass

    def send(self, **request: Any) -> None:
        self._lines.put(json.dumps(request).encode() + b"\n")

    def until(self, wanted: Callable[[Message], bool]) -> Message:
        while not wanted(answer := self.answers.get(timeout=60)):
            pass
        return answer

    def end(self) -> None:
        self._lines.put(None)
        self._thread.join(60)
        assert not self._thread.is_alive()


class EndlessEngine(TonesEngine):
    """Works until it is told to stop."""

    def generate(self, prepared: Prepared, **options: Any) -> Iterator[Sound]:
        while True:
            options["on_step"](0.5)
        yield


def test_a_running_generation_is_cancelled_and_inspect_is_answered_meanwhile(reel: Path) -> None:
    talk = Conversation(lambda *_: EndlessEngine())
    params = {"timeline": str(reel), "out": str(reel.with_name("new.otio"))}
    talk.send(id=1, method="generate", params=params)
    talk.until(lambda answer: answer["event"] == "progress")
    talk.send(id=1, method="generate", params=params)
    assert "still at work" in talk.until(lambda answer: answer["event"] == "error")["error"]["message"]
    talk.send(id=2, method="inspect", params={"timeline": str(reel)})
    talk.until(lambda answer: answer["id"] == 2)
    talk.send(id=3, method="cancel", params={"id": 1})
    error = talk.until(lambda answer: answer["event"] == "error")["error"]
    assert (error["kind"], error["exit_code"]) == ("CancelledError", 1)
    talk.end()
    assert not reel.with_name("new.otio").exists()
    assert not reel.with_name("new.takes.part").exists()


def test_quit_stops_the_work(reel: Path) -> None:
    talk = Conversation(lambda *_: EndlessEngine())
    talk.send(id=1, method="generate", params={"timeline": str(reel), "out": str(reel.with_name("new.otio"))})
    talk.until(lambda answer: answer["event"] == "progress")
    talk.send(id=2, method="quit")
    talk.until(lambda answer: answer["event"] == "error")
    talk.end()


def test_an_interrupt_stops_the_work_and_what_waits_for_its_turn(reel: Path) -> None:
    """Ctrl+C, and SIGTERM by way of the command line."""
    answers, started = io.BytesIO(), threading.Event()

    class Engine(EndlessEngine):
        def generate(self, prepared: Prepared, **options: Any) -> Iterator[Sound]:
            started.set()
            yield from super().generate(prepared, **options)

    def requests() -> Iterator[bytes]:
        for number in (1, 2):
            params = {"timeline": str(reel), "out": str(reel.with_name("new.otio"))}
            yield json.dumps({"id": number, "method": "generate", "params": params}).encode() + b"\n"
        started.wait(60)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Worker(answers, lambda *_: Engine()).serve(requests())
    ends = [answer for line in answers.getvalue().splitlines() if (answer := json.loads(line))["event"] == "error"]
    assert [(end["id"], end["error"]["kind"]) for end in ends] == [(1, "CancelledError"), (2, "CancelledError")]
    assert not list(reel.parent.glob("new.*"))


def test_cancelling_what_does_not_run_says_so() -> None:
    (answer,) = converse({"id": 1, "method": "cancel", "params": {"id": 99}})
    assert answer["result"] == {"cancelled": False}


def test_the_process_keeps_stdout_for_json(reel: Path) -> None:
    requests = [{"id": 1, "method": "inspect", "params": {"timeline": str(reel)}}, {"id": 2, "method": "doctor"}]
    result = subprocess.run(
        [sys.executable, "-m", "talkies.plugin.cli", "worker"],
        input="".join(json.dumps(request) + "\n" for request in requests),
        capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert result.returncode == 0
    assert [json.loads(line)["id"] for line in result.stdout.splitlines()] == [1, 2]


def test_a_reader_that_dies_ends_the_worker(reel: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "talkies.plugin.cli", "worker"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdin and process.stdout
    process.stdout.close()
    for _ in range(2):
        process.stdin.write('{"id": 1, "method": "hello"}\n')
        process.stdin.flush()
    process.stdin.close()
    assert process.wait(60) == 0


def test_a_client_that_does_not_fit_hears_it_of_all_that_it_asks(reel: Path) -> None:
    old = {"client": "Blender extension", "protocol": 0, "version": "0.0.1"}
    inspect = {"id": 2, "method": "inspect", "params": {"timeline": str(reel)}}
    answers = converse({"id": 1, "method": "hello", "params": old}, inspect, {"id": 3, "method": "quit"})
    sentences = [answer["error"]["message"] for answer in answers[:2]]
    assert sentences[0] == sentences[1]
    assert "Blender extension: is too old for talkies" in sentences[0]
    assert "talkies blender install" in sentences[0]
    assert answers[2]["event"] == "result"


def test_another_version_is_warned_of_and_served(reel: Path) -> None:
    other = {"client": "panel", "protocol": 1, "version": "0.0.1"}
    inspect = {"id": 2, "method": "inspect", "params": {"timeline": str(reel)}}
    hello, segments = converse({"id": 1, "method": "hello", "params": other}, inspect)
    assert "close the panel and open it again" in hello["result"]["warning"]
    assert segments["event"] == "result"


def test_a_request_may_come_in_any_pieces() -> None:
    answers = io.BytesIO()
    data = b'{"id": 1, "method": "hello"}\nno json\n{"id": 2, "method": "hello"}'
    assert Worker(answers, load_tones).serve(data[at : at + 7] for at in range(0, len(data), 7)) == 0
    told = [json.loads(line) for line in answers.getvalue().splitlines()]
    assert [(answer["id"], answer["event"]) for answer in told] == [(1, "result"), (None, "error"), (2, "result")]


def test_a_list_is_made_shot_by_shot_and_keeps_its_level(reel: Path) -> None:
    """The second take of an edited list is the first one but for what was edited."""
    timeline, listed = read_timeline(reel), reel.with_name("list.csv")
    times = [timeline.segments[0].source.start + Fraction(1, 5), timeline.segments[0].source.start + 1]
    spots = [Spot(f"V1-001.{n}", "V1-001", time, time, words="hammer wood") for n, time in enumerate(times)]
    takes: list[Sidecar] = []
    for force in (0.7, 0.3):
        write_spots(timeline, [spots[0], replace(spots[1], force=force)], listed)
        params = {"timeline": str(reel), "folder": str(reel.parent / "takes"), "segments": ["V1-001"]}
        params |= {"task": "foley", "spots": str(listed), "background": "off"}
        answers = converse({"id": 1, "method": "make", "params": params})
        takes += [
            read_sidecar(Path(answer["path"]).with_suffix(".json")) for answer in answers if answer["event"] == "take"
        ]
    one, other = (sidecar.take for sidecar in takes)
    assert (one.number, other.number) == (1, 2)
    assert one.metadata["gains_db"] == other.metadata["gains_db"]
    changed = np.flatnonzero(read_sound(one.path)[0] != read_sound(other.path)[0]) / 48_000
    assert 1.0 <= changed.min() - float(one.head_handle) <= 1.01


def test_spots_of_segments_are_found_and_no_sound_is_made(reel: Path) -> None:
    class Sees(TonesEngine):
        def spot(self, features: PictureFeatures) -> Spotted:
            return Spotted((Stroke(1.25, 0.5),))  # the look begins a second before the shot

    params = {"timeline": str(reel), "folder": str(reel.parent / "takes"), "segments": ["V1-002"], "prompt": "knock"}
    answers = converse({"id": 1, "method": "spot", "params": params}, engines=lambda *_: Sees())
    (found,) = answers[-1]["result"]["spots"]
    assert (found["shot"], found["time"], found["force"], found["words"]) == ("V1-002", "5/4", 0.5, "knock")
    assert not (reel.parent / "takes").exists()


def test_clips_of_events_are_not_for_a_folder_of_takes(reel: Path) -> None:
    write_spots(read_timeline(reel), [], reel.with_name("list.csv"))
    params = {"timeline": str(reel), "folder": str(reel.parent / "takes"), "clips": "events"}
    answers = converse({"id": 1, "method": "make", "params": params | {"spots": str(reel.with_name("list.csv"))}})
    assert answers[-1]["error"]["kind"] == "ArgumentError"
