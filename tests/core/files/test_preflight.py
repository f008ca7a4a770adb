"""Preflight: what a place lacks is said in one sentence, and nothing is left behind."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from talkies.core.errors import OutputError
from talkies.core.files.preflight import check_place, check_space, nearest_folder


def test_the_nearest_folder_is_the_deepest_that_exists(tmp_path: Path) -> None:
    assert nearest_folder(tmp_path / "a" / "b") == tmp_path
    (tmp_path / "a").mkdir()
    assert nearest_folder(tmp_path / "a" / "b") == tmp_path / "a"


def test_a_place_that_takes_files_is_left_as_it_was(tmp_path: Path) -> None:
    check_place(tmp_path / "new" / "folder" / "out.otio")
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_not_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="is not a folder"):
        check_place(tmp_path / "file" / "out.otio")


def test_a_disk_that_is_full_is_found_out_by_writing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Full:
        def __enter__(self) -> Full:
            return self

        def __exit__(self, *error: object) -> None: ...

        def write(self, data: bytes) -> int:
            raise OSError(28, "No space left on device")

    monkeypatch.setattr("talkies.core.files.preflight.tempfile.TemporaryFile", lambda **_: Full())
    with pytest.raises(OutputError, match="is not writable \\(no space left on device\\)"):
        check_place(tmp_path / "out.otio")


def test_the_room_that_is_wanted_is_compared_with_the_room_that_is_free(tmp_path: Path) -> None:
    free = shutil.disk_usage(tmp_path).free
    check_space(tmp_path, 1000)
    with pytest.raises(OutputError, match=r"MB free, and the takes need \d+ MB; tidy up"):
        check_space(tmp_path, 10 * free, "tidy up")
