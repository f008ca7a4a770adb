"""OTIO flavours: ``.otio`` as one editor's own import wants it; the double suffix says for whom.

    reel.resolve.otio    bare paths, ranges that every medium states in its own timecode, tracks with their audio type
    reel.kdenlive.otio   plain clips on frames, counted from the first frame of each file, at the exact rate

Both are made anew from the document, unlike a plain ``.otio``, which keeps every byte of it. Resolve takes a
timeline's name once, so it is called like the file. What Kdenlive does was read in its importer of 25.04
(otioimport.cpp). It plays through MLT, which finds a place inside a sound file only roughly: takes come as copies that
begin on a frame.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar

import opentimelineio as otio

from talkies.core.errors import MediaError
from talkies.core.files.atomic import part_file
from talkies.core.media.bwf import read_bext
from talkies.core.segment import Take, Timeline
from talkies.core.timeline.cut.otio_items import otio_range, rational_time
from talkies.core.timeline.cut.walking import to_range
from talkies.core.timeline.formats.base import Writer
from talkies.core.timeline.formats.losses import counted, flat_losses
from talkies.core.timeline.formats.mlt.frame_copies import FramedTake, copies_written, on_frames
from talkies.core.timeline.formats.otio.writer import OtioFile
from talkies.core.timeline.media.pictures import SOUND_SUFFIXES, PictureFinder
from talkies.core.timeline.media.urls import file_name, path_readings
from talkies.core.timeline.structure.flattening import SOUND, TEXT, FlatClip, FlatTrack, flat_tracks, media_finder
from talkies.core.timeline.structure.sounds import track_name
from talkies.core.timeline.structure.tracks import Lane, clip_metadata, lanes_of, new_tracks
from talkies.core.timeline.words.titles import is_text_track
from talkies.core.times import TimeRange, exact_rate, to_frame


class ResolveOtio(Writer):
    """``.resolve.otio``."""

    title: ClassVar[str] = "OpenTimelineIO for DaVinci Resolve"

    def check(self, timeline: Timeline, out: Path) -> None:
        OtioFile().check(timeline, out)

    def losses(self, timeline: Timeline) -> tuple[str, ...]:
        found = list(_lost_words(timeline, "Resolve"))
        if missing := _missing(timeline):
            names = ", ".join(repr(file_name(url)) for url in missing[:3]) + (" and others" if len(missing) > 3 else "")
            found.append(
                f"Resolve imports nothing as long as {counted(len(missing), 'file')} cannot be found ({names})"
            )
        return tuple(found)

    def write(self, timeline: Timeline, takes: Sequence[Take], out: Path) -> None:
        document, finder = timeline.document.deepcopy(), media_finder(timeline)
        document.name = _stem(out, timeline.name)
        for index in reversed(range(len(document.tracks))):
            if _is_other(document.tracks[index]):
                del document.tracks[index]
        for clip in document.find_clips():
            _with_bare_paths(clip, finder)
            _rebased(clip, finder, _own_start)
        for track in document.tracks:
            if getattr(track, "kind", "") == otio.schema.TrackKind.Audio and "Resolve_OTIO" not in track.metadata:
                track.metadata["Resolve_OTIO"] = {"Audio Type": _audio_type(track, finder)} | _UNLOCKED
        paths = {take.path: str(take.path.resolve()) for take in takes}
        document.tracks.extend(new_tracks(timeline, takes, None, paths))
        _save(document, out)


class KdenliveOtio(Writer):
    """``.kdenlive.otio``."""

    title: ClassVar[str] = "OpenTimelineIO for Kdenlive 25.04 and later"

    def check(self, timeline: Timeline, out: Path) -> None:
        OtioFile().check(timeline, out)

    def losses(self, timeline: Timeline) -> tuple[str, ...]:
        tracks = flat_tracks(timeline)
        clips = [(track.kind, clip) for track in tracks if track.kind != TEXT for clip in track.clips]
        found = [*_lost_words(timeline, "Kdenlive"), *flat_losses(timeline, "Kdenlive's import")]
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
        document = otio.schema.Timeline(_stem(out, timeline.name))
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
            _save(document, out)


StartOf = Callable[[Path, PictureFinder], Fraction | None]
"""Media time (s) of a file's first frame as an editor sees it; None when it cannot be read."""

_Images = otio.schema.ImageSequenceReference
_UNLOCKED = {"Locked": False, "SoloOn": False}


def _save(document: Any, out: Path) -> None:
    with part_file(out) as part:
        part.write_text(otio.adapters.write_to_string(document, "otio_json", indent=4), encoding="utf-8")


def _stem(out: Path, name: str) -> str:
    """What the timeline is called: as the file, but never as the timeline that it came from."""
    stem = out.name.removesuffix(out.suffix).removesuffix(Path(out.stem).suffix)
    return f"{stem} talkies" if stem == name else stem


def _is_other(track: Any) -> bool:
    kind = getattr(track, "kind", otio.schema.TrackKind.Video)
    return is_text_track(track) or kind not in (otio.schema.TrackKind.Video, otio.schema.TrackKind.Audio)


def _lost_words(timeline: Timeline, name: str) -> Iterator[str]:
    if words := sum(_is_other(track) for track in timeline.document.tracks):
        yield f"left out: {counted(words, 'subtitle track')}, because {name} imports subtitles as .srt"


def _missing(timeline: Timeline) -> list[str]:
    """The files that clips name and that are not there."""
    finder = media_finder(timeline)
    references = (clip.media_reference for clip in timeline.document.find_clips())
    urls = (str(getattr(reference, "target_url", "") or "") for reference in references)
    return [url for url in dict.fromkeys(urls) if url and finder.media.find(url) is None]


def _with_bare_paths(clip: Any, finder: PictureFinder) -> None:
    """Every address of a clip as a plain path, absolute when the file is here."""
    references = clip.media_references()
    for reference in references.values():
        for attribute in ("target_url", "target_url_base"):
            url = str(getattr(reference, attribute, "") or "")
            if url:
                found = finder.media.find(url)
                path = str(found.resolve()) if found else next(iter(path_readings(url)), url)
                setattr(reference, attribute, path + ("/" if found and attribute == "target_url_base" else ""))
    clip.set_media_references(references, clip.active_media_reference_key)


def _rebased(clip: Any, finder: PictureFinder, own_start: StartOf) -> None:
    """A clip whose source counts as its medium itself does, from ``own_start(path, finder)`` on."""
    reference = clip.media_reference
    if not isinstance(reference, otio.schema.ExternalReference):
        return
    path = finder.media.find(str(reference.target_url or ""))
    stated, available = reference.available_range, finder.available(clip)
    if stated is None and clip.source_range is not None:
        used = to_range(clip.source_range)
        start = finder.unstated_start(path, used) if path is not None else min(used.start, Fraction(0))
        length = available.duration if available is not None else used.end - start
        available = TimeRange(start, max(start + length, used.end))
    if available is None:
        return
    own = own_start(path, finder) if path is not None and path.is_file() else None
    shift = own - available.start if own is not None else Fraction(0)
    counted_in = (clip.source_range or stated).duration.rate if clip.source_range or stated else 24.0
    reference.available_range = _time_range(available.shifted(shift), counted_in)
    if shift and clip.source_range is not None:
        clip.source_range = _time_range(to_range(clip.source_range).shifted(shift), counted_in)
        for marker in clip.markers:
            span = to_range(marker.marked_range).shifted(shift)
            marker.marked_range = _time_range(span, marker.marked_range.duration.rate)


def _time_range(span: TimeRange, rate: float) -> Any:
    """At a rate as a document writes it (23.98)."""
    start, duration = (float(seconds * exact_rate(rate)) for seconds in (span.start, span.duration))
    return otio.opentime.TimeRange(otio.opentime.RationalTime(start, rate), otio.opentime.RationalTime(duration, rate))


def _own_start(path: Path, finder: PictureFinder) -> Fraction | None:
    """The timecode that a file itself states: a movie's, or the time reference of a Broadcast WAV; None: unreadable."""
    if path.suffix.lower() not in (".wav", ".bwf"):
        return _movie_start(path, finder)
    try:
        return Fraction(read_bext(path).time_reference, _sample_rate(path))
    except MediaError:
        return None


def _movie_start(path: Path, finder: PictureFinder) -> Fraction | None:
    """As ``_own_start``, but sounds begin at 0."""
    if path.suffix.lower() in SOUND_SUFFIXES:
        return Fraction(0)
    facts = finder.facts(path)
    return facts.timecode if facts is not None else None


def _sample_rate(path: Path) -> int:
    from talkies.core.media.opening import open_media, sound_stream

    with open_media(path) as container:
        sound = sound_stream(container)
        if sound is None:
            raise MediaError(path, "has no sound", "relink the clip")
        return int(sound.rate)


def _audio_type(track: Any, finder: PictureFinder) -> str:
    from talkies.core.media.opening import open_media, sound_stream

    for clip in track.find_clips():
        path = finder.media.find(str(getattr(clip.media_reference, "target_url", "") or ""))
        try:
            if path is not None and path.is_file():
                with open_media(path) as container:
                    sound = sound_stream(container)
                    return "Stereo" if sound is not None and sound.channels == 2 else "Mono"
        except MediaError:
            continue
    return "Mono"


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
    _rebased(made, finder, _movie_start)
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
    track = otio.schema.Track(lane.name, kind=otio.schema.TrackKind.Audio)
    track.metadata["talkies"] = {"stem": lane.stem, "speaker": lane.speaker, "take": lane.number}
    for each in row:
        take, zero = each.take, Fraction(0)
        reference = otio.schema.ExternalReference(
            each.path.resolve().as_uri(), otio_range(TimeRange(zero, each.length / rate), rate)
        )
        clip = otio.schema.Clip(take.name, reference, otio_range(TimeRange(zero, each.count / rate), rate))
        clip.metadata["talkies"] = clip_metadata(take)
        _append(track, each.first, clip, rate)
    return track


def _append(track: Any, first: int, clip: Any, rate: Fraction) -> None:
    """The clip at a frame, after a gap where there is one."""
    end = round(sum(item.source_range.duration.value for item in track))
    if first > end:
        track.append(otio.schema.Gap(source_range=otio_range(TimeRange(Fraction(0), (first - end) / rate), rate)))
    track.append(clip)
