"""ComfyUI's workflows through a real process and a real HTTP server (tests/comfy_server.py): values, sounds, faults."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from comfy_server import Comfy, comfy, workflow

from talkies.core.arrays import Sound
from talkies.core.engines.adapters.comfyui import UNKNOWN, filled, keys_in
from talkies.core.engines.adapters.comfyui_server import Server
from talkies.core.engines.base import Brief, Engine, Line, load_engine
from talkies.core.engines.compliance import checks
from talkies.core.engines.guests.adding import add
from talkies.core.engines.guests.manifest import Manifest
from talkies.core.errors import CancelledError, EngineError
from talkies.core.times import TimeRange

RATE = 48_000


@pytest.fixture(autouse=True)
def configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALKIES_CONFIG", str(tmp_path / "configuration" / "config.toml"))


@pytest.fixture
def server() -> Iterator[Comfy]:
    with comfy() as state:
        yield state


def added(folder: Path, given: Any, *words: str) -> Manifest:
    path = folder / "workflow.json"
    path.write_text(given if isinstance(given, str) else json.dumps(given))
    manifest = add("comfy", [str(path), *words], adapter="comfyui").manifest
    assert manifest is not None
    return manifest


@pytest.fixture
def engine(tmp_path: Path, server: Comfy) -> Iterator[Engine]:
    added(tmp_path, workflow(), "--port", str(server.port), "--tasks", "foley,dialogue")
    yield (loaded := load_engine("comfy"))
    loaded.close()  # type: ignore[attr-defined]


def made(engine: Engine, brief: Brief, seed: int = 100) -> Sound:
    blocks = engine.generate(engine.prepare(brief), seed=seed, steps=1, guidance=1.0, on_step=lambda share: None)
    return np.concatenate(list(blocks))


def foley(prompt: str, seconds: float = 1.5) -> Brief:
    return Brief("foley", Fraction(seconds), prompt=prompt)


def test_it_says_what_it_is(tmp_path: Path) -> None:
    manifest = added(tmp_path, workflow(film="{movie}"), "--licence", "MIT", "--window", "8")
    assert manifest.version.startswith("workflow ") and (manifest.licence, manifest.sellable) == ("MIT", None)
    assert (manifest.sees, manifest.network, manifest.window_s, manifest.tasks) == ("movie", True, 8.0, ("foley",))


def test_without_a_word_the_licence_is_unknown(tmp_path: Path) -> None:
    manifest = added(tmp_path, workflow())
    assert (manifest.licence, manifest.sees, manifest.window_s) == (UNKNOWN, "nothing", None)


def test_values_are_json_where_a_text_is_nothing_else() -> None:
    given = workflow(words="a {prompt}, {seed} of {unknown}", names=[{"prefix": "{negative_prompt}"}], fixed=3)
    values = {"prompt": 'door "slams"', "seed": 7, "duration_s": 1.5, "negative_prompt": "{seed}"}
    assert filled(given, values)["1"]["inputs"] == {
        "words": 'a door "slams", 7 of {unknown}', "seed": 7, "seconds": 1.5, "model": ["2", 0],
        "names": [{"prefix": "{seed}"}], "fixed": 3,
    }  # fmt: skip
    assert keys_in(given) == {"prompt", "seed", "duration_s", "negative_prompt"}


def test_a_sound_is_what_the_server_gives(engine: Engine, server: Comfy) -> None:
    sound = made(engine, foley("a door"))
    assert len(sound) == 1.5 * RATE
    assert np.argmax(np.abs(np.fft.rfft(sound))) / 1.5 == pytest.approx(300, abs=1)
    assert server.asked == [{"words": "a door", "seed": 100, "seconds": 1.5, "model": ["2", 0]}]


def test_a_movie_is_given_by_its_whole_path(tmp_path: Path, server: Comfy) -> None:
    added(tmp_path, workflow(film="{movie}"), "--port", str(server.port))
    engine = load_engine("comfy")
    found = {check.name: check.passed for check in checks(engine, ["foley"])}
    assert found["foley: length"] and found["foley: seed"]
    assert all(Path(asked["film"]).is_absolute() and asked["film"].endswith(".mp4") for asked in server.asked)
    engine.close()  # type: ignore[attr-defined]


def test_each_line_is_placed_in_its_time(tmp_path: Path, server: Comfy) -> None:
    added(tmp_path, workflow(words="{text}", seconds=0.5), "--port", str(server.port), "--tasks", "dialogue")
    engine = load_engine("comfy")
    lines = [Line(TimeRange(Fraction(n), Fraction(n + 1)), f"line {n}") for n in (1, 3)]
    sound = made(engine, Brief("dialogue", Fraction(5), lines=tuple(lines)))
    heard = np.flatnonzero(np.abs(sound) > 0.01) / RATE
    assert [asked["words"] for asked in server.asked] == ["line 1", "line 3"]
    first, second = heard[heard < 2.5], heard[heard > 2.5]
    assert [first[0], first[-1], second[0], second[-1]] == pytest.approx([1, 1.5, 3, 3.5], abs=0.02)
    short = Brief("dialogue", Fraction(5), lines=(Line(TimeRange(Fraction(1), Fraction(5, 4)), "line 9"),))
    with pytest.raises(EngineError, match=r"'line 9' cannot be read in 0\.25 s"):
        made(engine, short)
    assert len(server.asked) == 3  # a workflow that knows no {pace} is not asked again and again
    engine.close()  # type: ignore[attr-defined]


def test_who_cancels_interrupts_the_server(engine: Engine, server: Comfy) -> None:
    def stop(share: float) -> None:
        if server.running:
            raise CancelledError("the test", "was cancelled")

    blocks = engine.generate(engine.prepare(foley("slow")), seed=1, steps=1, guidance=1.0, on_step=stop)
    with pytest.raises(CancelledError):
        list(blocks)
    assert server.interrupted == ["id-0"] and server.running == []
    assert np.abs(made(engine, foley("a door"))).max() > 0.1


def test_who_cancels_interrupts_a_server_that_answers_slowly(engine: Engine, server: Comfy) -> None:
    """Of a second or two that an adapter has, none is spent waiting for what was asked before."""
    last: list[float] = []

    def stop(share: float) -> None:
        if not server.running:
            return
        last[:] = last or [time.monotonic()]
        if time.monotonic() - last[0] > 0.6:
            server.lag_s = 2.0
        if time.monotonic() - last[0] > 1.2:
            raise CancelledError("the test", "was cancelled")

    blocks = engine.generate(engine.prepare(foley("slow")), seed=1, steps=1, guidance=1.0, on_step=stop)
    with pytest.raises(CancelledError):
        list(blocks)
    began = time.monotonic()
    while not server.interrupted and time.monotonic() - began < 4.0:
        time.sleep(0.05)
    assert server.interrupted == ["id-0"]


def test_a_workflow_that_is_changed_is_another(tmp_path: Path, server: Comfy) -> None:
    """Its hash stands for weights, so finished takes of the old one are not kept; what it may not want is refused."""
    hashes = []
    added(tmp_path, workflow(), "--port", str(server.port))
    for given in (workflow(), workflow(strength=2)):
        (tmp_path / "workflow.json").write_text(json.dumps(given))
        engine = load_engine("comfy")
        hashes.append(engine.weights_hash)
        engine.close()  # type: ignore[attr-defined]
    assert [len(each) for each in hashes] == [64, 64] and hashes[0] != hashes[1]
    (tmp_path / "workflow.json").write_text(json.dumps(workflow(film="{movie}")))
    engine = load_engine("comfy")
    with pytest.raises(EngineError, match="none is given to it; if it was changed since it was added, add it again"):
        made(engine, foley("a door"))
    engine.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("wrong", r"ComfyUI: did not take the workflow \(node 2, Loader: Value not in list ckpt: 'gone' not in \[\]\)"),
        ("fails", r"ComfyUI: stopped in the workflow \(Tone: CUDA out of memory\); try it in ComfyUI"),
        ("mute", "ComfyUI: made no sound with this workflow; let it end with a node such as SaveAudio"),
        ("lost", "ComfyUI: knows nothing of the workflow any more"),
        ("endless", "made a file that is no sound"),
    ],
)
def test_what_goes_wrong_is_one_sentence_and_the_next_sound_is_made(engine: Engine, words: str, why: str) -> None:
    with pytest.raises(EngineError, match=why):
        made(engine, foley(words))
    assert np.abs(made(engine, foley("a door"))).max() > 0.1


def test_what_is_too_large_is_not_read_to_its_end(
    tmp_path: Path, server: Comfy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("talkies.core.engines.adapters.comfyui_server.MOST_SOUND_BYTES", 1 << 18)
    real = Server(server.port)
    number = real.queue({"1": {"class_type": "Tone", "inputs": {"words": "endless"}}})
    outputs = real.made(number)
    assert outputs is not None
    with pytest.raises(EngineError, match="ComfyUI: answers more than 0 MB"):
        real.fetch(outputs, "sound")


def test_another_program_on_the_port_is_said() -> None:
    with comfy() as state:
        state.is_another = True
        with pytest.raises(EngineError, match="answers 404 to /system_stats, and nothing that ComfyUI says"):
            Server(state.port).look()


@pytest.mark.parametrize(
    ("given", "words", "why"),
    [
        ("{", (), "is not JSON"),
        ({"nodes": [], "links": []}, (), r"is not a workflow in API format; choose File, Export Workflow \(API\)"),
        (workflow(words="a door"), (), r"has none of \{prompt\}, \{text\}, \{movie\} in its inputs"),
        (workflow(words={"{prompt}": "a door"}), (), r"has none of \{prompt\}, \{text\}, \{movie\} in its inputs"),
        ({"1": {"class_type": 5, "inputs": {"words": "{prompt}"}}}, (), "is not a workflow in API format"),
        ({"1": {"class_type": "Tone", "inputs": "{prompt}"}}, (), "is not a workflow in API format"),
        (workflow(film="{movie}"), ("--tasks", "foley,dialogue"), r"\{movie\}: is in the workflow, and dialogue gives"),
        (workflow(), ("--window", "nan"), "argument --window: 'nan' is not a number of seconds, 1 to 3600"),
        (workflow(), ("--window", "0.5"), "argument --window: '0.5' is not a number of seconds, 1 to 3600"),
        (workflow(), ("--port", "10.0.0.1:8188"), "'10.0.0.1:8188' is not a port of this machine"),
        (workflow(), ("--host", "10.0.0.1"), "unrecognized arguments: --host 10.0.0.1"),
        (workflow(), ("--tasks", "painting"), "tasks are not of foley, dialogue, joint"),
    ],
)
def test_what_cannot_be_added_is_one_sentence(tmp_path: Path, given: Any, words: tuple[str, ...], why: str) -> None:
    with pytest.raises(EngineError, match=why):
        added(tmp_path, given, *words)


def test_a_server_that_is_not_there_is_one_sentence(tmp_path: Path) -> None:
    with comfy() as gone:
        pass
    added(tmp_path, workflow(), "--port", str(gone.port))
    with pytest.raises(EngineError, match=rf"ComfyUI: does not answer on port {gone.port} of .*; start it$"):
        load_engine("comfy")


@pytest.mark.parametrize(
    ("answer", "cure"),
    [
        (None, r"\(timed out\); it is busy, or hangs: look at its window"),
        (b"", r"; it may have ended: look at its window"),
        (b"SSH-2.0-OpenSSH\r\n", r"; is it another program's port\?"),
    ],
)
def test_one_that_answers_badly_is_not_to_be_started(answer: bytes | None, cure: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            connection, _ = listening.accept()
            with connection:
                connection.recv(1000)
                if answer is None:
                    gone.wait(5)
                connection.sendall(answer or b"")

        gone = threading.Event()
        thread = threading.Thread(target=serve)
        thread.start()
        with pytest.raises(EngineError, match=cure):
            Server(listening.getsockname()[1], 0.3).look()
        gone.set()
        thread.join()
