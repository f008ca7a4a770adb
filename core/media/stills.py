"""Stills out of movies and image sequences, for the film strip on a clip."""

from __future__ import annotations

from collections import OrderedDict
from fractions import Fraction
from math import floor, log2
from pathlib import Path
from typing import TYPE_CHECKING, Any

from talkies.core.errors import MediaError
from talkies.core.segment import Picture, Segment

if TYPE_CHECKING:
    from talkies.core.media.movie import Movie

_OPEN_MOVIES = 4
_SEQUENCE_RATE = Fraction(24)  # when nobody says


def grid_of(step: float) -> Fraction:
    """The distance (s) of the pictures to ask for when they are shown ``step`` seconds apart: 2, 1, 1/2, 1/4 ...

    Neighbouring zooms have their pictures on the same grid, and so ask for the same ones again.
    """
    return Fraction(2) ** floor(log2(step))


def still_time(segment: Segment, position: Fraction, grid: Fraction) -> Fraction:
    """The media time of the picture to show for ``position`` of the timeline: on the grid, and within the clip."""
    wanted = floor(segment.source_time(position) / grid) * grid
    last = max(segment.source.end - 1 / segment.rate, segment.source.start)
    return min(max(wanted, segment.source.start), last)


class StillReader:
    """Reads pictures one by one; the movies asked for last stay open. For one thread."""

    def __init__(self) -> None:
        self._movies: OrderedDict[Path, Movie] = OrderedDict()

    def read(self, picture: Picture, time: Fraction, height: int) -> Any:
        """uint8 (H, W, 3) RGB at media time ``time``, ``height`` lines at most. Raises MediaError."""
        if picture.frames:
            return self._of_sequence(picture, time - picture.start, height)
        movie = self._movie(picture.path)
        at = min(max(time - picture.start, Fraction(0)), max(movie.info.duration - 1 / movie.info.rate, Fraction(0)))
        for _, frame in movie.frames(at, at + 1 / movie.info.rate):
            return movie.scaler(height)(frame)
        raise MediaError(picture.path, f"has no picture at {float(at):.2f} s", "it may be damaged; copy it again")

    def close(self) -> None:
        while self._movies:
            self._movies.popitem()[1].__exit__(None, None, None)

    def _movie(self, path: Path) -> Movie:
        from talkies.core.media.movie import Movie

        if path in self._movies:
            self._movies.move_to_end(path)
        else:
            self._movies[path] = Movie(path)
            if len(self._movies) > _OPEN_MOVIES:
                self._movies.popitem(last=False)[1].__exit__(None, None, None)
        return self._movies[path]

    def _of_sequence(self, picture: Picture, time: Fraction, height: int) -> Any:
        from talkies.core.media.scaler import Scaler
        from talkies.core.media.sequences import read_image

        index = min(max(floor(time * (picture.rate or _SEQUENCE_RATE)), 0), len(picture.frames) - 1)
        frame = next((frame for frame in reversed(picture.frames[: index + 1]) if frame is not None), None)
        if frame is None:
            raise MediaError(picture.path, f"frame {index} is missing", "relink the sequence")
        return read_image(frame, Scaler(height))
