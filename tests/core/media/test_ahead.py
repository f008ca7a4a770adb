"""Items made on a thread come as they would without it, and the thread never outlives them."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Generator, Iterator

import pytest

from talkies.core.media.ahead import ahead


class Source:
    """Numbers up to ``count``; tells on which thread they were made, how many, and whether it was closed."""

    def __init__(self, count: int, error: BaseException | None = None) -> None:
        self.made, self.closed, self.threads = 0, False, set[int]()
        self._count, self._error = count, error

    def numbers(self) -> Generator[int]:
        try:
            for number in range(self._count):
                self.threads.add(threading.get_ident())
                self.made += 1
                yield number
            if self._error is not None:
                raise self._error
        finally:
            self.closed = True
            self.threads.add(threading.get_ident())


@pytest.fixture(autouse=True)
def no_thread_is_left() -> Iterator[None]:
    before = threading.active_count()
    yield
    assert threading.active_count() == before


@pytest.mark.parametrize("most", [1, 2, 8])
@pytest.mark.parametrize("count", [0, 1, 7, 100])
def test_the_same_items_in_the_same_order(count: int, most: int) -> None:
    source = Source(count)
    assert list(ahead(source.numbers(), most)) == list(range(count))
    assert source.closed and threading.get_ident() not in source.threads and len(source.threads) == 1


def test_items_are_made_before_they_are_asked_for_but_not_too_many() -> None:
    source = Source(100)
    items = ahead(source.numbers(), 5)
    assert source.made == 0  # nothing happens until the first is asked for
    next(items)
    deadline = time.monotonic() + 10
    while source.made < 6 and time.monotonic() < deadline:
        time.sleep(0.001)
    time.sleep(0.02)
    assert source.made == 6
    items.close()


@pytest.mark.parametrize("error", [ValueError("broken"), KeyboardInterrupt()])
def test_what_is_raised_comes_after_what_came_before_it(error: BaseException) -> None:
    items = ahead(Source(3, error).numbers())
    assert [next(items) for _ in range(3)] == [0, 1, 2]
    with pytest.raises(type(error)) as raised:
        next(items)
    assert raised.value is error


def test_an_error_while_closing_is_told() -> None:
    def numbers() -> Generator[int]:
        try:
            yield 1
            yield 2
        finally:
            raise ValueError("cannot close")

    items = ahead(numbers(), 1)
    with pytest.raises(ValueError, match="cannot close"):
        list(items)


@pytest.mark.parametrize("taken", [1, 4])
def test_closing_stops_the_thread_and_closes_the_source(taken: int) -> None:
    source = Source(10**9)
    items = ahead(source.numbers(), 3)
    assert [next(items) for _ in range(taken)] == list(range(taken))
    items.close()
    assert source.closed and source.made <= taken + 4 and len(source.threads) == 1


def test_an_abandoned_iteration_stops_too() -> None:
    source = Source(10**9)
    for _ in ahead(source.numbers()):
        break
    gc.collect()
    assert source.closed


def test_one_that_was_never_begun_starts_no_thread() -> None:
    items = ahead(Source(3).numbers())
    items.close()


def test_many_iterations_end() -> None:
    for number in range(200):
        items = ahead(Source(10**9).numbers(), 2)
        for _ in range(number % 4):
            next(items)
        items.close()
