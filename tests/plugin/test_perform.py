"""talkies perform: from taps and from a voice to a spotting list that reads back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from films import write_movie
from performances import perform

from talkies.core.media.onsets import match_onsets
from talkies.core.media.wav.bwf import write_bwf
from talkies.core.spotting.files import read_spots
from talkies.core.timeline import read_timeline
from talkies.plugin.cli import main


@pytest.fixture
def film(tmp_path: Path) -> Path:
    return write_movie(tmp_path / "film.mp4", 10)


def test_taps_become_a_list(film: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "taps.csv").write_text("1.5,0.4\n00:00:03:05\n4,,6\n", "utf-8")
    out = tmp_path / "list.csv"
    assert main(["perform", str(film), "--taps", str(tmp_path / "taps.csv"), "-o", str(out), "--words", "knock"]) == 0
    spots, _ = read_spots(out, read_timeline(film))
    assert [(float(spot.time), float(spot.until), spot.kind, spot.words) for spot in spots] == [
        (1.5, 1.5, "hit", "knock"),
        (3.2, 3.2, "hit", "knock"),
        (4.0, 6.0, "sustained", "knock"),
    ]
    assert "3 spots, 1 of them sustained" in capsys.readouterr().out


def test_a_voice_becomes_spots_after_its_latency(film: Path, tmp_path: Path) -> None:
    truth = perform(31, ("hum", "clap"), count=5)
    write_bwf(tmp_path / "voice.wav", [truth.sound[None].astype(np.float32)])
    out = tmp_path / "list.json"
    command = ["perform", str(film), "--voice", str(tmp_path / "voice.wav"), "-o", str(out), "--latency", "0.2"]
    assert main(command) == 0
    spots, _ = read_spots(out, read_timeline(film))
    offsets = match_onsets([float(spot.time) for spot in spots], truth.times - 0.2, 0.05)
    assert len(offsets) == len(spots) == 5
    assert np.median(np.abs(offsets)) <= 0.015


@pytest.mark.parametrize("extra", [["--shot", "nowhere"], ["--from", "soon"], ["--latency", "late"]])
def test_what_makes_no_sense_is_refused(film: Path, tmp_path: Path, extra: list[str]) -> None:
    (tmp_path / "taps.csv").write_text("1\n", "utf-8")
    command = ["perform", str(film), "--taps", str(tmp_path / "taps.csv"), "-o", str(tmp_path / "list.csv"), *extra]
    assert main(command) == 2
    assert not (tmp_path / "list.csv").exists()
