"""Where decoding may begin in a stream that nobody can seek in: at pictures which nothing before them reaches over."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from talkies.core.times import round_half_up

_START = b"\0\0\1"
_UNITS = {"h264": (0, 0x1F, {5}), "hevc": (1, 0x3F, {19, 20})}
"""By codec: shift and mask of a unit's type in its first byte, and the types of instantaneous refresh."""


@dataclass(frozen=True)
class CleanPoint:
    """The packet with number ``packet`` begins anew; ``pictures`` show before it."""

    packet: int = 0
    pictures: int = 0


def clean_points(packets: Iterable[Any], stream: Any, rate: Fraction) -> list[CleanPoint]:
    """All of a stream that is read from its beginning; the first is the beginning."""
    points, length = [CleanPoint()], 0
    for number, packet in enumerate(packets):
        if number and is_clean(packet, stream):
            pictures = round_half_up(length * stream.time_base * rate) if length else number
            points.append(CleanPoint(number, pictures))
        length += packet.duration or 0
    return points


def last_before(points: list[CleanPoint], picture: int) -> CleanPoint:
    """From where to decode in order to see a picture."""
    return points[max(bisect.bisect_right(points, picture, key=lambda point: point.pictures) - 1, 0)]


def is_clean(packet: Any, stream: Any) -> bool:
    """Whether all that was decoded before shows before, and is not needed any more."""
    if not packet.is_keyframe:
        return False
    if not stream.codec_context.has_b_frames:
        return True
    shift, mask, refresh = _UNITS.get(stream.codec_context.name, (0, 0, set()))
    return any((first >> shift) & mask in refresh for first in _units(bytes(packet)))


def _units(data: bytes) -> Iterator[int]:
    """The first byte of each unit of an H.264 or H.265 byte stream (Annex B)."""
    at = data.find(_START)
    while at >= 0 and at + 3 < len(data):
        yield data[at + 3]
        at = data.find(_START, at + 3)
