"""The ``bext`` chunk of Broadcast WAV, version 2 (EBU Tech 3285): description, origin, time reference, loudness."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from datetime import UTC, datetime

from talkies.core.media.loudness import Programme

_UNKNOWN = 0x7FFF  # a loudness that nobody can state
_MOST = 99.99
_VERSION = 2
_FIXED_BYTES = 602
_VERSION_AT, _LEVELS = 346, 412  # bytes


@dataclass(frozen=True)
class Bext:
    """What a ``bext`` chunk says. ``time_reference``: the timecode of the first sample, in samples since midnight;
    ``origination``: when it was made."""

    time_reference: int = 0
    description: str = ""
    originator_reference: str = ""
    origination: datetime | None = None


def bext_chunk(said: Bext, sample_rate: int, channels: int, programme: Programme = Programme()) -> bytes:  # noqa: B008 - frozen
    """The chunk's content; as long for every ``programme``. ASCII, cut to size; made now unless it says when."""
    moment = said.origination or datetime.now(UTC)
    layout = {1: "mono", 2: "stereo"}.get(channels, "multichannel")
    text = struct.pack(
        "<256s32s32s10s8s", _ascii(said.description), b"talkies", _ascii(said.originator_reference),
        f"{moment:%Y-%m-%d}".encode(), f"{moment:%H:%M:%S}".encode(),
    )  # fmt: skip
    levels = (
        programme.integrated, programme.loudness_range, programme.true_peak, programme.momentary, programme.short_term
    )  # fmt: skip
    numbers = struct.pack("<QH64x5h", said.time_reference, _VERSION, *map(_hundredths, levels))
    history = f"A=PCM,F={sample_rate},W=24,M={layout},T=talkies\r\n"
    return (text + numbers).ljust(_FIXED_BYTES, b"\0") + history.encode()


def programme_in(chunk: bytes) -> Programme | None:
    """The loudness that a chunk's content states; None where it is of an earlier version, which states none."""
    if len(chunk) < _LEVELS + 10 or struct.unpack_from("<H", chunk, _VERSION_AT)[0] < _VERSION:
        return None
    numbers = struct.unpack_from("<5h", chunk, _LEVELS)
    levels = (None if number in (_UNKNOWN, -1 - _UNKNOWN) else number / 100 for number in numbers)
    integrated, loudness_range, true_peak, momentary, short_term = levels
    return Programme(integrated, loudness_range, true_peak, momentary, short_term)


def _ascii(text: str) -> bytes:
    return text.encode("ascii", "replace")


def _hundredths(level: float | None) -> int:
    if level is None or not math.isfinite(level) or abs(level) > _MOST:
        return _UNKNOWN
    return round(level * 100)
