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
    shape = [1.0]  # width in heights
    return spots_of_tracks(segment, followed(_measured(frames, shape)), shape[0], ground)


def _measured(frames: Iterable[Frame], shape: list[float]) -> Iterable[Frame]:
    for frame in frames:
        shape[0] = frame.image.shape[1] / frame.image.shape[0]
        yield frame


def spots_of_tracks(segment: Segment, tracks: Sequence[Track], aspect: float, ground: str = "") -> list[Spot]:
    """``aspect``: the picture's width over its height."""
    steps = sorted((step for track in tracks for step in steps_of(track)), key=lambda step: step.time)
    ids, words = Ids(), f"footsteps {ground}".strip()
    return [_spot(segment, step, ids.new(segment.id), aspect, words) for step in steps]


def _spot(segment: Segment, step: Step, name: str, aspect: float, words: str) -> Spot:
    time = media_time(segment, segment.record.start + Fraction(round(step.time * 1000), 1000))
    x, y = (min(max(value, 0.0), 1.0) for value in (step.x / aspect, step.y))
    return Spot(
        name, segment.id, time, time, force=round(step.force, 3), x=round(x, 3), y=round(y, 3), words=words,
        confidence=round(step.confidence, 3),
    )  # fmt: skip
