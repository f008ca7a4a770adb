"""A few kills of each kind, and some runs at once: always the same ones. ``python -m kills`` tries many."""

from __future__ import annotations

import importlib.util
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from kills.batching import Batching
from kills.batching import Case as BatchCase
from kills.campaign import Ground, ground
from kills.chains import Chains
from kills.generating import Case, Generating
from kills.panels import Panels, kept_counts
from kills.results import sound
from kills.together import Together
from kills.worker_log import Line, strokes
from kills.working import Working

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="nothing is killed there as kill -9 does, nor forked"),
]

EVENTS, SECONDS = 95, 3.0
"""File events and seconds of a run or more; a campaign measures them."""


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """Its server begins as a shell begins what runs behind it, deaf to Ctrl+C; the victims hear it all the same."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with ground(tmp_path_factory.mktemp("kills")) as made:
            signal.signal(signal.SIGINT, before)
            yield made
    finally:
        signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("number, when, end", [(signal.SIGKILL, 0.8, "signal 9"), (signal.SIGINT, 0.9, "exit 130")])
def test_generate_killed_late(place: Ground, number: signal.Signals, when: float, end: str) -> None:
    """While its takes replace those of an earlier run, or just before or after."""
    options = ("--seed", "0", "--takes", "1"), ("--seed", "1", "--takes", "1")
    generating = Generating(place)
    generating.lengths["talkies", "out.otio", "1"] = EVENTS, SECONDS
    assert generating.try_case(Case("out.otio", *options, (number,), when, by_event=True)) == []
    assert generating.figures.ends[end] == 1


def test_a_worker_killed(place: Ground) -> None:
    working = Working(place)
    working.lengths["make 2"] = EVENTS, SECONDS
    figures = working.run(1, seed=3)
    assert figures.ends["signal 9"] == 1 and not figures.findings


@pytest.mark.skipif(importlib.util.find_spec("PySide6") is None, reason="there is no panel without Qt")
def test_a_panel_killed(place: Ground) -> None:
    panels = Panels(place)
    panels.length = EVENTS, SECONDS
    figures = panels.run(1, seed=5)
    assert figures.cases == 1 and not figures.findings


WAITING = ["V1-001 waiting", "V1-002 waiting"], ["V1-001 running", "V1-002 waiting"], ["V1-001 done", "V1-002 running"]


@pytest.mark.parametrize(
    ("told", "killed", "left"),
    [
        ((), {0, 2}, {0}),
        (WAITING[:1], {1, 2}, {2}),
        (WAITING, {0, 1}, {1}),
        ((*WAITING, ["V1-001 done", "V1-002 done"]), {0}, {0}),
    ],
)
def test_how_many_jobs_may_come_back(told: tuple[list[str], ...], killed: set[int], left: set[int]) -> None:
    """What a killed panel told of was on the disk, and perhaps one change more."""
    assert kept_counts(list(told), left=False) == killed
    assert kept_counts(list(told), left=True) == left


@pytest.mark.parametrize(
    ("victim", "when", "end"), [("batch", 0.6, "batch signal 9"), ("worker", 0.5, "worker exit 1")]
)
def test_a_batch_killed(place: Ground, victim: str, when: float, end: str) -> None:
    """Or one of its workers, in the middle of its files."""
    batching = Batching(place)
    options = ("--seed", "1", "--takes", "1", "--workers", "1")
    case = BatchCase(None, options, False, victim, (signal.SIGKILL,), when, by_event=True)
    assert batching.try_case(case) == []
    assert batching.figures.ends[end] == 1


def test_a_batch_killed_until_it_is_done(place: Ground) -> None:
    chains = Chains(place, reels=2)
    figures = chains.run(1, seed=2)
    assert not figures.findings
    assert figures.cases > 1 and figures.ends["kills after a take was begun"] > 0
    assert chains.jobs - figures.cases <= figures.ends["takes finished"] <= chains.jobs


def test_a_kill_counts_where_a_process_was_struck_and_did_not_get_through() -> None:
    told = ((1, "begun"), (1, "struck"), (2, "begun"), (2, "struck"), (2, "making"), (2, "struck"), (3, "struck"))
    lines = [Line(pid, word) for pid, word in told]
    assert strokes(lines) == (3, 1)
    assert strokes([*lines, Line(1, "ended", "130"), Line(3, "ended", "0")]) == (2, 0)


def test_two_runs_at_once(place: Ground) -> None:
    figures = Together(place).run(1, seed=12)
    assert figures.ends["done"] >= 1 and not figures.findings


def test_what_is_not_whole_is_noticed(tmp_path: Path, place: Ground) -> None:
    """The judge of all this can say no."""
    users = place.lay("out.otio")
    place.run("talkies", ["generate", "reel.otio", "-o", "out.otio"])
    whole = next(path for path in (place.place / "out.takes").iterdir() if path.name.endswith("ANNA_t01.wav"))
    cut = tmp_path / "cut.wav"
    cut.write_bytes(whole.read_bytes()[:-100])
    assert sound(whole)[0] > 0
    with pytest.raises(ValueError, match="not a whole WAV"):
        sound(cut)
    assert not users.harmed()
    (place.place / "notes.txt").unlink()
    (place.place / "precious" / "thesis.docx").write_bytes(b"other")
    assert len(users.harmed()) == 2
