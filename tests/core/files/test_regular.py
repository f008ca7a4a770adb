"""Files that are none are refused in a sentence; nobody waits for them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from talkies.core.errors import SubtitleError
from talkies.core.files.regular import read_regular


def refused(path: Path) -> str:
    with pytest.raises(SubtitleError) as caught:
        read_regular(path, 1000, SubtitleError, "subtitle file")
    return str(caught.value)


def test_a_regular_file_is_read_also_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"words")
    (tmp_path / "b").symlink_to(tmp_path / "a")
    assert read_regular(tmp_path / "b", 5, SubtitleError, "subtitle file") == b"words"


def test_a_folder(tmp_path: Path) -> None:
    assert "is a folder, not a subtitle file" in refused(tmp_path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert "cannot be read" in refused(tmp_path / "a")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX files")
def test_a_pipe_that_nobody_writes_to_and_a_device_behind_a_link(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("/dev/zero")
    assert "is a pipe or a device" in refused(tmp_path / "pipe")
    assert "is a pipe or a device" in refused(tmp_path / "link")


def test_a_sparse_file_beyond_all_memory(tmp_path: Path) -> None:
    with (tmp_path / "a").open("wb") as file:
        file.truncate(40_000_000_000)
    assert "is 40000 MB, far beyond any subtitle file" in refused(tmp_path / "a")
