"""Targets: what is done with a mutated file, as users and their programs would do it. Runs in the child (child.py).

Each takes a folder in which the file and what belongs to it lie, and returns what was said; whatever it raises is a
finding, and so is a sentence that shows what a terminal would obey.
"""

from __future__ import annotations

import contextlib
import io
import json
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from talkies.core.errors import TalkiesError
from talkies.core.times import TimeRange
from talkies.plugin.cli import main


class FindingError(Exception):
    """What should not have happened, though nothing was raised."""


def inspect(path: Path) -> str:
    """``talkies inspect PATH``: what is printed."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(["inspect", str(path)])
    said = err.getvalue() or out.getvalue()
    if code not in (0, 2) or "internal error in talkies" in err.getvalue():
        raise FindingError(f"exit {code}: {err.getvalue().strip()[-300:]}")
    if any(
        (ord(letter) < 32 and letter not in "\n\t") or letter == "\x7f" for letter in out.getvalue() + err.getvalue()
    ):
        raise FindingError(f"control characters are printed: {said[:300]!r}")
    if code == 2 and len(err.getvalue().strip().splitlines()) != 1:
        raise FindingError(f"not one sentence: {err.getvalue()[:300]!r}")
    return said[:200]


def subtitles(path: Path) -> str:
    """The file lies beside a movie of its name."""
    return inspect(path.with_name("film.mp4"))


def media(path: Path) -> str:
    """The movie is looked at as well: its first second, as the engine would see it."""
    from talkies.core.conditioning.picture.look import look_at
    from talkies.core.timeline import read_timeline

    said = inspect(path)
    with contextlib.suppress(TalkiesError):
        for segment in read_timeline(path).segments[:1]:
            first = replace(segment, record=_first_second(segment.record), source=_first_second(segment.source))
            look_at(first, Fraction(0))
    return said


def _first_second(span: TimeRange) -> TimeRange:
    return TimeRange(span.start, min(span.end, span.start + 1))


def weights(path: Path) -> str:
    from talkies.core.engines.mini import MiniEngine

    try:
        MiniEngine.load(path, "cpu")
    except TalkiesError as error:
        return str(error)[:200]
    return "loaded"


def work(path: Path) -> str:
    """``film.talkies/work.json`` beside a timeline that the panel opens."""
    from talkies.ui.work.opening import load

    try:
        opened = load(path.parent.with_suffix(".otio"))
    except TalkiesError as error:
        return str(error)[:200]
    opened.store.close()
    return f"opened, {len(opened.notes)} notes"


def worker(path: Path) -> str:
    """Its lines on the worker's standard input: each is answered, and the worker lives until the last."""
    from talkies.core.errors import ArgumentError
    from talkies.plugin.commands.worker import Worker

    def no_engine(*_: object) -> None:
        raise ArgumentError("engine", "is not part of this")

    answers = _Kept()
    said = path.read_bytes() + b'\n{"id": "last", "method": "nothing"}\n'  # no part of it is empty, which says the end
    with contextlib.chdir(path.parent):
        Worker(answers, no_engine).serve([said])  # type: ignore[arg-type]
    lines = [json.loads(line) for line in answers.getvalue().splitlines()]
    ours = {error.__name__ for error in _errors(TalkiesError)}
    inside = [line for line in lines if line.get("event") == "error" and line["error"]["kind"] not in ours]
    if inside:
        raise FindingError(str(inside[0])[:300])
    if b'"quit"' not in path.read_bytes() and not any(line.get("id") == "last" for line in lines):
        raise FindingError("the worker ended before its last line")
    return f"{len(lines)} answers"


def _errors(root: type[Exception]) -> set[type[Exception]]:
    return {root}.union(*(_errors(error) for error in root.__subclasses__()))


class _Kept(io.BytesIO):
    def close(self) -> None:
        """What was written is still to be read."""


TARGETS: dict[str, Callable[[Path], str]] = {
    "timelines": inspect,
    "subtitles": subtitles,
    "media": media,
    "weights": weights,
    "work": work,
    "worker": worker,
}
