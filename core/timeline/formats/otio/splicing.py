"""Splicing new tracks into the text of an ``.otio`` file, everything else left byte for byte.

OTIO's own writer clamps integers beyond 64 bits, upgrades old schemas and reorders keys; a splice does none of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

_SPACE = re.compile(r"[ \t\r\n]*")
_INFINITY = re.compile(r"(?<=[:\[,\s])(-?)Inf(?=\s*[,\]}])")
_URL = re.compile(r'("target_url(?:_base)?"\s*:\s*)("(?:[^"\\]|\\.)*")')
_DECODER = json.JSONDecoder()


def with_tracks(text: str, tracks: list[Any]) -> str | None:
    """``text`` with ``tracks`` (plain JSON data) at the end of its first timeline's stack; None if it has no such."""
    scanned = _INFINITY.sub(lambda match: match.group(1) + "999", text)  # the same length, and Python can read it
    try:
        end = _end_of_tracks(scanned, _skip_space(scanned, 0))
    except (ValueError, IndexError, RecursionError):
        return None
    if end is None:
        return None
    last = end - 1
    while text[last - 1] in " \t\r\n":
        last -= 1
    comma = "" if text[last - 1] == "[" else ","
    return text[:last] + comma + ",".join("\n" + _indented(track) for track in tracks) + "\n        " + text[end - 1 :]


def with_urls(text: str, change: Callable[[str, bool], str]) -> str:
    """``text`` with each media address replaced by ``change(url, is_base)``; unchanged ones stay byte for byte."""

    def replaced(match: re.Match[str]) -> str:
        try:
            url = json.loads(match.group(2))
        except ValueError:
            return match.group(0)
        changed = change(url, "_base" in match.group(1))
        return match.group(0) if changed == url else match.group(1) + json.dumps(changed, ensure_ascii=False)

    return _URL.sub(replaced, text)


def _indented(track: Any) -> str:
    return "\n".join(" " * 12 + line for line in json.dumps(track, indent=4, ensure_ascii=False).splitlines())


def _end_of_tracks(text: str, at: int) -> int | None:
    """Where the ``children`` of the tracks of the first timeline end, in the object that starts at ``at``."""
    members = _members(text, at)
    schema = str(_value(text, members, "OTIO_SCHEMA")).partition(".")[0]
    if schema == "Timeline" and "tracks" in members:
        stack = _members(text, members["tracks"][0])
        start, end = stack.get("children", (0, 0))
        return end if end and text[start] == "[" else None
    if schema == "SerializableCollection" and "children" in members:
        for start in _elements(text, members["children"][0]):
            if text[start] == "{" and (found := _end_of_tracks(text, start)) is not None:
                return found
    return None


def _value(text: str, members: dict[str, tuple[int, int]], name: str) -> Any:
    return _DECODER.raw_decode(text, members[name][0])[0] if name in members else None


def _members(text: str, at: int) -> dict[str, tuple[int, int]]:
    """Where the values of an object's keys start and end."""
    found: dict[str, tuple[int, int]] = {}
    if text[at] != "{":
        return found
    at = _skip_space(text, at + 1)
    while text[at] != "}":
        name, at = _DECODER.raw_decode(text, at)
        start = _skip_space(text, _skip_space(text, at) + 1)
        _, end = _DECODER.raw_decode(text, start)
        found[str(name)] = (start, end)
        at = _after_comma(text, end)
    return found


def _elements(text: str, at: int) -> list[int]:
    """Where the elements of an array start."""
    found: list[int] = []
    if text[at] != "[":
        return found
    at = _skip_space(text, at + 1)
    while text[at] != "]":
        found.append(at)
        _, end = _DECODER.raw_decode(text, at)
        at = _after_comma(text, end)
    return found


def _skip_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


def _after_comma(text: str, at: int) -> int:
    at = _skip_space(text, at)
    return _skip_space(text, at + 1) if text[at] == "," else at
