"""A film in one piece is cut by the run that gives it sound: each shot has takes of its own, exactly as long as it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import cv2
import pytest
from engines import load_tones
from reels import RATE, card, shot, write

from talkies.core.errors import ArgumentError, OutputError
from talkies.core.events import Event, Finished, Warned
from talkies.core.generation.made_takes import made_takes
from talkies.core.generation.redo import redo
from talkies.core.generation.render import render
from talkies.core.generation.request import Request
from talkies.core.segment import Take
from talkies.core.timeline import read_timeline
from talkies.core.timeline.our_tracks import our_tracks
from talkies.plugin.cli import main

CUTS = [Fraction(0), Fraction(40, RATE), Fraction(76, RATE), Fraction(96, RATE)]
"""Where the film's three shots begin, the second of them a title card, and where it ends."""


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    frames = [*shot(11, 40), *card(["But when the night", "had come"], 36), *shot(13, 20)]
    return write(tmp_path_factory.mktemp("film") / "film.mkv", frames)


def request_for(film: Path, out: Path, **options: object) -> Request:
    request = Request(film, out, task="foley", background="off", handles=Fraction(0), shots="detect")
    return replace(request, **options)  # type: ignore[arg-type]


def run(request: Request) -> tuple[list[Event], tuple[Take, ...]]:
    events = list(render(request, load_engine=load_tones))
    assert isinstance(events[-1], Finished)
    return events, events[-1].takes


def test_each_shot_has_its_take_and_the_timeline_its_cuts(film: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.otio"
    events, takes = run(request_for(film, out))
    assert [(take.record.start, take.record.end) for take in takes] == list(pairwise(CUTS))
    assert [take.is_silent for take in takes] == [False, True, False]
    assert any("cut into 3 shots, 1 title card" in each.sentence for each in events if isinstance(each, Warned))
    written = read_timeline(out, film.parent)
    assert [each.record.start for each in written.segments] == CUTS[:-1]
    assert [each.id for each in written.segments] == [take.segment_id for take in takes]
    _, (one,) = run(request_for(film, out, segments=(takes[2].segment_id,), seed=7))
    assert one.record == takes[2].record
    assert [each.path for each in made_takes(out)] == [takes[0].path, one.path]
    assert {each.is_same for each in redo(made_takes(out), load_engine=load_tones)} == {True}


def test_a_bare_film_is_cut_unasked_and_a_timeline_is_not(film: Path, tmp_path: Path) -> None:
    def starts_in(timeline: Path, out: str, *options: str) -> list[Fraction]:
        command = ["generate", str(timeline), "-o", str(tmp_path / out), "--task", "background", *options]
        assert main(command) == 0
        return [each.record.start for each in read_timeline(tmp_path / out, film.parent).segments]

    assert starts_in(film, "cut.otio") == CUTS[:-1]
    assert starts_in(film, "whole.otio", "--shots", "none") == CUTS[:1]
    assert starts_in(tmp_path / "whole.otio", "again.otio") == CUTS[:1]
    assert starts_in(tmp_path / "whole.otio", "cut_again.otio", "--shots", "detect") == CUTS[:-1]


def test_takes_for_the_whole_film_are_not_cut_away(film: Path, tmp_path: Path) -> None:
    """An output made with a list, or before films were cut unasked, stays as it is until somebody asks for shots."""
    out = tmp_path / "out.otio"
    _, (whole,) = run(request_for(film, out, task="background", background="auto", shots="none"))
    _, (again,) = run(request_for(film, out, shots="auto"))
    assert again.record == whole.record
    written = read_timeline(out, film.parent)
    assert {track.name for track in our_tracks(written)} >= {"BG talkies", "FX talkies"}
    assert [each.record.start for each in written.segments] == CUTS[:1]
    _, takes = run(request_for(film, out, shots="auto", replace=True))
    assert [take.record.start for take in takes] == CUTS[:-1]


def test_a_list_speaks_of_the_film_as_it_is(film: Path, tmp_path: Path) -> None:
    listed = tmp_path / "list.csv"
    assert main(["spot", str(film), "-o", str(listed)]) == 0
    out = tmp_path / "listed.otio"
    assert main(["generate", str(film), "-o", str(out), "--task", "background", "--spots", str(listed)]) == 0
    assert [each.record.start for each in read_timeline(out, film.parent).segments] == CUTS[:1]


def test_cuts_may_come_from_another_timeline(film: Path, tmp_path: Path) -> None:
    """Of which the card is no shot."""
    assert main(["shots", str(film), "-o", str(tmp_path / "cuts.otio")]) == 0
    _, takes = run(request_for(film, tmp_path / "out.otio", shots=str(tmp_path / "cuts.otio")))
    assert [take.record.start for take in takes] == CUTS[:-1]


def test_what_would_lose_the_cuts_is_refused(film: Path, tmp_path: Path) -> None:
    assert main(["shots", str(film), "-o", str(tmp_path / "cut.fcpxml")]) == 0
    with pytest.raises(OutputError, match="uncut"):
        run(request_for(tmp_path / "cut.fcpxml", tmp_path / "out.fcpxml"))
    with pytest.raises(ArgumentError, match="no file"):
        request_for(film, tmp_path / "out.otio", shots="detekt")
    with pytest.raises(ArgumentError, match="rate of its own"):
        run(request_for(tmp_path / "cut.fcpxml", tmp_path / "out.otio", rate=Fraction(18)))


def test_a_sequence_runs_at_the_rate_that_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "scan").mkdir()
    for number, picture in enumerate([*shot(11, 12), *shot(12, 12)]):
        cv2.imwrite(str(tmp_path / "scan" / f"f_{number:04}.png"), picture)
    request = request_for(tmp_path / "scan", tmp_path / "out.otio", rate=Fraction(18))
    _, takes = run(request)
    assert [take.record.start for take in takes] == [0, Fraction(12, 18)]
    assert read_timeline(tmp_path / "out.otio").rate == 18
