"""A guest as an engine: what it makes is joined to any length, and nothing that it does harms more than one take."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path

import numpy as np
import psutil
import pytest
from guests import rude_engine, rude_guest

from talkies.core.engines.base import Brief, Line
from talkies.core.engines.guest import GuestEngine, guest_class
from talkies.core.engines.guests.confine import confinement
from talkies.core.engines.guests.session import Limits, Session
from talkies.core.errors import ArgumentError, CancelledError, EngineError
from talkies.core.times import TimeRange


@pytest.fixture(scope="module")
def engine() -> Iterator[GuestEngine]:
    found = rude_engine()
    yield found
    found.close()


def sound(
    engine: GuestEngine, prompt: str, seconds: Fraction = Fraction(1), voice: str = "", seed: int = 0
) -> np.ndarray:
    prepared = engine.prepare(Brief("foley", seconds, prompt=prompt, voice=voice))
    blocks = engine.generate(prepared, seed=seed, steps=1, guidance=1.0, on_step=lambda share: None)
    return np.concatenate(list(blocks))


def _runs_in(process: psutil.Process, group: int) -> bool:
    with suppress(psutil.Error, ProcessLookupError):
        return os.getpgid(process.pid) == group and process.status() != psutil.STATUS_ZOMBIE
    return False


@pytest.mark.parametrize(
    ("prompt", "why"),
    [
        ("die", "ended with code 1 (the weights melted)"),
        ("hang", "said nothing for 0.5 s"),
        ("babble nothing", "said nothing for 0.5 s"),
        ('babble {"id":0,"event":"progress","fraction":0.5}', "said nothing for 0.5 s"),
        ("garbage", "'Loading model ...'"),
        ("flood", "is a line of more than"),
        ("refuse", "refuses: no such prompt"),
        ("short", "made 0.50 s where 1.00 s were asked for"),
        ("long", "made more than 2.00 s where 1.00 s were asked for"),
        ("nan", "numbers that are no sound"),
        ("nothing", "a file that is no sound"),
    ],
)
def test_what_goes_wrong_is_one_sentence_and_the_next_sound_is_made(engine: GuestEngine, prompt: str, why: str) -> None:
    with pytest.raises(EngineError) as refused:
        sound(engine, prompt)
    assert why in str(refused.value) and "\n" not in str(refused.value) and "engine rude" in str(refused.value)
    assert np.allclose(sound(engine, "well"), 1000 / 32768, atol=1e-4)


def test_a_process_that_is_killed_is_one_sentence_and_is_started_again(engine: GuestEngine) -> None:
    os.kill(engine.session().program.process_id, 9)
    with pytest.raises(EngineError, match="ended by signal 9"):
        sound(engine, "well")
    assert len(sound(engine, "well")) == 8000


@pytest.mark.parametrize("how", ["link", "path"])
def test_only_files_of_its_own_folder_are_read(engine: GuestEngine, how: str, tmp_path: Path) -> None:
    secret = tmp_path / "secret.wav"
    secret.write_bytes(b"not its own")
    with pytest.raises(EngineError, match="not a file of its folder"):
        sound(engine, f"{how} {secret}")
    assert secret.read_bytes() == b"not its own"


@pytest.mark.skipif(not confinement(), reason="this system has no Landlock")
def test_it_cannot_write_elsewhere(engine: GuestEngine, tmp_path: Path) -> None:
    for place in (tmp_path / "new.txt", Path.home() / ".talkies-was-here", engine.session().folder.parent / "new.txt"):
        with pytest.raises(EngineError, match="Permission denied"):
            sound(engine, f"outside {place}")
        assert not place.exists()


def test_cancelling_ends_the_work_and_all_that_it_started_at_once(engine: GuestEngine) -> None:
    before = engine.session().program.process_id
    prepared = engine.prepare(Brief("foley", Fraction(1), prompt="slow"))

    def stop(share: float) -> None:
        if share > 0:
            raise CancelledError("work", "was cancelled")

    with pytest.raises(CancelledError):
        list(engine.generate(prepared, seed=0, steps=1, guidance=1.0, on_step=stop))
    assert not [each for each in psutil.process_iter() if _runs_in(each, before)]
    assert len(sound(engine, "well")) == 8000


def test_a_guest_that_never_stops_loading_is_ended() -> None:
    slow = guest_class(rude_guest(steps=600), Limits(cancel_s=0.1, ready_s=0.5))
    with pytest.raises(EngineError, match=r"was not ready after 0\.5 s"):
        slow.load(None, "cpu")


def test_loading_can_be_cancelled() -> None:
    def stop() -> None:
        raise CancelledError("work", "was cancelled")

    session = Session(rude_guest(steps=600), Limits(cancel_s=0.1))
    with pytest.raises(CancelledError):
        session.answer("load", {"weights": None, "device": "cpu"}, 60.0, stop)
    session.close()


def test_its_folder_is_gone_when_it_is_closed() -> None:
    engine = rude_engine()
    folder = engine.session().folder
    assert folder.is_dir() and engine.weights_hash == "ab" * 32
    engine.close()
    assert not folder.exists()


def test_any_length_is_made_of_windows_without_a_step_in_level() -> None:
    engine = rude_engine(window_s=4.0)
    made = sound(engine, "loudness differs", Fraction(20))
    engine.close()
    assert len(made) == 160_000
    levels = 10 * np.log10(np.mean(made.reshape(-1, 4000).astype(float) ** 2, axis=1))  # of half seconds
    assert np.abs(np.diff(levels)).max() <= 1.5  # of one window and the next they differ by up to 12 dB


def test_it_is_asked_for_nothing_that_it_does_not_make(engine: GuestEngine) -> None:
    with pytest.raises(ArgumentError, match="makes no dialogue"):
        engine.prepare(Brief("dialogue", Fraction(1), lines=(Line(TimeRange(Fraction(0), Fraction(1)), "Hello"),)))


def test_a_line_that_is_longer_than_its_window_is_refused() -> None:
    engine = rude_engine(tasks=["dialogue"], window_s=2.0)
    line = Line(TimeRange(Fraction(1), Fraction(5)), "A long line")
    with pytest.raises(EngineError, match="speaks 2 s at once"):
        engine.prepare(Brief("dialogue", Fraction(8), lines=(line,)))
    engine.close()
