"""Files and folders that are whole or not there, beside what others have there."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from talkies.core.files.atomic import part_file, part_folder, step_back
from talkies.core.files.exchange import exchanged


def test_parts_of_others_are_left_alone(tmp_path: Path) -> None:
    """Browsers name what is not whole ``NAME.part``, and people name folders as they like."""
    names = ("reel.otio.part", "reel.stems.part", ".reel.stems.part", "reel.stems.old.part")
    theirs = [tmp_path / name for name in names]
    for path in theirs:
        path.write_bytes(b"mine")
    with part_file(tmp_path / "reel.otio") as part:
        part.write_bytes(b"new")
    for number in range(2):
        with part_folder(tmp_path / "reel.stems") as folder:
            (folder / "list").write_text(str(number))
    assert [path.read_bytes() for path in theirs] == [b"mine"] * 4
    assert (tmp_path / "reel.stems" / "list").read_text() == "1"
    assert len(list(tmp_path.iterdir())) == 6


@pytest.mark.skipif(sys.platform not in ("linux", "darwin"), reason="Windows cannot exchange names")
def test_two_folders_exchange_their_names(tmp_path: Path) -> None:
    for name in ("one", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    assert exchanged(tmp_path / "one", tmp_path / "other")
    assert (tmp_path / "one" / "other").exists() and (tmp_path / "other" / "one").exists()
    assert not exchanged(tmp_path / "one", tmp_path / "gone")
    assert (tmp_path / "one" / "other").exists()


def test_a_folder_that_stepped_aside_for_nothing_comes_back(tmp_path: Path) -> None:
    (tmp_path / "reel.stems.old.talkies.part").mkdir()
    (tmp_path / "reel.stems.old.talkies.part" / "list").touch()
    step_back(tmp_path / "reel.stems")
    assert [path.name for path in (tmp_path / "reel.stems").iterdir()] == ["list"]


def test_a_link_to_a_folder_is_replaced_and_what_it_leads_to_is_not(tmp_path: Path) -> None:
    """As often as it is written."""
    elsewhere, out = tmp_path / "elsewhere", tmp_path / "out.stems"
    elsewhere.mkdir()
    (elsewhere / "mine.txt").write_text("mine")
    out.symlink_to(elsewhere, target_is_directory=True)
    for words in ("one", "two"):
        with part_folder(out) as part:
            (part / "a.txt").write_text(words)
        assert not out.is_symlink()
        assert (out / "a.txt").read_text() == words
    assert sorted(path.name for path in tmp_path.iterdir()) == ["elsewhere", "out.stems"]
    assert (elsewhere / "mine.txt").read_text() == "mine"
