"""Stamps: record timecodes that name more than a frame, ``01:00:04:12.37`` (hundredths of a frame)."""

from __future__ import annotations

import re
from fractions import Fraction

from talkies.core.segment import Timeline
from talkies.core.timeline.formats.edl.labels import Labels
from talkies.core.times import round_half_up, timecode

_STAMP = re.compile(r"(\d{1,2}):(\d{1,2}):(\d{1,2})[:;.,](\d{1,3})(?:[.,](\d{1,2}))?")
_PARTS = 100


def stamp(timeline: Timeline, position: Fraction) -> str:
    """A timeline position (s), to the hundredth of a frame."""
    whole, rest = divmod(round_half_up((timeline.start + position) * timeline.rate * _PARTS), _PARTS)
    label = timecode(whole / timeline.rate, timeline.rate, timeline.drop_frame)
    return f"{label}.{rest:02}" if rest else label


def position_of(timeline: Timeline, text: str) -> Fraction:
    """The position (s from the timeline's first frame) of a stamp. Raises ValueError."""
    match = _STAMP.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text!r} is not a timecode")
    labels = Labels(timeline.rate, timeline.drop_frame)
    label = ":".join(part.zfill(2) for part in match.groups()[:4])
    rest = Fraction(int((match[5] or "").ljust(2, "0")), _PARTS)
    position = labels.record_seconds(label) + rest / timeline.rate - timeline.start
    return position + labels.day if position < -labels.day / 2 else position  # over midnight
