"""Whether a sidecar counts from the first frame, as it should, or in record timecode (01:00:00:00), as some do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from talkies.core.segment import Cue
from talkies.core.times import TimeRange, round_half_up, timecode


@dataclass(frozen=True)
class RecordClock:
    """The timecode of the first frame as seconds ``start``, and how long its owner lasts (s)."""

    start: Fraction
    duration: Fraction
    rate: Fraction
    drop_frame: bool = False

    def from_first_frame(self, cues: Sequence[Cue], in_timecode: bool = False) -> tuple[tuple[Cue, ...], str]:
        """Cues in seconds from the first frame, and a sentence where they counted otherwise: all of them begin within
        the owner's timecode, and none within its length from zero.

        What 01:00:01,000 is at 23.976 frames per second is read as timecode, whose seconds last 1.001 s; if the cues
        do not fit that, as seconds. ``in_timecode``: it has been read as timecode already.
        """
        starts = [cue.range.start for cue in cues]
        if not starts or min(starts) < self.duration or self.start <= 0:
            return tuple(cues), ""
        pace = Fraction(1) if self.drop_frame or in_timecode else round_half_up(self.rate) / self.rate
        for second in dict.fromkeys((pace, Fraction(1))):
            if self.start <= min(starts) * second and max(starts) * second < self.start + self.duration:
                moved = tuple(
                    replace(
                        cue,
                        range=TimeRange(cue.range.start * second - self.start, cue.range.end * second - self.start),
                    )
                    for cue in cues
                )
                first = timecode(self.start, self.rate, self.drop_frame)
                return moved, f"counts in record timecode: {first} is taken for the first frame"
        return tuple(cues), ""
