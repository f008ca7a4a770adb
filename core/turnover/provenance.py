"""What a folder for others says of its origin: who signed its files, what made the sound, which takes carry a mark."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from talkies.core.credentials.authority import present_signer
from talkies.core.credentials.manifest import take_type
from talkies.core.credentials.movies import TooManyBoxesError, credential_in_movie
from talkies.core.credentials.pem import certificates_in, described
from talkies.core.credentials.waves import has_credential
from talkies.core.errors import InputError
from talkies.core.segment import Take

_MADE_BY = {
    "trainedAlgorithmicMedia": "by a model",
    "compositeWithTrainedAlgorithmicMedia": "by a model, with other sound",
    "algorithmicMedia": "by rules, without a model",
    "composite": "of recordings, without a model",
}


def provenance_facts(folder: Path, takes: Sequence[Take]) -> Iterator[tuple[str, str]]:
    """For the README of ``folder``, whose files are all there."""
    files = [path for path in folder.rglob("*") if path.suffix in (".wav", ".mov")]
    signed = sum(map(_is_signed, files))
    yield "credentials", _signed(signed, len(files))
    counts = Counter(take_type(take.metadata) for take in takes)
    yield "made", ", ".join(f"{_MADE_BY[kind]}: {_takes(count)}" for kind, count in sorted(counts.items()))
    marked = sum(isinstance(take.metadata.get("mark"), int) for take in takes)
    if marked:
        yield "mark", f"{_takes(marked)} of {len(takes)} with a mark in the sound, which talkies verify finds"


def _signed(signed: int, files: int) -> str:
    if not signed:
        return "none: these files are not signed"
    by = f" by {name}" if (name := _signer_name()) else ""
    return f"{signed} of {files} sound and movie files are signed (C2PA){by}; check with: talkies verify FOLDER"


def _signer_name() -> str:
    try:
        signer = present_signer()
        return "" if signer is None else described(certificates_in(signer.chain)[0]).organization
    except (InputError, ImportError):  # signed elsewhere, and the extra is not here
        return ""


def _is_signed(path: Path) -> bool:
    if path.suffix == ".wav":
        return has_credential(path)
    try:
        with path.open("rb") as file:
            return bool(credential_in_movie(file))
    except (OSError, TooManyBoxesError):
        return False


def _takes(count: int) -> str:
    return f"{count} take{'s' if count != 1 else ''}"
