"""One clock: where it is after so many samples, round a loop, at other speeds, backwards."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from pytestqt.qtbot import QtBot
from sound_devices import Device

from talkies.core.errors import MissingExtraError
from talkies.ui.player import transport as transport_module
from talkies.ui.player.chunks import SoundChunks
from talkies.ui.player.mix import Mix
from talkies.ui.player.transport import Transport

RATE = Fraction(25)
SECOND = 48_000


class Tape(Mix):
    """A mix in which every sample is its own place on the timeline."""

    def block(self, start: int, count: int, *, wait: bool = False) -> Any:
        return np.tile(np.arange(start, start + count, dtype=np.float64), (2, 1))


@pytest.fixture
def transport(qtbot: QtBot) -> Iterator[Transport]:
    chunks = SoundChunks()
    transport = Transport(Tape(chunks), RATE, Fraction(4))
    yield transport
    transport.stop()
    chunks.close()


def test_the_picture_follows_what_was_heard(transport: Transport, device: Device) -> None:
    transport.seek(Fraction(1))
    transport.play(1)
    np.testing.assert_array_equal(device.hear(SECOND // 2), np.arange(SECOND, SECOND * 3 // 2))
    transport.tick()
    assert transport.position == Fraction(3, 2) - Fraction(1, 50)  # the frame that began before it: 37 / 25
    assert transport.playing


def test_a_loop_goes_round_to_the_sample(transport: Transport, device: Device) -> None:
    transport.set_loop(Fraction(1), Fraction(2))
    transport.play(1)
    heard = device.hear(SECOND * 5 // 2)
    np.testing.assert_array_equal(heard, SECOND + np.arange(SECOND * 5 // 2) % SECOND)
    transport.tick()
    assert transport.position == Fraction(37, 25)


def test_a_stretch_is_played_once_whatever_loop_is_set(transport: Transport, device: Device) -> None:
    transport.set_loop(Fraction(0), Fraction(1))
    transport.play_once(Fraction(2), Fraction(3), Fraction(12, 25))
    heard = device.hear(SECOND * 3 // 2)
    np.testing.assert_array_equal(heard[:SECOND], 2 * SECOND + np.arange(SECOND))
    assert not heard[SECOND:].any()
    transport.tick()
    assert (transport.playing, transport.position) == (False, Fraction(12, 25))
    transport.play(1)
    np.testing.assert_array_equal(device.hear(10), 12 * 1920 + np.arange(10))
    assert transport.loop == (Fraction(0), Fraction(1))


def test_faster_and_backwards(transport: Transport, device: Device) -> None:
    transport.seek(Fraction(2))
    transport.shuttle(-1)
    np.testing.assert_array_equal(device.hear(100), 2 * SECOND - 1 - np.arange(100))
    transport.shuttle(-1)
    assert transport.speed == -2
    transport.shuttle(1)
    assert transport.speed == 1
    for _ in range(5):
        transport.shuttle(1)
    assert transport.speed == 8


def test_it_stops_at_the_end_on_the_last_frame_and_starts_again_from_the_first(
    transport: Transport, device: Device
) -> None:
    transport.seek(Fraction(3))
    transport.play(1)
    device.hear(2 * SECOND)
    transport.tick()
    assert (transport.playing, transport.position) == (False, Fraction(99, 25))
    transport.play(1)
    assert transport.position == 0


def test_frames_are_stepped_and_the_ends_hold(transport: Transport) -> None:
    transport.seek(Fraction(1))
    transport.step(2)
    assert transport.position == Fraction(27, 25)
    transport.step(-100)
    assert transport.position == 0
    transport.seek(Fraction(100))
    assert transport.position == Fraction(99, 25)


def test_without_a_device_it_plays_on_and_says_what_to_install(
    transport: Transport, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(parent: object) -> None:
        raise MissingExtraError("sound", "cannot be played here", "install libpulse0")

    monkeypatch.setattr(transport_module, "open_speaker", refuse)
    with qtbot.waitSignal(transport.mute_because) as said:
        transport.play(1)
    assert said.args == ["sound: cannot be played here; install libpulse0"]
    qtbot.waitUntil(lambda: transport.position > 0, timeout=60_000)
