"""What the credential of a file says, and whether it still holds.

ours        signed by an authority that is trusted here, and nothing was changed since
untrusted   nothing was changed since it was signed, but whoever signed it is known to nobody here
expired     nothing was changed, but the certificate is no longer valid
altered     something is not as it was signed, or what is left of a credential cannot be read
absent      there is none
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, Literal, get_args

from talkies.core.credentials.canonical import is_canonical
from talkies.core.credentials.embedding import MOVIES, WAVES
from talkies.core.credentials.manifest import RECIPE, recipe_in
from talkies.core.credentials.movies import (
    TooManyBoxesError,
    credential_bytes,
    credential_in_movie,
    first_box,
    refuse_crumbs,
)
from talkies.core.credentials.settings import library, settings
from talkies.core.credentials.waves import LARGEST_CREDENTIAL, credential_at
from talkies.core.errors import InputError, MediaError, in_one_line
from talkies.core.files.regular import refuse_irregular

Status = Literal["ours", "untrusted", "expired", "altered", "absent"]
STATUSES: tuple[Status, ...] = get_args(Status)
SUFFIXES = WAVES | frozenset(MOVIES)

_MAGIC = (b"RIFF", b"RF64", b"BW64")
_FIRST_BOXES = (b"ftyp", b"moov", b"wide", b"mdat", b"free", b"skip", b"pnot")
_TRACES = (b"c2pa.claim", b"c2pa.assertions", b"c2pa.signature", b"talkies.recipe")
_SEARCHED_BYTES = 1 << 20
_EXPIRED = frozenset({"signingCredential.expired", "claimSignature.outsideValidity"})
_UNTRUSTED = "signingCredential.untrusted"
_LONGEST_NAME = 120


@dataclass(frozen=True)
class Credential:
    """``signer``: who signed, as the certificate names them, "" where nobody knows; ``source_type``: IPTC's word for
    what made it; ``recipe``: what talkies says of a take; ``films``: name and hash of each that it was made for;
    ``problem``: what is not as it was, "" where all is."""

    status: Status
    signer: str = ""
    source_type: str = ""
    recipe: Mapping[str, Any] = field(default_factory=dict)
    films: tuple[tuple[str, str], ...] = ()
    problem: str = ""
    is_of_talkies: bool = False
    first_box: str = ""
    """Of a movie, in hexadecimal, as it was when it was signed."""


class CredentialReader(AbstractContextManager["CredentialReader"]):
    """For any number of files, one after the other. ``trusted``: certificates of authorities, PEM. Raises
    MissingExtraError, InputError."""

    def __init__(self, trusted: str) -> None:
        self._library = library()
        try:
            self._context = self._library.Context.from_dict(settings(trusted))
        except self._library.C2paError as error:
            cure = "name another with --trust, or look into the folder 'trusted' of your credentials"
            raise InputError("trusted certificates", f"cannot be used ({in_one_line(error)})", cure) from error

    def __exit__(self, *_: object) -> None:
        self._context.close()

    def read(self, path: Path) -> Credential:
        """Of a WAV, MOV or MP4 file. Raises MediaError for what is none of them, or cannot be read."""
        refuse_irregular(path, MediaError, "sound file")
        try:
            with path.open("rb") as file:
                _refuse_others(file, path)
                file.seek(0)
                return self._read(file, path)
        except OSError as error:
            raise MediaError(path, f"cannot be read ({error.strerror})", "check its name and permissions") from error

    def _read(self, file: BinaryIO, path: Path) -> Credential:
        wave = path.suffix.lower() in WAVES
        place = credential_at(file) if wave else None
        length = _movie_credential(file, path) if not wave else place[1] if place is not None else 0
        if length == 0:
            return _without(file)
        if length > LARGEST_CREDENTIAL:
            return Credential("altered", problem="its credential is too large to be one")
        file.seek(0)
        kind = "audio/wav" if wave else MOVIES.get(path.suffix.lower(), "video/mp4")
        try:
            with self._library.Reader(kind, file, context=self._context) as reader:
                report = json.loads(reader.json())
        except self._library.C2paError.ManifestNotFound:
            return _without(file)
        except (self._library.C2paError, ValueError) as error:
            found = _without(file)
            said = in_one_line(error).partition(":")[2].strip() or in_one_line(error)
            return Credential("altered", problem=f"its credential cannot be read ({said})") if found.problem else found
        credential = _told(report)
        if credential.status == "ours" and credential.is_of_talkies and not _is_whole(file, place, credential):
            return Credential("altered", credential.signer, problem="its credential is not as talkies wrote it")
        return credential


def _movie_credential(file: BinaryIO, path: Path) -> int:
    """How long it is, 0 for none. Raises MediaError."""
    try:
        length = credential_bytes(file)
        if length:
            refuse_crumbs(file)
        return length
    except TooManyBoxesError as error:
        raise MediaError(path, "is cut into too many parts to be checked") from error


def _is_whole(file: BinaryIO, place: tuple[int, int] | None, credential: Credential) -> bool:
    """Whether also what no signature covers is as talkies has written it."""
    if place is None:
        return first_box(file).hex() == credential.first_box and is_canonical(credential_in_movie(file))
    start, length = place
    file.seek(start + 8)
    ends = start + 8 + length + length % 2 == os.fstat(file.fileno()).st_size
    return ends and is_canonical(file.read(length)) and not any(file.read())


def _refuse_others(file: BinaryIO, path: Path) -> None:
    """Only what has, or had, the form of such a file."""
    head = file.read(12)
    if path.suffix.lower() not in SUFFIXES:
        raise MediaError(path, "is none of the files that are signed", "name a WAV, MOV or MP4 file")
    is_known = head[:4] in _MAGIC if path.suffix.lower() in WAVES else head[4:8] in _FIRST_BOXES
    if not is_known and not _has_traces(file):
        kind = "WAV" if path.suffix.lower() in WAVES else "movie"
        raise MediaError(path, f"cannot be read as a {kind} file", "it may be damaged")


def _without(file: BinaryIO) -> Credential:
    if _has_traces(file):
        return Credential("altered", problem="what is left of its credential cannot be found by its chunks")
    return Credential("absent")


def _has_traces(file: BinaryIO) -> bool:
    """Whether something in it was a credential once."""
    size = os.fstat(file.fileno()).st_size
    for start in {0, max(size - _SEARCHED_BYTES, 0)}:
        file.seek(start)
        data = file.read(_SEARCHED_BYTES)
        if any(trace in data for trace in _TRACES):
            return True
    return False


def _told(report: Mapping[str, Any]) -> Credential:
    """What the library reports, as far as it makes sense: the file may come from anywhere."""
    active = report.get("manifests", {}).get(report.get("active_manifest"), {})
    info = active.get("signature_info") or {}
    names = [str(info.get(name) or "")[:_LONGEST_NAME] for name in ("issuer", "common_name")]
    organization, name = (" ".join(each.split()) for each in names)
    signer = f"{organization} ({name})" if organization and name else organization or name
    status, problem = _status(report)
    if status == "altered":
        return Credential(status, signer, problem=problem)
    stated = {str(each.get("label")): each.get("data") for each in active.get("assertions", ())}
    recipe, first = recipe_in(stated.get(RECIPE))
    films = ((str(each.get("title")), str(each.get("instance_id"))) for each in active.get("ingredients", ()))
    return Credential(
        status,
        signer,
        _source_type(stated.get("c2pa.actions.v2")),
        recipe,
        tuple(films),
        problem,
        RECIPE in stated,
        first,
    )


def _status(report: Mapping[str, Any]) -> tuple[Status, str]:
    failures = [each for each in report.get("validation_status") or () if each.get("code") != _UNTRUSTED]
    codes = {str(each.get("code")) for each in failures}
    state = report.get("validation_state")
    if codes and codes <= _EXPIRED:
        return "expired", "the certificate that it was signed with is no longer valid"
    if state not in ("Trusted", "Valid") or codes:
        said = next((str(each.get("explanation") or each.get("code")) for each in failures), "it does not validate")
        return "altered", in_one_line(said)
    return ("ours", "") if state == "Trusted" else ("untrusted", "whoever signed it is known to nobody here")


def _source_type(actions: Any) -> str:
    for action in actions.get("actions", ()) if isinstance(actions, dict) else ():
        if isinstance(action, dict) and action.get("action") == "c2pa.created":
            return str(action.get("digitalSourceType", "")).rpartition("/")[2][:_LONGEST_NAME]
    return ""
