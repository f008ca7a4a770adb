"""MLT's link ``timeremap``: which media time a chain shows, by keyframes of time or of speed.

    <chain><link in="0" out="149"><property name="mlt_service">timeremap</property>
      <property name="map">0=0;50=2;150=4</property></link></chain>            frames = seconds, from the link's in on

``map`` (7.0) and ``time_map`` are media seconds; ``speed_map`` is the speed, which is summed up [link_timeremap.c].
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import pairwise
from xml.etree.ElementTree import Element

from talkies.core.curves import Curve, Knot
from talkies.core.timeline.cut.walking import MAX_SECONDS
from talkies.core.timeline.formats.mlt.terms import number, property_of

_KEY = re.compile(r"\s*([\d:.,]{1,24})\s*([^\d=:.,]?)=\s*(\S{1,40})\s*")
_MOST_KEYS = 2000
_STEPS = 32  # straight stretches for a speed that changes between two keyframes
_STRAIGHT, _HELD = ("", "|")


def remap_of(chain: Element, time: Callable[[str], Fraction]) -> tuple[Curve | None, bool]:
    """What the chain shows over its own time, None without a remap; and whether curves were taken for straight.

    ``time``: seconds of what the project writes as a time. Raises ValueError."""
    for link in chain.iterfind("link"):
        if property_of(link, "mlt_service") != "timeremap":
            continue
        start = time(link.get("in", "0"))
        stated = property_of(link, "time_map") or property_of(link, "map")
        keys = list(_keys(stated or property_of(link, "speed_map"), time))
        if not keys:
            return None, False
        knots = _held(keys) if stated else list(_summed(keys))
        curve = Curve.through(knots if len(knots) > 1 else (knots[0], (knots[0][0] + 1, knots[0][1])))
        is_bent = any(kind not in (_STRAIGHT, _HELD) for _, kind, _ in keys)
        return (None if curve is None else curve.moved(start, start)), is_bent
    return None, False


_Key = tuple[Fraction, str, Fraction]


def _keys(text: str, time: Callable[[str], Fraction]) -> Iterator[_Key]:
    """Keyframes in order: seconds, how it goes on from there, value."""
    parts = [part for part in text.split(";") if part.strip()]
    if len(parts) > _MOST_KEYS:
        raise ValueError(f"a time remap of {len(parts)} keyframes is more than anybody sets")
    found: dict[Fraction, _Key] = {}
    for part in parts:
        match = _KEY.fullmatch(part)
        if match is None:
            raise ValueError(f"{part[:40]!r} is no keyframe")
        value = number(match[3])
        if abs(value) > MAX_SECONDS:
            raise ValueError(f"a time of {match[3]!r} is out of range")
        found[time(match[1])] = (time(match[1]), match[2], value)
    yield from (found[at] for at in sorted(found))


def _held(keys: list[_Key]) -> list[Knot]:
    """Between keyframes the time goes on straight, or stands still and jumps."""
    knots: list[Knot] = []
    for one, other in pairwise(keys):
        knots.append((one[0], one[2]))
        if one[1] == _HELD:
            knots.append((other[0], one[2]))
    return [*knots, (keys[-1][0], keys[-1][2])]


def _summed(keys: list[_Key]) -> Iterator[Knot]:
    """Media time where the keyframes say how fast it goes, from 0 on."""
    media = keys[0][0] * keys[0][2]
    yield Fraction(0), Fraction(0)
    yield keys[0][0], media
    for one, other in pairwise(keys):
        span, last = other[0] - one[0], one[2] if one[1] == _HELD else other[2]
        steps = 1 if last == one[2] else _STEPS
        for step in range(1, steps + 1):
            middle = one[2] + (last - one[2]) * Fraction(2 * step - 1, 2 * steps)
            media += middle * span / steps
            yield one[0] + span * step / steps, media
    yield keys[-1][0] + 1, media + keys[-1][2]
