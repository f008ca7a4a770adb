"""Placement of takes in an editor: on which new tracks, what is replaced, and whether it came out so.

    tracks, takes, conflict ──plan_placing──► Placing ──the editor──► tracks as they are now ──differences──► warnings

Every host plans with the one and checks with the other, so that all of them treat a conflict alike and none believes an
editor that says it is done.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from talkies.core.hosts.host import AudioTrack, Conflict, PlacedClip
from talkies.core.segment import Take, Timeline
from talkies.core.timeline.structure.sounds import OUR_NAME, our_picture_tracks, sound_tracks
from talkies.core.timeline.structure.tracks import Lane, lanes_of

SURE: Final = Fraction(1, 1000)
"""Seconds. Editors that count frames in floats are off by less; it is inaudible."""


@dataclass(frozen=True)
class Placing:
    """New tracks, names of tracks of ours that go first, and the takes that are left out."""

    lanes: tuple[Lane, ...]
    removed: tuple[str, ...] = ()
    skipped: tuple[Take, ...] = ()


def audio_tracks_of(timeline: Timeline) -> tuple[AudioTrack, ...]:
    """The audio tracks of a timeline that was read from a file, as a host reports them.

    Some formats have a track for each channel of ours; these are one here."""
    tracks: list[AudioTrack] = []
    for each in sound_tracks(timeline):
        track = AudioTrack(each.name, tuple(PlacedClip(clip.name, clip.record, clip.path) for clip in each.clips))
        if track not in tracks or not OUR_NAME.match(track.name):
            tracks.append(track)
    return tuple(tracks)


def picture_tracks_of(timeline: Timeline) -> tuple[AudioTrack, ...]:
    """The tracks of a timeline that was read from a file on which portraits lie, as a host reports them."""
    return tuple(
        AudioTrack(each.name, tuple(PlacedClip(clip.name, clip.record, clip.path) for clip in each.clips))
        for each in our_picture_tracks(timeline)
    )


def plan_placing(
    takes: Iterable[Take], tracks: Sequence[AudioTrack], conflict: Conflict = "new", other_names: Iterable[str] = ()
) -> Placing:
    """What adding ``takes`` to an editor with these tracks means; see :meth:`Host.add_takes`. ``other_names``: of
    tracks that are of no concern, but whose names shall not be used twice either."""
    takes = tuple(takes)
    ours = [track for track in tracks if OUR_NAME.match(track.name)]
    skipped = tuple(take for take in takes if conflict == "skip" and _is_there(take, ours))
    removed = tuple(dict.fromkeys(track.name for track in ours)) if conflict == "replace" else ()
    names = {*other_names, *(track.name for track in tracks)} - set(removed)
    return Placing(lanes_of((take for take in takes if take not in skipped), names), removed, skipped)


def differences(lanes: Iterable[Lane], tracks: Sequence[AudioTrack]) -> Iterator[str]:
    """One sentence for each take that does not lie where it should; ``tracks``: the new ones as the editor shows them.

    A track that the editor has named otherwise is not a difference as long as the takes are there."""
    named = {track.name: list(track.clips) for track in tracks}
    anywhere = [clip for track in tracks for clip in track.clips]
    for lane in lanes:
        clips = named.get(lane.name, anywhere)
        for take in lane.takes:
            found = _nearest(take, clips)
            if found is None:
                yield f"{take.name} is not on the track {lane.name!r}: place {take.path.name} by hand"
                continue
            clips.remove(found)
            late, longer = found.record.start - take.record.start, found.record.duration - take.record.duration
            if abs(late) > SURE:
                yield f"{take.name} starts {_milliseconds(late, 'late', 'early')}"
            if abs(longer) > SURE:
                yield f"{take.name} is {_milliseconds(longer, 'too long', 'too short')}"


def _is_there(take: Take, ours: Iterable[AudioTrack]) -> bool:
    """Whether sound of ours of the same department lies in a take's place."""
    return any(
        track.name.split(" ")[0] == take.stem and clip.record.overlap(take.record)
        for track in ours
        for clip in track.clips
    )


def _nearest(take: Take, clips: Iterable[PlacedClip]) -> PlacedClip | None:
    """The clip that shows a take: the one that is called so or plays a file of that name; of several the nearest.

    Blender calls a second strip of a name "name.001", and spells the path of its file in its own way."""
    files = ((clip, clip.file.name if clip.file is not None else "") for clip in clips)
    same = [clip for clip, file in files if take.name == clip.name or take.path.name == file]
    return min(same, key=lambda clip: abs(clip.record.start - take.record.start), default=None)


def _milliseconds(seconds: Fraction, more: str, less: str) -> str:
    return f"{float(abs(seconds) * 1000):.1f} ms {more if seconds > 0 else less}"
