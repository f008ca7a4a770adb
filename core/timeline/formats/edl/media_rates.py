"""What the media that an edit list names say of its frame rate.

A list counts frames: label 01:00:10:00 is the 240th picture after 01:00:00:00, at 24 frames per second and at 23.976.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import opentimelineio as otio

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
        if own == rate or round_half_up(own) != round_half_up(rate):
            continue
        start = clip.source_range.start_time
        clip.source_range = otio.opentime.TimeRange(
            otio.opentime.RationalTime(start.value, float(own)), clip.source_range.duration
        )
        pace = rate / own
        warp = next((effect for effect in clip.effects if isinstance(effect, otio.schema.LinearTimeWarp)), None)
        if warp is None:
            clip.effects.append(otio.schema.LinearTimeWarp(name="frame for frame", time_scalar=float(pace)))
        else:
            warp.time_scalar = float(Fraction(warp.time_scalar).limit_denominator(100_000) * pace)


def _clips(document: Any, finder: PictureFinder) -> Iterator[tuple[Any, Fraction]]:
    for track in document.video_tracks():
        for clip in track.find_clips():
            facts = finder.movie_of(clip)
            if facts is not None and facts.has_video and facts.constant_rate:
                yield clip, exact_rate(facts.rate)
