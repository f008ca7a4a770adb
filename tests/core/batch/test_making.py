"""What becomes of planned jobs, told by the takes and failures of a run."""

from __future__ import annotations

from talkies.core.batch.making import settled_jobs
from talkies.core.batch.records import FileMark, Job

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
