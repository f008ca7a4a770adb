"""Tracks of an AAF composition: slots that hold one sequence each, fillers where nothing plays, dissolves, markers.

    slot "TC1"  PhysicalTrackNumber 1   Timecode
    slot "V1"   edit rate 24/1          [ SourceClip ][ Filler ][ SourceClip ]
    slot "DX talkies"  edit rate 24/1   [ Filler ][ SourceClip ]

A track counts in the timeline's frames if all its cuts lie on them, which Media Composer asks for; else in samples,
which Pro Tools and Resolve take as well. So no cut is ever moved by more than half a sample.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.timeline.formats.aaf.media import rational
from talkies.core.timeline.structure.flattening import PICTURE, FlatMix, Note
from talkies.core.times import to_frame

_SPEED = ("9d2ea890-0968-11d3-8a38-0050040ef7d2", "Motion Control")
_SPEED_RATIO = ("72559a80-24d7-11d3-8a50-0050040ef7d2", "SpeedRatio")
_DISSOLVES = {
    "picture": ("0c3bea40-fc05-11d2-8a29-0050040ef7d2", "Video Dissolve"),
    "sound": ("0c3bea41-fc05-11d2-8a29-0050040ef7d2", "Audio Dissolve"),
}
_FULL = 0xFFFF
_COLORS = {
    "RED": (_FULL, 0, 0),
    "GREEN": (0, _FULL, 0),
    "BLUE": (0, 0, _FULL),
    "BLACK": (0, 0, 0),
    "WHITE": (_FULL, _FULL, _FULL),
    "YELLOW": (_FULL, _FULL, 0),
    "CYAN": (0, _FULL, _FULL),
    "MAGENTA": (_FULL, 0, _FULL),
    "ORANGE": (_FULL, 0x8000, 0),
    "PURPLE": (0x8000, 0, _FULL),
    "PINK": (_FULL, 0x9000, 0xB000),
}


@dataclass(frozen=True)
class Piece:
    """A clip in edit units of its track: where it plays, and of which slot of which mob; None for filler.

    ``offset``: into the mob; ``used``: units of it that are played, which a retime makes other than the length.
    """

    start: int
    end: int
    mob: Any = None
    slot: int = 0
    offset: int = 0
    speed: Fraction = Fraction(1)
    enabled: bool = True

    @property
    def length(self) -> int:
        return self.end - self.start

    def can_lend(self, before: int) -> bool:
        """Whether a transition may take ``before`` units more of it."""
        return self.mob is None or (self.speed == 1 and self.enabled and self.offset >= before)


def edit_rate(positions: Iterable[Fraction], rate: Fraction, sample_rate: int = SAMPLE_RATE) -> Fraction:
    """The timeline's rate when every position (s) is a whole frame, else the sample rate."""
    whole = all((position * rate).denominator == 1 for position in positions)
    return rate if whole else Fraction(sample_rate)


@dataclass
class TrackBuilder:
    """Adds slots to one composition mob; ``rate``: that of the timeline."""

    file: Any
    composition: Any
    rate: Fraction

    def add(self, name: str, kind: str, rate: Fraction, pieces: Sequence[Piece], mixes: Sequence[FlatMix] = ()) -> Any:
        """A track; ``kind`` as in flat tracks, times of ``pieces`` in units of ``rate``."""
        media_kind = "picture" if kind == PICTURE else "sound"
        slot = self.composition.create_empty_sequence_slot(
            f"{rate.numerator}/{rate.denominator}", media_kind=media_kind
        )
        slot.name = name
        slot["PhysicalTrackNumber"].value = self._tracks_of(slot.media_kind)
        cells = _with_fillers(pieces)
        cuts = _cuts(cells, mixes, rate)
        for index, cell in enumerate(cells):
            before, _ = cuts.get(index, (0, 0))
            _, after = cuts.get(index + 1, (0, 0))
            if index in cuts:
                slot.segment.components.append(self._mix(media_kind, *cuts[index]))
            slot.segment.components.append(self._cell(media_kind, cell, before, after))
        slot.segment.length = cells[-1].end if cells else 0
        return slot

    def _tracks_of(self, media_kind: str) -> int:
        return sum(slot.media_kind == media_kind for slot in self.composition.slots)

    def _cell(self, kind: str, cell: Piece, before: int, after: int) -> Any:
        length = cell.length + before + after
        if cell.mob is None:
            return self.file.create.Filler(kind, length)
        used = max(round(cell.length * abs(cell.speed)), 1) if cell.speed != 1 else length
        clip = self.file.create.SourceClip(start=cell.offset - before, length=used, media_kind=kind)
        clip.mob_id, clip.slot_id = cell.mob.mob_id, cell.slot
        if cell.speed != 1:
            clip = self._retimed(clip, kind, length, cell.speed)
        return clip if cell.enabled else self._muted(clip, kind, length)

    def _muted(self, clip: Any, kind: str, length: int) -> Any:
        """As Avid mutes a clip: silence is selected, and the clip is the alternative."""
        selector = self.file.create.Selector(media_kind=kind, length=length)
        selector["Selected"].value = self.file.create.Filler(kind, length)
        selector["Alternates"].append(clip)
        return selector

    def _retimed(self, clip: Any, kind: str, length: int, speed: Fraction) -> Any:
        """Speed control: the ratio is output over input; a freeze has that of its length, as Avid writes it."""
        operation = self._operation(kind, *_SPEED, inputs=1)  # before: the library's factory makes what was named last
        group = self.file.create.OperationGroup(operation, length, kind)
        ratio = 1 / speed if speed else Fraction(length)
        definition = self._parameter(*_SPEED_RATIO)
        group.parameters.append(self.file.create.ConstantValue(definition, rational(ratio)))
        group.segments.append(clip)
        return group

    def _mix(self, kind: str, before: int, after: int) -> Any:
        transition = self.file.create.Transition(kind, before + after)
        transition.cutpoint = before
        operation = self._operation(kind, *_DISSOLVES[kind], inputs=2)
        transition["OperationGroup"].value = self.file.create.OperationGroup(operation, before + after, kind)
        return transition

    def _operation(self, kind: str, identity: str, name: str, inputs: int) -> Any:
        known = {str(each.auid): each for each in self.file.dictionary["OperationDefinitions"].value or ()}
        if identity in known:
            return known[identity]
        operation = self.file.create.OperationDef(identity, name, "")
        operation.media_kind = kind
        operation["IsTimeWarp"].value = inputs == 1
        operation["Bypass"].value = 1 if inputs == 2 else 0
        operation["NumberInputs"].value = inputs
        operation["OperationCategory"].value = "OperationCategory_Effect"
        self.file.dictionary.register_def(operation)
        return operation

    def _parameter(self, identity: str, name: str) -> Any:
        known = {str(each.auid): each for each in self.file.dictionary["ParameterDefinitions"].value or ()}
        if identity in known:
            return known[identity]
        definition = self.file.create.ParameterDef(identity, name, "", self.file.dictionary.lookup_typedef("Rational"))
        self.file.dictionary.register_def(definition)
        return definition

    def add_notes(self, notes: Sequence[Note], described: Any) -> None:
        """Markers, all on the slot ``described``."""
        number = 1 + max(slot.slot_id for slot in self.composition.slots)
        slot = self.file.create.EventMobSlot(number)
        slot.name = "Markers"
        slot.edit_rate = rational(self.rate)
        slot["PhysicalTrackNumber"].value = 1
        slot.segment = sequence = self.file.create.Sequence(media_kind="DescriptiveMetadata")
        self.composition.slots.append(slot)
        for note in notes:
            marker = self.file.create.DescriptiveMarker()
            marker["Position"].value = to_frame(note.record.start, self.rate)
            marker["Length"].value = max(to_frame(note.record.duration, self.rate), 1)
            marker["Comment"].value = note.text
            marker["DescribedSlots"].value = {described.slot_id}
            color = zip(("red", "green", "blue"), _COLORS.get(note.color.upper(), _COLORS["RED"]), strict=True)
            marker["CommentMarkerColor"].value = dict(color)
            sequence.components.append(marker)


def _with_fillers(pieces: Sequence[Piece]) -> list[Piece]:
    cells, position = [], 0
    for piece in pieces:
        if piece.start > position:
            cells.append(Piece(position, piece.start))
        cells.append(piece)
        position = piece.end
    return cells


def _cuts(cells: Sequence[Piece], mixes: Sequence[FlatMix], rate: Fraction) -> dict[int, tuple[int, int]]:
    """Index of the cell after a transition → how far it reaches before and after the cut, where material allows."""
    starts = {cell.start: index for index, cell in enumerate(cells) if index}
    found = {}
    for mix in mixes:
        index = starts.get(to_frame(mix.cut, rate))
        before, after = to_frame(mix.before, rate), to_frame(mix.after, rate)
        if index is None or before + after <= 0:
            continue
        out, new = cells[index - 1], cells[index]
        if out.can_lend(0) and new.can_lend(before) and out.length > before and new.length > after:
            found[index] = (before, after)
    return found
