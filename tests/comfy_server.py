"""A ComfyUI on a loopback port for the tests: the routes that its documentation has, and one node that makes sound.

Its workflow is one node, ``Tone``, with ``words``, ``seed`` and ``seconds``; the words say what goes wrong. ``asked``
keeps what was asked for.
"""

from __future__ import annotations

import io
import json
import threading
import time
import wave
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np

RATE = 16_000


def workflow(**inputs: Any) -> dict[str, Any]:
    """In API format."""
    given = {"words": "{prompt}", "seed": "{seed}", "seconds": "{duration_s}", "model": ["2", 0], **inputs}
    return {
        "1": {"class_type": "Tone", "inputs": given, "_meta": {"title": "makes a tone"}},
        "2": {"class_type": "Loader", "inputs": {}},
    }


@dataclass
class Comfy:
    """The state of the server; ``slow``: what is asked for is never done until it is interrupted. ``lag_s``: how long
    it takes to look at what it is told."""

    asked: list[dict[str, Any]] = field(default_factory=list)
    history: dict[str, Any] = field(default_factory=dict)
    running: list[str] = field(default_factory=list)
    interrupted: list[str] = field(default_factory=list)
    port: int = 0
    lag_s: float = 0.0
    is_another: bool = False
    """Another program than ComfyUI."""

    def take(self, body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        """Of POST /prompt."""
        inputs = body["prompt"]["1"]["inputs"]
        if inputs["words"] == "wrong":
            wrong = {"type": "value_not_in_list", "message": "Value not in list", "details": "ckpt: 'gone' not in []"}
            error = {"type": "prompt_outputs_failed_validation", "message": "Prompt outputs failed validation"}
            return 400, {"error": error, "node_errors": {"2": {"errors": [wrong], "class_type": "Loader"}}}
        number = f"id-{len(self.asked)}"
        self.asked.append(inputs)
        if inputs["words"] == "slow":
            self.running.append(number)
        elif inputs["words"] != "lost":
            self.history[number] = {"prompt": [0, number, body["prompt"], {}, ["1"]], **self._done(inputs, number)}
        return 200, {"prompt_id": number, "number": len(self.asked), "node_errors": {}}

    def _done(self, inputs: dict[str, Any], number: str) -> dict[str, Any]:
        if inputs["words"] == "fails":
            told = {"node_id": "1", "node_type": "Tone", "exception_message": "CUDA out of memory\n", "traceback": []}
            status = {"status_str": "error", "completed": False, "messages": [["execution_error", told]]}
            return {"outputs": {}, "status": status}
        status = {"status_str": "success", "completed": True, "messages": [["execution_success", {}]]}
        kept = {"filename": f"{number}.wav", "subfolder": "audio", "type": "output"}
        shown = {**kept, "filename": "shown.flac", "type": "temp"}
        outputs = {"9": {"images": [{"filename": "spectrum.png", "subfolder": "", "type": "output"}]}}
        return {
            "outputs": outputs if inputs["words"] == "mute" else {**outputs, "1": {"audio": [shown, kept]}},
            "status": status,
        }

    def view(self, name: str) -> bytes | None:
        """Of GET /view: a tone as high as the seed says, in 16-bit mono."""
        number = name.removeprefix("id-").removesuffix(".wav")
        if not number.isdecimal():
            return None
        inputs = self.asked[int(number)]
        if inputs["words"] == "endless":
            return b"RIFF" + bytes(1 << 20)
        times = np.arange(round(inputs["seconds"] * RATE)) / RATE
        tone = np.sin(2 * np.pi * (200 + inputs["seed"]) * times) * 10_000
        with io.BytesIO() as data:
            with wave.open(data, "wb") as file:
                file.setparams((1, 2, RATE, 0, "NONE", ""))
                file.writeframes(tone.astype("<i2").tobytes())
            return data.getvalue()

    def interrupt(self, number: str) -> None:
        self.interrupted.append(number)
        self.running.remove(number)
        status = {"status_str": "error", "completed": False, "messages": [["execution_interrupted", {}]]}
        self.history[number] = {"outputs": {}, "status": status}


@contextmanager
def comfy() -> Iterator[Comfy]:
    """Serves until it is left."""
    state = Comfy()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            time.sleep(state.lag_s)
            asked = urlsplit(self.path)
            match asked.path.strip("/").split("/"):
                case _ if state.is_another:
                    self.send(404, b"<h1>Not found</h1>")
                case ["system_stats"]:
                    self.say(200, {"system": {"comfyui_version": "0.3.76"}, "devices": []})
                case ["queue"]:
                    running = [[0, number, {}, {}, ["1"]] for number in state.running]
                    self.say(200, {"queue_running": running, "queue_pending": []})
                case ["history", number]:
                    self.say(200, {number: state.history[number]} if number in state.history else {})
                case ["view"]:
                    data = state.view(parse_qs(asked.query)["filename"][0])
                    self.send(404 if data is None else 200, data or b"")
                case _:
                    self.send(404, b"404: Not Found")

        def do_POST(self) -> None:
            time.sleep(state.lag_s)
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            if self.path == "/prompt":
                self.say(*state.take(body))
                return
            if self.path == "/interrupt":
                state.interrupt(body["prompt_id"])
            self.send(200, b"")

        def say(self, status: int, content: dict[str, Any]) -> None:
            self.send(status, json.dumps(content).encode())

        def send(self, status: int, data: bytes) -> None:
            with suppress(ConnectionError):  # who has asked is gone
                self.send_response(status)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Nothing: pytest listens."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        state.port = server.server_port
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield state
        server.shutdown()
