"""What commands do with spots: found, read, written, set, given other sounds, locked, removed."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from talkies.core.errors import TalkiesError
from talkies.core.segment import Timeline
from talkies.core.spotting.files import SUFFIXES
from talkies.core.spotting.spot import Spot
from talkies.ui.background import in_background
from talkies.ui.spotting.lists import read_list, write_list
from talkies.ui.spotting.swap import SwapDialog
from talkies.ui.work.document import Document
from talkies.ui.work.queue import Queue


class SpotActions(QObject):
    """``status_message``: one sentence for the status bar. ``refused``: a title, and why something was not done.
    ``list_wanted``, ``queue_wanted``: this part of the window is to be seen."""

    status_message = Signal(str)
    refused = Signal(str, str)
    list_wanted = Signal()
    queue_wanted = Signal()

    def __init__(self, document: Document, queue: Queue, parent: QWidget) -> None:
        super().__init__(parent)
        self._document, self._queue, self._parent = document, queue, parent
        self.dialog: SwapDialog | None = None

    # Lists

    def find(self) -> None:
        """The selected shots are spotted by the worker; locked spots stay."""
        jobs = self._queue.spot(self._document.selected)
        self.queue_wanted.emit()
        self.list_wanted.emit()
        words = self.tr("{count} shots are looked at for what sounds in them.")
        self.status_message.emit(words.format(count=len(jobs)))

    def forget(self) -> None:
        """The selected shots have no list any more."""
        self._document.forget_lists(self._document.selected)

    def ask_for_list(self) -> None:
        """The system's dialog for a list."""
        name, _ = QFileDialog.getOpenFileName(
            self._parent, self.tr("Open a spotting list"), self._folder(), self._filter()
        )
        if name:
            self.open_list(Path(name))

    def open_list(self, path: Path) -> None:
        """A list from a file in the place of all lists there are; undo brings those back."""
        timeline = self._document.timeline
        if timeline is not None:
            refuse = partial(self.refused.emit, self.tr("This list cannot be opened"))
            in_background(self, partial(read_list, path, timeline), partial(self._adopt, path, timeline), refuse)

    def ask_where_to_save(self) -> None:
        """The system's dialog for a new list."""
        timeline = self._document.open_timeline()
        suggested = str(Path(self._folder()) / f"{timeline.path.stem} spots.csv")
        name, _ = QFileDialog.getSaveFileName(
            self._parent, self.tr("Save the spotting list"), suggested, self._filter()
        )
        if name:
            path = Path(name)
            self.save_list(path if path.suffix else path.with_suffix(".csv"))

    def save_list(self, path: Path) -> None:
        """All spots into a file; one without words of its own has the prompt of its shot."""
        document, timeline = self._document, self._document.open_timeline()
        spots = document.all_spots
        words = [document.own_words(spot) for spot in spots]
        said = self.tr("{count} spots are in {name}.").format(count=len(spots), name=path.name)
        refuse = partial(self.refused.emit, self.tr("This list cannot be saved"))
        work = partial(write_list, path, timeline, spots, words)
        in_background(self, work, lambda _: self.status_message.emit(said), refuse)

    def _adopt(self, path: Path, timeline: Timeline, found: tuple[list[Spot], list[str]]) -> None:
        if timeline is not self._document.timeline:
            return
        spots, notes = found
        self._document.set_lists(spots)
        self.list_wanted.emit()
        said = self.tr("{name}: {count} spots").format(name=path.name, count=len(spots))
        self.status_message.emit("; ".join([said, *notes]))

    def _folder(self) -> str:
        timeline = self._document.timeline
        return str(timeline.path.absolute().parent) if timeline is not None else ""

    def _filter(self) -> str:
        return self.tr("Spotting lists") + f" ({' '.join('*' + suffix for suffix in SUFFIXES)})"

    # Spots

    def set_here(self) -> None:
        """A new one at the playhead, in the uppermost shot."""
        try:
            self._document.choose_spots([self._document.add_spot(self._document.playhead)])
        except TalkiesError as error:
            self.status_message.emit(str(error))

    def another(self) -> None:
        """Each chosen spot gets another sound: a take of its shot in which nothing else is made anew."""
        if free := self._free():
            self._document.roll_spots(free)
            self._make(free)

    def make_again(self) -> None:
        """A take of the chosen spots' shots, with these as they are now."""
        if self._document.chosen_spots:
            self._make(self._document.chosen_spots)

    def toggle_lock(self) -> None:
        """Locks the chosen spots; unlocks them where all are locked."""
        chosen = self._document.chosen_spots
        locked = all(self._document.spot(key).locked for key in chosen)
        self._document.change_spots(chosen, locked=not locked)

    def remove(self) -> None:
        """The chosen spots that are not locked."""
        self._document.remove_spots(self._free())

    def swap(self) -> None:
        """Sounds of the library for the first chosen spot, to listen to and to choose from."""
        for spot_id in self._document.chosen_spots[:1]:
            dialog = SwapDialog(self._document, spot_id, self._parent)
            dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            dialog.swapped.connect(self._swapped)
            self.dialog = dialog
            dialog.open()

    def _swapped(self, spot_id: str) -> None:
        self._make([spot_id])

    def _make(self, spot_ids: list[str] | tuple[str, ...]) -> None:
        self._queue.redo_spots(spot_ids)
        self.status_message.emit(self.tr("Another take is in the queue, of which only this is made anew."))

    def _free(self) -> list[str]:
        chosen = self._document.chosen_spots
        free = [key for key in chosen if not self._document.spot(key).locked]
        if len(free) < len(chosen):
            self.status_message.emit(self.tr("A locked spot stays; unlock it first (Alt+L)."))
        return free
