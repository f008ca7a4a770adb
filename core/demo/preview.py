"""Preview movie: the timeline's picture with its new sound."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from itertools import chain
from pathlib import Path

import numpy as np

from talkies.core.credentials.signing import follows
from talkies.core.media.timeline_movie import (
    add_picture,
    movie_file,
    mux,
    pictures,
)
from talkies.core.segment import Take, Timeline
from talkies.core.takes.levels import SAMPLE_RATE, mixed
from talkies.core.times import to_sample


def write_preview(timeline: Timeline, takes: Sequence[Take], path: Path) -> None:
    """H.264 and AAC in an MP4 of ``timeline``'s whole length: the first track's picture, the sum of the first takes.

    Where there is no picture it is black. Raises OutputError and MediaError; atomic.
    """
    first = [take for take in takes if take.number == 1]
    before = to_sample(min((take.record.start for take in first), default=Fraction(0)), SAMPLE_RATE)
    with movie_file(path, "mp4", {"movflags": "+faststart"}) as container:
        video = add_picture(container, timeline.rate)
        audio = container.add_stream("aac", rate=SAMPLE_RATE, layout="stereo", options={"b": "192k"})
        mux(container, video, pictures(timeline), audio, chain([np.zeros((2, before), np.float32)], mixed(first)))
    follows(first).mix(path, "preview", first, timeline.segments, movie=True)
