"""AAF (Media Composer, Pro Tools, Resolve, Nuendo): clips that link to their files, takes on tracks of their own.

An AAF that was read is copied and only added to: what other programs put into it stays. A timeline of another kind is
written as one composition with flat tracks (document.py). Stereo becomes a mono track for each channel, as
all of these programs exchange it.
"""

from __future__ import annotations

import contextlib
import shutil
import uuid
from collections.abc import Iterator, Sequence
from datetime import datetime
from fractions import Fraction
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar

from talkies.core.errors import OutputError, TalkiesError
from talkies.core.files.atomic import part_file
from talkies.core.segment import Take, Timeline
from talkies.core.timeline.formats.aaf.document import add_document, split_tracks
from talkies.core.timeline.formats.aaf.media import MediaMobs, add_timecode
from talkies.core.timeline.formats.aaf.tracks import Piece, TrackBuilder, edit_rate
from talkies.core.timeline.formats.base import Writer
from talkies.core.timeline.formats.losses import counted, flat_losses
from talkies.core.timeline.formats.otio.writer import OtioFile
from talkies.core.timeline.structure.flattening import PICTURE, SOUND, TEXT, flat_tracks
from talkies.core.timeline.structure.sounds import OUR_NAME, track_name
from talkies.core.timeline.structure.tracks import Lane, lanes_of
from talkies.core.times import to_frame, to_sample

_SIGNATURE = bytes.fromhex("d0cf11e0a1b11ae1")
"""What every structured storage file, and so every AAF, begins with."""

_PRODUCT = "6f2c1e0a-6d0b-4c53-9d59-7d5a3f0c8a11"
"""What says in an AAF that talkies wrote it: any identifier that stays the same."""


class AafFile(Writer):
    """``.aaf``."""

    title: ClassVar[str] = "AAF (Media Composer, Pro Tools, Resolve)"

    def check(self, timeline: Timeline, out: Path) -> None:
        OtioFile().check(timeline, out)  # media inside a bundle cannot be linked to
        if _is_aaf(timeline) and not _still_there(timeline.path):
            raise OutputError(out, "the source timeline is missing or damaged", "read it again, or write an .otio")

    def losses(self, timeline: Timeline) -> tuple[str, ...]:
        found: list[str] = []
        if not _is_aaf(timeline):
            found += flat_losses(timeline, "AAF", "plain dissolves")
            words = sum(track.kind == TEXT for track in flat_tracks(timeline))
            if words:
                found.append(f"AAF has no subtitles: the words of {counted(words, 'track')} become markers")
            if split := split_tracks(timeline):
                found.append(f"each channel of {counted(split, 'track')} of sound becomes a mono track in AAF")
        between = sum((segment.record.start * timeline.rate).denominator != 1 for segment in timeline.segments)
        if between:
            what = f"takes of {counted(between, 'clip')} begin between frames"
            found.append(f"{what}: their tracks count in samples, which Media Composer moves to frames")
        return tuple(found)

    def write(self, timeline: Timeline, takes: Sequence[Take], out: Path) -> None:
        lanes = lanes_of(takes, (track_name(track) for track in timeline.document.tracks))
        with part_file(out) as part:
            if _is_aaf(timeline):
                shutil.copyfile(timeline.path, part)
            with _opened(part, "r+" if _is_aaf(timeline) else "w", out) as file:
                _sign(file)
                builder, media = _composition(file, timeline), MediaMobs(file, timeline)
                if not _is_aaf(timeline):
                    add_document(builder, media, timeline)
                for lane in lanes:
                    _add_lane(builder, media, lane)


def _is_aaf(timeline: Timeline) -> bool:
    return timeline.path.suffix.lower() == ".aaf"


def _still_there(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(_SIGNATURE)) == _SIGNATURE
    except OSError:
        return False


@contextlib.contextmanager
def _opened(part: Path, mode: str, out: Path) -> Iterator[Any]:
    """An AAF file; whatever the library raises becomes one sentence."""
    import aaf2

    try:
        with aaf2.open(str(part), mode) as file:
            yield file
    except (OSError, TalkiesError):
        raise
    except Exception as error:  # it raises anything, from AttributeError to struct.error
        raise OutputError(out, "the AAF library cannot extend this timeline", "write an .otio") from error


def _sign(file: Any) -> None:
    """AAF wants every program that writes into a file to add itself to a list."""
    now = datetime.now()  # the format knows no time zones, and its library writes local time
    facts = {
        "CompanyName": "talkies",
        "ProductName": "talkies",
        "ProductVersionString": version("talkies"),
        "ProductID": uuid.UUID(_PRODUCT),
        "GenerationAUID": uuid.uuid4(),
        "Platform": "Python",
        "Date": now,
    }
    signed = file.create.Identification()
    for key, value in facts.items():
        signed[key].value = value
    file.header["IdentificationList"].append(signed)
    file.header["LastModified"].value = now


def _composition(file: Any, timeline: Timeline) -> TrackBuilder:
    """The composition that was read, without the tracks of ours that are gone; or a new one. With a timecode track."""
    found = list(file.content.toplevel()) or list(file.content.compositionmobs())
    named = [mob for mob in found if mob.name == timeline.document.name]
    if found:
        mob = (named or found)[0]
        _forget(file, mob, {track_name(track) for track in timeline.document.tracks})
    else:
        mob = file.create.CompositionMob(timeline.name)
        mob.usage = "Usage_TopLevel"
        file.content.mobs.append(mob)
    if not any(slot.media_kind == "Timecode" and slot["PhysicalTrackNumber"].value == 1 for slot in mob.slots):
        start, length = to_frame(timeline.start, timeline.rate), to_frame(timeline.duration, timeline.rate)
        add_timecode(file, mob, timeline.rate, start, length, timeline.drop_frame)
    return TrackBuilder(file, mob, timeline.rate)


def _forget(file: Any, mob: Any, kept: set[str]) -> None:
    """Takes tracks of ours out that are not wanted any more, and the master mobs that only they showed."""
    gone = [index for index, slot in enumerate(mob.slots) if OUR_NAME.match(slot.name or "") and slot.name not in kept]
    shown = {clip.mob_id for index in gone for clip in _clips(mob.slots[index].segment)}
    for index in reversed(gone):
        mob.slots.pop(index)
    others = {
        clip.mob_id for each in file.content.compositionmobs() for slot in each.slots for clip in _clips(slot.segment)
    }
    for mob_id in shown - others:
        if file.content.mobs.get(mob_id) is not None:
            file.content.mobs.pop(mob_id)


def _clips(segment: Any) -> Iterator[Any]:
    """Every source clip under a segment."""
    if hasattr(segment, "mob_id"):
        yield segment
    for key in ("Components", "InputSegments", "Alternates", "Slots", "Choices"):
        for part in (segment.getvalue(key) if segment is not None else None) or ():
            yield from _clips(part)
    if segment is not None and segment.getvalue("Selected") is not None:
        yield from _clips(segment.getvalue("Selected"))


def _add_lane(builder: TrackBuilder, media: MediaMobs, lane: Lane) -> None:
    """A mono track for each channel of the lane's takes; one of picture for portraits."""
    if lane.is_picture:
        builder.add(
            lane.name, PICTURE, builder.rate, [_picture_piece(media, take, lane.enabled) for take in lane.takes]
        )
        return
    sample_rate = lane.takes[0].sample_rate
    positions = (edge for take in lane.takes for edge in (take.record.start, take.record.end))
    rate = edit_rate(positions, builder.rate, sample_rate)
    for channel in range(1, lane.channels + 1):
        heard = (take for take in lane.takes if channel <= take.channels)
        pieces = [_take_piece(media, take, channel, rate, lane.enabled) for take in heard]
        builder.add(lane.name, SOUND, rate, [piece for piece in pieces if piece.length > 0])


def _picture_piece(media: MediaMobs, take: Take, enabled: bool) -> Piece:
    rate = media.timeline.rate
    mob, slot = media.portrait(take)
    start, end = to_frame(take.record.start, rate), to_frame(take.record.end, rate)
    return Piece(start, end, mob, slot, to_frame(take.head_handle, rate), enabled=enabled)


def _take_piece(media: MediaMobs, take: Take, channel: int, rate: Fraction, enabled: bool) -> Piece:
    """``offset``: the head handle in whole edit units; what is left of it, the master mob skips to the sample."""
    head = to_sample(take.record.start, take.sample_rate) - take.file_range.samples(take.sample_rate)[0]
    offset = int(take.head_handle * rate // 1) if rate != take.sample_rate else head
    skipped = max(head - to_sample(offset / rate, take.sample_rate), 0)
    mob, slot = media.take(take, channel, skipped)
    start, end = to_frame(take.record.start, rate), to_frame(take.record.end, rate)
    return Piece(start, end, mob, slot, offset, enabled=enabled)
