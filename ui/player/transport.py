"""Transport: play, stop, faster, backwards, loop; one clock for picture and sound.

The sound device is the clock where there is one, a timer elsewhere; the picture follows. Positions are seconds from the
timeline's first frame, exact: the clock counts samples.
"""

from __future__ import annotations

from collections import deque
from fractions import Fraction

import numpy as np
from PySide6.QtCore import QElapsedTimer, QObject, QTimer, Signal

from talkies.core.arrays import Samples
from talkies.core.errors import MissingExtraError
from talkies.core.takes.levels import SAMPLE_RATE
from talkies.core.times import frame_floor, to_frame, to_sample
from talkies.ui.player.mix import Mix
from talkies.ui.player.speaker import Speaker, open_speaker

_TICK_MS = 15
_FASTEST = 8


class Transport(QObject):
    """``moved``: the new position. ``state_changed``: the speed, 0 when stopped. ``mute_because``: why nothing is
    heard, once. ``sought``: somebody has put it elsewhere. ``heard``: (2, n) samples that are
    played next."""

    moved = Signal(object)
    state_changed = Signal(int)
    loop_changed = Signal()
    sought = Signal()
    heard = Signal(object)
    mute_because = Signal(str)

    def __init__(self, mix: Mix, rate: Fraction, duration: Fraction, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.mix, self.rate, self.duration = mix, rate, duration
        self.loop: tuple[Fraction, Fraction] | None = None
        self._once: tuple[Fraction, Fraction] | None = None  # where it stops, and where it is put then
        self.speed = 0
        self._position = Fraction(0)
        self._asked = False
        self._speaker: Speaker | None = None
        self._given = 0  # samples handed to the clock since it started
        self._next = 0  # the timeline sample that is heard after them
        self._plan: deque[tuple[int, int]] = deque()  # (samples given before, timeline sample), one a block
        self._clock = QElapsedTimer()
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self.tick)

    @property
    def position(self) -> Fraction:
        return self._position

    @property
    def now(self) -> Fraction:
        """What is heard at this moment, to the sample; the position where it stands."""
        return self._place() if self.playing else self._position

    @property
    def playing(self) -> bool:
        return self.speed != 0

    def seek(self, position: Fraction) -> None:
        """Goes to a position inside the timeline; what plays, plays on from there, no longer only once."""
        self._once = None
        last = max(self.duration - 1 / self.rate, Fraction(0))
        self._set(min(max(position, Fraction(0)), last))
        self.sought.emit()
        if self.playing:
            self._start(self.speed)

    def step(self, frames: int) -> None:
        """Stops, and moves by whole frames."""
        self.stop()
        self.seek(Fraction(to_frame(self._position, self.rate) + frames) / self.rate)

    def toggle(self) -> None:
        if self.playing:
            self.stop()
        else:
            self.play(1)

    def shuttle(self, direction: int) -> None:
        """J and L: start in a direction, and faster each time it is asked for again."""
        faster = self.speed * 2 if self.speed * direction > 0 else direction
        self.play(max(-_FASTEST, min(_FASTEST, faster)))

    def play_once(self, start: Fraction, end: Fraction, back_to: Fraction) -> None:
        """Plays a stretch, whatever loop is set, and goes to a position when it has ended."""
        self.stop()
        self._set(max(start, Fraction(0)))
        self._once = min(end, self.duration), back_to
        self._start(1)

    def play(self, speed: int) -> None:
        """Plays at ``speed`` times; from the beginning (of the loop) when it stands at the end."""
        self._once = None
        start, end = self.loop or (Fraction(0), self.duration)
        outside = self.loop is not None and not start <= self._position < end
        if speed > 0 and (outside or self._position >= end - 1 / self.rate):
            self._set(start)
        self._start(speed)

    def stop(self) -> None:
        self._once = None
        if self._speaker is not None:
            self._speaker.stop()
        self._timer.stop()
        if self.speed:
            self.speed = 0
            self._set(Fraction(to_frame(self._position, self.rate)) / self.rate)
            self.state_changed.emit(0)

    def set_loop(self, start: Fraction | None, end: Fraction | None) -> None:
        """Between in and out it goes round; without both it plays to the end."""
        self.loop = (start, end) if start is not None and end is not None and start < end else None
        self.loop_changed.emit()

    def _start(self, speed: int) -> None:
        self._open_speaker()
        changed, self.speed = speed != self.speed, speed
        self._given, self._next = 0, to_sample(self._position, SAMPLE_RATE)
        self._plan.clear()
        self.mix.warm(self._next, SAMPLE_RATE)
        if self._speaker is not None:
            self._speaker.start(self._sound)
        self._clock.start()
        self._timer.start()
        if changed:
            self.state_changed.emit(speed)

    def _open_speaker(self) -> None:
        if self._asked:
            return
        self._asked = True
        try:
            self._speaker = open_speaker(self)
        except MissingExtraError as error:
            self.mute_because.emit(str(error))

    def _sound(self, count: int) -> Samples:
        """The next samples to be heard, and the plan of where on the timeline they lie."""
        parts = []
        while count > 0:
            start, end = self._bounds()
            left = (end - self._next if self.speed > 0 else self._next - start) // abs(self.speed)
            if left <= 0 and self.loop is not None and self._once is None and self.speed > 0:
                self._next = start
                continue
            length = min(count, left) if left > 0 else count
            self._plan.append((self._given, self._next))
            parts.append(self._stretch(length) if left > 0 else np.zeros((2, length), np.float32))
            self._next += length * self.speed
            self._given += length
            count -= length
        self.mix.warm(self._next, 2 * SAMPLE_RATE)
        sound: Samples = np.concatenate(parts, axis=1)
        self.heard.emit(sound)
        return sound

    def _stretch(self, length: int) -> Samples:
        """``length`` samples from where it is, at its speed: every n-th sample, backwards where it runs so."""
        span = length * abs(self.speed)
        first = self._next if self.speed > 0 else self._next - span
        block = self.mix.block(first, span)
        return block[:, :: self.speed] if self.speed > 0 else block[:, ::-1][:, :: -self.speed]

    def _bounds(self) -> tuple[int, int]:
        start, end = self.loop or (Fraction(0), self.duration)
        if self._once is not None:
            start, end = Fraction(0), self._once[0]
        return to_sample(start, SAMPLE_RATE), to_sample(end, SAMPLE_RATE)

    def tick(self) -> None:
        """Brings the position up to what was heard by now; the timer calls it while playing."""
        position = self._place()
        if self._once is not None and position >= self._once[0]:
            back_to = self._once[1]
            self.stop()
            self.seek(back_to)
            return
        if self.loop is None and not 0 <= position < self.duration:
            self._position = min(max(position, Fraction(0)), self.duration - 1 / self.rate)
            self.stop()
            return
        position = frame_floor(position, self.rate)
        if position != self._position:
            self._set(position)

    def _place(self) -> Fraction:
        """What was played last."""
        if self._speaker is not None:
            played = self._speaker.played_samples
        else:
            played = int(self._clock.elapsed() * SAMPLE_RATE // 1000)
            if played >= self._given:
                self._sound(played - self._given + 1)
        while len(self._plan) > 1 and self._plan[1][0] <= played:
            self._plan.popleft()
        given, sample = self._plan[0] if self._plan else (played, self._next)
        return Fraction(sample + (played - given) * self.speed, SAMPLE_RATE)

    def _set(self, position: Fraction) -> None:
        self._position = position
        self.moved.emit(position)
