"""What a command is: its name, keys and icon, what it does, and when it can be given; and what it works on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal, Protocol

from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from talkies.ui.work.document import Document
    from talkies.ui.work.queue import Queue
    from talkies.ui.workspace import Workspace

Need = Literal["timeline", "film", "selection", "take", "cue", "spot", "list", "editor", "source", "undo", "redo"]
"""What must be there: an open timeline, one that is a film in one piece, chosen shots, a take of theirs, a chosen line
of the transcript, a chosen spot, a shot with a spotting list, the editor whose timeline is open, something that can be
read once more, a change to undo or to redo."""


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
    def cut_film(self) -> None: ...
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


def tr(text: str) -> str:
    """For translation, outside of a widget."""
    return QCoreApplication.translate("Commands", text)
