"""Placement of takes on new tracks of sound or of picture, and what Resolve has really done with them.

Traps that this file is built around (measured by others on 20.x and 21.x, see docs/editors.md):
- ``endFrame`` is exclusive, ``recordFrame`` absolute, ``startFrame`` counts in the *file's* frames;
- a sound file has the frame rate that the project had when it was imported, unless it can be set;
- a clip that overlaps another one is dropped, or cut short, without a word;
- what a function returns proves nothing: everything is read again;
- a file that is in the bin already is not imported again, and nothing is returned;
- while a dialog is open, or the timeline renders, functions do nothing.
"""

from __future__ import annotations

import json
import os
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from .conforming import ready
from .frames import exact_rate, round_half_up
from .reading import clock_of, file_of, items_of
from .refusal import BUSY, RefusedError, call, optional

BIN = "Talkies"
OTHER_RATE = "because DaVinci Resolve counts its file at another frame rate; move it by hand on the Fairlight page"
SURE = Fraction(1, 1000)
AUDIO, VIDEO = "audio", "video"
MEDIA_TYPES = {VIDEO: 1, AUDIO: 2}
"""Of what is appended, only this."""


@dataclass(frozen=True)
class Removed:
    """A track that was taken away, as it is put back. ``clips``: what AppendToTimeline wants, and whether it sounds."""

    name: str
    kind: str
    index: int
    clips: list[Any]


class Placing:
    """Works on the tracks of one kind of one timeline. ``imported``: the files that this has brought into the bin."""

    def __init__(self, resolve: Any, timeline: Any, kind: str = AUDIO) -> None:
        project = call(call(resolve, "GetProjectManager"), "GetCurrentProject")
        self._timeline, self._pool = timeline, call(project, "GetMediaPool")
        self._clock, self._kind = clock_of(timeline), kind
        self.imported: list[Any] = []

    def prepared(self, tracks: list[Any]) -> list[Any]:
        """Copies of the tracks, with files that are there and begin on a frame."""
        return [dict(track, clips=[dict(self._ready(clip)) for clip in track["clips"]]) for track in tracks]

    def _ready(self, clip: Any) -> Any:
        """Pictures begin on frames as they are."""
        if self._kind == VIDEO and not Path(clip["file"]).is_file():
            raise RefusedError("OutputError", f"{clip['file']}: is not there; generate the take again")
        return clip if self._kind == VIDEO else ready(clip, self._clock.rate)

    def add(self, tracks: list[Any]) -> list[str]:
        """New tracks at the end; sentences on what is not quite as asked. RefusedError leaves nothing behind."""
        before, warnings = self._count(), []
        try:
            for track in tracks:
                warnings += self._add_track(track)
        except Exception:
            while self._count() > before:
                self._delete(self._count())
            self.forget(self.imported)
            raise
        return warnings

    def _add_track(self, track: Any) -> list[str]:
        index = self._new_track("stereo" if track["channels"] == 2 else "mono", track["name"])
        expected: dict[int, str] = {}
        warnings: list[str] = []
        for clip in track["clips"]:
            medium = self._medium(clip)
            start = self._clock.frame(Fraction(clip["start"]))
            end = self._clock.frame(Fraction(clip["start"]) + Fraction(clip["duration"]))
            begin = self._clock.frame(Fraction(clip["start"]) - Fraction(clip["head_handle"]))
            source, slip = self._source(medium, start - begin, end - start)
            info = dict(
                source, mediaPoolItem=medium, recordFrame=start, trackIndex=index, mediaType=MEDIA_TYPES[self._kind]
            )
            call(self._pool, "AppendToTimeline", [info])
            clip["file"] = str(call(medium, "GetClipProperty", "File Path"))  # as Resolve spells it
            expected[start] = clip["name"]
            if slip > SURE:
                warnings.append(f"{clip['name']}: is {float(slip * 1000):.0f} ms off its position, {OTHER_RATE}")
        self._compare(index, expected)
        return warnings if track.get("enabled", True) else warnings + self._silence(index, track["name"])

    def _compare(self, index: int, expected: dict[int, str]) -> None:
        """Refuses when a clip is not where it should begin; whether it is long enough is seen by talkies."""
        found = {round(item.GetStart()) for item in items_of(self._timeline, index, self._kind)}
        for start, name in expected.items():
            if start not in found:
                raise RefusedError("OutputError", f"{name}: DaVinci Resolve dropped it silently; {BUSY}")

    def _source(self, medium: Any, head: int, frames: int) -> tuple[Any, Fraction]:
        """The shown part in the file's own frames, given in the timeline's, and by how many seconds it is off.

        Where the file's rate is another one and stays so, the part never reaches beyond the take's end: it would push
        out the next one.
        """
        rate = exact_rate(call(medium, "GetClipProperty", "FPS"))
        if rate != self._clock.rate:
            call(medium, "SetClipProperty", "FPS", _as_text(self._clock.rate))
            rate = exact_rate(call(medium, "GetClipProperty", "FPS")) or self._clock.rate
        ratio = rate / self._clock.rate
        first = round_half_up(head * ratio)
        source = {"startFrame": first, "endFrame": first + int(frames * ratio)}
        return source, abs(first / rate - head / self._clock.rate)

    def _medium(self, clip: Any) -> Any:
        """The file in our bin, imported if it is not there yet."""
        folder = self._bin()
        known = _in_folder(folder, clip["file"])
        if known is not None:
            return known
        shown = call(self._pool, "GetCurrentFolder")
        call(self._pool, "SetCurrentFolder", folder)
        try:
            call(self._pool, "ImportMedia", [clip["file"]])
        finally:
            call(self._pool, "SetCurrentFolder", shown)
        medium = _in_folder(folder, clip["file"])
        if medium is None:
            raise RefusedError("OutputError", f"{clip['file']}: DaVinci Resolve did not import it; {BUSY}")
        self.imported.append(medium)
        call(medium, "SetClipProperty", "Clip Name", clip["name"])
        optional(medium, "SetThirdPartyMetadata", {"talkies": json.dumps(clip.get("metadata", {}))})
        return medium

    def _bin(self) -> Any:
        root = call(self._pool, "GetRootFolder")
        for folder in call(root, "GetSubFolderList") or []:
            if folder.GetName() == BIN:
                return folder
        shown = call(self._pool, "GetCurrentFolder")
        folder = call(self._pool, "AddSubFolder", root, BIN)
        call(self._pool, "SetCurrentFolder", shown)  # a new bin is shown at once
        if not folder:
            raise RefusedError("OutputError", f"DaVinci Resolve did not make the bin {BIN!r}; {BUSY}")
        return folder

    def forget(self, media: Iterable[Any]) -> None:
        """Takes files out of the bin that no timeline uses."""
        unused = [medium for medium in media if str(medium.GetClipProperty("Usage")) == "0"]
        if unused:
            call(self._pool, "DeleteClips", unused)

    def remove(self, names: list[str], newest: int) -> list[Removed]:
        """Takes away the tracks of these names, but not the last ``newest`` ones; how to put them back, in order."""
        removed: list[Removed] = []
        try:
            for index in range(self._count() - newest, 0, -1):
                name = str(call(self._timeline, "GetTrackName", self._kind, index))
                if name in names:
                    kind = self._sub_type(index) or "stereo"
                    clips = [_as_placed(item) for item in items_of(self._timeline, index, self._kind)]
                    self._delete(index)
                    removed.insert(0, Removed(name, kind, index, clips))
        except Exception:
            self.restore(removed)
            raise
        return removed

    def restore(self, removed: list[Removed]) -> None:
        """Puts tracks back to where they were."""
        for track in removed:
            index = self._new_track(track.kind, track.name, track.index)
            for info, _ in track.clips:
                call(self._pool, "AppendToTimeline", [dict(info, trackIndex=index, mediaType=MEDIA_TYPES[self._kind])])
            for number, item in enumerate(items_of(self._timeline, index, self._kind)):
                if not track.clips[number][1]:
                    call(item, "SetClipEnabled", False)

    def take_back(self, track: Any) -> None:
        """Removes the last track of its name that holds its files; what the user has added to it stays."""
        name, files = track["name"], {_comparable(clip["file"]) for clip in track["clips"]}
        for index in range(self._count(), 0, -1):
            items = items_of(self._timeline, index, self._kind)
            ours = [item for item in items if _comparable(file_of(item) or "") in files]
            if ours and call(self._timeline, "GetTrackName", self._kind, index) == name:
                if len(ours) == len(items):
                    self._delete(index)
                else:
                    call(self._timeline, "DeleteClips", ours, False)
                return

    def _new_track(self, kind: str, name: str, index: int | None = None) -> int:
        """A track before which ``index`` - 1 others are, else the last one; ``kind``: mono or stereo, of sound."""
        before = self._count()
        place = {"index": index} if index is not None and index <= before else {}
        options = {"audioType": kind, **place} if self._kind == AUDIO else place
        call(self._timeline, "AddTrack", self._kind, *([options] if options else []))
        if self._count() == before:  # versions before 19 want the kind alone, and add at the end
            call(self._timeline, "AddTrack", *([AUDIO, kind] if self._kind == AUDIO else [VIDEO]))
            place = {}
        index = place.get("index", before + 1)
        if self._count() != before + 1 or self._sub_type(index) not in (kind, None):
            what = f"a {kind} audio track" if self._kind == AUDIO else "a video track"
            raise RefusedError("OutputError", f"DaVinci Resolve did not add {what}; {BUSY}")
        call(self._timeline, "SetTrackName", self._kind, index, name)
        return index

    def _silence(self, index: int, name: str) -> list[str]:
        """Second takes are there, but do not sound. Some versions do not say whether a track is off: clips do."""
        call(self._timeline, "SetTrackEnable", self._kind, index, False)
        for item in items_of(self._timeline, index, self._kind):
            call(item, "SetClipEnabled", False)
        enabled = any(call(item, "GetClipEnabled") for item in items_of(self._timeline, index, self._kind))
        return [f"{name}: holds other takes and could not be disabled; mute it"] if enabled else []

    def _delete(self, index: int) -> None:
        before = self._count()
        call(self._timeline, "DeleteTrack", self._kind, index)
        if self._count() != before - 1:
            raise RefusedError("OutputError", f"DaVinci Resolve did not delete {self._kind} track {index}; {BUSY}")

    def _sub_type(self, index: int) -> Any:
        """Mono or stereo; None where this version does not tell, and for pictures."""
        return optional(self._timeline, "GetTrackSubType", AUDIO, index) if self._kind == AUDIO else None

    def _count(self) -> int:
        return int(call(self._timeline, "GetTrackCount", self._kind) or 0)


def _in_folder(folder: Any, file: str) -> Any:
    wanted = _comparable(file)
    clips = call(folder, "GetClipList") or []
    return next((clip for clip in clips if _comparable(str(clip.GetClipProperty("File Path"))) == wanted), None)


def _comparable(path: str) -> str:
    return os.path.normcase(os.path.realpath(unicodedata.normalize("NFC", path)))


def _as_placed(item: Any) -> Any:
    first = int(item.GetLeftOffset())  # GetSourceStartFrame is of 19.0.2, and one off at times
    info = {"mediaPoolItem": item.GetMediaPoolItem(), "recordFrame": int(item.GetStart())}
    return dict(info, startFrame=first, endFrame=first + int(item.GetDuration())), bool(item.GetClipEnabled())


def _as_text(rate: Fraction) -> str:
    """As Resolve writes rates: 24, 23.976, 29.97."""
    return f"{float(rate):.3f}".rstrip("0").rstrip(".")
