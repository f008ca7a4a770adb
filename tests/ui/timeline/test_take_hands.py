"""Takes under a hand: trimmed, moved, faded and cross-faded by their edges; real events, heard as they are shown."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from talkies.core.takes.edits import TakeEdit
from talkies.core.times import TimeRange
from talkies.ui.player.monitor import Monitor
from talkies.ui.takes.strip import TakeStrip
from talkies.ui.timeline import Media, TimelineView
from talkies.ui.timeline.waves import WaveLane
from talkies.ui.work.document import Document
from talkies.ui.work.state import TakeRecord

LEFT = Qt.MouseButton.LeftButton
NONE, CTRL, ALT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
RATE = Fraction(25)
FRAME = 1 / RATE
INSIDE = 8  # pixels


@pytest.fixture
def view(qtbot: QtBot, generated: Document, tmp_path: Path) -> Iterator[TimelineView]:
    """Two shots of a second, some 500 pixels each, with takes that have handles on both sides."""
    view = TimelineView(generated, Media(tmp_path / "cache"))
    qtbot.addWidget(view)
    view.resize(1132, 700)
    with qtbot.waitSignal(view.sounds_read, timeout=20_000):
        view.show()
    yield view
    view.media.stop()


def effects(document: Document, shot: str) -> TakeRecord:
    """The take that sounds."""
    return next(take for take in document.chosen_takes(shot) if take.stem == "FX")


def on_take(view: TimelineView, take: TakeRecord, x: int, y: int = 30) -> QPoint:
    """``x`` pixels right of its left edge, of its right edge where negative; ``y`` below the top of its lane."""
    index = next(
        index
        for index, row in enumerate(view.rows)
        if any(item is take or getattr(item, "id", "") == take.id for item in row.items)
    )
    place = take.place
    return QPoint((view.scale.x(place.start) if x >= 0 else view.scale.x(place.end)) + x, view.row_top(index) + y)


def drag(view: TimelineView, start: QPoint, by: int, modifier: Qt.KeyboardModifier = NONE) -> None:
    for kind, share in (
        (QEvent.Type.MouseButtonPress, 0.0),
        *((QEvent.Type.MouseMove, share / 4) for share in range(1, 5)),
        (QEvent.Type.MouseButtonRelease, 1.0),
    ):
        send(view, kind, start + QPoint(round(by * share), 0), modifier)


def send(view: TimelineView, kind: QEvent.Type, point: QPoint, modifier: Qt.KeyboardModifier = NONE) -> None:
    place = QPointF(point)
    buttons = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseButtonRelease else LEFT
    event = QMouseEvent(kind, place, view.viewport().mapToGlobal(place), LEFT, buttons, modifier)
    QApplication.sendEvent(view.viewport(), event)


def test_an_edge_is_dragged_in_whole_frames_into_the_handle_and_back(view: TimelineView) -> None:
    document, frame = view.document, view.scale.width(FRAME)
    take = effects(document, "V1-002")
    drag(view, on_take(view, take, 2), 3 * frame + frame // 4)
    assert document.take(take.id).place == TimeRange(1 + 3 * FRAME, Fraction(2))
    assert document.undo_stack.count() == 1
    document.undo_stack.undo()
    assert document.take(take.id).edit == TakeEdit()
    drag(view, on_take(view, take, -2), 100 * frame)
    assert document.take(take.id).edit.tail == take.tail_handle > 0
    drag(view, on_take(view, document.take(take.id), 2), 5000)
    place = document.take(take.id).place
    assert place.duration == FRAME and place.end == 2 + take.tail_handle


def test_with_alt_an_edge_is_free_and_lies_on_a_sample(view: TimelineView) -> None:
    take = effects(view.document, "V1-002")
    drag(view, on_take(view, take, 2), 31, ALT)
    moved = view.document.take(take.id).edit.head
    assert abs(moved - 31 / view.scale.pixels_per_second) <= Fraction(1, 96_000)
    assert (moved * 48_000).denominator == 1 and (moved * RATE).denominator != 1


def test_edges_are_drawn_to_the_playhead(view: TimelineView) -> None:
    document, take = view.document, effects(view.document, "V1-002")
    document.set_playhead(Fraction(6, 5))
    drag(view, on_take(view, take, 2), view.scale.width(Fraction(1, 5)) + 6)
    assert document.take(take.id).place.start == Fraction(6, 5)
    document.undo_stack.undo()
    view.set_snapping(False)
    drag(view, on_take(view, take, 2), view.scale.width(Fraction(1, 5)) - view.scale.width(FRAME))
    assert document.take(take.id).place.start == Fraction(6, 5) - FRAME


def test_a_corner_fades(view: TimelineView) -> None:
    document, frame = view.document, view.scale.width(FRAME)
    take = effects(document, "V1-002")
    drag(view, on_take(view, take, INSIDE, 4), 5 * frame)
    assert document.take(take.id).edit == TakeEdit(fade_in=5 * FRAME)
    drag(view, on_take(view, take, -INSIDE, 4), -4 * frame)
    assert document.take(take.id).edit == TakeEdit(fade_in=5 * FRAME, fade_out=4 * FRAME)
    inner = on_take(view, take, 5 * frame, 4)
    drag(view, inner, -5 * frame)
    assert document.take(take.id).edit == TakeEdit(fade_out=4 * FRAME)
    drag(view, on_take(view, take, INSIDE, 4), 5000)
    edit = document.take(take.id).edit
    assert edit.fade_in + edit.fade_out == 1 and edit.fade_out == 4 * FRAME


def test_the_middle_moves_it_and_a_click_still_chooses(qtbot: QtBot, view: TimelineView) -> None:
    document, frame = view.document, view.scale.width(FRAME)
    take = effects(document, "V1-002")
    drag(view, on_take(view, take, 200), 4 * frame)
    assert document.take(take.id).edit == TakeEdit(offset=4 * FRAME)
    document.nudge([take.id], -1)
    assert document.take(take.id).place == TimeRange(1 + 3 * FRAME, 2 + 3 * FRAME)
    with qtbot.waitSignal(view.take_clicked) as told:
        qtbot.mouseClick(view.viewport(), LEFT, NONE, on_take(view, take, 200))
    assert told.args == [take.id] and document.selected == ("V1-002",)
    assert document.undo_stack.count() == 2


def test_with_ctrl_shots_are_chosen_and_nothing_is_dragged(view: TimelineView) -> None:
    document, take = view.document, effects(view.document, "V1-002")
    drag(view, on_take(view, take, 200), 60, CTRL)
    assert document.undo_stack.count() == 0


def test_over_its_neighbour_both_cross_fade_and_away_from_it_no_longer(view: TimelineView) -> None:
    document, frame = view.document, view.scale.width(FRAME)
    first, second = effects(document, "V1-001"), effects(document, "V1-002")
    drag(view, on_take(view, second, 2), -6 * frame)
    assert document.take(second.id).edit == TakeEdit(head=-6 * FRAME, fade_in=6 * FRAME)
    assert document.take(first.id).edit == TakeEdit(fade_out=6 * FRAME)
    document.undo_stack.undo()
    assert {document.take(each.id).edit for each in (first, second)} == {TakeEdit()}
    document.undo_stack.redo()
    view.settle()
    lane = [row for row in view.rows if row.kind == "take" and row.stem == "FX"]
    assert [[item.id for item in row.items] for row in lane] == [[first.id, second.id]], "they stay on one lane"
    drag(view, on_take(view, document.take(second.id), 2), 8 * frame)
    assert document.take(second.id).edit == TakeEdit(head=2 * FRAME)
    assert document.take(first.id).edit == TakeEdit()


def test_a_cross_fade_goes_before_a_fade_at_the_other_end(view: TimelineView) -> None:
    document, frame = view.document, view.scale.width(FRAME)
    first, second = effects(document, "V1-001"), effects(document, "V1-002")
    document.edit_takes({first.id: TakeEdit(fade_in=23 * FRAME), second.id: TakeEdit(fade_out=23 * FRAME)})
    drag(view, on_take(view, second, 200), -6 * frame)
    assert document.take(first.id).edit == TakeEdit(fade_in=19 * FRAME, fade_out=6 * FRAME)
    assert document.take(second.id).edit == TakeEdit(offset=-6 * FRAME, fade_in=6 * FRAME, fade_out=19 * FRAME)
    drag(view, on_take(view, document.take(second.id), 200), 6 * frame)
    assert document.take(first.id).edit == TakeEdit(fade_in=19 * FRAME)
    assert document.take(second.id).edit == TakeEdit(fade_out=19 * FRAME)
    document.undo_stack.undo()
    document.undo_stack.undo()
    drag(view, on_take(view, document.take(first.id), 200), 6 * frame)
    assert document.take(first.id).edit == TakeEdit(offset=6 * FRAME, fade_in=19 * FRAME, fade_out=6 * FRAME)
    assert document.take(second.id).edit == TakeEdit(fade_in=6 * FRAME, fade_out=19 * FRAME)


def test_laid_back_as_it_was_made_its_neighbour_no_longer_fades(view: TimelineView) -> None:
    document, frame = view.document, view.scale.width(FRAME)
    first, second = effects(document, "V1-001"), effects(document, "V1-002")
    drag(view, on_take(view, second, 2), -6 * frame)
    strip = TakeStrip(document, Monitor(document, document))
    document.select(["V1-002"])
    strip.cards[second.id].do("whole")
    assert {document.take(each.id).edit for each in (first, second)} == {TakeEdit()}
    document.undo_stack.undo()
    assert document.take(first.id).edit == TakeEdit(fade_out=6 * FRAME)
    strip.close()


def test_nudged_over_its_neighbour_both_cross_fade(view: TimelineView) -> None:
    document = view.document
    first, second = effects(document, "V1-001"), effects(document, "V1-002")
    document.nudge([second.id], -2)
    assert document.take(second.id).edit == TakeEdit(offset=-2 * FRAME, fade_in=2 * FRAME)
    assert document.take(first.id).edit == TakeEdit(fade_out=2 * FRAME)
    assert document.undo_stack.undoText() == "Nudge take"
    document.nudge([first.id, second.id], 3)
    assert document.take(second.id).edit == TakeEdit(offset=FRAME, fade_in=2 * FRAME)
    assert document.take(first.id).edit == TakeEdit(offset=3 * FRAME, fade_out=2 * FRAME)
    document.nudge([second.id], 5)
    assert document.take(second.id).edit == TakeEdit(offset=6 * FRAME)
    assert document.take(first.id).edit == TakeEdit(offset=3 * FRAME)


def test_what_is_held_stays_under_the_pointer_when_the_view_zooms_and_scrolls(view: TimelineView) -> None:
    document, take = view.document, effects(view.document, "V1-002")
    view.set_snapping(False)
    start = on_take(view, take, 200)
    time = view.scale.time(start.x())
    send(view, QEvent.Type.MouseButtonPress, start)
    send(view, QEvent.Type.MouseMove, start + QPoint(view.scale.width(2 * FRAME), 0))
    view.zoom(3, start.x())
    view.scroll_by(57, 0)
    send(view, QEvent.Type.MouseMove, QPoint(view.scale.x(time + 4 * FRAME), start.y()))
    assert document.take(take.id).edit == TakeEdit()
    send(view, QEvent.Type.MouseButtonRelease, start)
    assert document.take(take.id).edit == TakeEdit(offset=4 * FRAME)
    assert document.undo_stack.count() == 1


def test_a_take_is_seen_where_it_is_dragged_as_it_is_where_it_was_laid(view: TimelineView) -> None:
    document, take = view.document, effects(view.document, "V1-002")
    view.set_snapping(False)
    start, by = on_take(view, take, 200), QPoint(4 * view.scale.width(FRAME), 0)
    before = view.viewport().grab().toImage()
    send(view, QEvent.Type.MouseButtonPress, start)
    send(view, QEvent.Type.MouseMove, start + by)
    dragged = view.viewport().grab().toImage()
    send(view, QEvent.Type.MouseButtonRelease, start + by)
    assert document.take(take.id).edit == TakeEdit(offset=4 * FRAME)
    assert before != dragged == view.viewport().grab().toImage()


def test_what_is_held_is_dropped_when_a_timeline_is_opened(view: TimelineView, reel: Path) -> None:
    document, take = view.document, effects(view.document, "V1-002")
    start = on_take(view, take, 200)
    send(view, QEvent.Type.MouseButtonPress, start)
    document.open(reel)
    send(view, QEvent.Type.MouseMove, start + QPoint(80, 0))
    assert document.take(take.id).edit == TakeEdit() and document.undo_stack.count() == 0
    document.close()
    send(view, QEvent.Type.MouseMove, start + QPoint(90, 0))
    send(view, QEvent.Type.MouseButtonRelease, start)
    document.open(reel)
    drag(view, on_take(view, take, 200), 4 * view.scale.width(FRAME))
    assert document.take(take.id).edit == TakeEdit(offset=4 * FRAME)


def test_it_is_saved_and_found_again(view: TimelineView, reel: Path) -> None:
    document, take = view.document, effects(view.document, "V1-002")
    drag(view, on_take(view, take, 2), 31, ALT)
    drag(view, on_take(view, document.take(take.id), -INSIDE, 4), -60)
    edit = document.take(take.id).edit
    document.close()
    document.open(reel)
    assert document.take(take.id).edit == edit != TakeEdit()


def test_many_free_drags_at_other_zooms_can_still_be_read(view: TimelineView, reel: Path) -> None:
    """Exact times whose digits grew with each drag could be written, and never read again."""
    document, take = view.document, effects(view.document, "V1-002")
    document.add_spot(Fraction(5) / RATE)
    for number in range(12):
        view.zoom(Fraction(1009 + number, 1013), 0)
        drag(view, on_take(view, document.take(take.id), 200), 11 if number % 2 else -11, ALT)
        lane = next(index for index, row in enumerate(view.rows) if row.kind == "spots")
        place = document.place_of_spot("V1-001.01")
        assert place is not None
        drag(view, QPoint(view.scale.x(place.start), view.row_top(lane) + 30), 13 if number % 2 else -9, ALT)
    spots, edit = document.lists, document.take(take.id).edit
    document.close()
    document.open(reel)
    assert document.lists == spots and document.take(take.id).edit == edit


def test_fades_are_seen(view: TimelineView) -> None:
    document, take = view.document, effects(view.document, "V1-002")
    point = on_take(view, take, 3, 20)
    before = view.viewport().grab().toImage().pixelColor(point)
    document.edit_takes({take.id: TakeEdit(fade_in=Fraction(1, 2))})
    view.settle()
    after = view.viewport().grab().toImage().pixelColor(point)
    assert np.abs(np.array(before.getRgb()) - after.getRgb()).max() > 8


def test_where_two_cross_both_are_seen() -> None:
    """The later one lies over the earlier one, and would hide it."""
    lane = WaveLane(0, 10, 1.0)
    for first, height in ((0, 90), (4, 1)):
        lane.put(np.full((2, 6), height, np.uint8), first)
    assert lane.heights[0].tolist() == [90] * 6 + [1] * 4
