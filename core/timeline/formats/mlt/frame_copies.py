"""Frame-aligned copies of takes, for editors that count in frames: files that begin exactly on one.

MLT places a clip of sound on a frame, and begins inside a sound file only to within a packet (some 680 samples). So a
take that begins between frames, or whose file has a head handle, is copied: silence up to its first sample, the take,
its tail handle. All other takes are played from their own files.

    frames      |       |       |       |       |
    record         [ take           ]
    copy        [0 0 take           t a i l ]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from talkies.core.credentials.signing import follows
from talkies.core.errors import MediaError, OutputError
from talkies.core.media.bwf_rewrite import rewrite_bwf, shifted
from talkies.core.segment import Take
from talkies.core.takes.our_files import copy_name
from talkies.core.times import to_frame, to_sample


@dataclass(frozen=True)
class FramedTake:
    """A take on ``count`` frames from ``first`` on; ``path`` is played from its start, or, a picture, from its frame
    ``skipped``. ``length``: frames it has."""

    take: Take
    path: Path
    first: int
    count: int
    length: int
    skipped: int = 0


def on_frames(takes: Sequence[Take], rate: Fraction, folder: Path) -> list[FramedTake]:
    """The takes of one track, in order; where two meet inside a frame, it is the later one's. Writes no file."""
    framed: list[FramedTake] = []
    for index, take in enumerate(takes):
        if take.is_picture:
            framed += _picture_on_frames(take, rate)
            continue
        first = int(take.record.start * rate // 1)
        end = -int(-take.record.end * rate // 1)
        if index + 1 < len(takes):
            end = min(end, int(takes[index + 1].record.start * rate // 1))
        if end > first:
            total = to_sample(take.file_range.end, take.sample_rate) - to_sample(first / rate, take.sample_rate)
            length = max(-int(-total * rate / take.sample_rate // 1), end - first)
            path = folder / copy_name(take.path.name) if _needs_copy(take, rate) else take.path
            framed.append(FramedTake(take, path, first, end - first, length))
    return framed


def _picture_on_frames(take: Take, rate: Fraction) -> list[FramedTake]:
    """A movie, which is always played from its own file: pictures are found to the frame."""
    first, end = to_frame(take.record.start, rate), to_frame(take.record.end, rate)
    skipped, length = to_frame(take.head_handle, rate), to_frame(take.file_range.duration, rate)
    return [FramedTake(take, take.path, first, end - first, length, skipped)] if end > first else []


@contextmanager
def copies_written(framed: Sequence[FramedTake], rate: Fraction) -> Iterator[None]:
    """The copies that are needed are there; where they or what follows fail, the new ones are gone again. Raises
    OutputError."""
    copies = [each for each in framed if each.path != each.take.path]
    _refuse_twins(copies)
    new = {each.path for each in copies if not each.path.exists()}
    folders = {path.parent for path in new if not path.parent.exists()}
    try:
        for each in copies:
            try:
                _write_copy(each, rate)
            except MediaError as error:
                raise OutputError(each.path, f"the take cannot be copied ({error})", "make it again") from error
        yield
    except BaseException:
        for path in new:
            path.unlink(missing_ok=True)
        for folder in folders:
            with suppress(OSError):
                folder.rmdir()
        raise


def _refuse_twins(copies: Sequence[FramedTake]) -> None:
    """Raises OutputError where one copy would have to be two: files of one name from two folders, or at two places."""
    known: dict[Path, FramedTake] = {}
    for each in copies:
        other = known.setdefault(each.path, each)
        if (other.take.path, other.take.file_range, other.first) != (each.take.path, each.take.file_range, each.first):
            raise OutputError(
                each.path, "would be the copy of two takes of this name", "rename the file of one of them"
            )


def _needs_copy(take: Take, rate: Fraction) -> bool:
    return take.head_handle != 0 or (take.record.start * rate).denominator != 1


def _write_copy(framed: FramedTake, rate: Fraction) -> None:
    take = framed.take
    starts = (take.record.start, take.file_range.start, framed.first / rate)
    start, file_start, frame_start = (to_sample(position, take.sample_rate) for position in starts)
    rewrite_bwf(
        take.path,
        framed.path,
        lambda blocks: shifted(blocks, take.channels, silence=start - frame_start, skipped=start - file_start),
        channels=take.channels,
        sample_rate=take.sample_rate,
        time_reference=lambda before: max(before + frame_start - file_start, 0),
    )
    follows([take]).copy(take, framed.path)
