"""``talkies library``: folders are added, listed, searched and forgotten; the index lies where the variable says."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from talkies.core.media.sound import write_bwf
from talkies.plugin.cli import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def sounds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TALKIES_LIBRARY", str(tmp_path / "index" / "library.sqlite"))
    folder = tmp_path / "Sounds"
    folder.mkdir()
    fading = (0.5 * np.exp(-np.arange(24_000) / 2000) * (-1.0) ** np.arange(24_000)).astype(np.float32)
    write_bwf(folder / "DOORWood_Slam_AB_LIB.wav", [fading[None]])
    write_bwf(folder / "bell.wav", [fading[None, ::2]])
    (folder / "broken.wav").write_bytes(b"RIFF")
    return folder


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Exit code, stdout and stderr of ``talkies library ...``."""

    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(["library", *arguments])
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def test_added_listed_found_and_forgotten(sounds: Path, run: Run, tmp_path: Path) -> None:
    code, out, err = run("add", str(sounds))
    assert (code, out) == (0, f"2 recordings  {sounds}\n")
    assert "1 files cannot be read" not in err
    assert "broken.wav cannot be read and was skipped" in err
    assert (tmp_path / "index" / "library.sqlite").is_file()
    _, out, _ = run("list")
    assert out.splitlines()[0] == f"2 recordings  {sounds}"
    assert "broken.wav: " in out.splitlines()[1]
    _, out, _ = run("find", "wooden", "door", "--json")
    [found] = json.loads(out)
    assert (found["file"], found["hits"], found["category"]) == (str(sounds / "DOORWood_Slam_AB_LIB.wav"), 1, "")
    _, out, _ = run("find", "helicopter")
    assert out == "no recording fits these words\n"
    _, out, _ = run("remove", str(sounds), "--json")
    assert json.loads(out) == {"folder": str(sounds), "recordings": 2}
    _, out, _ = run("list", "--json")
    assert json.loads(out) == []
    assert len(list(sounds.iterdir())) == 3


def test_mistakes_are_one_sentence(sounds: Path, run: Run) -> None:
    code, _, err = run("add", str(sounds / "nowhere"))
    assert code == 2
    assert err == f"talkies: {sounds / 'nowhere'}: is not a folder; name a folder of sound files\n"
    code, _, err = run("remove", str(sounds))
    assert code == 2
    assert "is not a folder of the library" in err
    code, out, err = run("find", "door", "--most", "0")
    assert (code, out) == (2, "")
    assert err == "talkies: --most: is 0; give a number from 1 on\n"


def test_a_log_of_adding_has_a_line_for_each_tenth(sounds: Path, run: Run) -> None:
    for number in range(40):
        shutil.copy(sounds / "bell.wav", sounds / f"bell {number}.wav")
        os.utime(sounds / f"bell {number}.wav", ns=(number, number))  # none is taken for a copy
    _, _, err = run("add", str(sounds))
    lines = [line for line in err.splitlines() if "%" in line]
    assert 5 < len(lines) <= 11
    assert lines[-1] == "100% measuring"
