"""The spots that a take was made of, as its metadata has them, and whether the list says otherwise by now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from talkies.core.files.dataclass_json import as_json
from talkies.core.segment import Segment
from talkies.core.spotting.placing import record_ranges
from talkies.core.spotting.spot import Spot
from talkies.core.times import TimeRange

SPOTS = "spots"
"""In a take's metadata: what it was made of, by the id of each spot."""

_PLACE = ("id", "shot")
_UNHEARD = (*_PLACE, "y", "confidence", "locked")


def described(spot: Spot) -> dict[str, Any]:
    """A spot as metadata has it under its id, as far as it says something. Plain JSON."""
    return {
        each.name: as_json(getattr(spot, each.name))
        for each in fields(spot)
        if each.name not in _PLACE and getattr(spot, each.name) != each.default
    }


def made_of(spots: Iterable[Spot], segment: Segment, whole: TimeRange) -> dict[str, dict[str, Any]]:
    """The spots of a segment that are heard within ``whole`` (s on the timeline), as metadata has them under SPOTS."""
    return {spot.id: described(spot) for spot in spots if record_ranges(segment, spot, whole)}


def sounds_otherwise(made: Mapping[str, Any], spots: Iterable[Spot], segment: Segment, whole: TimeRange) -> bool:
    """Whether what ``spots`` say of ``whole`` (s on the timeline) is heard otherwise than what a take was ``made`` of:
    one was moved, edited, rolled again, added or removed. Where it is of no weight, such as a lock, it counts not."""
    now = {key: _heard(row) for key, row in made_of(spots, segment, whole).items()}
    return now != {str(key): _heard(row) for key, row in made.items()}


def _heard(row: Any) -> dict[str, str]:
    """What of a spot is heard, with as many digits as lists have."""
    if not isinstance(row, Mapping):
        return {}
    known = {each.name: each.default for each in fields(Spot) if each.name not in _UNHEARD}
    return {name: _digits(row.get(name, usual)) for name, usual in known.items()}


def _digits(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value).strip()
