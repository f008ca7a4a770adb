"""A worker process of a batch: ``talkies worker``, asked one thing at a time (docs/protocols.md)."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from talkies.core.child_process import ChildProcess
from talkies.core.errors import CancelledError, InputError, TalkiesError
from talkies.core.hosts.conversation import Closed, Conversation, Garbage, Message, Received
from talkies.core.hosts.handshake import hello_of

PATIENCE_S = 3600.0
"""Without a word from a worker; one step of the largest models on a slow machine is some minutes."""
_CURE = "try this reel alone with 'talkies generate', then the batch with --retry"
_TICK_S = 0.1
_QUIT_S = 30.0
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")


class WorkerError(InputError):
    """A worker could not do what it was asked, or ended; ``str`` is its own sentence."""

    def __str__(self) -> str:
        return " ".join((f"{self.problem}; {self.cure}" if self.cure else self.problem).split())


@dataclass
class Answer:
    """``result``: of the request, with its warnings; what is no object is its ``found``. ``failed``: the stems that
    were left out."""

    result: Message = field(default_factory=dict)
    failed: list[Message] = field(default_factory=list)


class AnyHelper(Protocol):
    """Whoever can be asked as a worker is, in a process here or elsewhere."""

    def ask(
        self,
        method: str,
        params: Mapping[str, Any],
        stopped: Callable[[], bool],
        watch: Callable[[float, str], None] = ...,
    ) -> Answer: ...

    def close(self) -> None: ...


class Helper:
    """Starts its process with the first request, and again with the next one after it died. ``command``: of the worker;
    ``threads``: that it computes with, unless the user's environment says how many; ``inherited``: files that stay open
    as long as it lives; ``client``: what it is told that we are; ``cure``: what helps where it fails."""

    def __init__(
        self,
        command: Sequence[str],
        threads: int,
        inherited: Sequence[int] = (),
        client: str = "batch",
        cure: str = _CURE,
    ) -> None:
        self._command, self._threads, self._inherited = command, threads, inherited
        self._client, self._cure = client, cure
        self._program: ChildProcess | None = None
        self._conversation = Conversation()
        self._number = 0

    def ask(
        self,
        method: str,
        params: Mapping[str, Any],
        stopped: Callable[[], bool],
        watch: Callable[[float, str], None] = lambda fraction, message: None,
    ) -> Answer:
        """The answer to one request; ``stopped``: whether somebody wants it to end. Raises WorkerError, CancelledError
        where it was stopped, and whatever ``watch`` raises; the worker is ended then."""
        try:
            return self._answer(method, params, stopped, watch)
        except WorkerError:
            raise
        except BaseException:
            self.close()
            raise

    def _answer(
        self,
        method: str,
        params: Mapping[str, Any],
        stopped: Callable[[], bool],
        watch: Callable[[float, str], None],
    ) -> Answer:
        program = self._program or self._started()
        self._number += 1
        program.say(self._conversation.send({"id": self._number, "method": method, "params": dict(params)}))
        answer, heard_at = Answer(), time.monotonic()
        while True:
            data = program.hear(_TICK_S)
            if stopped():
                raise CancelledError(method, "was stopped", "finished takes stay")
            if data is None:
                if time.monotonic() - heard_at > PATIENCE_S:
                    self._drop()
                    raise self._error(f"said nothing for {PATIENCE_S:g} s and was ended")
                continue
            heard_at = time.monotonic()
            for event in self._conversation.receive(data):
                match event:
                    case Received(message) if message.get("id") == self._number:
                        if self._take(message, answer, watch):
                            return answer
                    case Closed():
                        raise self._died()
                    case Garbage():
                        self._drop()
                        raise self._error(f"said {event.start!r}, which {event.problem}")

    def close(self) -> None:
        """Ends the process; what it had finished stays. Returns when it is gone."""
        program, self._program = self._program, None
        if program is not None:
            program.say(self._conversation.send({"id": 0, "method": "quit", "params": {}}))
            program.end(_QUIT_S)

    def _started(self) -> ChildProcess:
        try:
            program = ChildProcess(self._command, Path.cwd(), self._environment(), self._inherited)
        except OSError as error:
            raise WorkerError("worker", f"cannot be started ({error.strerror})", "check the installation") from error
        self._program, self._conversation = program, Conversation()
        program.say(self._conversation.send({"id": 0, "method": "hello", "params": hello_of(self._client)}))
        return program

    def _environment(self) -> dict[str, str]:
        stated = {name: str(self._threads) for name in _THREADS}
        return {**stated, **os.environ, "PYTHONUNBUFFERED": "1"}

    def _take(self, message: Message, answer: Answer, watch: Callable[[float, str], None]) -> bool:
        """Notes what was said; True when it was the last word. Raises WorkerError."""
        match message.get("event"):
            case "progress":
                watch(float(message.get("fraction") or 0.0), str(message.get("message")))
            case "failed":
                answer.failed.append(message)
            case "result":
                result = message.get("result")
                answer.result = result if isinstance(result, dict) else {"found": result}
                return True
            case "error":
                error = message.get("error")
                said = str(error.get("message")) if isinstance(error, dict) else "the worker gave no reason"
                raise WorkerError("worker", said)
        return False

    def _error(self, what: str) -> WorkerError:
        return WorkerError("worker", f"the worker {what}", self._cure)

    def _died(self) -> TalkiesError:
        how = self._program.how_it_ended() if self._program is not None else ""
        self._drop()
        return self._error(f"ended {how}")

    def _drop(self) -> None:
        """Ends at once what cannot be relied on."""
        program, self._program = self._program, None
        if program is not None:
            program.end()
