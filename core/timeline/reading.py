"""Read a timeline: file → OTIO document → clips with exact places → segments with pictures and cues.

read_timeline(path) ─► load (formats, movies) ─► walk (walking, pictures, titles) ─► cues (spoken) ─► Timeline
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio

from talkies.core.errors import TimelineError
from talkies.core.files.guards import document_guard
from talkies.core.segment import Timeline
from talkies.core.timeline import readers
from talkies.core.timeline.cut.loaded import Loaded
from talkies.core.timeline.cut.walking import UnusableItemError, to_seconds, usable_rate
from talkies.core.timeline.formats.edl.media_rates import counted_in_frames, on_the_next_day, rate_of_media
from talkies.core.timeline.gathering import Gathered, gather
from talkies.core.timeline.media import bare_media
from talkies.core.timeline.media.bundle_folder import bundle_folder
from talkies.core.timeline.media.other_references import use_what_is_here
from talkies.core.timeline.media.pictures import PictureFinder
from talkies.core.timeline.media.urls import MediaFinder
from talkies.core.timeline.spoken import all_cues, with_cues
from talkies.core.timeline.words.sidecar_clock import RecordClock
from talkies.core.times import AUTO_RATE, AskedRate, exact_rate, may_drop_frames

_FASTEST = 240  # frames per second; more is a sample rate


def read_timeline(path: Path, media_dir: Path | None = None, rate: AskedRate | None = None) -> Timeline:
    """Any supported timeline file, or a bare movie, image sequence folder, frame or pattern as a one-clip timeline.

    ``media_dir``: where to look for media by file name (sub-folders too). ``rate``: frames per second of bare media,
    whatever they state, or of an edit list that states none. Raises TimelineError, MediaError or SubtitleError, each
    one sentence.
    """
    path = Path(path)
    if media_dir is not None and not Path(media_dir).is_dir():
        raise TimelineError(media_dir, "is not a folder", "name the folder that holds the media")
    if any("\ud800" <= character <= "\udfff" for character in path.name):  # bytes that are not UTF-8
        raise TimelineError(path, "its name is not UTF-8, which no timeline can hold", "rename it")
    with document_guard(path):
        return _read(path, media_dir, rate)


def _read(path: Path, media_dir: Path | None, rate: AskedRate | None) -> Timeline:
    is_bare = bare_media.is_media(path)
    loaded = bare_media.load(path, rate) if is_bare else readers.load(path, None if rate == AUTO_RATE else rate)
    finder = PictureFinder(MediaFinder(path, Path(media_dir) if media_dir else None, loaded.bundle))
    if path.suffix.lower() == ".edl":
        loaded = _as_its_media(path, loaded, finder)
    try:
        several = path.suffix.lower().startswith(".otio")  # no other format has several media for a clip
        notes = use_what_is_here(loaded.document, finder.media) if several else ()
        timeline_rate, start = _clock(loaded)
        if not is_bare:
            usable_rate(timeline_rate)
        found = gather(loaded.document, finder, timeline_rate, start)
    except UnusableItemError as error:
        raise TimelineError(path, str(error), "repair it in the editor and export it again") from error
    loaded = replace(loaded, warnings=(*loaded.warnings, *notes))
    return _timeline(path, loaded, found, finder, timeline_rate, start)


def with_document(timeline: Timeline, document: Any, media_dir: Path | None = None) -> Timeline:
    """A timeline whose document is another one on the same clock, such as its own that was cut, read as it was."""
    finder = PictureFinder(MediaFinder(timeline.path, media_dir, bundle_folder(timeline.path)))
    loaded = Loaded(document, timeline.rate, timeline.start, timeline.drop_frame)
    found = gather(document, finder, timeline.rate, timeline.start)
    read = _timeline(timeline.path, loaded, found, finder, timeline.rate, timeline.start)
    return replace(read, name=timeline.name, warnings=tuple(dict.fromkeys((*timeline.warnings, *read.warnings))))


def _as_its_media(path: Path, edl: Loaded, finder: PictureFinder) -> Loaded:
    """An EDL at the rate of its media rather than at a guess; and frame for frame where it is known."""
    measured = rate_of_media(edl.document, finder) if edl.rate_is_guess else None
    if measured is not None:
        again = readers.load(path, measured)
        edl = edl if again.rate_is_guess else again  # the labels may be impossible at that rate
    if edl.rate is not None:
        counted_in_frames(edl.document, finder, edl.rate)
    on_the_next_day(edl.document, finder)
    return edl


def _timeline(
    path: Path, loaded: Loaded, found: Gathered, finder: PictureFinder, rate: Fraction, start: Fraction
) -> Timeline:
    clock = RecordClock(start, found.duration, rate, loaded.drop_frame and may_drop_frames(rate))
    cues, notes = all_cues(path, found, finder, clock)
    segments, language_notes = with_cues(found.segments, cues)
    return Timeline(
        path=path,
        name=str(loaded.document.name or path.stem),
        rate=rate,
        start=start,
        duration=found.duration,
        segments=segments,
        cues=cues,
        drop_frame=clock.drop_frame,
        warnings=(*loaded.warnings, *found.warnings, *notes, *language_notes),
        document=loaded.document,
    )


def _clock(loaded: Loaded) -> tuple[Fraction, Fraction]:
    """The timeline's rate and the timecode (seconds) of its first frame."""
    first = loaded.document.global_start_time
    rate, start = loaded.rate, loaded.start
    if rate is None and first is not None and 1 <= first.rate <= _FASTEST:
        rate = exact_rate(first.rate)
    if rate is None:
        votes = Counter(_stated_rates(loaded.document))
        rate = exact_rate(votes.most_common(1)[0][0]) if votes else Fraction(24)
    if start is None:
        start = to_seconds(first) if first is not None else Fraction(0)
    return rate, start


def _stated_rates(document: Any) -> Iterator[float]:
    """The rate of every item on the video tracks."""
    for track in document.tracks:
        if not isinstance(track, otio.schema.Track) or track.kind == otio.schema.TrackKind.Audio:
            continue
        for item in track:
            if isinstance(item, otio.core.Item) and item.source_range is not None:
                rate = item.source_range.duration.rate
                if 1 <= rate <= _FASTEST:
                    yield rate
