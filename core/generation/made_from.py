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
from talkies.core.generation.request import AUTO_SHOTS, DETECT, NO_SHOTS, Request
from talkies.core.segment import Picture, Segment, Stem

if TYPE_CHECKING:
    from talkies.core.generation.maker import Maker

MADE_FROM = "made_from"
"""In a take's metadata: see :meth:`MadeFrom.facts`."""

_FILES = ("timeline", "weights", "media_dir", "spots", "shots")
_ELSEWHERE = ("out", "replace", "anew", "two_pop", "tail_pop", "only", "relevel", "credentials")
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
        voice = "" if Path(stem.voice).is_file() else stem.voice
        words = [stem.cues, stem.sounds, stem.prompt, voice, stem.speaker]
        found = {
            "shot": digest([bare(stem.segment), stem.record]),
            "words": digest(words),
            "picture": self._seen(stem.segment.picture),
        }
        if stem.spots is not None:
            found["list"] = digest(stem.spots)
        if stem.task in ("background", "music"):
            found["cut"] = self._cut
        if recordings := self._recordings(stem):
            found["recordings"] = digest([_content(path, 1) for path in recordings])
        return found

    def _recordings(self, stem: Stem) -> list[Path]:
        """Whose sound is in the take: of a voice, of the library, of a SoundFont."""
        picks = [self.maker.picks.get(spot.id) for spot in stem.spots or ()]
        scores = self.maker.scores if stem.task == "music" else None
        font = scores.music.soundfont if scores is not None else None
        voice = [Path(stem.voice)] if Path(stem.voice).is_file() else []
        return [*voice, *(pick.recording.path for pick in picks if pick is not None), *([font] if font else [])]

    @cached_property
    def _request(self) -> dict[str, Any]:
        """As far as it is not what everybody asks for."""
        request = self.maker.request
        stated = as_json(request)
        usual = as_json(Request(request.timeline, request.out))
        kept = {name: each for name, each in stated.items() if name not in _ELSEWHERE and each != usual[name]}
        folder = request.out.parent
        named: dict[str, Any] = {name: _from(folder, Path(kept[name])) for name in files_of(kept)}
        if Path(request.music.soundfont).is_file():
            named["music"] = {**kept["music"], "soundfont": _from(folder, Path(request.music.soundfont))}
        return {**kept, **named, "timeline": _from(folder, request.timeline)}

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


def files_of(request: Mapping[str, Any], folder: Path | None = None) -> list[str]:
    """The fields of a request, as JSON, that name a file, from ``folder``."""
    names = [name for name in _FILES if request.get(name) and request[name] not in (AUTO_SHOTS, NO_SHOTS, DETECT)]
    voice = request.get("voice")
    is_recording = isinstance(voice, str) and voice != "" and (folder or Path()).joinpath(voice).is_file()
    return [*names, "voice"] if is_recording else names


def found_from(folder: Path, request: Mapping[str, Any]) -> dict[str, Any]:
    """A take's request, as JSON, with its files named from here; ``folder``: from which they are named there."""
    files: dict[str, Any] = {name: str(folder / request[name]) for name in files_of(request, folder)}
    music = request.get("music")
    if isinstance(music, Mapping) and (folder / str(music.get("soundfont", ""))).is_file():
        files["music"] = {**music, "soundfont": str(folder / music["soundfont"])}
    return {**request, **files}


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
