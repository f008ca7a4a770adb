"""The story, told with a small real engine: what is written, what is left behind, what is the same twice."""

from __future__ import annotations

import json
import shutil
from collections.abc import Generator, Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import opentimelineio as otio
import pytest
from engines import TonesEngine, load_tones
from films import write_movie, write_reel

from talkies.core.arrays import Sound
from talkies.core.engines.base import Engine, Prepared
from talkies.core.errors import ArgumentError, CancelledError, InputError, OutputError, TimelineError, WeightsError
from talkies.core.events import Event, Failed, Finished, Progress, TakeReady, Warned
from talkies.core.generation.planning.earlier_takes import earlier_takes
from talkies.core.generation.render import render
from talkies.core.generation.request import Request
from talkies.core.media.sound import read_sound
from talkies.core.timeline import read_timeline
from talkies.core.turnover.from_timeline import takes_in


def request_for(reel: Path, **options: object) -> Request:
    """Without backgrounds, which no engine makes (see test_beds.py), unless a test asks for them."""
    return replace(Request(reel, reel.with_name("out.otio"), background="off"), **options)  # type: ignore[arg-type]


def tell(request: Request, **options: object) -> list[Event]:
    return list(render(request, load_engine=options.pop("load_engine", load_tones), **options))  # type: ignore[arg-type]


def finished(events: list[Event]) -> Finished:
    assert isinstance(events[-1], Finished)
    return events[-1]


def files_in(folder: Path) -> set[str]:
    return {str(path.relative_to(folder)) for path in folder.rglob("*")}


def contents(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in files_in(folder) if (folder / name).is_file()}


def test_every_stem_lies_on_a_new_track_and_has_exactly_its_samples(reel: Path) -> None:
    done = finished(tell(request_for(reel, background="")))
    assert [(take.segment_id, take.stem) for take in done.takes] == [
        ("V1-001", "DX"), ("V1-001", "FX"), ("V1-001", "BG"), ("V1-002", "DX"), ("V1-002", "FX"), ("V1-002", "BG"),
    ]  # fmt: skip
    for take, row in zip(done.takes, done.report["takes"], strict=True):
        with av.open(str(take.path)) as container:
            stream = container.streams.audio[0]
            assert (stream.rate, stream.codec.name) == (48_000, "pcm_s24le")
            assert stream.duration == row["file_samples"]
        assert row["samples"] == 48_000
    written = otio.adapters.read_from_file(str(reel.with_name("out.otio")))
    new = [track for track in written.tracks if track.kind == "Audio"]
    assert [track.name.split()[:2] for track in new] == [
        ["DX", "talkies"], ["DX", "talkies"], ["FX", "talkies"], ["BG", "talkies"],
    ]  # fmt: skip
    assert [track.kind for track in written.tracks][:2] == ["Video", "Subtitle"]
    again = read_timeline(reel.with_name("out.otio"))
    assert [segment.record for segment in again.segments] == [s.record for s in read_timeline(reel).segments]


def test_handles_are_there_where_the_picture_goes_on(reel: Path) -> None:
    """Each shot shows the film's second second: one second of picture before it and one after."""
    takes = finished(tell(request_for(reel, task="foley"))).takes
    assert [(take.head_handle, take.tail_handle) for take in takes] == [(1, 1), (1, 1)]


def test_the_same_seed_gives_the_same_bytes_and_another_seed_does_not(reel: Path) -> None:
    sounds = []
    for seed, name in ((3, "a.otio"), (3, "b.otio"), (4, "c.otio")):
        takes = finished(tell(request_for(reel, seed=seed, out=reel.with_name(name)))).takes
        sounds.append([read_sound(take.path).tobytes() for take in takes])
    assert sounds[0] == sounds[1]
    assert sounds[0] != sounds[2]


def test_what_the_format_cannot_hold_is_said_before_anything_is_made(reel: Path) -> None:
    def load(name: str, weights: Path | None, device: str) -> Engine:
        raise AssertionError("the engine is loaded before the losses are told")

    first = next(render(request_for(reel, out=reel.with_name("out.xml")), load_engine=load))
    assert first == Warned("Final Cut Pro 7 XML: 3 subtitles written as text generators")


def test_takes_have_seeds_of_their_own_and_can_be_made_again_alone(reel: Path) -> None:
    many = finished(tell(request_for(reel, seed=5, takes=3, segments=("V1-001",), task="foley", loudness="none"))).takes
    assert [(take.number, take.metadata["seed"]) for take in many] == [(1, 5), (2, 6), (3, 7)]
    alone = request_for(reel, seed=7, segments=("V1-001",), task="foley", loudness="none", out=reel.with_name("x.otio"))
    (one,) = finished(tell(alone)).takes
    assert np.array_equal(read_sound(one.path), read_sound(many[2].path))


def test_a_takes_metadata_says_how_it_was_made(reel: Path) -> None:
    done = finished(tell(request_for(reel, prompt="steps", steps=3, guidance=2.5, voice="", task="foley")))
    written = otio.adapters.read_from_file(str(reel.with_name("out.otio")))
    clip = next(clip for clip in written.find_clips() if "talkies" in clip.metadata)
    stated = clip.metadata["talkies"]
    assert stated["source"] == "network"
    assert {key: stated[key] for key in ("engine", "seed", "steps", "guidance", "weights", "segment", "task")} == {
        "engine": "tones", "seed": 0, "steps": 3, "guidance": 2.5, "weights": "0" * 64, "segment": "V1-001",
        "task": "foley",
    }  # fmt: skip
    assert (stated["prompt"], stated["sounds"]) == ("steps", "door slams")
    assert json.dumps(done.report)


def test_dialogue_is_silent_outside_its_cues(reel: Path) -> None:
    takes = finished(tell(request_for(reel, task="dialogue"))).takes
    anna = read_sound(takes[0].path)[0]
    head = round(takes[0].head_handle * 48_000)
    cue = slice(head + 2 * 1920, head + 10 * 1920)
    assert np.abs(anna[cue]).max() > 0.01
    outside = np.concatenate([anna[: cue.start], anna[cue.stop :]])
    assert np.abs(outside).max() == 0


def test_the_picture_is_looked_at_once_for_all_stems(reel: Path) -> None:
    engines: list[TonesEngine] = []

    def load(name: str, weights: Path | None, device: str) -> Engine:
        engines.append(TonesEngine.load(weights, device))
        return engines[-1]

    tell(request_for(reel, task="joint"), load_engine=load)
    (engine,) = engines
    assert [each.task for each in engine.prepared] == ["joint", "joint"]
    assert [each.duration for each in engine.prepared] == [3, 3]


def test_progress_only_grows_and_ends_at_one(reel: Path) -> None:
    seen: list[float] = []
    tell(request_for(reel, takes=2, background=""), watch=lambda progress: seen.append(progress.fraction))
    assert seen == sorted(seen)
    assert 0 <= seen[0] < 0.2
    assert seen[-1] > 0.99


def test_a_missing_movie_fails_alone_and_its_dialogue_is_still_spoken(tmp_path: Path) -> None:
    write_movie(tmp_path / "film.mp4")
    reel = write_reel(tmp_path / "reel.otio", ["film.mp4", "gone.mp4"], cues=[(30, 40, "Hello there.")])
    events = tell(request_for(reel))
    failed = [event for event in events if isinstance(event, Failed)]
    assert [(failure.segment_id, failure.stem) for failure in failed] == [("V1-002", "FX")]
    assert "gone.mp4" in failed[0].reason
    done = finished(events)
    assert [(take.segment_id, take.stem) for take in done.takes] == [("V1-001", "FX"), ("V1-002", "DX")]
    assert done.report["failures"][0]["segment_id"] == "V1-002"


def test_when_nothing_can_be_made_nothing_is_written(tmp_path: Path) -> None:
    reel = write_reel(tmp_path / "reel.otio", ["gone.mp4", "lost.mp4"])
    before = files_in(tmp_path)
    with pytest.raises(InputError, match="none of 2"):
        tell(request_for(reel, background=""))
    assert files_in(tmp_path) == before


def test_cancelling_keeps_finished_takes_and_writes_no_timeline(reel: Path) -> None:
    ready: list[TakeReady] = []

    def watch(progress: Progress) -> None:
        if ready:
            raise CancelledError("reel.otio", "was cancelled")

    def generate() -> None:
        for event in render(request_for(reel), load_engine=load_tones, watch=watch):
            if isinstance(event, TakeReady):
                ready.append(event)

    with pytest.raises(CancelledError):
        generate()
    assert len(ready) == 1
    assert files_in(reel.parent) == {
        "film.mp4", "reel.otio", "out.takes", "out.takes/DX_V1-001_shot-1_ANNA_t01.wav",
        "out.takes/DX_V1-001_shot-1_ANNA_t01.made.json",
    }  # fmt: skip


def test_leaving_the_story_early_is_a_cancellation(reel: Path) -> None:
    story = render(request_for(reel), load_engine=load_tones)
    next(event for event in story if isinstance(event, TakeReady))
    assert isinstance(story, Generator)
    story.close()
    assert (reel.parent / "out.takes").is_dir()
    assert not (reel.parent / "out.takes.part").exists()


class FailingEngine(TonesEngine):
    """Breaks while it makes effects."""

    def generate(self, prepared: Prepared, **options: Any) -> Iterator[Sound]:
        yield from () if prepared.task == "foley" else super().generate(prepared, **options)


def test_an_error_takes_away_what_the_run_has_made_and_leaves_the_rest(reel: Path) -> None:
    tell(request_for(reel))
    before = {
        name: (reel.parent / name).read_bytes() for name in files_in(reel.parent) if (reel.parent / name).is_file()
    }
    with pytest.raises(OutputError):
        tell(request_for(reel, seed=9), load_engine=lambda *_: FailingEngine())
    after = {
        name: (reel.parent / name).read_bytes() for name in files_in(reel.parent) if (reel.parent / name).is_file()
    }
    assert after == before


def test_a_second_run_replaces_the_first(reel: Path) -> None:
    first = finished(tell(request_for(reel)))
    second = finished(tell(request_for(reel, seed=1)))
    assert [take.path for take in first.takes] == [take.path for take in second.takes]
    assert files_in(reel.parent) >= {"out.otio", "out.takes"}


def test_a_new_folder_is_made_for_the_output_and_taken_away_on_error(reel: Path) -> None:
    out = reel.parent / "deep" / "er" / "out.otio"
    with pytest.raises(OutputError):
        tell(request_for(reel, out=out), load_engine=lambda *_: FailingEngine())
    assert not (reel.parent / "deep").exists()
    tell(request_for(reel, out=out))
    assert out.is_file()


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"segments": ("V1-007",)}, ArgumentError),
        ({"loudness": "loud"}, ArgumentError),
        ({"weights": Path("none.safetensors")}, WeightsError),
    ],
)
def test_unusable_requests_write_nothing(reel: Path, options: dict[str, object], error: type[Exception]) -> None:
    before = files_in(reel.parent)
    with pytest.raises(error):
        tell(request_for(reel, **options))
    assert files_in(reel.parent) == before


def test_dialogue_without_any_subtitle_is_refused(tmp_path: Path) -> None:
    write_movie(tmp_path / "film.mp4")
    reel = write_reel(tmp_path / "reel.otio", ["film.mp4"])
    with pytest.raises(ArgumentError, match="no subtitle"):
        tell(request_for(reel, task="dialogue"))


def test_words_over_no_picture_are_mentioned(tmp_path: Path) -> None:
    write_movie(tmp_path / "film.mp4")
    reel = write_reel(tmp_path / "reel.otio", ["film.mp4"], cues=[(2, 10, "Hello."), (60, 70, "Nobody here.")])
    warnings = [event.sentence for event in tell(request_for(reel)) if isinstance(event, Warned)]
    assert any("have no picture" in warning for warning in warnings)


def test_a_warning_is_told_once_however_many_segments_cause_it(reel: Path) -> None:
    events = tell(request_for(reel, prompt="zzz"))
    assert sum(isinstance(event, Warned) and "zzz" in event.sentence for event in events) == 1


@pytest.mark.parametrize("rate", [Fraction(24000, 1001), Fraction(30000, 1001), Fraction(16), Fraction(60000, 1001)])
def test_neighbouring_takes_share_their_edge_at_every_rate(tmp_path: Path, rate: Fraction) -> None:
    write_movie(tmp_path / "film.mp4", 4, Fraction(25))
    reel = write_reel(tmp_path / "reel.otio", ["film.mp4"] * 3, frames=37, rate=float(rate))
    rows = finished(tell(request_for(reel, task="foley"))).report["takes"]
    edges = [round(number * 37 / rate * 48_000) for number in range(4)]
    assert [row["samples"] for row in rows] == [last - first for first, last in pairwise(edges)]


def test_cancelling_leaves_the_takes_of_an_earlier_run_as_they_are(reel: Path) -> None:
    """The timeline that is there plays them; the new ones are kept beside."""
    tell(request_for(reel))
    before = contents(reel.parent)
    story = render(request_for(reel, seed=9), load_engine=load_tones)
    ready = next(event for event in story if isinstance(event, TakeReady))
    assert isinstance(story, Generator)
    story.close()
    after = contents(reel.parent)
    assert {name: after[name] for name in before} == before
    kept = f"out.takes.interrupted/{ready.take.name}"
    assert set(after) - set(before) == {f"{kept}.wav", f"{kept}.made.json"}


def test_a_timeline_that_cannot_be_written_leaves_older_takes_as_they_were(
    reel: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tell(request_for(reel))
    before = contents(reel.parent)

    def full(*_: object, **pops: object) -> None:
        raise OutputError("out.otio", "no space left")

    monkeypatch.setattr("talkies.core.destinations.write_timeline", full)
    with pytest.raises(OutputError):
        tell(request_for(reel, seed=9))
    assert contents(reel.parent) == before


def test_takes_of_a_killed_run_are_set_aside_and_mentioned(reel: Path) -> None:
    killed = reel.parent / "out.takes.part"
    for _ in range(2):
        killed.mkdir()
        (killed / "FX_old_t01.wav").write_bytes(b"finished")
        (killed / "FX_old_t02.wav.part").write_bytes(b"half")
        events = tell(request_for(reel))
    assert any(isinstance(event, Warned) and "interrupted" in event.sentence for event in events)
    for folder in ("out.takes.interrupted", "out.takes.interrupted-2"):
        assert contents(reel.parent / folder) == {"FX_old_t01.wav": b"finished"}
    assert not killed.exists()


def test_what_a_killed_run_had_replaced_is_mentioned(reel: Path) -> None:
    replaced = reel.parent / "out.takes.part" / "replaced"
    replaced.mkdir(parents=True)
    (replaced / "FX_old_t01.wav").write_bytes(b"earlier")
    sentences = [event.sentence for event in tell(request_for(reel)) if isinstance(event, Warned)]
    place = reel.parent / "out.takes.interrupted" / "replaced"
    assert [each for each in sentences if str(place) in each] == [
        f"{place}: holds what a run that was interrupted had taken the place of"
    ]
    assert contents(place) == {"FX_old_t01.wav": b"earlier"}


def test_a_run_reads_the_output_as_it_was_before_one_that_was_killed(reel: Path) -> None:
    """The takes of the killed one, shorter by their handles, had moved, and the timeline still names the earlier."""
    out = reel.parent / "out.otio"
    tell(request_for(reel, handles=Fraction(1)))
    before = contents(reel.parent / "out.takes")
    tell(request_for(reel, out=reel.parent / "spare.otio", handles=Fraction(0)))
    replaced = reel.parent / "out.takes.part" / "replaced"
    replaced.mkdir(parents=True)
    for name in before:
        shutil.move(reel.parent / "out.takes" / name, replaced / name)
        shutil.copy(reel.parent / "spare.takes" / name, reel.parent / "out.takes" / name)
    facts = out.stat()
    journal = {"out": out.name, "before": [facts.st_mtime_ns, facts.st_size], "takes": list(before), "after": []}
    (replaced.parent / ".published").write_text(json.dumps(journal))
    with pytest.raises(TimelineError):
        takes_in(read_timeline(out))
    assert earlier_takes(request_for(reel), read_timeline(reel), {}).takes
    assert contents(reel.parent / "out.takes") == before


def test_two_runs_do_not_write_to_one_output(reel: Path) -> None:
    first = render(request_for(reel), load_engine=load_tones)
    next(event for event in first if isinstance(event, TakeReady))
    with pytest.raises(OutputError, match="another run"):
        tell(request_for(reel, seed=1))
    assert isinstance(list(first)[-1], Finished)
    tell(request_for(reel, seed=1))


def laid_in(path: Path) -> set[tuple[str, str]]:
    """(segment, department) of every clip of ours on a timeline."""
    document = otio.adapters.read_from_file(str(path))
    facts = (clip.metadata["talkies"] for track in document.audio_tracks() for clip in track.find_clips())
    return {(each["segment"], each["stem"]) for each in facts}


def test_a_second_run_keeps_what_it_does_not_make_anew(reel: Path) -> None:
    out = reel.with_name("out.otio")
    tell(request_for(reel, segments=("V1-001",), task="foley"))
    done = finished(tell(request_for(reel, segments=("V1-002",))))
    assert {take.segment_id for take in done.takes} == {"V1-002"}
    assert laid_in(out) == {("V1-001", "FX"), ("V1-002", "FX"), ("V1-002", "DX")}
    tell(request_for(reel, segments=("V1-001",), task="foley", seed=7))
    assert laid_in(out) == {("V1-001", "FX"), ("V1-002", "FX"), ("V1-002", "DX")}
    tell(request_for(reel, segments=("V1-001",), task="foley", replace=True))
    assert laid_in(out) == {("V1-001", "FX")}


def test_what_another_run_writes_meanwhile_stays(reel: Path) -> None:
    """Two runs for different shots: the second has looked at the output before the first wrote it."""
    out = reel.with_name("out.fcpxml")
    second = render(request_for(reel, out=out, segments=("V1-002",), task="foley"), load_engine=load_tones)
    assert isinstance(next(second), Warned)  # what the format cannot hold, said before anything is made
    tell(request_for(reel, out=out, segments=("V1-001",), task="foley"))
    done = finished(list(second))
    assert [take.segment_id for take in done.takes] == ["V1-002"]
    assert {take.segment_id for take in takes_in(read_timeline(out))} == {"V1-001", "V1-002"}


def test_earlier_takes_of_clips_that_have_changed_are_left_out_and_said(reel: Path) -> None:
    tell(request_for(reel, segments=("V1-001",), task="foley"))
    write_reel(reel, ["film.mp4", "film.mp4"], start=25, first="another")
    done = finished(tell(request_for(reel, segments=("V1-002",), task="foley")))
    assert laid_in(reel.with_name("out.otio")) == {("V1-002", "FX")}
    assert any("clips that have changed" in warning for warning in done.report["warnings"])


def test_what_cannot_be_kept_is_not_replaced_without_being_asked(reel: Path) -> None:
    tell(request_for(reel, task="foley", segments=("V1-001",)))
    next(reel.with_name("out.takes").iterdir()).unlink()
    before = contents(reel.parent)
    with pytest.raises(ArgumentError, match="--replace"):
        tell(request_for(reel, task="foley", segments=("V1-002",)))
    assert contents(reel.parent) == before
    tell(request_for(reel))  # all of it is made anew
    assert len(laid_in(reel.with_name("out.otio"))) == 4


@pytest.mark.parametrize("content", [b"notes of a week", None])
def test_what_is_not_ours_is_not_written_over(reel: Path, content: bytes | None) -> None:
    """Neither a file that is no timeline nor an editor's own cut."""
    out = reel.with_name("out.otio")
    out.write_bytes(content or reel.read_bytes())
    before = contents(reel.parent)
    with pytest.raises(ArgumentError, match=r"is there already.*--replace"):
        tell(request_for(reel))
    assert contents(reel.parent) == before
    tell(replace(request_for(reel), replace=True))
    assert len(laid_in(out)) == 4


class SilentEngine(TonesEngine):
    """Nothing is to be heard in effects."""

    def sound(self, prepared: Prepared, **options: Any) -> Iterator[Sound]:
        for block in super().sound(prepared, **options):  # type: ignore[arg-type]
            yield block * (prepared.task != "foley")


def test_a_silent_take_is_not_laid_and_one_sentence_names_it(reel: Path) -> None:
    done = finished(tell(request_for(reel), load_engine=lambda *_: SilentEngine()))
    assert laid_in(reel.with_name("out.otio")) == {("V1-001", "DX"), ("V1-002", "DX")}
    said = [warning for warning in done.report["warnings"] if "nothing sounds" in warning]
    assert said == ["nothing sounds in FX of V1-001, FX of V1-002: not laid on the timeline"]


class BrokenEngine(TonesEngine):
    """Effects are not finite from some point on."""

    value = float("nan")

    def sound(self, prepared: Prepared, **options: Any) -> Iterator[Sound]:
        for block in super().sound(prepared, **options):  # type: ignore[arg-type]
            if prepared.task == "foley":
                block[-100:] = self.value
            yield block


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -1e30])
def test_sound_that_is_not_finite_fails_its_take(reel: Path, value: float) -> None:
    engine = BrokenEngine()
    engine.value = value
    events = tell(request_for(reel), load_engine=lambda *_: engine)
    failed = [event for event in events if isinstance(event, Failed)]
    assert [(event.segment_id, event.stem) for event in failed] == [("V1-001", "FX"), ("V1-002", "FX")]
    assert all("guidance" in event.reason for event in failed)
    assert laid_in(reel.with_name("out.otio")) == {("V1-001", "DX"), ("V1-002", "DX")}
