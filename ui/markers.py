"""Markers by hand: set at the playhead, named, removed, gone to."""

from __future__ import annotations

from fractions import Fraction

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QInputDialog, QWidget

from talkies.ui.work.document import Document


class Markers(QObject):
    """What commands do with the document's markers. ``status_message``: one sentence for the status bar."""

    status_message = Signal(str)

    def __init__(self, document: Document, parent: QWidget) -> None:
        super().__init__(parent)
        self._document, self._parent = document, parent
        self.dialog: QInputDialog | None = None

    def set_here(self) -> None:
        """One at the playhead; where there is one already it stays as it is."""
        document = self._document
        if document.timeline is not None and document.marker_at(document.playhead) is None:
            document.set_marker(document.playhead)
            self.status_message.emit(self.tr("Marker set. Ctrl+Shift+M names it, Shift+Up and Shift+Down go there."))

    def remove_here(self) -> None:
        document = self._document
        if document.timeline is None or document.marker_at(document.playhead) is None:
            self.status_message.emit(self.tr("There is no marker at the playhead."))
        else:
            document.remove_marker(document.playhead)

    def go(self, forward: bool) -> None:
        """The playhead to the nearest marker after it, or before it."""
        marker = self._document.next_marker(forward)
        if marker is None:
            self.status_message.emit(
                self.tr("There is no marker after the playhead.")
                if forward
                else self.tr("There is no marker before the playhead.")
            )
            return
        self._document.set_playhead(marker.position)
        if marker.name:
            self.status_message.emit(marker.name)

    def ask_for_name(self) -> None:
        """Asks what the marker at the playhead is called, which is set when an answer is given."""
        document = self._document
        if document.timeline is None:
            return
        position, there = document.playhead, document.marker_at(document.playhead)
        dialog = QInputDialog(self._parent)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setWindowTitle(self.tr("Marker"))
        dialog.setLabelText(self.tr("Name of the marker at {place}").format(place=document.timeline.timecode(position)))
        dialog.setTextValue(there.name if there is not None else "")
        dialog.textValueSelected.connect(lambda name: self._name(position, name))
        self.dialog = dialog
        dialog.open()

    def _name(self, position: Fraction, name: str) -> None:
        if self._document.timeline is not None:
            self._document.set_marker(position, name)
