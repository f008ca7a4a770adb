"""A sound editor's path in a real window: spot, drag, re-roll, swap for a library sound, write back, open again."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import opentimelineio as otio
import pytest
from library_sounds import add, save, struck
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot
from windows import PATIENCE_MS, make_window, open_in, wait_for_queue

from talkies.core.library import open_library
from talkies.core.media.onsets import detect_onsets
from talkies.core.media.sound import read_sound
from talkies.ui.dialogs.write_back import WriteBackDialog
from talkies.ui.spotting.model import SOURCE
from talkies.ui.timeline.view import TimelineView
from talkies.ui.window import Window
from talkies.ui.work.state import TakeRecord

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
SHOT = "V1-001"
RATE = 48_000


@pytest.fixture(autouse=True)
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One recording of a door."""
    monkeypatch.setenv("TALKIES_LIBRARY", str(tmp_path / "data" / "library.sqlite"))
    folder = tmp_path / "Sounds"
    folder.mkdir()
    save(folder / "wooden door slam.wav", struck([3000], 60_000))
    with open_library() as index:
        add(index, folder)


def on_lane(view: TimelineView, seconds: Fraction) -> QPoint:
    index = next(index for index, row in enumerate(view.rows) if row.kind == "spots")
    return QPoint(view.scale.x(seconds), view.row_top(index) + view.rows[index].height - 4)


def drag(qtbot: QtBot, view: TimelineView, start: QPoint, by: int) -> None:
    qtbot.mousePress(view.viewport(), LEFT, NONE, start)
    for step in (1, 2):
        qtbot.mouseMove(view.viewport(), start + QPoint(by, 0) * step / 2)
    qtbot.mouseRelease(view.viewport(), LEFT, NONE, start + QPoint(by, 0))


def heard(take: TakeRecord) -> np.ndarray:
    """Samples from the shot's first frame on."""
    return np.asarray(read_sound(take.path)[0][round(take.head_handle * RATE) :])


def finish(qtbot: QtBot, window: Window) -> None:
    """Until all is made, and well."""
    wait_for_queue(qtbot, window)
    assert [job.problem for job in window.queue.jobs if job.state != "done"] == []


def newest(window: Window) -> TakeRecord:
    return window.document.takes(SHOT)[-1]


def test_spot_drag_reroll_swap_write_back_and_open_again(
    qtbot: QtBot, tmp_path: Path, reel: Path, worker_command: list[str]
) -> None:
    window = make_window(qtbot, tmp_path, worker_command)
    window.resize(1500, 950)
    open_in(qtbot, window, reel)
    document, space = window.document, window.workspace
    view = space.timeline
    document.select([SHOT])
    document.change_settings([SHOT], task="foley", prompt="hammer wood")

    window.commands["spot"].trigger()
    finish(qtbot, window)
    jump, slam = document.lists[SHOT]  # what is seen to jump at 0.2 s, and the subtitle [door slams]
    assert space.spot_table.model.rowCount() == 2 and space.spot_dock.isVisible()

    table = space.spot_table.model
    assert table.setData(table.index(1, SOURCE), "rules")

    start, frame = document.place_of_spot(jump.id), Fraction(1, 25)
    assert start is not None
    drag(qtbot, view, on_lane(view, start.start), view.scale.width(3 * frame))
    moved = document.place_of_spot(jump.id)
    assert moved is not None and moved.start == start.start + 3 * frame
    window.commands["generate"].trigger()
    finish(qtbot, window)
    first = newest(window)
    assert np.abs(detect_onsets(heard(first))[0] - float(moved.start)) <= 0.005

    view.setFocus()
    qtbot.mouseClick(view.viewport(), LEFT, NONE, on_lane(view, Fraction(12, 25)))
    assert document.chosen_spots == (slam.id,)
    qtbot.keyClick(view, Qt.Key.Key_R)
    finish(qtbot, window)
    rolled = newest(window)
    changed = np.flatnonzero(heard(first) != heard(rolled)) / RATE
    assert 0.45 <= changed.min() < 0.55, "nothing before the slam is another"

    window.commands["swap_spot"].trigger()
    dialog = space.spots.dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.list.topLevelItemCount() == 1, timeout=PATIENCE_MS)
    found = dialog.list.topLevelItem(0)
    assert found is not None
    dialog.list.setCurrentItem(found)
    qtbot.mouseClick(dialog.use, LEFT)
    finish(qtbot, window)
    assert document.spot(slam.id).locked
    assert newest(window).facts["spots"][slam.id]["pick"].endswith("wooden door slam.wav#1")

    window.commands["write"].trigger()
    written = window.findChild(WriteBackDialog)
    assert written is not None
    qtbot.mouseClick(written.write, LEFT)
    qtbot.waitUntil(lambda: "Written" in written.message.text(), timeout=PATIENCE_MS)
    timeline = otio.adapters.read_from_file(str(written.form.out))
    tracks = {track.name: track for track in timeline.tracks}
    (clip,) = [child for child in tracks["FX talkies"] if isinstance(child, otio.schema.Clip)]
    assert clip.metadata["talkies"]["spots"][slam.id]["file"].endswith("wooden door slam.wav")
    written.close()

    lists = document.lists
    window.close()
    again = make_window(qtbot, tmp_path, worker_command)
    open_in(qtbot, again, reel)
    assert again.document.lists == lists
    assert len(again.document.takes(SHOT)) == 3
    again.close()
