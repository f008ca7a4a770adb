"""A stems folder: one continuous Broadcast WAV for each track, with cue sheet, markers and subtitles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from talkies.core.segment import Take, Timeline
from talkies.core.timeline.formats.base import Writer
from talkies.core.timeline.structure.sounds import sound_tracks
from talkies.core.turnover.folder import CHECKSUMS, check_folder
from talkies.core.turnover.span import Pops

NO_POPS = Pops()


@dataclass(frozen=True)
class StemsFolder(Writer):
    """``.stems``: for every workstation. ``pops``: before and after the picture."""

    title: ClassVar[str] = "stems folder (any workstation)"
    is_folder: ClassVar[bool] = True
    content: ClassVar[str] = CHECKSUMS
    portraits: ClassVar[str] = (
        "a stems folder holds sound: the portraits are beside it in NAME.takes; write an .otio to have them on a track"
    )

    pops: Pops = NO_POPS

    def check(self, timeline: Timeline, out: Path) -> None:
        check_folder(out)

    def losses(self, timeline: Timeline) -> tuple[str, ...]:
        shots, tracks = len(timeline.segments), len(sound_tracks(timeline))
        cut = f"a stems folder holds sound and lists, not the cut (clips of picture: {shots}): write an .otio for that"
        own = f"the sound that the timeline has already (audio tracks: {tracks}) is not in its stems"
        return (cut, own) if tracks else (cut,)

    def write(self, timeline: Timeline, takes: Sequence[Take], out: Path) -> None:
        from talkies.core.turnover.stems_folder import write_stems_folder  # late: it measures and mixes

        write_stems_folder(timeline, takes, out, self.pops)
