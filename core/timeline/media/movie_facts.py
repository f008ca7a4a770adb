"""Movie facts: rate, length, start timecode.

PyAV is imported when the first movie is opened, so that timelines without movies pay nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from talkies.core.errors import MediaError
from talkies.core.times import may_drop_frames, seconds_of_timecode

_TIMECODE = re.compile(r"^(\d\d):(\d\d):(\d\d)([:;.])(\d{2,3})$")

_LONGEST_NUMBER = 20  # digits of a count of samples; more is damage


@dataclass(frozen=True)
class MovieFacts:
    """Length (s), rate and the timecode (s) of the first frame; ``start``: the file's own time stamp of it; ``lead``:
    how long (s) the file has begun to play by then, with sound; 0 for less than a frame."""

    duration: Fraction
    rate: Fraction
    timecode: Fraction = Fraction(0)
    drop_frame: bool = False
    has_video: bool = True
    constant_rate: bool = True
    start: Fraction = Fraction(0)
    lead: Fraction = Fraction(0)
    subtitles: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()


def movie_facts(path: Path) -> MovieFacts:
    """Read a movie's header. Raises MediaError."""
    from talkies.core.media.opening import open_media
    from talkies.core.media.probing import describe

    with open_media(path) as container:
        info = describe(path, container)
        labels = (holder.metadata.get("timecode", "") for holder in (*container.streams, container))
        timecode, drop = timecode_seconds(next(filter(None, labels), ""), info.rate)
        lead = info.start - Fraction(container.start_time or 0, 1_000_000) if info.has_video else Fraction(0)
        if not info.has_video and not timecode:
            timecode = _time_reference(container)
    if info.duration <= 0:
        problem = "does not say how long it is, and no picture was found in it"
        raise MediaError(path, problem, "export it again, or put it into a container that says so (.mov)")
    return MovieFacts(
        duration=info.duration,
        rate=info.rate,
        timecode=timecode,
        drop_frame=drop,
        has_video=info.has_video,
        constant_rate=info.constant_rate,
        start=info.start,
        lead=lead if lead >= 1 / info.rate else Fraction(0),
        subtitles=info.subtitle_streams,
        notes=info.notes,
    )


def _time_reference(container: Any) -> Fraction:
    """Seconds since midnight in the ``bext`` chunk of a Broadcast WAV; 0 where there is none."""
    from talkies.core.media.opening import sound_stream

    samples, sound = container.metadata.get("time_reference", ""), sound_stream(container)
    if sound is None or not sound.rate or not (samples.isdecimal() and len(samples) < _LONGEST_NUMBER):
        return Fraction(0)
    return Fraction(int(samples), sound.rate)


def timecode_seconds(label: str, rate: Fraction) -> tuple[Fraction, bool]:
    """Seconds from 00:00:00:00 of a SMPTE label, and whether it is drop-frame; 0 for no label."""
    match = _TIMECODE.match(label.strip())
    if match is None:
        return Fraction(0), False
    hours, minutes, seconds, frames = (int(match[group]) for group in (1, 2, 3, 5))
    drop = match[4] in ";." and may_drop_frames(rate) and rate.denominator == 1001
    return seconds_of_timecode(hours, minutes, seconds, frames, rate, drop), drop
