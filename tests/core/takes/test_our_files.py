"""Which files in a folder of takes are ours: what is swept, moved and put back."""

from __future__ import annotations

from pathlib import Path

import pytest

from talkies.core.takes.our_files import is_take_file, take_files_in


@pytest.mark.parametrize("department", ["DX", "FX", "BG", "MX", "MIX"])
def test_takes_of_every_department_are_ours(department: str, tmp_path: Path) -> None:
    name = f"{department}_V1-001_shot-1_t01.wav"
    (tmp_path / name).write_bytes(b"")
    assert is_take_file(name)
    assert [path.name for path in take_files_in(tmp_path)] == [name]


@pytest.mark.parametrize(
    "name", ["VO_V1-001_shot-1_t01.wav", "BG.wav", "BG_V1-001_shot-1_t01.aiff", "BG_a/../b_t01.wav"]
)
def test_other_files_are_not(name: str) -> None:
    assert not is_take_file(name)
