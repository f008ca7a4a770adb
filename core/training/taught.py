"""The voices that a teacher lends (preparing/teacher.py), by the names that they get here."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class TaughtVoice:
    """One of the teacher's voices: its file's name, language (BCP-47) and one line about it."""

    style: str
    language: str
    about: str


def _voices(prefix: str, language: str, about: str, names: str) -> dict[str, TaughtVoice]:
    return {name: TaughtVoice(f"{prefix}_{name}", language, about) for name in names.split()}


TAUGHT = {
    **_voices("af", "en-US", "US English, a woman", "alloy aoede bella heart jessica kore nicole nova river sarah sky"),
    **_voices("am", "en-US", "US English, a man", "adam echo eric fenrir liam michael onyx puck"),
    **_voices("bf", "en-GB", "British English, a woman", "alice emma isabella lily"),
    **_voices("bm", "en-GB", "British English, a man", "daniel fable george lewis"),
}
"""The English ones of an age; "santa" is a character."""
