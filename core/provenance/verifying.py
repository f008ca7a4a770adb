"""Verify: what files say of their origin, whether they are as they were, and what is found in their sound.

file, timeline or folder ─► files ─► credential · mark · recipe ─► can it be made again?
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from talkies.core.credentials.reading import SUFFIXES, Credential, CredentialReader, Status
from talkies.core.errors import InputError, TalkiesError
from talkies.core.generation.made_takes import MadeTake, folder_of, made_takes, of_sidecar
from talkies.core.generation.redo import why_not
from talkies.core.provenance.marks import FoundMark, find_mark, is_silent_movie
from talkies.core.takes.our_files import is_take_file
from talkies.core.timeline.readers import READERS

MOST_FILES = 100_000
HEARD = frozenset(
    [".mp3", ".m4a", ".aac", ".flac", ".ogg", ".oga", ".opus", ".aif", ".aiff", ".mka", ".mkv", ".webm", ".mxf"]
)
"""Files that talkies does not sign, but in which a mark may have come through."""


@dataclass(frozen=True)
class Asked:
    """A file that is looked at, and what a timeline says of it: ``metadata`` of a take, ``folder``, from which its own
    files are named."""

    path: Path
    folder: Path | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Verified:
    """Of one file. ``status``: of its credential, or ``unreadable``; ``credential``: None where it could not be read;
    ``is_heard``: whether the mark was looked for; ``against_redo``: why a take cannot be made again, "" where it can,
    None for what is no take."""

    path: Path
    status: Status | Literal["unreadable"]
    problem: str = ""
    credential: Credential | None = None
    mark: FoundMark | None = None
    is_heard: bool = False
    recipe: Mapping[str, Any] = field(default_factory=dict)
    against_redo: str | None = None

    @property
    def is_ours(self) -> bool:
        """Ours and untouched."""
        return self.status == "ours"

    @property
    def facts(self) -> dict[str, Any]:
        """As ``--json`` prints it."""
        said, against = self.credential or Credential("absent"), self.against_redo
        return {
            "path": str(self.path),
            "status": self.status,
            "problem": self.problem,
            "signer": said.signer,
            "source_type": said.source_type,
            "films": [{"name": name, "identity": identity} for name, identity in said.films],
            "mark": _mark(self.mark) if self.is_heard else None,
            "recipe": dict(self.recipe),
            "redo": None if against is None else {"possible": not against, "why": against},
        }


def _mark(mark: FoundMark | None) -> dict[str, Any]:
    return {"found": mark is not None} | ({} if mark is None else vars(mark) | {"probability": mark.probability})


def files_of(path: Path, media_dir: Path | None = None) -> list[Asked]:
    """A sound or movie, encoded or not; the takes of a timeline, whether their files are there or not; every such file
    in a folder with all folders in it, none behind links. Raises TalkiesError where there is none."""
    if path.is_dir() and path.suffix.lower() not in READERS:
        found = [Asked(file) for file in _inside(path)]
        if not found:
            raise InputError(path, "holds no sound and no movie", "name a file, a timeline or another folder")
        return found
    if path.suffix.lower() in READERS and path.suffix.lower() not in SUFFIXES | HEARD:
        return [Asked(take.path, take.folder, take.metadata) for take in made_takes(path, media_dir)]
    if not path.exists():
        raise InputError(path, "there is no such file", "name a sound, a movie, a timeline or a folder")
    return [Asked(path)]


def _inside(folder: Path) -> Iterator[Path]:
    count = 0
    for place, folders, names in os.walk(folder):
        folders.sort()
        for name in sorted(names):
            path = Path(place) / name
            if path.suffix.lower() in SUFFIXES | HEARD and not name.startswith(".") and not path.is_symlink():
                count += 1
                if count > MOST_FILES:
                    raise InputError(folder, f"holds more than {MOST_FILES} files", "name a folder in it")
                yield path


def verify(asked: Sequence[Asked], trusted: str, *, marks: bool = True) -> Iterator[Verified]:
    """Each file in turn. ``trusted``: certificates of authorities, PEM; ``marks``: whether the sound is listened to.
    Raises MissingExtraError; what is wrong with a file is in its :class:`Verified`."""
    with CredentialReader(trusted) as reader:
        for each in asked:
            yield _verified(each, reader, marks=marks, is_alone=len(asked) == 1)


def _verified(asked: Asked, reader: CredentialReader, *, marks: bool, is_alone: bool) -> Verified:
    path = asked.path
    try:
        credential = Credential("absent") if path.suffix.lower() in HEARD else reader.read(path)
    except TalkiesError as error:
        return Verified(path, "unreadable", error.problem)
    mark, is_heard, recipe = None, False, credential.recipe or asked.metadata or _beside(path, is_alone=is_alone)
    if marks:
        try:
            mark, is_heard = find_mark(path), True
        except TalkiesError as error:
            if credential.status == "absent" and not is_silent_movie(path):
                return Verified(path, "unreadable", error.problem)
    is_take = is_take_file(path.name) and "takes" not in recipe
    against = why_not(MadeTake(path, recipe, asked.folder or folder_of(path, recipe))) if is_take else None
    return Verified(path, credential.status, credential.problem, credential, mark, is_heard, recipe, against)


def _beside(path: Path, *, is_alone: bool) -> Mapping[str, Any]:
    """What the sidecar of a take says, or, of one that is looked at by itself, the timeline in whose folder it lies."""
    known = None
    with suppress(TalkiesError):
        if is_take_file(path.name):
            known = made_takes(path)[0] if is_alone else of_sidecar(path)
    return {} if known is None else known.metadata
