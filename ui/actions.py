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

from talkies.ui.command import Command, Menus, Need, Place
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
    """Keys that belong to where the focus is, and give no command there: what is typed goes into a field or nowhere,
    Space presses a button, arrows move in tables and fields, Delete removes only the take that has the focus."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            focus = QApplication.focusWidget()
            if _belongs_to(focus, event):
                event.accept()
                return True
        return False


TYPED_IN = "typedIn"
"""A property of widgets where people write: with the focus on them or in them, letters are no commands."""
DELETES = "deletes"
"""A property of widgets that stand for one thing, which Delete removes."""

_WITH_ARROWS = (QAbstractItemView, QLineEdit, QAbstractSpinBox, QComboBox)
_ARROWS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Return)
_HELD = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


def _belongs_to(focus: QWidget | None, event: QKeyEvent) -> bool:
    key = Qt.Key(event.key())
    if event.modifiers() & _HELD:
        return False
    if key == Qt.Key.Key_Delete:
        return not _has(focus, DELETES)
    if key == Qt.Key.Key_Space and isinstance(focus, QAbstractItemView):
        return False
    if key == Qt.Key.Key_Space and isinstance(focus, QAbstractButton):
        return True
    is_typed = event.text().isprintable() and bool(event.text())
    if is_typed and (isinstance(focus, _WITH_ARROWS) or _has(focus, TYPED_IN)):
        return True
    return isinstance(focus, _WITH_ARROWS) and key in _ARROWS


def _has(widget: QWidget | None, name: str) -> bool:
    """Whether it or something around it has the property."""
    around = widget
    while around is not None and not around.property(name):
        around = around.parentWidget()
    return around is not None
