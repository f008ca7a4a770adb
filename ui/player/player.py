"""Player: picture and sound of the open timeline, in step with the document's playhead."""

from __future__ import annotations

from fractions import Fraction

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QImage

from talkies.core.segment import Segment
from talkies.ui.player.chunks import SoundChunks
from talkies.ui.player.frames import FrameReader, picture_of
from talkies.ui.player.meter import LevelMeter
from talkies.ui.player.mix import Mix
from talkies.ui.player.monitor import Monitor
from talkies.ui.player.transport import Transport
from talkies.ui.work.document import Document


class Player(QObject):
    """``picture``: the QImage to show, None over a gap. ``status_message``: one sentence for the status bar."""

    picture = Signal(object)
    status_message = Signal(str)

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._chunks = SoundChunks()
        self._frames: FrameReader | None = None
        self._pictures: list[Segment] = []
        self.monitor = Monitor(document, self)
        self.mix = Mix(self._chunks)
        self.transport = Transport(self.mix, Fraction(25), Fraction(0), self)
        self.meter = LevelMeter(self)
        self.transport.heard.connect(self.meter.add)
        self.transport.state_changed.connect(self._meter_state)
        self.transport.moved.connect(self._moved)
        self.transport.mute_because.connect(self.status_message)
        self.monitor.changed.connect(self._update_mix)
        self.monitor.changed.connect(self._update_pictures)
        document.timeline_changed.connect(self._open)
        document.playhead_changed.connect(self._follow)
        document.in_out_changed.connect(self._set_loop)
        self._open()

    def close(self) -> None:
        """Ends its threads."""
        self.transport.stop()
        self._close_frames()
        self._chunks.close()

    def set_master(self, level_db: float) -> None:
        """How loud all is played; for listening only."""
        self.mix.master = 10 ** (level_db / 20)

    def show_again(self) -> None:
        """Has the picture at the playhead sent once more."""
        self._show(self._document.playhead)

    def _open(self) -> None:
        self.transport.stop()
        self._close_frames()
        self.meter.reset()
        timeline = self._document.timeline
        self.transport.rate = timeline.rate if timeline else Fraction(25)
        self.transport.duration = timeline.duration if timeline else Fraction(0)
        if timeline is not None:
            self._frames = FrameReader(timeline, self)
            self._frames.shown.connect(self._shown)  # not a lambda: what is on its way would outlive it
            self._frames.failed.connect(self.status_message)
            self._frames.start()
            self._update_pictures()
            self.meter.prepare()
        else:
            self.picture.emit(None)
        self._set_loop()
        self._update_mix()
        self.transport.seek(self._document.playhead)

    @Slot(object, object)
    def _shown(self, position: Fraction, image: QImage | None) -> None:
        self.picture.emit(image)

    def _close_frames(self) -> None:
        if self._frames is not None:
            self._frames.stop()
            self._frames.deleteLater()
            self._frames, self._pictures = None, []

    def _moved(self, position: Fraction) -> None:
        self._document.set_playhead(position)
        self._show(position)

    def _follow(self, position: Fraction) -> None:
        """Somebody else has moved the playhead."""
        if position != self.transport.position:
            self.transport.seek(position)

    def _show(self, position: Fraction) -> None:
        if self._frames is not None:
            self._frames.show_at(position)

    def _meter_state(self, speed: int) -> None:
        if speed:
            self.meter.reset()
        else:
            self.meter.fall_silent()

    def _update_mix(self) -> None:
        self.mix.voices = self.monitor.voices()

    def _update_pictures(self) -> None:
        """Portraits lie over the timeline's own picture; only other ones have it shown again."""
        timeline = self._document.timeline
        if self._frames is None or timeline is None:  # it is being closed
            return
        if (shown := [picture_of(take, timeline.rate) for take in self.monitor.pictures()]) != self._pictures:
            self._pictures = shown
            self._frames.set_above(shown)
            self.show_again()

    def _set_loop(self) -> None:
        self.transport.set_loop(*self._document.in_out)
