"""``talkies models``: what is listed, shown and verified; no shipped weights are needed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from engines import TonesEngine

from talkies.core.engines import base
from talkies.core.errors import WeightsError
from talkies.plugin.cli import main
from talkies.plugin.commands import models

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def weights(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of weights with one file, ``mini.safetensors``, whose engine is the one that plays tones."""
    file = tmp_path / "mini.safetensors"
    file.write_bytes(b"not really weights")

    class Hashed(TonesEngine):
        weights_hash = hashlib.sha256(file.read_bytes()).hexdigest()

    def load(name: str, _: Path | None, device: str) -> TonesEngine:
        assert (name, device) == ("mini", "cpu")
        return Hashed()

    monkeypatch.setattr(models, "_weights", lambda name: tmp_path / f"{name}.safetensors")
    monkeypatch.setattr(base, "load_engine", load)
    return file


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Exit code, stdout and stderr of ``talkies models ...``."""

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(["models", *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def state_hash(weights: Path, hexadecimal: str) -> None:
    """As ``sha256sum *.safetensors > SHA256SUMS.txt`` writes it."""
    weights.with_name("SHA256SUMS.txt").write_text(f"{hexadecimal}  {weights.name}\n")


def sha256(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_list_says_which_weights_are_here(weights: Path, run: Run) -> None:
    state_hash(weights, sha256(weights))
    code, out, _ = run("list", "--json")
    assert code == 0
    rows = {row["name"]: row for row in json.loads(out)}
    assert set(rows) == {"mini", "vssflow"}
    assert rows["mini"] == {
        "name": "mini", "here": True, "path": str(weights), "bytes": weights.stat().st_size, "sha256": sha256(weights),
    }  # fmt: skip
    assert not rows["vssflow"]["here"] and rows["vssflow"]["path"] is None
    code, out, _ = run("list")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()] == ["mini", "vssflow"]
    assert "no weights;" in out.splitlines()[1]


def test_show_tells_licence_and_hash(weights: Path, run: Run) -> None:
    code, out, _ = run("show", "mini", "--json")
    assert code == 0
    row = json.loads(out)
    assert row["licence"] == "Apache-2.0" and row["sha256"] == sha256(weights)
    code, out, _ = run("show", "mini")
    assert code == 0 and sha256(weights) in out


def test_show_of_an_engine_without_weights_loads_nothing(weights: Path, run: Run) -> None:
    code, out, _ = run("show", "vssflow", "--json")
    assert code == 0 and json.loads(out)["here"] is False


@pytest.mark.parametrize("mark", ["  ", " *"], ids=["text", "binary"])
def test_verify_agrees_with_what_sha256sum_wrote(weights: Path, run: Run, mark: str) -> None:
    sums = f"{'0' * 64}{mark}other.safetensors\n{sha256(weights)}{mark}{weights.name}\n"
    weights.with_name("SHA256SUMS.txt").write_text(sums)
    code, out, _ = run("verify")
    assert (code, out.split()) == (0, ["mini", "whole", sha256(weights)])
    code, out, _ = run("verify", "mini", "--json")
    assert code == 0
    assert json.loads(out) == [{"name": "mini", "sha256": sha256(weights), "stated": True}]


def test_verify_says_when_no_hash_is_stated(weights: Path, run: Run) -> None:
    code, out, _ = run("verify")
    assert code == 0 and "no hash is stated" in out


def test_verify_refuses_other_weights_in_one_sentence(weights: Path, run: Run) -> None:
    state_hash(weights, "ab" * 32)
    code, out, err = run("verify")
    assert (code, out) == (2, "")
    assert err.count("\n") == 1 and str(weights) in err and "ababab" in err


def test_verify_without_weights_is_one_sentence(weights: Path, run: Run) -> None:
    weights.unlink()
    code, out, err = run("verify")
    assert (code, out) == (2, "")
    assert err == f"talkies: {weights}: is not there; install talkies again\n"


def test_verify_passes_on_what_loading_finds(weights: Path, run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> TonesEngine:
        raise WeightsError(weights, "flow.transformer.in.weight has the wrong shape")

    monkeypatch.setattr(base, "load_engine", broken)
    code, _, err = run("verify", "mini")
    assert code == 2 and "wrong shape" in err


def test_unknown_engines_are_refused_with_what_is_near(weights: Path, run: Run) -> None:
    for action in ("show", "verify", "pull"):
        code, _, err = run(action, "mimi")
        assert code == 2 and "'mimi'" in err and "mini" in err


def test_nothing_is_pulled_for_what_ships(weights: Path, run: Run) -> None:
    code, out, _ = run("pull", "mini")
    assert code == 0 and "nothing to pull" in out
