"""MLT's filter ``freeze`` on a clip: one picture is held, always, before it or after it.

    <entry producer="c" in="24" out="71"><filter>    frame 10, freeze_after 1: pictures 24 to 34, and then 34

As melt 7.12 shows it: ``frame`` counts from the clip's in, but in a chain or a timewarp from the beginning of the file
inside; the filter's own in moves the moment at which the picture begins or ends to be held, and not the picture.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from xml.etree.ElementTree import Element

from talkies.core.curves import Curve
from talkies.core.timeline.formats.mlt.terms import is_on, property_of
from talkies.core.times import TimeRange

_MOST = 4  # on one clip
_FAR = Fraction(1_000_000)
_SET = re.compile(r"[-+]?0*[1-9]")


@dataclass(frozen=True)
class Freeze:
    """``picture``: seconds to the one that is held; ``start``, ``end``: of the filter, both 0 where it is always on."""

    picture: Fraction
    before: bool
    after: bool
    start: Fraction
    end: Fraction

    def on(self, curve: Curve, clip_in: Fraction, inner_speed: Fraction | None, frame: Fraction) -> Curve:
        """What is shown over the producer's time, where ``curve`` says what is without it.

        ``inner_speed``: of the file inside a chain or a timewarp, None for any other producer; ``frame``: seconds of
        one."""
        if inner_speed is None:
            picture = clip_in + self.picture
            media = max(curve.at(picture), Fraction(0))
        else:
            picture = self.picture
            media = max(picture, Fraction(0)) * abs(inner_speed)
        for span in self._held(picture + self.start, frame):
            flows = curve.at(span.start - frame) == media  # then it stands still since the picture itself began
            curve = curve.held(TimeRange(span.start - frame if flows else span.start, span.end), media)
        return curve

    def _held(self, moment: Fraction, frame: Fraction) -> Iterator[TimeRange]:
        first = self.start if self.start or self.end else -_FAR
        last = self.end + frame if self.end else _FAR
        if not self.before and not self.after and first < last:
            yield TimeRange(first, last)
        if self.before and first < min(moment, last):
            yield TimeRange(first, min(moment, last))
        if self.after and max(moment + frame, first) < last:
            yield TimeRange(max(moment + frame, first), last)


def freezes_of(item: Element, time: Callable[[str], Fraction]) -> list[Freeze]:
    """Those of an entry, or of a chain as Shotcut has them, in order; ``time``: seconds of what the project writes as a
    time. Raises ValueError for times that are none, and for more than anybody sets."""
    found = [each for each in item.iterfind("filter") if is_on(each, "freeze")]
    if len(found) > _MOST:
        raise ValueError(f"a clip is frozen {len(found)} times")
    return [_freeze(each, time) for each in found]


def _freeze(each: Element, time: Callable[[str], Fraction]) -> Freeze:
    return Freeze(
        time(property_of(each, "frame") or "0"),
        _SET.match(property_of(each, "freeze_before")) is not None,
        _SET.match(property_of(each, "freeze_after")) is not None,
        time(each.get("in") or "0"),
        time(each.get("out") or "0"),
    )
