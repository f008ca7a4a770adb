"""Saved values come back as they were; what is of another kind, or beyond all bounds, is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from talkies.core.files.dataclass_json import as_json, from_json


@dataclass(frozen=True)
class Level:
    level_db: float = 0.0


@pytest.mark.parametrize("value", [0.0, -3.5, 7, 1e308])
def test_a_number_comes_back(value: float) -> None:
    assert from_json(Level, as_json(Level(value))) == Level(value)


@pytest.mark.parametrize("value", [10**400, -(10**400), float("inf"), float("nan"), True, "1", None, [1.0]])
def test_what_is_no_number_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="is not of type float"):
        from_json(Level, {"level_db": value})
