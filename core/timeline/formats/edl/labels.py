"""Timecode labels of an edit list as seconds; what runs over midnight goes on with the next day."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from talkies.core.timeline.media.movie_facts import timecode_seconds
from talkies.core.times import TimeRange, may_drop_frames

_MARK = re.compile(r";|:\d\d,\d\d$")
"""Drop-frame, in the label itself: a semicolon, or a comma after the seconds, as Sony's editors write it. The reader
leaves no comma where a mode (FCM) says how labels count."""


def is_marked(label: str) -> bool:
    """Whether a label says by itself that its count drops frames."""
    return bool(_MARK.search(label))


def can_drop(rate: Fraction) -> bool:
    """Whether a list at this rate can count with drop-frame timecode: 30 itself has nothing to catch up with."""
    return rate.denominator == 1001 and may_drop_frames(rate)


@dataclass(frozen=True)
class Labels:
    """How a list counts: ``rate`` in frames per second, ``drop``: the programme with drop-frame timecode, throughout
    and however a label is written. A source may count otherwise."""

    rate: Fraction
    drop: bool

    def seconds(self, label: str, drop: bool) -> Fraction:
        """From 00:00:00:00 on, of a source; ``drop``: it is said to drop frames."""
        return self._counted(label, drop and can_drop(self.rate))

    def record_seconds(self, label: str) -> Fraction:
        """From 00:00:00:00 on, of the programme."""
        return self._counted(label, self.drop)

    def _counted(self, label: str, drops: bool) -> Fraction:
        if label.isdecimal():
            return int(label) / self.rate
        plain = re.sub(r"\D", ":", label).zfill(11)
        return timecode_seconds(f"{plain[:8]};{plain[9:]}" if drops else plain, self.rate)[0]

    @property
    def day(self) -> Fraction:
        """Until the timecode is 00:00:00:00 again."""
        return 2 * self.record_seconds("12:00:00:00")

    def source(self, first: str, last: str, drop: bool) -> TimeRange:
        """From one label to another; the next day's where that is the lower one by more than half a day."""
        return self._ordered(self.seconds(first, drop), self.seconds(last, drop))

    def _ordered(self, start: Fraction, end: Fraction) -> TimeRange:
        return TimeRange(start, end + self.day if start - end > self.day / 2 else end)

    def records(self, labels: Iterable[tuple[str, str]]) -> Iterator[TimeRange]:
        """Places on the timeline, in the list's order. One that begins more than half a day before the one ahead of it
        is the next day's; less than that and the list is merely in another order."""
        days, before = Fraction(0), Fraction(0)
        for first, last in labels:
            span = self._ordered(self.record_seconds(first), self.record_seconds(last))
            if before - (span.start + days) > self.day / 2:
                days += self.day
            elif span.start + days - before > self.day / 2 and days:
                span = span.shifted(-self.day)  # of the day before, for instance a track of sound that starts again
            before = span.start + days
            yield span.shifted(days)
