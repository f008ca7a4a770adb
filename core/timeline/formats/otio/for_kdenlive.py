"""OTIO for Kdenlive: ``reel.kdenlive.otio``, made anew from the document as its import wants it.

Plain clips on frames, counted from the first frame of each file, at the exact rate. What Kdenlive does was read in its
importer of 25.04 (otioimport.cpp). It plays through MLT, which finds a place inside a sound file only roughly: takes
come as copies that begin on a frame. A plain ``.otio`` keeps every byte of the document instead.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar

import opentimelineio as otio

from talkies.core.segment import Take, Timeline
from talkies.core.timeline.cut.otio_items import otio_range, rational_time
from talkies.core.timeline.cut.walking import to_range
from talkies.core.timeline.formats.base import Writer
from talkies.core.timeline.formats.losses import counted, flat_losses
from talkies.core.timeline.formats.mlt.frame_copies import FramedTake, copies_written, on_frames
from talkies.core.timeline.formats.otio.for_editors import lost_words, movie_start, rebased, save, timeline_name
from talkies.core.timeline.formats.otio.writer import OtioFile
from talkies.core.timeline.media.pictures import PictureFinder
from talkies.core.timeline.structure.flattening import SOUND, TEXT, FlatClip, FlatTrack, flat_tracks, media_finder
from talkies.core.timeline.structure.sounds import track_name
from talkies.core.timeline.structure.tracks import Lane, clip_metadata, lanes_of
from talkies.core.times import TimeRange, to_frame

_Images = otio.schema.ImageSequenceReference


class KdenliveOtio(Writer):
    """``.kdenlive.otio``."""

    title: ClassVar[str] = "OpenTimelineIO for Kdenlive 25.04 and later"

    def check(self, timeline: Timeline, out: Path) -> None:
        OtioFile().check(timeline, out)

    def losses(self, timeline: Timeline) -> tuple[str, ...]:
        tracks = flat_tracks(timeline)
        clips = [(track.kind, clip) for track in tracks if track.kind != TEXT for clip in track.clips]
        found = [*lost_words(timeline, "Kdenlive"), *flat_losses(timeline, "Kdenlive's import")]
        found.append("Kdenlive plays all that it imports: alternative takes are left out")
        times = ((clip.record.start, clip.record.end, clip.source.start) for kind, clip in clips if kind == SOUND)
        if between := sum(any((time * timeline.rate).denominator != 1 for time in each) for each in times):
            found.append(f"moved to the nearest frame in Kdenlive: {counted(between, 'clip')} of sound")
        if disabled := sum(not clip.enabled for _, clip in clips):
            found.append(f"left out, because Kdenlive would show disabled clips: {counted(disabled, 'clip')}")
        if sped := sum(kind != SOUND and clip.speed != 1 for kind, clip in clips):
            found.append(f"at normal speed in Kdenlive: {counted(sped, 'clip')} of picture that had another")
        if sequences := sum(isinstance(clip.item.media_reference, _Images) for _, clip in clips):
            found.append(f"not imported by Kdenlive: {counted(sequences, 'image sequence')}")
        if late := sum(track.kind != TEXT and _ends_inside(track) for track in tracks):
            last = f"the last clip of {counted(late, 'track')}"
            found.append(f"shown from the start of its file by Kdenlive 26.08, unlike in a .kdenlive: {last}")
        if timeline.start:
            found.append(f"Kdenlive counts from 0, not from {timeline.timecode(Fraction(0))}")
        return tuple(found)

    def write(self, timeline: Timeline, takes: Sequence[Take], out: Path) -> None:
        rate, finder = timeline.rate, media_finder(timeline)
        document = otio.schema.Timeline(timeline_name(out, timeline.name))
        document.global_start_time = rational_time(timeline.start, rate)
        document.tracks.markers.extend(_worded(marker.clone(), rate) for marker in timeline.document.tracks.markers)
        for flat in flat_tracks(timeline):
            if flat.kind != TEXT:
                document.tracks.append(_flat_track(flat, rate, finder))
        lanes = lanes_of(takes, (track_name(track) for track in timeline.document.tracks))
        enabled = [lane for lane in lanes if lane.enabled]
        folder = out.with_name(f"{out.name.removesuffix('.otio')}.takes")
        framed = [on_frames(lane.takes, rate, folder) for lane in enabled]
        for lane, row in zip(enabled, framed, strict=True):
            document.tracks.append(_take_track(lane, row, rate))
        with copies_written([each for row in framed for each in row], rate):
            save(document, out)


def _flat_track(flat: FlatTrack, rate: Fraction, finder: PictureFinder) -> Any:
    track = otio.schema.Track(flat.name, kind=flat.kind)
    track.metadata.update({key: value for key, value in flat.item.metadata.items() if key == "talkies"})
    for clip in flat.clips:
        first, last = to_frame(clip.record.start, rate), to_frame(clip.record.end, rate)
        if clip.enabled and last > first:
            _append(track, first, _plain_clip(clip, last - first, rate, finder), rate)
    return track


def _ends_inside(track: FlatTrack) -> bool:
    """Whether the last clip begins later than its medium: Kdenlive 26.08.2 was seen to forget that, for the last."""
    available = track.clips[-1].item.media_reference.available_range if track.clips else None
    start = to_range(available).start if available is not None else 0
    return bool(track.clips) and track.clips[-1].source.start != start


def _plain_clip(clip: FlatClip, frames: int, rate: Fraction, finder: PictureFinder) -> Any:
    made = clip.item.clone()
    made.effects.clear()
    if clip.speed != 1:
        made.effects.append(otio.schema.LinearTimeWarp(name="retime", time_scalar=float(clip.speed)))
    start = Fraction(to_frame(clip.source.start, rate)) / rate
    made.source_range = otio_range(TimeRange(start, start + frames / rate), rate)
    for marker in made.markers:
        _worded(marker, rate)
    rebased(made, finder, movie_start)
    reference = made.media_reference
    if isinstance(reference, otio.schema.ExternalReference) and reference.target_url:
        path = finder.media.find(str(reference.target_url))
        if path is not None:
            reference.target_url = path.resolve().as_uri()
    return made


def _worded(marker: Any, rate: Fraction) -> Any:
    """Kdenlive shows a marker's comment, not its name, and takes its figure as frames of the timeline."""
    marker.comment = marker.comment or marker.name
    marker.marked_range = otio_range(to_range(marker.marked_range), rate)
    return marker


def _take_track(lane: Lane, row: Sequence[FramedTake], rate: Fraction) -> Any:
    kinds = otio.schema.TrackKind
    track = otio.schema.Track(lane.name, kind=kinds.Video if lane.is_picture else kinds.Audio)
    track.metadata["talkies"] = {"stem": lane.stem, "speaker": lane.speaker, "take": lane.number}
    for each in row:
        take, zero = each.take, Fraction(0)
        reference = otio.schema.ExternalReference(
            each.path.resolve().as_uri(), otio_range(TimeRange(zero, each.length / rate), rate)
        )
        start = each.skipped / rate
        clip = otio.schema.Clip(take.name, reference, otio_range(TimeRange(start, start + each.count / rate), rate))
        clip.metadata["talkies"] = clip_metadata(take)
        _append(track, each.first, clip, rate)
    return track


def _append(track: Any, first: int, clip: Any, rate: Fraction) -> None:
    """The clip at a frame, after a gap where there is one."""
    end = round(sum(item.source_range.duration.value for item in track))
    if first > end:
        track.append(otio.schema.Gap(source_range=otio_range(TimeRange(Fraction(0), (first - end) / rate), rate)))
    track.append(clip)
