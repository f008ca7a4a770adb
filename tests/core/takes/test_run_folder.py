"""A run's folder, however the run ends: what is there afterwards, written down from decision 0019."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from subprocess import PIPE

import pytest

from talkies.core.errors import CancelledError, OutputError
from talkies.core.segment import Take
from talkies.core.takes.run_folder import RunFolder, run_folder
from talkies.core.times import TimeRange


def made_in(run: RunFolder, name: str = "FX_s1_t01", content: bytes = b"new") -> Take:
    """A take that is finished in the run's place."""
    path = run.staging / f"{name}.wav"
    path.write_bytes(content)
    return Take("s1", "FX", name, path, TimeRange(Fraction(0), Fraction(1)), 48_000)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_what_is_published_stays_when_the_run_ends(tmp_path: Path) -> None:
    out = tmp_path / "new" / "out.otio"
    with run_folder(out, 0, ()) as run:
        (take,) = run.publish([made_in(run)])
    assert take.path == out.parent / "out.takes" / "FX_s1_t01.wav"
    assert contents(tmp_path) == {"new/out.takes/FX_s1_t01.wav": b"new"}


def end_with(error: BaseException, out: Path, names: tuple[str, ...], *, publish: bool = False) -> None:
    """A run that makes takes with these names and then meets ``error``."""
    made: list[Take] = []
    with run_folder(out, 0, made) as run:
        made += [made_in(run, name) for name in names]
        if publish:
            run.publish(made)
        raise error


def test_an_error_restores_what_was_there(tmp_path: Path) -> None:
    out = tmp_path / "out.otio"
    with run_folder(out, 0, ()) as run:
        run.publish([made_in(run, content=b"old")])
    with pytest.raises(ValueError, match="no matter what"):
        end_with(ValueError("no matter what"), out, ("FX_s1_t01", "FX_s2_t01"), publish=True)
    assert contents(tmp_path) == {"out.takes/FX_s1_t01.wav": b"old"}


@pytest.mark.parametrize("stop", [CancelledError("reel", "was cancelled"), KeyboardInterrupt()])
def test_who_stops_the_run_keeps_its_takes(tmp_path: Path, stop: BaseException) -> None:
    with pytest.raises(type(stop)):
        end_with(stop, tmp_path / "out.otio", ("FX_s1_t01",))
    assert contents(tmp_path) == {"out.takes/FX_s1_t01.wav": b"new"}


def test_who_stops_the_run_before_a_take_leaves_no_folder(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt), run_folder(tmp_path / "deep" / "er" / "out.otio", 0, ()):
        raise KeyboardInterrupt
    assert list(tmp_path.iterdir()) == []


def test_what_cannot_begin_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="MB free"), run_folder(tmp_path / "deep" / "out.otio", 1 << 80, ()):
        raise AssertionError("there is no such disk")
    (tmp_path / "out.takes").write_bytes(b"mine")
    with pytest.raises(OutputError, match="is a file"), run_folder(tmp_path / "out.otio", 0, ()):
        raise AssertionError("a file is in the way")
    assert contents(tmp_path) == {"out.takes": b"mine"}


def test_a_second_run_is_refused_and_the_first_goes_on(tmp_path: Path) -> None:
    out = tmp_path / "out.otio"
    with run_folder(out, 0, ()) as run:
        take = made_in(run)
        with pytest.raises(OutputError, match="another run"), run_folder(out, 0, ()):
            raise AssertionError("the place is taken")
        run.publish([take])
    assert contents(tmp_path) == {"out.takes/FX_s1_t01.wav": b"new"}


def test_the_loser_of_two_runs_removes_nothing(tmp_path: Path) -> None:
    out = tmp_path / "out.otio"
    first, second = RunFolder(out), RunFolder(out)
    first.open(0)
    take = made_in(first)
    with pytest.raises(OutputError, match="another run"):
        second.open(0)
    second.discard()
    second.abandon()
    assert first.publish([take])[0].path.read_bytes() == b"new"
    first.finish()
    assert contents(tmp_path) == {"out.takes/FX_s1_t01.wav": b"new"}


RUN = """
import sys
from pathlib import Path
from talkies.core.errors import OutputError
from talkies.core.segment import Take
from talkies.core.takes.run_folder import run_folder
from talkies.core.times import TimeRange
out, me = Path(sys.argv[1]), sys.argv[2]
sys.stdin.readline()
try:
    with run_folder(out, 0, ()) as run:
        path = run.staging / "FX_s1_t01.wav"
        path.write_text(me)
        run.publish([Take("s1", "FX", "FX_s1_t01", path, TimeRange(0, 1), 48000)])
        out.write_text(me)
    print("made")
except OutputError as error:
    print(error)
"""


def test_of_runs_that_begin_at_once_each_makes_a_whole_result_or_is_refused(tmp_path: Path) -> None:
    runs = [
        subprocess.Popen([sys.executable, "-c", RUN, str(tmp_path / "out.otio"), str(number)], stdin=PIPE, stdout=PIPE)
        for number in range(3)
    ]
    for run in runs:
        assert run.stdin is not None
        run.stdin.write(b"go\n")
        run.stdin.flush()
    said = [run.communicate()[0].decode() for run in runs]
    assert any("made" in sentence for sentence in said)
    assert all("made" in sentence or "another run is writing there" in sentence for sentence in said)
    found = contents(tmp_path)
    assert set(found) == {"out.otio", "out.takes/FX_s1_t01.wav"}
    assert len(set(found.values())) == 1


@pytest.mark.parametrize("name", ["out.takes", "out.takes.part"])
def test_a_link_in_the_place_of_a_folder_is_refused(tmp_path: Path, name: str) -> None:
    precious = tmp_path / "precious"
    (precious / "sub").mkdir(parents=True)
    for path in ("letter.txt", "sub/thesis.docx", "FX_mine_t01.wav"):
        (precious / path).write_bytes(b"mine")
    (tmp_path / name).symlink_to(precious, target_is_directory=True)
    before = contents(tmp_path)
    with pytest.raises(OutputError, match="is a link"), run_folder(tmp_path / "out.otio", 0, ()):
        raise AssertionError("it was opened")
    assert contents(tmp_path) == before


def test_only_files_with_our_names_are_swept(tmp_path: Path) -> None:
    staging = tmp_path / "out.takes.part"
    staging.mkdir()
    outside = tmp_path / "thesis.txt"
    outside.write_bytes(b"mine")
    for name in ("notes.txt", "FX_s1_t02.wav.part", "song.wav"):
        (staging / name).write_bytes(b"left")
    (staging / "FX_s9_t01.wav.raw.part").symlink_to(outside)
    with run_folder(tmp_path / "out.otio", 0, ()) as run:
        run.publish([made_in(run)])
    assert contents(tmp_path) == {
        "thesis.txt": b"mine",
        "out.takes/FX_s1_t01.wav": b"new",
        "out.takes.part/notes.txt": b"left",
        "out.takes.part/song.wav": b"left",
    }


def test_takes_of_a_killed_run_are_set_aside(tmp_path: Path) -> None:
    staging = tmp_path / "out.takes.part"
    (staging / "replaced").mkdir(parents=True)
    (staging / "FX_s1_t01.wav").write_bytes(b"made")
    (staging / "replaced" / "FX_s1_t01.wav").write_bytes(b"old")
    with run_folder(tmp_path / "out.otio", 0, ()) as run:
        assert run.rescued == tmp_path / "out.takes.interrupted"
    assert contents(tmp_path) == {
        "out.takes.interrupted/FX_s1_t01.wav": b"made",
        "out.takes.interrupted/replaced/FX_s1_t01.wav": b"old",
    }
