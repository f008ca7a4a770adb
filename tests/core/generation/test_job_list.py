"""Jobs are listed before they are made: which there will be, and keys that tell what they are made of."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from engines import load_tones
from films import write_movie

from talkies.core.events import Finished
from talkies.core.generation.job_list import JobsRequest, list_jobs
from talkies.core.generation.render import render
from talkies.core.generation.request import Request
from talkies.core.media.probing import probe


def request_for(reel: Path, **changes: Any) -> Request:
    return replace(Request(reel, reel.with_name("out.otio"), background="off"), **changes)


def listed(request: Request, stills: Path | None = None) -> dict[str, Any]:
    *_, last = list_jobs(JobsRequest(request, stills), load_engine=load_tones)
    assert isinstance(last, Finished)
    return last.report


def keys(request: Request) -> list[str]:
    return [job["key"] for job in listed(request)["jobs"]]


def test_what_is_listed_is_what_is_made(reel: Path) -> None:
    request = request_for(reel, takes=2)
    jobs = listed(request)["jobs"]
    assert not list(reel.parent.glob("out*"))
    *_, last = render(request, load_engine=load_tones)
    assert isinstance(last, Finished)
    told = [(job["name"], job["segment"], job["stem"], job["take"], job["seconds"]) for job in jobs]
    assert told == [
        (take.name, take.segment_id, take.stem, take.number, float(take.record.duration)) for take in last.takes
    ]
    assert len({job["key"] for job in jobs}) == len(jobs) > 4


@pytest.mark.parametrize("task", ["joint", "background", "music"])
def test_so_it_is_for_every_task(task: str, reel: Path) -> None:
    request = request_for(reel, task=task, background="", takes=2)
    told = {job["name"] for job in listed(request)["jobs"]}
    *_, last = render(request, load_engine=load_tones)
    assert isinstance(last, Finished)
    assert told == {take.name for take in last.takes}


def test_stills_are_small_pictures_of_each_segment(reel: Path, tmp_path: Path) -> None:
    jobs = listed(request_for(reel), tmp_path / "stills")["jobs"]
    names = {job["still"] for job in jobs}
    assert names == {"V1-001.jpg", "V1-002.jpg"}
    for name in names:
        assert (tmp_path / "stills" / name).read_bytes()[:3] == b"\xff\xd8\xff"
        assert probe(tmp_path / "stills" / name).duration > 0


def test_a_key_knows_content_and_not_where_it_lies(reel: Path, tmp_path: Path) -> None:
    before = listed(request_for(reel))
    moved = tmp_path / "elsewhere"
    shutil.copytree(reel.parent, moved)
    for path in moved.iterdir():
        os.utime(path, (1, 1))
    again = listed(request_for(moved / reel.name))
    assert [job["key"] for job in again["jobs"]] == [job["key"] for job in before["jobs"]]
    assert again["key"] != before["key"]  # what is written names its media by their places
    assert listed(request_for(reel, out=tmp_path / "far" / "out.otio"))["key"] == before["key"]


def _another_film(reel: Path) -> Request:
    write_movie(next(reel.parent.glob("*.mp4")), 3, flashes=(0.2, 2.1))
    return request_for(reel)


@pytest.mark.parametrize(
    "change",
    [
        lambda reel: request_for(reel, seed=1),
        lambda reel: request_for(reel, steps=7),
        lambda reel: request_for(reel, handles=0),
        lambda reel: request_for(reel, loudness="none"),
        _another_film,
    ],
    ids=["seed", "steps", "handles", "loudness", "film"],
)
def test_whatever_decides_a_take_is_in_its_key(change: Callable[[Path], Request], reel: Path) -> None:
    before = keys(request_for(reel))
    assert not set(before) & set(keys(change(reel)))


def test_words_change_the_keys_of_those_who_say_them(reel: Path) -> None:
    before = {job["name"]: job["key"] for job in listed(request_for(reel))["jobs"]}
    reel.write_text(reel.read_text().replace("Hello there.", "Good evening."))
    after = {job["name"]: job["key"] for job in listed(request_for(reel))["jobs"]}
    changed = {name for name in before if before[name] != after[name]}
    assert changed and all(name.startswith("DX_V1-001") for name in changed)


def test_a_timeline_with_another_title_is_another_key_of_the_whole(reel: Path) -> None:
    """No take hears of it, but what is written does."""
    before = listed(request_for(reel))
    reel.write_text(reel.read_text().replace('"V1"', '"Picture"', 1) + "\n")
    after = listed(request_for(reel))
    assert after["key"] != before["key"]


def test_inputs_are_all_that_it_reads(reel: Path) -> None:
    names = {Path(each).name for each in listed(request_for(reel))["inputs"]}
    assert {reel.name, next(reel.parent.glob("*.mp4")).name} <= names
