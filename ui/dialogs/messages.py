"""What the window tells: a sentence at its foot, or a dialog with the sentence that the command line would print."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QMessageBox

from talkies.ui.actions import commands

_SAID_MS = 9000
_MOST_NOTES = 12


class Teller(QObject):
    """Belongs to a window. ``dialog``: the last one that was shown."""

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.dialog: QMessageBox | None = None

    def say(self, sentence: str) -> None:
        """One sentence at the foot of the window."""
        self._window.statusBar().showMessage(sentence, _SAID_MS)

    def refuse(self, title: str, sentence: str) -> None:
        """Why something was not done, and that nothing has changed; one dialog at a time, further ones at the foot."""
        if self.dialog is not None and self.dialog.isVisible():
            self.say(sentence)
            return
        self._window.statusBar().clearMessage()
        self._show(title, f"{sentence}\n\n{self.tr('Your work is as it was.')}", QMessageBox.Icon.Warning)

    def tell_crash(self, sentence: str, again: bool) -> None:
        """The generator died; ``again``: it was started again by itself."""
        if again:
            self.say(sentence)
        else:
            self._show(self.tr("The generator stopped"), sentence, QMessageBox.Icon.Warning)

    def show_notes(self, notes: Sequence[str]) -> None:
        """What the reader noticed, one sentence each."""
        more = len(notes) - _MOST_NOTES
        shown = [*notes[:_MOST_NOTES], *([self.tr("… and {count} more").format(count=more)] if more > 0 else [])]
        self._show(self.tr("Notes about this timeline"), "\n\n".join(shown), QMessageBox.Icon.Information)

    def show_keyboard(self, actions: Mapping[str, QAction]) -> None:
        """Every key."""
        from talkies.ui.dialogs.keyboard import KeyboardHelp, keys_of

        groups = [
            (title.replace("&", ""), keys_of(actions[each.name] for each in group if each.name != "-"))
            for title, group in commands().items()
        ]
        shown = KeyboardHelp([group for group in groups if group[1]], self._window)
        shown.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        shown.open()

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
        box.setAccessibleDescription(words)
        box.setStandardButtons(QMessageBox.StandardButton.Ok)
        self.dialog = box
        box.open()
