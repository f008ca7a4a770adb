"""Background work in a thread; its answer comes back as a call in the window's thread."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from threading import Thread
from typing import Any

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal, Slot

from talkies.core.errors import TalkiesError


class _Answer(QObject):
    """Lives in the window's thread, so that its slots run there."""

    _done = Signal(object)
    _failed = Signal(str)

    def __init__(self, parent: QObject, done: Callable[[Any], None], failed: Callable[[str], None]) -> None:
        super().__init__(parent)
        self._on_done, self._on_failed = done, failed
        self._done.connect(self._finish)
        self._failed.connect(self._refuse)

    def give(self, work: Callable[[], Any]) -> None:
        """In the other thread: does the work and emits its result."""
        with suppress(RuntimeError):  # the receiver of the answer is gone
            try:
                result = work()
            except Exception as error:  # noqa: BLE001 - whoever waits is told, in a sentence
                self._failed.emit(sentence_of(error))
            else:
                self._done.emit(result)

    @Slot(object)
    def _finish(self, result: object) -> None:
        self._on_done(result)
        self.deleteLater()

    @Slot(str)
    def _refuse(self, sentence: str) -> None:
        self._on_failed(sentence)
        self.deleteLater()


class _Task(QRunnable):
    def __init__(self, work: Callable[[], Any], answer: _Answer) -> None:
        super().__init__()
        self._work, self._answer = work, answer

    def run(self) -> None:
        self._answer.give(self._work)


def in_background(
    parent: QObject, work: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[str], None]
) -> None:
    """Calls ``done`` with what ``work`` returns, or ``failed`` with the sentence why it could not be.

    Neither is called once ``parent`` is gone."""
    QThreadPool.globalInstance().start(_Task(work, _Answer(parent, done, failed)))


def beside(
    parent: QObject, work: Callable[[], Any], done: Callable[[Any], None], failed: Callable[[str], None]
) -> None:
    """The same for work that waits for another program: in a thread of its own, which holds up nothing, not even the
    end of this one."""
    Thread(target=_Answer(parent, done, failed).give, args=(work,), daemon=True).start()


def sentence_of(error: BaseException) -> str:
    """What the command line would say of an error."""
    if isinstance(error, TalkiesError):
        return str(error)
    if isinstance(error, OSError):
        return f"{error.filename or 'the system'}: {error.strerror or error}"
    return f"internal error in talkies ({type(error).__name__}: {error})"
