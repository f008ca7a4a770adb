"""AAF through OTIO's adapter, and what the adapter does not say: whether the timecode drops frames."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from talkies.core.timeline.formats import Loaded, as_timeline, run_adapter


def read_aaf(path: Path) -> Loaded:
    """An AAF file as a timeline. Raises TimelineError."""
    loaded = as_timeline(path, run_adapter(path, "AAF"))
    return replace(loaded, drop_frame=_drops_frames(path, str(loaded.document.name)))


def _drops_frames(path: Path, name: str) -> bool:
    """What the primary timecode of the composition with this name says; the adapter could read it, so we can."""
    import aaf2

    with aaf2.open(str(path)) as file:
        for mob in file.content.compositionmobs():
            for slot in mob.slots if mob.name == name else ():
                if slot.media_kind == "Timecode" and slot["PhysicalTrackNumber"].value == 1:
                    return bool(getattr(slot.segment, "drop", False))
    return False
