"""The table of commands: what each is called, its keys and icon, what it does, and when it can be given.

Menus, toolbar, keys and the list of keys are made from it (ui/actions.py); nothing about a command stands elsewhere.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import TYPE_CHECKING, Any, Literal, Protocol

from PySide6.QtCore import QCoreApplication

from talkies.ui.theme import theme_name

if TYPE_CHECKING:
    from talkies.ui.work.document import Document
    from talkies.ui.work.queue import Queue
    from talkies.ui.workspace import Workspace

Need = Literal["timeline", "selection", "take", "editor", "source", "undo", "redo"]
"""What must be there: an open timeline, chosen shots, a take of theirs, the editor whose timeline is open, something
that can be read once more, a change to undo or to redo."""


@dataclass(frozen=True)
class Command:
    """``keys`` as Qt writes them. ``does``: the handler. ``checked``: whether it is on, None for what is not a switch.
    ``what``: fills ``{what}`` in ``text``, which then changes."""

    name: str
    text: str
    does: Callable[[], object]
    keys: tuple[str, ...] = ()
    icon: str = ""
    needs: Need | None = None
    checked: Callable[[], bool] | None = None
    what: Callable[[], str] | None = None

    @property
    def words(self) -> str:
        """The text as it is now; "&" before the letter that a menu underlines."""
        return self.text if self.what is None else self.text.format(what=self.what()).rstrip()


class Place(Enum):
    """What stands between commands in a menu."""

    LINE = "a line"
    RECENT = "the files opened last"
    DOCKS = "the parts of the window"


Menus = Mapping[str, tuple[Command | Place, ...]]
"""By title, in the order of the menus."""


class Opens(Protocol):
    """How timelines come in."""

    def ask_for_file(self) -> None: ...
    def read_again(self) -> None: ...


class Main(Protocol):
    """What the commands of a window work on."""

    document: Document
    queue: Queue
    workspace: Workspace
    messages: Any

    @property
    def opener(self) -> Opens: ...

    def open_demo(self) -> None: ...
    def write_back(self) -> None: ...
    def save(self) -> None: ...
    def close_timeline(self) -> None: ...
    def close(self) -> bool: ...
    def show_frame(self) -> None: ...
    def set_theme(self, name: str) -> None: ...
    def show_keyboard(self) -> None: ...


def commands(window: Main) -> Menus:
    """The whole table, for one window."""
    return {
        tr("&File"): _file(window),
        tr("&Edit"): _edit(window),
        tr("&Play"): _play(window),
        tr("&Sound"): _sound(window),
        tr("&Takes"): _takes(window.workspace),
        tr("&View"): _view(window),
        tr("&Help"): (
            Command("keyboard", tr("&Keyboard"), window.show_keyboard, ("F1",)),
            Command("about", tr("&About talkies"), window.messages.show_about),
        ),
    }


def tr(text: str) -> str:
    """For translation, outside of a widget."""
    return QCoreApplication.translate("Commands", text)


def _file(window: Main) -> tuple[Command | Place, ...]:
    opener, folder = window.opener, window.workspace.open_work_folder
    return (
        Command("open", tr("&Open …"), opener.ask_for_file, ("Ctrl+O",), "open"),
        Command("demo", tr("Open the &demo"), window.open_demo, (), "film"),
        Place.RECENT,
        Command("read_again", tr("&Reload"), opener.read_again, ("F5",), "again", "source"),
        Place.LINE,
        Command("write", tr("&Write back …"), window.write_back, ("Ctrl+E",), "write", "timeline"),
        Command("save", tr("&Save now"), window.save, ("Ctrl+S",), "", "timeline"),
        Command("folder", tr("Open the work &folder"), folder, (), "reveal", "timeline"),
        Place.LINE,
        Command("close", tr("&Close the timeline"), window.close_timeline, ("Ctrl+W",), "", "timeline"),
        Command("quit", tr("&Quit"), window.close, ("Ctrl+Q",)),
    )


def _edit(window: Main) -> tuple[Command | Place, ...]:
    document, timeline = window.document, window.workspace.timeline
    stack, silent, none = document.undo_stack, timeline.select_without_sound, partial(document.select, ())
    here = window.workspace.select_here
    return (
        Command("undo", tr("&Undo {what}"), stack.undo, ("Ctrl+Z",), "undo", "undo", what=stack.undoText),
        Command("redo", tr("&Redo {what}"), stack.redo, ("Ctrl+Shift+Z",), "redo", "redo", what=stack.redoText),
        Place.LINE,
        Command("select_all", tr("Select &all shots"), timeline.select_all, ("Ctrl+A",), "", "timeline"),
        Command("select_silent", tr("Select shots &without sound"), silent, ("Ctrl+Shift+A",), "", "timeline"),
        Command("select_here", tr("Select the shot at the &playhead"), here, ("X",), "", "timeline"),
        Command("select_none", tr("Select &nothing"), none, ("Ctrl+D",), "", "timeline"),
    )


def _play(window: Main) -> tuple[Command | Place, ...]:
    space = window.workspace
    timeline, viewer, transport, monitor = space.timeline, space.viewer, space.player.transport, space.player.monitor
    shuttle, step, cut = transport.shuttle, transport.step, timeline.step_edit
    mark_in, mark_out = viewer.in_wanted.emit, viewer.out_wanted.emit
    original, takes = (lambda: monitor.original), (lambda: monitor.takes)
    return (
        Command("play", tr("&Play or stop"), transport.toggle, ("Space",), "play", "timeline"),
        Command("backwards", tr("&Backwards, faster each time"), partial(shuttle, -1), ("J",), "", "timeline"),
        Command("stop", tr("&Stop"), transport.stop, ("K",), "", "timeline"),
        Command("onwards", tr("&Forward, faster each time"), partial(shuttle, 1), ("L",), "", "timeline"),
        Place.LINE,
        Command("frame_back", tr("One frame bac&k"), partial(step, -1), ("Left",), "", "timeline"),
        Command("frame_on", tr("One frame for&ward"), partial(step, 1), ("Right",), "", "timeline"),
        Command("shot_back", tr("&Previous edit point"), partial(cut, False), ("Up",), "", "timeline"),
        Command("shot_on", tr("&Next edit point"), partial(cut, True), ("Down",), "", "timeline"),
        Command("show_frame", tr("Show this frame in the &editor"), window.show_frame, ("E",), "", "editor"),
        Place.LINE,
        Command("mark_in", tr("Set the &in point"), mark_in, ("I",), "in", "timeline"),
        Command("mark_out", tr("Set the o&ut point"), mark_out, ("O",), "out", "timeline"),
        Command("clear_range", tr("&Clear in and out"), timeline.clear_range, ("Alt+X",), "", "timeline"),
        Place.LINE,
        Command(
            "hear_original", tr("Play the ori&ginal sound"), viewer.original.click, ("Alt+O",), "", "timeline", original
        ),
        Command("hear_takes", tr("Play the &takes"), viewer.takes.click, ("Alt+T",), "", "timeline", takes),
    )


def _sound(window: Main) -> tuple[Command | Place, ...]:
    space, queue = window.workspace, window.queue
    pause = space.queue_panel.toggle_pause
    return (
        Command("generate", tr("&Generate"), space.generate, ("Ctrl+G",), "generate", "selection"),
        Command(
            "again", tr("Generate with &another seed"), space.generate_again, ("Ctrl+Shift+G",), "again", "selection"
        ),
        Place.LINE,
        Command("pause", tr("&Pause or continue the queue"), pause, ("Ctrl+P",), "pause", "timeline"),
        Command("cancel", tr("&Cancel everything in the queue"), queue.cancel, ("Ctrl+.",), "cancel", "timeline"),
    )


def _takes(space: Workspace) -> tuple[Command | Place, ...]:
    def take(name: str) -> Callable[[], None]:
        return partial(space.take_command, name)

    go, gain = space.takes.go, space.change_gain
    return (
        Command("star", tr("&Circle take"), take("star"), ("Ctrl+Return",), "star", "take"),
        Command("compare", tr("&A/B: switch to the other take"), space.takes.swap, ("C",), "compare", "take"),
        Command("solo", tr("&Solo"), take("solo"), ("S",), "solo", "take"),
        Command("mute", tr("&Mute"), take("mute"), ("M",), "mute", "take"),
        Command("next_take", tr("&Next take"), partial(go, 1), ("Ctrl+Right",), "", "take"),
        Command("previous_take", tr("&Previous take"), partial(go, -1), ("Ctrl+Left",), "", "take"),
        Place.LINE,
        Command("earlier", tr("One frame &earlier"), take("earlier"), (",",), "", "take"),
        Command("later", tr("One frame &later"), take("later"), (".",), "", "take"),
        Command("louder", tr("L&ouder"), partial(gain, 1), ("Ctrl+Up",), "", "take"),
        Command("softer", tr("&Quieter"), partial(gain, -1), ("Ctrl+Down",), "", "take"),
        Place.LINE,
        Command("redo_take", tr("&Regenerate with another seed"), take("again"), ("R",), "again", "take"),
        Command("reveal_take", tr("Show the file in its &folder"), take("reveal"), (), "reveal", "take"),
        Command("remove_take", tr("Remo&ve"), take("delete"), ("Delete",), "delete", "take"),
    )


def _view(window: Main) -> tuple[Command | Place, ...]:
    timeline = window.workspace.timeline

    def snaps() -> bool:
        return timeline.snapping

    def is_light() -> bool:
        return theme_name() == "light"

    def snap() -> None:
        timeline.set_snapping(not snaps())

    def change_theme() -> None:
        window.set_theme("dark" if is_light() else "light")

    return (
        Command("zoom_in", tr("Zoom &in"), timeline.zoom_in, ("+", "="), "", "timeline"),
        Command("zoom_out", tr("Zoom &out"), timeline.zoom_out, ("-",), "", "timeline"),
        Command("zoom_fit", tr("Show the &whole timeline"), timeline.zoom_to_fit, ("Shift+Z",), "", "timeline"),
        Command("snapping", tr("&Snapping"), snap, ("N",), "", "timeline", snaps),
        Place.LINE,
        Place.DOCKS,
        Place.LINE,
        Command("light", tr("&Light theme"), change_theme, (), "", None, is_light),
    )
