"""The panel inside an editor: a window whose host is another process, which may be slow, refuse, or go away."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from threading import Event
from typing import Any, cast

import numpy as np
import pytest
from editors import open_editor
from engines import TonesEngine, TonesPrepared
from known_timelines import KNOWN
from pytestqt.qtbot import QtBot
from windows import PATIENCE_MS, first_row, make_window, open_in, rows_in

from talkies.core.arrays import Sound
from talkies.core.errors import OutputError
from talkies.core.generation.take_orders import TakeRequest, make_takes
from talkies.core.hosts.bridge import BridgedHost
from talkies.core.hosts.host import Host
from talkies.core.segment import Timeline
from talkies.core.timeline import read_timeline
from talkies.core.timeline.structure.sounds import sound_tracks
from talkies.ui.dialogs.write_back import WriteBackDialog
from talkies.ui.editor import EditorLabel
from talkies.ui.window import Window

DROP_FRAME = KNOWN[3]


@dataclass
class Opened:
    """A window that was opened from an editor; ``close``: closes the editor."""

    window: Window
    host: BridgedHost
    close: Callable[[], None]

    def dialog(self, qtbot: QtBot) -> WriteBackDialog:
        """The dialog, when it knows the editor's tracks."""
        self.window.commands["write"].trigger()
        dialog = self.window.findChildren(WriteBackDialog)[-1]
        qtbot.waitUntil(dialog.write.isEnabled, timeout=PATIENCE_MS)
        return dialog


class Humming(TonesEngine):
    """Tones over a hum: nothing that it makes is silence, which would not be laid."""

    def sound(self, prepared: TonesPrepared, **options: Any) -> Iterator[Sound]:
        for block in super().sound(prepared, **options):
            hum = 0.05 * np.sin(np.arange(len(block)) / 8)
            yield block + hum.astype(np.float32)


def load_humming(name: str, weights: Path | None, device: str) -> Humming:
    return Humming.load(weights, device)


@pytest.fixture
def opened(qtbot: QtBot, tmp_path: Path, worker_command: list[str]) -> Iterator[Opened]:
    """The timeline of the editor, with a take of effects for each shot."""
    with open_editor(DROP_FRAME.write(tmp_path), tmp_path / "exported") as (host, close):
        window = make_window(qtbot, tmp_path, worker_command, host)
        assert window.editor is not None
        host.when_closed(window.editor.gone.emit)
        with qtbot.waitSignal(window.document.timeline_changed, timeout=PATIENCE_MS):
            window.opener.read_editor()
        order = TakeRequest.from_mapping({**window.document.order(), "task": "foley"})
        list(make_takes(order, load_engine=load_humming))
        window.document.find_takes()
        yield Opened(window, host, close)
        window.close()


@pytest.fixture
def silent_host(tmp_path: Path) -> Iterator[BridgedHost]:
    """Its editor reads every question and answers none."""
    (asked_at, asking), (answered_at, answering) = os.pipe(), os.pipe()
    with os.fdopen(asked_at), os.fdopen(answering, "w"):
        requests, answers = os.fdopen(asking, "w"), os.fdopen(answered_at)
        yield BridgedHost(requests, answers, tmp_path / "exported")


def names(host: BridgedHost) -> list[str]:
    return [track.name for track in host.audio_tracks()]


def test_the_editors_timeline_is_shown(opened: Opened, tmp_path: Path) -> None:
    window = opened.window
    timeline = window.document.timeline
    assert timeline is not None
    assert timeline.path == tmp_path / "exported" / "known.otio"
    assert timeline.timecode(Fraction(0)) == "01:00:00;00"
    assert sorted(each.clip for each in window.document.segments) == ["A", "B", "C"]
    label = window.findChild(EditorLabel)
    assert label is not None and "connected to Editor of the tests 1.0" in label.text()


def test_takes_go_into_the_editor_and_back(opened: Opened, qtbot: QtBot) -> None:
    before = opened.host.audio_tracks()
    dialog = opened.dialog(qtbot)
    assert dialog.into_editor.isChecked() and dialog.into_editor.text() == "Into Editor of the tests 1.0"
    assert not dialog.form.path.isVisible() and dialog.form.conflict.isVisible()
    dialog.write.click()
    qtbot.waitUntil(dialog.undo.isVisible, timeout=PATIENCE_MS)
    assert dialog.message.text() == "Editor of the tests 1.0 has 3 new clips on 2 new tracks."
    tracks = opened.host.audio_tracks()[1:]
    shown = rows_in(dialog.list.invisibleRootItem())
    assert [item.text(0) for item in shown] == ["✓ FX talkies: 2 clips", "✓ FX talkies 2: 1 clip"]
    timeline = opened.window.document.open_timeline()
    for item, track in zip(shown, tracks, strict=True):
        assert [(row.text(0), row.text(1)) for row in rows_in(item)] == [
            (clip.name, timeline.timecode(clip.record.start)) for clip in track.clips
        ]
    dialog.undo.click()
    qtbot.waitUntil(lambda: dialog.write.isVisible() and dialog.write.isEnabled(), timeout=PATIENCE_MS)
    assert opened.host.audio_tracks() == before
    assert first_row(dialog).text(0) == "FX talkies: new track, 2 takes"


def test_the_three_choices_where_tracks_of_ours_are(opened: Opened, qtbot: QtBot) -> None:
    first = opened.dialog(qtbot)
    first.write.click()
    qtbot.waitUntil(first.undo.isVisible, timeout=PATIENCE_MS)
    first.close()
    dialog = opened.dialog(qtbot)
    assert first_row(dialog).text(0) == "FX talkies 3: new track, 2 takes"
    dialog.form.conflict.setCurrentIndex(dialog.form.conflict.findData("skip"))
    dialog.form.conflict.activated.emit(2)
    assert "3 takes are skipped" in dialog.message.text()
    assert not dialog.write.isEnabled()
    dialog.form.conflict.setCurrentIndex(dialog.form.conflict.findData("replace"))
    dialog.form.conflict.activated.emit(1)
    assert first_row(dialog).text(0) == "FX talkies: is removed"
    dialog.write.click()
    qtbot.waitUntil(dialog.undo.isVisible, timeout=PATIENCE_MS)
    assert "FX talkies, FX talkies 2 removed." in dialog.message.text()
    assert names(opened.host) == ["Wild track", "FX talkies", "FX talkies 2"]


def test_what_the_editor_refuses_is_told(opened: Opened, qtbot: QtBot) -> None:
    dialog = opened.dialog(qtbot)
    for take in opened.window.document.all_takes:
        take.path.write_bytes(b"RIFF....WAVE")
    dialog.write.click()
    qtbot.waitUntil(lambda: "cannot be imported; make the take again" in dialog.message.text(), timeout=PATIENCE_MS)
    assert dialog.write.isEnabled()
    assert names(opened.host) == ["Wild track"]


def test_one_is_one_and_an_undo_that_is_refused_can_be_tried_again(
    opened: Opened, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = opened.window
    window.document.select([window.document.segments[0].id])
    dialog = opened.dialog(qtbot)
    dialog.form.only_selected.setChecked(True)
    dialog.write.click()
    qtbot.waitUntil(dialog.undo.isVisible, timeout=PATIENCE_MS)
    assert dialog.message.text() == "Editor of the tests 1.0 has 1 new clip on 1 new track."
    with monkeypatch.context() as busy:

        def refuse() -> None:
            raise OutputError("Editor", "shows a dialog", "close it")

        busy.setattr(opened.host, "undo", refuse)
        dialog.undo.click()
        qtbot.waitUntil(lambda: dialog.message.text() == "Editor: shows a dialog; close it", timeout=PATIENCE_MS)
    dialog.undo.click()
    qtbot.waitUntil(lambda: dialog.write.isVisible() and dialog.write.isEnabled(), timeout=PATIENCE_MS)
    assert names(opened.host) == ["Wild track"]


def test_it_is_read_again(opened: Opened, qtbot: QtBot) -> None:
    window = opened.window
    takes = {take.id for take in window.document.all_takes}
    dialog = opened.dialog(qtbot)
    dialog.write.click()
    qtbot.waitUntil(dialog.undo.isVisible, timeout=PATIENCE_MS)
    with qtbot.waitSignal(window.document.timeline_changed, timeout=PATIENCE_MS):
        window.commands["read_again"].trigger()
    there = [track.name for track in sound_tracks(window.document.open_timeline())]
    assert there == ["Wild track", "FX talkies", "FX talkies 2"]
    assert {take.id for take in window.document.all_takes} == takes


def test_the_editor_shows_the_frame_at_the_playhead(opened: Opened, qtbot: QtBot) -> None:
    document = opened.window.document
    document.set_playhead(DROP_FRAME.seconds(60))
    action = opened.window.commands["show_frame"]
    assert action.isVisible() and action.isEnabled()
    action.trigger()
    qtbot.waitUntil(lambda: opened.host.read_timeline().name == f"known at {DROP_FRAME.seconds(60)}", timeout=60_000)


def test_an_editor_that_goes_leaves_a_panel_for_files(opened: Opened, qtbot: QtBot, tmp_path: Path) -> None:
    window = opened.window
    dialog = opened.dialog(qtbot)
    opened.close()
    qtbot.waitUntil(dialog.into_file.isChecked, timeout=PATIENCE_MS)
    assert not dialog.into_editor.isEnabled()
    label = window.findChild(EditorLabel)
    assert label is not None and "Editor of the tests 1.0 is closed" in label.text()
    assert "write it to a file" in window.statusBar().currentMessage()
    dialog.form.path.setText(str(tmp_path / "saved.otio"))
    dialog.write.click()
    qtbot.waitUntil(lambda: "Written" in dialog.message.text(), timeout=PATIENCE_MS)
    assert (tmp_path / "saved.otio").is_file()
    assert not window.commands["show_frame"].isEnabled()


def test_a_silent_editor_freezes_nothing(
    qtbot: QtBot, tmp_path: Path, reel: Path, worker_command: list[str], silent_host: BridgedHost
) -> None:
    """Another timeline is opened while the editor shows a dialog of its own."""
    window = make_window(qtbot, tmp_path, worker_command, silent_host)
    window.opener.read_editor()
    assert window.statusBar().currentMessage() == "Asking the editor for its timeline …"
    open_in(qtbot, window, reel)
    window.commands["write"].trigger()
    dialog = window.findChild(WriteBackDialog)
    assert dialog is not None and not dialog.into_editor.isVisible() and dialog.form.path.isVisible()
    dialog.close()
    window.close()


class LateHost:
    """Has an answer only when ``free`` is set; then its name is known."""

    def __init__(self, path: Path) -> None:
        self.path, self.free, self.name = path, Event(), "<b>late</b>"

    def read_timeline(self) -> Timeline:
        self.free.wait()
        self.name += " 2"
        return read_timeline(self.path)


def test_what_was_asked_for_last_is_what_is_shown(
    qtbot: QtBot, tmp_path: Path, reel: Path, worker_command: list[str]
) -> None:
    """The editor answers only after another timeline was opened."""
    (tmp_path / "editor").mkdir()
    host = LateHost(DROP_FRAME.write(tmp_path / "editor"))
    window = make_window(qtbot, tmp_path, worker_command, cast(Host, host))
    window.opener.read_editor()
    open_in(qtbot, window, reel)
    assert window.editor is not None
    with qtbot.waitSignal(window.editor.changed, timeout=PATIENCE_MS):
        host.free.set()
    assert window.document.open_timeline().path == reel
    label = window.findChild(EditorLabel)
    assert label is not None and "connected to &lt;b&gt;late&lt;/b&gt; 2" in label.text()
    window.close()
