"""Monitoring: what is played: the original sound, each segment's circled takes, one take solo, or two in A/B."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Signal

from talkies.core.takes.levels import SAMPLE_RATE
from talkies.core.timeline.structure.sounds import SoundTrack
from talkies.core.times import to_sample
from talkies.ui.player.mix import Voice
from talkies.ui.work.document import Document
from talkies.ui.work.state import TakeRecord

Side = Literal["A", "B"]


@dataclass(frozen=True)
class Comparison:
    """Two takes of one segment, by id, of which one is heard. Both are played as loud as the softer of them."""

    a: str
    b: str
    side: Side = "A"

    @property
    def playing(self) -> str:
        return self.a if self.side == "A" else self.b


class Monitor(QObject):
    """Switches that belong to listening, not to the work: nothing of them is saved. ``changed``: hear anew."""

    changed = Signal()

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._sounds: tuple[SoundTrack, ...] = ()
        self.original = True
        self.takes = True
        self.solo: frozenset[str] = frozenset()
        self.comparison: Comparison | None = None
        self._listening = ""
        document.timeline_changed.connect(self.reset)
        document.takes_changed.connect(lambda segment_id: self._forget_removed())
        document.settings_changed.connect(self.changed)

    def reset(self) -> None:
        """Everything is heard as it will be written."""
        self._sounds = ()
        self.solo, self.comparison, self._listening = frozenset(), None, ""
        self.changed.emit()

    def set_sounds(self, tracks: Iterable[SoundTrack]) -> None:
        """The timeline's own audio tracks, as soon as they are read."""
        self._sounds = tuple(tracks)
        self.changed.emit()

    def set_monitoring(self, *, original: bool | None = None, takes: bool | None = None) -> None:
        """Turns the original sound, or all takes, on or off."""
        self.original = self.original if original is None else original
        self.takes = self.takes if takes is None else takes
        self.changed.emit()

    def toggle_solo(self, take_id: str) -> None:
        self.solo = self.solo ^ {take_id}
        self.changed.emit()

    def listen(self, take_id: str) -> None:
        """A take instead of the one that sounds in its place; "" ends it."""
        if take_id != self._listening:
            self._listening = take_id
            self.changed.emit()

    def compare(self, comparison: Comparison | None) -> None:
        """Begins, changes or ends a comparison; what was solo before would hide it, and is no longer."""
        self.comparison = comparison
        self.solo = self.solo if comparison is None else frozenset()
        self.changed.emit()

    def swap(self) -> None:
        """The other take of the comparison, from the same place on."""
        if self.comparison is not None:
            side: Side = "B" if self.comparison.side == "A" else "A"
            self.compare(Comparison(self.comparison.a, self.comparison.b, side))

    def voices(self) -> tuple[Voice, ...]:
        """What the mix consists of now."""
        takes = [_take_voice(take, gain) for take, gain in self._played_takes() if not take.take.is_picture]
        original = originals(self._sounds) if self.original and not self.solo else ()
        return (*original, *takes)

    def pictures(self) -> tuple[TakeRecord, ...]:
        """The portraits that are shown now, over everything else."""
        return tuple(take for take, _ in self._played_takes() if take.take.is_picture)

    def _played_takes(self) -> Iterator[tuple[TakeRecord, float]]:
        """Takes and their gain in dB."""
        document = self._document
        if self.solo and not self._listening:
            yield from ((take, document.gain_of(take)) for take in document.all_takes if take.id in self.solo)
            return
        if not self.takes and not self._listening:
            return
        replaced = self._compared()
        for segment_id in dict.fromkeys(take.segment_id for take in document.all_takes if not take.lost):
            for take in document.chosen_takes(segment_id):
                if _place(take) != (replaced and _place(replaced)) and not take.muted:
                    yield take, document.gain_of(take)
        if replaced is not None:
            yield replaced, self.compared_gain(replaced)

    def _compared(self) -> TakeRecord | None:
        instead = self._listening or (self.comparison.playing if self.comparison else "")
        return self._document.take(instead) if instead else None

    def compared_gain(self, take: TakeRecord) -> float:
        """The gain in dB at which a compared take is as loud as the other; the louder one is lowered."""
        document, pair = self._document, self.comparison
        gain = document.gain_of(take)
        if pair is None or take.id not in (pair.a, pair.b) or take.loudness_lufs is None:
            return gain
        levels = [
            each.loudness_lufs + document.gain_of(each)
            for each in (document.take(pair.a), document.take(pair.b))
            if each.loudness_lufs is not None
        ]
        return min(levels) - take.loudness_lufs

    def _forget_removed(self) -> None:
        there = {take.id for take in self._document.all_takes}
        self.solo = self.solo & there
        self._listening = self._listening if self._listening in there else ""
        if self.comparison and not {self.comparison.a, self.comparison.b} <= there:
            self.comparison = None
        self.changed.emit()


def originals(tracks: Iterable[SoundTrack]) -> Iterator[Voice]:
    """The clips of sound that are switched on and run at their own speed."""
    for clip in (clip for track in tracks for clip in track.clips):
        if clip.path is not None and clip.enabled and clip.speed == 1:
            first, count = clip.record.samples(SAMPLE_RATE)
            yield Voice(clip.path, first, first + count, to_sample(clip.source.start - clip.start, SAMPLE_RATE))


def _take_voice(take: TakeRecord, gain_db: float) -> Voice:
    """As it is written (core/takes/edited.py)."""
    first, count = take.place.samples(SAMPLE_RATE)
    begins = to_sample(take.record.start - take.head_handle + take.edit.offset, SAMPLE_RATE)
    fades = take.edit.fades(take.take, take.record) if take.edit.fade_in or take.edit.fade_out else None
    return Voice(take.path, first, first + count, first - begins, 10 ** (gain_db / 20), fades)


def _place(take: TakeRecord) -> tuple[str, str, str]:
    """Takes of one place are alternatives to each other."""
    return take.segment_id, take.stem, take.speaker
