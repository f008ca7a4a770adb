"""Progress of long work: how much of it is done, how long each kind of it takes, what the user should know."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from fractions import Fraction

from talkies.core.events import Progress, Warned


@contextmanager
def timed(seconds: dict[str, float], stage: str) -> Iterator[None]:
    """Adds the time spent inside to ``seconds[stage]``, also when the work fails."""
    started = time.perf_counter()
    try:
        yield
    finally:
        seconds[stage] = seconds.get(stage, 0.0) + time.perf_counter() - started


@dataclass
class Work:
    """How much is done, and how long each kind of it took."""

    total: Fraction
    watch: Callable[[Progress], None]
    done: Fraction = Fraction(0)
    seconds: dict[str, float] = field(default_factory=dict)
    message: str = ""

    def at(self, part: Fraction, share: float | Fraction) -> None:
        """Tells the watcher, who may raise CancelledError: ``share`` of the current ``part`` is done."""
        now = float(self.done) + float(part) * min(max(float(share), 0.0), 1.0)
        self.watch(Progress(min(now / float(self.total), 1.0) if self.total else 1.0, self.message))

    def say(self, message: str) -> None:
        """Tells the watcher what is going on before any of it is done."""
        self.message = message
        self.at(Fraction(0), 0)

    def clock(self, stage: str) -> AbstractContextManager[None]:
        """Counts the time spent inside to a stage."""
        return timed(self.seconds, stage)

    @contextmanager
    def saving(self) -> Iterator[None]:
        """Counts the time spent inside to "save", but for what "make" counts there: sound is made while its file is
        filled."""
        made_before = self.seconds.get("make", 0.0)
        with self.clock("save"):
            yield
        self.seconds["save"] -= self.seconds.get("make", 0.0) - made_before


@dataclass
class WarningLog:
    """Warnings, each emitted once."""

    sentences: list[str] = field(default_factory=list)
    _emitted: int = 0

    def new(self) -> Iterator[Warned]:
        """What has been added since the last time; repetitions are dropped."""
        self.sentences[:] = list(dict.fromkeys(self.sentences))
        for sentence in self.sentences[self._emitted :]:
            yield Warned(sentence)
        self._emitted = len(self.sentences)
