"""What a guest sees: each window's part of the picture, from its first sample on."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from films import write_movie

from talkies.core.engines.guests.movies import write_movies
from talkies.core.media import timeline_movie
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


def test_only_movies_that_overlap_are_open_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An encoder holds threads and pictures; a film of an hour has hundreds of windows."""
    really, now, most = timeline_movie.movie_file, 0, 0

    @contextmanager
    def counted(*given: Any) -> Iterator[Any]:
        nonlocal now, most
        with really(*given) as movie:
            now, most = now + 1, max(most, now + 1)
            yield movie
        now -= 1

    monkeypatch.setattr("talkies.core.engines.guests.movies.movie_file", counted)
    [shot] = read_timeline(write_movie(tmp_path / "film.mp4", 2, flashes=(0.6,))).segments
    spans = [TimeRange(Fraction(start, 5), Fraction(start + 2, 5)) for start in range(9)]
    written = write_movies(shot, shot.record, spans, tmp_path)
    assert (now, most) == (0, 2)
    assert [len(white(path)) for path in written] == [10] * 9
    slow = write_movies(replace(shot, rate=Fraction(1)), shot.record, spans, tmp_path)
    assert all(len(white(path)) >= 1 for path in slow)
