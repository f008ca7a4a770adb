"""The voices that ship, as people choose them: language, sex, age. Their measurements stay unread."""

from __future__ import annotations

import contextlib
import difflib
import functools
import json
import re
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from talkies.core.errors import ArgumentError
from talkies.core.people import Age, Sex

ONLY_BY_NAME = ("grid_s1",)
"""A reader of 51 words, whom nobody gets unasked."""

_SEX: tuple[tuple[Sex, re.Pattern[str]], ...] = (("female", re.compile(r"\bwoman\b")), ("male", re.compile(r"\bman\b")))
_SHOWN = 200  # characters of a voice that there is not
_CHILD = re.compile(r"\bchild\b")


@dataclass(frozen=True)
class VoiceFacts:
    """``language`` is a BCP 47 tag, ``about`` one line for people; it says ``sex`` (a child's is "") and ``age``."""

    name: str
    language: str
    about: str

    @property
    def sex(self) -> Sex:
        return next((sex for sex, word in _SEX if word.search(self.about)), "")

    @property
    def age(self) -> Age:
        return "child" if _CHILD.search(self.about) else "adult"


@functools.cache
def named_voices() -> tuple[VoiceFacts, ...]:
    """In the order of the file that ships with the weights."""
    file = resources.files("talkies.resources.weights") / "voices.json"
    stored = json.loads(file.read_text(encoding="utf-8"))["voices"]
    return tuple(VoiceFacts(name, entry["language"], entry["about"]) for name, entry in stored.items())


def check_voice(voice: str, speaker: str = "") -> None:
    """Raises ArgumentError for what is neither a voice that ships nor a file; "" lets the speakers choose. ``speaker``:
    whose voice it is to be, for the sentence."""
    names = [each.name for each in named_voices()]
    with contextlib.suppress(OSError, ValueError):  # a name that no file can have
        if not voice or voice in names or Path(voice).is_file():
            return
    shown = voice if len(voice) <= _SHOWN else f"{voice[:_SHOWN]}…"
    near = difflib.get_close_matches(voice[:_SHOWN], names, 1)
    hint = f"did you mean {near[0]}? " if near else ""
    cure = f"{hint}give one of {', '.join(names)} or the path of a recording"
    whose = f" of {speaker}" if speaker else ""
    raise ArgumentError(f"voice {shown!r}{whose}", "is neither a voice that ships nor a file", cure)


def language_of(voice: str) -> str:
    """The language that a named voice has learned; "" for a recording."""
    return next((each.language for each in named_voices() if each.name == voice), "")
