"""What an editor must offer so that talkies can work inside it; plugins implement it, ui uses it, core defines it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Protocol, runtime_checkable

from talkies.core.segment import Take, Timeline


@runtime_checkable
class Host(Protocol):
    """One editor with one open timeline. Positions are seconds from the timeline's first frame."""

    @property
    def name(self) -> str:
        """What the user calls it: "Blender", "DaVinci Resolve", "files"."""
        ...

    def read_timeline(self) -> Timeline:
        """The open timeline as it is now; TimelineError when there is none."""
        ...

    def add_takes(self, takes: Sequence[Take]) -> None:
        """New tracks at the end, one undo step; existing tracks stay as they are. OutputError leaves nothing behind."""
        ...

    def move_playhead(self, position: Fraction) -> None:
        """Shows the frame at ``position``."""
        ...
