"""Music in the panel: one piece over several shots, its sections and moods on a lane, and what of it sounds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from engines import load_tones
from films import write_movie, write_reel
from pytestqt.qtbot import QtBot

from talkies.core.generation.take_orders import TakeRequest, make_takes
from talkies.core.segment import Take
from talkies.core.takes.take_folder import deliver, making
from talkies.ui.timeline import TimelineView
from talkies.ui.timeline.rows import take_rows
from talkies.ui.timeline.tooltips import Hit, describe
from talkies.ui.work.document import Document
from talkies.ui.work.queue import Queue
from talkies.ui.work.voice_samples import VoiceSamples
from talkies.ui.work.worker_client import WorkerClient
from talkies.ui.workspace import Workspace

PATIENCE_MS = 120_000


def wait_until_idle(queue: Queue, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not queue.is_busy and not any(job.is_open for job in queue.jobs), timeout=PATIENCE_MS)


@pytest.fixture
def scored(tmp_path: Path) -> Iterator[Document]:
    """One shot of 16 s with a line in it, whose music changes its mood half-way; made twice with one seed each."""
    write_movie(tmp_path / "film.mp4", 17)
    said = [(50, 100, "Who is there?"), (200, 225, "[music: hurry]")]
    reel = write_reel(tmp_path / "reel.otio", ["film.mp4"], frames=400, cues=said)
    document = Document()
    document.open(reel)
    order = TakeRequest.from_mapping({**document.order(), "task": "music", "prompt": "lamento", "seed": 3})
    list(make_takes(order, load_engine=load_tones))
    document.find_takes()
    yield document
    document.close()


def test_sections_of_one_shot_both_sound_as_they_make_way(scored: Document) -> None:
    sounding = scored.chosen_takes("V1-001")
    assert [(take.music, take.number, take.makes_way) for take in sounding] == [
        ("m1 lamento", 1, True), ("m2 hurry", 1, True),
    ]  # fmt: skip
    assert [each.number for each in scored.rivals(sounding[0])] == [2], "the same without making way"
    scored.star(scored.rivals(sounding[0])[0].id)
    assert [take.number for take in scored.chosen_takes("V1-001")] == [2, 1]


def test_the_lane_of_music_has_its_sections_side_by_side(scored: Document) -> None:
    rows = take_rows(scored.all_takes)
    assert [(row.label, [item.music for item in row.items]) for row in rows] == [
        ("Music", ["m1 lamento", "m2 hurry"]), ("MX take 2", ["m1 lamento", "m2 hurry"]),
    ]  # fmt: skip


def test_one_piece_is_made_over_the_shots_and_another_on_its_plan(
    document: Document, queue: Queue, qtbot: QtBot
) -> None:
    document.change_settings(["V1-001"], prompt="waltz", seed=5)
    (job,) = queue.score(["V1-002", "V1-001"])
    assert next(each for each in queue.jobs if each.id == job).order["segments"] == ["V1-001", "V1-002"]
    wait_until_idle(queue, qtbot)
    (made, full) = document.takes("V1-001")
    assert (made.record.start, made.record.end, made.facts["mood"]) == (0, 2, "waltz")
    assert (made.number, made.seed, full.makes_way) == (1, 5, False)
    queue.rescore(full)
    wait_until_idle(queue, qtbot)
    assert [(take.number, take.seed) for take in document.takes("V1-001")] == [(1, 5), (2, 5), (3, 6), (4, 6)]
    assert [job.state for job in queue.jobs] == ["done", "done"] and queue.fraction == 1.0


def put_music(document: Document, segment_id: str, number: int, seed: int, **facts: Any) -> str:
    """A take of music for one segment; its id."""
    segment = document.segment(segment_id)
    assert document.store
    with making(document.store.takes) as place:
        sound = place / f"MX_{segment.id}_t{number:02}.wav"
        sound.write_bytes(b"sound")
        take = Take(segment.id, "MX", sound.stem, sound, segment.record, 48_000, number=number)
        facts = {"seed": seed, "cue": "m1", **facts}
        document.add_finished(deliver(take.with_facts(facts), segment, document.store.takes).path)
    return take.name


def test_another_piece_lies_where_the_first_one_has_moved_to(document: Document, queue: Queue, reel: Path) -> None:
    span = {"span": ["0", "2"], "prompt": "waltz"}
    first, _ = (put_music(document, each, 1, 5, **span) for each in ("V1-001", "V1-002"))
    document.close()
    write_reel(reel, ["film.mp4"] * 3, start=25, first="inserted")
    document.open(reel)
    queue.pause()
    for seed in (6, 7):
        (number,) = queue.rescore(document.take(first))
        (job,) = (each for each in queue.jobs if each.id == number)
        assert (job.only, job.settings.seed, job.settings.prompt) == (("V1-002", "V1-003"), seed, "waltz")


@pytest.mark.parametrize("span", [None, ["x", "1"], [], 3, {"a": []}])
def test_a_piece_that_says_nothing_of_its_place_is_made_again_over_its_take(
    document: Document, queue: Queue, span: object
) -> None:
    take = document.take(put_music(document, "V1-002", 1, 5, span=span))
    queue.pause()
    queue.rescore(take)
    assert [(job.only, job.settings.seed) for job in queue.jobs] == [(("V1-002",), 6)]


def test_what_lies_nowhere_is_not_said_to_be_in_the_queue(
    document: Document, queue: Queue, qtbot: QtBot, worker_command: list[str], reel: Path
) -> None:
    work = Workspace(document, queue, VoiceSamples(WorkerClient(worker_command, document), reel.parent))
    qtbot.addWidget(work)
    said: list[str] = []
    work.status_message.connect(said.append)
    queue.pause()
    take_id = put_music(document, "V1-002", 1, 5, span=["1", "2"])
    work.redo(take_id)
    assert len(queue.jobs) == len(said) == 1
    document.close()
    write_reel(reel, ["film.mp4"], start=25, first="other")
    document.open(reel)
    assert document.take(take_id).lost and not queue.jobs
    del said[:]
    work.redo(take_id)
    assert not queue.jobs and not said
    work.close_players()


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"tempo": 96.4, "duck": 6.5, "instruments": ["piano", "cello"], "key": "D minor", "mood": "waltz"},
         ["m1 waltz", "D minor; 96 quarters a minute; piano, cello; 6.5 dB lower under speech, more in its bands"]),
        ({"tempo": "fast", "duck": "6 dB", "instruments": 3, "mood": 4}, ["m1"]),
        ({"tempo": float("nan"), "duck": 10**400, "instruments": {"a": 1}, "section": None}, ["m1"]),
        ({"tempo": [96], "duck": True, "instruments": "piano", "section": {}}, ["m1"]),
    ],
)  # fmt: skip
def test_a_tool_tip_of_music_says_what_makes_sense(
    document: Document, qtbot: QtBot, facts: dict[str, Any], said: list[str]
) -> None:
    take = document.take(put_music(document, "V1-001", 1, 5, **facts))
    view = TimelineView(document)
    qtbot.addWidget(view)
    row = next(row for row in view.rows if row.kind == "take")
    lines = describe(Hit(row, 0, take.place.start), document, view.media).splitlines()
    assert lines[: lines.index("take 1, seed 5")] == said
    assert take.makes_way == ("lower" in said[-1])
    view.media.stop()
