"""Hits: the moments of a film that its music meets.

timeline ─► cuts, markers or spots, first and last picture ─► hits, nearer ones made one
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal, get_args

from talkies.core.segment import Segment, Timeline
from talkies.core.times import TimeRange, frame_floor

HitKind = Literal["first", "last", "cut", "marker", "spot"]
HitChoice = Literal["cuts", "spots", "markers", "none"]
HIT_CHOICES: tuple[HitChoice, ...] = get_args(HitChoice)

NEAREST = Fraction(3, 25)  # s: what is nearer than this is one accent to a listener
_LAST_CHORD = (Fraction(4, 5), Fraction(4))  # s before the end: a cut there takes the last chord
_RING = Fraction(3, 2)  # s for the last chord where no cut takes it
_SHORT_SHOT = Fraction(1)  # s: cuts of a quick montage weigh less


@dataclass(frozen=True)
class Hit:
    """``time``: seconds from the first picture that is scored. ``weight``: 0 to 1, how much is lost if it is missed."""

    time: Fraction
    weight: float = 0.5
    kind: HitKind = "cut"
    name: str = ""


def hits_of(
    timeline: Timeline,
    choice: HitChoice = "cuts",
    span: TimeRange | None = None,
    spots: Sequence[tuple[Fraction, float, str]] = (),
) -> tuple[Hit, ...]:
    """The hits in a ``span`` of the timeline (the whole without one), counted from its start.

    ``spots``: timeline position (s), force 0 to 1, and words, for ``choice`` "spots". The first picture and the last
    chord are always hits.
    """
    span = span or TimeRange(Fraction(0), timeline.duration)
    if choice == "cuts":
        found = _cut_hits(timeline.segments)
    elif choice == "markers":
        found = _marker_hits(timeline)
    elif choice == "spots":
        found = [Hit(time, _between(force), "spot", words) for time, force, words in spots]
    else:
        found = []
    inside = [replace(hit, time=hit.time - span.start) for hit in found if span.start < hit.time < span.end]
    return with_ends(inside, span.duration, timeline.rate)


def with_ends(hits: Iterable[Hit], length: Fraction, rate: Fraction) -> tuple[Hit, ...]:
    """Hits in order, those that are nearly at once made one, with the first picture and the last chord.

    The last chord takes the latest hit that leaves it room to ring, or a frame before the end.
    """
    inside = [hit for hit in hits if 0 < hit.time < length]
    late = [hit for hit in inside if _LAST_CHORD[0] <= length - hit.time <= _LAST_CHORD[1]]
    ring = min(_RING, length / 3)
    last = late[-1].time if late else frame_floor(length - ring, rate) or length - ring
    ends = (Hit(Fraction(0), 1.0, "first"), Hit(last, 1.0, "last"))
    return merged((*ends, *(hit for hit in inside if hit.time < last)))


def merged(hits: Iterable[Hit]) -> tuple[Hit, ...]:
    """In order of time; of those nearer than ``NEAREST`` the heavier stays, and the first and the last always."""
    kept: list[Hit] = []
    for hit in sorted(hits, key=lambda each: (each.time, -_rank(each))):
        if not kept or hit.time - kept[-1].time >= NEAREST:
            kept.append(hit)
        elif _rank(hit) > _rank(kept[-1]):
            kept[-1] = hit
    return tuple(kept)


def _rank(hit: Hit) -> float:
    return hit.weight + (2 if hit.kind in ("first", "last") else 0)


def cuts_of(segments: Sequence[Segment]) -> tuple[Fraction, ...]:
    """Where the picture that is seen changes, in order (s): cuts beneath a higher track are hidden."""
    tracks = list(dict.fromkeys(segment.track for segment in segments))
    cuts: set[Fraction] = set()
    covered: list[TimeRange] = []
    for track in reversed(tracks):
        ranges = [segment.record for segment in segments if segment.track == track]
        edges = {edge for each in ranges for edge in (each.start, each.end)}
        cuts |= {edge for edge in edges if not any(over.start < edge < over.end for over in covered)}
        covered += ranges
    return tuple(sorted(cuts))


def _cut_hits(segments: Sequence[Segment]) -> list[Hit]:
    """A cut after a long shot weighs more than one of a quick montage."""
    names = {segment.record.start: segment.clip for segment in segments}
    hits = []
    before = Fraction(0)
    for cut in cuts_of(segments):
        weight = 0.4 if cut - before < _SHORT_SHOT else 0.6
        hits.append(Hit(cut, weight, "cut", names.get(cut, "")))
        before = cut
    return hits


def _marker_hits(timeline: Timeline) -> list[Hit]:
    from talkies.core.timeline.structure.flattening import notes_of

    if getattr(timeline.document, "tracks", None) is None:
        return []
    return [Hit(note.record.start, 0.9, "marker", note.text) for note in notes_of(timeline)]


def _between(force: float) -> float:
    return min(max(force, 0.05), 1.0)
