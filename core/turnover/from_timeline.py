"""Takes that a timeline holds, where its editor has put them by now: moved, trimmed, muted, in any format."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import cast

from talkies.core.errors import MediaError, TimelineError
from talkies.core.media.opening import open_media, sound_stream
from talkies.core.media.wav.bwf import SAMPLE_RATE, read_bext
from talkies.core.segment import PICTURES, STEMS, StemName, Take, Timeline
from talkies.core.takes.saving import timecode_day
from talkies.core.timeline.media.movie_facts import movie_facts
from talkies.core.timeline.structure.sounds import OUR_NAME, SoundClip, SoundTrack, our_picture_tracks, sound_tracks
from talkies.core.timeline.structure.tracks import plain
from talkies.core.times import TimeRange


def takes_in(timeline: Timeline, media_dir: Path | None = None) -> tuple[Take, ...]:
    """Every clip on a track of ours as a take that covers what the clip shows; what is muted is an alternative. Where a
    format has a track for each channel, the clips of one file at one place are one take.

    Raises TimelineError: there is none, or one whose speed was changed; MediaError: a file is missing.
    """
    takes = [
        _take(timeline, track, clip)
        for track in sound_tracks(timeline, media_dir)
        if track.generated
        for clip in track.clips
    ]
    pictures = [_portrait(timeline, clip) for track in our_picture_tracks(timeline, media_dir) for clip in track.clips]
    if not takes and not pictures:
        raise TimelineError(timeline.path, "holds no sound of talkies", "make some with 'talkies generate' first")
    takes += pictures
    return tuple({(take.path, take.file_range, take.record): take for take in takes}.values())


def _portrait(timeline: Timeline, clip: SoundClip) -> Take:
    """A clip on a track of portraits. One that was trimmed shows a part of its movie, which its handles say."""
    if clip.path is None:
        raise MediaError(timeline.path, clip.problem.replace("the sound", "the portrait", 1))
    if clip.speed != 1:
        where = timeline.timecode(clip.record.start)
        problem = f"the portrait {clip.name!r} at {where} plays at another speed, and no more with its words"
        raise TimelineError(timeline.path, problem, "set its speed back in the editor")
    head = clip.source.start - clip.start
    length = movie_facts(clip.path).duration
    take = Take(
        str(clip.metadata.get("segment") or _segment_under(timeline, clip.record)),
        PICTURES,
        clip.name,
        clip.path,
        clip.record,
        SAMPLE_RATE,
        max(head, Fraction(0)),
        max(length - head - clip.record.duration, Fraction(0)),
        number=_number(clip),
        channels=0,
    )
    return take.with_facts(plain({name: value for name, value in clip.metadata.items() if name != "channels"}))


def _number(clip: SoundClip) -> int:
    """What is muted is an alternative."""
    number = clip.metadata.get("take")
    counted = number if isinstance(number, int) and number > 0 else 1
    return 1 if clip.enabled else max(counted, 2)


@dataclass(frozen=True)
class SoundFile:
    """What a sound file holds; its length in seconds."""

    duration: Fraction
    channels: int
    sample_rate: int
    codec: str

    @classmethod
    def of(cls, path: Path) -> SoundFile:
        """Raises MediaError."""
        with open_media(path) as container:
            stream = sound_stream(container)
            if stream is None:
                raise MediaError(path, "has no sound", "relink the clip")
            duration = Fraction(stream.duration or 0) * (stream.time_base or 1)
            return cls(duration, stream.channels, stream.rate, stream.codec_context.name)


def _take(timeline: Timeline, track: SoundTrack, clip: SoundClip) -> Take:
    if clip.path is None:
        raise MediaError(timeline.path, clip.problem)
    if clip.speed != 1:
        where = timeline.timecode(clip.record.start)
        problem = f"the sound {clip.name!r} at {where} plays at another speed, which its file does not have"
        raise TimelineError(timeline.path, problem, "render it in the editor, or set its speed back")
    file = SoundFile.of(clip.path)
    head = _head(timeline, clip)
    if not 0 <= head < file.duration:
        where = timeline.timecode(clip.record.start)
        problem = f"the sound {clip.name!r} at {where} shows what its file {clip.path.name} does not have"
        raise TimelineError(timeline.path, problem, "relink it in the editor")
    stem = _stem(track, clip)
    take = Take(
        segment_id=str(clip.metadata.get("segment") or _segment_under(timeline, clip.record)),
        stem=stem,
        name=clip.name,
        path=clip.path,
        record=clip.record,
        sample_rate=file.sample_rate,
        head_handle=head,
        tail_handle=max(file.duration - head - clip.record.duration, Fraction(0)),
        number=_number(clip),
    )
    facts = plain({**clip.metadata, "channels": min(file.channels, 2)})  # of its own: the document goes
    return take.with_facts(facts)


def _head(timeline: Timeline, clip: SoundClip) -> Fraction:
    """Where in its file a clip begins, in seconds. An EDL counts in the file's own timecode, which is its ``bext``."""
    if clip.path is None or timeline.path.suffix.lower() != ".edl":
        return clip.source.start - clip.start
    first = Fraction(read_bext(clip.path).time_reference, SoundFile.of(clip.path).sample_rate)
    return (clip.source.start - first) % timecode_day(timeline)


def _stem(track: SoundTrack, clip: SoundClip) -> StemName:
    """By what the clip says of itself, else by its track's name."""
    named = OUR_NAME.match(track.name)
    stem = clip.metadata.get("stem")
    if stem not in STEMS and named is not None:
        stem = named[1]
    return cast(StemName, stem) if stem in STEMS else "MIX"


def _segment_under(timeline: Timeline, record: TimeRange) -> str:
    """The segment that a stretch overlaps most, "" for none."""
    shared = {segment.id: segment.record.overlap(record) for segment in timeline.segments}
    overlaps = {name: span.duration for name, span in shared.items() if span is not None}
    return max(overlaps, key=lambda name: overlaps[name], default="")
