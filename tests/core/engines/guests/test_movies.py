"""What a guest sees: each window's part of the picture, from its first sample on."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from films import write_movie

from talkies.core.engines.guests.movies import write_movies
from talkies.core.timeline import read_timeline
from talkies.core.times import TimeRange


def white(path: Path) -> list[int]:
    """Of each picture, where its white square begins: the column of 640."""
    with av.open(str(path)) as movie:
        pictures = [frame.to_ndarray(format="gray") for frame in movie.decode(video=0)]
    return [int(np.argmax(picture[180] > 180)) for picture in pictures]


def test_each_window_has_its_own_part_of_the_picture(tmp_path: Path) -> None:
    film = write_movie(tmp_path / "film.mp4", 2, flashes=(0.6, 1.4))
    [shot] = read_timeline(film).segments
    spans = [TimeRange(Fraction(0), Fraction(1)), TimeRange(Fraction(4, 5), Fraction(2))]
    first, second = (white(path) for path in write_movies(shot, shot.record, spans, tmp_path))
    assert (len(first), len(second)) == (25, 30)
    assert np.flatnonzero(np.diff(first) > 50).tolist() == [14]  # the square jumps in frame 15 of 25 a second
    assert np.flatnonzero(np.diff(second) > 50).tolist() == [14]  # frame 35 of the film
