"""Positions on the open timeline: playhead, in and out, markers; a base class of the document."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Final

from talkies.core.times import to_frame
from talkies.ui.work.open_document import OpenDocument
from talkies.ui.work.state import Marker

MOST_MARKER_NAME: Final = 200
"""Characters of a marker's name that are kept."""


class Positions(OpenDocument):
    """Seconds from the timeline's first frame. The playhead is saved, but no step to undo; the others are."""

    @property
    def playhead(self) -> Fraction:
        return self._state.playhead

    def set_playhead(self, position: Fraction) -> None:
        """Kept within the timeline."""
        last = self.timeline.duration if self.timeline is not None else Fraction(0)
        self._write(replace(self._state, playhead=min(max(position, Fraction(0)), last)))

    @property
    def in_out(self) -> tuple[Fraction | None, Fraction | None]:
        return self._state.in_point, self._state.out_point

    def set_in_out(self, in_point: Fraction | None, out_point: Fraction | None, gesture: str = "") -> None:
        """A range to play and to choose from; the in point that lies after the out point takes its place.
        ``gesture``: see :class:`Edit`."""
        if in_point is not None and out_point is not None and in_point > out_point:
            in_point, out_point = out_point, in_point
        before, after = self.in_out, (in_point, out_point)
        if after != before:
            self._push(
                self.tr("Set in and out"),
                lambda state: replace(state, in_point=after[0], out_point=after[1]),
                lambda state: replace(state, in_point=before[0], out_point=before[1]),
                gesture,
            )

    # Markers

    @property
    def markers(self) -> tuple[Marker, ...]:
        """In the order of time, at most one on a frame."""
        return self._state.markers

    def marker_at(self, position: Fraction) -> Marker | None:
        """The marker on the frame of a position."""
        rate = self.open_timeline().rate
        frame = to_frame(position, rate)
        return next((each for each in self.markers if to_frame(each.position, rate) == frame), None)

    def set_marker(self, position: Fraction, name: str = "") -> None:
        """A marker on the frame of a position; one that is there gets the name."""
        rate = self.open_timeline().rate
        there = self.marker_at(position)
        place = there.position if there is not None else to_frame(position, rate) / rate
        new = Marker(place, " ".join(name.split())[:MOST_MARKER_NAME])
        others = [each for each in self.markers if each is not there]
        text = self.tr("Set marker") if there is None else self.tr("Name marker")
        self._mark(text, sorted([*others, new], key=lambda each: each.position))

    def remove_marker(self, position: Fraction) -> None:
        """The one on the frame of a position, if there is one."""
        there = self.marker_at(position)
        self._mark(self.tr("Remove marker"), [each for each in self.markers if each is not there])

    def next_marker(self, forward: bool) -> Marker | None:
        """The nearest one after the playhead, or before it."""
        if forward:
            return next((each for each in self.markers if each.position > self.playhead), None)
        return next((each for each in reversed(self.markers) if each.position < self.playhead), None)

    def _mark(self, text: str, markers: Sequence[Marker]) -> None:
        before, after = self.markers, tuple(markers)
        if after != before:
            self._push(text, lambda state: replace(state, markers=after), lambda state: replace(state, markers=before))
