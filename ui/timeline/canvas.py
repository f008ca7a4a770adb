"""Canvas: what a lane needs to paint itself, and what is remembered from frame to frame."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QFont, QPainter

from talkies.ui.plain_text import one_line
from talkies.ui.timeline.cache_keys import StillKey
from talkies.ui.timeline.colours import ClipColours, TimelineColours
from talkies.ui.timeline.layout import Scale
from talkies.ui.timeline.media import Media
from talkies.ui.timeline.peaks import Heights
from talkies.ui.timeline.rows import Row

TEXT_LEFT = 4
"""The column left of which no label begins."""
_LEAST_TEXT = 12  # pixels of the shortest label
_MOST_REMEMBERED = 20_000


@dataclass
class Memo:
    """What stays the same from frame to frame as long as neither its row, the zoom nor the theme change.

    Keys are the identity of a row and an index in it; a view keeps those that it shows.
    """

    pixels_per_second: Fraction = Fraction(0)
    theme: TimelineColours | None = None
    colours: dict[int, list[ClipColours]] = field(default_factory=dict)
    stills: dict[tuple[int, int, int], StillKey] = field(default_factory=dict)
    waves: dict[tuple[int, int], Heights] = field(default_factory=dict)
    texts: dict[tuple[str, int], str] = field(default_factory=dict)

    def fitting(self, pixels_per_second: Fraction, theme: TimelineColours) -> Memo:
        """Itself, or an empty one for another zoom or theme, and when it has grown large."""
        large = max(len(self.stills), len(self.waves), len(self.texts)) > _MOST_REMEMBERED
        same = pixels_per_second == self.pixels_per_second and theme is self.theme
        return self if same and not large else Memo(pixels_per_second, theme)

    def keep(self, rows: Iterable[Row]) -> None:
        """Forgets all others: new ones may come to be where they were in memory."""
        kept = set(map(id, rows))
        self.colours = {key: value for key, value in self.colours.items() if key in kept}
        self.stills = {key: value for key, value in self.stills.items() if key[0] in kept}
        self.waves = {key: value for key, value in self.waves.items() if key[0] in kept}


@dataclass
class Canvas:
    """What a lane needs to paint itself; ``left`` and ``right`` are the pixel columns to paint."""

    painter: QPainter
    scale: Scale
    left: int
    right: int
    media: Media
    colours: TimelineColours
    memo: Memo
    font: QFont
    ratio: float = 1.0

    def fill(self, rectangles: list[QRect], colour: QColor) -> None:
        if rectangles:
            self.painter.setPen(Qt.PenStyle.NoPen)
            self.painter.setBrush(colour)
            self.painter.drawRects(rectangles)

    def label(self, text: str, area: QRect, colour: QColor) -> None:
        """Text in one line, shortened to its place; it stays on the screen as long as its clip does."""
        left = max(area.left(), TEXT_LEFT)
        width = area.right() - left
        if width < _LEAST_TEXT:
            return
        metrics = self.painter.fontMetrics()
        shown = self.memo.texts.get((text, width))
        if shown is None:
            shown = self.memo.texts[text, width] = metrics.elidedText(
                one_line(text), Qt.TextElideMode.ElideRight, width
            )
        self.painter.setPen(colour)
        base = area.top() + (area.height() + metrics.ascent() - metrics.descent()) // 2
        self.painter.drawText(left, base, shown)
