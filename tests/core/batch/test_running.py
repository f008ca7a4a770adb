"""Batches by real workers: what is made is what `generate` makes, once, and what breaks costs its own reel alone."""

from __future__ import annotations

import os
import shutil
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from batches import BROKEN, MADE, TEMPLATE, identities, order, rows, run, sounds, write_archive
from engines import load_tones
from films import write_movie

from talkies.core.batch.ledger import DATA, read_records
from talkies.core.batch.overview import write_overview
from talkies.core.batch.running import Batch, Counted, ReelSettled
from talkies.core.errors import OutputError
from talkies.core.generation.render import render
from talkies.core.generation.request import Request

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="these tests end processes as Unix does")


def test_it_makes_what_generate_makes_and_one_broken_reel_stops_nothing(archive: Path, made: Path) -> None:
    records = read_records(made / DATA)
    assert {name: record.state for name, record in records.items()} == {
        MADE[0]: "done", MADE[1]: "done", BROKEN: "failed"
    }  # fmt: skip
    assert "notes.mov: is not readable media" in records[BROKEN].problem
    assert records[BROKEN].problem.endswith("export or copy it again")
    alone = archive.parent / "alone"
    for name in MADE:
        request = replace(TEMPLATE, timeline=archive / name, out=alone / f"{name}.talkies.otio")
        list(render(request, load_engine=load_tones))
    assert sounds(made) == sounds(alone)
    listed = {path for path in identities(made) if path.endswith(".wav")}
    assert listed == {path for path in identities(alone) if path.endswith(".wav")} and len(listed) == 4


def test_every_job_has_its_row_and_its_file(made: Path) -> None:
    write_overview(made, read_records(made / DATA))
    table = rows(made / "batch.csv")
    assert [(row["reel"], row["segment"], row["stem"], row["take"], row["state"]) for row in table] == [
        (BROKEN, "", "", "", "failed"),
        (MADE[0], "V1-001", "FX", "1", "done"),
        (MADE[1], "V1-001", "DX", "1", "done"),
        (MADE[1], "V1-001", "FX", "1", "done"),
        (MADE[1], "V1-002", "FX", "1", "done"),
    ]
    assert all((made / row["file"]).is_file() and row["seconds"] == "1.000" for row in table[1:])
    assert "export or copy it again" in table[0]["problem"]


def test_a_finished_batch_starts_no_worker_and_touches_no_file(archive: Path, made: Path) -> None:
    before = identities(made)
    batch = Batch(order([archive], made, command=("/no/such/program",)))
    assert list(batch.run()) == [Counted(3, 3)]
    assert identities(made) == before


def test_what_comes_back_from_a_backup_is_known_by_its_content(copied: Path) -> None:
    """Times are new: the reels are looked at again, and nothing is made."""
    run(order([copied / "in"], copied / "out"))
    for path in copied.rglob("*"):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    before = identities(copied / "out")
    batch = Batch(order([copied / "in"], copied / "out"))
    news = list(batch.run())
    assert news[0] == Counted(3, 0)
    assert identities(copied / "out") == before
    assert list(Batch(order([copied / "in"], copied / "out")).run()) == [Counted(3, 3)]


def test_times_of_a_backup_are_noted_once_they_are_read(copied: Path) -> None:
    """Those of what was made alone: the next call need not read it."""
    for path in (copied / "out").rglob("*.wav"):
        os.utime(path, (1_700_000_000, 1_700_000_000))
    assert list(Batch(order([copied / "in"], copied / "out")).run()) == [Counted(3, 3)]
    records = read_records(copied / "out" / DATA)
    marks = [job.mark for name in MADE for job in records[name].jobs]
    assert len(marks) == 4 and {mark.mtime_ns for mark in marks if mark} == {1_700_000_000_000_000_000}


def test_what_is_made_may_be_moved_and_reels_that_moved_are_made_anew(copied: Path) -> None:
    """A timeline names its takes from where it lies, and its media by their places."""
    (copied / "out").rename(copied / "sound")
    assert list(Batch(order([copied / "in"], copied / "sound")).run()) == [Counted(3, 3)]
    before = identities(copied / "sound")
    (copied / "in").rename(copied / "reels")
    run(order([copied / "reels"], copied / "sound"))
    after = identities(copied / "sound")
    assert all(before[f"{name}.talkies.otio"] != after[f"{name}.talkies.otio"] for name in MADE)
    assert str(copied / "reels") in (copied / "sound" / f"{MADE[0]}.talkies.otio").read_text()


def test_two_reels_of_one_name_do_not_take_each_others_place(copied: Path) -> None:
    """Names are told from what is given: folders of two calls may have one each."""
    archive, out, again = copied / "in", copied / "alone", copied / "again"
    again.mkdir()
    shutil.copy(archive / MADE[0], again / "reel.mov")
    first = run(order([archive / MADE[0]], out))
    before = identities(out)
    for _ in range(2):
        second = run(order([again], out, retry=True))
        assert second.records["reel.mov"].state == "failed"
        problem = second.records["reel.mov"].problem
        assert str(archive / MADE[0]) in problem and problem.endswith("give another -o")
    assert identities(out) == before
    assert run(order([archive / MADE[0]], out)).records["reel.mov"].jobs == first.records["reel.mov"].jobs
    assert identities(out) == before


@pytest.mark.parametrize("again", [{}, {"retry": True}, {"template": replace(TEMPLATE, seed=2)}])
def test_what_an_editor_has_changed_stays(again: dict[str, Any], copied: Path) -> None:
    """However often, and whatever is asked; once it is moved away the reel is made, and put back it is done."""
    given, out = [copied / "in" / MADE[0]], copied / "alone"
    first = run(order(given, out)).records["reel.mov"]
    timeline = out / "reel.mov.talkies.otio"
    whole = timeline.read_text()
    timeline.write_text(whole + "\n")
    before = identities(out)
    for _ in range(2):
        record = run(order(given, out, **again)).records["reel.mov"]
        assert "has been changed since a batch made it; move it away, or give another -o" in record.problem
    assert identities(out) == before
    timeline.rename(copied / "mine.otio")
    if again:
        assert run(order(given, out, **again)).records["reel.mov"].state == "done"
    else:
        timeline.write_text(whole)
        record = run(order(given, out)).records["reel.mov"]
        assert (record.state, record.jobs) == ("done", first.jobs)


def test_another_format_is_made_and_the_first_is_still_known(copied: Path) -> None:
    given, out = [copied / "in" / MADE[0]], copied / "alone"
    run(order(given, out))
    assert run(order(given, out, suffix=".fcpxml")).records["reel.mov"].state == "done"
    assert (out / "reel.mov.talkies.fcpxml").is_file()
    assert list(Batch(order(given, out, suffix=".fcpxml")).run()) == [Counted(1, 1)]
    again = run(order(given, out)).records["reel.mov"]
    assert (again.state, again.output) == ("done", "reel.mov.talkies.otio")
    fcpxml = out / "reel.mov.talkies.fcpxml"
    fcpxml.write_text(fcpxml.read_text() + "\n")
    before = identities(out)
    record = run(order(given, out, template=replace(TEMPLATE, seed=2))).records["reel.mov"]
    assert "talkies.fcpxml: has been changed since a batch made it" in record.problem  # its takes are the same files
    assert identities(out) == before


def test_a_failure_to_read_forgets_nothing_of_what_is_made(copied: Path) -> None:
    """A medium that is away for one call: the table says so, and when it is back nothing is made anew."""
    archive, out = copied / "in", copied / "alone"
    run(order([archive / "1927"], out))
    before = identities(out)
    reel = archive / "1927" / "reel.otio"
    reel.rename(copied / "away.otio")
    failed = run(order([reel], out))
    assert failed.records["reel.otio"].state == "failed"
    write_overview(out, failed.records)
    assert "away" not in failed.records["reel.otio"].problem
    table = rows(out / "batch.csv")
    assert [row["state"] for row in table] == ["failed", "done", "done", "done"] and table[0]["problem"]
    (copied / "away.otio").rename(reel)
    assert run(order([reel], out)).records["reel.otio"].state == "done"
    after = identities(out)
    assert {name: after[name] for name in before} == before


def test_what_a_request_names_is_tried_again_once_it_is_corrected(copied: Path) -> None:
    """A list that could not be read."""
    spots, out = copied / "spots.csv", copied / "alone"
    spots.write_text("this is no list")
    listed = replace(TEMPLATE, spots=spots)
    given = [copied / "in" / MADE[0]]
    assert run(order(given, out, template=listed)).records["reel.mov"].state == "failed"
    assert list(Batch(order(given, out, template=listed)).run()) == [Counted(1, 1)]
    spots.write_text("Time,Event\n0.5,step\n")
    (counted, *_) = Batch(order(given, out, template=listed)).run()
    assert counted == Counted(1, 0)


@pytest.mark.parametrize(
    ("what", "again"),
    [("picture", "1926/reel.mov"), ("subtitle", "1926/reel.mov"), ("lost", "1927/reel.otio"), ("cut off", MADE[1])],
)
def test_what_has_changed_is_made_anew_and_nothing_else(what: str, again: str, copied: Path) -> None:
    archive, out = copied / "in", copied / "out"
    run(order([archive], out))
    before = identities(out)
    take = next((out / f"{again}.talkies.takes").glob("FX*.wav"))
    if what == "picture":
        write_movie(archive / again, 1, flashes=(0.3,))
    elif what == "subtitle":
        (archive / "1926" / "reel.srt").write_text("1\n00:00:00,100 --> 00:00:00,800\nGood morning.\n")
    elif what == "lost":
        take.unlink()
    else:
        take.write_bytes(take.read_bytes()[:-100])
    run(order([archive], out))
    after = identities(out)
    changed = {name for name in {*before, *after} if before.get(name) != after.get(name)}
    assert changed and all(name.startswith(again) for name in changed)
    assert f"{again}.talkies.otio" in changed
    sounds(out)


def test_another_seed_is_another_sound(copied: Path) -> None:
    before = sounds(copied / "out")
    run(order([copied / "in"], copied / "out", template=replace(TEMPLATE, seed=5)))
    after = sounds(copied / "out")
    assert all(before[name] != after[name] for name in MADE)


def test_what_failed_is_tried_again_when_asked_or_when_it_has_changed(copied: Path) -> None:
    archive, out = copied / "in", copied / "out"
    run(order([archive], out))
    assert list(Batch(order([archive], out)).run()) == [Counted(3, 3)]
    (counted, *rest) = Batch(order([archive], out, retry=True)).run()
    assert counted == Counted(3, 2)
    assert [news.record.state for news in rest if isinstance(news, ReelSettled)] == ["failed"]
    write_movie(archive / BROKEN, 1)
    batch = run(order([archive], out))
    assert batch.records[BROKEN].state == "done"


def test_two_shards_share_without_overlap_and_together_make_all(archive: Path, made: Path, tmp_path: Path) -> None:
    """Each writes its own file; whoever asks afterwards, alone or as another part, finds everything made."""
    out = tmp_path / "out"
    parts = [run(order([archive], out, shard=(part, 2))) for part in (1, 2)]
    logs = sorted((out / DATA).glob("*.jsonl"))
    assert [log.name for log in logs] == ["shard-1-of-2.jsonl", "shard-2-of-2.jsonl"]
    assert not (out / DATA / "ledger.sqlite").exists()
    ours = [{reel.name for reel in part.order.ours} for part in parts]
    assert not ours[0] & ours[1] and ours[0] | ours[1] == {*MADE, BROKEN}
    assert [{name for name in (*MADE, BROKEN) if name in log.read_text()} for log in logs] == ours
    assert sounds(out) == sounds(made)
    before = identities(out)
    assert list(Batch(order([archive], out)).run()) == [Counted(3, 3)]
    assert identities(out) == before


@pytest.mark.parametrize(("theirs", "ours"), [((1, 2), None), (None, (1, 2)), ((3, 4), (1, 2))])
def test_who_may_make_the_same_reels_waits_and_is_refused(
    theirs: tuple[int, int] | None, ours: tuple[int, int] | None, archive: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """A whole batch beside a shard, or shards of different numbers."""
    monkeypatch.setattr("talkies.core.batch.running.LOCK_WAIT_S", 0.5)
    out = tmp_path / "out"
    story = Batch(order([archive], out, shard=theirs)).run()
    next(story)
    rival = "the whole batch" if theirs is None else f"shard-{theirs[0]}-of-{theirs[1]}"
    with pytest.raises(OutputError, match=f"{rival} is at work there; wait until it is done"):
        run(order([archive], out, shard=ours))
    if ours is not None and theirs is not None:
        next(Batch(order([archive], out, shard=(4, 4))).run())
    story.close()  # type: ignore[attr-defined]
    next(Batch(order([archive], out, shard=ours)).run())


def test_a_file_of_somebody_elses_stays(archive: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "out" / f"{MADE[0]}.talkies.otio"
    theirs.parent.mkdir(parents=True)
    theirs.write_text("a diary")
    for changes in ({}, {"retry": True}, {"template": replace(TEMPLATE, seed=2)}):
        batch = run(order([archive / MADE[0]], tmp_path / "out" / "1926", **changes))
        assert theirs.read_text() == "a diary"
        assert "is there, and no batch has made it" in batch.records["reel.mov"].problem
    theirs.unlink()
    assert run(order([archive / MADE[0]], tmp_path / "out" / "1926")).records["reel.mov"].state == "done"


def test_a_link_out_of_the_tree_is_not_followed(archive: Path, tmp_path: Path) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    for folder in (out, elsewhere):
        folder.mkdir()
    (out / "1926").symlink_to(elsewhere)
    batch = run(order([archive], out))
    assert not list(elsewhere.iterdir())
    assert "behind a link that leads out" in batch.records[MADE[0]].problem
    assert batch.records[MADE[1]].state == "done"


@pytest.mark.parametrize("name", [DATA, f"{DATA}/stills", f"{DATA}/stills/1926"])
def test_nor_are_pictures_written_behind_a_link(name: str, archive: Path, tmp_path: Path) -> None:
    out, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    elsewhere.mkdir()
    (out / name).parent.mkdir(parents=True)
    (out / name).symlink_to(elsewhere)
    if name == DATA:
        with pytest.raises(OutputError, match="behind a link that leads out"):
            run(order([archive / "1926"], out))
    else:
        record = run(order([archive], out)).records[MADE[0]]
        assert "behind a link that leads out" in record.problem
    assert not list(elsewhere.iterdir())


def test_names_that_no_disk_takes_cost_their_reel(archive: Path, tmp_path: Path) -> None:
    """A name that is as long as one may be leaves no room for what is written; a circle of links has no end."""
    folder, out = tmp_path / "in", tmp_path / "out"
    (folder / "loop").mkdir(parents=True)
    out.mkdir()
    for name in (f"{'x' * 250}.mov", "good.mov", "loop/reel.mov"):
        shutil.copy(archive / MADE[0], folder / name)
    (out / "loop").symlink_to(out / "loop")
    records = run(order([folder], out)).records
    assert records["good.mov"].state == "done"
    assert "is a name of more than" in records[f"{'x' * 250}.mov"].problem
    assert "behind a link" in records["loop/reel.mov"].problem


def test_takes_are_jobs_and_a_failed_stem_is_one_of_them(tmp_path: Path) -> None:
    """Where one shot has no picture, the others are made, and its row says what is wrong."""
    archive = write_archive(tmp_path / "in")
    (archive / "1927" / "film.mp4").unlink()
    write_movie(archive / "1927" / "other.mp4", 3)
    text = (archive / "1927" / "reel.otio").read_text()
    (archive / "1927" / "reel.otio").write_text(text.replace("film.mp4", "other.mp4", 1))
    batch = run(order([archive / "1927"], tmp_path / "out", template=replace(TEMPLATE, takes=2)))
    record = batch.records["reel.otio"]
    assert record.state == "failed" and (tmp_path / "out" / record.output).is_file()
    states = {(job.segment, job.stem, job.take): job.state for job in record.jobs}
    done, failed = "done", "failed"
    assert states == {
        ("V1-001", "DX", 1): done, ("V1-001", "DX", 2): done, ("V1-001", "FX", 1): done, ("V1-001", "FX", 2): done,
        ("V1-002", "FX", 1): failed, ("V1-002", "FX", 2): failed,
    }  # fmt: skip
    assert "film.mp4" in record.problem


def test_requests_reach_the_worker_as_they_were_asked() -> None:
    """Every field of a request that is not usual survives the way."""
    from talkies.core.batch.asking import as_params
    from talkies.core.generation.music_settings import MusicSettings

    request = Request(
        Path("/a.otio"), Path("/b.otio"), ("V1-001",), "music", prompt="slow", seed=3, takes=2, loudness="a85",
        guidance=2.5, music=MusicSettings(tempo=72.0, ensemble="organ"), width=0.5, background="off",
    )  # fmt: skip
    assert Request.from_mapping(as_params(request)) == request
