"""Viewer: the picture at the playhead, and below it timecode, transport and monitoring."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from talkies.core.times import timecode
from talkies.ui.icons import icon
from talkies.ui.player.meter_view import MeterView
from talkies.ui.player.player import Player
from talkies.ui.work.document import Document


class PictureView(QWidget):
    """One image in the middle of black, at its own shape."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._image: QImage | None = None
        self.setMinimumSize(160, 90)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName(self.tr("Picture at the playhead"))

    def show_image(self, image: QImage | None) -> None:
        self._image = image
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        return QSize(640, 360)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor("#000000"))
        if self._image is None or self._image.isNull():
            painter.setPen(QColor("#6b7078"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self.tr("No picture here"))
            return
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        size = self._image.size().scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        left, top = (self.width() - size.width()) / 2, (self.height() - size.height()) / 2
        painter.drawImage(QRectF(left, top, size.width(), size.height()), self._image)


class Viewer(QWidget):
    """The picture with its transport. ``in_wanted``, ``out_wanted``: set the point at the playhead."""

    in_wanted = Signal()
    out_wanted = Signal()

    def __init__(self, document: Document, player: Player, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._player = document, player
        self.picture = PictureView(self)
        self.meters = MeterView(player.meter, self)
        self.meters.master.level_changed.connect(player.set_master)
        self._icons: dict[QToolButton, str] = {}
        self.timecode = _timecode_label(self.tr("Timecode of the playhead"), 17)
        self.length = _timecode_label(self.tr("Length, or the range from in to out"), 12)
        self.speed = QLabel(self)
        self._build()
        player.picture.connect(self.picture.show_image)
        player.transport.state_changed.connect(self._show_speed)
        player.monitor.changed.connect(self._show_monitor)
        for signal in (document.playhead_changed, document.in_out_changed, document.timeline_changed):
            signal.connect(self._show_place)
        self._show_place()
        self._show_speed(0)

    def _build(self) -> None:
        transport, monitor = self._player.transport, self._player.monitor
        tr = self.tr
        self.back = self._button("left", tr("One frame back"), "←", lambda: transport.step(-1))
        self.play = self._button("play", tr("Play or stop"), tr("Space"), transport.toggle)
        self.forward = self._button("right", tr("One frame forward"), "→", lambda: transport.step(1))
        self.mark_in = self._button("in", tr("Set the in point here"), "I", self.in_wanted.emit)
        self.mark_out = self._button("out", tr("Set the out point here"), "O", self.out_wanted.emit)
        self.original = self._button(
            "film",
            tr("Play the original sound"),
            "",
            lambda: monitor.set_monitoring(original=not monitor.original),
            True,
        )
        self.takes = self._button(
            "sound", tr("Play the takes"), "", lambda: monitor.set_monitoring(takes=not monitor.takes), True
        )
        row = QHBoxLayout()
        row.setContentsMargins(8, 4, 8, 4)
        row.addWidget(self.timecode)
        row.addWidget(self.speed)
        row.addStretch(1)
        for each in (self.mark_in, self.back, self.play, self.forward, self.mark_out):
            row.addWidget(each)
        row.addStretch(1)
        for widget in (self.original, self.takes):
            row.addWidget(widget)
        row.addSpacing(6)
        row.addWidget(self.length)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        beside = QHBoxLayout()
        beside.setSpacing(0)
        beside.addWidget(self.picture, 1)
        beside.addWidget(self.meters)
        column.addLayout(beside, 1)
        column.addLayout(row)
        self._show_monitor()

    def _button(
        self, name: str, text: str, key: str, action: Callable[[], None], checkable: bool = False
    ) -> QToolButton:
        button = QToolButton(self)
        button.setAccessibleName(text)
        button.setToolTip(f"{text}  ({key})" if key else text)
        button.setCheckable(checkable)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setIconSize(QSize(19, 19))
        button.clicked.connect(lambda checked: action())
        self._icons[button] = name
        button.setIcon(icon(name))
        return button

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            for button, name in self._icons.items():
                button.setIcon(icon(name))

    def _show_place(self, *_: object) -> None:
        timeline = self._document.timeline
        if timeline is None:
            self.timecode.setText("--:--:--:--")
            self.length.clear()
            return
        self.timecode.setText(timeline.timecode(self._document.playhead))
        start, end = self._document.in_out
        span = (end if end is not None else timeline.duration) - (start if start is not None else Fraction(0))
        self.length.setText(timecode(max(span, Fraction(0)), timeline.rate, timeline.drop_frame))

    def _show_speed(self, speed: int) -> None:
        self._icons[self.play] = "pause" if speed else "play"
        self.play.setIcon(icon(self._icons[self.play]))
        self.speed.setText("" if speed in (0, 1) else self.tr("{speed} ×").format(speed=speed))

    def _show_monitor(self) -> None:
        self.original.setChecked(self._player.monitor.original)
        self.takes.setChecked(self._player.monitor.takes)


def _timecode_label(name: str, size: int) -> QLabel:
    label = QLabel()
    font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
    font.setPixelSize(size)
    font.setStyleHint(QFont.StyleHint.Monospace)
    label.setFont(font)
    label.setAccessibleName(name)
    label.setToolTip(name)
    if size < 15:
        label.setProperty("role", "faint")
    return label
