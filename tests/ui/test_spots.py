"""Spotting lists in the work: edited with undo, kept with it, found again with their clips, and made into sound."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path

import numpy as np
import opentimelineio as otio
import pytest
from pytestqt.qtbot import QtBot

from talkies.core.errors import ArgumentError
from talkies.core.generation.request import Task
from talkies.core.media.onsets import detect_onsets
from talkies.core.media.sound import read_sound
from talkies.ui.work.document import Document
from talkies.ui.work.queue import Queue
from talkies.ui.work.state import TakeRecord
from talkies.ui.work.write_back import plan_write_back

PATIENCE_MS = 120_000
RATE = 48_000
SHOT, OTHER = "V1-001", "V1-002"
"""The reel's shots show one second each, from the medium's second 1 on."""


def wait_until_idle(queue: Queue, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not queue.is_busy and not any(job.is_open for job in queue.jobs), timeout=PATIENCE_MS)


def heard(take: TakeRecord) -> np.ndarray:
    """Samples of a take's file from its shot's first frame on."""
    return np.asarray(read_sound(take.path)[0][round(take.head_handle * RATE) :])


def add_hits(document: Document, *seconds: float, words: str = "hammer wood") -> list[str]:
    """At these seconds of the timeline."""
    return [document.add_spot(Fraction(str(each)), words=words) for each in seconds]


def times(document: Document, shot: str = SHOT) -> list[float]:
    return [float(place.span.start) for place in document.spot_places(shot)]


def test_spots_live_in_media_time_and_are_placed_by_record_time(document: Document) -> None:
    first, second, third = add_hits(document, 0.2, 0.6, 1.32)
    assert [first, second, third] == ["V1-001.01", "V1-001.02", "V1-002.01"]
    assert document.spot(first).time == Fraction(6, 5)  # the shot begins at second 1 of its medium
    assert document.spot(third).time == Fraction(33, 25)
    assert times(document) == [0.2, 0.6] and times(document, OTHER) == [1.32]
    document.move_spots({first: (Fraction(5, 2), Fraction(5, 2))})
    assert document.place_of_spot(first) is None and times(document) == [0.6]  # beyond the cut: kept, not shown
    with pytest.raises(ArgumentError, match="needs a picture"):
        document.add_spot(Fraction(7))
    with pytest.raises(ArgumentError, match="must end after it begins"):
        document.move_spots({first: (Fraction(2), Fraction(1))})


def test_every_edit_is_a_step_and_a_drag_is_one(document: Document) -> None:
    (spot,) = add_hits(document, 0.2)
    steps = document.undo_stack.count()
    for frames in (1, 2, 3):
        time = Fraction(6, 5) + Fraction(frames, 25)
        document.change_spots([spot], time=time, until=time, gesture="drag 1")
    document.change_spots([spot], words="door slams", force=0.3, locked=True)
    document.roll_spots([spot])
    document.set_kind(spot, "sustained")
    document.remove_spots([spot])
    assert document.undo_stack.count() == steps + 5
    assert document.lists == {SHOT: ()}  # still a list: nothing sounds
    document.undo_stack.undo()
    assert (document.spot(spot).kind, document.spot(spot).until - document.spot(spot).time) == (
        "sustained",
        Fraction(17, 25),
    )
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert (document.spot(spot).roll, document.spot(spot).force) == (0, 0.3)
    document.undo_stack.undo()
    assert document.spot(spot).time == Fraction(33, 25)
    document.undo_stack.undo()
    assert document.spot(spot).time == Fraction(6, 5)
    document.undo_stack.undo()
    assert not document.has_list(SHOT)


def test_chosen_spots_are_in_selected_shots(document: Document, qtbot: QtBot) -> None:
    first, second = add_hits(document, 0.2, 1.4)
    with qtbot.waitSignal(document.chosen_spots_changed):
        document.choose_spots([second, "nobody"])
    assert (document.chosen_spots, document.selected) == ((second,), (OTHER,))
    document.choose_spots([second, first])
    assert (document.chosen_spots, document.selected) == ((first, second), (SHOT, OTHER))
    document.select([SHOT])
    assert document.chosen_spots == (first,)
    document.remove_spots([first])
    assert document.chosen_spots == ()


def test_lists_are_kept_and_move_with_their_clips(document: Document, reel: Path) -> None:
    spot = add_hits(document, 1.4)[0]
    document.change_spots([spot], locked=True, avoid="music")
    kept = document.lists
    document.close()
    timeline = otio.adapters.read_from_file(str(reel))
    track = timeline.tracks[0]
    track.insert(0, otio.schema.Clip("new", track[0].media_reference.clone(), track[0].source_range))
    otio.adapters.write_to_file(timeline, str(reel))
    document.open(reel)
    assert times(document, "V1-003") == [2.4]
    document.close()
    track[2].source_range = otio.opentime.TimeRange(
        track[2].source_range.start_time + otio.opentime.RationalTime(5, 25), otio.opentime.RationalTime(20, 25)
    )
    otio.adapters.write_to_file(timeline, str(reel))
    document.open(reel)
    (moved,) = document.lists["V1-003"]
    assert (moved.id, moved.shot, moved.time, moved.locked) == (spot, "V1-003", kept[OTHER][0].time, True)
    assert times(document, "V1-003") == [2.2]  # its medium's second 1.4, in a shot that shows it from 1.2 on, at 2


def test_a_list_whose_clip_is_gone_is_on_no_other(document: Document, reel: Path) -> None:
    add_hits(document, 1.4)
    document.close()
    timeline = otio.adapters.read_from_file(str(reel))
    timeline.tracks[0][1].name = "another"
    otio.adapters.write_to_file(timeline, str(reel))
    document.open(reel)
    assert document.all_spots == ()
    assert any("spotting lists belong to clips that are no longer" in note for note in document.notes)


def test_damaged_lists_are_brought_back(document: Document, reel: Path) -> None:
    add_hits(document, 0.2, 0.4)
    document.close()
    path = reel.with_name("reel.talkies") / "work.json"
    work = json.loads(path.read_text())
    one, other = work["work"]["spots"][SHOT]
    one["force"], other["id"] = 1e300, one["id"]
    work["work"]["spots"][SHOT].append({**one, "id": "x", "until": "1/2"})
    path.write_text(json.dumps(work))
    document.open(reel)
    assert [spot.force for spot in document.all_spots] == [0.7]
    assert any("2 spots make no sense" in note for note in document.notes)


def test_what_was_found_becomes_the_list_and_locked_spots_stay(document: Document, queue: Queue, qtbot: QtBot) -> None:
    document.change_settings([SHOT, OTHER], prompt="hammer wood", task="foley")
    queue.spot([SHOT, OTHER])
    wait_until_idle(queue, qtbot)
    assert [(job.state, job.problem) for job in queue.jobs] == [("done", "")] * 2
    assert times(document) == pytest.approx([0.2, 0.48], abs=0.1)  # the medium jumps at 1.2, the door slams at 0.48
    found, slam = document.lists[SHOT]
    assert slam.words == "door slams"
    assert (found.words, document.own_words(found), found.id) == ("", "hammer wood", "V1-001.01")
    document.change_spots([found.id], locked=True, force=0.9)
    document.remove_spots([slam.id])
    mine = add_hits(document, 0.8)[0]
    queue.spot([SHOT])
    wait_until_idle(queue, qtbot)
    assert [(spot.force, spot.words) for spot in document.lists[SHOT]] == [(0.9, ""), (0.7, "door slams")]
    document.undo_stack.undo()
    assert [spot.id for spot in document.lists[SHOT]] == [found.id, mine]


def test_a_take_is_made_of_the_list_and_one_spot_anew_changes_its_window_alone(
    document: Document, queue: Queue, qtbot: QtBot
) -> None:
    document.change_settings([SHOT], task="foley", seed=5)
    first, second = add_hits(document, 0.2, 0.7)
    queue.generate([SHOT])
    wait_until_idle(queue, qtbot)
    (take,) = document.takes(SHOT)
    assert np.abs(detect_onsets(heard(take))[:2] - np.array([0.2, 0.7])).max() <= 0.005
    document.change_settings([SHOT], seed=99)  # the take that sounds keeps its own
    document.roll_spots([second])
    queue.redo_spots([second])
    wait_until_idle(queue, qtbot)
    _, again = document.takes(SHOT)
    assert again.seed == take.seed
    changed = np.flatnonzero(heard(take) != heard(again)) / RATE
    assert 0.69 <= changed.min() < 0.72
    document.remove_spots([first, second])
    queue.generate([SHOT])
    wait_until_idle(queue, qtbot)
    assert document.takes(SHOT)[-1].take.is_silent  # an empty list: nothing sounds
    document.forget_lists([SHOT])
    queue.generate([SHOT])
    wait_until_idle(queue, qtbot)
    assert not document.takes(SHOT)[-1].take.is_silent  # in one pass, as the picture moves


def test_jobs_for_spots_wait_for_the_next_panel(document: Document, queue: Queue, reel: Path) -> None:
    spot = add_hits(document, 0.2)[0]
    queue.pause()
    queue.spot([OTHER])
    queue.redo_spots([spot])
    document.close()
    document.open(reel)
    assert [(job.segment_id, job.kind, job.only) for job in queue.jobs] == [
        (OTHER, "spots", ()),
        (SHOT, "take", (spot,)),
    ]


def test_takes_of_a_list_that_was_edited_since_are_marked_and_said(
    document: Document, queue: Queue, qtbot: QtBot
) -> None:
    first, second = add_hits(document, 0.2, 0.6)
    document.change_settings([SHOT], task="foley")
    queue.generate([SHOT])
    wait_until_idle(queue, qtbot)
    (take,) = document.takes(SHOT)

    def said() -> bool:
        return any(
            take.id in each and "list that was edited since" in each for each in plan_write_back(document).warnings
        )

    assert not document.has_other_spots(take.id) and not said()
    document.change_spots([first], locked=True)
    assert not document.has_other_spots(take.id), "a lock is not heard"
    document.roll_spots([second])
    assert document.has_other_spots(take.id) and said()
    document.undo_stack.undo()
    assert not document.has_other_spots(take.id) and not said()
    document.remove_spots([second])
    assert document.has_other_spots(take.id)
    queue.generate([SHOT])
    wait_until_idle(queue, qtbot)
    assert [document.has_other_spots(each.id) for each in document.takes(SHOT)] == [True, False]
    add_hits(document, 1.5)
    assert not document.has_other_spots(document.takes(SHOT)[-1].id), "another shot's list is another one"
    document.forget_lists([SHOT])
    assert document.has_other_spots(document.takes(SHOT)[-1].id)


@pytest.mark.parametrize("task", ["joint", "background"])
def test_mixes_and_beds_are_made_of_the_list_too(document: Document, queue: Queue, qtbot: QtBot, task: Task) -> None:
    """A bed of its backgrounds, a mix of all else."""
    document.add_spot(Fraction(1, 5), words="hammer wood")
    bed = document.add_spot(Fraction(2, 5), Fraction(4, 5), words="rain", kind="background")
    queue.redo(SHOT, task=task)
    wait_until_idle(queue, qtbot)
    (take,) = document.takes(SHOT)
    if task == "background":
        assert take.facts["rows"] == {bed: "rain"}
    assert not document.has_other_spots(take.id)
    document.change_spots([bed], words="wind")
    assert document.has_other_spots(take.id) == (task == "background")
    document.undo_stack.undo()
    add_hits(document, 0.9)
    assert document.has_other_spots(take.id) == (task == "joint")
    document.undo_stack.undo()
    assert not document.has_other_spots(take.id)
