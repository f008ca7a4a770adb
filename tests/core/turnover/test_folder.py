"""A folder appears whole or not at all, and never takes the place of what somebody else has put there."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from talkies.core.errors import OutputError
from talkies.core.turnover.folder import CHECKSUMS, check_folder, whole_folder

README = "Reel 1\n======\nmade by talkies 1.0 on a Monday\n"


def fill(out: Path, text: str = "sound") -> None:
    with whole_folder(out) as folder:
        (folder / "deep").mkdir()
        (folder / "deep" / "a file.txt").write_text(text)
        (folder / "README.txt").write_text(README)


def test_checksums_name_every_file(tmp_path: Path) -> None:
    fill(tmp_path / "out")
    expected = {"README.txt": README.encode(), "deep/a file.txt": b"sound"}
    lines = [f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in expected.items()]
    assert (tmp_path / "out" / CHECKSUMS).read_text() == "".join(lines)


def test_our_own_folder_is_replaced_and_nothing_else_stays(tmp_path: Path) -> None:
    fill(tmp_path / "out")
    (tmp_path / "out" / ".DS_Store").write_text("left by a file manager")
    fill(tmp_path / "out", "new")
    assert (tmp_path / "out" / "deep" / "a file.txt").read_text() == "new"
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


def test_what_others_have_put_there_is_safe(tmp_path: Path) -> None:
    fill(tmp_path / "out")
    (tmp_path / "out" / "session.ptx").write_text("a week of work")
    with pytest.raises(OutputError, match=r"holds files that talkies did not write \(session.ptx\)"):
        fill(tmp_path / "out", "new")
    assert (tmp_path / "out" / "session.ptx").read_text() == "a week of work"
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="is a file"):
        check_folder(tmp_path / "file")


def test_what_was_changed_since_is_safe(tmp_path: Path) -> None:
    fill(tmp_path / "out")
    written = tmp_path / "out" / "deep" / "a file.txt"
    later = (tmp_path / "out" / CHECKSUMS).stat().st_mtime_ns + 5_000_000_000
    os.utime(written, ns=(later, later))
    fill(tmp_path / "out", "new")  # copied about, but the same
    written.write_text("new, with notes by hand")
    os.utime(written, ns=(later, later))
    with pytest.raises(OutputError, match=r"did not write \(deep/a file\.txt\)"):
        fill(tmp_path / "out")
    assert written.read_text() == "new, with notes by hand"


@pytest.mark.parametrize("readme", [None, "The masters of Reel 1.\n"])
def test_checksums_of_somebody_else_are_no_leave(tmp_path: Path, readme: str | None) -> None:
    out = tmp_path / "masters"
    out.mkdir()
    (out / "mix.wav").write_text("the only copy")
    (out / CHECKSUMS).write_text(f"{hashlib.sha256(b'the only copy').hexdigest()}  mix.wav\n")
    if readme is not None:
        (out / "README.txt").write_text(readme)
    with pytest.raises(OutputError, match="did not write"):
        fill(out)
    assert (out / "mix.wav").read_text() == "the only copy"


def test_what_a_crash_left_is_no_obstacle(tmp_path: Path) -> None:
    for name in ("out.talkies.part", "out.old.talkies.part"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "half").write_text("")
    fill(tmp_path / "out")
    (tmp_path / "out.old.talkies.part").mkdir()
    (tmp_path / "out.old.talkies.part" / "half").write_text("")
    fill(tmp_path / "out", "new")
    assert [path.name for path in tmp_path.iterdir()] == ["out"]


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError, OSError(28, "No space left on device")])
def test_a_failure_leaves_what_was_there_before(tmp_path: Path, error: type[BaseException] | OSError) -> None:
    fill(tmp_path / "out")

    def fail_halfway() -> None:
        with whole_folder(tmp_path / "out") as folder:
            (folder / "half").write_text("done")
            raise error

    with pytest.raises(OutputError if isinstance(error, OSError) else error):
        fail_halfway()
    assert [path.name for path in tmp_path.iterdir()] == ["out"]
    assert (tmp_path / "out" / "deep" / "a file.txt").read_text() == "sound"
