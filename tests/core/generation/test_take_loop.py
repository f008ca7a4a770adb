"""One take loop behind both doors: the same takes, and failures that wait until there is a take."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from engines import load_tones
from films import write_movie, write_reel

from talkies.core.errors import InputError
from talkies.core.events import Event, Failed, TakeReady, Warned
from talkies.core.generation.render import render
from talkies.core.generation.request import Request
from talkies.core.generation.take_orders import TakeRequest, make_takes
from talkies.core.progress import WarningLog


def written(reel: Path) -> Iterator[Event]:
    return render(Request(reel, reel.with_name("out.otio"), task="foley", seed=3), load_engine=load_tones)


def ordered(reel: Path, made: int = 0) -> Iterator[Event]:
    order = TakeRequest(Request(reel, reel.with_name("takes"), task="foley", seed=3), made=made)
    return make_takes(order, load_engine=load_tones)


Door = Callable[[Path], Iterator[Event]]
DOORS: tuple[Door, ...] = (written, ordered)


@pytest.fixture
def half_gone(tmp_path: Path) -> Path:
    """The first shot's movie is missing, the second's is there."""
    write_movie(tmp_path / "film.mp4", 2)
    return write_reel(tmp_path / "reel.otio", ["gone.mp4", "film.mp4"])


def test_both_doors_make_the_same_takes(half_gone: Path) -> None:
    one, other = (
        [
            (take.name, take.record, take.metadata["seed"])
            for take in (e.take for e in door(half_gone) if isinstance(e, TakeReady))
        ]
        for door in DOORS
    )
    assert one == other and len(one) == 3  # the second shot's effects, and a background for each


@pytest.mark.parametrize("door", DOORS)
def test_failures_wait_until_there_is_a_take(door: Door, half_gone: Path) -> None:
    told = [
        event.take.stem if isinstance(event, TakeReady) else "failed"
        for event in door(half_gone)
        if isinstance(event, Failed | TakeReady)
    ]
    assert told == ["BG", "failed", "FX", "BG"]


def test_a_failure_names_the_take_that_is_there_once_it_is_mended(half_gone: Path) -> None:
    told = list(written(half_gone))
    (failed,) = (event for event in told if isinstance(event, Failed))
    write_movie(half_gone.with_name("gone.mp4"), 2)
    mended = {event.take.name for event in written(half_gone) if isinstance(event, TakeReady)}
    assert mended - {event.take.name for event in told if isinstance(event, TakeReady)} == {failed.first_take}


@pytest.mark.parametrize("door", DOORS)
def test_when_all_fail_one_sentence_says_why(door: Door, tmp_path: Path) -> None:
    reel = write_reel(tmp_path / "reel.otio", ["gone.mp4"])
    events: list[Event] = []
    with pytest.raises(InputError, match=r"gone\.mp4"):
        events.extend(door(reel))
    assert not any(isinstance(event, Failed) for event in events)


def test_failures_are_told_where_an_earlier_worker_has_made_takes(tmp_path: Path) -> None:
    write_movie(tmp_path / "film.mp4", 2)
    reel = write_reel(tmp_path / "reel.otio", ["film.mp4", "gone.mp4"])
    told = [type(event) for event in ordered(reel, made=2) if isinstance(event, Failed | TakeReady)]
    assert told == [Failed, TakeReady]


def test_a_warning_is_told_once() -> None:
    log = WarningLog(["a"])
    assert list(log.new()) == [Warned("a")]
    log.sentences += ["a", "b", "b"]
    assert list(log.new()) == [Warned("b")]
    assert list(log.new()) == []
