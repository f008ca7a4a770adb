"""What is seen becomes spots: footsteps, where feet land."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from talkies.core.media.picture import Frame
from talkies.core.segment import Segment
from talkies.core.sight.following import followed
from talkies.core.sight.steps import Step, Track, steps_of
from talkies.core.spotting.placing import media_time
from talkies.core.spotting.spot import Ids, Spot

LINES = 432
"""Height of the pictures that are looked at (``picture_frames(segment, height=LINES)``)."""


def seen_spots(segment: Segment, frames: Iterable[Frame], ground: str = "") -> list[Spot]:
    """Footsteps of everybody in a segment's frames, in order of time; ``ground``: what they walk on, if it was said.

    Asks for the pulled networks: :func:`talkies.core.sight.files.what_is_missing` says whether they are there.
    """
    return spots_of_tracks(segment, followed(frames), ground)


def spots_of_tracks(segment: Segment, tracks: Sequence[Track], ground: str = "") -> list[Spot]:
    """The footsteps of several persons, in order of time."""
    steps = [(step, track.width) for track in tracks for step in steps_of(track)]
    ids, words = Ids(), f"footsteps {ground}".strip()
    return [
        _spot(segment, step, ids.new(segment.id), width, words)
        for step, width in sorted(steps, key=lambda each: each[0].time)
    ]


def _spot(segment: Segment, step: Step, name: str, width: float, words: str) -> Spot:
    time = media_time(segment, segment.record.start + Fraction(round(step.time * 1000), 1000))
    x, y = (min(max(value, 0.0), 1.0) for value in (step.x / width, step.y))
    return Spot(
        name, segment.id, time, time, force=round(step.force, 3), x=round(x, 3), y=round(y, 3), words=words,
        confidence=round(step.confidence, 3),
    )  # fmt: skip
