"""By which a batch tells the jobs of portraits: another voice, other words or another maker are another portrait."""

from __future__ import annotations

from pathlib import Path

import pytest
from engines import load_tones
from speaking_stills import NumberedPictures, numbered_portraits, write_stills

from talkies.core.events import Finished
from talkies.core.generation.job_list import JobsRequest, list_jobs
from talkies.core.generation.request import Request

__all__ = ["numbered_portraits"]

pytestmark = pytest.mark.usefixtures("numbered_portraits")

STILL, HELD = "PX_V1-001_shot-1_t01", "PX_V1-003_shot-3_t01"


def keys(reel: Path, **options: object) -> dict[str, str]:
    request = Request(reel, reel.with_name("out.otio"), task="portrait", **options)  # type: ignore[arg-type]
    *_, last = list_jobs(JobsRequest(request), load_engine=load_tones)
    assert isinstance(last, Finished)
    return {job["name"]: job["key"] for job in last.report["jobs"]}


def test_nothing_changed_is_nothing_new(tmp_path: Path) -> None:
    reel = write_stills(tmp_path)
    assert keys(reel) == keys(reel)
    assert {STILL, HELD} < keys(reel).keys()


def test_other_words_are_another_portrait_of_their_still_alone(tmp_path: Path) -> None:
    reel = write_stills(tmp_path)
    before = keys(reel)
    srt = reel.with_suffix(".srt")
    srt.write_text(srt.read_text().replace("Good evening", "Good morning"))
    after = keys(reel)
    assert {name for name in before if before[name] != after[name]} == {"DX_V1-001_shot-1_ANNA_t01", STILL}


def test_another_voice_is_another_portrait(tmp_path: Path) -> None:
    reel = write_stills(tmp_path)
    one, other = keys(reel, voice="june"), keys(reel, voice="clara")
    assert all(one[name] != other[name] for name in (STILL, HELD))


def test_another_maker_is_another_portrait_and_the_same_dialogue(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reel = write_stills(tmp_path)
    before = keys(reel)
    monkeypatch.setattr(NumberedPictures, "weights_hash", "1" * 64)
    after = keys(reel)
    assert {name for name in before if before[name] != after[name]} == {STILL, HELD}
