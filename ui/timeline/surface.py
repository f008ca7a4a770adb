"""The scrolled surface of the timeline: which time is where, how near one looks, and moving through it."""

from __future__ import annotations

from fractions import Fraction

from PySide6.QtCore import QPoint, QSize
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from talkies.core.segment import Timeline
from talkies.ui.timeline.hands.snapping import nearest_frame, next_edge, previous_edge, snapped
from talkies.ui.timeline.layout import Scale, zoom_limits
from talkies.ui.timeline.rows import Rows
from talkies.ui.timeline.tooltips import Hit
from talkies.ui.work.document import Document

_KEY_STEP = Fraction(3, 2)


class Surface(QAbstractScrollArea):
    """A document's time on the screen. ``rows`` are what lies on it; ``snapping``: whether cuts attract."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.document = document
        self.snapping = True
        self.rows = Rows(())
        self.scale = Scale(Fraction(100))
        self.fitted = True

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(1100, 380)

    @property
    def timeline(self) -> Timeline | None:
        return self.document.timeline

    def repaint_all(self) -> None:
        """Everything that shows time or tracks."""
        self.viewport().update()

    def tell(self) -> None:
        """What a screen reader says of the view."""
        timeline = self.timeline
        if timeline is None:
            self.setAccessibleDescription(self.tr("No timeline is open"))
            return
        sentence = self.tr("{all} clips, {chosen} selected, playhead at {timecode}")
        self.setAccessibleDescription(
            sentence.format(
                all=len(self.document.segments),
                chosen=len(self.document.selected),
                timecode=timeline.timecode(self.document.playhead),
            )
        )

    # Where things are

    @property
    def drawn_rows_top(self) -> int:
        return -self.verticalScrollBar().value()

    def row_top(self, index: int) -> int:
        """The upper edge of a row in the viewport."""
        return self.rows.tops[index] + self.drawn_rows_top

    def visible_rows(self, top: int, bottom: int) -> range:
        """Indexes of the rows between two heights of the viewport."""
        return self.rows.between(top - self.drawn_rows_top, bottom - self.drawn_rows_top)

    def playhead_column(self) -> int:
        return self.scale.x(self.document.playhead)

    def range_positions(self) -> tuple[Fraction, Fraction]:
        """In and out; the timeline's beginning and end where one of them is not set."""
        start, end = self.document.in_out
        duration = self.timeline.duration if self.timeline is not None else Fraction(0)
        return start or Fraction(0), duration if end is None else end

    def range_columns(self) -> tuple[int, int] | None:
        """Pixel columns of in and out, None when neither is set."""
        if self.document.in_out == (None, None):
            return None
        start, end = self.range_positions()
        return self.scale.x(start), self.scale.x(end)

    def position_at(self, x: int, *, with_playhead: bool = True) -> Fraction:
        """The position (seconds) that column ``x`` stands for: what attracts nearby, else the nearest frame."""
        timeline = self.timeline
        if timeline is None:
            return Fraction(0)
        time = min(max(self.scale.time(x), Fraction(0)), timeline.duration)
        if not self.snapping:
            return nearest_frame(time, timeline.rate)
        range_ends = [end for end in self.document.in_out if end is not None]
        extra = [*range_ends, *([self.document.playhead] if with_playhead else [])]
        return snapped(time, self.scale, timeline.rate, self.rows.magnets, extra)

    def hit(self, point: QPoint) -> Hit | None:
        """What lies under a point of the viewport."""
        index = self.rows.at(point.y() - self.drawn_rows_top)
        if index is None or self.timeline is None:
            return None
        row, position = self.rows[index], self.scale.time(point.x())
        item = row.spans.at(position)
        return Hit(row, item, position)

    # Moving about

    def zoom(self, factor: float | Fraction, x: int | None = None) -> None:
        """Closer (factor > 1) or farther, with the time under column ``x`` (the playhead, if seen) staying there."""
        timeline = self.timeline
        if timeline is None:
            return
        width = self.viewport().width()
        if x is None:
            x = self.playhead_column() if 0 <= self.playhead_column() < width else width // 2
        least, most = zoom_limits(timeline.duration, timeline.rate, width)
        wanted = min(max(self.scale.pixels_per_second * Fraction(factor), least), most)
        self.fitted = wanted == least
        self._set_scale(self.scale.zoomed(wanted, x))

    def zoom_in(self) -> None:
        self.zoom(_KEY_STEP)

    def zoom_out(self) -> None:
        self.zoom(1 / _KEY_STEP)

    def zoom_to_fit(self) -> None:
        """The whole timeline."""
        if self.timeline is not None:
            least, _ = zoom_limits(self.timeline.duration, self.timeline.rate, self.viewport().width())
            self.fitted = True
            self._set_scale(Scale(least))

    def scroll_by(self, dx: int, dy: int) -> None:
        """Pixels to the right and down."""
        self.horizontalScrollBar().setValue(self.horizontalScrollBar().value() + dx)
        self.verticalScrollBar().setValue(self.verticalScrollBar().value() + dy)

    def scroll_to(self, position: Fraction) -> None:
        """Brings a position into view, near the left edge."""
        wanted = self.scale.scrolled(0).x(position) - self.viewport().width() // 10
        self.horizontalScrollBar().setValue(max(wanted, 0))

    def scrub(self, x: int) -> None:
        """The playhead to column ``x``."""
        self.document.set_playhead(self.position_at(x, with_playhead=False))

    def step(self, frames: int) -> None:
        """The playhead by so many frames."""
        timeline = self.timeline
        if timeline is not None:
            self.document.set_playhead(nearest_frame(self.document.playhead, timeline.rate) + frames / timeline.rate)

    def step_edit(self, forward: bool) -> None:
        """The playhead to the next or the previous cut."""
        found = (next_edge if forward else previous_edge)(self.rows.cuts, self.document.playhead)
        if found is not None:
            self.document.set_playhead(found)

    def go_to_start(self) -> None:
        self.document.set_playhead(Fraction(0))

    def go_to_end(self) -> None:
        """To the last frame."""
        if self.timeline is not None:
            self.document.set_playhead(self.timeline.duration - 1 / self.timeline.rate)

    def set_snapping(self, snapping: bool) -> None:
        self.snapping = snapping

    def set_in(self) -> None:
        """In at the playhead; an out that lies before it goes."""
        out = self.document.in_out[1]
        playhead = self.document.playhead
        self.document.set_in_out(playhead, out if out is None or out > playhead else None)

    def set_out(self) -> None:
        """Out at the playhead; an in that lies after it goes."""
        start = self.document.in_out[0]
        playhead = self.document.playhead
        self.document.set_in_out(start if start is None or start < playhead else None, playhead)

    def clear_range(self) -> None:
        self.document.set_in_out(None, None)

    def select_all(self) -> None:
        self.document.select(segment.id for segment in self.document.segments)

    def _set_scale(self, scale: Scale) -> None:
        self.scale = scale
        self._set_scroll_ranges()
        self.horizontalScrollBar().setValue(scale.offset)
        self.scale = scale.scrolled(self.horizontalScrollBar().value())
        self.repaint_all()

    def _set_scroll_ranges(self) -> None:
        width, height = self.viewport().width(), self.viewport().height()
        duration = self.timeline.duration if self.timeline is not None else Fraction(0)
        across, down = self.horizontalScrollBar(), self.verticalScrollBar()
        across.setRange(0, max(self.scale.width(duration * Fraction(103, 100)) - width, 0))
        across.setPageStep(width)
        across.setSingleStep(48)
        down.setRange(0, max(self.rows.height - height, 0))
        down.setPageStep(height)
        down.setSingleStep(24)
