"""The timeline under a hand: clicks, rubber band, keys, ruler; real events on a real document."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import opentimelineio as otio
import pytest
from engines import load_tones
from films import write_sound_only
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QWheelEvent
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from talkies.core.events import TakeReady
from talkies.core.generation.take_orders import TakeRequest, make_takes
from talkies.core.segment import Take
from talkies.ui.timeline import Media, TimelineView
from talkies.ui.timeline.colours import timeline_colours
from talkies.ui.timeline.tooltips import Hit, describe
from talkies.ui.work.document import Document

LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
SHIFT, CTRL = Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.ControlModifier
RATE = Fraction(25)


@pytest.fixture
def view(qtbot: QtBot, document: Document, tmp_path: Path) -> Iterator[TimelineView]:
    """Two shots of a second each, three subtitles; 1000 pixels of viewport or so."""
    view = TimelineView(document, Media(tmp_path / "cache"))
    qtbot.addWidget(view)
    view.resize(1132, 420)
    with qtbot.waitSignal(view.sounds_read, timeout=20_000):
        view.show()
    yield view
    view.media.stop()


def middle_of(view: TimelineView, segment_id: str) -> QPoint:
    """The middle of a segment's clip in the viewport."""
    for index, row in enumerate(view.rows):
        if segment_id in row.places:
            span = row.spans.ranges[row.places[segment_id]]
            x = (view.scale.x(span.start) + view.scale.x(span.end)) // 2
            return QPoint(x, view.row_top(index) + row.height // 2)
    raise AssertionError(segment_id)


def click(qtbot: QtBot, view: TimelineView, point: QPoint, modifier: Qt.KeyboardModifier | None = None) -> None:
    qtbot.mouseClick(view.viewport(), LEFT, modifier or Qt.KeyboardModifier.NoModifier, point)


def drag(qtbot: QtBot, widget: object, start: QPoint, end: QPoint, button: Qt.MouseButton = LEFT) -> None:
    qtbot.mousePress(widget, button, pos=start)
    for step in (1, 2, 3):
        qtbot.mouseMove(widget, start + (end - start) * step / 3)
    qtbot.mouseRelease(widget, button, pos=end)


def takes_of(order: TakeRequest) -> list[Take]:
    """Makes takes with a small engine that needs no weights."""
    return [event.take for event in make_takes(order, load_engine=load_tones) if isinstance(event, TakeReady)]


def test_rows_are_those_of_an_editor(view: TimelineView) -> None:
    assert [(row.kind, row.name, len(row.items)) for row in view.rows] == [("words", "ST", 3), ("picture", "V1", 2)]


def test_click_and_ctrl_click(qtbot: QtBot, view: TimelineView) -> None:
    first, second = middle_of(view, "V1-001"), middle_of(view, "V1-002")
    click(qtbot, view, first)
    assert view.document.selected == ("V1-001",)
    click(qtbot, view, second)
    assert view.document.selected == ("V1-002",)
    click(qtbot, view, first, CTRL)
    assert view.document.selected == ("V1-001", "V1-002")
    click(qtbot, view, second, CTRL)
    assert view.document.selected == ("V1-001",)
    click(qtbot, view, QPoint(first.x(), view.viewport().height() - 5))
    assert view.document.selected == ()


def test_shift_click_takes_all_between(qtbot: QtBot, view: TimelineView) -> None:
    click(qtbot, view, middle_of(view, "V1-002"))
    click(qtbot, view, middle_of(view, "V1-001"), SHIFT)
    assert view.document.selected == ("V1-001", "V1-002")


def test_rubber_band(qtbot: QtBot, view: TimelineView) -> None:
    first, second = middle_of(view, "V1-001"), middle_of(view, "V1-002")
    below = QPoint(0, 100)
    drag(qtbot, view.viewport(), first + below, second)
    assert view.document.selected == ("V1-001", "V1-002")
    drag(qtbot, view.viewport(), second + below, second + QPoint(20, 0))
    assert view.document.selected == ("V1-002",)
    drag(qtbot, view.viewport(), first + below, second + below)
    assert view.document.selected == ()


def test_a_subtitle_is_told_by_its_place(qtbot: QtBot, view: TimelineView) -> None:
    x = view.scale.x(Fraction(35, 25))
    with qtbot.waitSignal(view.cue_clicked) as told:
        click(qtbot, view, QPoint(x, 10))
    assert told.args == [2] and view.document.cues[2].text == "Good morning."


def test_double_click_and_menu(qtbot: QtBot, view: TimelineView) -> None:
    point = middle_of(view, "V1-002")
    with qtbot.waitSignal(view.segment_activated) as told:
        qtbot.mouseDClick(view.viewport(), LEFT, pos=point)
    assert told.args == ["V1-002"]
    place = view.viewport().mapToGlobal(point)
    with qtbot.waitSignal(view.menu_requested) as told:
        QApplication.sendEvent(view.viewport(), QContextMenuEvent(QContextMenuEvent.Reason.Mouse, point, place))
    assert told.args is not None and told.args[0] == place and told.args[1].segment_id == "V1-002"
    assert view.document.selected == ("V1-002",)  # what the menu is about


@pytest.mark.parametrize(
    ("key", "modifier", "frame"),
    [
        (Qt.Key.Key_Right, None, 11),
        (Qt.Key.Key_Left, None, 9),
        (Qt.Key.Key_Right, SHIFT, 35),
        (Qt.Key.Key_Left, SHIFT, 0),
        (Qt.Key.Key_Down, None, 25),
        (Qt.Key.Key_Up, None, 0),
        (Qt.Key.Key_Home, None, 0),
        (Qt.Key.Key_End, None, 49),
    ],
)
def test_keys_move_the_playhead(
    qtbot: QtBot, view: TimelineView, key: Qt.Key, modifier: Qt.KeyboardModifier | None, frame: int
) -> None:
    view.document.set_playhead(Fraction(10) / RATE)
    qtbot.keyClick(view, key, modifier or Qt.KeyboardModifier.NoModifier)
    assert view.document.playhead == Fraction(frame) / RATE


def test_in_and_out_by_key(qtbot: QtBot, view: TimelineView) -> None:
    view.document.set_playhead(Fraction(10) / RATE)
    qtbot.keyClick(view, Qt.Key.Key_I)
    view.document.set_playhead(Fraction(30) / RATE)
    qtbot.keyClick(view, Qt.Key.Key_O)
    assert view.document.in_out == (Fraction(2, 5), Fraction(6, 5))
    view.document.set_playhead(Fraction(40) / RATE)
    qtbot.keyClick(view, Qt.Key.Key_I)  # after the out point, which goes
    assert view.document.in_out == (Fraction(8, 5), None)
    qtbot.keyClick(view, Qt.Key.Key_X, Qt.KeyboardModifier.AltModifier)
    assert view.document.in_out == (None, None)


def test_scrubbing_snaps_to_cuts_and_else_to_frames(qtbot: QtBot, view: TimelineView) -> None:
    cut, frame = view.scale.x(Fraction(1)), view.scale.width(1 / RATE)
    qtbot.mousePress(view.ruler, LEFT, pos=QPoint(cut - 5, 8))
    assert view.document.playhead == 1
    qtbot.mouseMove(view.ruler, QPoint(cut + 2 * frame + 2, 8))
    qtbot.waitUntil(lambda: view.document.playhead == 1 + 2 / RATE, timeout=5000)
    qtbot.mouseRelease(view.ruler, LEFT, pos=QPoint(cut, 8))
    qtbot.keyClick(view, Qt.Key.Key_N)
    assert not view.snapping and view.position_at(cut - 5) == Fraction(1)  # the nearest frame, as it happens
    assert view.position_at(cut + frame) == 1 + 1 / RATE


def test_the_range_is_drawn_in_the_ruler(qtbot: QtBot, view: TimelineView) -> None:
    strip = view.ruler.range_area().center().y()
    start, end = view.scale.x(Fraction(1, 2)), view.scale.x(Fraction(1))
    drag(qtbot, view.ruler, QPoint(start, strip), QPoint(end - 3, strip))
    first, last = view.document.in_out
    assert last == 1 and first is not None and abs(first - Fraction(1, 2)) <= Fraction(1, 50)
    drag(qtbot, view.ruler, QPoint(end, strip), QPoint(view.scale.x(Fraction(3, 2)), strip))  # its end is taken hold of
    assert view.document.in_out[0] == first and view.document.in_out[1] not in (None, last)
    qtbot.mouseClick(view.ruler, LEFT, pos=QPoint(view.scale.x(Fraction(1, 5)), strip))
    assert view.document.in_out == (None, None)


def test_ctrl_wheel_zooms_to_the_pointer_and_keys_back(qtbot: QtBot, view: TimelineView) -> None:
    whole, point = view.scale.pixels_per_second, QPoint(600, 60)
    before = view.scale.time(600)
    place = view.viewport().mapToGlobal(point)
    QApplication.sendEvent(
        view.viewport(),
        QWheelEvent(
            QPointF(point), QPointF(place), QPoint(), QPoint(0, 240), Qt.MouseButton.NoButton, CTRL,
            Qt.ScrollPhase.NoScrollPhase, False,
        ),
    )  # fmt: skip
    assert view.scale.pixels_per_second > whole * Fraction(3, 2)
    assert abs(view.scale.x(before) - 600) <= 1
    offset = view.scale.offset
    drag(qtbot, view.viewport(), QPoint(500, 200), QPoint(400, 200), MIDDLE)
    assert view.scale.offset == offset + 100
    qtbot.keyClick(view, Qt.Key.Key_Backslash)
    assert (view.scale.pixels_per_second, view.scale.offset) == (whole, 0)
    for _ in range(30):
        qtbot.keyClick(view, Qt.Key.Key_Plus)
    assert view.scale.width(1 / RATE) == 48
    qtbot.keyClick(view, Qt.Key.Key_Z, SHIFT)
    assert view.scale.pixels_per_second == whole


def test_the_view_follows_the_playhead(view: TimelineView) -> None:
    view.zoom(20, 0)
    view.document.set_playhead(Fraction(3, 2))
    assert 0 <= view.playhead_column() < view.viewport().width()


def test_the_playhead_is_painted_where_it_is(qtbot: QtBot, view: TimelineView) -> None:
    view.document.set_playhead(Fraction(7, 5))
    image = view.viewport().grab().toImage()
    ratio = image.devicePixelRatio()
    here = image.pixelColor(round(view.playhead_column() * ratio), image.height() - 3)
    assert here == timeline_colours().playhead


def test_thumbnails_come_into_the_view(qtbot: QtBot, view: TimelineView) -> None:
    """The film is grey (90) with a white square; the clip's body is neither."""
    point = middle_of(view, "V1-001") + QPoint(0, 30)

    def grey() -> bool:
        colour = view.viewport().grab().toImage().pixelColor(point)
        return max(abs(part - 90) for part in (colour.red(), colour.green(), colour.blue())) < 12

    assert not grey()
    qtbot.waitUntil(grey, timeout=20_000)


def test_takes_have_lanes_of_their_own(qtbot: QtBot, view: TimelineView) -> None:
    document = view.document
    order = TakeRequest.from_mapping({**document.order(), "task": "foley", "takes": 2, "segments": ["V1-002"]})
    first, second = (made.name for made in takes_of(order))
    document.find_takes()
    qtbot.waitUntil(lambda: len(view.rows) == 4, timeout=5000)
    main, other = view.rows[2], view.rows[3]
    assert (main.kind, main.stem, other.kind) == ("take", "FX", "other take")
    assert [row.items[0].id for row in (main, other)] == [second, first]  # the newest sounds
    document.star(first)
    qtbot.waitUntil(lambda: view.rows[2].items[0].id == first, timeout=5000)
    document.nudge([first], 2)
    qtbot.waitUntil(lambda: view.rows[2].spans.ranges[0].start == 1 + 2 / RATE, timeout=5000)
    with qtbot.waitSignal(view.take_clicked) as told:
        click(qtbot, view, QPoint(view.scale.x(Fraction(8, 5)), view.row_top(2) + 30))
    assert told.args == [first] and document.selected == ("V1-002",)
    view.select_without_sound()
    assert document.selected == ("V1-001",)


def test_clips_without_sound_are_told_from_the_audio_tracks(qtbot: QtBot, reel: Path) -> None:
    write_sound_only(reel.parent / "wild.wav")
    timeline = otio.adapters.read_from_file(str(reel))
    span = otio.opentime.TimeRange(otio.opentime.RationalTime(0, 25), otio.opentime.RationalTime(20, 25))
    sound = otio.schema.Clip("wild", otio.schema.ExternalReference("wild.wav"), span)
    timeline.tracks.append(otio.schema.Track("A1", kind="Audio", children=[sound]))
    otio.adapters.write_to_file(timeline, str(reel))
    document = Document()
    document.open(reel)
    view = TimelineView(document, Media(reel.parent / "cache"))
    qtbot.addWidget(view)
    view.select_without_sound()  # before the tracks are read: done as soon as they are
    with qtbot.waitSignal(view.sounds_read, timeout=20_000):
        pass
    assert document.selected == ("V1-002",)
    assert [row.name for row in view.rows] == ["ST", "V1", "A1"]
    view.media.stop()
    document.close()


def test_what_a_screen_reader_and_a_tool_tip_say(qtbot: QtBot, view: TimelineView) -> None:
    click(qtbot, view, middle_of(view, "V1-001"))
    assert view.accessibleName() == "Timeline"
    assert view.accessibleDescription() == "2 clips, 1 selected, playhead at 00:00:00:00"
    hit = view.hit(middle_of(view, "V1-002"))
    assert hit is not None
    assert describe(hit, view.document, view.media) == "shot 2  (V1-002)\n00:00:01:00 – 00:00:02:00"
    warned = replace(hit.item, warnings=("clip 'shot 2': its media is offline",))
    row = replace(hit.row, items=(hit.row.items[0], warned))
    assert "its media is offline" in describe(Hit(row, 1, hit.position), view.document, view.media)


def test_a_tool_tip_says_what_speaks_against_a_take(qtbot: QtBot, generated: Document) -> None:
    view = TimelineView(generated)
    qtbot.addWidget(view)
    row = next(row for row in view.rows if row.kind == "take" and row.stem == "DX")
    hit = Hit(row, 0, Fraction(0))
    assert "edited since" not in describe(hit, generated, view.media)
    generated.edit_cue(0, text="Quite other words.")
    assert "edited since" in describe(hit, generated, view.media)
    view.media.stop()


def test_a_view_that_is_gone_is_not_called(qtbot: QtBot, document: Document, tmp_path: Path) -> None:
    view = TimelineView(document, Media(tmp_path / "cache"))
    view.show()
    with qtbot.waitSignal(view.destroyed, timeout=20_000):
        view.deleteLater()
    order = TakeRequest.from_mapping({**document.order(), "task": "foley", "segments": ["V1-002"]})
    assert takes_of(order)
    document.find_takes()
    document.select(["V1-001"])
    document.set_playhead(Fraction(1))


def test_without_a_timeline_nothing_happens(qtbot: QtBot, tmp_path: Path) -> None:
    view = TimelineView(Document(), Media(tmp_path / "cache"))
    qtbot.addWidget(view)
    view.show()
    for key in (Qt.Key.Key_Right, Qt.Key.Key_End, Qt.Key.Key_Plus, Qt.Key.Key_Down, Qt.Key.Key_Backslash):
        qtbot.keyClick(view, key)
    qtbot.mouseClick(view.ruler, LEFT, pos=QPoint(50, 10))
    click(qtbot, view, QPoint(50, 50))
    view.select_without_sound()
    assert view.viewport().grab().toImage().pixelColor(50, 50) == QColor(timeline_colours().ground)
    assert view.accessibleDescription() == "No timeline is open"
