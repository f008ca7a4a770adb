"""DaVinci Resolve's side of the bridge: answers what talkies asks of an editor (core/hosts/bridge.py)."""

from __future__ import annotations

from contextlib import suppress
from fractions import Fraction
from typing import Any, NamedTuple

from . import markers, reading
from .placing import AUDIO, VIDEO, Placing, Removed
from .refusal import RefusedError, call

PROTOCOL = 1


class Done(NamedTuple):
    """One add_takes or add_pictures, as undo needs it. ``added``: the new tracks as they were asked for; ``markers``:
    old ones."""

    timeline: str
    added: list[Any]
    removed: list[Removed]
    markers: list[Any]
    imported: list[Any]
    kind: str = AUDIO


class Editor:
    """One running Resolve. Every method takes a request's parameters and returns its result; RefusedError if not."""

    def __init__(self, resolve: Any) -> None:
        self._resolve = resolve
        self._done: list[Done] = []

    def hello(self, params: Any) -> Any:
        product, version = call(self._resolve, "GetProductName"), call(self._resolve, "GetVersionString")
        return {"protocol": PROTOCOL, "name": f"{product} {version}"}

    def read_timeline(self, params: Any) -> Any:
        timeline = reading.open_timeline(self._resolve)
        path = reading.export(self._resolve, timeline, params["folder"])
        return {"timeline": path, "drop_frame": reading.clock_of(timeline).drop_frame}

    def audio_tracks(self, params: Any) -> Any:
        return {"tracks": reading.tracks(reading.open_timeline(self._resolve), AUDIO)}

    def picture_tracks(self, params: Any) -> Any:
        return {"tracks": reading.picture_tracks(reading.open_timeline(self._resolve))}

    def add_takes(self, params: Any) -> Any:
        return self._add(params, AUDIO)

    def add_pictures(self, params: Any) -> Any:
        return self._add(params, VIDEO)

    def _add(self, params: Any, kind: str) -> Any:
        timeline = reading.open_timeline(self._resolve)
        placing, names = Placing(self._resolve, timeline, kind), params.get("remove", [])
        tracks = placing.prepared(params["tracks"])
        warnings = placing.add(tracks)
        try:
            removed = placing.remove(names, newest=len(tracks))
        except Exception:
            for track in reversed(tracks):
                placing.take_back(track)
            placing.forget(placing.imported)
            raise
        old: list[Any] = []
        with suppress(Exception):  # the takes are in their place, with or without markers
            old = markers.remove(timeline, set(names)) if names and kind == AUDIO else []
            markers.add(timeline, tracks if kind == AUDIO else [])
        self._done.append(Done(_identity(timeline), tracks, removed, old, placing.imported, kind))
        count = int(call(timeline, "GetTrackCount", kind))
        shown = [reading.track(timeline, index, kind) for index in range(count - len(tracks) + 1, count + 1)]
        return {"tracks": shown, "warnings": warnings}

    def undo(self, params: Any) -> Any:
        if not self._done:
            raise RefusedError("OutputError", "undo: there is nothing to undo since talkies was opened")
        timeline, last = reading.open_timeline(self._resolve), self._done[-1]
        if _identity(timeline) != last.timeline:
            raise RefusedError(
                "OutputError", "undo: another timeline is shown; open the one that the takes were added to"
            )
        placing = Placing(self._resolve, timeline, last.kind)
        for track in reversed(last.added):
            placing.take_back(track)
        markers.remove(timeline, {track["name"] for track in last.added})
        placing.restore(last.removed)
        markers.restore(timeline, last.markers)
        placing.forget(last.imported)
        self._done.pop()
        return {}

    def move_playhead(self, params: Any) -> Any:
        timeline = reading.open_timeline(self._resolve)
        clock = reading.clock_of(timeline)
        last = max(int(call(timeline, "GetEndFrame")) - 1, clock.start)
        timecode = clock.timecode(min(clock.frame(Fraction(params["position"])), last))
        call(timeline, "SetCurrentTimecode", timecode)
        if _digits(call(timeline, "GetCurrentTimecode")) != _digits(timecode):
            raise RefusedError("OutputError", f"DaVinci Resolve did not go to {timecode}; open the Edit page")
        return {}


def _identity(timeline: Any) -> str:
    return str(call(timeline, "GetUniqueId"))


def _digits(timecode: Any) -> str:
    return "".join(character for character in str(timecode) if character.isdigit())
