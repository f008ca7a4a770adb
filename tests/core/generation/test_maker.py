"""While a segment is looked at: frames are decoded on a thread, and whoever watches hears of it only on their own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from engines import TonesEngine

from talkies.core.errors import CancelledError
from talkies.core.events import Progress
from talkies.core.generation.maker import Maker
from talkies.core.generation.request import Request
from talkies.core.media.picture import Frame
from talkies.core.progress import Work
from talkies.core.segment import Segment, Stem
from talkies.core.timeline import read_timeline
from talkies.core.times import TimeRange


class Watcher:
    """Notes on which threads it is told something; cancels the ``cancel_at``th time."""

    def __init__(self, cancel_at: int | None = None) -> None:
        self.fractions: list[float] = []
        self.threads: set[threading.Thread] = set()
        self._cancel_at = cancel_at

    def __call__(self, progress: Progress) -> None:
        self.threads.add(threading.current_thread())
        self.fractions.append(progress.fraction)
        if len(self.fractions) == self._cancel_at:
            raise CancelledError("reel.otio", "was cancelled")


def maker_of(reel: Path, watch: Watcher) -> tuple[Maker, Segment, list[Stem]]:
    """For the first shot, extended beyond the end of its film."""
    timeline = read_timeline(reel)
    segment = timeline.segments[0]
    longer = TimeRange(segment.record.start, segment.record.start + 20)
    source = TimeRange(segment.source.start, segment.source.start + 20)
    segment = replace(segment, record=longer, source=source)
    work = Work(segment.record.duration, watch)
    maker = Maker(Request(reel, reel.with_name("out.otio")), timeline, {"foley": TonesEngine()}, reel.parent, work)
    return maker, segment, [Stem(segment, "foley", "FX", segment.record)]


def test_progress_and_warnings_are_told_on_the_callers_thread(reel: Path) -> None:
    watch = Watcher()
    maker, segment, stems = maker_of(reel, watch)
    look = maker.look(segment, stems)
    assert look.problem is None and look.features is not None
    assert watch.threads == {threading.current_thread()}
    assert watch.fractions == sorted(watch.fractions) and len(watch.fractions) > 20
    assert ["picture ends" in warning for warning in maker.warnings] == [True]


def test_cancelling_ends_the_thread_at_once(reel: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Frame] = []

    def endless(segment: Segment, **options: object) -> Iterator[Frame]:
        while True:
            made.append(Frame(Fraction(len(made), 25), np.zeros((72, 128, 3), np.uint8)))
            yield made[-1]

    monkeypatch.setattr("talkies.core.conditioning.picture.look.picture_frames", endless)
    before = threading.active_count()
    maker, segment, stems = maker_of(reel, Watcher(cancel_at=3))
    with pytest.raises(CancelledError):
        maker.look(segment, stems)
    assert threading.active_count() == before
    assert len(made) < 20
