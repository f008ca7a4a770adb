"""Stills that speak: dialogue as always and, for each still, a movie with exactly its frames on a track above."""

from __future__ import annotations

import shutil
from fractions import Fraction
from pathlib import Path

import av
import opentimelineio as otio
import pytest
from engines import load_tones
from speaking_stills import FIRST, NumberedPictures, numbered_portraits, numbers_in, portrayed, write_stills

from talkies.core.errors import ArgumentError, CancelledError, InputError, MissingExtraError
from talkies.core.events import Event, Progress, TakeReady
from talkies.core.generation.made_takes import made_takes
from talkies.core.generation.redo import redo
from talkies.core.generation.render import render
from talkies.core.generation.request import Request
from talkies.core.media.sound import read_sound
from talkies.core.times import TimeRange

__all__ = ["numbered_portraits"]

pytestmark = pytest.mark.usefixtures("numbered_portraits")

RATES = [25, Fraction(24000, 1001), 16]
PORTRAITS = ["PX_V1-001_shot-1_t01", "PX_V1-003_shot-3_t01"]


def request_for(reel: Path, out: Path, **options: object) -> Request:
    return Request(reel, out, task="portrait", credentials=False, **options)  # type: ignore[arg-type]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("rate", RATES)
def test_a_movie_has_a_picture_for_each_frame_of_its_still(rate: Fraction, tmp_path: Path) -> None:
    out = tmp_path / "out.otio"
    takes = {take.name: take for take in portrayed(write_stills(tmp_path, rate), out).takes if take.is_picture}
    assert list(takes) == PORTRAITS
    for name, seconds in zip(PORTRAITS, (3, 2), strict=True):
        assert numbers_in(takes[name].path) == list(range(FIRST, FIRST + round(seconds * rate)))
        assert takes[name].record.duration == Fraction(round(seconds * rate)) / rate


def test_prores_is_a_movie_of_its_own_kind(tmp_path: Path) -> None:
    take = portrayed(write_stills(tmp_path), tmp_path / "out.otio", film="prores").takes[1]
    assert take.path.suffix == ".mov"
    with av.open(str(take.path)) as container:
        assert container.streams.video[0].codec_context.name == "prores"
    assert len(numbers_in(take.path)) == 75


def test_the_dialogue_is_that_of_the_task_dialogue(tmp_path: Path) -> None:
    reel = write_stills(tmp_path)
    portrayed(reel, tmp_path / "out.otio", loudness="none")
    spoken = Request(reel, tmp_path / "spoken.otio", task="dialogue", credentials=False, loudness="none")
    list(render(spoken, load_engine=load_tones))
    for name in ("DX_V1-001_shot-1_ANNA_t01.wav", "DX_V1-003_shot-3_BEN_t01.wav"):
        one, other = (read_sound(tmp_path / folder / name, mono=False) for folder in ("out.takes", "spoken.takes"))
        assert (one == other).all()


def test_the_maker_is_told_what_is_said_where(tmp_path: Path) -> None:
    portrayed(write_stills(tmp_path), tmp_path / "out.otio", seed=7)
    first, second = NumberedPictures.asked
    assert (first.segment.id, second.segment.id) == ("V1-001", "V1-003")
    assert [cue.text for cue in first.cues] == ["Good evening."]
    assert first.cues[0].range == TimeRange(Fraction(1), Fraction(5, 2))
    assert [(take.speaker, take.stem) for take in second.spoken] == [("BEN", "DX")]
    assert (first.frames, first.rate, first.seed, first.film) == (75, 25, 7, "h264")


def test_the_sound_is_there_while_the_maker_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[float] = []
    make = NumberedPictures.make

    def listening(self: NumberedPictures, brief, path, on_share):  # type: ignore[no-untyped-def]
        heard.extend(abs(read_sound(take.path, mono=True)).max() for take in brief.spoken)
        return make(self, brief, path, on_share)

    monkeypatch.setattr(NumberedPictures, "make", listening)
    portrayed(write_stills(tmp_path), tmp_path / "out.otio")
    assert len(heard) == 2
    assert min(heard) > 0.01


def test_the_track_is_the_highest_and_everything_else_stays(tmp_path: Path) -> None:
    reel = write_stills(tmp_path)
    portrayed(reel, tmp_path / "out.otio")
    before, after = (otio.adapters.read_from_file(str(path)) for path in (reel, tmp_path / "out.otio"))
    kinds = [(track.name, track.kind) for track in after.tracks]
    assert [name for name, kind in kinds if kind == "Video"] == ["V1", "PX talkies"]
    assert before.tracks[0].is_equivalent_to(after.tracks[0])
    clips = [item for item in after.tracks[-1] if isinstance(item, otio.schema.Clip)]
    assert [clip.range_in_parent().start_time.value for clip in clips] == [0, 150]
    assert [clip.source_range.duration.value for clip in clips] == [75, 50]
    facts = clips[0].metadata["talkies"]
    assert (facts["consent"], facts["engine"], facts["text"]) == ("given for the tests", "numbered", "Good evening.")


def test_what_moves_is_left_out_with_a_sentence(tmp_path: Path) -> None:
    done = portrayed(write_stills(tmp_path), tmp_path / "out.otio")
    assert {take.segment_id for take in done.takes} == {"V1-001", "V1-003"}
    assert "only stills become portraits; left out: 1 moving shot (V1-002)" in done.report["warnings"]


def test_a_timeline_without_a_speaking_still_is_refused_in_a_sentence(tmp_path: Path) -> None:
    request = request_for(write_stills(tmp_path), tmp_path / "out.otio", segments=("V1-002",))
    with pytest.raises(ArgumentError, match="no still with subtitles over it"):
        list(render(request, load_engine=load_tones))


def test_without_a_maker_nothing_is_begun(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("talkies.core.engines.pictures.PICTURE_MAKERS", {})
    reel = write_stills(tmp_path)
    before = names(tmp_path)
    with pytest.raises(MissingExtraError, match="nothing here makes portraits"):
        portrayed(reel, tmp_path / "out.otio")
    assert names(tmp_path) == before


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("refuses", "shows no face"),
        ("short", "has 74 pictures at 25 a second in place of 75"),
        ("sounds", "has sound of its own"),
    ],
)
def test_a_portrait_that_fails_leaves_the_dialogue_and_says_why(
    fault: str, reason: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(NumberedPictures, "fault", fault)
    done = portrayed(write_stills(tmp_path), tmp_path / "out.otio")
    assert reason in done.report["failures"][0]["reason"]
    assert names(tmp_path / "out.takes") == ["DX_V1-001_shot-1_ANNA_t01.wav", "DX_V1-003_shot-3_BEN_t01.wav"]
    assert not (tmp_path / "out.takes.part").exists()


def test_what_one_still_lacks_stops_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(NumberedPictures, "fault", "asks")
    reel, out = write_stills(tmp_path), tmp_path / "out.otio"
    done = portrayed(reel, out)
    assert [failure["reason"] for failure in done.report["failures"]] == [
        "still.png: nobody has said who consented; say who allowed it"
    ]
    assert [take.name for take in done.takes if take.is_picture] == PORTRAITS[1:]
    done = portrayed(reel, out, consent="the sitter's daughter, by letter")
    assert not done.report["failures"]
    assert NumberedPictures.asked[-1].consent == "the sitter's daughter, by letter"


def test_every_take_of_the_dialogue_has_its_picture(tmp_path: Path) -> None:
    done = portrayed(write_stills(tmp_path), tmp_path / "out.otio", takes=2)
    assert [brief.spoken[0].number for brief in NumberedPictures.asked] == [1, 2, 1, 2]
    tracks = {track["name"]: track["enabled"] for track in done.report["tracks"] if track["stem"] == "PX"}
    assert tracks == {"PX talkies": True, "PX talkies 2": False}


def stopped_after(request: Request, takes: int) -> None:
    story = render(request, load_engine=load_tones)
    while takes:
        takes -= isinstance(next(story), TakeReady)
    story.close()  # type: ignore[attr-defined]


@pytest.mark.parametrize("takes", [1, 2, 3])
def test_a_run_that_was_stopped_goes_on(takes: int, tmp_path: Path) -> None:
    request = request_for(write_stills(tmp_path), tmp_path / "out.otio")
    stopped_after(request, takes)
    before = len(NumberedPictures.asked)
    *_, last = render(request, load_engine=load_tones)
    assert len(NumberedPictures.asked) == 2
    assert before == takes // 2
    assert [take.name for take in last.takes if take.is_picture] == PORTRAITS  # type: ignore[union-attr]
    assert len(names(tmp_path / "out.takes")) == 4
    assert not list(tmp_path.glob("out.takes.*"))


def test_other_words_make_another_picture_of_what_was_kept(tmp_path: Path) -> None:
    reel = write_stills(tmp_path)
    stopped_after(request_for(reel, tmp_path / "out.otio"), 2)
    srt = reel.with_suffix(".srt")
    srt.write_text(srt.read_text().replace("Good evening", "Good morning"))
    portrayed(reel, tmp_path / "out.otio")
    assert [brief.cues[0].text for brief in NumberedPictures.asked] == [
        "Good evening.",
        "Good morning.",
        "I stand still.",
    ]


def test_who_cancels_while_a_picture_is_made_keeps_the_dialogue(tmp_path: Path) -> None:
    def watch(progress: Progress) -> None:
        if "portrait" in progress.message:
            raise CancelledError("generate", "was cancelled")

    request = request_for(write_stills(tmp_path), tmp_path / "out.otio")
    events: list[Event] = []
    with pytest.raises(CancelledError):
        events.extend(render(request, load_engine=load_tones, watch=watch))
    kept = [name for name in names(tmp_path / "out.takes") if not name.endswith(".made.json")]
    assert kept == ["DX_V1-001_shot-1_ANNA_t01.wav"]


def test_portraits_of_other_stills_stay(tmp_path: Path) -> None:
    reel, out = write_stills(tmp_path), tmp_path / "out.otio"
    portrayed(reel, out, segments=("V1-001",))
    portrayed(reel, out, segments=("V1-003",))
    document = otio.adapters.read_from_file(str(out))
    assert [clip.name for clip in document.tracks[-1].find_clips()] == PORTRAITS


def test_a_portrait_goes_when_its_dialogue_is_made_anew(tmp_path: Path) -> None:
    reel, out = write_stills(tmp_path), tmp_path / "out.otio"
    portrayed(reel, out)
    spoken = Request(reel, out, task="dialogue", segments=("V1-001",), seed=9, credentials=False)
    *_, last = render(spoken, load_engine=load_tones)
    document = otio.adapters.read_from_file(str(out))
    assert [clip.name for clip in document.find_clips() if clip.name.startswith("PX")] == PORTRAITS[1:]
    assert any("1 portraits say what is made anew" in each for each in last.report["warnings"])  # type: ignore[union-attr]


@pytest.mark.parametrize("source", ["rules", "network"])
def test_portraits_are_made_again_picture_for_picture(
    source: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(NumberedPictures, "source", source)
    out = tmp_path / "out.otio"
    portrayed(write_stills(tmp_path), out, takes=2)
    takes = tmp_path / "out.takes"
    kept = tmp_path / "kept"
    shutil.copytree(takes, kept)
    gone = [path for path in takes.glob("PX*") if "V1-001" in path.name]
    for path in gone:
        path.unlink()
    done = list(redo(made_takes(out), load_engine=load_tones))
    assert [each.problem for each in done] == [""] * 8
    assert {each.is_same for each in done if each.path not in gone} == {True}
    for path in gone:
        assert numbers_in(path) == numbers_in(kept / path.name)


def test_a_portrait_whose_dialogue_comes_out_otherwise_is_not_made_again(tmp_path: Path) -> None:
    portrayed(write_stills(tmp_path), tmp_path / "out.otio")
    document = (tmp_path / "out.otio").read_text()
    says = NumberedPictures.asked[0].spoken[0].speaker
    assert document.count(f'"{says}": "') == 1
    start = document.index(f'"{says}": "') + len(says) + 5
    (tmp_path / "out.otio").write_text(document[:start] + "0000" + document[start + 4 :])
    first = next(take for take in made_takes(tmp_path / "out.otio") if take.name == PORTRAITS[0])
    assert "does not come out as it was" in next(redo([first], load_engine=load_tones)).problem


def test_a_movie_that_only_has_our_name_is_no_take(tmp_path: Path) -> None:
    reel = write_stills(tmp_path)
    stranger = tmp_path / "PX_V1-001_shot-1_t01.mp4"
    shutil.copyfile(reel.with_name("film.mp4"), stranger)
    with pytest.raises(InputError, match="nothing beside it says how it was made"):
        made_takes(stranger)
