"""Orders: takes made one by one into a folder in which nothing is ever half there."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from engines import TonesEngine, load_tones

from talkies.core.errors import ArgumentError, CancelledError, OutputError, TalkiesError, TimelineError
from talkies.core.events import Finished, Progress, TakeReady
from talkies.core.generation.take_orders import TakeRequest, make_takes
from talkies.core.segment import Take
from talkies.core.takes.take_folder import SegmentMark, deliver, making, read_sidecar, read_takes, recover
from talkies.core.timeline import read_timeline
from talkies.core.times import TimeRange


def order(reel: Path, **params: Any) -> TakeRequest:
    return TakeRequest.from_mapping(
        {"timeline": str(reel), "folder": str(reel.parent / "takes"), "background": "off", **params}
    )


def made(wanted: TakeRequest, **options: Any) -> list[Take]:
    events = list(make_takes(wanted, load_engine=load_tones, **options))
    assert isinstance(events[-1], Finished)
    return [event.take for event in events if isinstance(event, TakeReady)]


def test_takes_are_finished_one_by_one_and_tell_what_they_are(reel: Path) -> None:
    takes = made(order(reel, segments=["V1-001"], takes=2, seed=5, prompt="rain"))
    assert [(take.stem, take.number, take.metadata["seed"]) for take in takes] == [
        ("DX", 1, 5), ("DX", 2, 6), ("FX", 1, 5), ("FX", 2, 6),
    ]  # fmt: skip
    sidecars, notes = read_takes(reel.parent / "takes")
    assert {sidecar.take.name: sidecar.take for sidecar in sidecars} == {take.name: take for take in takes}
    assert notes == []
    assert sidecars[0].segment == SegmentMark("shot 1", TimeRange(Fraction(1), Fraction(2)), takes[0].record)


def test_a_second_order_counts_on(reel: Path) -> None:
    made(order(reel, segments=["V1-001"], task="foley", takes=2))
    (again,) = made(order(reel, segments=["V1-001"], task="foley", seed=9))
    assert (again.number, again.metadata["seed"]) == (3, 9)


def test_takes_that_are_there_are_not_made_again(reel: Path) -> None:
    """An order of DX 1, DX 2, FX 1, FX 2 whose worker died after the third."""
    (last,) = made(order(reel, segments=["V1-001"], takes=2, seed=5, made=3))
    assert (last.stem, last.metadata["seed"], last.number) == ("FX", 6, 1)
    assert made(order(reel, segments=["V1-001"], takes=2, made=4)) == []


def test_edited_cues_and_voices_are_what_is_spoken(reel: Path) -> None:
    edit = {"was_text": "Hello there.", "was_start": "2/25", "text": "Good night.", "end": "1/2", "speaker": "CLARA"}
    engine = TonesEngine()
    wanted = order(reel, task="dialogue", segments=["V1-001"], cues={"0": edit}, voices={"CLARA": "kathleen"})
    (take,) = [
        event.take for event in make_takes(wanted, load_engine=lambda *_: engine) if isinstance(event, TakeReady)
    ]
    assert (take.metadata["text"], take.speaker, take.voice) == ("Good night.", "CLARA", "kathleen")
    (line,), voice = engine.prepared[0].lines, engine.prepared[0].voice
    assert (line.text, line.range.duration, voice) == ("Good night.", Fraction(1, 2) - Fraction(2, 25), "kathleen")


def test_a_voice_that_is_not_there_is_said_before_an_engine_is_loaded(reel: Path) -> None:
    """Also for one speaker; his name is in the sentence. Who does not speak now is nobody's business."""
    edit = {"was_text": "Hello there.", "was_start": "2/25", "speaker": "CLARA"}

    def engine(*_: object, **__: object) -> TonesEngine:
        raise AssertionError("an engine was asked for")

    wanted = order(reel, task="dialogue", segments=["V1-001"], cues={"0": edit}, voices={"CLARA": "kathlen"})
    with pytest.raises(ArgumentError, match=r"voice 'kathlen' of CLARA: is neither.*did you mean kathleen"):
        list(make_takes(wanted, load_engine=engine))
    assert made(order(reel, task="foley", segments=["V1-001"], voices={"CLARA": "kathlen"}))


def test_a_cue_without_words_is_not_spoken(reel: Path) -> None:
    edit = {"was_text": "Hello there.", "was_start": "2/25", "text": ""}
    with pytest.raises(ArgumentError, match="no subtitle"):
        made(order(reel, task="dialogue", segments=["V1-001"], cues={"0": edit}))


def test_edits_of_another_timeline_are_refused(reel: Path) -> None:
    edit = {"was_text": "Something else.", "was_start": "2/25", "text": "x"}
    with pytest.raises(TimelineError, match="changed since"):
        made(order(reel, cues={"0": edit}))


@pytest.mark.parametrize(
    "params",
    [{"folder": None}, {"cues": []}, {"cues": {"x": {}}}, {"cues": {"0": {"text": "x"}}}, {"voices": {"A": 5}},
     {"sead": 1}, {"segments": ["none"]}, {"cues": {"0": {"was_text": "x", "was_start": "1/0"}}}],
    ids=str,
)  # fmt: skip
def test_bad_orders_are_refused_in_a_sentence(reel: Path, params: dict[str, Any]) -> None:
    with pytest.raises(TalkiesError) as refused:
        made(order(reel, **params))
    assert "\n" not in str(refused.value)


def test_a_cancelled_order_keeps_its_finished_takes(reel: Path) -> None:
    finished: list[Take] = []

    def watch(progress: Progress) -> None:
        if finished:
            raise CancelledError("the order", "was cancelled")

    def generate() -> None:
        for event in make_takes(order(reel), load_engine=load_tones, watch=watch):
            if isinstance(event, TakeReady):
                finished.append(event.take)

    with pytest.raises(CancelledError):
        generate()
    sidecars, _ = read_takes(reel.parent / "takes")
    assert len(finished) == 1
    assert [sidecar.take for sidecar in sidecars] == finished


def test_what_a_killed_process_leaves_is_finished_or_swept_away(reel: Path) -> None:
    folder = reel.parent / "takes"
    segment = read_timeline(reel).segments[0]
    (kept, lost) = made(order(reel, segments=["V1-001"], task="foley", takes=2))
    # killed between sidecar and sound, in the middle of a sound, and while a sidecar was written
    kept.path.replace(folder / "making" / kept.path.name)
    (folder / "making" / "FX_half_t01.wav.part").write_bytes(b"half")
    (folder / "making" / "FX_whole_t01.wav").write_bytes(b"no sidecar yet")
    (folder / "FX_x_t01.json.part").write_bytes(b"{")
    (folder / "mine.json").write_bytes(b"{}")
    lost.path.unlink()
    assert recover(folder)
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        ["making", "mine.json", f"{kept.name}.json", f"{kept.name}.wav"]
    )
    assert [path.name for path in (folder / "making").iterdir()] == [".lock"]
    assert read_sidecar(folder / f"{kept.name}.json").segment == SegmentMark.of(segment)


def test_one_process_at_a_time_makes_takes_in_a_folder(reel: Path) -> None:
    folder = reel.parent / "takes"
    with making(folder):
        assert not recover(folder)
        with pytest.raises(OutputError, match="another talkies"):
            made(order(reel))
    assert made(order(reel, task="foley"))


def test_a_damaged_sidecar_is_told_and_its_sound_stays(reel: Path) -> None:
    folder = reel.parent / "takes"
    take, _ = made(order(reel, task="foley"))
    take.path.with_suffix(".json").write_text(json.dumps({"version": 1}))
    sidecars, notes = read_takes(folder)
    assert len(sidecars) == 1
    assert len(notes) == 1 and "does not describe a take" in notes[0]
    assert take.path.exists()


def test_a_take_is_delivered_with_its_sidecar(tmp_path: Path, reel: Path) -> None:
    segment = read_timeline(reel).segments[0]
    with making(tmp_path / "takes") as place:
        sound = place / "FX_x_t01.wav"
        sound.write_bytes(b"sound")
        take = Take("V1-001", "FX", "FX_x_t01", sound, segment.record, 48_000, head_handle=Fraction(1001, 24000))
        done = deliver(take, segment, tmp_path / "takes")
    assert read_sidecar(done.path.with_suffix(".json")).take == done
    assert not sound.exists()
