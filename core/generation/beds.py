"""The backgrounds of a run: takes of the bed, each a stretch of one function of the timeline's time.

No engine makes them, and no preset levels them: a bed is as loud as its place (core/backgrounds/).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from pathlib import Path

from talkies.core.arrays import Samples
from talkies.core.backgrounds.bed import Bed, Place
from talkies.core.backgrounds.bed_track import BedTrack, Shown
from talkies.core.backgrounds.coverage import Seen, seen_shots
from talkies.core.backgrounds.places import Places
from talkies.core.backgrounds.worded import worded
from talkies.core.backgrounds.words import read_words
from talkies.core.errors import InputError
from talkies.core.generation.request import Request
from talkies.core.generation.take_metadata import bed_metadata
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.segment import Stem, Take, Timeline
from talkies.core.spotting.spot import Spot
from talkies.core.takes.saving import save_take
from talkies.core.times import TimeRange, frame_floor

_AROUND = Fraction(2)  # s beyond a take, in which a change of place is heard in it


@dataclass
class Beds:
    """Makes takes of backgrounds in ``folder``; ``rows``: the backgrounds of a list, which say what is heard when."""

    request: Request
    timeline: Timeline
    folder: Path
    rows: Sequence[Spot] = ()

    @cached_property
    def _seen(self) -> list[Seen]:
        return seen_shots(self.timeline.segments)

    @cached_property
    def _places(self) -> Places:
        return Places(self._seen)

    def knows(self, stem: Stem) -> bool:
        """Whether a picture says where a stem is, its own or another's."""
        index = self._first(stem)
        return index is not None and self._places.place(index) is not None

    def take(self, stem: Stem, index: int, number: int, on_share: Callable[[float], None] = lambda share: None) -> Take:
        """The take ``number`` of a stem, with the seed that is ``index`` above the request's. Raises InputError where
        no picture says what the place is, OutputError. ``on_share`` hears how much is made and may raise
        CancelledError."""
        place = self._place(stem)
        handle, seed = frame_floor(self.request.handles, self.timeline.rate), self.request.seed + index
        head = max(min(handle, self.timeline.start + stem.record.start), Fraction(0))  # no timecode is before midnight
        whole = TimeRange(stem.record.start - head, stem.record.end + handle)
        shown, heard = self._shown(whole, stem.prompt)
        track = BedTrack(shown, lambda there: Bed(there, read_words(there.words), seed))
        return save_take(
            stem,
            self.timeline,
            _counted(track.blocks(whole), whole, on_share),
            self.folder,
            number=number,
            handles=(head, handle),
            faded=self._alone_at_ends(stem.record),
            metadata=bed_metadata(stem, self.request, place, heard, self.rows, seed=seed),
        )

    def _place(self, stem: Stem) -> Place:
        index = self._first(stem)
        place = None if index is None else self._places.place(index)
        if place is None:
            raise InputError(f"segment {stem.segment.id} ({stem.segment.clip})", "no picture says where it is")
        return place

    def _shown(self, whole: TimeRange, words: str) -> tuple[list[Shown], list[Spot]]:
        """What a take plays and what is just around it, and the rows that say so; ``words`` where none does."""
        near = TimeRange(whole.start - _AROUND, whole.end + _AROUND)
        shown, rows = list[Shown](), list[Spot]()
        for number, (span, shot) in enumerate(self._seen):
            place = self._places.place(number) if span.overlap(near) else None
            for part in worded(shot, span, self.rows, words) if place is not None else ():
                assert place is not None
                shown.append(Shown(part.range, replace(place, words=part.words or ""), part.words is None))
                rows += part.rows if part.range.overlap(whole) else ()
        return shown, list(dict.fromkeys(rows))

    def _first(self, stem: Stem) -> int | None:
        """What is seen where a stem begins."""
        start = stem.record.start
        return next((number for number, (span, _) in enumerate(self._seen) if span.start <= start < span.end), None)

    def _alone_at_ends(self, record: TimeRange) -> tuple[bool, bool]:
        """Whether nothing is seen before a range and after it, so that its bed does not go on there."""
        spans = [span for span, _ in self._seen]
        before = any(span.start < record.start <= span.end for span in spans)
        after = any(span.start <= record.end < span.end for span in spans)
        return not before, not after


def _counted(blocks: Iterator[Samples], whole: TimeRange, on_share: Callable[[float], None]) -> Iterator[Samples]:
    made, count = 0, whole.samples(SAMPLE_RATE)[1]
    for block in blocks:
        made += block.shape[1]
        on_share(made / count)
        yield block
