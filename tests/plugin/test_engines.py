"""``talkies engines``, and an engine of somebody else's from its installation to a take on the timeline."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from films import write_movie, write_reel
from guests import RUDE, TONES, install_tones, rude_guest, rude_manifest

from talkies.core.engines.base import Brief, Engine, load_engine
from talkies.core.engines.guest import guest_class
from talkies.core.engines.guests.found import keep
from talkies.core.errors import CancelledError, EngineError, InputError
from talkies.core.events import Failed, Finished, Progress
from talkies.core.generation.render import render
from talkies.core.generation.request import Request
from talkies.core.generation.spot_orders import find_spots
from talkies.core.generation.take_orders import TakeRequest
from talkies.core.media.sound import read_sound
from talkies.plugin.cli import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return install_tones(tmp_path_factory.mktemp("guest"))


@pytest.fixture
def tones(installed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The polite engine is installed where this process, and those that it starts, find it."""
    monkeypatch.syspath_prepend(str(installed))
    monkeypatch.setenv("PYTHONPATH", str(installed))


@pytest.fixture(autouse=True)
def configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALKIES_CONFIG", str(tmp_path / "configuration" / "config.toml"))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Exit code, stdout and stderr of ``talkies ...``."""

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(list(arguments))
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


@pytest.fixture
def reel(tmp_path: Path) -> Path:
    write_movie(tmp_path / "film.mp4", 4, flashes=(0.8, 1.6, 2.4))
    cues = [(5, 15, "ANNA: Hello there."), (30, 40, "BORIS: Good morning.")]
    return write_reel(tmp_path / "reel.otio", ["film.mp4", "film.mp4"], cues=cues)


def listed(run: Run) -> dict[str, dict[str, Any]]:
    code, out, _ = run("engines", "list", "--json")
    assert code == 0
    return {row["name"]: row for row in json.loads(out)}


def test_an_engine_is_written_in_forty_lines() -> None:
    lines = (TONES / "guest_tones" / "__main__.py").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 40


def test_the_list_says_what_each_is_and_whether_what_it_makes_may_be_sold(run: Run) -> None:
    rows = listed(run)
    assert list(rows)[:3] == ["mini", "vssflow", "rules"]
    assert (rows["mini"]["licence"], rows["mini"]["sellable"]) == ("Apache-2.0", True)
    assert rows["vssflow"]["sellable"] is None
    keep(rude_guest())
    code, out, _ = run("engines", "list")
    assert code == 0
    assert "foley; CC-BY-NC-4.0, may not be sold; added" in next(line for line in out.splitlines() if "rude" in line)


@pytest.mark.usefixtures("tones")
def test_an_installed_engine_is_listed_and_passes_the_test(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = listed(run)["tones"]
    assert (row["version"], row["licence"], row["origin"]) == ("1.2", "CC0-1.0", "guest-tones 1.2")
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    code, out, err = run("engines", "test", "tones", "--json")
    assert (code, err) == (0, "")
    checks = {check["name"]: check for check in json.loads(out)}
    wanted = [f"{task}: {name}" for task in ("foley", "dialogue")
              for name in ("length", "placement", "seed", "silence", "cancel")]  # fmt: skip
    assert list(checks) == [*wanted, "nothing written elsewhere"]
    unasked = {"foley: silence", "dialogue: silence"}
    assert {name for name, check in checks.items() if check["passed"] is not True} == unasked, checks
    assert all(checks[name]["passed"] is None for name in unasked)
    assert checks["foley: placement"]["detail"] == "it strikes at 1.00 s, the sharpest onset is at 1.00 s"
    assert not list(empty.iterdir())


def test_the_test_finds_what_is_wrong(run: Run) -> None:
    keep(rude_guest(sees="motion", sample_rate=8000))
    code, out, _ = run("engines", "test", "rude", "--json")
    failed = {check["name"] for check in json.loads(out) if check["passed"] is False}
    assert code == 1 and failed == {"foley: placement"}  # it plays one steady tone


def test_a_program_is_added_by_what_it_says_of_itself_and_removed(run: Run) -> None:
    command = [sys.executable, str(RUDE), json.dumps(rude_manifest())]
    code, out, _ = run("engines", "add", "mine", "--patience", "7", "--", *command)
    assert code == 0 and "CC-BY-NC-4.0" in out
    assert listed(run)["mine"]["command"] == command
    code, out, _ = run("engines", "show", "mine", "--json")
    assert code == 0 and json.loads(out)["version"] == "3"
    code, _, err = run("engines", "add", "mine", "--", *command)
    assert code == 2 and "is there already" in err
    assert run("engines", "remove", "mine")[0] == 0
    assert "mine" not in listed(run)


def test_a_program_that_only_writes_a_file_is_an_engine_too(run: Run, tmp_path: Path) -> None:
    """A prompt is one argument, whatever is in it; how the program fails is the sentence."""
    manifest = tmp_path / "beep.json"
    manifest.write_text(json.dumps(rude_manifest(name="any", patience_s=20)), encoding="utf-8")
    program = tmp_path / "beep.py"
    program.write_text(
        "import sys, wave\n"
        "prompt, samples, out = sys.argv[1:]\n"
        "if 'no' in prompt: sys.exit('nothing of that name')\n"
        "if prompt == 'idle': sys.exit()\n"
        "w = wave.open(out, 'wb'); w.setparams((1, 2, 8000, 0, 'NONE', ''))\n"
        "w.writeframes(bytes([len(prompt), 1]) * int(samples)); w.close()\n"
        "if prompt == 'late': sys.exit('too late')\n",
        encoding="utf-8",
    )
    command = [sys.executable, str(program), "{prompt}", "{samples}", "{out}"]
    code, _, err = run("engines", "add", "beep", "--manifest", str(manifest), "--", *command)
    assert code == 0, err
    engine = load_engine("beep")

    def made(prompt: str) -> np.ndarray:
        prepared = engine.prepare(Brief("foley", Fraction(1, 2), prompt=prompt))
        blocks = engine.generate(prepared, seed=1, steps=1, guidance=1.0, on_step=lambda share: None)
        return np.concatenate(list(blocks))

    prompt = "rain; $(touch here) {seed} 'x"
    assert np.allclose(made(prompt), (256 + len(prompt)) / 32768, atol=1e-5) and len(made(prompt)) == 4000
    with pytest.raises(EngineError, match="ended with code 1 \\(nothing of that name\\)"):
        made("no rain")
    with pytest.raises(EngineError, match="too late"):
        made("late")
    with pytest.raises(EngineError, match=r"wrote no \{out\}"):  # and the sound of the last one is not taken for its
        made("idle")
    with pytest.raises(CancelledError):
        list(engine.generate(engine.prepare(Brief("foley", Fraction(1), prompt="x")), seed=1, steps=1, guidance=1.0,
                             on_step=_cancelled))  # fmt: skip
    assert len(made("rain")) == 4000


def _cancelled(share: float) -> None:
    raise CancelledError("the test", "was cancelled")


def test_what_is_no_engine_is_not_added(run: Run) -> None:
    for argv, why in (
        ([sys.executable, "-c", "print('hello')"], "'hello'"),
        ([sys.executable, "-c", "raise SystemExit('no')"], "ended with code 1 (no)"),
        (["no-such-program"], "is not a program"),
    ):
        code, _, err = run("engines", "add", "mine", "--", *argv)
        assert code == 2 and why in err and err.count("\n") == 1
    for name in ("mini", "rules", "nobody"):
        code, _, err = run("engines", "remove", name)
        assert code == 2 and err.count("\n") == 1


def test_an_adapter_takes_its_files_and_options_as_they_are_written(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where a file here is called as an option is, and where a word is longer than a file name can be."""
    monkeypatch.chdir(tmp_path)
    for name in ("dialogue", "MIT"):
        (tmp_path / name).mkdir()
    inputs = {"text": "{text}", "seed": "{seed}"}
    (tmp_path / "flow.json").write_text(json.dumps({"1": {"class_type": "Speak", "inputs": inputs}}))
    options = ("--tasks", "dialogue", "--licence", "MIT")
    code, out, err = run("engines", "add", "comfy", "--adapter", "comfyui", "--json", "--", "flow.json", *options)
    assert code == 0, err
    added = json.loads(out)
    assert (added["tasks"], added["licence"]) == (["dialogue"], "MIT")
    assert str(tmp_path / "flow.json") in added["command"]
    code, _, err = run("engines", "add", "odd", "--", "no-such-program", "a" * 5000)
    assert code == 2 and "is not a program" in err
    manifest = ("--manifest", "flow.json")
    code, _, err = run("engines", "add", "odd", "--adapter", "comfyui", *manifest, "--", "flow.json")
    assert code == 2 and "is for a program without a protocol" in err
    code, _, err = run("engines", "add", "odd", "--adapter", "nothing", "--", "flow.json")
    assert code == 2 and "there are kokoro, transformers" in err


@pytest.mark.usefixtures("tones")
def test_each_task_is_made_by_the_engine_chosen_for_it(run: Run, reel: Path) -> None:
    """Both by the installed one, for the test needs no weights; its takes say so and lie where they belong."""
    out = reel.with_name("out.otio")
    choice = ("--engine", "foley=tones", "--engine", "dialogue=tones", "--background", "off", "--width", "0")
    code, said, err = run("generate", str(reel), "-o", str(out), *choice, "--json")
    assert code == 0, err
    report = json.loads(said)
    takes = {take["name"]: take for take in report["takes"]}
    facts = [take["metadata"] for take in takes.values()]
    assert {fact["engine"] for fact in facts} == {"tones"} and {fact["licence"] for fact in facts} == {"CC0-1.0"}
    assert {(fact["engine_version"], fact["sellable"], fact["source"]) for fact in facts} == {("1.2", True, "engine")}
    anna = next(take for take in takes.values() if "Anna" in take["name"] or "ANNA" in take["name"])
    sound = np.abs(read_sound(Path(anna["path"]))[0])
    assert len(sound) == anna["file_samples"]
    spoken = sound > 0.01 * sound.max()
    assert abs(np.flatnonzero(spoken)[0] / 48_000 - anna["head_handle_s"] - 0.2) < 0.02  # its line begins in frame 5


def test_one_take_that_fails_leaves_the_others(reel: Path) -> None:
    """The process dies while it makes the first shot's effects; the second's are made."""
    keep(rude_guest())
    engine = guest_class(rude_guest()).load(None, "cpu")
    killed: list[int] = []

    def kill_once(progress: Progress) -> None:
        if not killed and "effects for" in progress.message:
            killed.append(engine.session().program.process_id)
            os.kill(killed[0], signal.SIGKILL)

    request = Request(reel, reel.with_name("out.otio"), task="foley", engine="rude", background="off")
    *events, finished = render(request, load_engine=lambda *_: engine, watch=kill_once)
    engine.close()
    [failed] = [event for event in events if isinstance(event, Failed)]
    assert failed.segment_id == "V1-001" and "ended by signal 9" in failed.reason
    assert isinstance(finished, Finished) and [take.segment_id for take in finished.takes] == ["V1-002"]


@pytest.mark.parametrize(("dies", "made", "asked"), [({2}, [1, 3], 3), ({1}, [2, 3], 3), ({1, 2, 3}, [], 2)])
def test_the_takes_after_one_that_fails_are_made(reel: Path, dies: set[int], made: list[int], asked: int) -> None:
    """One sentence says which and why; an engine that fails twice running is not asked for the rest."""
    keep(rude_guest())
    engine = guest_class(rude_guest()).load(None, "cpu")
    begun: list[int] = []

    def kill(progress: Progress) -> None:
        number = int(progress.message[-6]) if "take " in progress.message else 0
        if number and number not in begun:
            begun.append(number)
            if number in dies:
                os.kill(engine.session().program.process_id, signal.SIGKILL)

    request = Request(reel, reel.with_name("out.otio"), task="foley", engine="rude", background="off", takes=3)
    request = replace(request, segments=("V1-001",))
    if not made:
        with pytest.raises(InputError, match=r"take 1 of 3: engine rude: .*signal 9"):
            list(render(request, load_engine=lambda *_: engine, watch=kill))
    else:
        *events, finished = render(request, load_engine=lambda *_: engine, watch=kill)
        [failed] = [event for event in events if isinstance(event, Failed)]
        [first] = dies
        assert failed.reason.startswith(f"take {first} of 3: engine rude: ") and "signal 9" in failed.reason
        assert isinstance(finished, Finished) and [take.number for take in finished.takes] == made
    engine.close()
    assert len(begun) == asked


def test_weights_are_for_the_engine_that_was_named(reel: Path) -> None:
    """The lines are left to the one that ships, which keeps its own."""
    keep(rude_guest())
    weights = reel.with_name("rude.ckpt")
    weights.write_bytes(b"of the rude one")
    asked: list[tuple[str, Path | None]] = []

    def load(name: str, weights: Path | None, device: str) -> Engine:
        asked.append((name, weights))
        if len(asked) > 1:
            raise EngineError("the test", "has seen enough")
        return guest_class(rude_guest()).load(None, device)

    request = Request(reel, reel.with_name("out.otio"), engine="foley=rude", weights=weights, background="off")
    with pytest.raises(EngineError, match="has seen enough"):
        list(render(request, load_engine=load))
    with pytest.raises(EngineError, match="has seen enough"):
        list(find_spots(TakeRequest(request), load_engine=load))
    assert sorted(asked[:2]) == [("mini", None), ("rude", weights)] and asked[2:] == [("mini", None)]


@pytest.mark.usefixtures("tones")
def test_the_worker_lists_engines_for_editors() -> None:
    asked = b'{"id": 1, "method": "engines"}\n{"id": 2, "method": "quit"}\n'
    command = [sys.executable, "-m", "talkies.plugin.cli", "worker"]
    done = subprocess.run(command, input=asked, capture_output=True, timeout=120)
    [answer] = [line for line in map(json.loads, done.stdout.splitlines()) if line["id"] == 1]
    assert {"mini", "rules", "tones"} <= {row["name"] for row in answer["result"]}
