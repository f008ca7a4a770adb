"""What a guest sees: the picture of each window as a small movie, 640 × 360 at the timeline's rate, without sound."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np

from talkies.core.media.handles import with_handles
from talkies.core.media.timeline_movie import add_picture, boxed, list_of_frames, movie_file
from talkies.core.segment import Segment
from talkies.core.times import TimeRange, frame_ceil, to_frame


def write_movies(shot: Segment, covers: TimeRange, spans: Sequence[TimeRange], folder: Path) -> list[Path]:
    """One movie for each span (s of the timeline, in order) in one pass over the shot; black where it has no picture.
    ``covers``: all that is heard, handles included. Only movies that overlap are open at once. Raises MediaError,
    OutputError."""
    import av

    rate, wide = shot.rate, widened(shot, covers)
    frames = [_frames(span, rate) for span in spans]
    paths = [folder / f"picture-{number:03}.mp4" for number in range(len(spans))]
    black = np.zeros((360, 640, 3), np.uint8)
    every = range(frames[0].start, max(wanted.stop for wanted in frames))
    waiting = deque(zip(frames, paths, strict=True))
    opened: list[tuple[range, ExitStack, Callable[[Any], None]]] = []
    with ExitStack() as stack:
        for number, image in zip(every, list_of_frames(wide, every, rate), strict=True):
            picture = av.VideoFrame.from_ndarray(black if image is None else boxed(image), "rgb24")
            while waiting and number in waiting[0][0]:
                wanted, path = waiting.popleft()
                own = stack.enter_context(ExitStack())
                opened.append((wanted, own, own.enter_context(_written(path, rate))))
            for _, _, write in opened:
                write(picture)
            for wanted, own, _ in opened:
                if number == wanted[-1]:
                    own.close()
            opened = [each for each in opened if number < each[0][-1]]
    return paths


def widened(shot: Segment, covers: TimeRange) -> Segment:
    """A shot with as much of its media beyond its cuts as is heard (s of the timeline). Raises MediaError."""
    head, tail = shot.record.start - covers.start, covers.end - shot.record.end
    return with_handles(shot, max(head, tail, 0 * head))


def _frames(span: TimeRange, rate: Fraction) -> range:
    """The timeline's frames that show in a span, one at least."""
    first = to_frame(span.start, rate)
    return range(first, max(to_frame(frame_ceil(span.end, rate), rate), first + 1))


@contextmanager
def _written(path: Path, rate: Fraction) -> Iterator[Callable[[Any], None]]:
    """Takes pictures, one for each frame; the movie is whole afterwards."""
    with movie_file(path, "mp4", {}) as movie:
        stream = add_picture(movie, rate)

        def write(picture: Any) -> None:
            picture.pts = None
            movie.mux(stream.encode(picture))

        yield write
        movie.mux(stream.encode(None))
