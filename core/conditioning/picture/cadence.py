"""Cadence of old film in a video transfer: which moments the repeated pictures were taken at.

Film that ran at 18 frames a second is shown at 25 by holding some pictures for one frame and some for two:

    camera    |0      |1      |2      |3      |4        even
    shown     |0   .  |1  |2   .  |3  |4   .            a picture appears at the first frame after it was taken

Taken by their appearance, things would run in jerks and strike up to a frame too late. Where the appearances of many
pictures in a row fit one of film's usual rates, each is dated as the camera saw it.
"""

from __future__ import annotations

from collections import deque
from itertools import pairwise

FILM_RATES = (16.0, 18.0, 20.0, 24.0, 24000 / 1001, 15.0, 12.0, 22.0, 50 / 3)
"""Frames per second, the usual ones first."""

_ENOUGH, _MOST = 14, 48  # pictures in a row
_OFTEN = 3  # of them at least are held for longer, and as many for shorter
_SLACK = 0.02  # of a frame of the video: time stamps are rounded


class Cadence:
    """Feed the appearance of every frame; returns when a new picture was taken."""

    def __init__(self) -> None:
        self._frame_s = float("inf")  # of the video
        self._last: float | None = None
        self._new: deque[float] = deque(maxlen=_MOST)
        self._film: tuple[float, float] | None = None  # seconds of picture 0, seconds per picture

    @property
    def period_s(self) -> float | None:
        """Seconds from picture to picture of the film; None while no film is known behind the video."""
        return self._film[1] if self._film else None

    def frame(self, time: float) -> None:
        """A frame of the video, new or not, at ``time`` (s)."""
        if self._last is not None and time > self._last:
            self._frame_s = min(self._frame_s, time - self._last)
        self._last = time

    def pause(self) -> None:
        """The picture stands still for longer than a film would hold it: how many were taken meanwhile is not seen."""
        self._new.clear()

    def taken(self, time: float) -> float:
        """When a picture was taken that appears at ``time`` (s): at that time, or up to one frame before it."""
        self._new.append(time)
        moment = self._moment(time)
        if moment is None:  # no film, or not this one any more
            self._film = self._fitting() if len(self._new) >= _ENOUGH else None
            moment = self._moment(time)
        return time if moment is None else moment

    def _moment(self, time: float) -> float | None:
        """The film's last picture until ``time``; None if that could have been shown a frame earlier."""
        if self._film is None:
            return None
        first, period = self._film
        number = (time - first + _SLACK * self._frame_s) // period
        moment = min(first + number * period, time)
        return moment if time - moment < self._frame_s * (1 + _SLACK) else None

    def _fitting(self) -> tuple[float, float] | None:
        """The film whose pictures appeared like this. A picture held once or twice may be a moment's stillness."""
        gaps = [later - earlier for earlier, later in pairwise(self._new)]
        longer = min(gaps) + 0.5 * self._frame_s
        held = sum(gap > longer for gap in gaps)
        if not _OFTEN <= held <= len(gaps) - _OFTEN:
            return None
        for rate in FILM_RATES:
            delays = [time - number / rate for number, time in enumerate(self._new)]
            room = self._frame_s * (1 + _SLACK) - (max(delays) - min(delays))
            if room > 0:
                return min(delays) - room / 2, 1 / rate
        return None
