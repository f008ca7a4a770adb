"""What is remembered between takes: made once, the oldest forgotten first."""

from __future__ import annotations

import tracemalloc

import numpy as np

from talkies.core.sources.remembered import Remembered, SpotSound


def test_a_sound_is_made_once_and_the_least_used_is_forgotten() -> None:
    made: list[str] = []

    def of(remembered: Remembered, name: str) -> SpotSound:
        def make() -> SpotSound:
            made.append(name)
            return SpotSound(0, np.zeros(250, np.float32))

        return remembered.sound(name, make)

    remembered = Remembered(most_bytes=2500)
    for name in ("a", "b", "a", "c", "a"):
        of(remembered, name)
    assert made == ["a", "b", "c"]
    of(remembered, "b")
    assert made == ["a", "b", "c", "b"]


def test_what_is_larger_than_all_the_room_is_remembered_alone() -> None:
    remembered = Remembered(most_bytes=10)
    first = remembered.sound("a", lambda: SpotSound(0, np.zeros(99, np.float32)))
    assert remembered.sound("a", lambda: SpotSound(0, np.ones(1, np.float32))) is first


def test_a_part_of_a_long_sound_does_not_keep_all_of_it() -> None:
    """A hundred parts of 4 kB, each of 4 MB, take a megabyte and not 400."""
    remembered = Remembered()
    tracemalloc.start()
    try:
        for name in range(100):
            remembered.sound(name, lambda: SpotSound(0, np.zeros(1_000_000, np.float32)[:1000]))
        held, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert held < 1_000_000
