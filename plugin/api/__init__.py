"""Python API: give silent film its sound from a script. This file is what ``import talkies`` imports.

    timeline = talkies.read_timeline(path)      what is in a timeline: segments, cues, warnings
    request = talkies.Request(path, out, ...)   what to make of it, checked at once
    for event in talkies.render(request): ...   made and written, step by step

Importing talkies loads nothing else: each name is fetched from :mod:`talkies.core` when it is first used, and torch
only when an engine is loaded. docs/python.md has an example.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from talkies.core.engines import Engine, load_engine
    from talkies.core.errors import CancelledError, InputError, OutputError, TalkiesError
    from talkies.core.events import Event, Failed, Finished, Progress, TakeReady, Warned
    from talkies.core.generation.render import render
    from talkies.core.generation.request import Request
    from talkies.core.segment import Cue, Segment, Take, Timeline
    from talkies.core.timeline import read_timeline

    __version__: str

__all__ = [
    "CancelledError",
    "Cue",
    "Engine",
    "Event",
    "Failed",
    "Finished",
    "InputError",
    "OutputError",
    "Progress",
    "Request",
    "Segment",
    "Take",
    "TakeReady",
    "TalkiesError",
    "Timeline",
    "Warned",
    "__version__",
    "load_engine",
    "read_timeline",
    "render",
]

_HOMES = {
    "talkies.core.engines": ("Engine", "load_engine"),
    "talkies.core.errors": ("CancelledError", "InputError", "OutputError", "TalkiesError"),
    "talkies.core.events": ("Event", "Failed", "Finished", "Progress", "TakeReady", "Warned"),
    "talkies.core.generation.render": ("render",),
    "talkies.core.generation.request": ("Request",),
    "talkies.core.segment": ("Cue", "Segment", "Take", "Timeline"),
    "talkies.core.timeline": ("read_timeline",),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        value: Any = version("talkies")
    elif name in _HOME:
        value = getattr(importlib.import_module(_HOME[name]), name)
    else:
        raise AttributeError(f"module 'talkies' has no attribute {name!r}")
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
