"""Probing media: what a file holds, and one sentence for each way in which it cannot be used."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from talkies.core.errors import MediaError
from talkies.core.media.opening import MOST_PIXELS, check_file, open_media, sound_stream, video_stream
from talkies.core.media.timing.extent import Extent, extent, read_head
from talkies.core.media.timing.rates import common_rate, steady_rate
from talkies.core.times import exact_rate

if TYPE_CHECKING:
    from av.container import InputContainer

_UNKNOWN_RATE = Fraction(25)
_BARE = ("h264", "hevc", "m4v", "mjpeg", "mpegvideo", "obu", "vc1", "vvc")  # streams in no container
_SHORT = Fraction(1, 5)  # seconds that may be missing at the end before it is worth a sentence
_MOST_KNOWN = 4096

_Identity = tuple[str, int, int]
_known: dict[_Identity, MediaInfo] = {}


@dataclass(frozen=True)
class MediaInfo:
    """One movie or sound file; times in seconds, exact.

    ``start`` is the file's own time stamp of its first picture (most files: 0); times elsewhere in talkies count
    from that picture, and ``duration`` is how long pictures show from there on. ``promised``: how long the file says
    they do, where that is more. ``rate`` is the common rate nearest to the average when ``constant_rate`` is False.
    ``stamped``: whether the stream says when pictures show; else the n-th shows at n / rate. ``states_rate``: whether
    the file says that; else it is 25. Without video: size 0, rate 25. ``notes``: sentences on what could not be read
    as it is, without the file's name.
    """

    path: Path
    duration: Fraction
    rate: Fraction
    start: Fraction
    promised: Fraction
    width: int
    height: int
    has_video: bool
    has_audio: bool
    constant_rate: bool
    subtitle_streams: tuple[int, ...] = ()
    stamped: bool = True
    states_rate: bool = True
    notes: tuple[str, ...] = ()

    def counted_at(self, rate: Fraction) -> MediaInfo:
        """The same file, which states no rate itself, at one that its timeline states."""
        duration = self.duration * self.rate / rate
        return replace(
            self, rate=rate, duration=duration, promised=duration, constant_rate=True, stamped=False, states_rate=True
        )


def probe(path: Path) -> MediaInfo:
    """Reads the headers, the first packets, and the last ones where the header is no proof; a file that has not changed
    is opened once. Raises MediaError."""
    path = Path(path)
    check_file(path)
    known = _known.get(_identity(path))
    if known is not None:
        return known
    with open_media(path) as container:
        return describe(path, container)


def describe(path: Path, container: InputContainer) -> MediaInfo:
    """MediaInfo of an open container, whose reading position moves; a file that has not changed is read once."""
    path = Path(path)
    identity = _identity(path)
    if identity not in _known:
        if len(_known) >= _MOST_KNOWN:
            _known.clear()
        _known[identity] = _examined(path, container)
    return _known[identity]


def _identity(path: Path) -> _Identity:
    found = path.stat()
    return str(path.absolute()), found.st_size, found.st_mtime_ns


def _examined(path: Path, container: InputContainer) -> MediaInfo:
    stream = video_stream(container)
    has_audio = sound_stream(container) is not None
    subtitles = tuple(each.index for each in container.streams.subtitles)
    if stream is None:
        whole = Fraction(container.duration or 0, 1_000_000)
        return MediaInfo(path, whole, _UNKNOWN_RATE, Fraction(0), whole, 0, 0, False, has_audio, True, subtitles)
    width, height = stream.codec_context.width, stream.codec_context.height
    _check_size(path, width, height)
    head = read_head(container, stream)
    stated, is_stated = _stated_rate(container, stream)
    rate, constant = steady_rate(head.stamps, stream.time_base, stated)
    if not constant:
        rate = common_rate(head.average or float(rate))
    reach = extent(path, container, stream, head, rate, constant)
    constant = constant or not reach.stamped
    has_rate = is_stated or (len(head.stamps) > 2 and not _is_bare(container))
    notes = tuple(_notes(reach, rate, has_rate))
    return MediaInfo(
        path, reach.duration, rate, reach.start, reach.promised, width, height, True, has_audio, constant, subtitles,
        reach.stamped, has_rate, notes,
    )  # fmt: skip


def _check_size(path: Path, width: int, height: int) -> None:
    if not width or not height:
        raise MediaError(path, "picture has no size: the file is damaged or truncated", "export or copy it again")
    if width * height > MOST_PIXELS:
        problem = f"its picture of {width} × {height} is larger than any movie's"
        raise MediaError(path, problem, "export it smaller, or copy it again")


def _is_bare(container: InputContainer) -> bool:
    return container.format.name in _BARE


def _stated_rate(container: InputContainer, stream: Any) -> tuple[Fraction, bool]:
    """The rate that the file states, and whether it does; FFmpeg says 25 of a bare stream that does not."""
    rates: tuple[Fraction | None, ...] = (stream.average_rate, stream.guessed_rate, stream.base_rate)
    if _is_bare(container):
        rates = (stream.codec_context.framerate,)
    stated = next((rate for rate in rates if rate), None)
    return (exact_rate(float(stated)), True) if stated else (_UNKNOWN_RATE, False)


def _notes(reach: Extent, rate: Fraction, has_rate: bool) -> list[str]:
    notes = []
    if not has_rate:
        notes.append(f"states no frame rate: {float(rate):g} is used; export it in a container that states one (.mov)")
    if reach.joined:
        sentence = "its time stamps jump {}, as in files joined end to end: its pictures are counted at {:g} a second"
        notes.append(sentence.format(reach.joined, float(rate)))
    if reach.promised - reach.duration > max(_SHORT, 2 / rate):
        said, found = float(reach.promised), float(reach.duration)
        notes.append(f"picture ends at {found:.2f} s of the {said:.2f} s that it states; the copy may be truncated")
    return notes
