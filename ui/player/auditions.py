"""Auditions: playing what is meant, which is what was touched last: the playhead, or the shots that were chosen since.

play_or_stop   from the playhead, or from the chosen shots when they were chosen after it was moved away from them
play_chosen    the chosen shots, once            play_around   the nearest cut, with what leads up to it
hear           a take or a comparison, in its shot
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Final

from PySide6.QtCore import QObject

from talkies.core.times import TimeRange
from talkies.ui.player.player import Player
from talkies.ui.work.document import Document

PRE_ROLL: Final = Fraction(2)
"""Seconds played before a cut, and as many after it."""


class Auditions(QObject):
    """``cuts``: the edit points of the timeline, in order."""

    def __init__(
        self, document: Document, player: Player, cuts: Callable[[], Iterable[Fraction]], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._document, self._player, self._cuts = document, player, cuts
        self._transport = player.transport
        self._chosen_last = False
        document.selection_changed.connect(self._note_choice)
        self._transport.sought.connect(self._note_place)
        self._transport.state_changed.connect(self._end_listening)

    def play_or_stop(self) -> None:
        """Space."""
        chosen = self._chosen()
        if self._transport.playing:
            self._transport.stop()
            return
        if chosen and self._chosen_last and not any(self._covers(each) for each in chosen):
            self._transport.seek(chosen[0].start)
        self._transport.play(1)

    def play_chosen(self) -> None:
        """From the first chosen shot to the last; the playhead goes back to the first."""
        if chosen := self._chosen():
            start, end = chosen[0].start, max(each.end for each in chosen)
            self._transport.play_once(start, end, start)

    def play_around(self) -> None:
        """Over the cut that is nearest to the playhead; that goes back to where it was."""
        here = self._document.playhead
        cut = min(self._cuts(), key=lambda each: abs(each - here), default=here)
        self._transport.play_once(cut - PRE_ROLL, cut + PRE_ROLL, here)

    def play_take(self, take_id: str) -> None:
        """A take in its shot instead of the one that sounds there, until it stops."""
        place = self._document.take(take_id).place
        self._transport.stop()
        self._player.monitor.listen(take_id)
        self._transport.play_once(place.start, place.end, max(place.start, Fraction(0)))

    def hear(self, take_id: str) -> None:
        """What is compared is heard: at the playhead if that is in its shot, else from the beginning of it; at its end
        the playhead goes back there, to hear the same again."""
        place = self._document.take(take_id).place
        if not self._covers(place) or not self._transport.playing:
            start = self._document.playhead if self._covers(place) else max(place.start, Fraction(0))
            self._transport.play_once(start, place.end, start)

    def _chosen(self) -> list[TimeRange]:
        return sorted(self._document.segment(key).record for key in self._document.selected)

    def _covers(self, place: TimeRange) -> bool:
        return place.start <= self._document.playhead < place.end

    def _note_choice(self) -> None:
        self._chosen_last = bool(self._document.selected)

    def _note_place(self) -> None:
        self._chosen_last = False

    def _end_listening(self, speed: int) -> None:
        if not speed:
            self._player.monitor.listen("")
