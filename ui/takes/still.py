"""Take display of a portrait: one picture of it, from its middle."""

from __future__ import annotations

from fractions import Fraction

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from talkies.core.media.picture import picture_frames
from talkies.core.segment import Segment
from talkies.ui.background import in_background
from talkies.ui.player.frames import picture_of, rest_of, to_image
from talkies.ui.theme import colours
from talkies.ui.work.document import Document

_HEIGHT = 144  # lines


class TakeStill(QWidget):
    """Shows one picture of a take, read once; the viewer plays it."""

    def __init__(self, document: Document, take_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        take = document.take(take_id)
        self._image: QImage | None = None
        self._words = self.tr("reading …") if take.path.is_file() else self.tr("The file is not there")
        self.setMinimumHeight(26)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Picture of this portrait"))
        shown = picture_of(take, document.open_timeline().rate)
        if take.path.is_file():
            in_background(self, lambda: _middle(shown), self._keep, self._miss)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(270, 92)

    @property
    def image(self) -> QImage | None:
        """What is shown; None as long as it is not there."""
        return self._image

    def _keep(self, image: QImage | None) -> None:
        self._image = image
        self.update()

    def _miss(self, sentence: str) -> None:
        self._words = sentence
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colours().well))
        if self._image is None:
            painter.setPen(QColor(colours().faint))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._words)
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = (self.width() - size.width()) / 2, (self.height() - size.height()) / 2
        painter.drawImage(QRectF(left, top, size.width(), size.height()), self._image)


def _middle(shown: Segment) -> QImage | None:
    """The picture in the middle, where somebody may be speaking. Raises MediaError."""
    half = shown.record.duration * Fraction(1, 2)
    frame = next(picture_frames(rest_of(shown, shown.record.start + half), height=_HEIGHT), None)
    return None if frame is None else to_image(frame)
