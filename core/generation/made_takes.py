"""Takes as they say of themselves how they were made: in a timeline, a sidecar beside them, or signed in their file."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from talkies.core.credentials.reading import CredentialReader
from talkies.core.credentials.settings import is_installed
from talkies.core.credentials.waves import has_credential
from talkies.core.engines.pictures import SUFFIXES
from talkies.core.errors import InputError
from talkies.core.generation.made_from import MADE_FROM
from talkies.core.takes.our_files import is_take_file
from talkies.core.takes.take_folder import read_sidecar
from talkies.core.timeline import read_timeline
from talkies.core.timeline.readers import READERS
from talkies.core.timeline.structure.sounds import our_picture_tracks, sound_tracks
from talkies.core.timeline.structure.tracks import plain


@dataclass(frozen=True)
class MadeTake:
    """A take as it says of itself: ``path``, where it lies or should lie; ``metadata``; ``folder``, from which its
    files are named."""

    path: Path
    metadata: Mapping[str, Any]
    folder: Path

    @property
    def name(self) -> str:
        return self.path.stem


def made_takes(path: Path, media_dir: Path | None = None) -> list[MadeTake]:
    """The takes of a timeline, whether their files are there or not; of a sound file, that one. Raises TalkiesError."""
    if path.suffix.lower() != ".wav" and not is_take_file(path.name):
        found = _in_timeline(path, media_dir)
        if not found:
            raise InputError(path, "holds no take of talkies", "give a timeline that 'talkies generate' has written")
        return found
    if not is_take_file(path.name):
        raise InputError(path, "has no name that talkies gives to a take", "give it the name it had, or its timeline")
    known = of_sidecar(path) or _in_timeline_beside(path, media_dir) or _signed(path)
    if known is None:
        problem = "nothing beside it says how it was made, and no credential in it"
        raise InputError(path, problem, "give the timeline that plays it")
    return [known]


def of_sidecar(path: Path) -> MadeTake | None:
    """A take as the sidecar beside it has it; None without one. Raises InputError."""
    sidecar = path.with_suffix(".json")
    return MadeTake(path, read_sidecar(sidecar).take.metadata, path.parent.parent) if sidecar.is_file() else None


def _in_timeline_beside(path: Path, media_dir: Path | None) -> MadeTake | None:
    """A take as the timeline has it in whose folder of takes it lies. Raises TalkiesError."""
    name = path.parent.name.removesuffix(".takes")
    for timeline in sorted(path.parent.parent.glob("*")):
        if timeline.stem == name and timeline.suffix.lower() in READERS:
            found = [each for each in _in_timeline(timeline, media_dir) if each.path.name == path.name]
            if found:
                return replace(found[0], path=path)
    return None


def _signed(path: Path) -> MadeTake | None:
    """A take as its credential has it, whoever signed, if nothing was changed since. Raises InputError for one that
    was."""
    if not (has_credential(path) and is_installed()):
        return None
    with CredentialReader("") as reader:
        found = reader.read(path)
    if found.status == "altered":
        raise InputError(path, f"its credential no longer holds ({found.problem})", "give the timeline that plays it")
    return MadeTake(path, found.recipe, folder_of(path, found.recipe)) if found.recipe else None


def folder_of(path: Path, metadata: Mapping[str, Any]) -> Path:
    """From where the files of a take that lies alone are named: its folder's folder, as long as it is in a folder of
    takes, or where it lies beside the timeline its own."""
    made_from = metadata.get(MADE_FROM)
    request = made_from.get("request") if isinstance(made_from, Mapping) else None
    timeline = request.get("timeline") if isinstance(request, Mapping) else None
    folder = path.absolute().parent
    if not isinstance(timeline, str) or os.path.lexists(folder.parent / timeline):
        return folder.parent
    return folder if os.path.lexists(folder / timeline) else folder.parent


def _in_timeline(path: Path, media_dir: Path | None) -> list[MadeTake]:
    timeline = read_timeline(path, media_dir)
    takes = timeline.path.with_name(timeline.path.stem + ".takes")
    found = {}
    pictures = our_picture_tracks(timeline, media_dir)
    for track in (*sound_tracks(timeline, media_dir), *pictures):
        for clip in track.clips if track.generated else ():
            suffix = _suffix(clip.metadata) if track in pictures else ".wav"
            place = clip.path or takes / f"{clip.name}{suffix}"
            if is_take_file(place.name):
                found[place] = MadeTake(place, plain(clip.metadata), path.parent)
    return list(found.values())


def _suffix(facts: Mapping[str, Any]) -> str:
    return next((suffix for film, suffix in SUFFIXES.items() if facts.get("film") == film), ".mp4")
