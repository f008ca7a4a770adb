"""A sound device that hears as much as the test says."""

from __future__ import annotations

from typing import Any

RATE = 48_000


class Device:
    """In place of a loudspeaker: ``played_samples`` grow when the test lets it hear."""

    def __init__(self) -> None:
        self.played_samples = 0
        self.source: Any = None

    def start(self, source: Any) -> None:
        self.source, self.played_samples = source, 0

    def stop(self) -> None:
        self.source = None

    def hear(self, count: int) -> Any:
        """The left channel of so many samples."""
        block = self.source(count)
        self.played_samples += count
        return block[0]

    def hear_until(self, seconds: float) -> None:
        """As far as that many seconds since the start."""
        self.hear(round(seconds * RATE) - self.played_samples)
