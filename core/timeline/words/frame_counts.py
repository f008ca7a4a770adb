"""Subtitles that count frames: timecodes (00:00:01:12, 00;00;01;12), MicroDVD and MPL2.

{10}{20}A row|and the next            MicroDVD: frames, at the rate of the film unless the first says {1}{1}25.000
[10][20]A row|and the next            MPL2: tenths of a second
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from talkies.core.timeline.words.lines import Line, Parsed, time_to_say
from talkies.core.timeline.words.stamps import Stamp
from talkies.core.times import exact_rate, may_drop_frames, round_half_up, seconds_of_timecode

NO_RATE = "counts frames, and nothing says how many a second has"
_COUNTED = re.compile(r"[ \t]{0,9}(?:\{ ?(\d{1,9}) ?\}\{ ?(\d{0,9}) ?\}|\[ ?(\d{1,9}) ?\]\[ ?(\d{0,9}) ?\])([^\n]*)")
_RATE = re.compile(r"\s{0,9}(\d{1,3}(?:[.,]\d{1,6})?)\s{0,9}")
_ITALIC = re.compile(r"^(\s{0,9}(?:\{[A-Za-z]:[^{}]{0,40}\}){0,9})/", re.MULTILINE)
_FIRST = 3  # rows that tell what a file is
_TENTHS = Fraction(10)
_USUAL = (24, 25, 30, 48, 50, 60)
"""Frames that timecodes count in a second."""


@dataclass(frozen=True)
class FrameClock:
    """What a frame is where a file does not say it: ``rate`` frames per second, ``drop_frame``: as timecode counts
    them."""

    rate: Fraction
    drop_frame: bool = False

    def seconds(self, stamp: Stamp) -> Fraction:
        """A label of timecode."""
        minutes, seconds = divmod(stamp.whole, 60)
        hours, minutes = divmod(minutes, 60)
        value = seconds_of_timecode(hours, minutes, seconds, int(stamp.digits or 0), self.rate, self.drop_frame)
        return -value if stamp.negative else value

    def said(self) -> str:
        return f"{float(self.rate):.6g} frames per second{', drop-frame' if self.drop_frame else ''}"


def count_frames(stamps: Sequence[Stamp]) -> bool:
    """Whether these are timecodes: most of those that have something after the seconds have two digits after a colon;
    or all of them after a semicolon, as in drop-frame."""
    exact = [stamp for stamp in stamps if stamp.digits]
    counted = sum(stamp.is_counted for stamp in exact)
    return 2 * counted > len(exact) or (bool(exact) and all(stamp.may_be_dropped for stamp in exact))


def clock_of(stamps: Sequence[Stamp], given: FrameClock) -> tuple[FrameClock | None, str]:
    """How timecodes count, and the sentence that says it. None: what look like frames are hundredths."""
    highest = max(int(stamp.digits or 0) for stamp in stamps)
    if highest >= _USUAL[-1]:
        return None, "two digits after a colon go beyond any frame: they are read as hundredths of a second"
    dropped = any(stamp.may_be_dropped for stamp in stamps)
    clock = replace(given, drop_frame=may_drop_frames(given.rate) and (dropped or given.drop_frame))
    if highest < round_half_up(given.rate):
        return clock, f"counts frames: read at {clock.said()}"
    clock = FrameClock(Fraction(next(rate for rate in _USUAL if rate > highest)))
    film = f"its film {float(given.rate):.6g}"
    return clock, f"counts {highest + 1} frames in a second and more, {film}: read at {clock.said()}"


def parse_counted(text: str, given: FrameClock | None) -> Parsed:
    """MicroDVD and MPL2, in the file's order; without lines and with a sentence where nothing says the rate."""
    rows = [match for row in text.splitlines() if (match := _COUNTED.fullmatch(row))]
    rate, stated = _TENTHS, ""
    if rows and rows[0][1]:
        own = _stated_rate(rows[0])
        rows = rows[1:] if own else rows
        if own is None and given is None:
            return Parsed((), (NO_RATE,))
        rate = own or (given.rate if given else _TENTHS)
        whose = "as it says" if own else "as its film has"
        stated = f"counts frames: read at {float(rate):.6g} frames per second, {whose}"
    starts = [Fraction(int(match[1] or match[3])) / rate for match in rows]
    nexts = [*starts[1:], None]
    lines = (_line(match, start, after, rate) for match, start, after in zip(rows, starts, nexts, strict=False))
    return Parsed(tuple(lines), (stated,) if stated else ())


def counts_rows(text: str) -> bool:
    """Whether a text begins as MicroDVD or MPL2: all of its first rows do, but for MicroDVD's defaults."""
    rows = [row for row in text.splitlines() if row.strip() and not row.startswith("{DEFAULT}")][:_FIRST]
    return bool(rows) and all(map(_COUNTED.fullmatch, rows))


def _stated_rate(match: re.Match[str]) -> Fraction | None:
    """The first subtitle may be the rate: ``{1}{1}23.976``."""
    number = _RATE.fullmatch(match[5])
    if number is None or not {match[1], match[2]} <= {"0", "1"}:
        return None
    rate = exact_rate(float(number[1].replace(",", ".")))
    return rate if 1 <= rate <= 240 else None


def _line(match: re.Match[str], start: Fraction, after: Fraction | None, rate: Fraction) -> Line:
    """What has no end lasts until the next begins, or as long as it takes to say."""
    text = _ITALIC.sub(r"\1", match[5].replace("|", "\n"))
    end = match[2] or match[4]
    if end:
        return Line(start, Fraction(int(end)) / rate, text)
    return Line(start, after if after is not None and after > start else start + time_to_say(text), text)
