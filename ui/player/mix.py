"""Mix at a position of the timeline: voices placed where they belong and summed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from talkies.core.arrays import Samples
from talkies.core.takes.edits import Fades
from talkies.core.times import TimeRange
from talkies.ui.player.chunks import CHUNK_SAMPLES, SoundChunks
from talkies.ui.timeline.layout import Spans


@dataclass(frozen=True)
class Voice:
    """A stretch of a sound file on the timeline, in samples at 48 kHz: it sounds from ``start`` to ``end``.

    ``offset``: the file's sample that sounds at ``start``. ``gain``: a factor. ``fades``: gains by the
    timeline's samples.
    """

    path: Path
    start: int
    end: int
    offset: int = 0
    gain: float = 1.0
    fades: Fades | None = None


class Mix:
    """The sum of voices; any stretch of it can be asked for at any time. ``master``: a factor for all of it."""

    def __init__(self, chunks: SoundChunks, voices: Iterable[Voice] = ()) -> None:
        self._chunks = chunks
        self._spans = Spans(())
        self._voices: tuple[Voice, ...] = ()
        self.master = 1.0
        self.voices = tuple(voices)

    @property
    def voices(self) -> tuple[Voice, ...]:
        return self._voices

    @voices.setter
    def voices(self, voices: Iterable[Voice]) -> None:
        self._voices = tuple(sorted(voices, key=lambda voice: (voice.start, voice.end)))
        self._spans = Spans([TimeRange(Fraction(voice.start), Fraction(voice.end)) for voice in self._voices])

    def block(self, start: int, count: int, *, wait: bool = False) -> Samples:
        """(2, count) from timeline sample ``start`` on; what is not read yet is silent, unless ``wait``."""
        mixed = np.zeros((2, count), np.float32)
        for index in self._spans.between(Fraction(start), Fraction(start + count)):
            voice = self._voices[index]
            left, right = max(voice.start, start), min(voice.end, start + count)
            if left < right and voice.gain:
                self._add(mixed[:, left - start : right - start], voice, left, wait)
        return mixed if self.master == 1.0 else mixed * np.float32(self.master)

    def warm(self, start: int, count: int) -> None:
        """Has the files read that will be heard soon."""
        self.block(start, count)

    def _add(self, mixed: Samples, voice: Voice, start: int, wait: bool) -> None:
        """Adds what a voice sounds like from timeline sample ``start`` on."""
        position, done = voice.offset + start - voice.start, 0
        while done < mixed.shape[1]:
            number, inside = divmod(position + done, CHUNK_SAMPLES)
            count = min(CHUNK_SAMPLES - inside, mixed.shape[1] - done)
            chunk = self._chunks.get(voice.path, number, wait=wait) if number >= 0 else None
            if chunk is not None:
                heard = np.float32(voice.gain) * chunk[:, inside : inside + count]
                mixed[:, done : done + count] += (
                    heard if voice.fades is None else heard * voice.fades.gains(start + done, count)
                )
            done += count
