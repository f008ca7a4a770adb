"""Read-ahead: work on a thread of its own; while one picture is analysed, the next is decoded."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from queue import SimpleQueue
from threading import Semaphore, Thread
from typing import Generic, TypeVar

T = TypeVar("T")


def ahead(items: Generator[T], most: int = 8) -> Generator[T]:
    """The same items in the same order, up to ``most`` of them made before they are asked for.

    What ``items`` raises is raised here, after what came before it. ``items`` runs, and is closed, on the thread; the
    thread has ended when the iteration has: at the end, by an error, or because the consumer closes it early.
    """
    maker = _Maker(items, most)
    maker.start()
    try:
        yield from maker.made()
    finally:
        maker.stop()


class _Maker(Thread, Generic[T]):
    """A daemon, so that even an iteration that nobody ever closes cannot keep the program from ending."""

    def __init__(self, items: Generator[T], most: int) -> None:
        super().__init__(name="ahead", daemon=True)
        self._items = items
        self._room = Semaphore(most)
        self._stopped = False
        self._made: SimpleQueue[tuple[T] | BaseException | None] = SimpleQueue()
        """An item alone in a tuple, what was raised, or None at the end."""

    def run(self) -> None:
        end: BaseException | None = None
        try:
            while self._has_room():
                self._made.put((next(self._items),))
        except StopIteration:
            pass
        except BaseException as error:  # noqa: BLE001 - told to the thread that asks
            end = error
        try:
            self._items.close()
        except BaseException as error:  # noqa: BLE001 - likewise
            end = end or error
        self._made.put(end)

    def _has_room(self) -> bool:
        """Waits until there is; False when no more is wanted."""
        self._room.acquire()
        return not self._stopped

    def made(self) -> Iterator[T]:
        while (made := self._made.get()) is not None:
            if isinstance(made, BaseException):
                raise made
            self._room.release()
            yield made[0]

    def stop(self) -> None:
        """Returns when what is being made is made, and nothing else will be."""
        self._stopped = True
        self._room.release()
        self.join()
