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
    """A voice that can be chosen by ``name``; ``language`` is a BCP-47 tag, ``about`` one line for people; ``sex`` and
    ``age`` as the file says them, "" where it does not."""

    name: str
    language: str
    about: str
    sex: str = ""
    age: str = ""

    @property
    def label(self) -> str:
        """For a list: the name, who speaks, and in which language."""
        who = ", ".join(part for part in (self.sex, self.age) if part)
        about = self.about if not who or who in self.about else f"{who}: {self.about}"
        return f"{self.name}  –  {about}"


def voice_named(name: str) -> VoiceName | None:
    """The voice of that name, None for a recording and for "by speaker"."""
    return next((voice for voice in named_voices() if voice.name == name), None)


@functools.cache
def named_voices() -> tuple[VoiceName, ...]:
    """In the order of the file that ships with the weights."""
    file = resources.files("talkies.resources.weights") / "voices.json"
    stored = json.loads(file.read_text(encoding="utf-8"))["voices"]
    return tuple(
        VoiceName(name, entry["language"], entry["about"], str(entry.get("sex", "")), str(entry.get("age", "")))
        for name, entry in stored.items()
    )
