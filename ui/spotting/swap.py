"""Swap a spot's sound for one of the library: search, listen, choose."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QLineEdit,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from talkies.core.arrays import Samples
from talkies.ui.background import in_background
from talkies.ui.icons import icon
from talkies.ui.plain_text import as_tip, one_line
from talkies.ui.player.sample_player import SamplePlayer
from talkies.ui.spotting.candidates import Candidates, audition, candidates, use_of
from talkies.ui.work.document import Document
from talkies.ui.work.orders import again

_TYPED_MS = 300  # after the last letter, before it searches
_PATH = Qt.ItemDataRole.UserRole


class SwapDialog(QDialog):
    """``swapped``: the spot's id, once it has another sound."""

    swapped = Signal(str)

    def __init__(self, document: Document, spot_id: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._document, self._spot_id = document, spot_id
        self._newest = 0  # the number of the last question, for answers that come late
        self.player = SamplePlayer(self)
        self.words = QLineEdit(self)
        self.list = QTreeWidget(self)
        self.message = QLabel(self)
        self.locked = QCheckBox(self.tr("&Lock the spot"), self)
        self.listen = QPushButton(self.tr("L&isten"), self)
        self.take_turns = QPushButton(self.tr("&Any that fits"), self)
        self.use = QPushButton(self.tr("&Use this one"), self)
        self._typing = QTimer(self, singleShot=True, interval=_TYPED_MS)
        self._build()
        self._connect()
        self.search()

    def _build(self) -> None:
        self.setWindowTitle(self.tr("A sound of the library for this spot"))
        self.resize(760, 460)
        self.words.setText(self._document.own_words(self._document.spot(self._spot_id)))
        self.words.setPlaceholderText(self.tr("what it sounds like"))
        self.words.setAccessibleName(self.tr("Words"))
        self.list.setAccessibleName(self.tr("Recordings"))
        self.list.setHeaderLabels(
            [self.tr("Recording"), self.tr("Folder"), self.tr("Seconds"), self.tr("Hits"), self.tr("Fits")]
        )
        self.list.setRootIsDecorated(False)
        self.list.setAlternatingRowColors(True)
        header = self.list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column, width in ((1, 170), (2, 74), (3, 56), (4, 62)):
            self.list.setColumnWidth(column, width)
        self.locked.setChecked(True)
        self.locked.setToolTip(self.tr("It stays as it is when its shot is spotted again"))
        self.listen.setIcon(icon("play"))
        self.take_turns.setToolTip(self.tr("The library casts the spot, in turns with its neighbours"))
        self.use.setProperty("primary", "true")
        self.message.setProperty("role", "faint")
        self.message.setWordWrap(True)
        close = QPushButton(self.tr("Cancel"), self)
        close.clicked.connect(self.reject)
        for button in (self.listen, self.take_turns, self.use, close):
            button.setAutoDefault(False)
        below = QHBoxLayout()
        for widget in (self.locked, self.listen):
            below.addWidget(widget)
        below.addStretch(1)
        for widget in (close, self.take_turns, self.use):
            below.addWidget(widget)
        stacked = QVBoxLayout(self)
        stacked.addWidget(self.words)
        stacked.addWidget(self.list, 1)
        stacked.addWidget(self.message)
        stacked.addLayout(below)

    def _connect(self) -> None:
        self.words.textChanged.connect(self._typing.start)
        self._typing.timeout.connect(self.search)
        self.list.itemSelectionChanged.connect(self.hear)
        self.list.itemActivated.connect(self.choose)
        self.listen.clicked.connect(self.hear)
        self.take_turns.clicked.connect(self.choose_any)
        self.use.clicked.connect(self.choose)
        self.player.failed.connect(self._tell)
        self._document.spots_changed.connect(self._close_if_gone)
        self._document.timeline_changed.connect(self.reject)

    def search(self) -> None:
        """Looks for what fits the words, in the background."""
        spot = self._document.spot(self._spot_id)
        self._newest += 1
        self._tell(self.tr("Searching …"))
        work = partial(candidates, self.words.text(), spot.avoid, use_of(spot))
        in_background(self, work, partial(self._show, self._newest), self._tell)

    def hear(self, *_: object) -> None:
        """The spot as it would sound with the recording that is chosen."""
        path, document = self._path(), self._document
        if path is not None:
            spot = document.spot(self._spot_id)
            seed = again(document, spot.shot).seed
            self._newest += 1
            in_background(self, partial(audition, path, spot, seed), partial(self._play, self._newest), self._tell)

    def choose(self, *_: object) -> None:
        """The spot is made of this recording from now on."""
        path = self._path()
        if path is not None:
            self._change(source="file", file=str(path))

    def choose_any(self) -> None:
        """The spot is made of whatever recordings the library casts for its words."""
        self._change(source="library", file="")

    def done(self, result: int) -> None:
        self._newest += 1  # what is still on its way is not wanted any more
        self._typing.stop()
        self.list.blockSignals(True)
        self.player.stop()
        super().done(result)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        if event.key() == Qt.Key.Key_Space and self.list.hasFocus():
            self.hear()
        else:
            super().keyPressEvent(event)

    def _change(self, **sound: str) -> None:
        self._document.spots_changed.disconnect(self._close_if_gone)
        self._document.change_spots([self._spot_id], locked=self.locked.isChecked(), **sound)
        self.swapped.emit(self._spot_id)
        self.accept()

    def _show(self, number: int, answer: Candidates) -> None:
        if number != self._newest:
            return
        self.list.clear()
        for found in answer.found:
            measures, path = found.recording.measures, found.recording.path
            texts = (path.stem, path.parent.name, f"{measures.duration_s:.1f}", str(len(measures.hits)))
            item = QTreeWidgetItem([one_line(text) for text in (*texts, f"{found.score:.0%}")])
            item.setData(0, _PATH, str(path))
            item.setToolTip(0, as_tip(f"{path}\n{found.recording.description}"))
            for column in (2, 3, 4):
                item.setTextAlignment(column, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            self.list.addTopLevelItem(item)
        self._tell(self._about(answer))

    def _about(self, answer: Candidates) -> str:
        if not answer.size:
            return self.tr("The library is empty: 'talkies library add FOLDER' adds your recordings.")
        if not answer.found:
            return self.tr("None of {count} recordings fits these words.").format(count=answer.size)
        return self.tr("{found} of {count} recordings. Choose one to hear it in this spot's strength.").format(
            found=len(answer.found), count=answer.size
        )

    def _play(self, number: int, sound: Samples) -> None:
        if number == self._newest and self.isVisible():
            self.player.play_samples(sound)

    def _path(self) -> Path | None:
        item = self.list.currentItem()
        return None if item is None else Path(str(item.data(0, _PATH)))

    def _tell(self, sentence: str) -> None:
        self.message.setText(one_line(sentence, 300))

    def _close_if_gone(self) -> None:
        if all(spot.id != self._spot_id for spot in self._document.all_spots):
            self.reject()
