"""A workflow of ComfyUI's as an engine, with a server on this machine. A program: see docs/engines.md.

``talkies engines add comfy --adapter comfyui -- WORKFLOW.json [--port 8188] [--tasks foley] [--licence WORDS]``

The workflow is saved in API format, and says {prompt}, {seed}, {duration_s} ... where a job's values belong.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import Any

from talkies.core.arrays import Floats32
from talkies.core.engines.adapters.comfyui_server import Server, Workflow
from talkies.core.engines.adapters.lines import Line, Placing
from talkies.core.engines.adapters.serving import Arguments, Job, Say, serve
from talkies.core.engines.guests.blocks import beginning
from talkies.core.errors import CancelledError, EngineError, InputError
from talkies.core.files.regular import read_regular

RATE = 48_000
LONGEST_S = 3600.0
"""That one sound may take."""
POLL_S = 0.2
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
        parser.add_argument("--window", type=float, default=None, metavar="SECONDS")
        return parser.parse_args()

    @cached_property
    def workflow(self) -> Workflow:
        return read_workflow(self.given.workflow)

    @cached_property
    def manifest(self) -> dict[str, Any]:
        written = json.dumps(self.workflow, sort_keys=True).encode()
        return {
            "name": "comfyui",
            "version": f"workflow {hashlib.sha256(written).hexdigest()[:12]}",
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

    def load(self) -> None:
        self.server.look()

    def perform(self, job: Job, say: Say) -> Floats32 | Path:
        if job["task"] == "dialogue":
            return self.spoken(job, say)
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
        try:
            outputs = self.awaited(number, say)
        except (CancelledError, EngineError):
            with suppress(EngineError):
                self.server.stop(number)
            raise
        return self.server.fetch(outputs, "sound")

    def awaited(self, number: str, say: Say) -> Mapping[str, Any]:
        """What the nodes have given, when all is done."""
        until, missed = time.monotonic() + LONGEST_S, 0
        while time.monotonic() < until:
            say("progress", fraction=0.0)
            outputs = self.server.made(number)
            if outputs is not None:
                return outputs
            missed = 0 if self.server.waits(number) else missed + 1
            if missed > 1:  # it may have ended between the two questions
                raise EngineError("ComfyUI", "knows nothing of the workflow any more", "was it started anew?")
            time.sleep(POLL_S)
        raise EngineError("ComfyUI", f"had not ended after {LONGEST_S / 60:.0f} minutes", "it was told to stop")


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
    if not nodes or not all(isinstance(node, dict) and {"class_type", "inputs"} <= node.keys() for node in nodes):
        raise InputError(path, "is not a workflow in API format", "choose File, Export Workflow (API) in ComfyUI")
    workflow: Workflow = found
    if not keys_in(workflow).intersection(_TELLING):
        places = ", ".join(f"{{{key}}}" for key in _TELLING)
        raise InputError(path, f"has none of {places} in its inputs", "write them where the job's words belong")
    return workflow


def keys_in(workflow: Workflow) -> frozenset[str]:
    """Which of a job's values a workflow uses."""
    return frozenset(_PLACE.findall(json.dumps([node["inputs"] for node in workflow.values()])))


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
