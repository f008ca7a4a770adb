"""Messages of the window: a sentence in its status bar, or a dialog with the sentence that the command line prints."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QLabel, QMainWindow, QMessageBox

from talkies.ui.plain_text import one_line

_STATUS_MS = 9000
_MOST_STATUS = 400  # characters
_MOST_SENTENCE = 600
_MOST_NOTES = 12


class Messages(QObject):
    """Of a window. ``dialog``: the last one that was shown."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.dialog: QMessageBox | None = None

    def show_status(self, sentence: str) -> None:
        """One sentence at the foot of the window."""
        self._window.statusBar().showMessage(one_line(sentence, _MOST_STATUS), _STATUS_MS)

    def refuse(self, title: str, sentence: str) -> None:
        """Why something was not done, and that nothing has changed; one dialog at a time, further ones at the foot."""
        if self.dialog is not None and self.dialog.isVisible():
            self.show_status(sentence)
            return
        self._window.statusBar().clearMessage()
        self._show(
            title,
            f"{one_line(sentence, _MOST_SENTENCE)}\n\n{self.tr('Your work is unchanged.')}",
            QMessageBox.Icon.Warning,
        )

    def show_crash(self, sentence: str, again: bool) -> None:
        """The generator died; ``again``: it was started again by itself."""
        if again:
            self.show_status(sentence)
        else:
            self._show(self.tr("The generator stopped"), one_line(sentence, _MOST_SENTENCE), QMessageBox.Icon.Warning)

    def show_notes(self, notes: Sequence[str]) -> None:
        """What the reader noticed, one sentence each."""
        more = len(notes) - _MOST_NOTES
        shown = [*notes[:_MOST_NOTES], *([self.tr("… and {count} more").format(count=more)] if more > 0 else [])]
        self._show(
            self.tr("Notes about this timeline"),
            "\n\n".join(one_line(note, _MOST_SENTENCE) for note in shown),
            QMessageBox.Icon.Information,
        )

    def show_about(self) -> None:
        from importlib.metadata import version

        words = self.tr(
            "Gives silent pictures their sound inside the editor's own timeline.\n\n"
            "Apache-2.0. The recordings that the model learned from are named in CREDITS.csv."
        )
        self._show(f"talkies {version('talkies')}", words, QMessageBox.Icon.NoIcon)

    def _show(self, title: str, words: str, sign: QMessageBox.Icon) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
        box = QMessageBox(self._window)
        box.setIcon(sign)
        box.setWindowTitle(title)
        box.setText(f"<b>{escape(title)}</b>")
        box.setInformativeText(words)
        for label in box.findChildren(QLabel, "qt_msgbox_informativelabel"):
            label.setTextFormat(Qt.TextFormat.PlainText)  # names in it are anybody's
        box.setAccessibleDescription(words)
        box.setStandardButtons(QMessageBox.StandardButton.Ok)
        self.dialog = box
        box.open()
