"""Opening media: only plain files of this machine, by their whole path, and nothing that points to other files."""

from __future__ import annotations

import errno
import os
import stat
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from talkies.core.errors import MediaError

if TYPE_CHECKING:
    from av.container import InputContainer

MOST_PIXELS = 160_000_000
"""Of one picture: more than any scan of film or 16K movie."""

_LISTS_OF_OTHER_FILES = {"concat", "dash", "hls", "imf", "lavfi", "rtp", "rtsp", "sap", "sdp", "webm_dash_manifest"}
_LARGEST_UNQUESTIONED = 1 << 26  # bytes: a smaller file is read to its end in no time, whatever it holds
_LEAST_STORED = 1 / 16  # of a file's length; no movie that was copied whole is emptier
_MOST_PIECES = 1000  # of a hollow file


def media_address(path: Path) -> str:
    """What FFmpeg takes for this file and nothing else: ``http:/x`` and ``Scene1:Take2.mp4`` are names of files."""
    return f"file:{Path(path).absolute()}"


def open_file(path: Path) -> InputContainer:
    """The opened file, whatever kind of media it is. Raises MediaError for what is no file, FFmpegError for the rest.

    ``%`` and digits in its name are no pattern, and a list of other files is no media.
    """
    import av

    check_file(path)
    options = {"protocol_whitelist": "file", "format_whitelist": _formats(), "pattern_type": "none"}
    container = av.open(media_address(path), options=options, metadata_errors="replace")
    for stream in container.streams.video:
        stream.codec_context.options = {"max_pixels": str(MOST_PIXELS)}
    return container


@cache
def _formats() -> str:
    import av

    return ",".join(sorted(av.formats_available - _LISTS_OF_OTHER_FILES))


def open_media(path: Path) -> InputContainer:
    """The opened file, or a MediaError that says what is wrong with it."""
    import av

    path = Path(path)
    try:
        container = open_file(path)
    except (av.error.FFmpegError, OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "unknown format"
        raise MediaError(
            path, f"is not readable media, or is truncated ({reason})", "export or copy it again"
        ) from error
    if not (container.streams.video or container.streams.audio or container.streams.subtitles):
        container.close()
        raise MediaError(path, "holds neither picture nor sound", "name a movie or a sound file")
    return container


def video_stream(container: InputContainer) -> Any | None:
    """The first real video stream; cover pictures of sound files do not count."""
    from av.stream import Disposition

    for stream in container.streams.video:
        still = bool(stream.disposition & Disposition.attached_pic)
        if not still and stream.codec_context is not None:
            return stream
    return None


def sound_stream(container: InputContainer) -> Any | None:
    """The first audio stream of a kind that can be decoded."""
    return next((stream for stream in container.streams.audio if stream.codec_context is not None), None)


def check_file(path: Path) -> None:
    """Refuses what is missing, empty or no plain file: a pipe never ends, a hollow file is mostly not there."""
    try:
        found = Path(path).stat()
    except (OSError, ValueError) as error:
        missing = isinstance(error, FileNotFoundError)
        reason = getattr(error, "strerror", None) or "its name cannot be one"
        problem = "media is missing or offline" if missing else f"media cannot be opened ({reason})"
        raise MediaError(path, problem, "relink it, or name its folder with --media-dir") from error
    if stat.S_ISDIR(found.st_mode):
        raise MediaError(path, "is a folder, not a media file", "name the movie inside it")
    if not stat.S_ISREG(found.st_mode):
        raise MediaError(path, "is a device or a pipe, not a media file", "name a movie that lies on a disk")
    if found.st_size == 0:
        raise MediaError(path, "media is empty (0 bytes)", "copy it again")
    if _is_hollow(path, found):
        raise MediaError(path, "is mostly empty: it was not copied whole", "copy or download it again")


def _is_hollow(path: Path, found: os.stat_result) -> bool:
    """Whether hardly anything of a long file is stored: reading it would never end."""
    blocks: int | None = getattr(found, "st_blocks", None)
    least = found.st_size * _LEAST_STORED
    if blocks is None or found.st_size <= _LARGEST_UNQUESTIONED or blocks * 512 >= least:
        return False
    with Path(path).open("rb") as file:
        return _stored(file.fileno(), found.st_size) < least  # some file systems count no blocks


def _stored(descriptor: int, size: int) -> int:
    """Bytes between the holes of a file; all of them where the system knows no holes."""
    stored = place = 0
    for _ in range(_MOST_PIECES):
        try:
            begin = os.lseek(descriptor, place, os.SEEK_DATA)
            place = os.lseek(descriptor, begin, os.SEEK_HOLE)
        except OSError as error:
            return stored if error.errno == errno.ENXIO else size
        stored += place - begin
    return stored
