"""Stems: one continuous file for each track, takes at their places, all of one length and start."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from talkies.core.arrays import Samples
from talkies.core.credentials.signing import Signing
from talkies.core.media.wav.bwf import SAMPLE_RATE, write_bwf
from talkies.core.media.wav.ixml import Slate
from talkies.core.segment import Timeline
from talkies.core.takes.mixdown import piece_of, placed
from talkies.core.takes.saving import plain_name, time_reference
from talkies.core.timeline.formats.losses import counted
from talkies.core.timeline.structure.tracks import Lane
from talkies.core.turnover.span import Span


@dataclass(frozen=True)
class StemFile:
    """A lane as the file ``path``."""

    lane: Lane
    path: Path


def reel_name(timeline: Timeline) -> str:
    """What every file of a folder begins with: the timeline's name in plain letters."""
    return plain_name(timeline.name) or plain_name(timeline.path.stem) or "reel"


def write_stems(span: Span, lanes: Sequence[Lane], folder: Path, signing: Signing) -> tuple[StemFile, ...]:
    """A file for each lane, signed with its pops in it. Raises OutputError, MediaError."""
    files = [StemFile(lane, folder / f"{stem_name(span.timeline, lane)}.wav") for lane in lanes]
    for file in files:
        write_bwf(
            file.path,
            stem_blocks(span, file.lane),
            sample_rate=SAMPLE_RATE,
            channels=file.lane.channels,
            time_reference=time_reference(span.timeline, span.range.start),
            count=span.samples[1],
            description=f"{reel_name(span.timeline)} {file.lane.name}",
            originator_reference=file.path.stem,
            slate=_slate(span.timeline, file.lane),
        )
        signing.mix(file.path, "stem", file.lane.takes, span.timeline.segments)
    return tuple(files)


def _slate(timeline: Timeline, lane: Lane) -> Slate:
    note = f"continuous stem, {counted(len(lane.takes), 'take')}"
    track = f"{lane.stem} {lane.speaker}".strip()
    return Slate(timeline.name, reel_name(timeline), str(lane.number), note, track, timeline.rate, timeline.drop_frame)


def stem_name(timeline: Timeline, lane: Lane) -> str:
    """``REEL_DX_talkies_2``; of alternatives, which do not belong into the mix, ``REEL_DX_talkies_3_take02``."""
    name = f"{reel_name(timeline)}_{lane.name.replace(' ', '_')}"
    return name if lane.enabled else f"{name}_take{lane.number:02}"


def stem_blocks(span: Span, lane: Lane) -> Iterator[Samples]:
    """The lane from the span's first sample to its last, (C, n); to the bit as in the takes where nothing overlaps."""
    first, count = span.samples
    pieces = [*span.pop_pieces(lane.channels), *(piece_of(take, lane.channels) for take in lane.takes)]
    return placed(pieces, first, first + count, lane.channels)
