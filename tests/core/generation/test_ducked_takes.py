"""Takes of music that makes way for speech are twice as many: plan, bar, disk and resume know it; no engine does."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from engines import load_tones
from films import write_movie, write_reel
from signed import chunks

from talkies.core.engines.base import Engine
from talkies.core.errors import ArgumentError
from talkies.core.events import Event, Progress, TakeReady
from talkies.core.generation.planning.plan import plan_run
from talkies.core.generation.render import render
from talkies.core.generation.request import Request
from talkies.core.generation.take_orders import TakeRequest, make_takes
from talkies.core.segment import Take
from talkies.core.takes.run_folder import RunFolder
from talkies.core.timeline import read_timeline

SECTIONS = (Fraction(8), Fraction(8))  # s


@pytest.fixture(scope="module")
def reel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two shots of 8 s, a mood for each; somebody speaks in the first."""
    folder = tmp_path_factory.mktemp("reel")
    write_movie(folder / "film.mp4", 9)
    said = [(50, 100, "Who is there?"), (200, 225, "[music: hurry]")]
    return write_reel(folder / "reel.otio", ["film.mp4"] * 2, frames=200, cues=said)


def request_for(reel: Path, out: Path, takes: int = 2) -> Request:
    return Request(reel, out, task="music", prompt="lamento, solo piano", takes=takes, seed=4, handles=Fraction(1, 2))


def test_the_bar_goes_with_the_takes_and_is_full_at_the_end(reel: Path, tmp_path: Path) -> None:
    told: list[float] = []
    ready: list[tuple[float, Fraction]] = []

    def watch(progress: Progress) -> None:
        told.append(progress.fraction)

    for event in render(request_for(reel, tmp_path / "out.otio"), load_engine=load_tones, watch=watch):
        if isinstance(event, TakeReady):
            ready.append((told[-1], event.take.record.duration))
        if isinstance(event, Progress):
            told.append(event.fraction)
    assert told == sorted(told) and told[-1] == 1.0
    whole, done = 4 * sum(SECTIONS, Fraction(0)), Fraction(0)
    for share, duration in ready:
        assert done / whole - Fraction(1, 1000) <= share <= (done + duration) / whole + Fraction(1, 1000)
        done += duration
    assert len(ready) == 8 and done == whole


@pytest.mark.parametrize("suffix", [".otio", ".stems"])
def test_what_lies_on_the_disk_is_no_more_than_was_planned(
    reel: Path, tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Most of it when all is written and the takes, as they were before they were levelled, are not removed yet."""
    request, most = request_for(reel, tmp_path / f"out{suffix}"), 0
    planned = plan_run(read_timeline(reel), request).needed_bytes

    def watch(progress: Progress) -> None:
        nonlocal most
        most = max(most, lying(tmp_path))

    finish = RunFolder.finish

    def finished(run: RunFolder) -> None:
        nonlocal most
        most = max(most, lying(tmp_path))
        finish(run)

    monkeypatch.setattr(RunFolder, "finish", finished)
    for _ in render(request, load_engine=load_tones, watch=watch):
        most = max(most, lying(tmp_path))
    assert most <= planned <= 1.6 * most


def lying(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.rglob("*.*") if path.is_file() and path.suffix != ".otio")


@pytest.mark.parametrize("died_after", [1, 4])
def test_what_a_dead_worker_left_is_gone_on_with(reel: Path, tmp_path: Path, died_after: int) -> None:
    whole, parts = tmp_path / "whole", tmp_path / "parts"
    list(make_takes(TakeRequest(request_for(reel, whole)), load_engine=load_tones))
    first = make_takes(TakeRequest(request_for(reel, parts)), load_engine=load_tones)
    assert len(takes_until(first, died_after)) == died_after
    later = list(make_takes(TakeRequest(request_for(reel, parts), made=died_after), load_engine=load_tones))
    rest = [event.take for event in later if isinstance(event, TakeReady)]
    assert len(rest) == 8 - died_after
    assert contents(parts) == contents(whole)


def takes_until(events: object, count: int) -> list[Take]:
    """The first takes; then the run ends as if its process had."""
    found: list[Take] = []
    for event in events:  # type: ignore[attr-defined]
        if isinstance(event, TakeReady):
            found.append(event.take)
        if len(found) == count:
            events.close()  # type: ignore[attr-defined]
            break
    return found


def contents(folder: Path) -> dict[str, bytes]:
    """Sounds without their headers and credentials, and the papers."""
    files = [path for path in folder.iterdir() if path.suffix in (".wav", ".mid", ".csv")]
    return {path.name: chunks(path)[b"data"] if path.suffix == ".wav" else path.read_bytes() for path in files}


def no_engine(name: str, weights: Path | None, device: str) -> Engine:
    raise AssertionError("an engine was loaded")


@pytest.mark.parametrize("task", ["music", "background"])
def test_rules_alone_need_no_engine(reel: Path, tmp_path: Path, task: str) -> None:
    request = Request.from_mapping({"timeline": str(reel), "out": str(tmp_path / "out.otio"), "task": task})
    events: list[Event] = list(render(request, load_engine=no_engine))
    assert {event.take.stem for event in events if isinstance(event, TakeReady)} == {"MX" if task == "music" else "BG"}


def test_music_is_made_without_the_weights_of_an_engine(reel: Path, tmp_path: Path) -> None:
    """vssflow ships none, and loading it would say so."""
    out = tmp_path / "out.otio"
    list(render(Request(reel, out, task="music", engine="vssflow", takes=1)))
    assert out.is_file()
    with pytest.raises(ArgumentError, match="is not known"):
        list(render(Request(reel, tmp_path / "other.otio", task="music", engine="kazoo")))
