"""OTIO for one editor: what its kinds share: name, file, losses, and clips that count as their media do."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import opentimelineio as otio

from talkies.core.files.atomic import part_file
from talkies.core.segment import Timeline
from talkies.core.timeline.cut.walking import to_range
from talkies.core.timeline.formats.losses import counted
from talkies.core.timeline.media.pictures import SOUND_SUFFIXES, PictureFinder
from talkies.core.timeline.words.titles import is_text_track
from talkies.core.times import TimeRange, exact_rate

StartOf = Callable[[Path, PictureFinder], Fraction | None]
"""Media time (s) of a file's first frame as an editor sees it; None when it cannot be read."""


def save(document: Any, out: Path) -> None:
    """Writes an OTIO document, whole or not at all."""
    with part_file(out) as part:
        part.write_text(otio.adapters.write_to_string(document, "otio_json", indent=4), encoding="utf-8")


def timeline_name(out: Path, name: str) -> str:
    """What the timeline is called: as the file, but never as the timeline that it came from."""
    stem = out.name.removesuffix(out.suffix).removesuffix(Path(out.stem).suffix)
    return f"{stem} talkies" if stem == name else stem


def is_other(track: Any) -> bool:
    """Whether a track holds neither picture nor sound."""
    kind = getattr(track, "kind", otio.schema.TrackKind.Video)
    return is_text_track(track) or kind not in (otio.schema.TrackKind.Video, otio.schema.TrackKind.Audio)


def lost_words(timeline: Timeline, name: str) -> Iterator[str]:
    """Says how many subtitle tracks the editor ``name`` does not get."""
    if words := sum(is_other(track) for track in timeline.document.tracks):
        yield f"left out: {counted(words, 'subtitle track')}, because {name} imports subtitles as .srt"


def rebased(clip: Any, finder: PictureFinder, own_start: StartOf) -> None:
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


def movie_start(path: Path, finder: PictureFinder) -> Fraction | None:
    """The timecode that a movie itself states; sounds begin at 0; None: unreadable."""
    if path.suffix.lower() in SOUND_SUFFIXES:
        return Fraction(0)
    facts = finder.facts(path)
    return facts.timecode if facts is not None else None
