"""Exact time: seconds are Fractions everywhere; the few roundings that exist have a name here.

A *rate* is frames per second as an exact fraction (23.976 means 24000/1001). All positions on a timeline are
seconds from its first frame. A float never carries a position: it enters through :func:`exact_rate` or
:func:`exact_seconds` and leaves through one of the roundings below.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, Literal

AUTO_RATE: Final = "auto"
AskedRate = Fraction | Literal["auto"]
"""Frames per second of a film as somebody asks for them; ``auto``: what its name and its pictures say."""

LATENT_RATE = Fraction(25)
"""Latent frames per second, in the reference profile and in the shipped model."""

_NTSC_DISTANCE = Fraction(1, 100)  # 23.98, 29.97, 47.95, 59.94, 119.88 are all nearer than this to N·1000/1001


def exact_rate(value: float | Fraction) -> Fraction:
    """The exact rate that a file's decimal rate stands for: 23.976, 23.98 → 24000/1001, 25.0 → 25, 12.5 → 25/2."""
    if isinstance(value, Fraction):
        return value
    nearest = round(value)
    if nearest and abs(value - nearest) < 1e-6:
        return Fraction(nearest)
    ntsc = Fraction(round(value * 1001 / 1000) * 1000, 1001)
    if ntsc >= 23 and abs(Fraction(value) - ntsc) < _NTSC_DISTANCE:
        return ntsc
    return Fraction(value).limit_denominator(1001)


def exact_seconds(value: float, rate: float | Fraction) -> Fraction:
    """Seconds of ``value`` frames at ``rate``; fractional frames (from retimes) survive to 1/1000 of a frame."""
    return Fraction(value).limit_denominator(1000) / exact_rate(rate)


def round_half_up(value: Fraction) -> int:
    """Nearest integer, halves upwards: the same on both sides of a cut, unlike banker's rounding."""
    return _half_up(value.numerator, value.denominator)


def _half_up(numerator: int, denominator: int) -> int:
    """Of a fraction that need not be in its lowest terms, which spares the search for a common divisor."""
    return (2 * numerator + denominator) // (2 * denominator)


def to_sample(position: Fraction, sample_rate: int) -> int:
    """The sample at which a timeline position falls. The one rounding of placement: always on absolute positions."""
    return _half_up(position.numerator * sample_rate, position.denominator)


def to_frame(position: Fraction, rate: Fraction) -> int:
    """The frame that starts nearest to a position."""
    return _half_up(position.numerator * rate.numerator, position.denominator * rate.denominator)


def frame_floor(position: Fraction, rate: Fraction) -> Fraction:
    """The latest start of a frame, in seconds, that is not after a position."""
    return position * rate // 1 / rate


def frame_ceil(position: Fraction, rate: Fraction) -> Fraction:
    """The earliest start of a frame, in seconds, that is not before a position."""
    return -(-position * rate // 1) / rate


def latent_count(duration: Fraction) -> int:
    """How many latent frames cover a duration (seconds), the last one perhaps in part."""
    return -int(-duration * LATENT_RATE // 1)


@dataclass(frozen=True, order=True)
class TimeRange:
    """``[start, end)`` in seconds on one time axis."""

    start: Fraction
    end: Fraction

    @property
    def duration(self) -> Fraction:
        return self.end - self.start

    def overlap(self, other: TimeRange) -> TimeRange | None:
        """What both cover, or None."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return TimeRange(start, end) if start < end else None

    def shifted(self, offset: Fraction) -> TimeRange:
        return TimeRange(self.start + offset, self.end + offset)

    def samples(self, sample_rate: int) -> tuple[int, int]:
        """First sample and number of samples; neighbours that share an edge neither gap nor overlap."""
        first = to_sample(self.start, sample_rate)
        return first, to_sample(self.end, sample_rate) - first


def united(ranges: Iterable[TimeRange]) -> list[TimeRange]:
    """The same stretches of time in order, those that overlap or touch as one."""
    found: list[TimeRange] = []
    for each in sorted(ranges):
        if found and each.start <= found[-1].end:
            found[-1] = TimeRange(found[-1].start, max(found[-1].end, each.end))
        else:
            found.append(each)
    return found


def seconds_of_timecode(
    hours: int, minutes: int, seconds: int, frames: int, rate: Fraction, drop_frame: bool = False
) -> Fraction:
    """Seconds from 00:00:00:00 of a SMPTE label, which counts at the rounded rate; the inverse of :func:`timecode`."""
    nominal = round_half_up(rate)
    count = (hours * 3600 + minutes * 60 + seconds) * nominal + frames
    if drop_frame:
        total = hours * 60 + minutes
        count -= nominal // 15 * (total - total // 10)
    return count / rate


def may_drop_frames(rate: Fraction) -> bool:
    """Whether drop-frame timecode can count a rate: 29.97 and its multiples, nothing slower."""
    return round_half_up(rate) % 30 == 0


def timecode(position: Fraction, rate: Fraction, drop_frame: bool = False) -> str:
    """SMPTE ST 12-1 timecode ``HH:MM:SS:FF`` (``;`` before the frames when drop-frame), for film rates as well.

    Non-integer rates count frames at the rounded rate; drop-frame (29.97, 59.94) skips 2 or 4 labels a minute
    except every tenth. Hours wrap at 24.
    """
    nominal = round_half_up(rate)
    frame = to_frame(position, rate)
    if drop_frame:
        dropped = nominal // 15
        per_minute, per_ten = nominal * 60 - dropped, nominal * 600 - dropped * 9
        tens, rest = divmod(frame, per_ten)
        frame += dropped * 9 * tens + (dropped * ((rest - dropped) // per_minute) if rest > dropped else 0)
    sign, frame = ("-", -frame) if frame < 0 else ("", frame)
    seconds, frames = divmod(frame, nominal)
    separator = ";" if drop_frame else ":"
    return f"{sign}{seconds // 3600 % 24:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{separator}{frames:02}"
