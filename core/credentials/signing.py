"""Signing of what is made, last of all: after loudness, stems and pops, before it comes to its place.

A file is signed as a copy beside it that takes its place, so that whatever ends the process leaves one whole file,
signed or not. What cannot be signed is still made: a sentence says so, once.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from talkies.core.credentials.authority import signer
from talkies.core.credentials.embedding import embed
from talkies.core.credentials.films import Films
from talkies.core.credentials.manifest import Origin, manifest, take_type
from talkies.core.credentials.movies import first_box
from talkies.core.credentials.pem import Signer
from talkies.core.credentials.settings import is_installed
from talkies.core.credentials.waves import TooLargeError, has_credential
from talkies.core.errors import OutputError, TalkiesError
from talkies.core.files.atomic import part_file
from talkies.core.segment import Segment, Take, Timeline


def quietly(sentence: str) -> None:
    """Where nobody is there to be told."""


@dataclass
class Signing:
    """Of one run. ``wanted``: whether anything is signed, as far as the extra is installed; ``note`` gets the sentence
    that says what is not."""

    wanted: bool = True
    note: Callable[[str], None] = quietly
    _films: Films = field(default_factory=Films)
    _signer: Signer | None = None
    _failed: bool = False

    @property
    def is_on(self) -> bool:
        return self.wanted and not self._failed and is_installed()

    def take(self, take: Take, timeline: Timeline) -> Take:
        """The same take, its file signed. Raises OutputError where it cannot be written."""
        if self.is_on:
            films = self._films.of(each for each in timeline.segments if each.id == take.segment_id)
            self._sign(take.path, Origin.of_take(take, films))
        return take

    def takes(self, takes: Iterable[Take], timeline: Timeline) -> list[Take]:
        """As :meth:`take`, of several; several takes of one file sign it once."""
        done, given = set[Path](), list(takes)
        for take in given:
            if take.path not in done and take.path.is_file():
                done.add(take.path)
                self.take(take, timeline)
        return given

    def mix(
        self, path: Path, what: str, takes: Sequence[Take], segments: Sequence[Segment], *, movie: bool = False
    ) -> None:
        """A file in which several takes sound; ``what`` as in :meth:`Origin.of_mix`. Raises OutputError."""
        if self.is_on:
            self._sign(path, Origin.of_mix(what, takes, self._films.of(segments), movie=movie))

    def film(self, path: Path, origin: Origin) -> None:
        """A movie that somebody knows the origin of. Raises OutputError."""
        if self.is_on:
            self._sign(path, origin)

    def copy(self, take: Take, path: Path) -> None:
        """A file with the sound of a take at other samples. Raises OutputError."""
        if self.is_on:
            self._sign(path, Origin.of_take(take))

    def sample(self, path: Path, facts: Mapping[str, Any]) -> None:
        """What an engine made to be listened to, of ``facts``. Raises OutputError."""
        if self.is_on:
            self._sign(path, Origin(take_type(facts), {"kind": "voice sample", **facts}))

    def _sign(self, path: Path, origin: Origin) -> None:
        try:
            self._signer = self._signer or signer()
            with part_file(path) as part:
                shutil.copyfile(path, part)
                with part.open("rb") as file:
                    first = first_box(file)
                embed(part, manifest(origin, path, first), self._signer)
        except OutputError as error:
            if self._signer is not None:  # there is no room for the file
                raise
            self._give_up(error)
        except TalkiesError as error:
            self._give_up(error)

    def _give_up(self, error: TalkiesError) -> None:
        """It would be the same with the next file, but for one that is too large."""
        self._failed = not isinstance(error, TooLargeError)
        self.note(f"no credentials are written: {error}" if self._failed else str(error))


def follows(takes: Iterable[Take]) -> Signing:
    """Of what is made of takes by somebody who was not asked: signed where one of them is."""
    return Signing(any(has_credential(take.path) for take in takes))
