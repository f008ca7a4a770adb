"""What becomes of planned jobs, told by the takes and failures of a run."""

from __future__ import annotations

from talkies.core.batch.records import FileMark, Job
from talkies.core.batch.settling import settled_jobs

MARK = FileMark(1, 1, "0")


def planned(segment: str, stem: str, name: str, take: int = 1) -> Job:
    return Job(segment, "shot", stem, take, name, f"key of {name}", 2.0, still=f"{segment}.jpg")


def made(segment: str, stem: str, name: str, take: int = 1) -> Job:
    return Job(segment, "", stem, take, name, seconds=1.5, state="done", file=f"{name}.wav", mark=MARK)


def test_events_come_in_the_place_of_their_shot() -> None:
    """With ``--clips events`` each is a take of its own; a shot without any is done as well."""
    jobs = settled_jobs(
        (planned("V1", "FX", "FX_V1_t01"), planned("V2", "FX", "FX_V2_t01"), planned("V2", "DX", "DX_V2_t01")),
        [made("V1", "FX", "FX_V1_e1_t01"), made("V1", "FX", "FX_V1_e2_t01"), made("V2", "DX", "DX_V2_t01")],
        [],
    )
    assert [(job.name, job.state, job.file) for job in jobs] == [
        ("FX_V1_e1_t01", "done", "FX_V1_e1_t01.wav"),
        ("FX_V1_e2_t01", "done", "FX_V1_e2_t01.wav"),
        ("FX_V2_t01", "done", ""),
        ("DX_V2_t01", "done", "DX_V2_t01.wav"),
    ]
    assert {(job.clip, job.still) for job in jobs} == {("shot", "V1.jpg"), ("shot", "V2.jpg")}
    assert [job.key for job in jobs[:2]] == ["key of FX_V1_t01"] * 2


def test_a_stem_that_was_left_out_says_why_and_so_does_what_it_takes_with_it() -> None:
    """A background is not told of by itself where the picture of its shot is what is wrong."""
    jobs = settled_jobs(
        (planned("V1", "FX", "FX_V1_t01"), planned("V1", "BG", "BG_V1_t01"), planned("V2", "FX", "FX_V2_t01")),
        [made("V2", "FX", "FX_V2_t01")],
        [{"segment": "V1", "stem": "FX", "message": "film.mp4: is not there; relink it"}],
    )
    assert [job.state for job in jobs] == ["failed", "failed", "done"]
    assert {job.problem for job in jobs[:2]} == {"film.mp4: is not there; relink it"}


def test_what_one_speaker_cannot_say_takes_nothing_from_the_other() -> None:
    anna, bob = (planned("V1", "DX", f"DX_V1_{name}_t01") for name in ("Anna", "Bob"))
    failure = {"segment": "V1", "stem": "DX", "message": "no voice; name one", "first_take": anna.name}
    jobs = settled_jobs((anna, bob), [made("V1", "DX", bob.name)], [failure])
    assert [(job.name, job.state, job.file, job.problem) for job in jobs] == [
        (anna.name, "failed", "", "no voice; name one"),
        (bob.name, "done", f"{bob.name}.wav", ""),
    ]


def test_a_failure_is_told_beside_the_events_that_were_made_and_alone_where_no_job_has_it() -> None:
    """None is lost: a reel with one is not done."""
    told = [
        {"segment": "V1", "stem": "FX", "message": "disk", "first_take": "FX_V1_t01"},
        {"segment": "V9", "clip": "shot 9", "stem": "BG", "message": "picture", "first_take": "BG_V9_t01"},
    ]
    jobs = settled_jobs((planned("V1", "FX", "FX_V1_t01"),), [made("V1", "FX", "FX_V1_e1_t01")], told)
    assert [(job.name, job.state, job.problem) for job in jobs] == [
        ("FX_V1_e1_t01", "done", ""),
        ("FX_V1_t01", "failed", "disk"),
        ("BG_V9_t01", "failed", "picture"),
    ]
