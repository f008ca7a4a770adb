"""Consent: who allowed that a portrait speaks, asked once for each, kept by its hash beside the preferences.

It goes into the credential of every film that is made of the portrait.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from talkies.core.errors import ArgumentError, OutputError
from talkies.core.files.atomic import write_atomically
from talkies.core.preferences import preferences_file

_LARGEST_BYTES = 1 << 20
_LONGEST = 300  # letters of what somebody says
_CURE = 'say who allowed it: --consent "the sitter\'s daughter, by letter of 3 May"'


@dataclass(frozen=True)
class Consent:
    """``by``: who gave it and how, in the user's words; ``on``: the day it was stated, ISO 8601."""

    by: str
    on: str


def consent_for(still: Path, identity: str, stated: str = "", ask: Callable[[str], str] | None = None) -> Consent:
    """What is known of a still with this hash, or now ``stated``, or what ``ask`` answers to its question; kept from
    then on. Raises ArgumentError where nobody says who consented, OutputError where it cannot be kept."""
    known = _kept()
    words = " ".join(stated.split())
    if not words and identity in known:
        return known[identity]
    if not words and ask is not None:
        words = " ".join(ask(f"Who allowed that the person in {still.name} speaks in a film, and how?").split())
    if not words:
        raise ArgumentError(still.name, "nobody has said who consented to this portrait speaking", _CURE)
    if len(words) > _LONGEST:
        raise ArgumentError("--consent", f"has {len(words)} letters, {_LONGEST} are the most", "say it shorter")
    consent = Consent(words, datetime.now(UTC).date().isoformat())
    _keep(known | {identity: consent})
    return consent


def consents_file() -> Path:
    """Where they are kept."""
    return preferences_file().with_name("portraits.json")


def _kept() -> dict[str, Consent]:
    """By the still's hash; what cannot be read is asked for again."""
    path = consents_file()
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST_BYTES:
            return {}
        rows: Any = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    pairs = rows.items() if isinstance(rows, dict) else ()
    return {str(name): Consent(row["by"], row["on"]) for name, row in pairs if _is_consent(row)}


def _is_consent(row: Any) -> bool:
    return isinstance(row, dict) and all(isinstance(row.get(name), str) and row[name] for name in ("by", "on"))


def _keep(known: dict[str, Consent]) -> None:
    path = consents_file()
    rows = {name: asdict(consent) for name, consent in known.items()}
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        write_atomically(path, json.dumps(rows, indent=1, ensure_ascii=False).encode())
    except OSError as error:
        raise OutputError(path, f"cannot be written ({error.strerror})", "make room, or check permissions") from error
