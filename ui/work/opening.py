"""Opening a timeline with its saved work, also when the timeline has changed since.

A segment is found again by its id as long as it shows the same stretch of the same clip; else where that stretch lies
now; else by its id if it is still the same clip, trimmed. Takes and settings of a segment that is gone are kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from talkies.core.generation.take_orders import CueEdit
from talkies.core.segment import Segment, Timeline
from talkies.core.takes.take_folder import SegmentMark, Sidecar
from talkies.core.timeline import read_timeline
from talkies.core.times import TimeRange
from talkies.ui.work.bounds import bounded
from talkies.ui.work.state import KeptJob, Lists, TakeRecord, WorkState
from talkies.ui.work.store import Store


@dataclass(frozen=True)
class Opened:
    """All that a document shows."""

    timeline: Timeline
    store: Store
    state: WorkState
    takes: tuple[TakeRecord, ...]
    notes: tuple[str, ...]
    media_dir: Path | None = None


def load(path: Path, media_dir: Path | None = None, open_store: Store | None = None) -> Opened:
    """Reads a timeline and its work; may run in any thread. Raises a TalkiesError, with nothing changed.

    ``open_store``: that of the document's present timeline, which is used again if it is the same one."""
    return with_work(read_timeline(path, media_dir), media_dir, open_store)


def with_work(timeline: Timeline, media_dir: Path | None = None, open_store: Store | None = None) -> Opened:
    """A timeline that is read already, with its work; otherwise as :func:`load`."""
    path = timeline.path
    again = open_store is not None and open_store.timeline.absolute() == path.absolute()
    store = open_store if open_store is not None and again else Store(path)
    try:
        store.flush()
        state, sidecars, notes = store.load()
    except BaseException:
        if not again:
            store.close()
        raise
    found = Finder(timeline)
    takes = tuple(found.take(sidecar) for sidecar in sidecars)
    state, more = found.state(state)
    state, outside = bounded(state, timeline, takes)
    more += outside
    lost = sum(take.lost for take in takes)
    if lost:
        more.append(f"{lost} takes belong to clips that are no longer in the timeline; they are kept")
    return Opened(timeline, store, state, takes, (*timeline.warnings, *notes, *more), media_dir)


class Finder:
    """Finds segments and cues of the saved work in a timeline that may have changed."""

    def __init__(self, timeline: Timeline) -> None:
        self._timeline = timeline
        self._by_id = {segment.id: segment for segment in timeline.segments}
        self._by_stretch: dict[tuple[str, TimeRange], list[Segment]] = {}
        for segment in timeline.segments:
            self._by_stretch.setdefault((segment.clip, segment.source), []).append(segment)

    def segment(self, segment_id: str, mark: SegmentMark) -> Segment | None:
        """Where a segment is now; of several places the nearest."""
        same = self._by_id.get(segment_id)
        if same is not None and (same.clip, same.source) == (mark.clip, mark.source):
            return same
        places = self._by_stretch.get((mark.clip, mark.source), ())
        if places:
            return min(places, key=lambda place: abs(place.record.start - mark.record.start))
        return same if same is not None and same.clip == mark.clip else None

    def take(self, sidecar: Sidecar) -> TakeRecord:
        """A take where it belongs now: it moves with its picture."""
        take, mark = sidecar.take, sidecar.segment
        segment = self.segment(take.segment_id, mark)
        if segment is None:
            return TakeRecord(take, take.segment_id, take.record, lost=True)
        trimmed = (mark.source.start - segment.source.start) / segment.speed if segment.speed > 0 else Fraction(0)
        return TakeRecord(take, segment.id, take.record.shifted(segment.record.start - mark.record.start + trimmed))

    def state(self, state: WorkState) -> tuple[WorkState, list[str]]:
        """The state with the ids and places of this timeline, and a sentence for what has no place any more."""
        settings, marks = dict(state.settings), {}
        for old_id, mark in state.marks.items():
            segment = self.segment(old_id, mark)
            if segment is not None and segment.id != old_id and old_id in state.settings:
                settings.pop(old_id, None) if settings.get(old_id) is state.settings[old_id] else None
                settings[segment.id] = state.settings[old_id]
            marks[old_id if segment is None else segment.id] = mark if segment is None else SegmentMark.of(segment)
        cues, lost = self._cues(state.cues.items())
        notes = [f"{lost} edited subtitles are no longer in the timeline"] if lost else []
        spots = self._lists(state)
        if left := len(state.spots) - len(spots):
            notes.append(f"{left} spotting lists belong to clips that are no longer in the timeline")
        selected = tuple(key for key in state.selected if key in self._by_id)
        queue = self._queue(state.queue)
        if gone := len(state.queue) - len(queue):
            notes.append(f"{gone} shots that waited in the queue are no longer in the timeline")
        found = replace(state, settings=settings, marks=marks, cues=cues, selected=selected, queue=queue, spots=spots)
        return found, notes

    def _lists(self, state: WorkState) -> Lists:
        """Spotting lists by where their segments are now; never on another clip that has got their number."""
        kept, found = {}, {}
        for old_id, spots in state.spots.items():
            mark = state.marks.get(old_id)
            segment = self._by_id.get(old_id) if mark is None else self.segment(old_id, mark)
            if segment is not None:
                found[segment.id] = spots
            elif old_id not in self._by_id:
                kept[old_id] = spots
        return kept | found

    def _queue(self, kept: Iterable[KeptJob]) -> tuple[KeptJob, ...]:
        """What waits, where its segments are now."""
        found = (self._piece(job) if job.kind == "music" else self._shot(job) for job in kept)
        return tuple(job for job in found if job is not None)

    def _shot(self, job: KeptJob) -> KeptJob | None:
        segment = self.segment(job.segment_id, job.mark)
        return None if segment is None else replace(job, segment_id=segment.id, mark=SegmentMark.of(segment))

    def _piece(self, job: KeptJob) -> KeptJob | None:
        """Music for those of its segments that are still there; older work says only what the first one was."""
        known = bool(job.only) and len(job.only) == len(job.marks)
        shots = zip(job.only, job.marks, strict=True) if known else [(job.segment_id, job.mark)]
        places = (self.segment(each, mark) for each, mark in shots)
        found = {place.id: place for place in places if place is not None}
        if not found:
            return None
        own = self.segment(job.segment_id, job.mark)
        first = own if own is not None and own.id in found else next(iter(found.values()))
        marks = tuple(SegmentMark.of(each) for each in found.values())
        return replace(job, segment_id=first.id, mark=SegmentMark.of(first), only=tuple(found), marks=marks)

    def _cues(self, edits: Iterable[tuple[int, CueEdit]]) -> tuple[dict[int, CueEdit], int]:
        """Edits by the index of their cue now, and how many have none."""
        cues, found, lost = self._timeline.cues, {}, 0
        for index, edit in edits:
            twins = [place for place, cue in enumerate(cues) if cue.text == edit.was_text and place not in found]
            if twins:
                place = min(twins, key=lambda twin: (abs(cues[twin].range.start - edit.was_start), abs(twin - index)))
                found[place] = edit
            else:
                lost += 1
        return found, lost
