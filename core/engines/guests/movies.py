"""What a guest sees: the picture of each window as a small movie, 640 × 360 at the timeline's rate, without sound."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import numpy as np

from talkies.core.media.handles import with_handles
from talkies.core.media.timeline_movie import add_picture, boxed, list_of_frames, movie_file
from talkies.core.segment import Segment
from talkies.core.times import TimeRange, frame_ceil, to_frame


def write_movies(shot: Segment, covers: TimeRange, spans: Sequence[TimeRange], folder: Path) -> list[Path]:
    """One movie for each span (s of the timeline) in one pass over the shot; black where it has no picture. ``covers``:
    all that is heard, handles included. Raises MediaError, OutputError."""
    import av

    rate = shot.rate
    head, tail = shot.record.start - covers.start, covers.end - shot.record.end
    wide = with_handles(shot, max(head, tail, 0 * head))
    frames = [range(to_frame(span.start, rate), to_frame(frame_ceil(span.end, rate), rate)) for span in spans]
    paths = [folder / f"picture-{number:03}.mp4" for number in range(len(spans))]
    black = np.zeros((360, 640, 3), np.uint8)
    every = range(frames[0].start, frames[-1].stop)
    with ExitStack() as stack:
        movies = [stack.enter_context(movie_file(path, "mp4", {})) for path in paths]
        streams = [add_picture(movie, rate) for movie in movies]
        for number, image in zip(every, list_of_frames(wide, every, rate), strict=True):
            picture = av.VideoFrame.from_ndarray(black if image is None else boxed(image), "rgb24")
            for movie, stream, wanted in zip(movies, streams, frames, strict=True):
                if number in wanted:
                    picture.pts = None
                    movie.mux(stream.encode(picture))
        for movie, stream in zip(movies, streams, strict=True):
            movie.mux(stream.encode(None))
    return paths
