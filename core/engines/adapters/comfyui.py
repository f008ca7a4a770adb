"""A workflow of ComfyUI's as an engine, with a server on this machine. A program: see docs/engines.md.

``talkies engines add comfy --adapter comfyui -- WORKFLOW.json [--port 8188] [--tasks foley] [--licence WORDS]``

The workflow is saved in API format, and says {prompt}, {seed}, {duration_s} ... where a job's values belong.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, wait
from contextlib import suppress
from functools import cached_property, partial
from pathlib import Path
from typing import Any, TypeVar

from talkies.core.arrays import Floats32
from talkies.core.engines.adapters.comfyui_server import HURRY_S, Place, Server, Workflow
from talkies.core.engines.adapters.lines import Line, Placing
from talkies.core.engines.adapters.serving import Arguments, Job, Say, serve
from talkies.core.engines.guests.blocks import beginning
from talkies.core.errors import ArgumentError, CancelledError, EngineError, InputError
from talkies.core.files.regular import read_regular

RATE = 48_000
LONGEST_S = 3600.0
"""That one sound may take."""
POLL_S = 0.2
WATCH_S = 0.05
"""How often it is looked whether anybody still waits, while the server is."""
WINDOW_S = 1.0, 3600.0
T = TypeVar("T")
KEYS = ("prompt", "negative_prompt", "text", "seed", "duration_s", "movie", "pace")
UNKNOWN = "unknown; see the workflow's models"
_TELLING = ("prompt", "text", "movie")
_LARGEST_BYTES = 1 << 24
_PLACE = re.compile(rf"\{{({'|'.join(KEYS)})\}}")


class ComfyAdapter:
    """See the module."""

    @cached_property
    def given(self) -> argparse.Namespace:
        """``workflow``, ``port``, ``tasks``, ``licence``, ``window``. Raises ArgumentError."""
        parser = Arguments("the adapter comfyui", add_help=False)
        parser.add_argument("workflow", type=Path, metavar="WORKFLOW.json")
        parser.add_argument("--port", type=_port, default=8188, metavar="8188")
        parser.add_argument("--tasks", type=lambda words: words.split(","), default=["foley"], metavar="foley,...")
        parser.add_argument("--licence", default=UNKNOWN, metavar="WORDS")
        parser.add_argument("--window", type=_seconds, default=None, metavar="SECONDS")
        return parser.parse_args()

    @cached_property
    def workflow(self) -> Workflow:
        """Raises InputError, or ArgumentError where it wants what its tasks do not give."""
        found = read_workflow(self.given.workflow)
        if "dialogue" in self.given.tasks and "movie" in keys_in(found):
            raise ArgumentError("{movie}", "is in the workflow, and dialogue gives none", "take it out, or the task")
        return found

    @cached_property
    def workflow_hash(self) -> str:
        """sha256 of what it says, however it is written."""
        return hashlib.sha256(json.dumps(self.workflow, sort_keys=True).encode()).hexdigest()

    @cached_property
    def manifest(self) -> dict[str, Any]:
        return {
            "name": "comfyui",
            "version": f"workflow {self.workflow_hash[:12]}",
            "licence": self.given.licence,
            "sellable": None,
            "tasks": self.given.tasks,
            "window_s": self.given.window,
            "sample_rate": RATE,
            "sees": "movie" if "movie" in keys_in(self.workflow) else "nothing",
            "network": True,
        }

    @cached_property
    def server(self) -> Server:
        return Server(self.given.port)

    def load(self) -> str:
        """What stands for weights: takes of a workflow that was changed since are others."""
        self.server.look()
        return self.workflow_hash

    def perform(self, job: Job, say: Say) -> Floats32 | Path:
        if job["task"] == "dialogue":
            return self.spoken(job, say)
        if job["movie"] is None and "movie" in keys_in(self.workflow):
            cure = "if it was changed since it was added, add it again"
            raise EngineError("{movie}", "is in the workflow, and none is given to it", cure)
        text = " ".join(line["text"] for line in job["lines"])
        return self.made({**job, "text": text, "movie": _whole_path(job["movie"]), "pace": 1.0}, say)

    def spoken(self, job: Job, say: Say) -> Floats32:
        """Each line (N,) a workflow of its own, placed in its time; read faster only by one that knows ``{pace}``."""
        read: dict[tuple[int, float], Floats32] = {}
        paced = "pace" in keys_in(self.workflow)

        def reader(line: Line, pace: float, number: int) -> Floats32:
            key = number, pace if paced else 1.0
            if key not in read:
                lasts = line["end_s"] - line["start_s"]
                own = {"text": line["text"], "duration_s": lasts, "pace": pace, "movie": ""}
                read[key] = beginning(self.made({**job, **own}, say), RATE, job["samples"])
            return read[key]

        return Placing(RATE, reader).placed(job, say)

    def made(self, values: Mapping[str, Any], say: Say) -> Path:
        """The file that the workflow makes of these values. Raises EngineError, CancelledError."""
        number = self.server.queue(filled(self.workflow, values))
        self._place: Place | None = None
        try:
            outputs = self.awaited(number, say)
        except (CancelledError, EngineError):
            Server(self.given.port, HURRY_S).stop(number, self._place)
            raise
        return self.server.fetch(outputs, "sound")

    def awaited(self, number: str, say: Say) -> Mapping[str, Any]:
        """What the nodes have given, when all is done; until then ``_place`` is where the workflow is."""
        until, missed = time.monotonic() + LONGEST_S, 0
        while time.monotonic() < until:
            outputs = meanwhile(partial(self.server.made, number), say)
            if outputs is not None:
                return outputs
            self._place = meanwhile(partial(self.server.place, number), say)
            missed = 0 if self._place else missed + 1
            if missed > 1:  # it may have ended between the two questions
                raise EngineError("ComfyUI", "knows nothing of the workflow any more", "was it started anew?")
            time.sleep(POLL_S)
        raise EngineError("ComfyUI", f"had not ended after {LONGEST_S / 60:.0f} minutes", "it was told to stop")


def meanwhile(ask: Callable[[], T], say: Say) -> T:
    """What the server answers; who cancels while it is slow does not wait for it."""
    answer: Future[T] = Future()

    def work() -> None:
        try:
            answer.set_result(ask())
        except EngineError as error:
            answer.set_exception(error)

    threading.Thread(target=work, daemon=True).start()
    say("progress", fraction=0.0)
    while not wait([answer], WATCH_S).done:
        say("progress", fraction=0.0)
    return answer.result()


def _seconds(text: str) -> float:
    least, most = WINDOW_S
    with suppress(ValueError):
        if least <= (seconds := float(text)) <= most:
            return seconds
    raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds, {least:g} to {most:g}")


def _port(text: str) -> int:
    """Of this machine; another machine's address is none."""
    if not (text.isdecimal() and len(text) < 6 and 0 < int(text) < 1 << 16):
        raise argparse.ArgumentTypeError(f"{text!r} is not a port of this machine, 1 to 65535")
    return int(text)


def read_workflow(path: Path) -> Workflow:
    """From a file. Raises InputError where it is not one in API format, or where no job would make a difference."""
    try:
        found = json.loads(read_regular(path, _LARGEST_BYTES, InputError, "workflow of ComfyUI's"))
    except (ValueError, RecursionError) as error:
        raise InputError(path, f"is not JSON ({str(error)[:80]})", "save it in ComfyUI again") from error
    nodes = list(found.values()) if isinstance(found, dict) else []
    if not nodes or not all(map(_is_node, nodes)):
        raise InputError(path, "is not a workflow in API format", "choose File, Export Workflow (API) in ComfyUI")
    workflow: Workflow = found
    if not keys_in(workflow).intersection(_TELLING):
        places = ", ".join(f"{{{key}}}" for key in _TELLING)
        raise InputError(path, f"has none of {places} in its inputs", "write them where the job's words belong")
    return workflow


def keys_in(workflow: Workflow) -> frozenset[str]:
    """Which of a job's values a workflow uses."""
    texts = (text for node in workflow.values() for text in _texts(node["inputs"]))
    return frozenset(key for text in texts for key in _PLACE.findall(text))


def _is_node(node: object) -> bool:
    return isinstance(node, dict) and isinstance(node.get("class_type"), str) and isinstance(node.get("inputs"), dict)


def _texts(found: Any) -> Iterator[str]:
    """That are filled: values, however deep, and no keys."""
    if isinstance(found, str):
        yield found
    for each in found.values() if isinstance(found, dict) else found if isinstance(found, list) else ():
        yield from _texts(each)


def filled(workflow: Workflow, values: Mapping[str, Any]) -> Workflow:
    """With the values at their places: as they are where a text is nothing else, else as words of the text."""
    return {number: {**node, "inputs": _filled(node["inputs"], values)} for number, node in workflow.items()}


def _filled(found: Any, values: Mapping[str, Any]) -> Any:
    if isinstance(found, dict):
        return {key: _filled(each, values) for key, each in found.items()}
    if isinstance(found, list):
        return [_filled(each, values) for each in found]
    if not isinstance(found, str):
        return found
    alone = _PLACE.fullmatch(found)
    return values[alone[1]] if alone else _PLACE.sub(lambda place: str(values[place[1]]), found)


def _whole_path(movie: str | None) -> str:
    """The server runs in another folder."""
    return "" if movie is None else str(Path(movie).absolute())


if __name__ == "__main__":
    serve(ComfyAdapter())
