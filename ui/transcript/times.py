"""Timecode entry: as a person types it, back to an exact position."""

from __future__ import annotations

import re
from fractions import Fraction

from talkies.core.errors import ArgumentError
from talkies.core.segment import Timeline
from talkies.core.times import round_half_up, to_frame

_FIELDS = re.compile(r"[:;.,\s]+")


def position_of(text: str, timeline: Timeline) -> Fraction:
    """Seconds from the timeline's first frame of ``HH:MM:SS:FF``; fields may be left out from the left.

    ``12:05`` means second 12, frame 5. Labels that drop-frame skips mean the frame after them. Raises ArgumentError.
    """
    parts = [part for part in _FIELDS.split(text.strip()) if part]
    if not 1 <= len(parts) <= 4 or not all(part.isdigit() for part in parts):
        raise ArgumentError(f"timecode {text!r}", "is not understood", f"write it as {timeline.timecode(Fraction(0))}")
    hours, minutes, seconds, frames = (*(0,) * (4 - len(parts)), *map(int, parts))
    nominal = round_half_up(timeline.rate)
    number = ((hours * 60 + minutes) * 60 + seconds) * nominal + frames
    if timeline.drop_frame:
        all_minutes = hours * 60 + minutes
        number -= nominal // 15 * (all_minutes - all_minutes // 10)
    first = to_frame(timeline.start, timeline.rate)
    if len(parts) < 4 and number < first:  # "1:05" in a timeline that starts at ten hours: from its first frame
        first = 0
    return (number - first) / timeline.rate
