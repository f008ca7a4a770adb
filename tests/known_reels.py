"""Small known timelines and takes for the folders that are handed over."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import numpy as np

from talkies.core.media.wav.bwf import write_bwf
from talkies.core.segment import Cue, Segment, StemName, Take, Timeline
from talkies.core.times import TimeRange

SAMPLE_RATE = 48_000

Laid = Callable[..., Take]


def known_timeline(
    rate: Fraction, start_frame: int, *, drop_frame: bool = False, frames: int = 50, first: int = 0
) -> Timeline:
    """The timeline "Reel 1": one shot from frame ``first`` to the end, cues at its frames 2-10, 12-20 and 30-40."""

    def span(begin: int, end: int) -> TimeRange:
        return TimeRange((first + begin) / rate, (first + end) / rate)

    cues = (
        Cue(span(2, 10), "Hello there.", speaker="Anna"),
        Cue(span(12, 20), "door slams", "sound"),
        Cue(span(30, 40), 'Good "morning", you.', speaker="Boris"),
    )
    whole = span(0, frames)
    segment = Segment("V1-001", "shot.mov", "V1", whole, whole, rate, cues=cues)
    return Timeline(
        Path("reel.otio"), "Reel 1", rate, start_frame / rate, whole.end, (segment,), cues, drop_frame=drop_frame
    )


def layer(folder: Path) -> Laid:
    """What writes a take of noise, with handles of half a second, into ``folder``."""
    folder.mkdir()

    def lay(stem: StemName, record: TimeRange, channels: int = 1, number: int = 1, **metadata: object) -> Take:
        handle = Fraction(1, 2)
        whole = TimeRange(record.start - handle, record.end + handle)
        count = whole.samples(SAMPLE_RATE)[1]
        seed = len(list(folder.iterdir()))
        noise = np.random.default_rng(seed).standard_normal((channels, count)).astype(np.float32) * 0.05
        path = folder / f"{stem}_{seed:02}.wav"
        write_bwf(path, [noise], channels=channels)
        take = Take(
            "V1-001",
            stem,
            path.stem,
            path,
            record,
            SAMPLE_RATE,
            handle,
            handle,
            number=number,
            channels=channels,
        )
        return take.with_facts({"channels": channels, "seed": seed, **metadata})

    return lay
