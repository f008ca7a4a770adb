"""Cuts with known places and takes for them, for the tests of writers."""

from __future__ import annotations

import struct
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import opentimelineio as otio
from stems import stem_of

from talkies.core.segment import StemName, Take, Timeline
from talkies.core.takes.saving import save_take
from talkies.core.times import TimeRange

FRAMES = ((5, 50), (55, 30))
"""First frame and length of the two shots, after a gap."""


def span(first: float, count: float, rate: float) -> otio.opentime.TimeRange:
    time = otio.opentime.RationalTime
    return otio.opentime.TimeRange(time(first, rate), time(count, rate))


def write_cut(path: Path, rate: float, start: int | None = None, url: str = "Schnitt 1 #ä.mov") -> Path:
    """``FRAMES`` on V1: each shot is frames 10 and following of one medium of 500 frames."""
    children: list[otio.core.Composable] = [otio.schema.Gap(source_range=span(0, FRAMES[0][0], rate))]
    for number, (_, count) in enumerate(FRAMES, start=1):
        media = otio.schema.ExternalReference(url, span(0, 500, rate))
        children.append(otio.schema.Clip(f"shot {number}", media, span(10, count, rate)))
    timeline = otio.schema.Timeline("cut", tracks=[otio.schema.Track("V1", kind="Video", children=children)])
    if start is not None:
        timeline.global_start_time = otio.opentime.RationalTime(start, rate)
    return save(timeline, path)


def save(timeline: Any, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    otio.adapters.write_to_file(timeline, str(path))
    return path


def takes_of(
    timeline: Timeline,
    folder: Path,
    stem: StemName = "DX",
    channels: int = 1,
    frames: int = 1000,
    record: TimeRange | None = None,
    **options: Any,
) -> list[Take]:
    """A take for each segment, of its first ``frames`` at most, all of one level; ``options`` as of ``save_take``."""
    made = []
    handles = sum(options.get("handles", ()))
    for segment in timeline.segments:
        end = min(segment.record.end, segment.record.start + frames / timeline.rate)
        covered = record or TimeRange(segment.record.start, end)
        sound = np.full((channels, int((covered.duration + handles) * 48000) + 2), 0.01, np.float32)
        made.append(save_take(stem_of(segment, stem, record=covered), timeline, [sound], folder, **options))
    return made


def time_reference_of(path: Path) -> int:
    """The samples since midnight in a WAV's ``bext`` chunk, read by hand (EBU Tech 3285)."""
    data = path.read_bytes()
    at = data.index(b"bext") + 8
    low, high = struct.unpack_from("<II", data, at + 338)
    return int(low) | int(high) << 32


def nearest_sample(seconds: Fraction) -> int:
    """By hand: halves upwards."""
    return int((seconds * 48000 + Fraction(1, 2)) // 1)
