"""Finding DaVinci Resolve: the program, its scripts and preferences, and our entries there.

    FUSION/Scripts/Utility/Talkies.py                     in Studio's menu
    FUSION/Scripts/Utility/Talkies (free edition).lua     in everybody's menu
    FUSION/Profiles/*/Fusion.prefs                        what the Lua script answers
    REQUESTS/request.lua                                  what it is asked

Both folders are this user's own; nothing here needs an administrator.
"""

from __future__ import annotations

import os
import plistlib
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

State = Literal["absent", "current", "old", "damaged"]
STATES: Final[tuple[State, ...]] = ("current", "old", "damaged", "absent")
"""From best to worst. ``damaged``: somebody changed the file, or it is not ours."""

PYTHON_NAME: Final = "Talkies.py"
LUA_NAME: Final = "Talkies (free edition).lua"

PROGRAMS = {
    "darwin": ("/Applications/DaVinci Resolve/DaVinci Resolve.app", "/Applications/DaVinci Resolve.app"),
    "win32": ("$PROGRAMFILES/Blackmagic Design/DaVinci Resolve/Resolve.exe",),
    "linux": ("/opt/resolve/bin/resolve", "/home/resolve/bin/resolve"),
}
_FUSION = {
    "darwin": "$HOME/Library/Application Support/Blackmagic Design/DaVinci Resolve/Fusion",
    "win32": "$APPDATA/Blackmagic Design/DaVinci Resolve/Support/Fusion",
    "linux": "$HOME/.local/share/DaVinciResolve/Fusion",
}
_REQUESTS = {
    "darwin": ("HOME", "/Library/Application Support/talkies/resolve"),
    "win32": ("LOCALAPPDATA", "/talkies/resolve"),
    "linux": ("HOME", "/.local/share/talkies/resolve"),
}
"""As a variable and what follows: the Lua script asks for the variable itself, in the encoding that it needs."""


@dataclass(frozen=True)
class Resolve:
    """An installed DaVinci Resolve. ``version`` is "" where only starting it would tell; the edition is not known."""

    program: Path
    version: str = ""


def find_resolve() -> Resolve | None:
    """The installed Resolve, looked for in the usual places; nothing is started."""
    for place in PROGRAMS.get(_system(), ()):
        program = Path(os.path.expandvars(place))
        if program.exists():
            return Resolve(program, _version(program))
    return None


def _version(program: Path) -> str:
    facts = program / "Contents/Info.plist"
    try:
        return str(plistlib.loads(facts.read_bytes()).get("CFBundleShortVersionString", ""))
    except (OSError, ValueError, plistlib.InvalidFileException):
        return ""


def fusion_folder() -> Path:
    """Where Resolve keeps the user's scripts and preferences; it makes this folder when it is first started."""
    return Path(os.path.expandvars(_FUSION[_system()]))


def scripts_folder() -> Path:
    """What the menu Workspace ▸ Scripts shows on every page."""
    return fusion_folder() / "Scripts" / "Utility"


def preferences() -> list[Path]:
    """Fusion's preferences, one file for each of its profiles."""
    return sorted(fusion_folder().glob("Profiles/*/Fusion.prefs"))


def requests_place() -> tuple[str, str]:
    """The folder of the requests as a variable of the environment and what follows its value."""
    return _REQUESTS[_system()]


def requests_folder() -> Path:
    variable, rest = requests_place()
    return Path(os.environ.get(variable, str(Path.home())) + rest)


def _system() -> str:
    return sys.platform if sys.platform in _FUSION else "linux"
