"""When each decoded picture shows, whichever way the stream says it: by its stamp, by its packet's, or not at all."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from fractions import Fraction
from typing import Any, Literal

from talkies.core.times import round_half_up

Stamps = Literal["shown", "decoded", "none"]
"""What a stream's stamps say: when pictures show; in which order they are decoded (AVI); or nothing (bare H.264)."""

_SNAP = Fraction(1, 900)  # containers that count milliseconds state 24000/1001 no better


class FrameClock:
    """Times of pictures as they leave the decoder, from some packet on. ``first``: when the first shows, if known.

    ``origin``: the stamp of time 0, in ticks. ``rate``: of the pictures; times lie on its grid if it is ``constant``
    and the file only rounds to it.
    """

    def __init__(
        self, stamps: Stamps, origin: int, tick: Fraction, rate: Fraction, constant: bool, first: Fraction | None
    ) -> None:
        self._stamps, self._origin, self._tick = stamps, origin, tick
        self._rate, self._constant = rate, constant
        self._expected = first
        self._decoded: deque[int] = deque()

    def feed(self, packet: Any) -> None:
        """A packet was given to the decoder."""
        if self._stamps == "decoded" and packet is not None:
            self._decoded.append(packet.dts if packet.dts is not None else packet.pts or 0)

    def time(self, frame: Any) -> Fraction | None:
        """Seconds from the first picture; None while that cannot be said."""
        time = self._stated(frame)
        if time is None:
            time = self._expected
        if time is not None:
            self._expected = time + 1 / self._rate
        return time

    def _stated(self, frame: Any) -> Fraction | None:
        if self._stamps == "none":
            return None
        stamp: int | None = frame.pts
        if self._stamps == "decoded":  # the decoder sorts pictures: the first to leave it has the earliest stamp
            stamp = self._decoded.popleft() if self._decoded else None
        return None if stamp is None else self._on_grid((stamp - self._origin) * self._tick)

    def _on_grid(self, time: Fraction) -> Fraction:
        if self._constant:
            exact = round_half_up(time * self._rate) / self._rate
            if abs(exact - time) <= max(_SNAP, self._tick):
                return exact
        return time


def order_of_stamps(stream: Any, packets: Iterable[Any]) -> tuple[Stamps, int]:
    """What the stamps of a stream say, by the first of its packets, and the first stamp of those that say no more
    than the order of decoding."""
    import av

    read = list(packets)
    shown = [packet.pts for packet in read]
    if None not in shown and shown != sorted(shown):
        return "shown", 0
    leaving: list[int | None] = []
    for packet in read:
        try:
            leaving += [frame.pts for frame in stream.decode(packet)]
        except av.error.FFmpegError:
            continue
    known = [stamp for stamp in leaving if stamp is not None]
    if len(known) == len(leaving) and known == sorted(known):
        return "shown", 0
    first = next((stamp for packet in read if (stamp := packet.dts) is not None), None)
    return ("none", 0) if first is None else ("decoded", first)
