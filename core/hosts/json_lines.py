"""Questions over a pair of text streams, one JSON object a line; an answer is found by the id of its question.

    ask ──► {"id": 7, "method": ..., "params": ...}      {"id": 7, "result": ...} ──► listening thread ──► ask returns

The listening thread is a daemon: it waits on a stream that only the other side can end.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from itertools import count
from typing import Final, TextIO

from talkies.core.hosts.conversation import Conversation, Event, Garbage, Message, Received

_PIECE: Final = 1 << 20  # characters read at once


class ClosedError(Exception):
    """Nobody is at the other end any more."""


class LateError(Exception):
    """There was no answer in time."""

    def __init__(self, waited_s: float) -> None:
        super().__init__(waited_s)
        self.waited_s = waited_s


class RefusedError(Exception):
    """The answer is a refusal. ``message``: one sentence; ``kind``: the name of an exception."""

    def __init__(self, kind: str, message: str) -> None:
        super().__init__(kind, message)
        self.kind, self.message = kind, message


class QuestionLine:
    """One end of the line; may be used from any thread. Closes both streams when it ends."""

    def __init__(self, requests: TextIO, answers: TextIO, timeout_s: float) -> None:
        self._requests, self._answers, self._timeout_s = requests, answers, timeout_s
        self._ids = count(1)
        self._writing, self._state = threading.Lock(), threading.RLock()
        self._waiting: dict[int, tuple[Future[Message], Message | None]] = {}
        self._given_up: dict[int, Message | None] = {}
        self._closed = False
        self._on_close: list[Callable[[], object]] = []
        threading.Thread(target=self._listen, name="editor", daemon=True).start()

    def ask(self, method: str, params: Message, undo: Message | None = None) -> Message:
        """The ``result`` of the answer. Raises ClosedError, LateError, RefusedError, or ValueError for a garbled one.

        ``undo``: a request that is sent when the answer says "done" after nobody waits for it any more.
        """
        number, answer = next(self._ids), Future[Message]()
        with self._state:
            if self._closed:
                raise ClosedError
            self._waiting[number] = answer, undo
        self._send({"id": number, "method": method, "params": params})
        try:
            return _result(answer.result(self._timeout_s))
        except TimeoutError:
            with self._state:
                if self._waiting.pop(number, None) is None:  # it came just now
                    return _result(answer.result())
                self._given_up[number] = undo
            raise LateError(self._timeout_s) from None

    def when_closed(self, tell: Callable[[], object]) -> None:
        """``tell`` is called once, in any thread, when the other end is gone; at once when it is gone already."""
        with self._state:
            if not self._closed:
                self._on_close.append(tell)
                return
        tell()

    def _send(self, message: Message) -> None:
        try:
            with self._writing:
                self._requests.write(Conversation().send(message).decode())
                self._requests.flush()
            return
        except (OSError, ValueError):  # the pipe is broken, or the stream is closed
            pass
        self._close()

    def _listen(self) -> None:
        conversation = Conversation()
        with suppress(OSError, ValueError), self._answers:
            while line := self._answers.readline(_PIECE):
                events = conversation.receive(line.encode("utf-8", "replace"))
                if not all(self._heard(event) for event in events):
                    break
        self._close()

    def _heard(self, event: Event) -> bool:
        """Gives an answer to who waits for it; False when it was the last word."""
        match event:
            case Received(message):
                return self._answered(message)
            case Garbage():
                self._fail_all(ValueError(f"{event.start!r} {event.problem}"))
                return not event.endless  # the rest of an endless line is not waited for
        return False

    def _answered(self, message: Message) -> bool:
        if "event" in message:
            return bool(message["event"] != "closed")
        number = message.get("id")
        if not isinstance(number, int):
            return True
        with self._state:
            answer, _ = self._waiting.pop(number, (None, None))
            undo = self._given_up.pop(number, None)
            if answer is not None:
                answer.set_result(message)
        if undo is not None and "result" in message:
            self._send({"id": next(self._ids), **undo})
        return True

    def _close(self) -> None:
        with self._state:
            told, self._on_close = self._on_close, []
            self._closed = True
        with self._writing, suppress(OSError, ValueError):
            self._requests.close()
        self._fail_all(ClosedError())
        for tell in told:
            tell()

    def _fail_all(self, error: Exception) -> None:
        """Whoever waits hears ``error``; what he asked for may still be done, and is then undone."""
        with self._state:
            waiting, self._waiting = self._waiting, {}
            self._given_up |= {number: undo for number, (_, undo) in waiting.items()}
        for answer, _ in waiting.values():
            answer.set_exception(error)


def _result(message: Message) -> Message:
    """The result of an answer. Raises RefusedError, ValueError."""
    error, result = message.get("error"), message.get("result")
    if isinstance(error, dict) and isinstance(error.get("message"), str):
        raise RefusedError(str(error.get("kind")), " ".join(error["message"].split())[:1000] or "no reason given")
    if not isinstance(result, dict):
        raise ValueError("the answer is neither a result nor a refusal")
    return result
