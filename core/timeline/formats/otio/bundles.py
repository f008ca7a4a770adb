"""OTIO bundles: ``.otioz`` (a zip) is unpacked into a private folder, ``.otiod`` is read where it lies.

Nothing in a zip can reach outside its folder: names are checked, links and special files are left out, and what it
would take on disk is known before the first byte is written. Unpacked media live until this process ends.
"""

from __future__ import annotations

import lzma
import shutil
import stat
import tempfile
import zipfile
import zlib
from dataclasses import replace
from pathlib import Path, PurePosixPath

from talkies.core.errors import TimelineError
from talkies.core.files.guards import MOST_BYTES, read_text
from talkies.core.timeline.cut.loaded import Loaded
from talkies.core.timeline.formats.adapters import read_otio
from talkies.core.timeline.media.bundle_folder import UNPACKED, bundle_key

_CONTENT = "content.otio"
_LARGEST_RATIO = 200
"""Media hardly compress; something that grows more than this is made to fill disks."""


def read_otiod(path: Path) -> Loaded:
    """A bundle folder. Raises TimelineError."""
    content = path / _CONTENT
    if not content.is_file():
        raise TimelineError(path, f"is not an .otiod bundle: it holds no {_CONTENT}", "export the timeline again")
    return _with_bundle(read_otio(path, read_text(content)), path)


def read_otioz(path: Path) -> Loaded:
    """A zipped bundle. Raises TimelineError."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = _members(path, archive)
            content = _read_content(path, archive, members)
            folder = _unpack(path, archive, members)
    except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError) as error:
        raise TimelineError(path, f"is damaged or not a zip file ({error})", "export the bundle again") from error
    except OSError as error:
        problem = f"cannot be unpacked ({error.strerror or error})"
        raise TimelineError(path, problem, "make room in the temporary folder, or use .otio") from error
    return _with_bundle(read_otio(path, content), folder)


def _with_bundle(loaded: Loaded, folder: Path) -> Loaded:
    return replace(loaded, bundle=folder)


def _members(path: Path, archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """The plain files of the zip by their safe names. Raises TimelineError for a name that leads outside."""
    members = {}
    for info in archive.infolist():
        name = PurePosixPath(info.filename.replace("\\", "/"))
        if name.is_absolute() or ".." in name.parts or any(":" in part for part in name.parts) or "\0" in info.filename:
            problem = f"holds a file that leads outside its folder ({info.filename!r})"
            raise TimelineError(path, problem, "do not open this file; request the bundle again")
        mode = info.external_attr >> 16
        if info.is_dir() or (mode and not stat.S_ISREG(mode) and stat.S_IFMT(mode)):
            continue
        members[str(name)] = info
    return members


def _read_content(path: Path, archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo]) -> bytes:
    if _CONTENT not in members:
        raise TimelineError(path, f"is not an .otioz bundle: it holds no {_CONTENT}", "export the timeline again")
    if members[_CONTENT].file_size > MOST_BYTES:
        raise TimelineError(path, f"holds a {_CONTENT} larger than any timeline", "check what it is")
    data = archive.read(members[_CONTENT])
    return data.removeprefix(b"\xef\xbb\xbf")


def _unpack(path: Path, archive: zipfile.ZipFile, members: dict[str, zipfile.ZipInfo]) -> Path:
    """The folder with the bundle's media; the same file is unpacked once in a process."""
    key = bundle_key(path)
    if key in UNPACKED:
        return Path(UNPACKED[key].name)
    needed = sum(info.file_size for info in members.values())
    if needed > key[2] * _LARGEST_RATIO + 10_000_000:
        raise TimelineError(path, f"would unpack to {needed // 1_000_000} MB, more than any media", "check what it is")
    holder = tempfile.TemporaryDirectory(prefix="talkies-", ignore_cleanup_errors=True)
    folder = Path(holder.name)
    if needed > shutil.disk_usage(folder).free:
        raise TimelineError(path, f"needs {needed // 1_000_000} MB to unpack, more than is free", "make room on disk")
    for name, info in members.items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        with archive.open(info) as source, target.open("wb") as sink:
            shutil.copyfileobj(source, sink, 1 << 20)
    UNPACKED[key] = holder
    return folder
