"""Named voices that ship, for lists; their measurements belong to the engine and are not loaded here."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from importlib import resources

from talkies.core.timeline.formats.base import SOUND_SUFFIXES

__all__ = ["SOUND_SUFFIXES", "VoiceName", "named_voices"]


@dataclass(frozen=True)
class VoiceName:
    """A voice that can be chosen by ``name``; ``language`` is a BCP-47 tag, ``about`` one line for people."""

    name: str
    language: str
    about: str


@functools.cache
def named_voices() -> tuple[VoiceName, ...]:
    """In the order of the file that ships with the weights."""
    file = resources.files("talkies.resources.weights") / "voices.json"
    stored = json.loads(file.read_text(encoding="utf-8"))["voices"]
    return tuple(VoiceName(name, entry["language"], entry["about"]) for name, entry in stored.items())
