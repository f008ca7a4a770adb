"""Names as files have them, on the screen: short, on one line, never read as HTML, and quick whatever their length."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import opentimelineio as otio
import pytest
from films import write_reel
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot
from windows import make_window, open_in

from talkies.ui.plain_text import LONGEST, as_rich, as_tip, on_button, one_line
from talkies.ui.window import Window

HTML = '<img src="file:///etc/passwd"><h1>BIG</h1>&amp;'


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("shot 1", "shot 1"),
        ("  two\tlines\r\nhere ", "two lines here"),
        ("\x1b[31mred\x07\x00", "[31mred"),
        ("abc\u202egnp.exe", "abc gnp.exe"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("", ""),
    ],
)
def test_a_name_is_one_line_of_what_can_be_seen(written: str, shown: str) -> None:
    assert one_line(written) == shown


@pytest.mark.parametrize("written", ["x" * 60_000, "word " * 20_000, "\n" * 50_000 + "end"])
def test_a_long_name_is_cut_and_says_so(written: str) -> None:
    assert len(one_line(written)) <= LONGEST
    assert one_line(written).endswith("…")


def test_html_in_a_name_is_text() -> None:
    assert as_rich("<b>x</b>") == "&lt;b&gt;x&lt;/b&gt;"
    assert as_tip("<b>x</b>\nnext") == "<qt>&lt;b&gt;x&lt;/b&gt;<br>next</qt>"
    assert as_tip("") == ""
    assert on_button("Tom & Jerry") == "Tom && Jerry"


@pytest.fixture
def window(qtbot: QtBot, tmp_path: Path, worker_command: list[str]) -> Iterator[Window]:
    window = make_window(qtbot, tmp_path, worker_command)
    yield window
    window.close()


def hostile_reel(path: Path) -> Path:
    """One clip of many kilobytes of HTML and one with control characters, on a track of 60 kB."""
    write_reel(path, ["film.mp4", "film.mp4"], cues=[(2, 10, f"ANNA: {HTML * 500}")])
    timeline = otio.adapters.read_from_file(str(path))
    track = timeline.video_tracks()[0]
    track.name = "c " * 30_000
    track[0].name, track[1].name = HTML * 1000, "\x1b]0;title\x07 <i>two</i>"
    otio.adapters.write_to_file(timeline, str(path))
    return path


def test_hostile_names_are_shown_as_text_and_widen_nothing(window: Window, qtbot: QtBot, tmp_path: Path) -> None:
    width = window.minimumSizeHint().width()
    open_in(qtbot, window, hostile_reel(tmp_path / "reel.otio"))
    document, space = window.document, window.workspace
    document.select([document.segments[0].id])
    for label in (space.takes.title, space.settings.title):
        assert "&lt;img" in label.text() and "<img" not in label.text()
    assert window.minimumSizeHint().width() <= max(width, 900)
    assert len(space.transcript.model.index(0, 4).data()) <= 600
    assert space.grab().height() > 0


def test_a_sentence_with_a_name_in_it_is_plain_in_its_dialog(window: Window) -> None:
    window.refuse("Cannot be opened", f"{HTML}: is not a timeline")
    dialog = window.messages.dialog
    assert dialog is not None
    (label,) = dialog.findChildren(QLabel, "qt_msgbox_informativelabel")
    assert label.textFormat() == Qt.TextFormat.PlainText
    assert label.text().startswith(HTML)
    dialog.close()
