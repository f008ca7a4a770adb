"""Worker client: requests and answers are lines of JSON (plugin/commands/worker.py has the protocol).

The model lives in that process, so that nothing it does can freeze the window, and its crash is a message here. The
command is a list of arguments that whoever opens the panel gives; no shell is involved and no port is opened.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from typing import Any, Final

from PySide6.QtCore import QObject, QProcess, QProcessEnvironment, Signal

from talkies.core.hosts.conversation import Conversation, Message, Received
from talkies.core.hosts.handshake import hello_of, problem_with

_STDERR_LINES: Final = 20  # lines of stderr that are kept, for the message when it dies
_HELLO: Final = -1  # the number of what is said first
_QUIT_TIMEOUT_MS: Final = 3000  # before a worker that was told to quit is killed


class WorkerClient(QObject):
    """One worker, started with the first request and again with the next one after it died."""

    answered = Signal(int, dict)
    """The request's number and one message of its: progress, warning, failed, take, result or error."""
    died = Signal(str)
    """It stopped unasked, or could not be started: its last line on stderr. Its requests get no more answers."""

    def __init__(self, command: Sequence[str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._command = tuple(command)
        self._process: QProcess | None = None
        self._number = 0
        self._conversation = Conversation()
        self._stderr_lines: deque[str] = deque(maxlen=_STDERR_LINES)

    @property
    def process_id(self) -> int:
        """Of the worker, 0 when there is none."""
        return int(self._process.processId()) if self._process is not None else 0

    def request(self, method: str, params: Mapping[str, Any]) -> int:
        """Sends a request and returns its number, which its answers carry."""
        process = self._process or self._started()
        self._number += 1
        self._send(process, self._number, method, params)
        return self._number

    def stop(self) -> None:
        """Ends the worker; what it had finished stays. Returns when it is gone."""
        process, self._process = self._process, None
        if process is None:
            return
        process.disconnect(self)
        self._send(process, 0, "quit", {})
        process.closeWriteChannel()
        if not process.waitForFinished(_QUIT_TIMEOUT_MS):
            process.kill()
            process.waitForFinished(_QUIT_TIMEOUT_MS)
        process.deleteLater()

    def _started(self) -> QProcess:
        process = QProcess(self)
        environment = QProcessEnvironment.systemEnvironment()
        environment.insert("PYTHONUNBUFFERED", "1")
        process.setProcessEnvironment(environment)
        process.readyReadStandardOutput.connect(self._read)
        process.readyReadStandardError.connect(self._read_stderr)
        process.finished.connect(self._ended)
        process.errorOccurred.connect(self._not_started)
        self._conversation = Conversation()
        self._stderr_lines.clear()
        self._process = process
        process.start(self._command[0], list(self._command[1:]))
        self._send(process, _HELLO, "hello", hello_of("panel"))
        return process

    def _send(self, process: QProcess, number: int, method: str, params: Mapping[str, Any]) -> None:
        process.write(self._conversation.send({"id": number, "method": method, "params": dict(params)}))

    def _read(self) -> None:
        if self._process is None:
            return
        data = bytes(self._process.readAllStandardOutput().data())
        for event in self._conversation.receive(data) if data else ():
            if isinstance(event, Received):  # what is not a message is not for us
                self._hear(event.message)

    def _hear(self, message: Message) -> None:
        number = message.get("id")
        if number == _HELLO:
            self._greeted(message)
        elif isinstance(number, int):  # every answer to our requests carries its number
            self.answered.emit(number, message)

    def _greeted(self, answer: Message) -> None:
        """An older worker than this panel does not know what it is asked; a newer one refuses by itself."""
        problem = problem_with(answer["result"]) if "result" in answer else ""
        if problem and self._process is not None:
            self._process.kill()
            self._reap(problem)

    def _read_stderr(self) -> None:
        if self._process is not None:
            text = bytes(self._process.readAllStandardError().data()).decode(errors="replace")
            self._stderr_lines.extend(line for line in text.splitlines() if line.strip())

    def _ended(self) -> None:
        self._read()
        self._read_stderr()
        self._reap(self._stderr_lines[-1] if self._stderr_lines else "")

    def _not_started(self, error: QProcess.ProcessError) -> None:
        if error == QProcess.ProcessError.FailedToStart:
            self._reap(self.tr("it could not be started"))

    def _reap(self, last_stderr_line: str) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.deleteLater()
            self.died.emit(last_stderr_line)
