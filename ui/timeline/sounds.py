"""Reads a timeline's own audio tracks away from the window's thread."""

from __future__ import annotations

from PySide6.QtCore import QObject, QRunnable, QThreadPool, Signal

from talkies.core.errors import TalkiesError
from talkies.core.segment import Timeline
from talkies.core.timeline.sounds import sound_tracks


class SoundReader(QObject):
    """One for a window; what is read for a timeline that is no longer shown is for the listener to leave aside."""

    read = Signal(object, object)
    """The timeline, and its tracks: a tuple of SoundTrack."""

    def start(self, timeline: Timeline) -> None:
        QThreadPool.globalInstance().start(_Reading(timeline, self))


class _Reading(QRunnable):
    def __init__(self, timeline: Timeline, reader: SoundReader) -> None:
        super().__init__()
        self._timeline, self._reader = timeline, reader

    def run(self) -> None:
        try:
            tracks = sound_tracks(self._timeline)
        except (
            TalkiesError,
            ValueError,
            OSError,
        ):  # what cannot be placed is not shown; the timeline's reader says why
            tracks = ()
        try:
            self._reader.read.emit(self._timeline, tracks)
        except RuntimeError:  # the window was closed meanwhile
            return
