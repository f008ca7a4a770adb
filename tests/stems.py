"""Stems for takes that a test saves by itself."""

from __future__ import annotations

from collections.abc import Sequence

from talkies.core.segment import Cue, Segment, Stem, StemName
from talkies.core.times import TimeRange


def stem_of(
    segment: Segment,
    name: StemName = "FX",
    *,
    record: TimeRange | None = None,
    spoken: Sequence[TimeRange] | None = None,
    speaker: str = "",
) -> Stem:
    """``record``: the whole segment unless given; ``spoken``: it is dialogue, and silent outside of these ranges."""
    cues = tuple(Cue(span, "words", speaker=speaker) for span in spoken or ())
    return Stem(segment, "joint" if spoken is None else "dialogue", name, record or segment.record, cues, speaker)
