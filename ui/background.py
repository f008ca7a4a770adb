"""Background work in a thread; its answer comes back as a call in the window's thread."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from itertools import count
from threading import Thread
from typing import Any

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, Slot
from shiboken6 import isValid

from talkies.core.errors import TalkiesError


@dataclass(frozen=True)
class _Asker:
    """Who waits for an answer."""

    parent: QObject
    done: Callable[[Any], None]
    failed: Callable[[str], None]


class _Mailbox(QObject):
    """One for the program, in the window's thread. Other threads know but the number of who waits: what they emit from
    is never deleted, and nothing of a window goes with their last reference."""

    arrived = Signal(int, object, str)

    def __init__(self) -> None:
        super().__init__()
        self._numbers = count(1)
        self._askers: dict[int, _Asker] = {}
        self.arrived.connect(self._open)

    def expect(self, asker: _Asker) -> int:
        number = next(self._numbers)
        self._askers[number] = asker
        return number

    def give(self, number: int, work: Callable[[], Any]) -> None:
        """In the other thread: does the work and sends its result."""
        result, refusal = None, ""
        try:
            result = work()
        except Exception as error:  # noqa: BLE001 - whoever waits is told, in a sentence
            refusal = sentence_of(error)
        with suppress(RuntimeError):  # the program ends
            self.arrived.emit(number, result, refusal)

    @Slot(int, object, str)
    def _open(self, number: int, result: object, refusal: str) -> None:
        asker = self._askers.pop(number)
        if not isValid(asker.parent):
            return
        if refusal:
            asker.failed(refusal)
        else:
            asker.done(result)


class _Task(QRunnable):
    def __init__(self, work: Callable[[], Any], number: int) -> None:
        super().__init__()
        self._work, self._number = work, number

    def run(self) -> None:
        _mailbox().give(self._number, self._work)


@cache
def _mailbox() -> _Mailbox:
    return _Mailbox()


def in_background(
    parent: QObject, work: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[str], None]
) -> None:
    """Calls ``done`` with what ``work`` returns, or ``failed`` with the sentence why it could not be.

    Neither is called once ``parent`` is gone."""
    QThreadPool.globalInstance().start(_Task(work, _mailbox().expect(_Asker(parent, done, failed))))


def beside(
    parent: QObject, work: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[str], None]
) -> None:
    """The same for work that waits for another program: in a thread of its own, which holds up nothing, not even the
    end of this one."""
    number = _mailbox().expect(_Asker(parent, done, failed))
    Thread(target=_mailbox().give, args=(number, work), daemon=True).start()


def sentence_of(error: BaseException) -> str:
    """What the command line would say of an error."""
    if isinstance(error, TalkiesError):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.filename or 'the system'}: {error.strerror or error}"
    return f"internal error in talkies ({type(error).__name__}: {error})"
