"""Display check: Qt's libraries and a display, looked for before Qt, which would only abort."""

from __future__ import annotations

import ctypes
import os
import re
import sys

from talkies.core.errors import MissingExtraError

LIBRARIES = (
    "libegl1 libgl1 libxkbcommon-x11-0 libdbus-1-3 libfontconfig1 "
    "libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libpulse0"
)
"""What Qt's wheels want from the system, as Debian and Ubuntu call it."""


def check_display() -> None:
    """Raises MissingExtraError where no window can be opened."""
    if sys.platform != "linux" or os.environ.get("QT_QPA_PLATFORM", "xcb").partition(":")[0] != "xcb":
        return
    if not os.environ.get("DISPLAY"):
        if not os.environ.get("WAYLAND_DISPLAY"):
            raise MissingExtraError(
                "the panel", "there is no display", "start it on a desktop, or use 'talkies generate'"
            )
        return
    try:
        ctypes.CDLL("libxcb-cursor.so.0")
    except OSError as error:
        raise missing(ImportError(str(error))) from error


def missing(error: ImportError) -> MissingExtraError:
    """Why Qt cannot be loaded: it is not installed, or the system lacks one of its libraries."""
    if (error.name or "").partition(".")[0] in ("PySide6", "shiboken6") and isinstance(error, ModuleNotFoundError):
        return MissingExtraError("the panel", "needs PySide6, which is not installed", 'pip install "talkies[panel]"')
    library = re.search(r"\blib[\w.+-]+\.so[\w.]*", str(error))
    what = library[0] if library else f"a library of the system ({error})"
    return MissingExtraError("the panel", f"needs {what}", f"on Debian and Ubuntu: apt-get install {LIBRARIES}")
