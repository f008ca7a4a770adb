"""``talkies demo`` with an engine that plays tones: every file is there, opens, and fits the others."""

from __future__ import annotations

import json
from pathlib import Path

import av
import cv2
import numpy as np
import pytest
from engines import load_tones

from talkies.core.demo import demo_events
from talkies.core.timeline import read_timeline
from talkies.core.turnover.from_timeline import takes_in
from talkies.plugin.cli import main

pytestmark = pytest.mark.slow  # the whole demo


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("demo") / "with an older demo"
    out.mkdir()
    for name in ("film.mp4", "demo.otio", "preview.mp4", "report.json"):
        (out / name).write_text("old")
    (out / "kept.txt").write_text("mine")
    assert main(["demo", "--out", str(out), "--seed", "7"], load_tones) == 0
    return out


@pytest.fixture(scope="module")
def report(folder: Path) -> dict[str, object]:
    return dict(json.loads((folder / "report.json").read_text(encoding="utf-8")))


def test_every_file_of_the_contract_is_there(folder: Path, report: dict[str, object]) -> None:
    promised = {"demo.otio", "demo.talkies.otio", "film.mp4", "preview.mp4", "report.png", "report.json"}
    assert promised <= {path.name for path in folder.iterdir()}
    files = report["files"]
    assert isinstance(files, dict) and set(files) == promised
    assert all(Path(path).is_file() for path in files.values())
    assert not list(folder.rglob("*.part"))


def test_stems_lie_on_new_tracks_under_the_old_picture(folder: Path, report: dict[str, object]) -> None:
    before, after = read_timeline(folder / "demo.otio"), read_timeline(folder / "demo.talkies.otio")
    assert [segment.record for segment in after.segments] == [segment.record for segment in before.segments]
    takes = report["takes"]
    assert isinstance(takes, list) and {take["stem"] for take in takes} == {"DX", "FX", "BG", "MX"}
    assert {take["metadata"]["seed"] for take in takes} == {7}
    assert all(Path(take["path"]).is_file() for take in takes)


def test_the_preview_is_as_long_as_the_film_and_sounds(folder: Path) -> None:
    with av.open(str(folder / "preview.mp4")) as preview, av.open(str(folder / "film.mp4")) as film:
        assert sum(1 for _ in preview.decode(video=0)) == film.streams.video[0].frames
    with av.open(str(folder / "preview.mp4")) as preview:
        assert max(np.abs(frame.to_ndarray()).max() for frame in preview.decode(audio=0)) > 0.05


def test_music_lies_beneath_all_of_it_and_leaves_the_other_sound_where_it_was(folder: Path) -> None:
    timeline = read_timeline(folder / "demo.talkies.otio")
    takes = takes_in(timeline)
    assert {take.stem for take in takes} == {"DX", "FX", "BG", "MX"}
    scored = [take.record for take in takes if take.stem == "MX" and take.number == 1]
    assert (scored[0].start, scored[-1].end) == (0, timeline.duration)
    assert (folder / "demo.talkies.takes/MX_t01.mid").is_file()


def test_the_report_counts_the_films_own_events(folder: Path, report: dict[str, object]) -> None:
    sync = report["sync"]
    assert isinstance(sync, dict)
    assert sync["reference"] == len(demo_events())
    assert 0 <= sync["f1_100ms"] <= 1
    assert report["failures"] == []
    picture = cv2.imread(str(folder / "report.png"))
    assert picture is not None and picture.shape == (1300, 2000, 3)


def test_what_an_older_demo_left_is_replaced(folder: Path) -> None:
    assert (folder / "preview.mp4").stat().st_size > 10_000
    assert (folder / "kept.txt").read_text() == "mine"


def test_a_folder_that_is_a_file_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "taken").write_text("here before")
    assert main(["demo", "--out", str(tmp_path / "taken")], load_tones) == 2
    last = capsys.readouterr().err.splitlines()[-1]
    assert last.startswith("talkies: ") and str(tmp_path / "taken") in last
    assert (tmp_path / "taken").read_text() == "here before"
