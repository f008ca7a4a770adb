"""What is shown of a take's origin while somebody looks at it: its credential is read, and a short one listened to."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from talkies.core.credentials.authority import trusted
from talkies.core.credentials.manifest import take_type
from talkies.core.credentials.reading import CredentialReader
from talkies.core.credentials.settings import is_installed
from talkies.core.credentials.waves import has_credential
from talkies.core.errors import TalkiesError
from talkies.core.mark.payload import MARK
from talkies.core.provenance.marks import find_mark
from talkies.core.provenance.words import SOURCE_WORDS, credential_words

_QUICKLY_HEARD = 4 << 20  # bytes: half a minute of one channel, a tenth of a second's work


def take_in_words(path: Path, metadata: Mapping[str, Any]) -> str:
    """One line: ``Credential valid, ours, signed by ...; made by a model; its mark is found in its sound``."""
    words = [_credential(path), SOURCE_WORDS[take_type(metadata)]]
    words += [_mark(path)] if isinstance(metadata.get(MARK), int) else []
    line = "; ".join(words)
    return line[:1].upper() + line[1:]


def _mark(path: Path) -> str:
    """Of a take that was marked."""
    try:
        facts = path.stat()
        if facts.st_size > _QUICKLY_HEARD:
            return "marked, as its recipe says"
        is_found = _is_found(path, facts.st_size, facts.st_mtime_ns)
    except (OSError, TalkiesError):
        return "marked, as its recipe says, but its sound cannot be read"
    return "its mark is found in its sound" if is_found else "marked, as its recipe says, but no mark is found in it"


@lru_cache(maxsize=1024)
def _is_found(path: Path, size: int, changed_ns: int) -> bool:
    """Until the file has changed."""
    return find_mark(path) is not None


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
