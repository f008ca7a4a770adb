"""What is remembered between takes: made once, the oldest forgotten first."""

from __future__ import annotations

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
