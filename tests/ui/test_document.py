"""The document: what is chosen can be read, changed, undone, saved and found again."""

from __future__ import annotations

import json
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from films import write_reel
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from talkies.core.errors import ArgumentError, InputError, OutputError, TimelineError
from talkies.core.files.dataclass_json import as_json, from_json
from talkies.core.generation.take_orders import CueEdit
from talkies.core.segment import Segment, Take
from talkies.core.takes.take_folder import deliver, making
from talkies.core.timeline import read_timeline
from talkies.core.times import TimeRange
from talkies.ui.work.document import Document
from talkies.ui.work.state import MIXED, SegmentSettings, TakeChoices, WorkState
from talkies.ui.work.store import work_folder

BOTH = ("V1-001", "V1-002")


def put_take(document: Document, segment: Segment, number: int = 1, stem: Any = "FX", **metadata: Any) -> str:
    """A finished take in the document's folder; its sound is not looked at."""
    assert document.store
    with making(document.store.takes) as place:
        sound = place / f"{stem}_{segment.id}_t{number:02}.wav"
        sound.write_bytes(b"sound")
        take = Take(segment.id, stem, sound.stem, sound, segment.record, 48_000, number=number)
        document.add_finished(deliver(take.with_facts(metadata), segment, document.store.takes).path)
    return take.name


def test_a_change_of_several_segments_is_one_step(document: Document, qtbot: QtBot) -> None:
    with qtbot.waitSignals([document.settings_changed, document.state_changed]):
        document.change_settings(BOTH, prompt="rain", takes=3)
    document.change_settings(["V1-002"], takes=5)
    assert document.settings(BOTH)["prompt"] == "rain"
    assert document.settings(BOTH)["takes"] is MIXED
    document.undo_stack.undo()
    assert document.settings(BOTH)["takes"] == 3
    document.undo_stack.undo()
    assert document.settings_of("V1-001") == SegmentSettings()
    document.undo_stack.redo()
    assert document.settings(BOTH)["takes"] == 3
    assert document.settings([]) == {}


def test_one_gesture_is_one_step(document: Document) -> None:
    for level in (1.0, 2.0, 3.0):
        document.change_settings(["V1-001"], gesture="level", level_db=level)
    document.change_settings(["V1-001"], gesture="again", level_db=4.0)
    document.undo_stack.undo()
    assert document.settings_of("V1-001").level_db == 3.0
    document.undo_stack.undo()
    assert document.settings_of("V1-001").level_db == 0.0


def test_what_cannot_be_is_refused_and_nothing_changes(document: Document) -> None:
    before = document.state
    refused: tuple[Callable[[], object], ...] = (
        lambda: document.change_settings(["V9-001"], takes=2),
        lambda: document.change_settings(["V1-001"], taks=2),
        lambda: document.edit_cue(0, start=Fraction(5)),
        lambda: document.edit_cue(0, start=Fraction(-1)),
        lambda: document.star("nothing"),
    )
    for change in refused:
        with pytest.raises(ArgumentError):
            change()
    assert document.state == before
    assert not document.undo_stack.canUndo()


def test_cues_are_edited_in_place_and_restored(document: Document) -> None:
    assert document.timeline
    read = document.timeline.cues
    document.edit_cue(0, text="Good night.", start=Fraction(1, 10))
    document.edit_cue(0, voice="low")
    assert (document.cues[0].text, document.cues[0].range) == (
        "Good night.",
        TimeRange(Fraction(1, 10), Fraction(2, 5)),
    )
    assert document.cues[1:] == read[1:]
    assert document.voice_of(0) == "low"
    document.reset_cue(0)
    assert document.cues == read
    assert document.voice_of(0) == "low"
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert document.voice_of(0) == ""
    assert document.cues[0].text == "Good night."


def test_an_edit_back_to_what_was_read_is_none(document: Document) -> None:
    document.edit_cue(0, text="x")
    document.edit_cue(0, text="Hello there.")
    assert document.state.cues == {}


def test_selection_follows_the_order_of_the_timeline(document: Document) -> None:
    document.select(["V1-002", "V1-001", "nothing"])
    assert document.selected == BOTH
    document.select(["V1-001"], "toggle")
    assert document.selected == ("V1-002",)
    document.select(["V1-001"], "add")
    document.select(["V1-002"], "remove")
    assert document.selected == ("V1-001",)
    assert not document.undo_stack.canUndo()


def test_the_playhead_stays_in_the_timeline_and_in_before_out(document: Document) -> None:
    document.set_playhead(Fraction(99))
    assert document.playhead == 2
    document.set_playhead(Fraction(-1))
    assert document.playhead == 0
    document.set_in_out(Fraction(3, 2), Fraction(1, 2))
    assert document.in_out == (Fraction(1, 2), Fraction(3, 2))


def test_the_star_moves_and_the_newest_sounds_without_one(document: Document, qtbot: QtBot) -> None:
    segment = document.segment("V1-001")
    first, second, third = (put_take(document, segment, number) for number in (1, 2, 3))
    assert [take.id for take in document.chosen_takes("V1-001")] == [third]
    with qtbot.waitSignal(document.takes_changed) as told:
        document.star(first)
    assert told.args == ["V1-001"]
    document.star(second)
    assert [take.id for take in document.takes("V1-001") if take.starred] == [second]
    assert [take.id for take in document.chosen_takes("V1-001")] == [second]
    document.remove_takes([second])
    assert [take.id for take in document.takes("V1-001")] == [first, third]
    document.undo_stack.undo()
    document.undo_stack.undo()
    assert [take.id for take in document.chosen_takes("V1-001")] == [first]


def test_a_take_that_comes_is_not_undone(document: Document) -> None:
    document.change_settings(["V1-001"], prompt="rain")
    take = put_take(document, document.segment("V1-001"))
    document.undo_stack.undo()
    assert [each.id for each in document.takes("V1-001")] == [take]


def test_nudge_and_gain_are_exact_and_add_up(document: Document) -> None:
    take = put_take(document, document.segment("V1-002"))
    document.nudge([take], 3)
    document.nudge([take], -1)
    document.set_gain([take], -4.5)
    document.change_settings(["V1-002"], level_db=1.5)
    record = document.take(take)
    assert record.place == TimeRange(Fraction(1) + Fraction(2, 25), Fraction(2) + Fraction(2, 25))
    assert document.gain_of(record) == -3.0
    document.mute_stem("V1-002", "FX")
    assert document.take(take).muted


def test_everything_is_found_again(document: Document, reel: Path) -> None:
    take = put_take(document, document.segment("V1-001"), seed=7, loudness_lufs=-23.0)
    document.select(["V1-002"])
    document.set_playhead(Fraction(1001, 24000))
    document.set_in_out(None, Fraction(1, 3))
    document.change_settings(["V1-001"], prompt="Regen, naß", steps=5)
    document.edit_cue(2, text="Good evening.", speaker="CLARA", voice="low")
    document.star(take)
    document.nudge([take], -2)
    state, takes = document.state, document.all_takes
    document.close()
    assert document.timeline is None and document.cues == () and document.takes("V1-001") == ()
    document.open(reel)
    assert document.state == state
    assert document.all_takes == takes
    assert (takes[0].seed, takes[0].loudness_lufs) == (7, -23.0)


def test_edits_are_saved_soon_without_being_asked(document: Document, qtbot: QtBot) -> None:
    assert document.folder
    work = document.folder / "work.json"
    document.change_settings(["V1-001"], prompt="rain")
    qtbot.waitUntil(lambda: work.exists() and "rain" in work.read_text(), timeout=20_000)


def test_removed_takes_go_with_the_next_opening(document: Document, reel: Path) -> None:
    take = put_take(document, document.segment("V1-001"))
    path = document.take(take).path
    document.remove_takes([take])
    document.close()
    assert path.exists()
    document.open(reel)
    assert not path.exists() and not path.with_suffix(".json").exists()
    assert document.state.choices == {}


def test_looking_leaves_nothing_behind(document: Document, reel: Path) -> None:
    document.close()
    assert not work_folder(reel).exists()


def test_a_timeline_is_open_in_one_panel(document: Document, reel: Path) -> None:
    other = Document()
    with pytest.raises(OutputError, match="open in another panel"):
        other.open(reel)
    document.close()
    other.open(reel)
    other.close()


def test_what_cannot_be_opened_leaves_what_is_open(document: Document, tmp_path: Path) -> None:
    document.change_settings(["V1-001"], prompt="rain")
    with pytest.raises(TimelineError):
        document.open(tmp_path / "none.otio")
    assert document.settings_of("V1-001").prompt == "rain"
    document.undo_stack.undo()


def test_opening_the_same_timeline_again_keeps_the_last_edit(document: Document, reel: Path) -> None:
    document.change_settings(["V1-001"], prompt="rain")
    document.open(reel)
    assert document.settings_of("V1-001").prompt == "rain"


def test_two_timelines_of_one_name_have_folders_of_their_own(document: Document, reel: Path) -> None:
    document.change_settings(["V1-001"], prompt="rain")
    document.save()
    assert work_folder(reel) == reel.with_name("reel.talkies")
    assert work_folder(reel.with_name("reel.xml")) == reel.with_name("reel.xml.talkies")
    moved = reel.with_name("new.otio")  # the folder goes along when both are renamed
    assert work_folder(moved) == reel.with_name("new.talkies")


@pytest.mark.parametrize(
    "damage",
    [
        *("", "{", "[]", '{"version": 1}', '{"version": 1, "work": {"selected": 5}}'),
        *('{"version": 1, "work": {"playhead": "1e99999999"}}', '{"version": 1, "work": {"playhead": "1/0"}}'),
        '{"version": 1, "work": {"choices": {"a": {"gain_db": NaN}}}}',
    ],
    ids=str,
)
def test_saved_work_that_cannot_be_read_is_set_aside(document: Document, reel: Path, damage: str) -> None:
    document.change_settings(["V1-001"], prompt="rain")
    document.close()
    document.open(reel)  # from here on there is a version from before
    document.change_settings(["V1-001"], prompt="hail")
    document.close()
    work = work_folder(reel) / "work.json"
    work.write_text(damage)
    document.open(reel)
    assert document.settings_of("V1-001").prompt == "rain"
    assert any("set aside" in note for note in document.notes)
    assert (work.parent / "work.unreadable-1.json").read_text() == damage


def test_work_of_a_newer_talkies_is_refused_and_kept(document: Document, reel: Path) -> None:
    document.change_settings(["V1-001"], prompt="rain")
    document.close()
    work = work_folder(reel) / "work.json"
    work.write_text(json.dumps({"version": 99, "work": {}}))
    with pytest.raises(InputError, match="newer talkies"):
        document.open(reel)
    assert json.loads(work.read_text())["version"] == 99


def test_work_that_cannot_be_saved_is_told(document: Document, qtbot: QtBot) -> None:
    assert document.folder
    (document.folder / "work.json").mkdir()
    with qtbot.waitSignal(document.save_failed) as told:
        document.change_settings(["V1-001"], prompt="rain")
    assert told.args and "work.json" in told.args[0]
    (document.folder / "work.json").rmdir()


def test_the_work_moves_with_its_clips(document: Document, reel: Path) -> None:
    """A clip is put before the others: every id and place changes."""
    segment = document.segment("V1-002")
    take = put_take(document, segment)
    document.change_settings(["V1-002"], prompt="rain")
    document.edit_cue(2, text="Good evening.")
    document.close()
    cues = [(2, 10, "ANNA: Hello there."), (55, 65, "BORIS: Good morning.")]
    write_reel(reel, ["film.mp4", "film.mp4", "film.mp4"], cues=cues, start=25, first="inserted")
    document.open(reel)
    assert document.settings_of("V1-003").prompt == "rain"
    assert document.settings_of("V1-002") == SegmentSettings()
    assert [(each.id, each.record) for each in document.takes("V1-003")] == [
        (take, TimeRange(Fraction(2), Fraction(3)))
    ]
    assert [cue.text for cue in document.cues] == ["Hello there.", "Good evening."]


def test_takes_of_clips_that_are_gone_are_kept_and_listed(document: Document, reel: Path) -> None:
    take = put_take(document, document.segment("V1-002"))
    document.close()
    write_reel(reel, ["film.mp4"], start=25)
    document.open(reel)
    assert [each.id for each in document.all_takes if each.lost] == [take]
    assert any("no longer in the timeline" in note for note in document.notes)


TEXT = st.text(max_size=4)
TIMES = st.fractions()
EDITS = st.builds(CueEdit, was_text=TEXT, was_start=TIMES, text=st.none() | TEXT, start=st.none() | TIMES)
CHOICES = st.builds(TakeChoices, gain_db=st.floats(allow_nan=False, allow_infinity=False), starred=st.booleans())
STATES = st.builds(
    WorkState,
    settings=st.dictionaries(
        TEXT, st.builds(SegmentSettings, prompt=TEXT, steps=st.none() | st.integers()), max_size=2
    ),
    cues=st.dictionaries(st.integers(), EDITS, max_size=2),
    voices=st.dictionaries(TEXT, TEXT, max_size=2),
    choices=st.dictionaries(TEXT, CHOICES, max_size=2),
    selected=st.lists(TEXT, max_size=2).map(tuple),
    playhead=TIMES,
    in_point=st.none() | TIMES,
)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(STATES)
def test_any_state_survives_json_exactly(state: WorkState) -> None:
    assert from_json(WorkState, json.loads(json.dumps(as_json(state)))) == state


@pytest.mark.parametrize("owner", ["", ".", "..", "a/../..", "x" * 5000, "a\0b", 7])
def test_a_work_folder_that_names_no_timeline_is_opened(qtbot: QtBot, reel: Path, owner: object) -> None:
    folder = reel.with_name("reel.talkies")
    folder.mkdir()
    (folder / "work.json").write_text(json.dumps({"version": 1, "timeline": owner, "work": {}}))
    document = Document()
    document.open(reel)
    document.close()


def test_saved_places_outside_the_timeline_are_brought_back(qtbot: QtBot, reel: Path) -> None:
    folder = reel.with_name("reel.talkies")
    folder.mkdir()
    cue = read_timeline(reel).cues[0]
    edit = {"was_text": cue.text, "was_start": str(cue.range.start), "start": "-9", "end": "99999999"}
    work = {
        "playhead": "9" * 50,
        "in_point": "-1",
        "choices": {"a": {"gain_db": 1e300, "nudge_frames": 10**40}},
        "settings": {"V1-001": {"level_db": 1e300}},
        "cues": {"0": edit},
    }
    (folder / "work.json").write_text(json.dumps({"version": 1, "timeline": reel.name, "work": work}))
    document = Document()
    document.open(reel)
    assert document.timeline is not None
    assert document.playhead == document.timeline.duration
    assert document.in_out == (None, None)
    assert document.settings_of("V1-001").level_db == 100
    assert document.cues[0] == cue
    assert any("outside the timeline" in note for note in document.notes)
    document.close()


def test_a_work_folder_that_is_a_link_is_refused_and_left_alone(qtbot: QtBot, reel: Path, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "db.json").write_text("{}")
    folder = reel.with_name("reel.talkies")
    folder.mkdir()
    (folder / "takes").symlink_to(precious, target_is_directory=True)
    with pytest.raises(OutputError, match="is a link"):
        Document().open(reel)
    assert (precious / "db.json").read_text() == "{}"


def test_a_work_folder_in_which_nothing_was_kept_goes_unless_something_else_is_in_it(qtbot: QtBot, reel: Path) -> None:
    document = Document()
    for mine in ((), ("notes.txt",)):
        document.open(reel)
        folder = work_folder(reel)
        for name in mine:
            (folder / name).write_text("mine")
        document.close()
        assert folder.exists() == bool(mine)
    assert (folder / "notes.txt").read_text() == "mine"
