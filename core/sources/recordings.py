"""Spots by recordings: those of the user's library, cast for a whole list at once, and single files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from talkies.core.arrays import Sound
from talkies.core.library import PRE_ROLL_SAMPLES, Pick, Wanted, cast, hit_sound, open_library, sustained_blocks
from talkies.core.sources.chosen import Chosen

LEAD = PRE_ROLL_SAMPLES
"""Samples of a hit before its transient."""


def cast_list(
    chosen: Sequence[Chosen], seed: int, kept: Mapping[str, str] | None = None, left: Mapping[str, str] | None = None
) -> dict[str, Pick | None]:
    """A recording for each spot of a list that wants one, by its id. ``chosen`` in the order of time; ``kept``: names
    of the picks that spots had, ``left``: of those that they are not to have again. Raises MediaError for a file that
    cannot be read."""
    wanted = [_wanted(each, seed) for each in chosen if each.by in ("library", "file")]
    if not wanted:
        return {}
    with open_library() as library:
        return cast(library, wanted, kept, left)


def hit(pick: Pick, chosen: Chosen, blow_seed: int) -> Sound:
    """One hit, its transient at sample LEAD. Raises MediaError."""
    sound: Sound = hit_sound(pick, chosen.spot.force, blow_seed)[0]
    return sound


def going(pick: Pick, chosen: Chosen, samples: int, blow_seed: int) -> Iterator[Sound]:
    """Blocks of what goes on, together ``samples``. Raises MediaError."""
    return (block[0] for block in sustained_blocks(pick, samples, chosen.spot.force, blow_seed))


def _wanted(chosen: Chosen, seed: int) -> Wanted:
    spot = chosen.spot
    return Wanted(
        spot.id,
        chosen.words,
        "hit" if spot.kind == "hit" else "sustained",
        spot.force,
        spot.seed(seed),
        chosen.avoid,
        spot.file if chosen.by == "file" else "",
        float(spot.until - spot.time),
    )
