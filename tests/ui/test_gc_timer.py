"""Python's cyclic garbage goes in the window's thread, and nowhere else."""

from __future__ import annotations

import gc
import weakref

import pytest
from PySide6.QtCore import QObject

from talkies.ui.gc_timer import GcTimer


class Ring:
    """Refers to itself, so that only the collector can free it."""

    def __init__(self) -> None:
        self.itself = self


def test_the_timer_takes_over_from_the_automatic_collector(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gc, "get_threshold", lambda: (20_000, 10, 10))  # as in our own process
    parent = QObject()
    timer = GcTimer(parent)
    assert not gc.isenabled()
    lost = weakref.ref(Ring())
    padding: list[list[None]] = [[] for _ in range(1000)]
    assert lost() is not None
    timer.collect()
    assert lost() is None
    assert padding
