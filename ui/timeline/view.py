"""The timeline as an editor knows it: tracks under a ruler, to look at, to move in, and to choose segments on.

┌ corner ─┬ ruler ────────────────────┐
│ headers │ viewport: lanes, playhead │     document ──signals──► rows ──► paint what is seen
└─────────┴───────────────────────────┘     gestures, keyboard ──► document
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import partial
from typing import cast

import numpy as np
from PySide6.QtCore import QEvent, QPoint, QRect, Qt, QTimer, Signal, Slot
from PySide6.QtGui import (
    QContextMenuEvent,
    QFont,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QFrame, QToolTip, QWidget

from talkies.core.segment import Timeline
from talkies.core.timeline.structure.sounds import SoundTrack, segments_without_sound, sound_tracks
from talkies.ui.background import in_background
from talkies.ui.plain_text import as_tip
from talkies.ui.timeline import headers, ruler
from talkies.ui.timeline.canvas import Canvas, Memo
from talkies.ui.timeline.colours import timeline_colours
from talkies.ui.timeline.gestures import Gestures
from talkies.ui.timeline.keyboard import handle_key
from talkies.ui.timeline.media import Media
from talkies.ui.timeline.painting import paint_row
from talkies.ui.timeline.rows import Row, Rows, picture_rows, sound_rows, take_rows, word_rows
from talkies.ui.timeline.shade import paint_range
from talkies.ui.timeline.spots.surface import SpotSurface
from talkies.ui.timeline.tooltips import describe
from talkies.ui.work.document import Document

_WHEEL_STEP = 1.0018  # zoom for each of the 120 units of a wheel's click
_GATHER_MS = 60  # arrived thumbnails and takes are shown together


class TimelineView(SpotSurface):
    """Looks at a document; see the module. ``media`` brings thumbnails and waveforms."""

    segment_activated = Signal(str)
    """A segment was double-clicked."""
    cue_clicked = Signal(int)
    """A subtitle, by its place in ``document.cues``."""
    take_clicked = Signal(str)
    menu_requested = Signal(QPoint, object)
    """Where on the screen, and the :class:`Hit` under the pointer, or None."""
    sounds_read = Signal()
    """The timeline's own audio tracks are known now."""

    def __init__(self, document: Document, media: Media | None = None, parent: QWidget | None = None) -> None:
        super().__init__(document, parent)
        self.media = media or Media(parent=self)
        self._parts: dict[str, Sequence[Row]] = {}
        self._chosen: dict[str, np.ndarray] = {}
        self._memo = Memo()
        self._sounds: tuple[SoundTrack, ...] | None = None
        self._wants_silent = False
        self._drawn_playhead = 0
        self.gestures = Gestures(self)
        self._gathering = QTimer(self, singleShot=True, interval=_GATHER_MS)
        self._take_gathering = QTimer(self, singleShot=True, interval=_GATHER_MS)
        self._set_up_widgets()
        self._connect()
        self._show_timeline()

    def _set_up_widgets(self) -> None:
        self.small_font = QFont(self.font())
        self.small_font.setPointSizeF(max(self.font().pointSizeF() - 1.5, 7))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setViewportMargins(headers.WIDTH, ruler.HEIGHT, 0, 0)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setAccessibleName(self.tr("Timeline"))
        self.viewport().setMouseTracking(True)
        self.viewport().setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.ruler, self.headers, self.corner = ruler.Ruler(self), headers.Headers(self), headers.Corner(self)

    def _connect(self) -> None:
        document = self.document
        document.timeline_changed.connect(self._show_timeline)
        document.selection_changed.connect(self._show_selection)
        document.cues_changed.connect(self._show_cues)
        document.takes_changed.connect(self._gather_takes)
        document.playhead_changed.connect(self._show_playhead)
        document.in_out_changed.connect(self.repaint_all)
        document.markers_changed.connect(self.repaint_all)
        document.spots_changed.connect(self._stack)
        document.chosen_spots_changed.connect(self._show_selection)
        self._take_gathering.timeout.connect(self._show_takes)
        self._gathering.timeout.connect(self.viewport().update)
        self.media.arrived.connect(self._gather_media)

    @Slot(str)
    def _gather_takes(self, _segment: str) -> None:
        if not self._take_gathering.isActive():
            self._take_gathering.start()

    @Slot(object)
    def _gather_media(self, _key: object) -> None:
        if not self._gathering.isActive():
            self._gathering.start()

    # What is shown

    def _show_timeline(self) -> None:
        timeline = self.timeline
        self._sounds, self._wants_silent = None, False
        self._parts = {"words": word_rows(self.document.cues), "picture": picture_rows(self.document.segments)}
        if timeline is not None:
            self._parts["take"] = take_rows(self.document.all_takes)
            work = partial(sound_tracks, timeline, self.document.media_dir)
            keep = partial(self._keep_sounds, timeline)
            in_background(self, work, keep, lambda _: keep(()))  # what is wrong with the timeline its reader has said
        self.zoom_to_fit()
        self._stack()
        self._show_selection()
        self.verticalScrollBar().setValue(0)

    def _show_cues(self) -> None:
        self._parts["words"] = word_rows(self.document.cues)
        self._stack()

    def settle(self) -> None:
        """Lanes of the takes as they are now, if some have changed, without waiting for more."""
        if self._take_gathering.isActive():
            self._take_gathering.stop()
            self._show_takes()

    def _show_takes(self) -> None:
        if self.timeline is not None:
            self._parts["take"] = take_rows(self.document.all_takes)
            self._stack()

    def _keep_sounds(self, timeline: Timeline, tracks: tuple[SoundTrack, ...]) -> None:
        if timeline is not self.timeline:
            return
        self._sounds = tracks
        self._parts["sound"] = sound_rows(tracks)
        self._stack()
        if self._wants_silent:
            self.select_without_sound()
        self.sounds_read.emit()

    @property
    def sounds(self) -> tuple[SoundTrack, ...]:
        """The timeline's own audio tracks; none until they are read."""
        return self._sounds or ()

    def _stack(self) -> None:
        """Puts the rows on top of each other."""
        self._parts["spots"] = self.spot_rows()
        kinds = ("words", "picture", "spots", "take", "sound")
        before, there = self.rows, (row for kind in kinds for row in self._parts.get(kind, ()))
        self.rows = Rows(there, self.viewport().height())
        self._memo.keep(self.rows)
        self._chosen = self.chosen_flags()
        if [row.header for row in self.rows] == [row.header for row in before]:
            self.repaint_lanes({id(row) for row in before})
        else:
            self._set_scroll_ranges()
            self.repaint_all()

    def _show_selection(self) -> None:
        self._chosen = self.chosen_flags()
        self.tell()
        self.repaint_all()

    def _show_playhead(self, _position: object) -> None:
        """Repaints the playhead where it was and where it is; turns the page when it leaves the view."""
        column = self.playhead_column()
        if not self.gestures.busy and not 0 <= column < self.viewport().width():
            self.scroll_to(self.document.playhead)
            column = self.playhead_column()
        for x in (self._drawn_playhead, column):
            self.viewport().update(x - 2, 0, 5, self.viewport().height())
            self.ruler.update(x - 8, 0, 17, ruler.HEIGHT)
        self.corner.update()

    # Choosing segments

    def select_without_sound(self) -> None:
        """Selects the segments that are silent: no enabled clip of an audio track and no take lies under them."""
        if self._sounds is None:
            self._wants_silent = True  # as soon as the audio tracks are known
            return
        self._wants_silent = False
        self.document.select(self.segments_without_sound())

    def segments_without_sound(self) -> tuple[str, ...]:
        """Ids of the silent segments; all that have no take as long as the audio tracks are not read."""
        timeline = self.timeline
        if timeline is None:
            return ()
        audible = [clip.record for track in self._sounds or () for clip in track.clips if clip.enabled]
        audible += [take.place for take in self.document.all_takes if not take.muted]
        return segments_without_sound(timeline.segments, audible)

    # Qt's events

    def scrollContentsBy(self, dx: int, dy: int) -> None:  # noqa: N802 - Qt's name
        self.scale = self.scale.scrolled(self.horizontalScrollBar().value())
        self.repaint_all()

    def repaint_all(self) -> None:
        for widget in (self.viewport(), self.ruler, self.headers, self.corner):
            widget.update()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        area = self.viewport().geometry()
        self.corner.setGeometry(0, 0, headers.WIDTH, ruler.HEIGHT)
        self.ruler.setGeometry(area.left(), 0, area.width(), ruler.HEIGHT)
        self.headers.setGeometry(0, area.top(), headers.WIDTH, area.height())
        if self.fitted:
            self.zoom_to_fit()
        if self.rows.fits_otherwise(self.viewport().height()):
            self._stack()
        self._set_scroll_ranges()

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802 - Qt's name
        """Scrolls; with Ctrl it zooms to the pointer, with Shift it scrolls along the time."""
        turned, moved = event.angleDelta(), event.pixelDelta()
        if event.modifiers() & Qt.KeyboardModifier.ControlModifier:
            point = self.viewport().mapFromGlobal(event.globalPosition().toPoint())
            self.zoom(_WHEEL_STEP ** (turned.y() or turned.x()), min(max(point.x(), 0), self.viewport().width()))
        else:
            dx, dy = (moved.x(), moved.y()) if not moved.isNull() else (turned.x() // 2, turned.y() // 2)
            along = event.modifiers() & Qt.KeyboardModifier.ShiftModifier or not self.verticalScrollBar().maximum()
            if along and not dx:
                dx, dy = dy, 0
            self.scroll_by(-dx, -dy)
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if not handle_key(self, event):
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self.gestures.press(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self.gestures.move(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self.gestures.release(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self.gestures.double_click(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        self.gestures.menu(event)

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            hit = self.hit(event.pos())
            text = describe(hit, self.document, self.media) if hit is not None and self.timeline is not None else ""
            QToolTip.showText(event.globalPos(), as_tip(text), self.viewport())
            return True
        return super().viewportEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        whole = event.region().boundingRect() == self.viewport().rect()
        self.media.begin(everything=whole)
        self._memo = self._memo.fitting(self.scale.pixels_per_second, timeline_colours())
        painter = QPainter(self.viewport())
        for area in cast(Iterable[QRect], event.region()):
            self._paint_area(painter, area)
        self.media.end()
        self._drawn_playhead = self.playhead_column()

    def _paint_area(self, painter: QPainter, area: QRect) -> None:
        colours = timeline_colours()
        painter.fillRect(area, colours.ground)
        ratio = self.viewport().devicePixelRatioF()
        canvas = Canvas(
            painter, self.scale, area.left(), area.right() + 1, self.media, colours, self._memo, self.small_font, ratio
        )
        dragged = self.gestures.dragged
        for index in self.visible_rows(area.top(), area.bottom() + 1):
            row, top = self.rows[index], self.row_top(index)
            paint_row(canvas, row, top, self._chosen.get(row.name), dragged)
            self.paint_guides(canvas, row, top, dragged.spots)
        paint_range(painter, area, self.range_columns())
        painter.fillRect(self.playhead_column(), area.top(), 1, area.height(), colours.playhead)
        self.gestures.paint(painter)
