"""What lies beside a checkpoint is known by its content: whatever shapes a sound changes its hash, and nothing else."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from talkies.core.engines.reference.identity import identity
from talkies.core.engines.reference.programs import Program

FILES, FOLDERS = ("vssflow.json", "features.safetensors", "phonemes.json"), ("clip", "vae")
NAMES = ["clip/", "extractors.json: sync_24fps", "phonemes.json"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "clip").mkdir()
    for name in ("phonemes.json", "clip/config.json", "clip/model.safetensors", "look.py", "look.pt"):
        (tmp_path / name).write_text(name)
    return tmp_path


def of(folder: Path, *more: str) -> dict[str, str]:
    argv = (sys.executable, str(folder / "look.py"), f"--weights={folder / 'look.pt'}", "{movie}", "{out}", *more)
    return identity(folder, FILES, FOLDERS, {"sync": Program("sync", argv, 900)})


def test_each_that_is_there_has_one(folder: Path) -> None:
    found = of(folder)
    assert sorted(found) == NAMES
    assert {len(each) for each in found.values()} == {64}
    assert found == of(folder)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        (lambda folder: (folder / "phonemes.json").write_text("other"), "phonemes.json"),
        (lambda folder: (folder / "clip" / "model.safetensors").write_text("other"), "clip/"),
        (lambda folder: (folder / "clip" / "config.json").rename(folder / "clip" / "sizes.json"), "clip/"),
        (lambda folder: (folder / "look.py").write_text("other"), "extractors.json: sync_24fps"),
        (lambda folder: (folder / "look.pt").write_text("other"), "extractors.json: sync_24fps"),
    ],
)
def test_a_change_is_seen_where_it_was_made(change: Callable[[Path], object], name: str, folder: Path) -> None:
    before = of(folder)
    change(folder)
    after = of(folder)
    assert [each for each in NAMES if before[each] != after[each]] == [name]


def test_files_where_talkies_is_run_are_not_those_of_a_program(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = of(folder, "phonemes.json", "--weights=look.pt")
    monkeypatch.chdir(folder)
    assert of(folder, "phonemes.json", "--weights=look.pt") == before


def test_arguments_count_and_a_readme_does_not(folder: Path) -> None:
    before = of(folder)
    (folder / "clip" / "README.md").write_text("a model")
    assert of(folder) == before
    assert of(folder, "--slow", "x" * 5000, "a\0b")["extractors.json: sync_24fps"] != before[NAMES[1]]
