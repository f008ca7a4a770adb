"""Take strip: the takes of the selected shots side by side, to play, compare (A/B) and circle."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QToolButton, QVBoxLayout, QWidget

from talkies.core.segment import STEMS
from talkies.ui.icons import icon
from talkies.ui.plain_text import as_rich
from talkies.ui.player.monitor import Comparison, Monitor
from talkies.ui.takes.card import LEAST_WIDTH, MOST_WIDTH, TakeCard
from talkies.ui.takes.pictures import TakePictures
from talkies.ui.theme import colours
from talkies.ui.work.document import Document
from talkies.ui.work.state import TakeRecord

_MOST_CARDS = 60
_MARGIN, _GAP = 4, 8  # pixels around the cards and between them
_MOST_TITLE = 40  # characters


class TakeStrip(QWidget):
    """``redo``, ``reveal`` and ``play_wanted``: a take's id. ``compared``: the take that a comparison plays now.
    ``menu_wanted``: where on the screen, for the current take. ``status_message``: one sentence for the status bar."""

    redo = Signal(str)
    reveal = Signal(str)
    play_wanted = Signal(str)
    compared = Signal(str)
    menu_wanted = Signal(QPoint)
    status_message = Signal(str)

    def __init__(self, document: Document, monitor: Monitor, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._monitor = document, monitor
        self.pictures = TakePictures(self)
        self.cards: dict[str, TakeCard] = {}
        self.current = ""
        self._a = self._b = ""
        self.title, self.hint = QLabel(self), QLabel(self)
        self.compare = QToolButton(self)
        self.stems = {stem: QToolButton(self) for stem in STEMS}
        self.jumps = {stem: QToolButton(self) for stem in STEMS}
        self._build()
        document.selection_changed.connect(self._end_comparison)
        for signal in (document.timeline_changed, document.selection_changed, document.cues_changed):
            signal.connect(self.rebuild)
        document.takes_changed.connect(self._takes_changed)
        for signal in (document.settings_changed, document.spots_changed):
            signal.connect(self.refresh)
        monitor.changed.connect(self.refresh)
        self.rebuild()

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.title)
        self.title.setMinimumWidth(40)
        head.addSpacing(8)
        for stem, button in self.stems.items():
            jump = self.jumps[stem]
            jump.setAccessibleName(self.tr("Show the {stem} takes").format(stem=stem))
            jump.setToolTip(jump.accessibleName())
            jump.clicked.connect(lambda checked, stem=stem: self.show_stem(stem))
            head.addWidget(jump)
            button.setCheckable(True)
            button.setAccessibleName(self.tr("Mute all {stem} takes of the selected shots").format(stem=stem))
            button.setToolTip(button.accessibleName())
            button.clicked.connect(lambda checked, stem=stem: self._mute_stem(stem, checked))
            head.addWidget(button)
        head.addStretch(1)
        head.addWidget(self.compare)
        self.compare.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.compare.setAccessibleName(self.tr("A/B: switch to the other take"))
        self.compare.setToolTip(self.tr("A/B: switch to the other take, level-matched, at the same position  (C)"))
        self.compare.clicked.connect(lambda: self.swap())
        self.hint.setProperty("role", "faint")
        self.hint.setAlignment(Qt.AlignmentFlag.AlignCenter)
        inside = QWidget()
        self._row = QHBoxLayout(inside)
        self._row.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
        self._row.setSpacing(_GAP)
        self._row.addWidget(self.hint, 1)
        self._row.addStretch(1)
        self._scroll = QScrollArea(self)
        self._scroll.setWidget(inside)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setMinimumHeight(84)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 2, 8, 4)
        column.setSpacing(3)
        column.addLayout(head)
        column.addWidget(self._scroll, 1)

    # What is shown

    def shown_takes(self) -> list[TakeRecord]:
        """The takes of the selected segments, in the timeline's order."""
        return [take for key in self._document.selected for take in self._document.takes(key)][:_MOST_CARDS]

    def rebuild(self, *_: object) -> None:
        """Other takes: other cards; those that stay are kept."""
        takes = self.shown_takes()
        for key in [key for key in self.cards if key not in {take.id for take in takes}]:
            card = self.cards.pop(key)
            card.hide()
            card.deleteLater()
        for place, take in enumerate(takes):
            if take.id not in self.cards:
                self.cards[take.id] = self._card(take)
            self._row.insertWidget(place, self.cards[take.id])
        self._fit_cards()
        self.hint.setVisible(not takes)
        self._row.setStretch(self._row.count() - 1, 1 if takes else 0)
        self.refresh()

    def _fit_cards(self) -> None:
        """Narrower cards where there are more than fit side by side, as far as they stay legible."""
        room = self._scroll.viewport().width() - 2 * _MARGIN + _GAP
        width = min(max(room // max(len(self.cards), 1) - _GAP, LEAST_WIDTH), MOST_WIDTH)
        for card in self.cards.values():
            card.setFixedWidth(width)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        super().resizeEvent(event)
        self._fit_cards()

    def show_stem(self, stem: str) -> None:
        """Brings the first take of a department into view."""
        for take in [take for take in self.shown_takes() if take.stem == stem][:1]:
            card = self.cards[take.id]
            self._scroll.horizontalScrollBar().setValue(card.x() - _MARGIN)

    def _card(self, take: TakeRecord) -> TakeCard:
        card = TakeCard(self._document, self._monitor, self.pictures, take)
        card.compare_as.connect(self.compare_as)
        card.redo.connect(self.redo)
        card.reveal.connect(self.reveal)
        card.play_wanted.connect(self.play_wanted)
        card.entered.connect(self._enter)
        card.menu_wanted.connect(self.menu_wanted)
        return card

    def refresh(self) -> None:
        """The same takes, perhaps starred, muted or compared since."""
        chosen, takes = self._document.selected, self.shown_takes()
        if self.cards.keys() != {take.id for take in takes}:
            self.rebuild()
            return
        self.title.setText(self._title(chosen))
        self.hint.setText(
            self.tr("No takes yet: press Ctrl+G to generate.")
            if chosen
            else self.tr("Select a shot to see and play its takes.")
        )
        sounding = {take.id for key in chosen for take in self._document.chosen_takes(key)}
        for card in self.cards.values():
            card.refresh(self._a, self._b, len(chosen) > 1, card.take_id in sounding)
        for stem, button in self.stems.items():
            of_stem = [take for take in takes if take.stem == stem]
            for each in (button, self.jumps[stem]):
                each.setVisible(bool(of_stem))
            self.jumps[stem].setText(f"{stem} {len(of_stem)}")
            self.jumps[stem].setStyleSheet(f"color: {colours().stem(stem).name()}")
            button.setChecked(bool(of_stem) and all(take.muted for take in of_stem))
            button.setIcon(icon("mute" if button.isChecked() else "sound", colours().stem(stem).name()))
        self._show_comparison(len(takes))

    def _title(self, chosen: tuple[str, ...]) -> str:
        if len(chosen) == 1:
            segment = self._document.segment(chosen[0])
            return f"<b>{as_rich(segment.clip, _MOST_TITLE)}</b> · {as_rich(segment.id, _MOST_TITLE)}"
        return self.tr("<b>{count} shots</b>").format(count=len(chosen)) if chosen else ""

    def _takes_changed(self, segment_id: str) -> None:
        if segment_id in self._document.selected:
            self.rebuild()

    def _enter(self, take_id: str) -> None:
        self.current = take_id

    def current_take(self) -> str:
        """The take that keys mean: that with the focus, else the starred or first one that is shown; "" for none."""
        if self.current in self.cards:
            return self.current
        takes = sorted(self.shown_takes(), key=lambda take: not take.starred)
        return takes[0].id if takes else ""

    def do(self, name: str) -> None:
        """A card's command, for the current take."""
        if take_id := self.current_take():
            self.cards[take_id].do(name)

    def focus_on(self, take_id: str) -> None:
        """Shows a take of any shot, and gives it the focus."""
        segment_id = self._document.take(take_id).segment_id
        if segment_id not in self._document.selected:
            self._document.select([segment_id])
        if take_id in self.cards:
            self.cards[take_id].setFocus()
            self._scroll.ensureWidgetVisible(self.cards[take_id])

    def go(self, steps: int) -> None:
        """The focus to the next or the previous take."""
        ids = [take.id for take in self.shown_takes()]
        if ids:
            place = ids.index(self.current) + steps if self.current in ids else 0
            self.focus_on(ids[min(max(place, 0), len(ids) - 1)])

    # Comparing

    def compare_as(self, take_id: str, side: str) -> None:
        """Makes a take A or B, or takes it out of the comparison; both together start it."""
        if side == "A":
            self._a = "" if self._a == take_id else take_id
            self._b = "" if self._b == take_id else self._b
        else:
            self._b = "" if self._b == take_id else take_id
            self._a = "" if self._a == take_id else self._a
        both = bool(self._a and self._b)
        playing = "A" if side == "A" else "B"
        self._monitor.compare(Comparison(self._a, self._b, playing) if both else None)  # type: ignore[arg-type]
        if both:
            self.status_message.emit(self.tr("A/B comparison of two takes, level-matched; C switches between them."))
            self._prefer_playing()

    def swap(self) -> None:
        """The other one; without a comparison of what is shown, two takes of one place in it are compared."""
        pair = self._monitor.comparison
        if pair is not None and {pair.a, pair.b} <= self.cards.keys():
            self._monitor.swap()
            self._prefer_playing()
            return
        first, second = self._rivals()
        if first and second:
            self._a = self._b = ""
            self.compare_as(second, "B")
            self.compare_as(first, "A")
        else:
            self.status_message.emit(self.tr("A/B needs two takes of one stem: generate another one first."))

    def _end_comparison(self) -> None:
        """Other shots were chosen: what was compared is played at its own level again."""
        pair = self._monitor.comparison
        if pair is not None and not {pair.a, pair.b} <= {take.id for take in self.shown_takes()}:
            self._a = self._b = ""
            self._monitor.compare(None)

    def _prefer_playing(self) -> None:
        """What was heard last in a comparison is what sounds later, and what is written, unless another is circled."""
        if self._monitor.comparison is not None:
            playing = self._monitor.comparison.playing
            self._document.prefer(playing)
            self.compared.emit(playing)

    def _rivals(self) -> tuple[str, str]:
        """The current take, or the first, and another one of its kind."""
        takes = self.shown_takes()
        for take in sorted(takes, key=lambda take: take.id != self.current):
            for other in takes:
                if other.sound == take.sound and other.id != take.id:
                    return take.id, other.id
        return "", ""

    def _show_comparison(self, count: int) -> None:
        pair = self._monitor.comparison
        if pair is None and self._a and self._b:
            self._a = self._b = ""  # one of them was removed
        self.compare.setVisible(count > 1)
        self.compare.setIcon(icon("compare", colours().accent if pair else ""))
        self.compare.setText(self.tr("A/B") if pair is None else self.tr("Playing {side}").format(side=pair.side))

    def _mute_stem(self, stem: str, muted: bool) -> None:
        ids = [take.id for take in self.shown_takes() if take.stem == stem]
        self._document.mute(ids, muted)
