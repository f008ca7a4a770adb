"""Refusals in one sentence, and where the user sees them: Resolve hides what a script prints."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import Any

TITLE = "talkies"
BUSY = "close open dialogs, wait until nothing renders, and try again"


class RefusedError(Exception):
    """``kind`` is the name of one of talkies' errors (TimelineError, OutputError); the sentence is for the user."""

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(kind, sentence)
        self.kind, self.sentence = kind, " ".join(sentence.split())

    def __str__(self) -> str:
        return self.sentence


def call(thing: Any, method: str, *arguments: Any) -> Any:
    """Calls one of Resolve's functions. Its objects claim to have every attribute; what is not there is None."""
    function = getattr(thing, method, None)
    if not callable(function):
        problem = f"this DaVinci Resolve does not know {method}; talkies needs version 18.5 or later"
        raise RefusedError("OutputError", problem)
    return function(*arguments)


def optional(thing: Any, method: str, *arguments: Any) -> Any:
    """The same where a version may lack the function; None where it does."""
    return call(thing, method, *arguments) if callable(getattr(thing, method, None)) else None


def tell(sentence: str) -> None:
    """Shows a box and waits until it is closed; always prints as well, for Workspace ▸ Console."""
    print(f"{TITLE}: {sentence}")
    try:
        if sys.platform == "win32":
            import ctypes

            ctypes.windll.user32.MessageBoxW(None, sentence, TITLE, 0)
        else:
            command = _box(sentence)
            if command:
                subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False, timeout=600)
    except (OSError, subprocess.SubprocessError, AttributeError):
        pass  # it is in the console


def _box(sentence: str) -> list[str]:
    """The command for a box on this system; the sentence is an argument of its own, never part of a script."""
    if sys.platform == "darwin":
        script = 'on run {words, name}\ndisplay dialog words with title name buttons {"OK"} default button 1\nend run'
        return ["osascript", "-e", script, sentence, TITLE]
    for program, options in (("kdialog", ["--title", TITLE, "--sorry"]), ("xmessage", ["-center"])):
        if shutil.which(program):
            return [program, *options, sentence]
    if shutil.which("zenity"):
        return ["zenity", "--error", "--no-markup", f"--title={TITLE}", f"--text={sentence}"]
    return []
