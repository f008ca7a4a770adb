"""What a take was made from, in its metadata: the request, and what tells pictures, words and lists from others.

So that ``talkies redo`` (redo.py) makes it again, or says what is not as it was. Files are named from the folder that
holds the output, so that all of it may move together.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from talkies.core.files.dataclass_json import as_json
from talkies.core.generation.request import DETECT, NO_SHOTS, Request
from talkies.core.segment import Picture, Segment, Stem

if TYPE_CHECKING:
    from talkies.core.generation.maker import Maker

MADE_FROM = "made_from"
"""In a take's metadata: see :meth:`MadeFrom.facts`."""

_FILES = ("timeline", "weights", "media_dir", "spots", "shots")
_ELSEWHERE = ("out", "replace", "anew", "two_pop", "tail_pop", "only", "relevel")
_CHUNK = 1 << 16
_LOOKS = 16


@dataclass
class MadeFrom:
    """Of one run; ``edits``: what the panel changed of cues and voices, as JSON."""

    maker: Maker
    edits: Mapping[str, Any] = field(default_factory=dict)
    _pictures: dict[Picture, str] = field(default_factory=dict)

    def facts(self, stem: Stem, index: int) -> dict[str, Any]:
        """Of one take, the ``index``-th of its stem."""
        return {"request": self._request, **self.edits, "index": index, "digests": self.digests(stem)}

    def digests(self, stem: Stem) -> dict[str, str]:
        """What a stem is made of, each part as a hash."""
        words = [stem.cues, stem.sounds, stem.prompt, stem.voice, stem.speaker]
        found = {
            "shot": digest([bare(stem.segment), stem.record]),
            "words": digest(words),
            "picture": self._seen(stem.segment.picture),
        }
        if stem.spots is not None:
            found["list"] = digest(stem.spots)
        if stem.task in ("background", "music"):
            found["cut"] = self._cut
        return found

    @cached_property
    def _request(self) -> dict[str, Any]:
        """As far as it is not what everybody asks for."""
        request = self.maker.request
        stated = as_json(request)
        usual = as_json(Request(request.timeline, request.out))
        kept = {name: each for name, each in stated.items() if name not in _ELSEWHERE and each != usual[name]}
        named = {name: _from(request.out.parent, Path(kept[name])) for name in files_of(kept)}
        return {**kept, **named, "timeline": _from(request.out.parent, request.timeline)}

    @cached_property
    def _cut(self) -> str:
        """The whole timeline's picture, and what a list says of backgrounds."""
        shots = [[bare(each), self._seen(each.picture)] for each in self.maker.timeline.segments]
        return digest([shots, list(self.maker.rows)])

    def _seen(self, picture: Picture | None) -> str:
        if picture is None:
            return ""
        if picture not in self._pictures:
            files = [path for path in picture.frames if path is not None] or [picture.path]
            chosen = files[:: -(-len(files) // _LOOKS)]
            facts = [picture.start, picture.rate, len(picture.frames), [_content(path, len(chosen)) for path in chosen]]
            self._pictures[picture] = digest(facts)
        return self._pictures[picture]


def files_of(request: Mapping[str, Any]) -> list[str]:
    """The fields of a request, as JSON, that name a file."""
    return [name for name in _FILES if request.get(name) and request[name] not in (NO_SHOTS, DETECT)]


def bare(segment: Segment) -> Segment:
    """A segment without what the reader says of it, the words, which its stems have, and the picture, which is told by
    its files."""
    return replace(segment, picture=None, cues=(), warnings=(), marks=())


def digest(facts: Any) -> str:
    """A hash of plain data."""
    return hashlib.sha256(json.dumps(as_json(facts), default=str).encode()).hexdigest()[:24]


def _content(path: Path, files: int) -> str:
    """A hash of a file's size and of some of its content, the less the more ``files`` there are."""
    hashed = hashlib.sha256()
    try:
        size = path.stat().st_size
        hashed.update(str(size).encode())
        with path.open("rb") as file:
            looks = max(_LOOKS // files, 1)
            for look in range(looks):
                file.seek(max(size - _CHUNK, 0) * look // max(looks - 1, 1))
                hashed.update(file.read(_CHUNK))
    except OSError:
        return ""
    return hashed.hexdigest()


def _from(folder: Path, path: Path) -> str:
    try:
        return Path(os.path.relpath(path.absolute(), folder.absolute())).as_posix()
    except ValueError:  # on another drive
        return path.absolute().as_posix()
