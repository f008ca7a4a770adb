"""Which reels there are, and what they are called: by files laid out by hand."""

from __future__ import annotations

import errno
import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from talkies.core.batch import reels as module
from talkies.core.batch.reels import ELSEWHERE, Reel, find_reels
from talkies.core.errors import ArgumentError


def lay(folder: Path, *names: str) -> Path:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"<xmeml" if name.endswith("cut.xml") else b"x")
    return folder


def names(found: list[Reel]) -> list[str]:
    return [reel.name for reel in found]


def test_a_folder_is_timelines_movies_and_frames(tmp_path: Path) -> None:
    """Movies beside a timeline are its media, and nothing that talkies has made is a reel."""
    lay(
        tmp_path / "in",
        *("a/one.mov", "a/one.srt", "a/poster.jpg", "b/cut.xml", "b/film.mp4", "b/facts.xml", "scans/0001.dpx"),
        *("scans/0002.dpx", "a/one.mov.talkies.otio", "a/one.mov.talkies.takes/x.mov", ".hidden/no.mov"),
        *("out/batch.data/x.mov", "out/no.mov", "deep/er/three.mkv"),
    )
    found, notes = find_reels([str(tmp_path / "in")], tmp_path / "in" / "out")
    assert names(found) == ["a/one.mov", "b/cut.xml", "deep/er/three.mkv", "scans"]
    assert len(notes) == 1 and "1 movies that lie beside timelines" in notes[0]
    assert found[0].output(".otio") == "a/one.mov.talkies.otio"


def test_a_folder_that_cannot_be_read_is_told_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever runs the tests may be allowed to read all, so the system's answer is given for it."""
    lay(tmp_path / "in", "a/one.mov", "b/two.mov")
    scandir = os.scandir

    def refusing(path: Any) -> Any:
        if str(path).endswith("b"):
            raise PermissionError(errno.EACCES, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    found, notes = find_reels([str(tmp_path / "in")], tmp_path / "out")
    assert names(found) == ["a/one.mov"]
    assert notes == [f"{tmp_path / 'in' / 'b'}: cannot be read (permission denied) and is left out"]


def test_reels_of_one_name_stay_apart(tmp_path: Path) -> None:
    """In the list's folder, beside it, far away, by another suffix."""
    here = lay(tmp_path / "lists" / "x", "reel.mov", "reel.mp4", "1/reel.mov", "2/reel.mov")
    far = lay(tmp_path / "far", "reel.mov")
    listed = here / "all.csv"
    listed.write_text(
        f"reel\nreel.mov\nreel.mp4\n1/reel.mov\n./2/../2/reel.mov\n../../far/reel.mov\n{here}/1/reel.mov\n"
    )
    found, notes = find_reels([str(listed)], tmp_path / "out")
    outside = ELSEWHERE + (far / "reel.mov").as_posix()
    assert names(found) == ["reel.mov", "reel.mp4", "1/reel.mov", "2/reel.mov", outside]
    assert notes == ["1 that were given twice are made once"]
    assert len({reel.output(".otio").casefold() for reel in found}) == len(found)


def test_upper_and_lower_case_alone_are_no_two_names(tmp_path: Path) -> None:
    listed = tmp_path / "all.csv"
    listed.write_text("reel\nReel.mov\nreel.mov\n")
    found, notes = find_reels([str(listed)], tmp_path / "out")
    assert not notes
    assert [(reel.name, reel.problem) for reel in found] == [
        ("Reel.mov", ""),
        ("reel.mov (2)", "would be made in the place of Reel.mov; give it a batch of its own"),
    ]


def test_several_that_a_shell_has_found_are_named_from_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Folders and files of the same names."""
    lay(tmp_path, "a/x/reel.mov", "b/x/reel.mov", "c/reel.mov", "d/reel.mov")
    monkeypatch.chdir(tmp_path)
    found, _ = find_reels(["a/x", "b/x", "c/reel.mov", str(tmp_path / "d" / "reel.mov")], tmp_path / "out")
    assert names(found) == ["a/x/reel.mov", "b/x/reel.mov", "c/reel.mov", "d/reel.mov"]


def test_a_list_with_a_reel_twice_makes_it_as_it_stands_first(tmp_path: Path) -> None:
    listed = tmp_path / "all.csv"
    listed.write_text("reel,language\na.mov,de\na.mov,en\n")
    first, second = find_reels([str(listed)], tmp_path / "out")[0]
    assert first.options == {"language": "de"} and not first.problem
    assert "in the place of a.mov" in second.problem


def test_a_pattern_is_what_it_matches(tmp_path: Path) -> None:
    lay(tmp_path / "in", "a/one.mov", "a/two.mov", "b/one.mp4", "b/three.mov")
    found, _ = find_reels([str(tmp_path / "in" / "**" / "*.mov")], tmp_path / "out")
    assert names(found) == ["a/one.mov", "a/two.mov", "b/three.mov"]


def test_a_list_has_options_of_each_reel(tmp_path: Path) -> None:
    """As a German spreadsheet saves it: semicolons and a mark of the encoding."""
    listed = tmp_path / "all.csv"
    listed.write_bytes(
        "\ufeffReel;Prompt;seed;rate;spots;shots;title\r\n"
        'one.mov;"rain; thunder";7;24000/1001;cues/one.csv;detect;First\r\n'
        "two.mov;;;;;;Second\r\n;;;;;;\r\nthree.mov;;seven;;;;\r\n".encode()
    )
    found, notes = find_reels([str(listed)], tmp_path / "out")
    wanted = {"prompt": "rain; thunder", "seed": 7, "rate": Fraction(24000, 1001)}
    assert found[0].options == {**wanted, "spots": tmp_path / "cues/one.csv", "shots": "detect"}
    assert (found[1].options, found[1].problem) == ({}, "")
    assert "its seed 'seven' is no whole number" in found[2].problem
    assert notes == ["all.csv: title are no options of a reel and are not used"]


def test_words_and_files_of_a_list_are_told_apart(tmp_path: Path) -> None:
    """Paths start from the list's folder, a recording to speak like too; words stay words, whatever is called so."""
    lay(tmp_path, "anna.wav", "auto/x.txt", "detect", "none")
    listed = tmp_path / "all.csv"
    listed.write_text(
        "reel,shots,voice,spots\n1.mov,auto,anna.wav,\n2.mov,detect,anna,\n3.mov,none,,\n"
        "4.mov,cuts.edl,auto,cues.csv\n5.mov,,,none\n"
    )
    found, _ = find_reels([str(listed)], tmp_path / "out")
    assert [reel.options for reel in found] == [
        {"shots": "auto", "voice": str(tmp_path / "anna.wav")},
        {"shots": "detect", "voice": "anna"},
        {"shots": "none"},
        {"shots": str(tmp_path / "cuts.edl"), "voice": "auto", "spots": tmp_path / "cues.csv"},
        {},
    ]
    assert found[4].problem.startswith("its spots 'none' is no list of spots; leave the cell empty")


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "has no column 'reel'"),
        (b"film,prompt\na.mov,rain\n", "has no column 'reel'"),
        (b"reel\n\xff\xfe.mov\n", "is not UTF-8 text"),
        (b'reel\n"' + b"x" * 70_000 + b'"\n', "cannot be read as a table"),
        (b"reel\n", "holds no timeline and no movie"),
    ],
)
def test_a_list_that_is_none_is_one_sentence(content: bytes, sentence: str, tmp_path: Path) -> None:
    listed = tmp_path / "all.csv"
    listed.write_bytes(content)
    with pytest.raises(ArgumentError, match=sentence):
        find_reels([str(listed)], tmp_path / "out")


def test_a_million_rows_are_refused_at_the_limit(tmp_path: Path) -> None:
    listed = tmp_path / "all.csv"
    with listed.open("w") as file:
        file.write("reel\n")
        file.writelines(f"{number}.mov\n" for number in range(1_000_000))
    with pytest.raises(ArgumentError, match=f"more than {module.MOST_REELS} reels; divide it"):
        find_reels([str(listed)], tmp_path / "out")


def test_no_name_of_a_list_leads_out_of_the_tree(tmp_path: Path) -> None:
    """Whatever it says, the output lies below the batch's folder."""
    out = tmp_path / "out"
    listed = tmp_path / "in" / "all.csv"
    listed.parent.mkdir()
    hostile = ["../../../etc/passwd", "/etc/passwd", "a/../../b.mov", "=1+1.mov", "~/x.mov", "C:\\x.mov", "..", "/"]
    listed.write_text("reel\n" + "".join(f"{each}\n" for each in hostile) + "nul\0.mov\n", encoding="utf-8")
    found, _ = find_reels([str(listed)], out)
    assert len(found) == len(hostile) + 1
    for reel in found:
        place = out / reel.output(".otio")
        assert ".." not in place.parts and place.resolve().is_relative_to(out.resolve())
    assert found[-1].name == "nul%00.mov" and "is no text" in found[-1].problem


def test_shards_are_a_partition(tmp_path: Path) -> None:
    """Each reel falls to exactly one of n, whichever other reels there are, and no part is much larger than another."""
    found = [Reel(Path(f"{number}.mov"), f"{number}.mov") for number in range(2000)]
    for count in (1, 2, 5):
        parts = [[reel.name for reel in found if reel.is_of((part, count))] for part in range(1, count + 1)]
        assert sorted(name for part in parts for name in part) == sorted(reel.name for reel in found)
        assert max(map(len, parts)) < 1.3 * 2000 / count
