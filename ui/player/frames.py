"""Frame reader: the picture at any position, decoded in a thread of its own; the newest request wins."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from PySide6.QtCore import QObject, QThread, Signal
from PySide6.QtGui import QImage

from talkies.core.errors import MediaError
from talkies.core.media.picture import Frame, picture_frames
from talkies.core.segment import Picture, Segment, Timeline
from talkies.core.takes.pictures import as_segment
from talkies.core.timeline.structure.sounds import SoundClip, our_picture_tracks
from talkies.core.times import TimeRange
from talkies.ui.timeline.layout import Spans
from talkies.ui.work.state import TakeRecord

_WORTH_DECODING = Fraction(3, 2)  # seconds ahead that are reached sooner by decoding on than by seeking
_HEIGHT = 540  # lines


class Layers:
    """Which segment shows at a place: that of the uppermost track, found by bisection among any number; ``above``: of
    what lies over all of them."""

    def __init__(self, timeline: Timeline, above: Sequence[Segment] = ()) -> None:
        tracks: dict[str, list[Segment]] = {}
        for segment in timeline.segments:
            tracks.setdefault(segment.track, []).append(segment)
        self._tracks = [sorted(track, key=lambda segment: segment.record) for track in reversed(tracks.values())]
        for over in filter(None, (_written(timeline), above)):
            self._tracks.insert(0, sorted(over, key=lambda segment: segment.record))
        self._spans = [Spans([segment.record for segment in track]) for track in self._tracks]

    def at(self, position: Fraction) -> Segment | None:
        """The segment whose picture shows at ``position`` (seconds from the first frame), None over a gap."""
        for track, spans in zip(self._tracks, self._spans, strict=True):
            if (index := spans.at(position)) is not None:
                return track[index]
        return None


def _written(timeline: Timeline) -> list[Segment]:
    """The portraits that are in the timeline already, as far as they are shown and there."""
    clips = [clip for track in our_picture_tracks(timeline) for clip in track.clips if clip.enabled]
    return [_clip_segment(clip, clip.path, timeline.rate) for clip in clips if clip.path is not None]


def _clip_segment(clip: SoundClip, path: Path, rate: Fraction) -> Segment:
    movie = Picture(path, rate=rate, start=clip.start)
    return Segment(clip.name, clip.name, "PX", clip.record, clip.source, rate, clip.speed, movie)


def picture_of(take: TakeRecord, rate: Fraction) -> Segment:
    """A portrait where it lies, as a stretch of picture at the timeline's ``rate``."""
    return replace(as_segment(take.take, rate), record=take.place)


def rest_of(segment: Segment, position: Fraction) -> Segment:
    """What of a segment plays from ``position`` on."""
    if segment.curve is not None:
        rest = TimeRange(position - segment.record.start, segment.record.duration)
        curve = segment.curve.part(rest).moved(-rest.start)
        record = TimeRange(position, segment.record.end)
        return replace(segment, record=record, source=curve.media, speed=curve.speed, curve=curve)
    source, there = segment.source, segment.source_time(position)
    if segment.speed > 0:
        source = TimeRange(there, source.end)
    elif segment.speed < 0:
        source = TimeRange(source.start, there)
    return replace(segment, record=TimeRange(position, segment.record.end), source=source)


class FrameReader(QThread):
    """Answers requests for pictures; while they run forward, it decodes on instead of seeking anew.

    ``shown``: (position, QImage or None over a gap). ``failed``: why a picture cannot be shown, one sentence.
    """

    shown = Signal(object, object)
    failed = Signal(str)

    def __init__(self, timeline: Timeline, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timeline, self._layers = timeline, Layers(timeline)
        self._wake = threading.Condition()
        self._request: Fraction | None = None
        self._ended = False
        self._segment: Segment | None = None
        self._coming: Iterator[Frame] = iter(())
        self._queue: Sequence[Frame] = ()
        self._origin = Fraction(0)

    def show_at(self, position: Fraction) -> None:
        """Asks for the picture at ``position``; earlier requests that wait are forgotten."""
        with self._wake:
            self._request = position
            self._wake.notify()

    def set_above(self, segments: Sequence[Segment]) -> None:
        """What is shown over the timeline's own picture from now on."""
        with self._wake:
            self._layers = Layers(self._timeline, segments)

    def stop(self) -> None:
        """Ends the thread and waits for it."""
        with self._wake:
            self._ended = True
            self._wake.notify()
        self.wait()

    def run(self) -> None:
        while True:
            with self._wake:
                self._wake.wait_for(lambda: self._ended or self._request is not None)
                position, self._request = self._request, None
                if self._ended or position is None:
                    return
            try:
                image = self._image(position)
            except MediaError as error:
                self._segment, image = None, None
                self.failed.emit(str(error))
            self.shown.emit(position, image)

    def _image(self, position: Fraction) -> QImage | None:
        segment = self._layers.at(position)
        if segment is None or segment.picture is None:
            return None
        if not self._can_go_on(segment, position):
            self._origin = position
            self._coming = picture_frames(rest_of(segment, position), height=_HEIGHT)
            self._queue = tuple(frame for frame in (next(self._coming, None),) if frame)
            self._segment = segment
        self._advance(position - self._origin)
        return to_image(self._queue[0]) if self._queue else None

    def _can_go_on(self, segment: Segment, position: Fraction) -> bool:
        if segment is not self._segment or not self._queue:
            return False
        ahead = position - self._origin - self._queue[0].time
        return 0 <= ahead < _WORTH_DECODING

    def _advance(self, time: Fraction) -> None:
        """Leaves the frame that shows at ``time`` first in the queue, and perhaps the one that comes after it."""
        while self._queue:
            if len(self._queue) == 1:
                coming = next(self._coming, None)
                if coming is None:
                    return
                self._queue = (self._queue[0], coming)
            if self._queue[1].time > time:
                return
            self._queue = self._queue[1:]


def to_image(frame: Frame) -> QImage:
    """As Qt shows it."""
    height, width, _ = frame.image.shape
    return QImage(frame.image.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888).copy()
