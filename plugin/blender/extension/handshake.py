"""What this extension says of itself to the talkies program, and what it says when that one is too old for it.

A small copy of talkies' core/hosts/handshake.py; a test compares the two.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

PROTOCOL = 2
CLIENT = "Blender extension"

UPDATE = "update it: pip install --upgrade talkies"


@cache
def version() -> str:
    """Of this extension, as its manifest says."""
    manifest = Path(__file__).with_name("blender_manifest.toml")
    return str(tomllib.loads(manifest.read_text(encoding="utf-8"))["version"])


def hello() -> dict[str, Any]:
    """The first request's parameters."""
    return {"client": CLIENT, "protocol": PROTOCOL, "version": version()}


def problem_with(answer: Any) -> str:
    """What to say of the program's greeting, whatever that is; "" when the two fit."""
    said = answer if isinstance(answer, Mapping) else {}
    spoken = said.get("protocol")
    if isinstance(spoken, int) and spoken >= PROTOCOL:
        return ""
    theirs = " ".join(str(said.get("version") or "unknown").split())[:60]
    return f"talkies {theirs}: is older than what asks it ({version()}); {UPDATE}"
