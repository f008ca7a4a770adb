"""A run that ended early goes on: the result of both is that of one that was left alone."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from engines import TonesEngine, load_tones

from talkies.core.arrays import Sound
from talkies.core.engines.base import Engine, Prepared
from talkies.core.errors import CancelledError, OutputError
from talkies.core.events import Event, Finished, TakeReady, Warned
from talkies.core.files.dataclass_json import as_json
from talkies.core.generation.render import render
from talkies.core.generation.request import Request
from talkies.core.generation.resume import Resume
from talkies.core.media.sound import read_sound
from talkies.core.segment import Segment, Stem, Take
from talkies.core.times import TimeRange
from talkies.plugin.cli import main

SECOND = TimeRange(Fraction(0), Fraction(1))


class Counting(TonesEngine):
    """Counts what it makes."""

    def __init__(self) -> None:
        super().__init__()
        self.made = 0

    def generate(self, prepared: Prepared, **options: Any) -> Iterator[Sound]:
        self.made += 1
        yield from super().generate(prepared, **options)


def request_for(reel: Path, **options: object) -> Request:
    return replace(Request(reel, reel.with_name("out.otio"), background="off", handles=Fraction(0)), **options)  # type: ignore[arg-type]


def run(request: Request, engine: Engine | None = None) -> list[Event]:
    return list(render(request, load_engine=load_tones if engine is None else lambda *_: engine))


def stopped_after(request: Request, takes: int) -> None:
    """Stopped as Ctrl+C does, when so many takes are finished."""
    story = render(request, load_engine=load_tones)
    while takes:
        takes -= isinstance(next(story), TakeReady)
    story.close()  # type: ignore[attr-defined]


def killed_after(request: Request, takes: int) -> None:
    """Stopped, and what it has left put where a killed run leaves it."""
    stopped_after(request, takes)
    final = request.out.with_name("out.takes")
    final.rename(final.with_name("out.takes.part"))


def cut_off_after(request: Request, takes: int) -> None:
    """Killed while takes of an earlier run lie in their place: all files stay as they were at that moment."""
    story, folder = render(request, load_engine=load_tones), request.out.parent
    while takes:
        takes -= isinstance(next(story), TakeReady)
    then = Path(shutil.copytree(folder, folder.with_name(f"{folder.name}, then")))
    story.close()  # type: ignore[attr-defined]
    shutil.rmtree(folder)
    then.rename(folder)


def result(events: list[Event]) -> list[tuple[Any, bytes]]:
    """What a run says of its takes but for when they were made, and their samples."""
    assert isinstance(events[-1], Finished)
    return [(as_json(take), read_sound(take.path, mono=False).tobytes()) for take in events[-1].takes]


def told(events: list[Event]) -> str:
    return " ".join(event.sentence for event in events if isinstance(event, Warned))


def names(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture
def undisturbed(reel: Path) -> tuple[list[tuple[Any, bytes]], set[str], str]:
    """What a run of two takes a stem gives, the files it leaves, and its timeline; then all of it is removed."""
    found = result(run(request_for(reel, takes=2)))
    files, text = names(reel.parent), reel.with_name("out.otio").read_text()
    reel.with_name("out.otio").unlink()
    for path in reel.with_name("out.takes").iterdir():
        path.unlink()
    reel.with_name("out.takes").rmdir()
    return found, files, text


@pytest.mark.parametrize("end", [stopped_after, killed_after])
def test_finished_takes_are_kept_and_the_result_is_that_of_one_run(reel: Path, undisturbed: Any, end: Any) -> None:
    request = request_for(reel, takes=2)
    end(request, 3)  # both of the first line, and the first of the first effects
    end(request, 4)  # goes on, and is stopped again: one more was made
    engine = Counting()
    events = run(request, engine)
    assert engine.made == 4
    assert "4 takes kept from the run before" in told(events)
    assert (result(events), names(reel.parent), reel.with_name("out.otio").read_text()) == undisturbed


@pytest.mark.parametrize("ends", [(stopped_after, cut_off_after), (cut_off_after, stopped_after, cut_off_after)])
def test_no_copies_stay_of_takes_that_were_kept_more_than_once(reel: Path, undisturbed: Any, ends: Any) -> None:
    request = request_for(reel, takes=2)
    for takes, end in enumerate(ends, start=2):
        end(request, takes)
    stopped_after(request, 5)
    events = run(request)
    assert "5 takes kept from the run before" in told(events) and "holds" not in told(events)
    assert (result(events), names(reel.parent), reel.with_name("out.otio").read_text()) == undisturbed


@pytest.mark.parametrize("end", [stopped_after, killed_after])
def test_another_seed_numbers_its_takes_anew(reel: Path, end: Any, tmp_path: Path) -> None:
    """Though the second take of the one sounds as the first of the other: takes of one stem have names of their own."""
    end(request_for(reel, seed=0, takes=3, segments=("V1-001",)), 3)
    made = run(request_for(reel, seed=1, takes=3, segments=("V1-001",), replace=True))
    assert isinstance(made[-1], Finished)
    fresh = run(request_for(reel, seed=1, takes=3, segments=("V1-001",), out=tmp_path / "fresh" / "out.otio"))
    assert isinstance(fresh[-1], Finished)
    assert [take.name for take in made[-1].takes] == [take.name for take in fresh[-1].takes]
    assert [take.metadata["seed"] for take in made[-1].takes] == [take.metadata["seed"] for take in fresh[-1].takes]


def test_silent_takes_are_finished_too(reel: Path) -> None:
    """Nobody speaks in a film without motion; its effects are silence, which counts."""

    class Silent(Counting):
        def sound(self, prepared: Any, **options: Any) -> Iterator[Sound]:
            yield from (block * 0 for block in super().sound(prepared, **options))

    request = request_for(reel, task="foley")
    story = render(request, load_engine=lambda *_: Silent())
    assert next(event for event in story if isinstance(event, TakeReady)).take.is_silent
    story.close()  # type: ignore[attr-defined]
    engine = Silent()
    run(request, engine)
    assert engine.made == 1


@pytest.mark.parametrize(
    "change", [{"seed": 1}, {"steps": 3}, {"loudness": "none"}, {"handles": Fraction(1)}, {"anew": True}]
)
def test_what_would_sound_otherwise_is_made_anew(reel: Path, change: dict[str, object]) -> None:
    stopped_after(request_for(reel, task="foley"), 1)
    engine = Counting()
    events = run(request_for(reel, task="foley", **change), engine)
    assert engine.made == 2 and "kept from" not in told(events)
    assert not [name for name in names(reel.parent) if name.endswith(".made.json")]


def test_another_picture_is_another_take(reel: Path) -> None:
    stopped_after(request_for(reel, task="foley"), 1)
    film = reel.with_name("film.mp4")
    film.write_bytes(film.read_bytes() + b"\0")
    engine = Counting()
    run(request_for(reel, task="foley"), engine)
    assert engine.made == 2


def test_the_command_line_goes_on_from_what_an_editor_asked_a_worker_for(
    reel: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = {"timeline": str(reel), "out": str(reel.with_name("out.otio")), "task": "foley"}
    killed_after(Request.from_mapping(asked), 1)
    assert main(["generate", str(reel), "-o", asked["out"], "--task", "foley"], load_tones) == 0
    assert "1 take kept from the run before" in capsys.readouterr().err


def test_takes_behind_a_link_are_somebody_elses(reel: Path) -> None:
    request = request_for(reel, task="foley")
    stopped_after(request, 1)
    elsewhere = reel.parent / "elsewhere"
    reel.with_name("out.takes").rename(elsewhere)
    reel.with_name("out.takes.interrupted").symlink_to(elsewhere, target_is_directory=True)
    before, engine = names(elsewhere), Counting()
    run(request, engine)
    assert engine.made == 2 and names(elsewhere) == before


def test_a_sound_that_is_not_what_it_was_is_made_anew(reel: Path) -> None:
    """A power cut may leave a file that is as long as it should be, with anything in it."""
    request = request_for(reel, task="foley")
    stopped_after(request, 1)
    (sound,) = reel.with_name("out.takes").glob("*.wav")
    sound.write_bytes(sound.read_bytes()[:-100] + b"\x55" * 100)
    engine = Counting()
    run(request, engine)
    assert engine.made == 2


@pytest.mark.parametrize("content", ["", "[]", '{"key": "x", "takes": [], "hashes": ["y"]}'])
def test_what_is_no_receipt_is_passed_over(reel: Path, content: str) -> None:
    request = request_for(reel, task="foley")
    stopped_after(request, 1)
    (receipt,) = reel.with_name("out.takes").glob("*.json")
    receipt.write_text(content)
    engine = Counting()
    run(request, engine)
    assert engine.made == 2


def test_a_receipt_names_no_file_elsewhere(reel: Path) -> None:
    request = request_for(reel, task="foley")
    stopped_after(request, 1)
    (receipt,) = reel.with_name("out.takes").glob("*.json")
    stated = json.loads(receipt.read_text())
    stated["takes"][0]["path"] = "../film.mp4"
    receipt.write_text(json.dumps(stated))
    engine = Counting()
    run(request, engine)
    assert engine.made == 2 and reel.with_name("film.mp4").is_file()


def test_stopped_while_takes_are_levelled_nothing_is_made_twice(
    reel: Path, undisturbed: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Their files are written anew by then."""
    request = request_for(reel, takes=2)

    def interrupted(*_: object, **__: object) -> None:
        raise CancelledError("out.otio", "was cancelled")

    with monkeypatch.context() as patch:
        patch.setattr("talkies.core.destinations.write_timeline", interrupted)  # the last moment
        with pytest.raises(CancelledError):
            run(request)
    engine = Counting()
    events = run(request, engine)
    assert engine.made == 0
    assert (result(events), names(reel.parent), reel.with_name("out.otio").read_text()) == undisturbed


def test_an_error_loses_nothing_that_a_run_before_had_finished(reel: Path) -> None:
    """What it took over lies again where it was, as it was made."""
    request = request_for(reel)
    killed_after(request, 3)

    class Failing(TonesEngine):
        def generate(self, prepared: Prepared, **options: Any) -> Iterator[Sound]:
            yield from ()

    with pytest.raises(OutputError):
        run(request, Failing())
    engine = Counting()
    run(request, engine)
    assert engine.made == 1
    assert not list(reel.parent.glob("out.takes.*"))


def test_a_line_that_was_edited_is_spoken_anew_and_no_other(reel: Path) -> None:
    request = request_for(reel)
    stopped_after(request, 3)
    reel.write_text(reel.read_text().replace("Hello there.", "Hello dear."))
    engine = Counting()
    run(request, engine)
    assert engine.made == 2  # that line, and the effects that were not made yet


def test_events_of_a_stem_that_failed_are_no_other_stems(tmp_path: Path) -> None:
    """The receipt names what was made of the second stem alone."""

    class Noting(Resume):
        def _note(self, stem: Stem, takes: Sequence[Take], told: int) -> None:
            noted.append([take.name for take in takes])

    noted: list[list[str]] = []
    segment = Segment("V1-001", "shot", "V1", SECOND, SECOND, Fraction(24))
    stem = Stem(segment, "foley", "FX", SECOND, spots=())
    request = Request(tmp_path, tmp_path, clips="events", spots=tmp_path / "list.csv")
    resume = Noting(None, SimpleNamespace(request=request), None)  # type: ignore[arg-type]

    def take(name: str) -> Take:
        return Take(segment.id, "FX", name, tmp_path / name, SECOND, 48_000, number=1)

    resume.note(stem, take("of_the_first"), 0)
    resume.forget_events()
    resume.note(stem, take("of_the_second"), 0)
    resume.note_events(stem, 0)
    assert noted == [["of_the_second"]]
