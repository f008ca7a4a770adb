"""What a batch knows of files at once, and what it reads again."""

from __future__ import annotations

import hashlib
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from talkies.core.batch.facts import is_as_marked, is_in_place, mark_of, with_times
from talkies.core.batch.records import ReelRecord


@pytest.fixture
def stems(tmp_path: Path) -> Path:
    folder = tmp_path / "reel.stems"
    (folder / "lists").mkdir(parents=True)
    for name, content in (("DX.wav", b"words"), ("FX.wav", b"steps"), ("lists/cues.csv", b"1,2")):
        (folder / name).write_bytes(content)
    return folder


def test_a_folder_whose_times_are_the_same_is_not_read(stems: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mark = mark_of(stems)
    read: list[Any] = []
    digest = hashlib.file_digest

    def noting(file: Any, kind: str) -> Any:
        read.append(file)
        return digest(file, kind)

    monkeypatch.setattr(hashlib, "file_digest", noting)
    assert is_as_marked(stems, mark) and not read
    os.utime(stems / "DX.wav", (1, 1))
    assert is_as_marked(stems, mark) and len(read) == 1


@pytest.mark.parametrize("change", ["renamed", "swapped", "lost", "added", "written"])
def test_a_folder_is_its_names_and_their_contents(change: str, stems: Path) -> None:
    mark, voice, steps = mark_of(stems), stems / "DX.wav", stems / "FX.wav"
    if change == "renamed":
        voice.rename(stems / "EX.wav")
    elif change == "swapped":
        voice.rename(stems / "x")
        steps.rename(voice)
        (stems / "x").rename(steps)
    elif change == "lost":
        (stems / "lists" / "cues.csv").unlink()
    elif change == "added":
        (stems / "ME.wav").write_bytes(b"mix")
    else:
        voice.write_bytes(b"other")
    assert not is_as_marked(stems, mark)
    assert mark_of(stems).digest != mark.digest


def test_a_folder_and_a_file_are_two_things_though_both_be_empty(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.mkdir()
    of_folder = mark_of(path)
    path.rmdir()
    path.write_bytes(b"")
    of_file = mark_of(path)
    assert not is_as_marked(path, of_folder)
    path.unlink()
    path.mkdir()
    assert not is_as_marked(path, of_file)


def test_new_times_are_noted(stems: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After a backup all is read once."""
    record = ReelRecord("reel", "/reel", stems.name, "done", mark=mark_of(stems), written={stems.name: mark_of(stems)})
    for path in stems.rglob("*.*"):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    assert is_in_place(stems.parent, record)
    noted = with_times(stems.parent, record)
    assert noted != record and noted == replace(record, mark=mark_of(stems), written={stems.name: mark_of(stems)})
    monkeypatch.setattr(hashlib, "file_digest", None)
    assert is_in_place(stems.parent, noted)
