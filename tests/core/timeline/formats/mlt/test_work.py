"""The work that reading an MLT project takes grows with what it holds, and not with its square."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from talkies.core.timeline.formats.mlt.reader import read_mlt

PROJECT = """<mlt><profile frame_rate_num="24" frame_rate_den="1"/><producer id="c" in="0" out="199">
<property name="resource">gone.mp4</property><property name="mlt_service">avformat</property>{more}</producer>
<playlist id="p"><entry producer="c" in="24" out="71"></entry></playlist>
<tractor id="t"><track producer="p"/></tractor></mlt>"""


def steps(call: Callable[[], object]) -> int:
    """How many lines of Python are gone through."""
    count = 0

    def trace(frame: FrameType, event: str, argument: object) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return count


def many_of_many(kind: str, count: int) -> str:
    """So many entries, or tracks, that show one thing with so many parts."""
    parts = '<property name="x">y</property><filter><property name="mlt_service">blur</property></filter>' * count
    mixes = '<transition in="0" out="9"><property name="kdenlive:mixcut">5</property></transition>' * count
    text = PROJECT.format(more=parts if kind == "producer" else "")
    entry, track = '<entry producer="c" in="24" out="71"></entry>', '<track producer="p"/>'
    if kind == "producer":
        return text.replace(entry, entry * count)
    if kind == "playlist":
        return text.replace(entry, entry + parts).replace(track, track * count)
    inner = f'<tractor id="u"><track producer="p"/>{mixes}</tractor>'
    outer = '<track producer="u"/>' * count
    return text.partition("<tractor")[0] + inner + f'<tractor id="t">{outer}</tractor></mlt>'


@pytest.mark.parametrize("kind", ["producer", "playlist", "mixes"])
def test_what_many_clips_show_is_looked_through_once(tmp_path: Path, kind: str) -> None:
    """Twice as much of both is twice the work, not four times."""
    work = []
    for count in (100, 200):
        (tmp_path / "many.mlt").write_text(many_of_many(kind, count))
        work.append(steps(lambda: read_mlt(tmp_path / "many.mlt")))
    assert work[1] < 2.5 * work[0]
