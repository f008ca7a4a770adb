"""Timecode labels of an edit list as seconds; what runs over midnight goes on with the next day."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from talkies.core.timeline.media.movie_facts import timecode_seconds
from talkies.core.times import TimeRange, may_drop_frames


@dataclass(frozen=True)
class Labels:
    """How a list counts: ``rate`` in frames per second, ``drop``: with drop-frame timecode. ``marked``: labels say it
    themselves, by a semicolon; a source may drop frames where the programme does not, and the other way round."""

    rate: Fraction
    drop: bool
    marked: bool = False

    def seconds(self, label: str) -> Fraction:
        """From 00:00:00:00 on, of a source or of the programme."""
        return self._counted(label, ";" in label and may_drop_frames(self.rate) if self.marked else self.drop)

    def record_seconds(self, label: str) -> Fraction:
        """From 00:00:00:00 on, of the programme, which counts in one way throughout, however a label is written."""
        return self._counted(label, self.drop)

    def _counted(self, label: str, drops: bool) -> Fraction:
        plain = label.replace(".", ":").replace(",", ":").replace(";", ":").zfill(11)
        return timecode_seconds(f"{plain[:8]};{plain[9:]}" if drops else plain, self.rate)[0]

    @property
    def day(self) -> Fraction:
        """Until the timecode is 00:00:00:00 again."""
        return 2 * self.seconds(f"12:00:00{';' if self.drop else ':'}00")

    def span(self, first: str, last: str) -> TimeRange:
        """From one label to another; the next day's where that is the lower one by more than half a day."""
        return self._ordered(self.seconds(first), self.seconds(last))

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
