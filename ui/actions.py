"""Actions for the commands of a window (ui/commands.py): its menus, keys, marks and the list of keys."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QMenu,
    QMenuBar,
    QWidget,
)

from talkies.ui.commands import Command, Menus, Need, Place
from talkies.ui.icons import icon
from talkies.ui.theme import colours


class Actions(Mapping[str, QAction]):
    """An action for every command, by its name. Single keys stay with the text field that has the focus."""

    def __init__(self, parent: QWidget, menus: Menus) -> None:
        self.menus = menus
        self._commands = {each.name: each for group in menus.values() for each in group if isinstance(each, Command)}
        self._actions = {name: self._made(command, parent) for name, command in self._commands.items()}
        self.redraw_icons()

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._actions)

    def __len__(self) -> int:
        return len(self._actions)

    def refresh(self, met: Collection[Need]) -> None:
        """What can be given now, what is on, and what it is called; ``met``: the needs for which all is there."""
        for name, command in self._commands.items():
            action = self._actions[name]
            action.setEnabled(command.needs is None or command.needs in met)
            if command.what is not None:
                action.setText(command.words)
            if command.checked is not None:
                action.setChecked(command.checked())

    def redraw_icons(self) -> None:
        """In the colours of the theme; the one that stands on the accent has that one's ink."""
        for name, command in self._commands.items():
            if command.icon:
                self._actions[name].setIcon(icon(command.icon, colours().on_accent if name == "generate" else ""))

    def fill(self, bar: QMenuBar, recent: QMenu, docks: Collection[QAction]) -> None:
        """The menus, with ``recent`` and the actions of the ``docks`` where they belong."""
        for title, group in self.menus.items():
            menu = bar.addMenu(title)
            for each in group:
                if isinstance(each, Command):
                    menu.addAction(self[each.name])
                elif each is Place.RECENT:
                    menu.addMenu(recent)
                elif each is Place.DOCKS:
                    menu.addActions(list(docks))
                else:
                    menu.addSeparator()

    def keys_by_menu(self) -> list[tuple[str, list[tuple[str, str]]]]:
        """By menu, the keys and what they do; menus without keys are left out."""
        groups = (
            (title.replace("&", ""), [self._key(each) for each in group if isinstance(each, Command) and each.keys])
            for title, group in self.menus.items()
        )
        return [(title, keys) for title, keys in groups if keys]

    def _key(self, command: Command) -> tuple[str, str]:
        shortcuts = (key.toString(QKeySequence.SequenceFormat.NativeText) for key in self[command.name].shortcuts())
        return ", ".join(shortcuts), command.words.replace("&", "").rstrip(" …")

    def _made(self, command: Command, parent: QWidget) -> QAction:
        action = QAction(command.words, parent)
        action.setShortcuts([QKeySequence(key) for key in command.keys])
        action.setCheckable(command.checked is not None)
        action.triggered.connect(partial(self._give, command))
        return action

    def _give(self, command: Command, _: bool = False) -> None:
        command.does()
        if command.checked is not None:
            self[command.name].setChecked(command.checked())


class KeysOfWidgets(QObject):
    """Some keys do what they always do where the focus is: Space presses a button, arrows move in tables and fields."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            focus, key = QApplication.focusWidget(), Qt.Key(event.key())
            plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
            pressed = isinstance(focus, QAbstractButton) and key == Qt.Key.Key_Space
            moved = isinstance(focus, _WITH_ARROWS) and key in _ARROWS
            if plain and (pressed or moved):
                event.accept()
                return True
        return False


_WITH_ARROWS = (QAbstractItemView, QLineEdit, QAbstractSpinBox, QComboBox)
_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Delete)
