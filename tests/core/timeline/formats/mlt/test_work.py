"""The work that reading an MLT project takes grows with what it holds, and not with its square."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from talkies.core.errors import TimelineError
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


def remapped(count: int, keys: int, last: int, effect: str = "") -> str:
    """So many entries of a chain with so many keyframes, one every ten seconds, to and fro."""
    rows = ";".join(f"{240 * key}={10 * key + 3 * (key % 2)}" for key in range(keys))
    link = f'<link><property name="mlt_service">timeremap</property><property name="time_map">{rows}</property></link>'
    text = PROJECT.format(more=link).replace("producer id", "chain id").replace("</producer>", "</chain>")
    entry = '<entry producer="c" in="24" out="71"></entry>'
    shown = f'<entry producer="c" in="216" out="{last}">{effect}</entry>'
    return text.replace(entry, shown * count)


FREEZE = """<filter in="220" out="230"><property name="mlt_service">freeze</property>
<property name="frame">10</property></filter>"""


@pytest.mark.parametrize("effect", ["", FREEZE], ids=["", "frozen"])
def test_of_a_remap_each_clip_goes_through_what_it_shows(tmp_path: Path, effect: str) -> None:
    """Not through the rest of it, however many clips there are."""
    work = []
    for count in (100, 200):
        (tmp_path / "many.mlt").write_text(remapped(count, 4 * count, 263, effect))
        work.append(steps(lambda: read_mlt(tmp_path / "many.mlt")))
    assert work[1] < 2.5 * work[0]


def test_many_clips_that_show_all_of_a_long_remap_are_refused(tmp_path: Path) -> None:
    (tmp_path / "many.mlt").write_text(remapped(300, 1500, 240 * 1500))
    with pytest.raises(TimelineError, match="change their speeds more often than anybody sets"):
        read_mlt(tmp_path / "many.mlt")


@pytest.mark.parametrize("kind", ["producer", "playlist", "mixes"])
def test_what_many_clips_show_is_looked_through_once(tmp_path: Path, kind: str) -> None:
    """Twice as much of both is twice the work, not four times."""
    work = []
    for count in (100, 200):
        (tmp_path / "many.mlt").write_text(many_of_many(kind, count))
        work.append(steps(lambda: read_mlt(tmp_path / "many.mlt")))
    assert work[1] < 2.5 * work[0]
