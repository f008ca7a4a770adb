"""``FCM:``, by which an edit list says how the labels that follow count (SMPTE 258M).

FCM: NON-DROP FRAME                            the programme, and its sources from here on
001  R1  V  C      01:00:00:00 ...
FCM: DROP FRAME                                the first and
FCM: NON-DROP FRAME                            the second source of one transition, and what follows
002  R2  V  C      02:00:00:00 ...
002  R3  V  D 024  03:00:00:00 ...
"""

from __future__ import annotations

import re

_MODE = re.compile(r"^FCM:?[-\s]*(?:(NON)[-\s]*)?DROP", re.IGNORECASE)


def mode_of(line: str) -> bool | None:
    """Whether a line says that labels drop frames; None for a line that says nothing of it."""
    match = _MODE.match(line.strip())
    return None if match is None else not match[1]


def drop_modes(text: str) -> list[bool]:
    """Whether each mode of a list, in its order, is that of drop-frame timecode."""
    found = map(mode_of, text.split("\n"))
    return [mode for mode in found if mode is not None]


class Modes:
    """Which mode holds while a list is read line by line."""

    def __init__(self) -> None:
        self.drop = False
        self.is_doubtful = False
        """Whether the pair last asked for follows the first two modes of the list, which differ."""
        self._count = 0
        self._new: list[bool] = []  # since the last event
        self._ahead: list[bool] = []  # of the last event

    def say(self, drop: bool) -> None:
        self.drop = drop
        self._count += 1
        self._new.append(drop)

    def other_line(self) -> None:
        """Any line that is no mode: one alone above it is of the whole list, not of its first event."""
        if self._count == 1:
            self._new.clear()

    def of_event(self) -> bool:
        """The mode of an event that begins."""
        self._ahead, self._new = self._new, []
        return self.drop

    def of_pair(self) -> bool | None:
        """The mode of the event before, where this one is the second of a transition; None where it stays."""
        if self._new or len(self._ahead) < 2:
            return None
        self.is_doubtful = self._count == 2 and self._ahead[-2] != self._ahead[-1]
        return self._ahead[-2]
