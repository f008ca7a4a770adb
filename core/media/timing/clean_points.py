"""Where decoding may begin in a stream that nobody can seek in, and which of all pictures shows there first."""

from __future__ import annotations

import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from talkies.core.times import round_half_up

_START = b"\0\0\1"
_PICTURE = b"\0\0\1\0"
"""Of MPEG-1 and 2 (ISO 13818-2, 6.2.3); ten bits follow: the place of the picture in its group as it shows."""
_MPEG = ("mpeg1video", "mpeg2video")
_UNITS = {"h264": (0, 0x1F, {5}), "hevc": (1, 0x3F, {19, 20})}
"""By codec: shift and mask of a unit's type in its first byte, and the types of instantaneous refresh."""


@dataclass(frozen=True)
class CleanPoint:
    """Decoding may begin at the packet with number ``packet``; ``pictures`` show before its own."""

    packet: int = 0
    pictures: int = 0


def clean_points(packets: Iterable[Any], stream: Any, rate: Fraction) -> list[CleanPoint]:
    """All of a stream that is read from its beginning; the first is the beginning."""
    points, length = [CleanPoint()], 0
    for number, packet in enumerate(packets):
        leading = leading_pictures(packet, stream) if number else None
        if leading is not None:
            before = round_half_up(length * stream.time_base * rate) if length else number
            points.append(CleanPoint(number, before + leading))
        length += packet.duration or 0
    return points


def last_before(points: list[CleanPoint], picture: int) -> CleanPoint:
    """From where to decode in order to see a picture."""
    return points[max(bisect.bisect_right(points, picture, key=lambda point: point.pictures) - 1, 0)]


def leading_pictures(packet: Any, stream: Any) -> int | None:
    """How many pictures come after this one but show before it, if decoding may begin here without them; else None."""
    if not packet.is_keyframe:
        return None
    codec = stream.codec_context
    if not codec.has_b_frames:
        return 0
    if codec.name in _MPEG:
        at = bytes(packet).find(_PICTURE)
        return int.from_bytes(bytes(packet)[at + 4 : at + 6]) >> 6 if at >= 0 else None
    shift, mask, refresh = _UNITS.get(codec.name, (0, 0, set()))
    return 0 if any((first >> shift) & mask in refresh for first in _units(bytes(packet))) else None


def _units(data: bytes) -> Iterator[int]:
    """The first byte of each unit of an H.264 or H.265 byte stream (Annex B)."""
    at = data.find(_START)
    while at >= 0 and at + 3 < len(data):
        yield data[at + 3]
        at = data.find(_START, at + 3)
