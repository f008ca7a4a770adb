"""Meters beside the picture: two bars, the highest peak, short-term loudness; and the master level."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRect, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSlider, QVBoxLayout, QWidget

from talkies.ui.player.meter import SILENT_DB, LevelMeter
from talkies.ui.theme import colours

_LOWEST_DB: Final = -60.0
_WARM_DB, _HOT_DB = -9.0, 0.0  # from here on yellow, and red: what a sound device clips
_REDRAW_MS: Final = 40
_STEPS_PER_DB: Final = 2
_MASTER_DB: Final = (-40, 6)


class Bars(QWidget):
    """Left and right; a click forgets the highest peak."""

    def __init__(self, meter: LevelMeter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._meter = meter
        self.setMinimumSize(22, 60)
        self.setAccessibleName(self.tr("Level meter"))
        self.setToolTip(self.tr("Peaks of left and right in dBFS; click to forget the highest one"))

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(22, 200)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self._meter.reset()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(colours().well))
        wide = (self.width() - 3) // 2
        for channel, peak in enumerate(self._meter.peaks):
            left = channel * (wide + 3)
            for low, high, colour in (
                (_LOWEST_DB, _WARM_DB, colours().good),
                (_WARM_DB, _HOT_DB, colours().warning),
                (_HOT_DB, _MASTER_DB[1], colours().error),
            ):
                if peak > low:
                    top, base = self._row(min(peak, high)), self._row(low)
                    painter.fillRect(QRect(left, top, wide, base - top), QColor(colour))
        if self._meter.highest > _LOWEST_DB:
            painter.fillRect(0, self._row(self._meter.highest), self.width(), 1, QColor(colours().text))
        painter.fillRect(0, self._row(0.0), self.width(), 1, QColor(colours().line))

    def _row(self, level_db: float) -> int:
        top = float(_MASTER_DB[1])
        share = (top - min(max(level_db, _LOWEST_DB), top)) / (top - _LOWEST_DB)
        return round(share * self.height())


class MasterSlider(QSlider):
    """How loud everything is played, in dB; a double click is 0 dB. ``level_changed``: the new level."""

    level_changed = Signal(float)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self.setRange(*(_STEPS_PER_DB * end for end in _MASTER_DB))
        self.setPageStep(3 * _STEPS_PER_DB)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMinimumHeight(60)
        self.valueChanged.connect(self._tell)
        self._tell(0)

    def _tell(self, value: int) -> None:
        level = value / _STEPS_PER_DB
        words = self.tr("Master level: {level:+.1f} dB, for listening only").format(level=level)
        self.setAccessibleName(words)
        self.setToolTip(words + "  " + self.tr("(double click: 0 dB)"))
        self.level_changed.emit(level)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        self.setValue(0)


class MeterView(QWidget):
    """Bars and slider side by side, and below them what the bars say in numbers."""

    def __init__(self, meter: LevelMeter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._meter = meter
        self.bars, self.master = Bars(meter, self), MasterSlider(self)
        self.peak, self.loudness = _number(self.tr("Highest peak, dBFS")), _number(self.tr("Short-term loudness, LUFS"))
        self._redraw = QTimer(self, singleShot=True, interval=_REDRAW_MS)
        self._redraw.timeout.connect(self.refresh)
        meter.changed.connect(self._gather)
        beside = QHBoxLayout()
        beside.setSpacing(4)
        beside.addWidget(self.bars)
        beside.addWidget(self.master)
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 4, 6, 4)
        column.setSpacing(1)
        column.addLayout(beside, 1)
        column.addWidget(self.peak)
        column.addWidget(self.loudness)
        self.setFixedWidth(66)
        self.refresh()

    def refresh(self) -> None:
        meter = self._meter
        self.bars.update()
        self.peak.setText(f"{meter.highest:+.1f} pk" if meter.highest > SILENT_DB else "– pk")
        self.peak.setStyleSheet(f"color: {colours().error}" if meter.highest > _HOT_DB else "")
        short = meter.short_term
        self.loudness.setText(f"{short:.1f} S" if short is not None and short > SILENT_DB else "– S")

    def _gather(self) -> None:
        if not self._redraw.isActive():
            self._redraw.start()


def _number(name: str) -> QLabel:
    label = QLabel()
    font = label.font()
    font.setPixelSize(10)
    label.setFont(font)
    label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    label.setAccessibleName(name)
    label.setToolTip(name)
    label.setProperty("role", "faint")
    return label
