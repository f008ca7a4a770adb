"""The plain data that every room hands to the next: Cue, Picture, Segment, Timeline, Take."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from typing import Any, Literal

from talkies.core.times import TimeRange, timecode

CueKind = Literal["speech", "sound"]
StemName = Literal["DX", "FX", "MX", "MIX"]
"""Dialogue, effects, music, and all in one (``--task joint``)."""


@dataclass(frozen=True)
class Cue:
    """One subtitle: ``speech`` is spoken by ``speaker``; ``sound`` ("[door slams]") becomes a foley prompt.

    ``range`` is in seconds from the timeline's first frame. ``language`` is a BCP-47 tag, "" if unknown.
    """

    range: TimeRange
    text: str
    kind: CueKind = "speech"
    speaker: str = ""
    language: str = ""


@dataclass(frozen=True)
class Picture:
    """Where a clip's picture lies on disk: a movie, or the frames of an image sequence in order.

    ``start`` is the media time (seconds) of the first frame, as in OTIO's ``available_range``; ``rate`` is the
    sequence's rate, or the movie's as the timeline states it (None when it says nothing). A sequence's missing
    frames are None: the last one before them is held.
    """

    path: Path
    frames: tuple[Path | None, ...] = ()
    rate: Fraction | None = None
    start: Fraction = Fraction(0)


@dataclass(frozen=True)
class Segment:
    """One stretch of picture on one video clip.

    ``record``: where it plays, seconds from the timeline's first frame. ``source``: what of the media plays, in
    media time, start <= end also when ``speed`` is negative (reverse) or 0 (freeze). ``rate``: the timeline's.
    ``picture`` is None when there is nothing to look at; ``warnings`` then say why, one sentence each.
    """

    id: str
    clip: str
    track: str
    record: TimeRange
    source: TimeRange
    rate: Fraction
    speed: Fraction = Fraction(1)
    picture: Picture | None = None
    cues: tuple[Cue, ...] = ()
    warnings: tuple[str, ...] = ()

    def source_time(self, position: Fraction) -> Fraction:
        """Media time shown at a timeline position, through the retime."""
        first = self.source.end if self.speed < 0 else self.source.start
        return first + (position - self.record.start) * self.speed


@dataclass(frozen=True)
class Timeline:
    """A timeline as talkies sees it; ``document`` is what the reader keeps so that writing loses nothing.

    ``start``: the timecode of the first frame, in seconds. ``cues`` are all of the timeline's, also those over gaps.
    """

    path: Path
    name: str
    rate: Fraction
    start: Fraction
    duration: Fraction
    segments: tuple[Segment, ...]
    cues: tuple[Cue, ...] = ()
    drop_frame: bool = False
    warnings: tuple[str, ...] = ()
    document: Any = field(default=None, compare=False, repr=False)

    def timecode(self, position: Fraction) -> str:
        """Record timecode at a position from the first frame."""
        return timecode(self.start + position, self.rate, self.drop_frame)


@dataclass(frozen=True)
class Take:
    """One sound file that belongs at one place of the timeline.

    ``record`` is the stretch it covers; the file may hold ``handle`` seconds more before and after it.
    ``metadata`` goes into the timeline under ``talkies`` and makes the take repeatable.
    """

    segment_id: str
    stem: StemName
    name: str
    path: Path
    record: TimeRange
    sample_rate: int
    head_handle: Fraction = Fraction(0)
    tail_handle: Fraction = Fraction(0)
    number: int = 1
    metadata: dict[str, Any] = field(default_factory=dict)

    @property
    def file_range(self) -> TimeRange:
        """What the file covers on the timeline, handles included."""
        return TimeRange(self.record.start - self.head_handle, self.record.end + self.tail_handle)
