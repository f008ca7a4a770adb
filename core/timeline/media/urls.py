"""Media URLs and paths: where the file named by a timeline lies on this machine.

Editors write media addresses in every shape: ``C:/x``, ``C:\\x``, UNC, ``file:///C:/x``, ``file://localhost/x``,
percent-encoded or not, with ``#`` and ``?`` in the name, or relative to the timeline. OTIO's own helper loses drives
and cuts at ``#``; this one tries the readings of an address in order and takes the first that exists.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import chain, islice
from pathlib import Path
from urllib.parse import unquote

from talkies.core.preferences import read_preferences

_SCHEME = re.compile(r"^\s*([A-Za-z][A-Za-z0-9+.-]+)://")  # two letters at least: "C:" is a drive
_DRIVE = re.compile(r"^[A-Za-z]:([/\\]|$)")
_MAX_INDEXED = 200_000


@lru_cache(maxsize=1024)
def path_readings(url: str) -> tuple[str, ...]:
    """The local paths an address may mean, likeliest first; none for addresses of another kind (``https://``)."""
    if is_remote(url):
        return ()
    text = _without_scheme(url.strip())
    plain = unquote(text) if "%" in text else text
    readings = (plain, text) if _is_file_url(url) else (text, plain)
    candidates = [path for reading in readings for path in (reading, _uncut(reading), reading.replace("\\", "/"))]
    return tuple(path for path in dict.fromkeys(candidates) if path and "\0" not in path)


def file_name(url: str) -> str:
    """The last part of an address, whichever way its slashes lean: ``C:\\media\\a%20b.mov`` → ``a b.mov``; of one on
    another machine too, for its file may have been brought here."""
    if is_remote(url):
        place = re.split(r"[?#]", url.partition("://")[2], maxsplit=1)[0].rstrip("/")
        return unquote(place.rpartition("/")[2]).replace("\0", "") if "/" in place else ""
    first = next(iter(path_readings(url)), "")
    return re.split(r"[/\\]", first.rstrip("/\\"))[-1]


def is_remote(url: str) -> bool:
    """Whether the address is not a file of this machine or its network shares."""
    scheme = _SCHEME.match(url)
    return scheme is not None and scheme[1].lower() != "file"


def _is_file_url(url: str) -> bool:
    return url.lstrip()[:5].lower() == "file:"


def _without_scheme(url: str) -> str:
    if not _is_file_url(url):
        return url
    rest = url[5:]
    if rest.startswith("//"):
        host, slash, path = rest[2:].partition("/")
        if _DRIVE.match(host + slash):
            rest = host + slash + path
        elif host.lower() in ("", "localhost", "127.0.0.1"):
            rest = slash + path
        else:
            rest = f"//{host}{slash}{path}"
    return rest[1:] if _DRIVE.match(rest[1:]) else rest


def _uncut(path: str) -> str:
    """The path without a query or fragment, the last thing to try: both characters may belong to a file name."""
    return re.split(r"[?#]", path, maxsplit=1)[0] if "?" in path or "#" in path else path


def _alike(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()


class MediaFinder:
    """Finds files for one timeline: as addressed, beside the timeline, by name in ``media_dir`` (sub-folders too), then
    in the folders that the user has configured (``core/preferences.py``).

    ``root``: the folder of an unpacked bundle; nothing outside it and those folders is then opened.
    """

    def __init__(self, timeline: Path, media_dir: Path | None = None, root: Path | None = None) -> None:
        self.folder = root or timeline.parent
        standing = (folder for folder in read_preferences().media_dirs if folder.is_dir())
        self.media_dirs = (*((media_dir,) if media_dir else ()), *standing)
        self._root = root.resolve() if root else None
        self._found: dict[str, Path | None] = {}
        self._listed: dict[Path, dict[str, str]] = {}

    def find(self, url: str) -> Path | None:
        """The existing file or folder that ``url`` names, or None."""
        if url not in self._found:
            self._found[url] = self._search(url)
        return self._found[url]

    def find_named(self, names: tuple[str, ...], suffixes: tuple[str, ...]) -> Path | None:
        """A file with one of these names, with or without a suffix: for clips that state no address at all."""
        for name in filter(None, names):
            base = re.split(r"[/\\]", name)[-1].strip()
            for candidate in (base, *(base + suffix for suffix in suffixes)):
                found = self._by_name(candidate)
                if found and found.suffix.lower() in suffixes:
                    return found
        return None

    def candidates(self, url: str) -> Iterator[Path]:
        """Every place to look for an address (also for patterns such as ``scan.%04d.dpx`` that no file is called)."""
        for reading in path_readings(url):
            if self._allowed(path := self.folder / reading):
                yield path
        if name := file_name(url):
            yield self.folder / name
            for media_dir in self.media_dirs:
                yield media_dir / name

    def _search(self, url: str) -> Path | None:
        folder = str(self.folder)
        for reading in path_readings(url):
            if os.path.exists(os.path.join(folder, reading)):  # noqa: PTH110, PTH118 - ten times as quick as Path
                path = self.folder / reading
                if self._allowed(path):
                    return path
        for reading in path_readings(url):
            spelled = self._as_spelled_here(self.folder / reading)
            if spelled is not None and self._allowed(spelled):
                return spelled
        return self._by_name(file_name(url))

    def _as_spelled_here(self, path: Path) -> Path | None:
        """The path whose names differ in upper case or in how accents are encoded alone, as between macOS, Windows and
        here."""
        if "\0" in str(path):
            return None
        here = Path(path.anchor)
        for part in path.relative_to(here).parts:
            name = part if os.path.lexists(here / part) else self._names(here).get(_alike(part))
            if name is None:
                return None
            here /= name
        return here if here.exists() else None

    def _names(self, folder: Path) -> dict[str, str]:
        """What lies in a folder, by names made alike."""
        if folder not in self._listed:
            try:
                names = sorted(entry.name for entry in islice(os.scandir(folder), _MAX_INDEXED))
            except OSError:
                names = []
            self._listed[folder] = {_alike(name): name for name in reversed(names)}
        return self._listed[folder]

    def _by_name(self, name: str) -> Path | None:
        if not name or name in (".", ".."):
            return None
        if name in self._beside and self._allowed(self.folder / name):
            return self.folder / name
        alike = self._names(self.folder).get(_alike(name))
        if alike is not None and self._allowed(self.folder / alike):
            return self.folder / alike
        return self._index.get(name) or self._index.get(_alike(name))

    def _allowed(self, path: Path) -> bool:
        return self._root is None or path.resolve().is_relative_to(self._root)

    @cached_property
    def _beside(self) -> frozenset[str]:
        """What lies beside the timeline."""
        try:
            return frozenset(entry.name for entry in os.scandir(self.folder))
        except OSError:
            return frozenset()

    @cached_property
    def _index(self) -> dict[str, Path]:
        """File and folder names under the media folders → path; names made alike as a second chance."""
        index: dict[str, Path] = {}
        for folder, folders, files in chain.from_iterable(map(os.walk, self.media_dirs)):
            folders.sort()
            for name in (*sorted(files), *folders):
                index.setdefault(name, Path(folder) / name)
                index.setdefault(_alike(name), Path(folder) / name)
            if len(index) > _MAX_INDEXED:
                break
        return index
