"""Spots under a hand: ticks are chosen, dragged, stretched, made and removed on their lane; real events."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from talkies.core.errors import ArgumentError
from talkies.ui.timeline import Media, TimelineView
from talkies.ui.timeline.colours import timeline_colours
from talkies.ui.timeline.spots.hands import SpotHands
from talkies.ui.timeline.tooltips import describe
from talkies.ui.work.document import Document

LEFT = Qt.MouseButton.LeftButton
NONE, CTRL, ALT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
RATE = Fraction(25)


@pytest.fixture
def view(qtbot: QtBot, document: Document, tmp_path: Path) -> Iterator[TimelineView]:
    """Two shots of a second each, some 500 pixels wide; the first has two hits, and something that goes on."""
    document.add_spot(Fraction(5) / RATE, words="hammer wood")
    document.add_spot(Fraction(15) / RATE, words="hammer wood", force=0.2)
    document.add_spot(Fraction(17) / RATE, Fraction(22) / RATE, words="rain")
    document.undo_stack.clear()
    view = TimelineView(document, Media(tmp_path / "cache"))
    qtbot.addWidget(view)
    view.resize(1132, 420)
    with qtbot.waitSignal(view.sounds_read, timeout=20_000):
        view.show()
    yield view
    view.media.stop()


def on_lane(view: TimelineView, frame: float) -> QPoint:
    """On the lane of spots, at a frame of the timeline."""
    index = next(index for index, row in enumerate(view.rows) if row.kind == "spots")
    return QPoint(view.scale.x(Fraction(frame) / RATE), view.row_top(index) + view.rows[index].height - 4)


def drag(qtbot: QtBot, view: TimelineView, start: QPoint, by: int, modifier: Qt.KeyboardModifier = NONE) -> None:
    qtbot.mousePress(view.viewport(), LEFT, modifier, start)
    for step in (1, 2, 3):
        move = start + QPoint(by, 0) * step / 3
        send_move(view, move, modifier)
    qtbot.mouseRelease(view.viewport(), LEFT, modifier, start + QPoint(by, 0))


def send_move(view: TimelineView, point: QPoint, modifier: Qt.KeyboardModifier) -> None:
    """qtbot's own has no modifiers."""
    QApplication.sendEvent(view.viewport(), mouse(view, QEvent.Type.MouseMove, point, modifier))


def mouse(view: TimelineView, kind: QEvent.Type, point: QPoint, modifier: Qt.KeyboardModifier = NONE) -> QMouseEvent:
    place = QPointF(point)
    return QMouseEvent(kind, place, view.viewport().mapToGlobal(place), LEFT, LEFT, modifier)


def frames(document: Document) -> list[Fraction]:
    """Where the first shot's spots begin."""
    return [place.span.start * RATE for place in document.spot_places("V1-001")]


def test_the_lane_is_there_where_a_shot_has_a_list(view: TimelineView) -> None:
    assert [(row.kind, row.name) for row in view.rows] == [("words", "ST"), ("picture", "V1"), ("spots", "SP")]
    view.document.forget_lists(["V1-001"])
    assert [row.kind for row in view.rows] == ["words", "picture"]
    view.document.undo_stack.undo()
    assert [row.kind for row in view.rows] == ["words", "picture", "spots"]


def test_click_chooses_and_ctrl_click_adds(qtbot: QtBot, view: TimelineView) -> None:
    document = view.document
    qtbot.mouseClick(view.viewport(), LEFT, NONE, on_lane(view, 5) + QPoint(3, 0))
    assert document.chosen_spots == ("V1-001.01",) and document.selected == ("V1-001",)
    qtbot.mouseClick(view.viewport(), LEFT, CTRL, on_lane(view, 15) - QPoint(3, 0))
    assert document.chosen_spots == ("V1-001.01", "V1-001.02")
    qtbot.mouseClick(view.viewport(), LEFT, NONE, on_lane(view, 19))
    assert document.chosen_spots == ("V1-001.03",)
    qtbot.mouseClick(view.viewport(), LEFT, NONE, on_lane(view, 30))
    assert document.chosen_spots == ()


def test_a_tick_is_dragged_in_whole_frames_and_it_is_one_step(qtbot: QtBot, view: TimelineView) -> None:
    document, frame = view.document, view.scale.width(1 / RATE)
    drag(qtbot, view, on_lane(view, 5) + QPoint(2, 0), 3 * frame + frame // 4)
    assert frames(document) == [8, 15, 17]
    assert document.undo_stack.count() == 1
    document.undo_stack.undo()
    assert frames(document) == [5, 15, 17]
    drag(qtbot, view, on_lane(view, 5), 60 * frame)
    assert frames(document) == [15, 17, 24]  # not beyond its shot


def test_with_alt_it_is_dragged_freely(qtbot: QtBot, view: TimelineView) -> None:
    start = on_lane(view, 5)
    drag(qtbot, view, start, 30, ALT)
    moved = view.document.spot("V1-001.01").time - Fraction(6, 5)
    assert abs(moved - 30 / view.scale.pixels_per_second) <= Fraction(1, 96_000)  # on a sample
    assert (moved * RATE).denominator != 1


def test_a_tick_stays_under_the_pointer_when_the_view_zooms(qtbot: QtBot, view: TimelineView) -> None:
    start = on_lane(view, 5)
    time = view.scale.time(start.x())
    qtbot.mousePress(view.viewport(), LEFT, NONE, start)
    send_move(view, start + QPoint(view.scale.width(2 / RATE), 0), NONE)
    view.zoom(3, start.x())
    view.scroll_by(57, 0)
    end = QPoint(view.scale.x(time + 4 / RATE), start.y())
    send_move(view, end, NONE)
    qtbot.mouseRelease(view.viewport(), LEFT, NONE, end)
    assert frames(view.document) == [9, 15, 17]


def test_a_tick_is_seen_under_the_pointer_and_the_document_edited_once(qtbot: QtBot, view: TimelineView) -> None:
    document, start, frame = view.document, on_lane(view, 15), view.scale.width(1 / RATE)
    edits: list[object] = []
    qtbot.mousePress(view.viewport(), LEFT, NONE, start)
    document.spots_changed.connect(lambda: edits.append(None))

    def ink(frames: int) -> set[str]:
        """The lane's colours in the column that many frames later, above what a tick of any force has at its foot."""
        image = view.viewport().grab().toImage()
        return {image.pixelColor(start.x() + frames * frame, y).name() for y in (start.y() - 6, start.y() + 3)}

    accent = timeline_colours().accent.name()
    assert accent in ink(0)
    for step in (1, 2, 3, 4):
        send_move(view, start + QPoint(step * frame, 0), NONE)
        assert accent in ink(step) and accent not in ink(step - 1)
    assert not edits and frames(document) == [5, 15, 17]
    qtbot.mouseRelease(view.viewport(), LEFT, NONE, start + QPoint(4 * frame, 0))
    assert frames(document) == [5, 17, 19] and len(edits) == 1
    whole = view.viewport().grab().toImage()
    view.repaint_all()
    assert view.viewport().grab().toImage() == whole and accent in ink(4)


def test_a_tick_is_dropped_when_a_timeline_is_opened(qtbot: QtBot, view: TimelineView) -> None:
    document, start = view.document, on_lane(view, 5)
    path = document.open_timeline().path
    qtbot.mousePress(view.viewport(), LEFT, NONE, start)
    document.open(path)
    send_move(view, start + QPoint(80, 0), NONE)
    qtbot.mouseRelease(view.viewport(), LEFT, NONE, start + QPoint(80, 0))
    assert frames(document) == [5, 15, 17]


def test_a_spot_that_is_edited_while_it_is_dragged_stays(qtbot: QtBot, view: TimelineView) -> None:
    document, frame = view.document, view.scale.width(1 / RATE)
    document.set_kind("V1-001.01", "sustained")
    view.settle()
    document.choose_spots(["V1-001.01", "V1-001.02"])
    start = on_lane(view, 15)
    qtbot.mousePress(view.viewport(), LEFT, NONE, start)
    send_move(view, start + QPoint(2 * frame, 0), NONE)
    document.undo_stack.undo()
    qtbot.mouseRelease(view.viewport(), LEFT, NONE, start + QPoint(2 * frame, 0))
    assert document.spot("V1-001.01").kind == "hit" and frames(document) == [5, 17, 17]
    assert not view.gestures.busy


def test_nothing_is_held_any_more_when_a_drop_is_refused(view: TimelineView) -> None:
    class Refused(SpotHands):
        def _lay(self, held: object) -> None:
            raise ArgumentError("a spot", "cannot be here")

    hands, start = Refused(view), on_lane(view, 5)
    hands.press(mouse(view, QEvent.Type.MouseButtonPress, start))
    hands.move(mouse(view, QEvent.Type.MouseMove, start + QPoint(40, 0)))
    with pytest.raises(ArgumentError):
        hands.release(mouse(view, QEvent.Type.MouseButtonRelease, start + QPoint(40, 0)))
    assert not hands.busy


def test_all_chosen_spots_are_dragged_together(qtbot: QtBot, view: TimelineView) -> None:
    document, frame = view.document, view.scale.width(1 / RATE)
    document.choose_spots(["V1-001.01", "V1-001.03"])
    drag(qtbot, view, on_lane(view, 19), -2 * frame)
    assert frames(document) == [3, 15, 15]
    assert document.spot("V1-001.03").until - document.spot("V1-001.03").time == Fraction(5) / RATE


def test_ends_of_what_goes_on_are_dragged(qtbot: QtBot, view: TimelineView) -> None:
    document, frame = view.document, view.scale.width(1 / RATE)
    drag(qtbot, view, on_lane(view, 22), 2 * frame)
    (place,) = [each for each in document.spot_places("V1-001") if each.id == "V1-001.03"]
    assert (place.span.start * RATE, place.span.end * RATE) == (17, 24)
    drag(qtbot, view, on_lane(view, 17) + QPoint(1, 0), 40 * frame)
    (place,) = [each for each in document.spot_places("V1-001") if each.id == "V1-001.03"]
    assert (place.span.start * RATE, place.span.end * RATE) == (23, 24)  # a frame is left


def test_double_click_makes_a_spot_or_asks_for_its_words(qtbot: QtBot, view: TimelineView) -> None:
    document = view.document
    qtbot.mouseDClick(view.viewport(), LEFT, NONE, on_lane(view, 10.2))
    assert frames(document) == [5, 10, 15, 17]
    assert document.chosen_spots == ("V1-001.04",)
    with qtbot.waitSignal(view.spot_activated) as told:
        qtbot.mouseDClick(view.viewport(), LEFT, NONE, on_lane(view, 15))
    assert told.args == ["V1-001.02"]
    qtbot.mouseDClick(view.viewport(), LEFT, NONE, on_lane(view, 35))
    assert document.has_list("V1-002")  # a shot without a list gets one


def test_delete_removes_what_is_chosen_and_not_locked(qtbot: QtBot, view: TimelineView) -> None:
    document = view.document
    document.change_spots(["V1-001.02"], locked=True)
    document.choose_spots(["V1-001.01", "V1-001.02"])
    view.setFocus()
    with qtbot.waitSignal(view.refused):
        qtbot.keyClick(view, Qt.Key.Key_Delete)
    assert frames(document) == [15, 17]
    with qtbot.waitSignal(view.refused):
        drag(qtbot, view, on_lane(view, 15), 40)
    assert frames(document) == [15, 17]
    with qtbot.waitSignal(view.another_wanted):
        qtbot.keyClick(view, Qt.Key.Key_R)


def test_force_is_height_and_what_is_chosen_has_the_accent(qtbot: QtBot, view: TimelineView) -> None:
    view.document.choose_spots(["V1-001.02"])
    strong, faint = on_lane(view, 5), on_lane(view, 15)
    image = view.viewport().grab().toImage()
    colours = timeline_colours()

    def height(x: int) -> int:
        ground = image.pixelColor(x + 12, strong.y())
        top = view.row_top(2)
        return sum(image.pixelColor(x, y) != ground for y in range(top, top + view.rows[2].height))

    assert height(strong.x()) > 1.5 * height(faint.x()) > 0
    assert image.pixelColor(faint.x(), faint.y()) == colours.accent
    assert image.pixelColor(strong.x(), strong.y()) == colours.stems["FX"].level


def test_a_spot_is_described(view: TimelineView) -> None:
    hit = view.hit(on_lane(view, 15))
    assert hit is not None
    lines = describe(hit, view.document, view.media).splitlines()
    assert lines[:2] == ["V1-001.02  hammer wood", "force 0.20"]


def test_any_strip_of_the_lane_is_painted_as_the_whole(view: TimelineView) -> None:
    """As the playhead repaints it: also where no spot is, and under words that begin far from it."""
    whole = view.viewport().grab().toImage()
    top, height = view.row_top(2), view.rows[2].height
    for frame in (1, 7, 16, 19, 24, 30):
        x = view.scale.x(Fraction(frame) / RATE)
        strip = QRect(x - 2, top, 5, height)
        assert view.viewport().grab(strip).toImage() == whole.copy(strip), frame
