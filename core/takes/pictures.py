"""Saving takes that are pictures: a movie without sound, with one picture for each frame that it covers."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from talkies.core.errors import EngineError, MediaError
from talkies.core.files.atomic import part_file
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.segment import PICTURES, Picture, Segment, Stem, Take
from talkies.core.takes.saving import take_name
from talkies.core.times import to_frame

_SURE = Fraction(1, 10_000)  # containers round the rates that they state


def save_picture(
    stem: Stem,
    rate: Fraction,
    folder: Path,
    write: Callable[[Path], Mapping[str, Any]],
    *,
    suffix: str,
    number: int = 1,
    metadata: Mapping[str, Any],
) -> Take:
    """Writes one take of a picture and says where it belongs.

    ``write`` makes the movie at the place that it is given, which is not its last one, and returns what else the take
    says of itself. ``rate``: the timeline's. Raises OutputError, what ``write`` raises, and EngineError for a movie
    that is not what the timeline needs; nothing is left then.
    """
    name = take_name(stem.name, stem.segment, stem.speaker, number, stem.part)
    path = folder / f"{name}{suffix}"
    with part_file(path) as part:
        facts = write(part)
        check_movie(part, rate, to_frame(stem.record.end, rate) - to_frame(stem.record.start, rate))
    return Take(
        stem.segment.id, PICTURES, name, path, stem.record, SAMPLE_RATE,
        number=number, channels=0, speaker=stem.speaker, metadata={**metadata, **facts},
    )  # fmt: skip


def as_segment(take: Take, rate: Fraction) -> Segment:
    """A portrait as a stretch of picture at the timeline's ``rate``."""
    movie = Picture(take.path, rate=rate)
    return Segment(take.name, take.name, PICTURES, take.record, take.shown, rate, picture=movie)


def check_movie(path: Path, rate: Fraction, frames: int) -> None:
    """Raises EngineError for a movie of another length or rate, and for one with sound, which would be heard twice."""
    from talkies.core.media.opening import open_media, sound_stream, video_stream

    try:
        with open_media(path) as container:
            stream = video_stream(container)
            if stream is None:
                raise EngineError("the portrait", "has no picture")
            if sound_stream(container) is not None:
                raise EngineError("the portrait", "has sound of its own, which would be heard twice")
            stated, count = Fraction(stream.average_rate or 0), sum(bool(each.size) for each in container.demux(stream))
    except MediaError as error:
        raise EngineError("the portrait", f"cannot be read ({error.problem})") from error
    if count != frames or (frames > 1 and abs(stated / rate - 1) > _SURE):
        problem = f"has {count} pictures at {float(stated):g} a second in place of {frames} at {float(rate):g}"
        raise EngineError("the portrait", problem)


def picture_hash(path: Path) -> str:
    """Of all pictures of a movie, whatever else its file says. Raises MediaError."""
    from talkies.core.media.opening import open_media

    hashed = hashlib.sha256()
    with open_media(path) as container:
        for frame in container.decode(video=0):
            hashed.update(frame.to_ndarray(format="rgb24").tobytes())
    return hashed.hexdigest()
