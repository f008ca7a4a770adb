"""Markers: on frames, named, saved with the work, undone; and gone to from anywhere."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from talkies.ui.markers import Markers
from talkies.ui.work.document import Document
from talkies.ui.work.positions import MOST_MARKER_NAME
from talkies.ui.work.state import Marker


def test_markers_are_kept_with_the_work(document: Document, reel: Path) -> None:
    document.set_marker(Fraction(101, 100), "  the door\n slams ")  # frame 25 begins at 1 s
    document.set_marker(Fraction(1, 5))
    document.set_marker(Fraction(1), "door")  # the same frame: it gets another name
    assert document.markers == (Marker(Fraction(1, 5)), Marker(Fraction(1), "door"))
    document.undo_stack.undo()
    assert document.marker_at(Fraction(1)) == Marker(Fraction(1), "the door slams")
    document.set_marker(Fraction(1, 5), "x" * 100_000)
    assert len(document.markers[0].name) == MOST_MARKER_NAME
    kept = document.markers
    document.close()
    document.open(reel)
    assert document.markers == kept
    document.remove_marker(Fraction(1))
    assert document.marker_at(Fraction(1)) is None
    document.undo_stack.undo()
    assert document.markers == kept


def test_markers_by_hand(document: Document, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    markers = Markers(document, window)
    said: list[str] = []
    markers.status_message.connect(said.append)
    for position in (Fraction(1, 5), Fraction(8, 5)):
        document.set_playhead(position)
        markers.set_here()
    markers.set_here()
    assert [each.position for each in document.markers] == [Fraction(1, 5), Fraction(8, 5)]
    markers.go(False)
    assert document.playhead == Fraction(1, 5)
    markers.ask_for_name()
    assert markers.dialog is not None
    markers.dialog.setTextValue("knock")
    markers.dialog.accept()
    assert document.markers[0] == Marker(Fraction(1, 5), "knock")
    markers.go(True)
    markers.go(True)
    assert document.playhead == Fraction(8, 5) and "no marker after" in said[-1]
    markers.remove_here()
    markers.remove_here()
    assert len(document.markers) == 1 and "no marker at the playhead" in said[-1]
