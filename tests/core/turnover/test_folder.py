"""A folder appears whole or not at all, and never takes the place of what somebody else has put there."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from talkies.core.errors import OutputError
from talkies.core.turnover.folder import CHECKSUMS, check_folder, whole_folder


def fill(out: Path, text: str = "sound") -> None:
    with whole_folder(out) as folder:
        (folder / "deep").mkdir()
        (folder / "deep" / "a file.txt").write_text(text)


def test_checksums_name_every_file(tmp_path: Path) -> None:
    fill(tmp_path / "out")
    expected = hashlib.sha256(b"sound").hexdigest()
    assert (tmp_path / "out" / CHECKSUMS).read_text() == f"{expected}  deep/a file.txt\n"


def test_our_own_folder_is_replaced_and_nothing_else_stays(tmp_path: Path) -> None:
    fill(tmp_path / "out")
    (tmp_path / "out" / ".DS_Store").write_text("left by a file manager")
    fill(tmp_path / "out", "new")
    assert (tmp_path / "out" / "deep" / "a file.txt").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_others_have_put_there_is_safe(tmp_path: Path) -> None:
    fill(tmp_path / "out")
    (tmp_path / "out" / "session.ptx").write_text("a week of work")
    with pytest.raises(OutputError, match=r"holds what talkies did not write there \(session.ptx\)"):
        fill(tmp_path / "out", "new")
    assert (tmp_path / "out" / "session.ptx").read_text() == "a week of work"
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="is a file"):
        check_folder(tmp_path / "file")


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError, OSError(28, "No space left on device")])
def test_a_failure_leaves_what_was_there_before(tmp_path: Path, error: type[BaseException] | BaseException) -> None:
    fill(tmp_path / "out")
    with (
        pytest.raises((KeyboardInterrupt, ValueError, OutputError)),
        whole_folder(tmp_path / "out") as folder,
    ):
        (folder / "half").write_text("done")
        raise error
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out" / "deep" / "a file.txt").read_text() == "sound"
