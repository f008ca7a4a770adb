"""Sidecars: what today's says, and that the first version is still read."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from talkies.core.errors import InputError, OutputError
from talkies.core.segment import Levels, Segment
from talkies.core.takes.take_folder import VERSION, deliver, making, read_sidecar, recover
from talkies.core.times import TimeRange

VERSION_1 = """{
 "version": 1,
 "take": {
  "segment_id": "V1-001",
  "stem": "DX",
  "name": "DX_V1-001_shot-1_ANNA_t01",
  "path": "DX_V1-001_shot-1_ANNA_t01.wav",
  "record": {
   "start": "0",
   "end": "1001/960"
  },
  "sample_rate": 48000,
  "head_handle": "23023/24000",
  "tail_handle": "7007/8000",
  "number": 1,
  "metadata": {
   "version": "0.1.0",
   "engine": "tones",
   "weights": "0000000000000000000000000000000000000000000000000000000000000000",
   "licence": "Apache-2.0",
   "task": "dialogue",
   "segment": "V1-001",
   "prompt": "",
   "negative_prompt": "",
   "voice": "low",
   "speaker": "ANNA",
   "text": "Hello there.",
   "seed": 7,
   "steps": 4,
   "guidance": 1.5,
   "loudness": "ebu-r128",
   "channels": 1,
   "gain_db": -5.3672,
   "loudness_lufs": -23.0,
   "true_peak_dbtp": -15.82
  }
 },
 "segment": {
  "clip": "shot 1",
  "source": {
   "start": "1001/960",
   "end": "1001/480"
  },
  "record": {
   "start": "0",
   "end": "1001/960"
  }
 }
}"""
"""As talkies 0.1.0 wrote it before sidecars had a version 2."""


@pytest.fixture
def first(tmp_path: Path) -> Path:
    path = tmp_path / "DX_V1-001_shot-1_ANNA_t01.json"
    path.write_text(VERSION_1)
    return path


def test_version_1_is_read_as_if_it_were_written_today(first: Path) -> None:
    sidecar = read_sidecar(first)
    take = sidecar.take
    assert (sidecar.version, sidecar.segment.clip) == (VERSION, "shot 1")
    assert (take.channels, take.speaker, take.voice) == (1, "ANNA", "low")
    assert take.levels == Levels(gain_db=-5.3672, loudness_lufs=-23.0, true_peak_dbtp=-15.82)
    assert take.record == TimeRange(Fraction(0), Fraction(1001, 960))
    assert take.head_handle == Fraction(23023, 24000)
    assert sorted(take.metadata) == [
        "engine", "guidance", "licence", "loudness", "negative_prompt", "prompt", "seed", "segment", "steps", "task",
        "text", "version", "weights",
    ]  # fmt: skip
    assert take.facts == json.loads(VERSION_1)["take"]["metadata"]


def test_what_is_delivered_is_read_again(first: Path) -> None:
    take = read_sidecar(first).take
    segment = Segment("V1-001", "shot 1", "V1", take.record, take.record, Fraction(24000, 1001))
    folder = first.parent / "takes"
    with making(folder) as place:
        (place / take.path.name).write_bytes(b"sound")
        done = deliver(replace(take, path=place / take.path.name), segment, folder)
    written = json.loads(done.path.with_suffix(".json").read_text())
    assert written["version"] == 2
    assert (written["take"]["speaker"], written["take"]["levels"]["loudness_lufs"]) == ("ANNA", -23.0)
    assert read_sidecar(done.path.with_suffix(".json")).take == done


@pytest.mark.parametrize("version", [0, 3])
def test_other_versions_are_refused(first: Path, version: int) -> None:
    first.write_text(VERSION_1.replace('"version": 1', f'"version": {version}', 1))
    with pytest.raises(InputError, match="another version of talkies"):
        read_sidecar(first)


@pytest.mark.parametrize("link", ["takes", "takes/making"])
def test_a_link_in_the_place_of_the_folder_is_refused_and_nothing_swept(tmp_path: Path, link: str) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    for name in ("db.json", "FX_mine_t01.json", "a.part", "FX_mine_t02.wav"):
        (precious / name).write_bytes(b"mine")
    place = tmp_path / link
    place.parent.mkdir(exist_ok=True)
    place.symlink_to(precious, target_is_directory=True)
    with pytest.raises(OutputError, match="is a link"):
        recover(tmp_path / "takes")
    assert len(list(precious.iterdir())) == 4
