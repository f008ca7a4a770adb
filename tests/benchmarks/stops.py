"""How many functions of ours a request passes on its way to the first segment: ``python tests/benchmarks/stops.py``.

The walk begins when a :class:`Request` has been made and ends at the engine's first call, which prepares the first
sound of the first segment. ``sys.setprofile`` tells of every function that is entered meanwhile in the thread that
makes the sound. Each is counted once, however often it is entered. Not counted: lambdas and comprehensions, which have
no name to go to; methods that dataclasses write themselves; other people's code.

stops        what a reader of the story meets: every function in the room of ``render`` (private helpers and callbacks
             too), and of every other room the functions that are called from there: its doors. What happens behind a
             door is that room's own walk. The words that all rooms share (``WORDS``) are not stops.
preflight    as the plan of the house counted: from the timeline that was read until the first segment is looked at,
             every function in whatever room, behind doors and among words too.
all          every function of ours on the whole way, reading and looking at the picture included.

To count an older commit, run this file in a checkout of it, in an environment that has no other talkies.
The film has two shots, two lines of dialogue and a sound in brackets; effects and dialogue are made.
"""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from films import write_movie, write_reel

import talkies.core
from talkies.core.engines import base

try:
    from talkies.core.generation.render import render
    from talkies.core.generation.request import Request
except ModuleNotFoundError:  # before the rooms (ddad750), to count what was there
    from talkies.core.render import render  # type: ignore[import-not-found,no-redef]
    from talkies.core.request import Request  # type: ignore[import-not-found,no-redef]

WORDS = ("errors.py", "times.py", "segment.py", "events.py", "progress.py")
CUES = [(2, 10, "ANNA: Hello there."), (12, 20, "[door slams]"), (30, 40, "BORIS: Good morning.")]
CORE = Path(os.path.realpath(talkies.core.__path__[0]))
HOME = Path(os.path.realpath(render.__code__.co_filename)).relative_to(CORE).parent


class ReachedError(BaseException):
    """The engine's first call."""


class FirstCall:
    """An engine of which nothing matters but that it is called."""

    name, licence, weights_hash, sample_rate = "first", "", "0" * 64, 48_000
    default_steps, default_guidance = 1, 1.0

    @classmethod
    def load(cls, weights: Path | None, device: str) -> FirstCall:
        return cls()

    def prepare(self, *_: Any) -> None:
        sys.setprofile(None)
        raise ReachedError

    foley = dialogue = joint = prepare


@dataclass
class Walk:
    """Functions in the order in which they are entered, each with its file below ``core``."""

    stops: list[str] = field(default_factory=list)
    preflight: list[str] = field(default_factory=list)
    every: list[str] = field(default_factory=list)
    _read: bool = False
    _looking: bool = False

    def profile(self, frame: FrameType, event: str, _: object) -> None:
        """What ``sys.setprofile`` calls."""
        file, name = _place(frame), frame.f_code.co_qualname
        if file is None or event not in ("call", "return"):
            return
        if event == "return":
            self._read = self._read or name == "read_timeline"
            return
        self._looking = self._looking or name.split(".")[-1] == "look"
        label = f"core/{file.as_posix()}: {name}"
        _note(self.every, label)
        if self._read and not self._looking:
            _note(self.preflight, label)
        if str(file) not in WORDS and (file.parent == HOME or _caller(frame) == HOME):
            _note(self.stops, label)


def _note(labels: list[str], label: str) -> None:
    if label not in labels:
        labels.append(label)


def _place(frame: FrameType) -> Path | None:
    """The file of a function of ours below ``core``; None for others' and for what has no name."""
    path = Path(frame.f_code.co_filename)
    if frame.f_code.co_name.startswith("<"):
        return None
    path = Path(os.path.realpath(path))
    return path.relative_to(CORE) if path.is_relative_to(CORE) else None


def _caller(frame: FrameType) -> Path | None:
    """The room that a function was called from: that of the nearest function of ours which is not a word."""
    back = frame.f_back
    while back is not None:
        path = Path(os.path.realpath(back.f_code.co_filename))
        if path.is_relative_to(CORE) and str(path.relative_to(CORE)) not in WORDS:
            return path.relative_to(CORE).parent
        back = back.f_back
    return None


def walk(folder: Path) -> Walk:
    """One request from its making to the engine's first call; ``folder`` is empty. Torch is loaded beforehand."""
    import torch  # noqa: F401 - what it does while it is imported is not part of the way

    write_movie(folder / "film.mp4", 3)
    reel = write_reel(folder / "reel.otio", ["film.mp4", "film.mp4"], cues=CUES, start=25)
    base.ENGINES["first"] = f"{FirstCall.__module__}:FirstCall"
    sys.modules.setdefault(FirstCall.__module__, sys.modules[__name__])
    try:
        for attempt in ("imported", "counted"):  # what a module does while it is imported is not part of the way
            found, story = Walk(), render(Request(reel, folder / f"{attempt}.otio", engine="first"))
            sys.setprofile(found.profile)
            with suppress(ReachedError):
                list(story)
    finally:
        sys.setprofile(None)
        del base.ENGINES["first"]
    return found


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        found = walk(Path(folder))
    print("\n".join(found.stops))
    print(f"{len(found.stops)} stops, {len(found.preflight)} in preflight, {len(found.every)} functions in all")


if __name__ == "__main__":
    main()
