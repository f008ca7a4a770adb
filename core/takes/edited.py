"""Edited takes as they are written: what an editor can show as a clip's range is one, all else is in the file.

    edge moved by whole frames            the clip's own, with the sound beyond it in the handle
    edge between frames, or faded         in the file, on the sample; the clip goes on to the next frame, silent there

So every editor and format shows the same and sounds the same, also those that know no fades and count in frames.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain
from pathlib import Path

import numpy as np

from talkies.core.arrays import Samples
from talkies.core.credentials.signing import follows
from talkies.core.files.atomic import output_errors
from talkies.core.files.dataclass_json import as_json
from talkies.core.media.bwf_rewrite import rewrite_bwf, shifted
from talkies.core.media.loudness import Meter, metered
from talkies.core.segment import Take, Timeline
from talkies.core.takes.edits import TakeEdit
from talkies.core.takes.levels import levels_of
from talkies.core.takes.saving import exactly, time_reference
from talkies.core.times import TimeRange, frame_ceil, frame_floor, to_sample

EDIT = "edit"
"""In the metadata of a take that was trimmed or faded: the :class:`TakeEdit`."""


def is_in_file(edit: TakeEdit, rate: Fraction) -> tuple[bool, bool]:
    """Whether its beginning and its end can be heard in the file alone. ``rate``: frames per second."""
    start, end = ((edit.offset + moved) * rate for moved in (edit.head, edit.tail))
    return bool(edit.fade_in) or start.denominator != 1, bool(edit.fade_out) or end.denominator != 1


def as_edited(take: Take, record: TimeRange, edit: TakeEdit, rate: Fraction, gain_db: float = 0.0) -> Take:
    """A take that belongs to ``record`` as a timeline of ``rate`` shows it once :func:`write_edited` has written its
    file. Nothing lies before the timeline's start."""
    edit = edit.bounded(take, 1 / rate)
    place, file, (in_head, in_tail) = edit.place(record), _file(take, record, edit), is_in_file(edit, rate)
    start, end = place.start, place.end
    if ((edit.offset + edit.head) * rate).denominator != 1:
        start = frame_floor(start, rate)
    if ((edit.offset + edit.tail) * rate).denominator != 1:
        end = frame_ceil(end, rate)
    start = max(start, Fraction(0))
    return replace(
        take,
        record=TimeRange(start, end),
        head_handle=Fraction(0) if in_head else start - file.start,
        tail_handle=Fraction(0) if in_tail else file.end - end,
        levels=take.levels.raised(gain_db) if take.levels else None,
        metadata=take.metadata if edit.is_move else {**take.metadata, EDIT: as_json(edit)},
    )


def write_edited(
    take: Take, record: TimeRange, edit: TakeEdit, timeline: Timeline, path: Path, gain_db: float = 0.0
) -> Take:
    """Writes the sound of a take that belongs to ``record``, edited and ``gain_db`` louder, to ``path``; a
    picture as it is. Raises OutputError, MediaError."""
    edit, gain_db = edit.bounded(take, 1 / timeline.rate), 0.0 if take.is_picture else gain_db
    shown = replace(as_edited(take, record, edit, timeline.rate, gain_db), path=path)
    in_file = any(is_in_file(edit, timeline.rate))
    with output_errors(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        if not gain_db and not in_file and shown.file_range == take.file_range:
            shutil.copyfile(take.path, path)
            return shown
    meter = Meter(take.sample_rate)
    rewrite_bwf(
        take.path,
        path,
        _Change(take, record, edit, shown, timeline.rate, gain_db, meter if in_file else None).blocks,
        channels=take.channels,
        sample_rate=take.sample_rate,
        time_reference=lambda before: time_reference(timeline, shown.file_range.start),
        count=shown.file_range.samples(take.sample_rate)[1],
    )
    if in_file and shown.levels is not None:
        shown = replace(shown, levels=replace(levels_of(meter.level(), 0.0), gain_db=shown.levels.gain_db))
    return follows([take]).take(shown, timeline)


def _file(take: Take, record: TimeRange, edit: TakeEdit) -> TimeRange:
    """What the take's own file covers on the timeline."""
    return TimeRange(record.start - take.head_handle, record.end + take.tail_handle).shifted(edit.offset)


@dataclass(frozen=True)
class _Change:
    """A take's samples to those that are written for ``shown``; ``meter``: where they are other ones."""

    take: Take
    record: TimeRange
    edit: TakeEdit
    shown: Take
    rate: Fraction
    gain_db: float
    meter: Meter | None

    def blocks(self, blocks: Iterator[Samples]) -> Iterator[Samples]:
        sample_rate, channels = self.take.sample_rate, self.take.channels
        first, total = self.shown.file_range.samples(sample_rate)
        late = first - to_sample(_file(self.take, self.record, self.edit).start, sample_rate)
        moved = shifted(blocks, channels, silence=max(-late, 0), skipped=max(late, 0))
        if self.meter is None:
            return exactly(self._louder(moved), total, self.shown.path)
        silence = np.zeros((channels, sample_rate), np.float32)  # a frame ends behind the file at most
        whole = exactly(self._faded(chain(moved, (silence,)), first), total, self.shown.path)
        return metered(whole, self.meter)

    def _louder(self, blocks: Iterable[Samples]) -> Iterator[Samples]:
        factor = np.float32(10 ** (self.gain_db / 20))
        return (block * factor for block in blocks)

    def _faded(self, blocks: Iterable[Samples], first: int) -> Iterator[Samples]:
        """``first``: the timeline's sample with which they begin. An edge that is the clip's own cuts nothing here."""
        fades, (in_head, in_tail) = self.edit.fades(self.take, self.record), is_in_file(self.edit, self.rate)
        if not in_head:
            fades = replace(fades, first=min(fades.first, first))
        if not in_tail:
            fades = replace(fades, end=max(fades.end, sum(self.shown.file_range.samples(self.take.sample_rate))))
        for block in self._louder(blocks):
            yield block * fades.gains(first, block.shape[1])
            first += block.shape[1]
