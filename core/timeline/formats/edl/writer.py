"""Edit decision lists (CMX 3600) with the takes as events of sound, each of which names its WAV.

    cut.edl                   picture, and up to four channels of sound: as many as CMX 3600 has
    cut.V2.edl                one list for each further track of picture
    cut.PX-talkies.edl        one for the portraits
    cut.FX-talkies-2.edl      and for each further track of sound, and for takes that are alternatives

A WAV's timecode (``bext``) is that of its record position, so source and record times of a take are the same, and a
take that begins between frames stays in sync: only its cut is moved, by less than half a frame, into its handle.
An EDL that was read comes back byte for byte, with events added to its end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import ClassVar

import opentimelineio as otio

from talkies.core.errors import OutputError
from talkies.core.files.atomic import part_file
from talkies.core.segment import Take, Timeline
from talkies.core.timeline.formats.base import Writer, local_file, media_folder
from talkies.core.timeline.formats.edl.document import CHANNELS, EdlList, Entry, ListText, kept_list, one_line
from talkies.core.timeline.formats.losses import counted, flat_losses
from talkies.core.timeline.formats.otio.writer import OtioFile
from talkies.core.timeline.media.urls import path_readings
from talkies.core.timeline.structure.flattening import PICTURE, SOUND, TEXT, FlatClip, FlatTrack, flat_tracks, notes_of
from talkies.core.timeline.structure.sounds import OUR_NAME, track_name
from talkies.core.timeline.structure.tracks import Lane, lanes_of

_MOST_EVENTS = 999
_RESERVED_REELS = ("AX", "BL", "BLK", "BLACK")
"""Names that mean something to EDL readers: any file, and black."""


class EdlFile(Writer):
    """``.edl``."""

    title: ClassVar[str] = "EDL (CMX 3600) with WAVs"
    portraits: ClassVar[str] = (
        "an EDL has one track of picture: the portraits are a list of their own (NAME.PX-talkies.edl), to be conformed "
        "onto a track above"
    )

    def check(self, timeline: Timeline, out: Path) -> None:
        OtioFile().check(timeline, out)  # media inside a bundle cannot be linked to
        if _is_edl(timeline) and not timeline.path.is_file():
            raise OutputError(out, "the source timeline is missing", "read it again, or write an .otio")
        lists = _Lists(timeline, out)
        lists.refuse_input()
        if not timeline.segments and not any(each.head if _is_edl(timeline) else each.entries for each in lists.lists):
            raise OutputError(out, "the timeline holds no clips that an EDL could list", "write an .otio")

    def losses(self, timeline: Timeline) -> tuple[str, ...]:
        return tuple(_losses(timeline))

    def write(self, timeline: Timeline, takes: Sequence[Take], out: Path) -> None:
        lists = _Lists(timeline, out)
        lists.add_lanes(lanes_of(takes, (track_name(track) for track in timeline.document.tracks)))
        lists.refuse_input()
        for path, text in reversed(lists.texts()):  # the list that names the others comes last
            with part_file(path) as part:
                part.write_bytes(text)


def _is_edl(timeline: Timeline) -> bool:
    return timeline.path.suffix.lower() == ".edl"


class _Lists:
    """The EDLs that a timeline becomes."""

    def __init__(self, timeline: Timeline, out: Path) -> None:
        self.timeline, self.out = timeline, out
        self.lists: list[EdlList] = []
        self._reels = {f"\n{name}": name for name in _RESERVED_REELS}
        if _is_edl(timeline):
            self.lists.append(kept_list(timeline, out))
        else:
            shown = (track for track in flat_tracks(timeline) if any(map(_is_shown, track.clips)))
            tracks = [track for track in shown if track.kind != TEXT]
            pictures = [track for track in tracks if track.kind == PICTURE]
            self.lists.append(self._new(""))
            for number, track in enumerate(pictures):
                target = self.lists[0] if number == 0 else self._new(f"V{number + 1}")
                target.add((), [self._picture(clip) for clip in track.clips if _is_shown(clip)])
                self.lists += [target] if number else []
            for number, track in enumerate((track for track in tracks if track.kind == SOUND), start=1):
                self._place(f"A{number}", 1, [self._sound(track, clip) for clip in track.clips if _is_shown(clip)])

    def add_lanes(self, lanes: Sequence[Lane]) -> None:
        for lane in lanes:
            entries = [self._take(take, lane.name) for take in lane.takes]
            if lane.is_picture:
                self.lists.append(self._new(re.sub(r"\W+", "-", lane.name)))
                self.lists[-1].add((), entries)
                continue
            self._place(lane.name, lane.channels, entries, alone=not lane.enabled)

    def refuse_input(self) -> None:
        """Raises OutputError when one of the lists is the file that was read."""
        for path in self._paths():
            if path.resolve() == self.timeline.path.resolve():
                problem = f"a list of its own for another track ({path.name}) would take the place of what is read"
                raise OutputError(self.out, problem, "choose another name: the input is never changed")

    def texts(self) -> list[tuple[Path, bytes]]:
        rate, drop = self.timeline.rate, self.timeline.drop_frame
        written = (ListText(each, rate, drop).bytes() for each in self.lists)
        return list(zip(self._paths(), written, strict=True))

    def _paths(self) -> list[Path]:
        return [
            self.out.with_name(f"{self.out.stem}.{each.label}.edl") if each.label else self.out for each in self.lists
        ]

    def _place(self, name: str, channels: int, entries: Sequence[Entry], alone: bool = False) -> None:
        """Onto free channels of the first list, or else into a list of its own."""
        free = () if alone else self.lists[0].free(channels)
        if free:
            self.lists[0].add(free, entries)
        else:
            self.lists.append(self._new(re.sub(r"\W+", "-", name)))
            self.lists[-1].add(tuple(range(1, channels + 1)), entries)

    def _new(self, label: str) -> EdlList:
        title = one_line(f"{self.timeline.name} {label}".strip())[:70]
        mode = "DROP FRAME" if self.timeline.drop_frame else "NON-DROP FRAME"
        rate = f"{float(self.timeline.rate):.3f}".rstrip("0").rstrip(".")
        return EdlList(label, f"TITLE: {title}\r\nFCM: {mode}\r\n\r\n", rate)

    def _take(self, take: Take, track: str) -> Entry:
        own = take.record.shifted(self.timeline.start)
        played = take.shown if take.is_picture else own
        return Entry("AX", played, own, take.path.name, _file(take.path, self.out.parent), track)

    def _sound(self, track: FlatTrack, clip: FlatClip) -> Entry:
        entry = self._entry(clip, Fraction(1))
        ours = track.name if OUR_NAME.match(track.name) else ""
        return Entry(entry.reel, entry.source, entry.record, entry.name, entry.file, ours)

    def _picture(self, clip: FlatClip) -> Entry:
        return self._entry(clip, clip.speed)

    def _entry(self, clip: FlatClip, speed: Fraction) -> Entry:
        reference = clip.item.media_reference
        url = str(getattr(reference, "target_url", "") or "")
        found = local_file(url, media_folder(self.timeline)) if url else None
        stated = re.sub(r"^/(?=[A-Za-z]:)", "", next(iter(path_readings(url)), url))
        file = _file(found, self.out.parent) if found else one_line(stated)
        record = clip.record.shifted(self.timeline.start)
        name = clip.name or (found.name if found else "clip")
        return Entry(self._reel(clip, url or name), clip.source, record, one_line(name), file, speed=speed)

    def _reel(self, clip: FlatClip, key: str) -> str:
        """Eight letters and digits, the same for the same medium: its own reel name, or that of the file."""
        edl = clip.item.metadata.get("cmx_3600") or {}
        stated = str(edl.get("reel", "")) if hasattr(edl, "get") else ""
        if key not in self._reels:
            stem = Path(re.split(r"[/\\]", key)[-1]).stem
            base = (re.sub(r"[^A-Za-z0-9_]", "", stated or stem).upper() or "AX")[:8]
            name, count = base, 1
            while name in self._reels.values():
                count += 1
                name = f"{base[: 8 - len(str(count))]}{count}"
            self._reels[key] = name
        return self._reels[key]


def _is_shown(clip: FlatClip) -> bool:
    return clip.enabled and not isinstance(clip.item.media_reference, otio.schema.GeneratorReference)


def _file(path: Path, folder: Path) -> str:
    """As people write it: relative to the list when it lies beside or below it."""
    absolute, folder = path.resolve(), folder.resolve()
    return one_line(absolute.relative_to(folder).as_posix() if absolute.is_relative_to(folder) else str(absolute))


def _losses(timeline: Timeline) -> Iterator[str]:
    yield "an EDL names takes and their files, but not how they were made, and counts in whole frames"
    between = sum((segment.record.start * timeline.rate).denominator != 1 for segment in timeline.segments)
    if between:
        yield f"takes of {counted(between, 'clip')} begin between frames: their cuts move to the nearest one, in sync"
    if _is_edl(timeline):
        return
    yield from flat_losses(timeline, "an EDL")
    tracks = flat_tracks(timeline)
    clips = [(track.kind, clip) for track in tracks for clip in track.clips if track.kind != TEXT]
    if min((clip.record.start for _, clip in clips), default=0) > 0:
        yield "an EDL has no empty time before its first clip: the timeline begins with it"
    pictures, sounds = (sum(track.kind == kind for track in tracks) for kind in (PICTURE, SOUND))
    if pictures > 1:
        yield f"{counted(pictures, 'track')} of picture become a list each, beside the first (NAME.V2.edl)"
    if sounds > CHANNELS:
        yield f"{counted(sounds, 'track')} of sound: an EDL has four channels, the rest become lists of their own"
    elif sounds:
        yield f"a channel without a name, also for stereo, in place of {counted(sounds, 'track')} of sound"
    if words := sum(track.kind == TEXT for track in tracks):
        yield f"an EDL has no subtitles; left out: {counted(words, 'track')} of words"
    if notes := len(notes_of(timeline)):
        yield f"an EDL has no place for {counted(notes, 'marker')}"
    if disabled := sum(not clip.enabled for _, clip in clips):
        yield f"left out of an EDL: {counted(disabled, 'clip')} (disabled)"
    speeds = (clip.speed * timeline.rate * 10 for kind, clip in clips if kind == PICTURE)
    if rounded := sum(speed.denominator != 1 for speed in speeds):
        yield f"the speed of {counted(rounded, 'clip')} is rounded to a tenth of a frame per second"
    if len(clips) > _MOST_EVENTS:
        yield f"{len(clips)} events are more than the 999 of CMX 3600, which some programs insist on"
