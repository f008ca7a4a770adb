"""A ComfyUI server on this machine, by its HTTP routes: /prompt, /queue, /history, /view, /interrupt.

Only 127.0.0.1 is ever spoken to: no redirect is followed and no proxy asked. What it answers is limited in size, each
wait in time.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPResponse
from pathlib import Path
from typing import Any, Literal
from urllib.parse import quote, urlencode

from talkies.core.errors import EngineError, in_one_line

HOST = "127.0.0.1"
TIMEOUT_S = 20.0
HURRY_S = 0.4
"""Instead, where somebody who has cancelled waits for it."""
MOST_JSON_BYTES = 1 << 25
MOST_SOUND_BYTES = 1 << 29
_PIECE_BYTES = 1 << 16
_SOUNDS = (".wav", ".flac", ".mp3", ".ogg", ".opus", ".m4a", ".aac")
_MOVIES = (".mp4", ".webm", ".mkv", ".mov")

Workflow = Mapping[str, Any]
"""In API format: node number → its ``class_type`` and ``inputs``."""

Place = Literal["running", "pending"]


@dataclass(frozen=True)
class Server:
    """All of these raise EngineError where it is not there, refuses, or answers what means nothing."""

    port: int
    timeout_s: float = TIMEOUT_S

    def look(self) -> None:
        """Whether it is there."""
        self._json("GET", "/system_stats")

    def queue(self, workflow: Workflow) -> str:
        """Puts a workflow into its queue; the number that it gives it."""
        said = self._json("POST", "/prompt", {"prompt": workflow})
        number = said.get("prompt_id")
        if not isinstance(number, str):
            raise _failed(f"did not take the workflow ({_refusal(said)})", "try it in ComfyUI")
        return number

    def place(self, number: str) -> Place | None:
        """Whether a workflow is worked at or waits, None where it is not in the queue."""
        queues = self._json("GET", "/queue")
        places: tuple[Place, ...] = ("running", "pending")
        return next((place for place in places if number in _numbers(queues.get(f"queue_{place}"))), None)

    def made(self, number: str) -> Mapping[str, Any] | None:
        """What the nodes of a workflow have given, None before it has ended. Raises EngineError where it has failed."""
        entry = self._json("GET", f"/history/{quote(number, safe='')}").get(number)
        if not isinstance(entry, dict):
            return None
        status = entry.get("status")
        if isinstance(status, dict) and status.get("status_str") == "error":
            raise _failed(f"stopped in the workflow ({_reason(status.get('messages'))})", "try it in ComfyUI")
        outputs = entry.get("outputs")
        return outputs if isinstance(outputs, dict) else {}

    def stop(self, number: str, place: Place | None) -> None:
        """Interrupts a workflow, or takes it out of the queue; others are left alone. ``place``: where it was a moment
        ago. Raises nothing: an order that is sent counts without its answer."""
        with suppress(EngineError):
            if place != "running":
                self._json("POST", "/queue", {"delete": [number]})
                place = self.place(number)  # it may have begun meanwhile
            if place == "running":
                self._json("POST", "/interrupt", {"prompt_id": number})

    def fetch(self, outputs: Mapping[str, Any], name: str) -> Path:
        """The first sound among the outputs, or else a movie's, as a file ``name`` in the folder it runs in."""
        files = [file for node in outputs.values() for file in _files(node)]
        found = next((file for kinds in (_SOUNDS, _MOVIES) for file in files if _suffix(file) in kinds), None)
        if found is None:
            raise _failed("made no sound with this workflow", "let it end with a node such as SaveAudio")
        path = Path(name + _suffix(found))
        asked = {key: found.get(key, "") for key in ("filename", "subfolder", "type")}
        with self._answer("GET", f"/view?{urlencode(asked)}") as answer, path.open("wb") as file:
            if answer.status != 200:
                raise _failed(f"does not give its file {found['filename'][:80]!r} ({answer.status})")
            for piece in _pieces(answer, MOST_SOUND_BYTES):
                file.write(piece)
        return path

    def _json(self, method: str, path: str, body: object = None) -> dict[str, Any]:
        """An answer that is a JSON object; {} where there is none, as after an order."""
        with self._answer(method, path, body) as answer:
            data, status = b"".join(_pieces(answer, MOST_JSON_BYTES)), answer.status
        try:
            said = json.loads(data) if data.strip() else {}
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict) or (status != 200 and "error" not in said):
            route = path.partition("?")[0][:40]
            raise _failed(
                f"answers {status} to {route}, and nothing that ComfyUI says", "is it another program's port?"
            )
        return said

    @contextmanager
    def _answer(self, method: str, path: str, body: object = None) -> Iterator[HTTPResponse]:
        data = None if body is None else json.dumps(body).encode()
        connection = HTTPConnection(HOST, self.port, timeout=self.timeout_s)
        try:
            connection.request(method, path, data, {"Content-Type": "application/json"} if data else {})
            yield connection.getresponse()
        except (OSError, HTTPException) as error:
            why = getattr(error, "strerror", None) or str(error) or type(error).__name__
            raise _failed(f"does not answer on port {self.port} of this machine ({why})", _cure(error)) from error
        finally:
            connection.close()


def _cure(error: Exception) -> str:
    match error:
        case ConnectionRefusedError():
            return "start it"
        case TimeoutError():
            return "it is busy, or hangs: look at its window"
        case HTTPException() if not isinstance(error, ConnectionError):
            return "is it another program's port?"
    return "it may have ended: look at its window"


def _numbers(rows: object) -> list[object]:
    """Of the workflows in a queue."""
    return [row[1] for row in rows if isinstance(row, list) and len(row) > 1] if isinstance(rows, list) else []


def _pieces(answer: HTTPResponse, most_bytes: int) -> Iterator[bytes]:
    count = 0
    while piece := answer.read(_PIECE_BYTES):
        count += len(piece)
        if count > most_bytes:
            raise _failed(f"answers more than {most_bytes >> 20} MB")
        yield piece


def _files(node: object) -> Iterator[dict[str, Any]]:
    """What a node has written, what it keeps before what it only shows."""
    lists = node.values() if isinstance(node, dict) else ()
    rows = [row for each in lists if isinstance(each, list) for row in each if isinstance(row, dict)]
    named = [row for row in rows if isinstance(row.get("filename"), str)]
    yield from sorted(named, key=lambda row: row.get("type") == "temp")


def _suffix(file: Mapping[str, Any]) -> str:
    return Path(file["filename"]).suffix.lower()


def _refusal(said: Mapping[str, Any]) -> str:
    """Why a workflow was not taken: what is wrong with its first wrong node, or in general."""
    nodes = said.get("node_errors")
    for number, node in nodes.items() if isinstance(nodes, dict) else ():
        errors = node.get("errors") if isinstance(node, dict) else None
        if isinstance(errors, list) and errors and isinstance(errors[0], dict):
            words = (str(errors[0].get(key, "")) for key in ("message", "details"))
            return in_one_line(f"node {number}, {node.get('class_type', '')}: {' '.join(words)}")
    error = said.get("error")
    return in_one_line(str(error.get("message") if isinstance(error, dict) else error))


def _reason(messages: object) -> str:
    """Of the messages about a workflow that failed, the one that says why."""
    for event in messages if isinstance(messages, list) else ():
        match event:
            case ["execution_error", dict(told)]:
                return in_one_line(f"{told.get('node_type', '')}: {told.get('exception_message', '')}")
            case ["execution_interrupted", *_]:
                return "it was interrupted there"
    return "it does not say why"


def _failed(problem: str, cure: str = "") -> EngineError:
    return EngineError("ComfyUI", problem, cure)
