"""A run's folder, however the run ends: what is there afterwards, written down from decision 0019."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from subprocess import PIPE

import pytest

from talkies.core.errors import CancelledError, OutputError
from talkies.core.files.atomic import part_file
from talkies.core.segment import Take
from talkies.core.takes.publication import Publication
from talkies.core.takes.run_folder import RunFolder, put_back, run_folder
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
    ours, theirs = ("FX_s1_t02.wav.part", "FX_s1_t03.wav.talkies.part"), ("notes.txt", "song.wav", "FX_song.wav")
    for name in (*ours, *theirs):
        (staging / name).write_bytes(b"left")
    (staging / "FX_s9_t01.wav.raw.part").symlink_to(outside)
    with run_folder(tmp_path / "out.otio", 0, ()) as run:
        run.publish([made_in(run)])
    assert contents(tmp_path) == {
        "thesis.txt": b"mine",
        "out.takes/FX_s1_t01.wav": b"new",
        "out.takes.part/notes.txt": b"left",
        "out.takes.part/song.wav": b"left",
        "out.takes.part/FX_song.wav": b"left",
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


TWO_RUNS = """
import os, sys
from pathlib import Path
from talkies.core.files.atomic import part_file
from talkies.core.segment import Take
from talkies.core.takes.run_folder import run_folder
from talkies.core.times import TimeRange
out, killed_at = Path(sys.argv[1]), int(sys.argv[2])
count = 0
def hear(event, arguments):
    global count
    if event in ("os.rename", "os.remove", "os.link", "os.mkdir", "os.rmdir") or event == "open" and arguments[2] & 3:
        count += 1
        if count == killed_at:
            os.kill(os.getpid(), 9)
made = []
with run_folder(out, 0, made) as run:
    for name in ("FX_s1_t01", "FX_s2_t01"):
        path = run.staging / f"{name}.wav"
        path.write_text("new")
        made.append(Take("s1", "FX", name, path, TimeRange(0, 1), 48000))
        run.receipts.note(name, name, made[-1:], ())
    run.receipts.put_by()
    sys.addaudithook(hear)
    run.publish(made)
    with run.writing(), part_file(out) as part:
        part.write_text("new")
"""


def test_killed_at_any_file_the_next_run_finds_all_old_or_all_new(tmp_path: Path) -> None:
    """Between any two changes of a file, from the takes' move to the end of the run."""
    states, set_aside = [], []
    for killed_at in range(1, 100):
        place = tmp_path / str(killed_at)
        out = place / "out.otio"
        (place / "out.takes").mkdir(parents=True)
        out.write_bytes(b"old")
        (place / "out.takes" / "FX_s1_t01.wav").write_bytes(b"old")
        code = subprocess.run([sys.executable, "-c", TWO_RUNS, str(out), str(killed_at)]).returncode
        assert (place / "out.takes" / "FX_s1_t01.wav").read_bytes() in (b"old", b"new")
        if code == 0:
            break
        with run_folder(out, 0, ()):
            found = {name: data for name, data in contents(place).items() if "interrupted" not in name and data}
        found.pop("out.otio.talkies.part", None)  # the next timeline is written over it
        states.append(found.pop("out.otio").decode())
        if states[-1] == "new":
            set_aside += [sorted(contents(each)) for each in place.glob("*.interrupted")]
        assert set(found.values()) == {states[-1].encode()}, killed_at
        assert len(found) == (1 if states[-1] == "old" else 2)
        (made,) = place.glob("out.takes.interrupted") if states[-1] == "old" else [place / "out.takes"]
        assert contents(made)["FX_s2_t01.wav"] == b"new"
        assert not list(place.rglob("*.takes.part"))
    assert {"old", "new"} == set(states) and states == sorted(states, reverse=True)
    assert set_aside == []


def assert_somebody_elses_timeline_keeps_its_takes(out: Path) -> None:
    """It is saved once a run was killed; then another run begins."""
    out.write_bytes(b"edited meanwhile")
    with run_folder(out, 0, ()):
        pass
    found = contents(out.parent)
    assert (found["out.otio"], found["out.takes/FX_s1_t01.wav"]) == (b"edited meanwhile", b"old")
    assert found["out.takes.interrupted/FX_s1_t01.wav"] == b"new"


@pytest.mark.skipif(sys.platform == "win32", reason="nothing is killed there as kill -9 does")
def test_a_timeline_that_somebody_else_has_saved_since_keeps_its_takes(tmp_path: Path) -> None:
    """The run was killed when its takes had moved and its timeline was whole, but not in its place."""
    out = tmp_path / "out.otio"
    (tmp_path / "out.takes").mkdir()
    out.write_bytes(b"old")
    (tmp_path / "out.takes" / "FX_s1_t01.wav").write_bytes(b"old")
    dying = TWO_RUNS.replace(
        'part.write_text("new")', 'part.write_text("new"); run._publication.expect(part); os.kill(os.getpid(), 9)'
    )
    assert subprocess.run([sys.executable, "-c", dying, str(out), "0"]).returncode == -9
    assert_somebody_elses_timeline_keeps_its_takes(out)


@pytest.mark.skipif(sys.platform == "win32", reason="nothing is killed there as kill -9 does")
def test_a_timeline_that_was_saved_before_ours_was_whole_keeps_its_takes(tmp_path: Path) -> None:
    out = tmp_path / "out.otio"
    half_published(out)
    assert_somebody_elses_timeline_keeps_its_takes(out)


@pytest.mark.skipif(sys.platform == "win32", reason="nothing is killed there as kill -9 does")
def test_a_finished_run_stays_finished_whoever_saves_its_timeline(tmp_path: Path) -> None:
    """Killed when the timeline was in its place and nothing said so yet; then somebody edits it."""
    out = tmp_path / "out.otio"
    (tmp_path / "out.takes").mkdir()
    out.write_bytes(b"old")
    (tmp_path / "out.takes" / "FX_s1_t01.wav").write_bytes(b"old")
    dying = TWO_RUNS + "    os.kill(os.getpid(), 9)\n"
    assert subprocess.run([sys.executable, "-c", dying, str(out), "0"]).returncode == -9
    out.write_bytes(b"new, and edited")
    with run_folder(out, 0, ()):
        pass
    names = ("out.otio", "out.takes/FX_s1_t01.wav", "out.takes/FX_s2_t01.wav")
    assert contents(tmp_path) == dict(zip(names, (b"new, and edited", b"new", b"new"), strict=True))


@pytest.mark.parametrize("why", [PermissionError(13, "in use"), KeyboardInterrupt()])
def test_a_timeline_that_could_not_take_its_place_leaves_the_earlier_takes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: BaseException
) -> None:
    """An editor saves meanwhile, and keeps the file open where that keeps others out."""
    out = tmp_path / "out.otio"
    with run_folder(out, 0, ()) as run:
        run.publish([made_in(run, content=b"old")])
    out.write_bytes(b"old")
    replace = Path.replace

    def refused(path: Path, target: Path) -> Path:
        if path.name == "out.otio.talkies.part":
            raise why
        return replace(path, target)

    monkeypatch.setattr(Path, "replace", refused)
    with pytest.raises((OutputError, KeyboardInterrupt)):
        write_while_an_editor_saves(out)
    found = contents(tmp_path)
    assert (found["out.otio"], found["out.takes/FX_s1_t01.wav"]) == (b"saved by an editor", b"old")


def write_while_an_editor_saves(out: Path) -> None:
    made: list[Take] = []
    with run_folder(out, 0, made) as run:
        made.append(made_in(run))
        run.publish(made)
        with run.writing(), part_file(out) as part:
            part.write_bytes(b"new")
            out.write_bytes(b"saved by an editor")


def stopped(out: Path, impatience: int = 0, *, written: bool = False, is_known_there: bool = False) -> None:
    """A run that is stopped once its takes have moved, and again while it puts that right; or once all is written.
    ``is_known_there``: it goes on with the takes' new places."""
    made: list[Take] = []
    with run_folder(out, 0, made) as run:
        made.append(made_in(run))
        keep, more = run.keep, [KeyboardInterrupt()] * impatience

        def interrupted(takes: Sequence[Take]) -> None:
            if more:
                raise more.pop()
            keep(takes)

        run.keep = interrupted  # type: ignore[method-assign]
        moved = run.publish(made)
        made[:] = moved if is_known_there else made
        if written:
            with run.writing(), part_file(out) as part:
                part.write_bytes(b"new")
        raise KeyboardInterrupt


@pytest.mark.parametrize("impatience", [0, 1, 3])
def test_who_stops_the_run_while_takes_move_keeps_all_of_the_earlier_one(tmp_path: Path, impatience: int) -> None:
    out = tmp_path / "out.otio"
    with run_folder(out, 0, ()) as run:
        run.publish([made_in(run, content=b"old")])
    with pytest.raises(KeyboardInterrupt):
        stopped(out, impatience)
    assert contents(tmp_path) == {
        "out.takes/FX_s1_t01.wav": b"old",
        "out.takes.interrupted/FX_s1_t01.wav": b"new",
    }


def test_who_stops_the_run_when_all_is_written_has_the_new_one(tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        stopped(tmp_path / "out.otio", written=True)
    assert contents(tmp_path) == {"out.takes/FX_s1_t01.wav": b"new", "out.otio": b"new"}


def stopped_while_it_sweeps(out: Path) -> None:
    """A run that is stopped when all is written, and again while it sweeps up."""
    with run_folder(out, 0, ()) as run:
        run.publish([made_in(run)])
        with run.writing(), part_file(out) as part:
            part.write_bytes(b"new")
        expire, more = run.receipts.expire, [KeyboardInterrupt()]

        def interrupted(published: Sequence[str]) -> None:
            if more:
                raise more.pop()
            expire(published)

        run.receipts.expire = interrupted  # type: ignore[assignment]
        raise KeyboardInterrupt


def test_who_stops_it_again_while_a_finished_run_sweeps_has_the_new_one(tmp_path: Path) -> None:
    out = tmp_path / "out.otio"
    with run_folder(out, 0, ()) as run:
        run.publish([made_in(run, content=b"old")])
    with pytest.raises(KeyboardInterrupt):
        stopped_while_it_sweeps(out)
    assert contents(tmp_path) == {"out.takes/FX_s1_t01.wav": b"new", "out.otio": b"new"}


@pytest.mark.parametrize("earlier", [b"", b"old"])
def test_who_stops_the_run_while_the_timeline_is_written_keeps_its_takes(tmp_path: Path, earlier: bytes) -> None:
    """The takes are known by their final places by then."""
    out = tmp_path / "out.otio"
    if earlier:
        with run_folder(out, 0, ()) as run:
            run.publish([made_in(run, content=earlier)])
    with pytest.raises(KeyboardInterrupt):
        stopped(out, is_known_there=True)
    new, kept = {"out.takes/FX_s1_t01.wav": b"new"}, {"out.takes/FX_s1_t01.wav": b"old"}
    assert contents(tmp_path) == ({**kept, "out.takes.interrupted/FX_s1_t01.wav": b"new"} if earlier else new)


def half_published(out: Path) -> None:
    """A run is killed when its take has replaced an older one and the timeline is not written."""
    out.write_bytes(b"old")
    with run_folder(out, 0, ()) as run:
        run.publish([made_in(run, content=b"old")])
    script = TWO_RUNS.replace("run.publish(made)", "run.publish(made); os.kill(os.getpid(), 9)")
    assert subprocess.run([sys.executable, "-c", script, str(out), "0"]).returncode != 0
    assert (out.parent / "out.takes" / "FX_s1_t01.wav").read_bytes() == b"new"


@pytest.mark.skipif(sys.platform == "win32", reason="nothing is killed there as kill -9 does")
def test_takes_that_were_removed_after_a_kill_do_not_keep_the_next_run_from_beginning(tmp_path: Path) -> None:
    out = tmp_path / "out.otio"
    half_published(out)
    shutil.rmtree(tmp_path / "out.takes")
    with run_folder(out, 0, ()):
        pass
    assert contents(tmp_path) == {"out.otio": b"old", "out.takes/FX_s1_t01.wav": b"old"}


@pytest.mark.skipif(sys.platform == "win32", reason="nothing is killed there as kill -9 does")
def test_what_was_replaced_can_be_put_back_before_anything_is_read(tmp_path: Path) -> None:
    """With the finished takes left to the run that comes."""
    out = tmp_path / "out.otio"
    half_published(out)
    put_back(out)
    takes = {name: data for name, data in contents(tmp_path).items() if name.endswith(".wav") and "/made/" not in name}
    assert takes == {
        "out.takes/FX_s1_t01.wav": b"old",
        "out.takes.part/FX_s1_t01.wav": b"new",
        "out.takes.part/FX_s2_t01.wav": b"new",
    }
    put_back(out)
    with run_folder(out, 0, ()) as run:
        assert run.rescued == tmp_path / "out.takes.interrupted"
        put_back(out)  # another run is writing there
        assert run.staging.is_dir()
    assert contents(run.rescued)["FX_s2_t01.wav"] == b"new"


def test_where_nothing_was_killed_nothing_is_put_back(tmp_path: Path) -> None:
    put_back(tmp_path / "out.otio")
    assert contents(tmp_path) == {} and not list(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform == "win32", reason="nothing is killed there as kill -9 does")
def test_a_run_to_another_format_undoes_what_was_killed(tmp_path: Path) -> None:
    """Both have the same folder of takes."""
    half_published(tmp_path / "out.otio")
    with run_folder(tmp_path / "out.fcpxml", 0, ()) as run:
        run.publish([made_in(run, "FX_s9_t01")])
    assert {name: data for name, data in contents(tmp_path).items() if not name.endswith(".made.json")} == {
        "out.otio": b"old",
        "out.takes/FX_s1_t01.wav": b"old",
        "out.takes/FX_s9_t01.wav": b"new",
        "out.takes.interrupted/FX_s1_t01.wav": b"new",
        "out.takes.interrupted/FX_s2_t01.wav": b"new",
    }


def test_what_an_error_cannot_put_back_now_the_next_run_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk without links that has become full."""

    def refused(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    def run_into_it() -> None:
        with run_folder(out, 0, ()) as run:
            run.publish([made_in(run)])
            for module, name in ((os, "link"), (shutil, "copy2")):
                monkeypatch.setattr(module, name, refused)
            raise ValueError("it stopped")

    out = tmp_path / "out.otio"
    with run_folder(out, 0, ()) as run:
        run.publish([made_in(run, content=b"old")])
    with pytest.raises(ValueError, match="it stopped"):
        run_into_it()
    monkeypatch.undo()
    with run_folder(out, 0, ()):
        pass
    assert contents(tmp_path) == {
        "out.takes/FX_s1_t01.wav": b"old",
        "out.takes.interrupted/FX_s1_t01.wav": b"new",
    }


def test_undone_no_second_name_of_a_copy_stays(tmp_path: Path) -> None:
    """MLT's copy of a take, which lies in its place and is kept at once: one file, two names (kill generate-72-65)."""
    final, staging, name = tmp_path / "out.takes", tmp_path / "out.takes.part", "FX_V1-001_a_t01"
    final.mkdir()
    staging.mkdir()
    for stem in (name, f"{name}.from-frame"):
        (final / f"{stem}.wav").write_bytes(b"old")
    (staging / f"{name}.wav").write_bytes(b"new")
    publication = Publication(tmp_path / "out.mlt", final, staging)
    publication.move([f"{name}.wav"])
    assert publication.undo()
    assert contents(tmp_path) == {
        f"out.takes/{name}.wav": b"old",
        f"out.takes/{name}.from-frame.wav": b"old",
        f"out.takes.part/{name}.wav": b"new",
    }


@pytest.mark.parametrize("named", ["out.otio", "../out.otio", "", "a/../../b", 7, None, ["out.otio"], "\0"])
def test_a_journal_from_anybody_moves_nothing_else(tmp_path: Path, named: object) -> None:
    staging = tmp_path / "out.takes.part"
    (staging / "replaced").mkdir(parents=True)
    (tmp_path / "letter.txt").write_bytes(b"mine")
    (tmp_path / "FX_s1_t01.wav").write_bytes(b"mine")
    names = ["../letter.txt", "../FX_s1_t01.wav", str(tmp_path / "letter.txt"), 7]
    (staging / ".published").write_text(json.dumps({"out": named, "before": [], "takes": names}))
    with run_folder(tmp_path / "out.otio", 0, ()):
        pass
    assert contents(tmp_path) == {"letter.txt": b"mine", "FX_s1_t01.wav": b"mine"}
