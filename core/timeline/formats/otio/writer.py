"""OTIO's own formats: ``.otio``, and the bundles ``.otioz`` (zip) and ``.otiod`` (folder) that carry their media."""

from __future__ import annotations

import json
import shutil
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import Any, ClassVar
from urllib.parse import quote, unquote

import opentimelineio as otio

from talkies.core.errors import OutputError, TalkiesError
from talkies.core.files.atomic import part_file, part_folder
from talkies.core.files.guards import read_text
from talkies.core.segment import Take, Timeline
from talkies.core.timeline.formats.adapters import as_timeline, read_otio
from talkies.core.timeline.formats.base import MEDIA_SUFFIXES, Writer, local_file, media_folder, moved
from talkies.core.timeline.formats.otio.splicing import with_tracks, with_urls
from talkies.core.timeline.structure.tracks import new_tracks

_CONTENT = "content.otio"
_MEDIA = "media"
_BUNDLE_VERSION = "1.0.0"


class OtioFile(Writer):
    """``.otio``: a splice into the text that was read, or OTIO's own writer when there is no such text."""

    title: ClassVar[str] = "OpenTimelineIO"

    def check(self, timeline: Timeline, out: Path) -> None:
        if timeline.path.suffix.lower() == ".otioz" and _Bundle(timeline).members:
            raise OutputError(
                out, "the input is a bundle whose media are inside it", "write an .otioz, which keeps them"
            )

    def write(self, timeline: Timeline, takes: Sequence[Take], out: Path) -> None:
        source, target = media_folder(timeline), out.absolute().parent
        text = with_urls(document_text(timeline), lambda url, is_base: moved(url, source, target, is_base))
        text = spliced(text, new_tracks(timeline, takes, target, {}))
        with part_file(out) as part:
            part.write_bytes(text.encode("utf-8", "surrogatepass"))


class OtioZip(Writer):
    """``.otioz``: one file with everything that could be found, uncompressed."""

    title: ClassVar[str] = "OpenTimelineIO, media inside"

    def write(self, timeline: Timeline, takes: Sequence[Take], out: Path) -> None:
        bundle = _Bundle(timeline)
        text = bundle.text(takes)
        with part_file(out) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as target:
            target.writestr("version.txt", _BUNDLE_VERSION)
            target.writestr(_CONTENT, text.encode("utf-8", "surrogatepass"), zipfile.ZIP_DEFLATED)
            for name in bundle.members:
                with bundle.opened(name) as member, target.open(name, "w", force_zip64=True) as copied:
                    shutil.copyfileobj(member, copied, 1 << 20)
            for path, name in bundle.files.items():
                target.write(path, name)


class OtioBundleFolder(Writer):
    """``.otiod``: the same as a folder."""

    title: ClassVar[str] = "OpenTimelineIO, folder with media"
    is_folder: ClassVar[bool] = True
    content: ClassVar[str] = _CONTENT

    def write(self, timeline: Timeline, takes: Sequence[Take], out: Path) -> None:
        bundle = _Bundle(timeline)
        text = bundle.text(takes)
        with part_folder(out) as part:
            (part / _MEDIA).mkdir()
            (part / "version.txt").write_text(_BUNDLE_VERSION, encoding="utf-8")
            (part / _CONTENT).write_bytes(text.encode("utf-8", "surrogatepass"))
            for name in bundle.members:
                (part / name).parent.mkdir(parents=True, exist_ok=True)
                with bundle.opened(name) as member, (part / name).open("wb") as copied:
                    shutil.copyfileobj(member, copied, 1 << 20)
            for path, name in bundle.files.items():
                shutil.copyfile(path, part / name)


def document_text(timeline: Timeline) -> str:
    """The timeline's document as JSON: the very text it was read from, if that still says the same."""
    path, suffix = timeline.path, timeline.path.suffix.lower()
    known = str(otio.adapters.write_to_string(timeline.document, "otio_json", indent=4))
    try:
        if suffix == ".otioz":
            with zipfile.ZipFile(path) as archive:
                data = archive.read(_CONTENT)
        elif suffix in (".otio", ".otiod"):
            data = read_text(path / _CONTENT if suffix == ".otiod" else path)
        else:
            data = b""
        # is_equivalent_to would find that NaN differs from itself
        if data and otio.adapters.write_to_string(read_otio(path, data).document, "otio_json", indent=4) == known:
            return data.decode("utf-8")
    except (TalkiesError, OSError, UnicodeDecodeError, zipfile.BadZipFile, KeyError):
        pass  # the file is gone or changed: what was read of it is still here
    return known


def spliced(text: str, tracks: Sequence[Any]) -> str:
    """The document with the tracks at its end; where text holds no timeline (a bare track or clip), through OTIO."""
    if not tracks:
        return text
    added = with_tracks(text, [json.loads(track.to_json_string()) for track in tracks])
    if added is not None:
        return added
    document = as_timeline(Path(), otio.adapters.read_from_string(text, "otio_json")).document
    document.tracks.extend(tracks)
    return str(otio.adapters.write_to_string(document, "otio_json", indent=4))


@dataclass
class _Bundle:
    """What goes into a bundle: ``members`` of the bundle that was read, ``files`` from elsewhere → name inside."""

    timeline: Timeline
    files: dict[Path, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._path, suffix = self.timeline.path, self.timeline.path.suffix.lower()
        self._is_bundle = suffix in (".otioz", ".otiod")
        self.members: list[str] = []
        if suffix == ".otioz" and zipfile.is_zipfile(self._path):
            with zipfile.ZipFile(self._path) as archive:
                self.members = [name for name in archive.namelist() if _is_medium(name)]
        elif suffix == ".otiod" and self._path.is_dir():
            inside = (path for path in sorted(self._path.rglob("*")) if path.is_file() and not path.is_symlink())
            names = (path.relative_to(self._path).as_posix() for path in inside)
            self.members = [name for name in names if _is_medium(name)]
        self._names = {name.lower() for name in self.members}

    @contextmanager
    def opened(self, name: str) -> Iterator[Any]:
        if self._path.is_dir():
            with (self._path / name).open("rb") as file:
                yield file
        else:
            with zipfile.ZipFile(self._path) as archive, archive.open(name) as file:
                yield file

    def text(self, takes: Sequence[Take]) -> str:
        """The document with addresses inside the bundle and the takes on new tracks; fills ``files``."""
        text = with_urls(document_text(self.timeline), self._inside)
        urls = {take.path: quote(self._add(take.path)) for take in takes}
        return spliced(text, new_tracks(self.timeline, takes, None, urls))

    def _inside(self, url: str, is_base: bool) -> str:
        if self._is_member(url, is_base):
            return url
        found = local_file(url, media_folder(self.timeline))
        if found is None:
            return url
        if self._is_bundle or not (found.is_dir() or found.suffix.lower() in MEDIA_SUFFIXES):
            return url
        if found.is_dir():  # the frames of a sequence stay where they are
            return found.resolve().as_uri() + ("/" if is_base else "")
        return quote(self._add(found))

    def _is_member(self, url: str, is_base: bool) -> bool:
        for name in (url.removeprefix("./"), unquote(url).removeprefix("./")):
            if name in self.members or (is_base and any(member.startswith(name) for member in self.members)):
                return True
        return False

    def _add(self, path: Path) -> str:
        known = path.resolve()
        if known not in self.files:
            stem, count = f"{_MEDIA}/{path.stem}", 1
            while (name := f"{stem}{f'-{count}' if count > 1 else ''}{path.suffix}").lower() in self._names:
                count += 1
            self._names.add(name.lower())
            self.files[known] = name
        return self.files[known]


def _is_medium(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return not name.endswith("/") and ".." not in parts and not name.startswith("/") and parts[0] == _MEDIA
