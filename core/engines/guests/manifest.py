"""Manifest: what an engine of somebody else's says of itself, read before any of its code runs."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from talkies.core.conditioning.speech.named_voices import VoiceFacts
from talkies.core.errors import EngineError
from talkies.core.files.dataclass_json import from_json
from talkies.core.files.regular import read_regular

Sees = Literal["nothing", "motion", "movie"]
Fits = Literal["cue", "lips"]
TASKS = ("foley", "dialogue", "joint", "music")

_LARGEST_BYTES = 1 << 16
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,39}")
_LONGEST_TEXT = 200
_MOST_VOICES = 300
_RATES = (8_000, 192_000)


@dataclass(frozen=True)
class Manifest:
    """``tasks``: foley, dialogue, joint, music. ``licence``: of the engine and its weights; ``sellable``: whether one
    may sell what it makes, None unknown. ``languages``: BCP-47 of what it speaks, () any. ``window_s``: the longest
    sound that it makes at once, None any length. ``sample_rate`` in Hz. ``sees``: what of the picture it is given:
    nothing, how much moves, or a movie. ``fits``: what its lines are laid on: their cues alone, or also the lips that
    are seen to say them. ``patience_s``: how long it may work without a word. ``network``: it speaks to
    a program on another port of this machine. ``steps`` and ``guidance``: its own. ``voices``: that speakers are cast
    with, each by its name in the job's ``voice``; () it has one, or chooses itself.
    """

    name: str
    version: str
    licence: str
    tasks: tuple[str, ...]
    sellable: bool | None = None
    languages: tuple[str, ...] = ()
    window_s: float | None = None
    sample_rate: int = 48_000
    sees: Sees = "nothing"
    fits: Fits = "cue"
    patience_s: float = 60.0
    network: bool = False
    steps: int = 1
    guidance: float = 1.0
    voices: tuple[VoiceFacts, ...] = ()

    @classmethod
    def read(cls, path: Path) -> Manifest:
        """From a file. Raises EngineError."""
        try:
            given = json.loads(read_regular(path, _LARGEST_BYTES, EngineError, "manifest of an engine"))
        except (ValueError, RecursionError) as error:
            raise EngineError(path, f"is not JSON ({error})") from error
        return cls.from_mapping(given, path)

    @classmethod
    def from_mapping(cls, given: Any, source: Path | str) -> Manifest:
        """From JSON that ``source`` has said. Raises EngineError."""
        try:
            found = from_json(cls, given)
        except ValueError as error:
            raise EngineError(source, f"is not the manifest of an engine: {str(error)[:_LONGEST_TEXT]}") from error
        problem = _problem(found)
        if problem:
            raise EngineError(source, problem, "docs/engines.md has what a manifest says")
        return found


def _problem(manifest: Manifest) -> str:
    """What makes no sense in a manifest, "" when it does."""
    least, most = _RATES
    of_voices = (text for voice in manifest.voices for text in (voice.name, voice.language, voice.about))
    texts = (manifest.version, manifest.licence, *manifest.languages, *of_voices)
    checks = (
        (_NAME.fullmatch(manifest.name), f"name {manifest.name[:40]!r} is not made of a to z, 0 to 9, '.', '_', '-'"),
        (manifest.tasks and set(manifest.tasks) <= set(TASKS), f"tasks are not of {', '.join(TASKS)}"),
        (manifest.licence.strip(), "names no licence"),
        (all(len(text) <= _LONGEST_TEXT and text.isprintable() for text in texts), "has texts that are no plain words"),
        (least <= manifest.sample_rate <= most, f"sample_rate is not {least} to {most} Hz"),
        (manifest.window_s is None or 1 <= manifest.window_s <= 3600, "window_s is not 1 to 3600 seconds"),
        (0.1 <= manifest.patience_s <= 3600, "patience_s is not 0.1 to 3600 seconds"),
        (len(manifest.voices) <= _MOST_VOICES and all(voice.name for voice in manifest.voices), "voices make no sense"),
        (1 <= manifest.steps <= 1000 and 0 <= manifest.guidance <= 100, "steps or guidance are out of range"),
    )
    return next((problem for fine, problem in checks if not fine), "")
