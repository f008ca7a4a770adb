"""AAF through OTIO's adapter, and what the adapter does not say: see clock.py and retimes.py.

The adapter hangs a marker on whatever plays there; one over a gap, which nobody would look at, goes to the timeline.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import opentimelineio as otio

from talkies.core.timeline.cut.loaded import Loaded
from talkies.core.timeline.formats.aaf.clock import clock_of
from talkies.core.timeline.formats.aaf.container import check_container
from talkies.core.timeline.formats.aaf.retimes import translate_retimes
from talkies.core.timeline.formats.adapters import as_timeline, guarded, run_adapter


def read_aaf(path: Path) -> Loaded:
    """An AAF file as a timeline. Raises TimelineError."""
    guarded(path, lambda: check_container(path))
    loaded = as_timeline(path, run_adapter(path, "AAF"))
    unread = translate_retimes(loaded.document)
    for track in loaded.document.tracks:
        loaded.document.tracks.markers.extend(_over_gaps(track))
    clock = clock_of(path, str(loaded.document.name))
    start = None if loaded.document.global_start_time is not None else clock.start
    warnings = (*loaded.warnings, *clock.notes, *unread)
    return replace(loaded, drop_frame=clock.drop, rate=clock.rate, start=start, warnings=warnings)


def _over_gaps(track: Any) -> Iterator[Any]:
    """The markers of a track's gaps, in the track's own time."""
    for gap in track if isinstance(track, otio.schema.Track) else ():
        if isinstance(gap, otio.schema.Gap) and len(gap.markers):
            ahead = track.range_of_child(gap).start_time - gap.trimmed_range().start_time
            for marker in gap.markers:
                moved = marker.clone()
                start = marker.marked_range.start_time + ahead
                moved.marked_range = otio.opentime.TimeRange(start, marker.marked_range.duration)
                yield moved
            gap.markers.clear()
