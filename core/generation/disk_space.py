"""How much room on the disk a run needs, known before it begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from talkies.core.generation.request import Request
from talkies.core.media.bwf import SAMPLE_RATE
from talkies.core.segment import Stem, Timeline

STEMS_FOLDER = ".stems"
"""The suffix of an output that holds continuous stems."""

_FILE_BYTES = 3 * SAMPLE_RATE  # per second of a mono file
_WAITING_BYTES = 4 * SAMPLE_RATE  # while it is levelled


def needed_bytes(stems: Mapping[str, Sequence[Stem]], request: Request) -> int:
    """For the takes."""
    seconds = [stem.record.duration + 2 * request.handles for parts in stems.values() for stem in parts]
    return int(sum(seconds) * request.takes * _FILE_BYTES + max(seconds) * _WAITING_BYTES)


def continuous_bytes(timeline: Timeline, stems: Mapping[str, Sequence[Stem]], request: Request) -> int:
    """For stems each as long as the timeline, where these are asked for."""
    if request.out.suffix.lower() != STEMS_FOLDER:
        return 0
    tracks = {(stem.name, stem.speaker) for parts in stems.values() for stem in parts}
    return int(timeline.duration * len(tracks) * request.takes * _FILE_BYTES)
