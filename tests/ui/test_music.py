"""Music in the panel: one piece over several shots, its sections and moods on a lane, and what of it sounds."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from engines import load_tones
from films import write_movie, write_reel
from pytestqt.qtbot import QtBot

from talkies.core.generation.take_orders import TakeRequest, make_takes
from talkies.ui.timeline.rows import take_rows
from talkies.ui.work.document import Document
from talkies.ui.work.queue import Queue

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
