"""Every command of the window: its words, its keys, its icon; menus, toolbar and the list of keys are made from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QWidget,
)

from talkies.ui.icons import icon
from talkies.ui.theme import colours


@dataclass(frozen=True)
class Command:
    """``keys`` as Qt writes them. ``needs``: "timeline", "selection", "take", "editor" (what is open is the editor's)
    or "source" (something can be read once more) must be there, "" nothing."""

    name: str
    text: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    needs: str = ""
    checkable: bool = False


def tr(text: str) -> str:
    """For translation, outside of a widget."""
    return QCoreApplication.translate("Commands", text)


def commands() -> dict[str, tuple[Command, ...]]:
    """By menu, in the order of the menus; a command named "-" is a line between others."""
    line = Command("-", "")
    return {
        tr("&File"): (
            Command("open", tr("&Open …"), ("Ctrl+O",), "open"),
            Command("demo", tr("Open the &demo"), (), "film"),
            Command("read_again", tr("&Read again"), ("F5",), "again", "source"),
            line,
            Command("write", tr("&Write back …"), ("Ctrl+E",), "write", "timeline"),
            Command("save", tr("&Save now"), ("Ctrl+S",), "", "timeline"),
            Command("folder", tr("Open the work &folder"), (), "reveal", "timeline"),
            line,
            Command("close", tr("&Close the timeline"), ("Ctrl+W",), "", "timeline"),
            Command("quit", tr("&Quit"), ("Ctrl+Q",)),
        ),
        tr("&Edit"): (
            Command("undo", tr("&Undo"), ("Ctrl+Z",), "undo"),
            Command("redo", tr("&Redo"), ("Ctrl+Shift+Z",), "redo"),
            line,
            Command("select_all", tr("Select &all shots"), ("Ctrl+A",), "", "timeline"),
            Command("select_silent", tr("Select shots &without sound"), ("Ctrl+Shift+A",), "", "timeline"),
            Command("select_here", tr("Select the shot at the &playhead"), ("X",), "", "timeline"),
            Command("select_none", tr("Select &nothing"), ("Ctrl+D",), "", "timeline"),
        ),
        tr("&Play"): (
            Command("play", tr("&Play or stop"), ("Space",), "play", "timeline"),
            Command("backwards", tr("&Backwards, faster each time"), ("J",), "", "timeline"),
            Command("stop", tr("&Stop"), ("K",), "", "timeline"),
            Command("onwards", tr("&Forward, faster each time"), ("L",), "", "timeline"),
            line,
            Command("frame_back", tr("One frame bac&k"), ("Left",), "", "timeline"),
            Command("frame_on", tr("One frame &on"), ("Right",), "", "timeline"),
            Command("shot_back", tr("&Previous cut"), ("Up",), "", "timeline"),
            Command("shot_on", tr("&Next cut"), ("Down",), "", "timeline"),
            Command("show_frame", tr("Show this frame in the &editor"), ("E",), "", "editor"),
            line,
            Command("mark_in", tr("Set the &in point"), ("I",), "in", "timeline"),
            Command("mark_out", tr("Set the o&ut point"), ("O",), "out", "timeline"),
            Command("clear_range", tr("&Clear in and out"), ("Alt+X",), "", "timeline"),
            line,
            Command("hear_original", tr("Hear the ori&ginal sound"), ("Alt+O",), "", "timeline", True),
            Command("hear_takes", tr("Hear the &takes"), ("Alt+T",), "", "timeline", True),
        ),
        tr("&Sound"): (
            Command("generate", tr("&Generate"), ("Ctrl+G",), "generate", "selection"),
            Command("again", tr("Once more with &another seed"), ("Ctrl+Shift+G",), "again", "selection"),
            line,
            Command("pause", tr("&Pause or continue the queue"), ("Ctrl+P",), "pause", "timeline"),
            Command("cancel", tr("&Cancel everything in the queue"), ("Ctrl+.",), "cancel", "timeline"),
        ),
        tr("&Takes"): (
            Command("star", tr("&Keep this take"), ("Ctrl+Return",), "star", "take"),
            Command("compare", tr("&Compare: hear the other one"), ("C",), "compare", "take"),
            Command("solo", tr("Hear only &this"), ("S",), "solo", "take"),
            Command("mute", tr("&Mute"), ("M",), "mute", "take"),
            Command("next_take", tr("&Next take"), ("Ctrl+Right",), "", "take"),
            Command("previous_take", tr("&Previous take"), ("Ctrl+Left",), "", "take"),
            line,
            Command("earlier", tr("One frame &earlier"), (",",), "", "take"),
            Command("later", tr("One frame &later"), (".",), "", "take"),
            Command("louder", tr("L&ouder"), ("Ctrl+Up",), "", "take"),
            Command("softer", tr("So&fter"), ("Ctrl+Down",), "", "take"),
            line,
            Command("redo_take", tr("&Redo with another seed"), ("R",), "again", "take"),
            Command("reveal_take", tr("&Show the file in its folder"), (), "reveal", "take"),
            Command("remove_take", tr("Remo&ve"), ("Delete",), "delete", "take"),
        ),
        tr("&View"): (
            Command("zoom_in", tr("Zoom &in"), ("+", "="), "", "timeline"),
            Command("zoom_out", tr("Zoom &out"), ("-",), "", "timeline"),
            Command("zoom_fit", tr("Show the &whole timeline"), ("Shift+Z",), "", "timeline"),
            Command("snapping", tr("&Snapping"), ("N",), "", "timeline", True),
            line,
            Command("light", tr("&Light theme"), (), "", "", True),
        ),
        tr("&Help"): (
            Command("keyboard", tr("&Keyboard"), ("F1",)),
            Command("about", tr("&About talkies")),
        ),
    }


def make_actions(parent: QWidget, does: dict[str, Callable[[], None]]) -> dict[str, QAction]:
    """An action for every command; ``does`` says what. Single keys stay with the text field that has the focus."""
    actions = {}
    for command in (command for group in commands().values() for command in group if command.name != "-"):
        action = QAction(command.text, parent)
        action.setShortcuts([QKeySequence(key) for key in command.keys])
        action.setCheckable(command.checkable)
        action.setData(command.needs)
        action.triggered.connect(lambda checked, do=does[command.name]: do())
        actions[command.name] = action
    redraw_icons(actions)
    return actions


def redraw_icons(actions: dict[str, QAction]) -> None:
    """In the colours of the theme; the one that stands on the accent has that one's ink."""
    for command in (command for group in commands().values() for command in group if command.icon):
        actions[command.name].setIcon(icon(command.icon, colours().on_accent if command.name == "generate" else ""))


def enable(actions: Iterable[QAction], there: set[str]) -> None:
    """Only what can be done now; ``there``: which of the needs are met."""
    for action in actions:
        action.setEnabled(not action.data() or action.data() in there)


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
