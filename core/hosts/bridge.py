"""Bridge: an editor in another process as a :class:`Host`, asked and answering in lines of JSON.

    → {"id": 3, "method": "audio_tracks", "params": {}}
    ← {"id": 3, "result": {"tracks": [{"name": "A1", "clips": [{"name": "wind", "start": "0", "end": "5/2"}]}]}}
    ← {"id": 3, "error": {"kind": "OutputError", "message": "one sentence"}}
    ← {"event": "closed"}

Methods: hello, read_timeline, audio_tracks, add_takes, picture_tracks, add_pictures, undo, move_playhead. All times
are exact fractions of seconds ("12/5") from the timeline's first frame. The editor's side is small: it removes the
tracks that are named, adds tracks with clips, and reads them back; it is one undo step, and a failure leaves nothing.
tests/bridged_editor.py is such a side, in the standard library alone. An exported timeline may come with
"drop_frame": true, which .otio cannot say, and with "warnings"; hello's answer with the "version" of the editor's copy
of talkies (core/hosts/handshake.py).
Everything that comes back is checked before it is believed.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from threading import Lock
from typing import Any, Final, TextIO, TypeVar

from talkies.core.errors import CancelledError, MediaError, OutputError, TalkiesError, TimelineError
from talkies.core.hosts.handshake import VERSIONS, cure_in, outdated
from talkies.core.hosts.host import AudioTrack, Conflict, PlacedClip, Placement
from talkies.core.hosts.json_lines import ClosedError, LateError, QuestionLine, RefusedError
from talkies.core.hosts.placement import Placing, differences, plan_placing
from talkies.core.segment import Take, Timeline
from talkies.core.timeline.reading import read_timeline
from talkies.core.timeline.structure.tracks import Lane, clip_metadata
from talkies.core.times import TimeRange, may_drop_frames

Value = TypeVar("Value")

PROTOCOL: Final = 1
TIMEOUT_S: Final = 300.0
"""How long an answer may take: an editor says nothing while it shows a dialog of its own."""

_KINDS: dict[str, type[TalkiesError]] = {
    kind.__name__: kind for kind in (TimelineError, MediaError, OutputError, CancelledError)
}
_SECONDS = re.compile(r"-?[0-9]{1,18}(/[0-9]{1,18})?")


class BridgedHost:
    """The editor whose answers come in on ``answers`` and who reads ``requests``; it exports timelines to ``folder``.

    May be used from any thread. Nothing is asked before the first call, so that a busy editor delays no window.
    """

    def __init__(self, requests: TextIO, answers: TextIO, folder: Path, timeout_s: float = TIMEOUT_S) -> None:
        self._line = QuestionLine(requests, answers, timeout_s)
        self._folder = folder
        self._name = ""
        self._greeted: tuple[str, ...] = ()
        self._greeting = Lock()

    @property
    def name(self) -> str:
        """As the editor introduced itself: "Blender 5.0.1"."""
        return self._name or "the editor"

    def when_closed(self, tell: Callable[[], object]) -> None:
        """``tell`` is called once, in another thread, when the editor goes; at once when it is gone."""
        self._line.when_closed(tell)

    def read_timeline(self) -> Timeline:
        """See :class:`Host`. Raises TimelineError."""
        folder = self._folder.absolute()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            problem = f"cannot be made ({(error.strerror or 'refused').lower()})"
            raise TimelineError(folder, problem, "name another folder for the editor's timeline") from error
        answer = self._ask("read_timeline", {"folder": str(folder)}, TimelineError)
        path = folder / self._checked(lambda: _text(answer, "timeline"), TimelineError)
        if path.suffix.lower() != ".otio" or not path.resolve().is_relative_to(folder.resolve()):
            raise TimelineError(self.name, f"exported {str(path)[:300]}, not an .otio file in {folder}", VERSIONS)
        if not os.path.isfile(path):  # noqa: PTH113 - Path raises where a name is too long for any file
            raise TimelineError(self.name, f"says it exported {path.name[:80]}, which does not exist", "try again")
        timeline, said = read_timeline(path), self._checked(lambda: _texts(answer, "warnings"), TimelineError)
        drop_frame = answer.get("drop_frame") is True and may_drop_frames(timeline.rate)
        return replace(timeline, drop_frame=drop_frame, warnings=(*self._greeted, *said, *timeline.warnings))

    def audio_tracks(self) -> tuple[AudioTrack, ...]:
        """See :class:`Host`. Raises OutputError."""
        answer = self._ask("audio_tracks", {})
        return self._checked(lambda: _tracks(answer))

    def add_takes(self, takes: Sequence[Take], conflict: Conflict = "new") -> Placement:
        """See :class:`Host`. Where the editor answers too late, what it did is undone as soon as it answers."""
        return self._add("add_takes", plan_placing(takes, self.audio_tracks(), conflict))

    def picture_tracks(self) -> tuple[AudioTrack, ...]:
        """See :class:`Host`. Raises OutputError."""
        answer = self._ask("picture_tracks", {})
        return self._checked(lambda: _tracks(answer))

    def add_pictures(self, takes: Sequence[Take], conflict: Conflict = "new") -> Placement:
        """See :class:`Host`; where the editor answers too late, as :meth:`add_takes`."""
        return self._add("add_pictures", plan_placing(takes, self.picture_tracks(), conflict))

    def _add(self, method: str, plan: Placing) -> Placement:
        skipped = tuple(take.name for take in plan.skipped)
        if not plan.lanes:
            return Placement((), skipped=skipped)
        wanted = {"tracks": [_track(lane) for lane in plan.lanes], "remove": list(plan.removed)}
        answer = self._ask(method, wanted, undo={"method": "undo", "params": {}})
        try:
            tracks, warnings = _tracks(answer), _texts(answer, "warnings")
        except ValueError as error:  # what cannot be understood cannot be trusted to be right: it goes again
            with suppress(TalkiesError):
                self.undo()
            raise self._garbled(error, OutputError) from error
        return Placement(tracks, plan.removed, skipped, (*warnings, *differences(plan.lanes, tracks)))

    def undo(self) -> None:
        """See :class:`Host`."""
        self._ask("undo", {})

    def move_playhead(self, position: Fraction) -> None:
        """See :class:`Host`."""
        self._ask("move_playhead", {"position": str(position)})

    def _ask(
        self,
        method: str,
        params: dict[str, Any],
        error: type[TalkiesError] = OutputError,
        undo: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        """The ``result`` of an answer. Raises ``error``, or the kind that the editor names."""
        self._greet()
        return self._answer(method, params, error, undo)

    def _greet(self) -> None:
        with self._greeting:
            if self._name:
                return
            answer = self._answer("hello", {}, OutputError, None)
            name = self._checked(lambda: _text(answer, "name"))
            if answer.get("protocol") != PROTOCOL:
                problem = (
                    f"speaks version {answer.get('protocol')!r} of the bridge, and this talkies version {PROTOCOL}"
                )
                raise OutputError(name, " ".join(problem.split())[:200], cure_in(name))
            self._name = " ".join(name.split())[:80]
            self._greeted = tuple(filter(None, [outdated(self._name, answer.get("version"))]))

    def _answer(
        self, method: str, params: dict[str, Any], error: type[TalkiesError], undo: dict[str, Any] | None
    ) -> dict[str, Any]:
        try:
            return self._line.ask(method, params, undo)
        except RefusedError as refusal:
            kind = _KINDS.get(refusal.kind, error)
            raise kind(self.name, refusal.message.removeprefix(f"{self.name}: ")) from refusal
        except ClosedError as closed:
            cure = "what you made is kept: write it to a file, or open the panel from the editor again"
            raise error(self.name, "is closed or has closed the connection", cure) from closed
        except LateError as late:
            problem = f"has not answered for {late.waited_s:g} s"
            raise error(self.name, problem, "close the dialogs that are open in it and try again") from late
        except ValueError as garbled:
            raise self._garbled(garbled, error) from garbled

    def _checked(self, parse: Callable[[], Value], error: type[TalkiesError] = OutputError) -> Value:
        try:
            return parse()
        except ValueError as garbled:
            raise self._garbled(garbled, error) from garbled

    def _garbled(self, why: ValueError, error: type[TalkiesError]) -> TalkiesError:
        return error(self.name, f"sent an answer that talkies does not understand ({why})", VERSIONS)


def _track(lane: Lane) -> dict[str, Any]:
    """A new track as it is sent to the editor."""
    clips = [
        {
            "name": take.name,
            "file": str(take.path.absolute()),
            "start": str(take.record.start),
            "duration": str(take.record.duration),
            "head_handle": str(take.head_handle),
            "tail_handle": str(take.tail_handle),
            "metadata": clip_metadata(take),
        }
        for take in lane.takes
    ]
    facts = {"name": lane.name, "stem": lane.stem, "channels": lane.channels, "enabled": lane.enabled}
    return {**facts, "clips": clips}


def _tracks(answer: dict[str, Any]) -> tuple[AudioTrack, ...]:
    return tuple(
        AudioTrack(_text(track, "name"), tuple(_clip(clip) for clip in _objects(track, "clips")))
        for track in _objects(answer, "tracks")
    )


def _clip(clip: dict[str, Any]) -> PlacedClip:
    start, end = _seconds(clip, "start"), _seconds(clip, "end")
    if end < start:
        raise ValueError(f"the clip {clip.get('name')!r} ends before it starts")
    file = _text(clip, "file") if clip.get("file") is not None else ""
    return PlacedClip(_text(clip, "name"), TimeRange(start, end), Path(file) if file else None)


def _objects(value: dict[str, Any], key: str) -> list[dict[str, Any]]:
    items = value.get(key)
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise ValueError(f"{key!r} is not a list of objects")
    return items


def _texts(value: dict[str, Any], key: str) -> tuple[str, ...]:
    items = value.get(key, [])
    if not isinstance(items, list) or not all(isinstance(item, str) for item in items):
        raise ValueError(f"{key!r} is not a list of sentences")
    return tuple(" ".join(item.split()) for item in items)


def _text(value: dict[str, Any], key: str) -> str:
    text = value.get(key)
    if not isinstance(text, str):
        raise ValueError(f"{key!r} is not text")
    if "\0" in text:
        raise ValueError(f"{key!r} holds a character that no name has")
    return text


def _seconds(value: dict[str, Any], key: str) -> Fraction:
    """Exact seconds. Only digits: an exponent could stand for more digits than there is memory."""
    text = value.get(key)
    if not isinstance(text, str) or not _SECONDS.fullmatch(text):
        raise ValueError(f"{key!r} is not an exact time like '12/5'")
    try:
        return Fraction(text)
    except ZeroDivisionError:
        raise ValueError(f"{key!r} is a division by zero") from None
