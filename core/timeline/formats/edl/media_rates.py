"""What the media that an edit list names say of its frame rate.

A list counts frames: label 01:00:10:00 is the 240th picture after 01:00:00:00, at 24 frames per second and at 23.976.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from talkies.core.timeline.cut.otio_items import otio_range, play_frame_for_frame
from talkies.core.timeline.cut.walking import to_range
from talkies.core.timeline.media.movie_facts import timecode_seconds
from talkies.core.timeline.media.pictures import PictureFinder
from talkies.core.times import exact_rate, round_half_up


def rate_of_media(document: Any, finder: PictureFinder) -> Fraction | None:
    """The rate of all movies that the clips of picture name and that are here; None where there are none, or they
    differ."""
    found = {rate for _, rate in _clips(document, finder)}
    return found.pop() if len(found) == 1 else None


def counted_in_frames(document: Any, finder: PictureFinder, rate: Fraction) -> None:
    """Clips whose movie runs a thousandth slower or faster than the list (23.976 and 24) are played frame for frame."""
    for clip, own in _clips(document, finder):
        if own != rate and round_half_up(own) == round_half_up(rate):
            play_frame_for_frame(clip, own, rate)


def on_the_next_day(document: Any, finder: PictureFinder) -> None:
    """Sources whose label is that of a later day than the first picture's, of media that run over midnight."""
    for clip, rate in _clips(document, finder):
        facts = finder.movie_of(clip)
        shown = to_range(clip.source_range)
        day = 2 * timecode_seconds(f"12:00:00{';' if facts and facts.drop_frame else ':'}00", rate)[0]
        if facts is None or facts.timecode + facts.duration <= day or shown.start >= facts.timecode:
            continue
        if shown.start + day < facts.timecode + facts.duration:
            clip.source_range = otio_range(shown.shifted(day), rate)


def _clips(document: Any, finder: PictureFinder) -> Iterator[tuple[Any, Fraction]]:
    for track in document.video_tracks():
        for clip in track.find_clips():
            facts = finder.movie_of(clip)
            if facts is not None and facts.has_video and facts.constant_rate:
                yield clip, exact_rate(facts.rate)
