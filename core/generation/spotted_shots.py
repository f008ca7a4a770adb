"""Spotting shots one after the other: each is looked at, and what sounds in it becomes spots."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction

from talkies.core.conditioning.prompt.vocabulary import read_prompt
from talkies.core.engines.base import Engine
from talkies.core.errors import InputError
from talkies.core.media.handles import HANDLE
from talkies.core.segment import Segment, Timeline
from talkies.core.sight.files import what_is_missing
from talkies.core.spotting.marked import marked_words
from talkies.core.spotting.spot import Ids, Spot
from talkies.core.spotting.spotter import STEPS, spots_of_shot


def spotted_shots(
    timeline: Timeline,
    segments: Sequence[Segment],
    engine: Engine,
    ids: Ids,
    prompt: str,
    on_share: Callable[[float, str], None],
    on_warning: Callable[[str], None],
) -> Iterator[list[Spot]]:
    """The spots of each segment, in order. ``on_share``: how much of all is done, 0 to 1, and what is looked at.

    Raises ArgumentError for an engine that does not spot. A picture that cannot be read is a warning.
    """
    from talkies.core.conditioning.picture.look import look_at

    markers, prompt, missing = marked_words(timeline), prompt.strip(), what_is_missing()
    if missing and STEPS in read_prompt(prompt).words:
        on_warning(missing)
    for number, segment in enumerate(segments):
        first, message = number / len(segments), f"analysing {segment.clip}"
        on_share(first, message)

        def share(part: Fraction, first: float = first, message: str = message) -> None:
            on_share(first + float(part) / len(segments), message)

        look = look_at(segment, HANDLE, mouth=False, on_share=share, on_warning=on_warning)
        if look.problem is not None:
            on_warning(str(look.problem))
        own = [each for each in markers if segment.record.start <= each.span.start < segment.record.end]
        steps = _steps(segment, on_warning) if not missing and look.problem is None else []
        yield spots_of_shot(engine, look, ids, prompt, own, steps)


def _steps(segment: Segment, on_warning: Callable[[str], None]) -> list[Spot]:
    """Footsteps that the networks of sight see; what fails there is told, and nothing else."""
    from talkies.core.media.picture import picture_frames
    from talkies.core.sight.seen import LINES, seen_spots

    try:
        return seen_spots(segment, picture_frames(segment, height=LINES))
    except InputError as error:
        on_warning(str(error))
        return []
