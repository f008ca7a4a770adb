"""A person's path, once, with the shipped model: open the demo, make sound, compare, keep, write back, come again."""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import unquote, urlsplit

import opentimelineio as otio
from PySide6.QtCore import QPoint, Qt
from pytestqt.qtbot import QtBot
from windows import PATIENCE_MS, make_window, wait_for_queue

from talkies.core.media.sound import read_sound
from talkies.ui.dialogs.write_back import WriteBackDialog
from talkies.ui.window import Window

WORKER = [sys.executable, "-m", "talkies.plugin.cli", "worker"]
LEFT, CTRL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier


def click_clip(qtbot: QtBot, window: Window, segment_id: str, modifier: Qt.KeyboardModifier) -> None:
    """On the timeline, in the middle of the clip."""
    view = window.workspace.timeline
    row = next(index for index, row in enumerate(view.rows) if segment_id in row.places)
    record = window.document.segment(segment_id).record
    x = view.scale.x((record.start + record.end) / 2)
    y = view.row_top(row) + view.rows[row].height // 2
    qtbot.mouseClick(view.viewport(), LEFT, modifier, QPoint(x, y))


def test_a_persons_path(qtbot: QtBot, tmp_path: Path) -> None:
    window = make_window(qtbot, tmp_path, WORKER)
    document = window.document

    qtbot.mouseClick(window.welcome.demo, LEFT)
    qtbot.waitUntil(lambda: document.timeline is not None, timeout=PATIENCE_MS)
    click_clip(qtbot, window, "V1-002", Qt.KeyboardModifier.NoModifier)
    click_clip(qtbot, window, "V1-003", CTRL)
    assert document.selected == ("V1-002", "V1-003")

    fields = window.workspace.settings.fields
    for name, value in (("takes", 2), ("steps", 2)):
        fields[name].setValue(value)
    qtbot.keyClick(window.workspace.timeline, Qt.Key.Key_G, CTRL)
    wait_for_queue(qtbot, window)
    assert [(job.state, job.problem) for job in window.queue.jobs] == [("done", "")] * 2
    gravel, portrait = document.takes("V1-002"), document.takes("V1-003")
    assert [(take.stem, take.number) for take in gravel] == [("FX", 1), ("FX", 2)]
    assert [(take.stem, take.number) for take in portrait] == [("DX", 1), ("DX", 2), ("FX", 1), ("FX", 2)]

    strip = window.workspace.takes
    assert len(strip.cards) == 6
    qtbot.mouseClick(strip.cards[portrait[0].id].buttons["A"], LEFT)
    qtbot.mouseClick(strip.cards[portrait[1].id].buttons["B"], LEFT)
    monitor = window.workspace.player.monitor
    assert monitor.comparison is not None and monitor.comparison.playing == portrait[1].id
    qtbot.mouseClick(strip.compare, LEFT)
    assert monitor.comparison.playing == portrait[0].id
    qtbot.mouseClick(strip.cards[portrait[0].id].buttons["star"], LEFT)
    assert document.take(portrait[0].id).starred

    window.commands["write"].trigger()
    dialog = window.findChild(WriteBackDialog)
    assert dialog is not None
    qtbot.mouseClick(dialog.write, LEFT)
    qtbot.waitUntil(lambda: "Written" in dialog.message.text(), timeout=PATIENCE_MS)
    out = dialog.form.out
    dialog.close()
    check_written(tmp_path / "demo" / "demo.otio", out, portrait[0].id)

    state, ids = document.state, sorted(take.id for take in document.all_takes)
    window.close()
    again = make_window(qtbot, tmp_path, WORKER)
    assert [Path(path).name for path in again.recent.paths()] == ["demo.otio"]
    again.welcome.recent_wanted.emit(again.recent.paths()[0])
    qtbot.waitUntil(lambda: again.document.timeline is not None, timeout=PATIENCE_MS)
    assert again.document.state == state
    assert sorted(take.id for take in again.document.all_takes) == ids
    assert again.workspace.takes.cards[portrait[0].id].buttons["star"].isChecked()
    again.close()


def check_written(before: Path, after: Path, starred: str) -> None:
    """What was there is there still; the sound lies on new tracks, to the sample."""
    old, new = (otio.adapters.read_from_file(str(path)) for path in (before, after))
    assert len(new.tracks) == len(old.tracks) + 2
    for one, other in zip(old.tracks, new.tracks, strict=False):
        assert one.is_equivalent_to(other)
    added = {track.name: track for track in list(new.tracks)[len(old.tracks) :]}
    assert sorted(added) == ["DX talkies", "FX talkies"]
    places = {
        clip.name: track.range_of_child(clip).start_time.to_seconds()
        for track in added.values()
        for clip in track
        if isinstance(clip, otio.schema.Clip)
    }
    assert sorted(places.values()) == [7.0, 13.0]  # the path's effects, the portrait's words: nothing is struck there
    assert starred in places
    for track in added.values():
        for clip in track:
            if isinstance(clip, otio.schema.Clip):
                path = after.parent / unquote(urlsplit(clip.media_reference.target_url).path)
                available = clip.media_reference.available_range.duration.to_seconds()
                assert read_sound(path).shape == (1, round(48_000 * available))
                assert clip.source_range.duration.to_seconds() in (6.0, 8.0)
