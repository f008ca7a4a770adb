"""The tools that an assistant is offered: each is a method of the worker (docs/protocols.md), with a JSON Schema of
what it takes. The fields of a request are described by the command line's own help, so that both say the same.
"""

from __future__ import annotations

import argparse
import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal, Union, get_args, get_origin, get_type_hints

from talkies.core.generation.request import AUTO_SHOTS, Request
from talkies.plugin.commands import generate

Schema = dict[str, Any]


@dataclass(frozen=True)
class AssistantTool:
    """``method``: of the worker. ``changes``: it writes files. ``usual``: parameters that a call has
    unless it says otherwise."""

    name: str
    method: str
    description: str
    parameters: Mapping[str, Schema]
    required: tuple[str, ...] = ()
    changes: bool = False
    usual: Mapping[str, Any] = field(default_factory=dict)

    @property
    def schema(self) -> Schema:
        """Of its parameters as one JSON object; others are refused."""
        known = {"type": "object", "properties": dict(self.parameters), "additionalProperties": False}
        return {**known, "required": list(self.required)}


@cache
def tools() -> dict[str, AssistantTool]:
    """All of them by name."""
    request = _of(Request)
    timeline = {"timeline": request["timeline"], "media_dir": request["media_dir"]}
    place = {"type": "string", "description": "an existing folder, or one to be made"}
    voice = {name: request[name] for name in ("voice", "language", "engine", "device")}
    spot = {name: each for name, each in request.items() if name in _SPOTTING}
    every = (
        AssistantTool(
            "inspect",
            "inspect",
            "The shots of a timeline or a film: record and source ranges, subtitles, markers, what is missing.",
            timeline,
            ("timeline",),
        ),
        AssistantTool(
            "plan",
            "jobs",
            "Which takes 'generate' would make with the same parameters; nothing is made.",
            request,
            ("timeline", "out"),
            usual=_AS_COMMANDED,
        ),
        AssistantTool(
            "generate",
            "generate",
            "Gives a timeline its sound (effects, dialogue, backgrounds, music) and writes a new timeline that has it "
            "on new tracks. What an earlier run has made for other shots stays.",
            request,
            ("timeline", "out"),
            changes=True,
            usual=_AS_COMMANDED,
        ),
        AssistantTool(
            "spot",
            "spot",
            "What sounds when in the shots of a timeline, as spots with exact times; no sound is made.",
            spot,
            ("timeline",),
            usual={"folder": "spots"},  # where nothing is written
        ),
        AssistantTool(
            "sample_voice",
            "sample",
            "A short sentence in a voice, as a WAV in a folder, to listen to before it is chosen.",
            {**voice, "folder": place},
            ("voice", "folder"),
            changes=True,
        ),
        AssistantTool("list_engines", "engines", "What can make sound here: tasks, languages, licence.", {}),
        AssistantTool("list_models", "models", "The weights that are here, and those that can be had.", {}),
        AssistantTool("doctor", "doctor", "Whether all that talkies needs is on this machine, with cures.", {}),
    )
    return {tool.name: tool for tool in every}


def _of(kind: type[Any]) -> dict[str, Schema]:
    """The fields of a dataclass as JSON Schema."""
    hints, helps = get_type_hints(kind), _helps()
    return {each.name: _schema(hints[each.name]) | _described(helps.get(each.name, "")) for each in fields(kind)}


def _schema(hint: Any) -> Schema:
    """Of one value; exact numbers are text: "3/2"."""
    if get_origin(hint) in (Union, types.UnionType):
        return _schema(next(each for each in get_args(hint) if each is not type(None)))
    if get_origin(hint) is Literal:
        return {"type": "string", "enum": list(get_args(hint))}
    if get_origin(hint) is tuple:
        return {"type": "array", "items": {"type": "string"}}
    if is_dataclass(hint) and isinstance(hint, type):
        return {"type": "object", "properties": _of(hint), "additionalProperties": False}
    return {"type": _JSON[hint]}


def _described(words: str) -> Schema:
    return {"description": words} if words else {}


@cache
def _helps() -> dict[str, str]:
    """What the command line says of each field of a request."""
    parser = argparse.ArgumentParser()
    generate.add_arguments(parser)
    said = {action.dest: (action.help or "").replace("%%", "%") for action in parser._actions}  # noqa: SLF001
    return {**said, "out": said["output"], "segments": _plainly(said["segment"]), "only": _plainly(said["only"])}


def _plainly(words: str) -> str:
    return words.partition(";")[0]


_JSON: Final[Mapping[Any, str]] = {
    str: "string", Path: "string", Fraction: "string", int: "integer", float: "number", bool: "boolean",
}  # fmt: skip
_AS_COMMANDED: Final = {"shots": AUTO_SHOTS}
_SPOTTING: Final[Iterable[str]] = (
    "timeline", "segments", "prompt", "engine", "weights", "language", "device", "media_dir",
)  # fmt: skip
