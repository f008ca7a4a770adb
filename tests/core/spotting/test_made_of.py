"""Whether a take is still of its list: what is heard counts, and where; what only people see of a row does not."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from talkies.core.segment import Segment
from talkies.core.spotting.made_of import described, sounds_otherwise
from talkies.core.spotting.spot import Spot
from talkies.core.times import TimeRange

S = Fraction
SHOT = Segment("V1-001", "walk.mov", "V1", TimeRange(S(10), S(14)), TimeRange(S(100), S(108)), S(25), S(2))
"""At double speed: second 102 of its medium is shown at second 11."""
WHOLE = TimeRange(S(9), S(15))

STEP = Spot("V1-001.01", "V1-001", S(102), S(102), words="footsteps", force=0.30000000001, x=0.2, confidence=0.4)
RAIN = Spot("V1-001.02", "V1-001", S(101), S(103) + S(1, 977), "sustained", words="rain")
FAR = Spot("V1-001.03", "V1-001", S(180), S(180))


def made(*spots: Spot) -> dict[str, Any]:
    """As it comes back from a sidecar, with what else is written there."""
    rows = {spot.id: described(spot) | {"by": "rules", "pick": "a.wav#1"} for spot in spots}
    return dict(json.loads(json.dumps(rows)))


def test_a_list_as_it_was_is_the_same() -> None:
    assert not sounds_otherwise(made(STEP, RAIN), [RAIN, STEP], SHOT, WHOLE)
    assert not sounds_otherwise({}, [], SHOT, WHOLE)


@pytest.mark.parametrize(
    "change",
    [
        {"time": S(103), "until": S(103)},
        {"words": "footsteps gravel"},
        {"avoid": "heels"},
        {"force": 0.31},
        {"x": None},
        {"roll": 1},
        {"source": "network"},
        {"file": "/sounds/step.wav"},
        {"kind": "sustained", "until": S(103)},
    ],
)
def test_what_is_heard_is_another_list(change: dict[str, Any]) -> None:
    assert sounds_otherwise(made(STEP, RAIN), [replace(STEP, **change), RAIN], SHOT, WHOLE)


@pytest.mark.parametrize(
    "change", [{"locked": True}, {"y": 0.9}, {"confidence": 1.0}, {"force": 0.3}, {"words": "footsteps "}]
)
def test_what_is_not_heard_counts_not(change: dict[str, Any]) -> None:
    """Nor do digits that no list has."""
    assert not sounds_otherwise(made(STEP, RAIN), [replace(STEP, **change), RAIN], SHOT, WHOLE)


def test_spots_count_where_they_are_heard() -> None:
    assert sounds_otherwise(made(STEP, RAIN), [STEP], SHOT, WHOLE)
    assert sounds_otherwise(made(STEP), [STEP, RAIN], SHOT, WHOLE)
    assert not sounds_otherwise(made(STEP), [STEP, FAR], SHOT, WHOLE)
    in_handle = replace(FAR, time=S(99), until=S(99))  # shown at 9.5 s
    assert sounds_otherwise(made(STEP), [STEP, in_handle], SHOT, WHOLE)
    assert not sounds_otherwise(made(STEP), [STEP, in_handle], SHOT, SHOT.record)


@pytest.mark.parametrize("row", [None, 7, [], "x", {"time": {"a": 1}}])
def test_rows_from_anywhere_are_another_list(row: Any) -> None:
    assert sounds_otherwise({STEP.id: row}, [STEP], SHOT, WHOLE)
