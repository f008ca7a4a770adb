"""Take display: waveform above, spectrogram below, the playhead through both."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from talkies.core.times import to_frame
from talkies.ui.takes.pictures import TakePicture, TakePictures
from talkies.ui.theme import colours
from talkies.ui.work.document import Document

_WAVE_SHARE = 0.45


class TakeCurves(QWidget):
    """Shows what is heard of a take; a click moves the playhead there."""

    def __init__(self, document: Document, pictures: TakePictures, take_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._pictures, self._take_id = document, pictures, take_id
        self._path = document.take(take_id).path
        self.setMinimumHeight(26)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Waveform and spectrogram"))
        self.setCursor(Qt.CursorShape.IBeamCursor)
        pictures.ready.connect(self._arrived)
        document.playhead_changed.connect(self._moved)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(270, 92)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self._seek(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._seek(event.position().x())

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colours().well))
        take = self._document.take(self._take_id)
        picture = self._pictures.get(take)
        if picture is None:
            painter.setPen(QColor(colours().faint))
            words = self.tr("reading …") if take.path.is_file() else self.tr("The file is not there")
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, words)
            return
        made = take.take
        whole = float(made.file_range.duration) or 1.0
        head, length = float(made.head_handle + take.edit.head), float(take.place.duration)
        wave = QRect(0, 0, self.width(), round(self.height() * _WAVE_SHARE))
        below = QRect(0, wave.bottom() + 2, self.width(), self.height() - wave.height() - 2)
        colour = colours().stem(take.stem)
        if take.muted:
            colour = QColor(colours().faint)
        _draw_wave(painter, wave, picture, head, length, colour)
        part = picture.spectrogram
        first, last = (round(part.shape[1] * at / whole) for at in (head, head + length))
        _draw_spectrogram(painter, below, part[:, first : max(last, first + 1)], colour)
        x = self._playhead_x()
        if 0 <= x < self.width():
            painter.fillRect(x, 0, 1, self.height(), QColor(colours().playhead))

    def _playhead_x(self) -> int:
        place = self._document.take(self._take_id).place
        return int((self._document.playhead - place.start) * self.width() / (place.duration or 1))

    def _seek(self, x: float) -> None:
        timeline = self._document.timeline
        if timeline is not None:
            place = self._document.take(self._take_id).place
            share = Fraction(min(max(int(x), 0), self.width() - 1), self.width())
            self._document.set_playhead(
                Fraction(to_frame(place.start + share * place.duration, timeline.rate)) / timeline.rate
            )

    def _arrived(self, path: object) -> None:
        if path == self._path:
            self.update()

    def _moved(self, position: object) -> None:
        self.update()


def _draw_wave(
    painter: QPainter, area: QRect, picture: TakePicture, start: float, length: float, colour: QColor
) -> None:
    """Peaks pale, effective level full, around the middle of ``area``."""
    count = max(area.width(), 1)
    heights = picture.peaks.columns(start, length / count, count)
    middle = area.center().y()
    for level, alpha in zip(heights, (110, 255), strict=True):
        shade = QColor(colour)
        shade.setAlpha(alpha)
        for x, height in enumerate((level.astype(int) * area.height() // 510).tolist()):
            if height:
                painter.fillRect(area.left() + x, middle - height, 1, 2 * height, shade)
    painter.fillRect(area.left(), middle, count, 1, colour)


def _draw_spectrogram(painter: QPainter, area: QRect, levels: NDArray[np.uint8], colour: QColor) -> None:
    """Silence in the colour of the ground, loudness through the stem's colour to the text's."""
    image = np.ascontiguousarray(_shades(colour)[levels])
    height, width, _ = image.shape
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    painter.drawImage(area, QImage(image.data, width, height, 3 * width, QImage.Format.Format_RGB888))


def _shades(colour: QColor) -> NDArray[np.uint8]:
    """(256, 3): from the ground over ``colour`` to the colour of text."""
    stops = [QColor(colours().well), colour, QColor(colours().text)]
    points = np.array([[each.red(), each.green(), each.blue()] for each in stops], np.float64)
    places = np.linspace(0, 1, 256) ** 1.2
    return np.stack([np.interp(places, (0, 0.7, 1), points[:, c]) for c in range(3)], axis=1).astype(np.uint8)
