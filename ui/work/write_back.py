"""Write back: takes go to the editor or into a new file; what will be added where, and then doing it.

    document ──plan_write_back──► WriteBack ──┬─write_file──────► a new timeline file
                                              └─write_into_host─► new tracks in the editor

For each segment, stem and speaker the chosen take is written, unless it is muted: a copy of its file with its gain, on
the place to which it was moved, trimmed and faded, all to the sample. The files in the work folder stay as they are.
Nothing here knows a widget; the functions may run in any thread.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import count
from pathlib import Path
from typing import Final

from talkies.core.errors import ArgumentError
from talkies.core.hosts.host import AudioTrack, Conflict, Host, Placement
from talkies.core.segment import StemName, Take, Timeline
from talkies.core.takes.edited import as_edited, is_in_file, write_edited
from talkies.core.takes.edits import TakeEdit
from talkies.core.takes.run_folder import run_folder
from talkies.core.times import TimeRange
from talkies.ui.work.carried import carried_over
from talkies.ui.work.document import Document
from talkies.ui.work.state import TakeRecord

_FULL_SCALE: Final = 0.0  # dBTP


@dataclass(frozen=True)
class PlannedTake:
    """One take to be written: where, and with how many dB. ``stays``: it lies there already, and is laid again because
    others on its track are replaced. ``rivals``: how many other takes of its place there are."""

    take: TakeRecord
    place: TimeRange
    gain_db: float
    stays: bool = False
    rivals: int = 0

    @property
    def is_by_default(self) -> bool:
        """Whether nobody has chosen it: it is but the newest of several."""
        return bool(self.rivals) and not self.take.starred and not self.take.preferred

    @property
    def clips(self) -> bool:
        """Whether the gain drives it over full scale."""
        levels = self.take.take.levels
        peak = levels.true_peak_dbtp if levels else None
        return peak is not None and peak + self.gain_db > _FULL_SCALE


@dataclass(frozen=True)
class NewTrack:
    """A track that will be added, with what lies on it in order."""

    name: str
    stem: StemName
    speaker: str
    placements: tuple[PlannedTake, ...]


@dataclass(frozen=True)
class WriteBack:
    """All that will happen. ``removed``: names of our earlier tracks that go. ``skipped``: takes in whose place earlier
    ones of ours lie. ``warnings``: one sentence each."""

    timeline: Timeline
    tracks: tuple[NewTrack, ...]
    removed: tuple[str, ...] = ()
    skipped: tuple[TakeRecord, ...] = ()
    warnings: tuple[str, ...] = ()
    conflict: Conflict = "new"

    @property
    def placements(self) -> tuple[PlannedTake, ...]:
        return tuple(placement for track in self.tracks for placement in track.placements)


def plan_write_back(
    document: Document,
    conflict: Conflict = "new",
    ids: Iterable[str] | None = None,
    tracks: Sequence[AudioTrack] | None = None,
) -> WriteBack:
    """What would be written of some segments, all unless given. ``tracks``: those of the editor that it goes into, of
    sound and of our pictures; those of the document's own file unless given. "replace" takes away what lies in a new
    take's place, of its department, and nothing else. Raises OutputError; ArgumentError: nothing open, or something
    would be lost; MediaError and TimelineError for what stays and cannot be read."""
    from talkies.core.hosts.placement import audio_tracks_of, picture_tracks_of, plan_placing
    from talkies.core.timeline.our_tracks import without_our_tracks
    from talkies.core.timeline.structure.sounds import track_name

    timeline = document.open_timeline()
    chosen = tuple(segment.id for segment in document.segments) if ids is None else tuple(ids)
    found = [take for key in chosen for take in document.chosen_takes(key) if not take.lost]
    takes = [take for take in found if not take.muted]
    notes = (*_silent(takes), *_stale(document, takes), *_muted(found))
    placed = (
        PlannedTake(take, take.place, document.gain_of(take), rivals=len(document.rivals(take)))
        for take in takes
        if not take.take.is_silent
    )
    every = {each.take.id: each for each in placed if each.place.end > 0}
    others: list[str] = []
    if tracks is None:
        tracks = (*audio_tracks_of(timeline), *picture_tracks_of(timeline))
        others = [track_name(track) for track in timeline.document.tracks] if timeline.document is not None else []
        others = [name for name in others if name not in {track.name for track in tracks}]
    if conflict == "replace":
        written = [_as_written(each, timeline) for each in every.values()]
        for take in carried_over(timeline, tracks, written, document.media_dir):
            every[take.name] = PlannedTake(TakeRecord(take, take.segment_id, take.record), take.record, 0.0, stays=True)
    plan = plan_placing([_as_written(each, timeline) for each in every.values()], tracks, conflict, others)
    new = tuple(
        NewTrack(lane.name, lane.takes[0].stem, lane.speaker, tuple(every[take.name] for take in lane.takes))
        for lane in plan.lanes
    )
    skipped = tuple(every[take.name].take for take in plan.skipped)
    if conflict == "replace":
        timeline = without_our_tracks(timeline)
    return WriteBack(timeline, new, plan.removed, skipped, (*notes, *_warnings(new, timeline.rate)), conflict)


def suggested_file(timeline: Timeline) -> Path:
    """A free name beside the timeline, in its own format where that can be written."""
    from talkies.core.destinations import WRITERS
    from talkies.core.timeline.our_tracks import free_name

    suffix = timeline.path.suffix.lower()
    return free_name(timeline.path, suffix if suffix in WRITERS else ".otio")


def write_file(wanted: WriteBack, out: Path) -> Path:
    """A new timeline file, its sound in ``NAME.takes/`` beside it. Raises OutputError, MediaError; then nothing of it
    is there, and what was there is untouched."""
    from talkies.core.destinations import check_output, write_timeline

    _refuse_nothing(wanted)
    check_output(wanted.timeline, out)
    with run_folder(out, sum(placement.take.path.stat().st_size for placement in wanted.placements), ()) as run:
        takes = run.publish([_copied(placement, wanted.timeline, run.staging) for placement in wanted.placements])
        with run.writing():
            write_timeline(wanted.timeline, takes, out)
    return out


def write_into_host(wanted: WriteBack, host: Host, folder: Path) -> Placement:
    """Straight into the editor, and what it shows afterwards; the sound goes to a new folder in ``folder`` and stays
    there for the editor. Raises OutputError, MediaError; the editor's timeline is then as it was."""
    _refuse_nothing(wanted)
    places = (folder / "written" / f"{number:03}" for number in count(1))
    place = next(place for place in places if not place.exists())
    try:
        return _placed([_copied(each, wanted.timeline, place) for each in wanted.placements], wanted.conflict, host)
    except BaseException:
        shutil.rmtree(place, ignore_errors=True)
        raise


def _placed(takes: Sequence[Take], conflict: Conflict, host: Host) -> Placement:
    """Sounds, then pictures; where these fail, the sounds go again."""
    sounds, pictures = ([take for take in takes if take.is_picture == seen] for seen in (False, True))
    heard = host.add_takes(sounds, conflict) if sounds else Placement(())
    if not pictures:
        return heard
    try:
        shown = host.add_pictures(pictures, conflict)
    except BaseException:
        if heard.tracks:
            host.undo()
        raise
    return Placement(
        (*heard.tracks, *shown.tracks),
        (*heard.removed, *shown.removed),
        (*heard.skipped, *shown.skipped),
        (*heard.warnings, *shown.warnings),
        steps=bool(heard.tracks) + bool(shown.tracks),
    )


def _refuse_nothing(wanted: WriteBack) -> None:
    if not wanted.tracks:
        raise ArgumentError("nothing", "would be written", "generate takes, or take the mute off the chosen ones")


def _as_written(placement: PlannedTake, timeline: Timeline) -> Take:
    """The chosen take is the first one on the timeline, whatever its number among the takes was."""
    record = placement.take
    if placement.stays:
        return record.take
    return _first(placement, as_edited(record.take, record.record, record.edit, timeline.rate, placement.gain_db))


def _first(placement: PlannedTake, take: Take) -> Take:
    facts = {**take.metadata, "take": take.number}
    return replace(take, segment_id=placement.take.segment_id, number=1, metadata=facts)


def _copied(placement: PlannedTake, timeline: Timeline, folder: Path) -> Take:
    """The take as it is written, its file in ``folder``."""
    record, path = placement.take, folder / placement.take.path.name
    if placement.stays:
        return write_edited(record.take, record.record, TakeEdit(), timeline, path)
    return _first(placement, write_edited(record.take, record.record, record.edit, timeline, path, placement.gain_db))


def _silent(takes: Iterable[TakeRecord]) -> Iterator[str]:
    if silent := [take.id for take in takes if take.take.is_silent]:
        yield f"{_and_more(silent)}: nothing sounds there, not laid on the timeline"


def _stale(document: Document, takes: Iterable[TakeRecord]) -> Iterator[str]:
    if stale := [take.id for take in takes if document.is_stale(take.id)]:
        yield f"{_and_more(stale)}: made of words that were edited since; make it again to hear the new ones"
    if old := [take.id for take in takes if document.has_other_spots(take.id)]:
        yield f"{_and_more(old)}: made of a spotting list that was edited since; make it again to hear the new one"


def _muted(takes: Iterable[TakeRecord]) -> Iterator[str]:
    if muted := [take.id for take in takes if take.muted]:
        yield f"{_and_more(muted)}: muted, not written"


def _and_more(ids: Sequence[str]) -> str:
    return ids[0] + (f" and {len(ids) - 1} more" if len(ids) > 1 else "")


def _warnings(tracks: Iterable[NewTrack], rate: Fraction) -> tuple[str, ...]:
    placements = [placement for track in tracks for placement in track.placements]
    loud = [placement.take.id for placement in placements if placement.clips]
    newest = [placement.take.id for placement in placements if placement.is_by_default]
    in_file = [each.take.id for each in placements if any(is_in_file(each.take.edit, rate))]
    sentences = []
    if in_file:
        problem = "its fades, and what is cut between frames, are in the sound file itself"
        sentences.append(f"{_and_more(in_file)}: {problem}; there it has no handles")
    if loud:
        sentences.append(
            f"{_and_more(loud)}: the gain drives it over full scale, it will be clipped; take some gain away"
        )
    if newest:
        sentences.append(f"{_and_more(newest)}: written because it is the newest; circle a take to choose another")
    return tuple(sentences)
