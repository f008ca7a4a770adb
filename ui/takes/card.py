"""Take card: what one take is, how it looks, and everything that can be done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QColor, QContextMenuEvent, QFocusEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from talkies.core.takes.edits import TakeEdit
from talkies.ui.actions import DELETES
from talkies.ui.icons import icon
from talkies.ui.plain_text import as_rich, as_tip, one_line
from talkies.ui.player.monitor import Monitor
from talkies.ui.settings.fields import DecimalField
from talkies.ui.takes.curves import TakeCurves
from talkies.ui.takes.elided import ElidedLabel
from talkies.ui.takes.still import TakeStill
from talkies.ui.theme import colours
from talkies.ui.work.document import Document
from talkies.ui.work.state import TakeRecord

if TYPE_CHECKING:
    from talkies.ui.takes.pictures import TakePictures

LEAST_WIDTH, MOST_WIDTH = 222, 304
_MOST_GAIN_DB = 24.0
_MOST_NAME = 20  # characters


class TakeCard(QFrame):
    """``compare_as``: this take as "A" or "B". ``play_wanted``, ``redo``, ``reveal``: what the window does.
    ``menu_wanted``: where on the screen. ``entered``: has focus."""

    compare_as = Signal(str, str)
    play_wanted = Signal(str)
    menu_wanted = Signal(QPoint)
    redo = Signal(str)
    reveal = Signal(str)
    entered = Signal(str)

    def __init__(self, document: Document, monitor: Monitor, pictures: TakePictures, take: TakeRecord) -> None:
        super().__init__()
        self._document, self._monitor, self.take_id = document, monitor, take.id
        self.buttons: dict[str, QToolButton] = {}
        self.name, self.details, self.offset = QLabel(self), ElidedLabel(self), QLabel(self)
        self.gain = DecimalField(-_MOST_GAIN_DB, _MOST_GAIN_DB, 0.5, self._set_gain, unit=" dB")
        self.setProperty("role", "card")
        self.setFixedWidth(MOST_WIDTH)
        self.setProperty(DELETES, True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        is_picture = take.take.is_picture
        self._build(TakeStill(document, take.id, self) if is_picture else TakeCurves(document, pictures, take.id, self))
        if is_picture:  # it is as loud and lies as it is
            for widget in (*(self.buttons[name] for name in ("solo", "earlier", "later")), self.offset, self.gain):
                widget.hide()
        self.refresh()

    def _build(self, curves: QWidget) -> None:
        tr = self.tr
        head, first, second = (QHBoxLayout() for _ in range(3))
        self.details.setProperty("role", "faint")
        for widget, stretch in ((self.name, 0), (self.details, 1)):
            head.addWidget(widget, stretch)
        head.addWidget(self._button("star", tr("Circle take: it is played and written back"), "Ctrl+Enter", True))
        for name, text, key, checkable in (
            ("play", tr("Play this take in its shot"), "Ctrl+Space", False),
            ("solo", tr("Solo: only this one is heard"), "S", True),
            ("mute", tr("Mute: it is neither heard nor written back"), "Alt+M", True),
            ("A", tr("A/B: this take as A"), "Alt+A", True),
            ("B", tr("A/B: this take as B"), "Alt+B", True),
        ):
            first.addWidget(self._button(name, text, key, checkable))
        first.addStretch(1)
        for name, text, key in (
            ("again", tr("Regenerate with another seed"), "Ctrl+R"),
            ("delete", tr("Remove this take"), "Del"),
        ):
            first.addWidget(self._button(name, text, key))
        second.addWidget(self._button("earlier", tr("One frame earlier"), "Alt+Left", picture="left"))
        second.addWidget(self.offset)
        second.addWidget(self._button("later", tr("One frame later"), "Alt+Right", picture="right"))
        second.addStretch(1)
        self.gain.setAccessibleName(tr("Gain of this take"))
        self.gain.setToolTip(tr("Gain of this take, added to the shot's level  (Ctrl+Up, Ctrl+Down)"))
        self.gain.setFixedWidth(88)
        second.addWidget(self.gain)
        self.offset.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.offset.setMinimumWidth(48)
        column = QVBoxLayout(self)
        column.setContentsMargins(9, 4, 9, 4)
        column.setSpacing(3)
        column.addLayout(head)
        column.addWidget(curves, 1)
        for row in (first, second):
            row.setSpacing(2)
            column.addLayout(row)

    def _button(self, name: str, text: str, key: str, checkable: bool = False, picture: str = "") -> QToolButton:
        button = QToolButton(self)
        button.setAccessibleName(text)
        button.setToolTip(f"{text}  ({key})" if key else text)
        button.setCheckable(checkable)
        button.setIconSize(QSize(16, 16))
        button.setProperty("picture", picture or name)
        if name in ("A", "B"):
            button.setText(name)
        button.clicked.connect(lambda: self.do(name))
        self.buttons[name] = button
        return button

    def do(self, name: str) -> None:
        """What a button or a key stands for."""
        document, take = self._document, self._document.take(self.take_id)
        actions: dict[str, Callable[[], None]] = {
            "play": lambda: self.play_wanted.emit(take.id),
            "star": lambda: document.star(take.id, not take.starred),
            "solo": lambda: self._monitor.toggle_solo(take.id),
            "mute": lambda: document.mute([take.id], not take.muted),
            "A": lambda: self.compare_as.emit(take.id, "A"),
            "B": lambda: self.compare_as.emit(take.id, "B"),
            "again": lambda: self.redo.emit(take.id),
            "reveal": lambda: self.reveal.emit(take.id),
            "delete": lambda: document.remove_takes([take.id]),
            "earlier": lambda: document.nudge([take.id], -1),
            "later": lambda: document.nudge([take.id], 1),
            "whole": lambda: document.lay({take.id: TakeEdit()}),
        }
        actions[name]()

    def refresh(self, a: str = "", b: str = "", several: bool = False, sounds: bool = False) -> None:
        """Shows the take as it is now; ``a`` and ``b``: the takes that are compared; ``several``: shots are shown;
        ``sounds``: it is the one that is played and written."""
        take = self._document.take(self.take_id)
        of = take.speaker or take.music
        who = f" · {as_rich(of, _MOST_NAME)}" if of else ""
        self.name.setText(f"<b>{take.stem} {take.number}</b>{who}")
        self.name.setStyleSheet(f"color: {colours().stem(take.stem).name()}")
        short, full = self._doubts(take)
        clip = one_line(take.segment_id, _MOST_NAME) if several else ""
        level = "" if take.loudness_lufs is None else f"{take.loudness_lufs:.1f} LUFS"
        parts = (*short, clip, self.tr("seed {seed}").format(seed=take.seed), level)
        self.details.setText(("▸ " if sounds else "") + " · ".join(part for part in parts if part))
        self.details.setStyleSheet(f"color: {colours().warning}" if short else "")
        frames = float(take.edit.offset * self._document.open_timeline().rate)
        shown = f"{frames:+.2f}".rstrip("0").rstrip(".") if frames else "0"
        self.offset.setText(self.tr("{frames} fr").format(frames=shown))
        self.gain.show_value(take.gain_db)
        if sounds:
            full = (*full, self.tr("▸ This one is played and written back."))
        self._tip = "\n".join((*full, self._about(take)))
        self.setToolTip(as_tip(self._tip))
        self.setAccessibleName(self._spoken(take, sounds))
        self.setAccessibleDescription(" ".join(full))
        on = {
            "star": take.starred,
            "solo": take.id in self._monitor.solo,
            "mute": take.muted,
            "A": take.id == a,
            "B": take.id == b,
        }
        for name, button in self.buttons.items():
            button.setChecked(on.get(name, False))
            if name not in ("A", "B"):
                colour = {"star": colours().warning, "mute": colours().error}.get(name, colours().accent)
                lit = button.isChecked()
                button.setIcon(
                    icon(button.property("picture"), colour if lit else "", filled=lit and name in ("star", "solo"))
                )
        self.update()

    def _doubts(self, take: TakeRecord) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """What speaks against a take, in a word or two each, and in a sentence each."""
        found = []
        if take.take.is_silent:
            found.append((self.tr("silent"), self.tr("Nothing sounds here; it is not written back.")))
        if self._document.is_stale(take.id):
            found.append((self.tr("other words"), self.tr("Made of words that were edited since.")))
        if self._document.has_other_spots(take.id):
            found.append((self.tr("other spots"), self.tr("Made of a spotting list that was edited since.")))
        return tuple(short for short, _ in found), tuple(full for _, full in found)

    def _spoken(self, take: TakeRecord, sounds: bool) -> str:
        """The take and its state, for screen readers."""
        states = {
            self.tr("circled"): take.starred,
            self.tr("muted"): take.muted,
            self.tr("played and written back"): sounds and not take.muted,
        }
        number = self.tr("{stem} take {number}").format(stem=take.stem, number=take.number)
        parts = (number, one_line(take.speaker), self.tr("seed {seed}").format(seed=take.seed))
        return ", ".join(part for part in (*parts, *(state for state, on in states.items() if on)) if part)

    def event(self, event: QEvent) -> bool:
        """Where a take comes from is looked up when somebody asks for the tip: it is read from the file."""
        if event.type() == QEvent.Type.ToolTip:
            from talkies.core.provenance.shown import take_in_words

            take = self._document.take(self.take_id)
            self.setToolTip(as_tip(f"{self._tip}\n{take_in_words(take.path, take.facts)}"))
        return super().event(event)

    def _about(self, take: TakeRecord) -> str:
        known = take.facts
        parts = [known.get("text"), known.get("prompt"), known.get("voice")]
        made = self.tr("{engine}, {steps} steps, guidance {guidance}").format(
            engine=known.get("engine", "?"), steps=known.get("steps", "?"), guidance=known.get("guidance", "?")
        )
        return "\n".join(str(part) for part in (*parts, made, take.path.name) if part)

    def _set_gain(self, gain_db: float | None) -> None:
        if gain_db is not None:
            self._document.set_gain([self.take_id], gain_db, gesture=f"gain {self.take_id}")

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        self.setFocus(Qt.FocusReason.PopupFocusReason)
        self.entered.emit(self.take_id)
        self.menu_wanted.emit(event.globalPos())

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        self.entered.emit(self.take_id)
        self.update()
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        self.update()
        super().focusOutEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        super().paintEvent(event)
        starred = self._document.take(self.take_id).starred
        if not starred and not self.hasFocus():
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colours().accent if self.hasFocus() else colours().warning), 1.6))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 8, 8)
