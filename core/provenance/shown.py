"""What is shown of a take's origin while somebody looks at it: its credential is read, its sound is not listened to."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from talkies.core.credentials.authority import trusted
from talkies.core.credentials.manifest import take_type
from talkies.core.credentials.reading import CredentialReader
from talkies.core.credentials.settings import is_installed
from talkies.core.credentials.waves import has_credential
from talkies.core.errors import TalkiesError
from talkies.core.provenance.words import SOURCE_WORDS, credential_words


def take_in_words(path: Path, metadata: Mapping[str, Any]) -> str:
    """One line: ``Credential valid, ours, signed by ...; made by a model; with a mark in its sound``."""
    words = [_credential(path), SOURCE_WORDS[take_type(metadata)]]
    words += ["with a mark in its sound"] if isinstance(metadata.get("mark"), int) else []
    line = "; ".join(words)
    return line[:1].upper() + line[1:]


def _credential(path: Path) -> str:
    if not has_credential(path):
        return "no credential"
    if not is_installed():
        return "signed, but without the extra 'credentials' it cannot be checked"
    try:
        with CredentialReader(trusted()) as reader:
            found = reader.read(path)
    except TalkiesError as error:
        return f"credential unreadable ({error.problem})"
    return credential_words(found.status, found.problem, found.signer)
