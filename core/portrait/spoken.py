"""The phonemes of a sound file, as far as it is a take of ours: from its sidecar, else from its credential."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from talkies.core.conditioning.speech.phoneme_text import PHONEMES, phoneme_spans
from talkies.core.conditioning.speech.timing import Spans
from talkies.core.credentials.reading import SUFFIXES, CredentialReader
from talkies.core.credentials.settings import is_installed
from talkies.core.errors import TalkiesError


@dataclass(frozen=True)
class Spoken:
    """``spans`` in seconds of the file, [] where nobody knows; ``facts``: what a take says of itself, {} of a sound
    that is none of ours."""

    spans: Spans = field(default_factory=list)
    facts: Mapping[str, Any] = field(default_factory=dict)


def spoken_in(sound: Path) -> Spoken:
    """What is known of a sound file. Whatever lies beside it or in it and is damaged says nothing."""
    facts = _of_sidecar(sound) or _of_credential(sound)
    return Spoken(phoneme_spans(facts.get(PHONEMES)), facts)


def _of_sidecar(sound: Path) -> Mapping[str, Any]:
    from talkies.core.takes.take_folder import read_sidecar

    path = sound.with_suffix(".json")
    try:
        return read_sidecar(path).take.facts if path.is_file() else {}
    except (TalkiesError, OSError):
        return {}


def _of_credential(sound: Path) -> Mapping[str, Any]:
    if sound.suffix.lower() not in SUFFIXES or not is_installed():
        return {}
    try:
        with CredentialReader("") as reader:
            credential = reader.read(sound)
    except TalkiesError:
        return {}
    return credential.recipe if credential.status in ("ours", "untrusted", "expired") else {}
