"""The films that sound was made for, told by a hash: whoever has the film can check that it is the same one."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from talkies.core.segment import Picture, Segment

_WHOLE_BYTES = 1 << 30
"""Of a larger film so many pieces are hashed, evenly spread: a scan may have a terabyte."""
_PIECES, _PIECE_BYTES = 64, 1 << 20
_MOST_FILMS = 64


@dataclass(frozen=True)
class Film:
    """``identity``: ``sha256:HEX`` of the whole file, or ``sha256-pieces:HEX`` of its size and 64 pieces of 1 MiB; of
    an image sequence ``sha256-frames:HEX`` of names, sizes and contents of 64 frames, evenly spread, at most 1 MiB
    each."""

    name: str
    identity: str


@dataclass
class Films:
    """Looked at once each. ``_known``: by file, size and time of change."""

    _known: dict[tuple[Path, int, int], Film | None] = field(default_factory=dict)

    def of(self, segments: Iterable[Segment]) -> tuple[Film, ...]:
        """The films that are shown in these segments, as far as they are there, each once."""
        pictures = {each.picture.path: each.picture for each in segments if each.picture is not None}
        found = (self._film(picture) for picture in list(pictures.values())[:_MOST_FILMS])
        return tuple(dict.fromkeys(film for film in found if film is not None))

    def _film(self, picture: Picture) -> Film | None:
        frames = [path for path in picture.frames if path is not None]
        first = frames[0] if frames else picture.path
        try:
            facts = first.stat()
            key = (first, facts.st_size, facts.st_mtime_ns)
            if key not in self._known:
                self._known[key] = Film(first.name, _of_frames(frames) if frames else _of_movie(*key))
        except OSError:
            return None
        return self._known[key]


@lru_cache(maxsize=256)
def _of_movie(path: Path, size: int, changed_ns: int) -> str:
    """Once a process, until the file has changed: a panel asks take by take."""
    with path.open("rb") as file:
        if size <= _WHOLE_BYTES:
            return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"
        hashed = hashlib.sha256(str(size).encode())
        for piece in range(_PIECES):
            file.seek((size - _PIECE_BYTES) * piece // (_PIECES - 1))
            hashed.update(file.read(_PIECE_BYTES))
        return f"sha256-pieces:{hashed.hexdigest()}"


def _of_frames(frames: Sequence[Path]) -> str:
    hashed = hashlib.sha256()
    for path in frames[:: -(-len(frames) // _PIECES)]:
        hashed.update(f"{path.name} {path.stat().st_size}\n".encode(errors="surrogatepass"))
        with path.open("rb") as file:
            hashed.update(file.read(_PIECE_BYTES))
    return f"sha256-frames:{hashed.hexdigest()}"
