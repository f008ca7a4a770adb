"""The way of a request to the first segment stays short enough to be walked (docs/architecture.md)."""

from __future__ import annotations

from pathlib import Path

from benchmarks.stops import walk

MOST = 15


def test_a_request_reaches_the_engine_within_fifteen_stops(tmp_path: Path) -> None:
    found = walk(tmp_path)
    assert found.stops[0] == "core/generation/render.py: render"
    assert "core/engines/base.py: load_engine" in found.stops
    assert len(found.stops) <= MOST, "\n".join(found.stops)
    assert set(found.stops) <= set(found.every)
