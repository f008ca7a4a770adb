"""A take is made again from what it says of itself, sample for sample; what is not as it was is said."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from engines import TonesEngine, TonesPrepared, load_tones
from films import write_movie, write_reel
from signed import needs_c2pa

from talkies.core.engines.base import Brief, Engine
from talkies.core.errors import InputError
from talkies.core.generation.made_takes import made_takes
from talkies.core.generation.redo import Redone, redo
from talkies.core.generation.render import render
from talkies.core.generation.request import Request
from talkies.core.generation.take_orders import CueEdit, TakeRequest, make_takes
from talkies.core.media.sound import read_sound
from talkies.core.media.wav.bwf import write_bwf
from talkies.core.timeline import read_timeline
from talkies.plugin.cli import main

BOTH, MUSIC = "out.otio", "music.otio"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Dialogue, effects and beds in one timeline, a second take of each, and music in another."""
    folder = tmp_path_factory.mktemp("made")
    write_movie(folder / "film.mp4", 3)
    cues = [(2, 10, "ANNA: Hello there."), (12, 20, "[door slams]"), (30, 40, "BORIS: Good morning.")]
    reel = write_reel(folder / "reel.otio", ["film.mp4", "film.mp4"], cues=cues, start=25)
    list(render(Request(reel, folder / BOTH, seed=5, takes=2, prompt="steps"), load_engine=load_tones))
    music = Request(reel, folder / MUSIC, task="music", prompt="hurry")
    list(render(music, load_engine=load_tones))
    return folder


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Path:
    """A copy elsewhere: what belongs together has moved together."""
    return Path(shutil.copytree(made, tmp_path / "elsewhere"))


def samples(folder: Path) -> dict[str, bytes]:
    return {path.name: read_sound(path, mono=False).tobytes() for path in folder.glob("*.wav")}


def again(path: Path, folder: Path | None = None, name: str = "", engine: Engine | None = None) -> list[Redone]:
    chosen = [take for take in made_takes(path) if name in take.name]
    return list(redo(chosen, folder, load_engine=load_tones if engine is None else lambda *_: engine))


def test_takes_that_are_gone_are_made_again_sample_for_sample(place: Path) -> None:
    takes = place / "out.takes"
    before = samples(takes)
    shutil.rmtree(takes)
    assert len(before) == 12
    assert {(each.problem, each.is_same) for each in again(place / BOTH)} == {("", None)}
    assert samples(takes) == before


def test_takes_that_are_there_are_compared_and_stay(place: Path) -> None:
    path = next((place / "out.takes").glob("FX_V1-002*t01.wav"))
    before = path.read_bytes()
    assert [each.is_same for each in again(path)] == [True]
    assert path.read_bytes() == before
    edited = bytearray(before)
    edited[len(before) // 2] ^= 1
    path.write_bytes(edited)
    assert [each.is_same for each in again(path)] == [False]
    assert path.read_bytes() == edited


def test_music_is_made_again(place: Path, tmp_path: Path) -> None:
    """The take that makes way for speech, and the one that does not."""
    before = samples(place / "music.takes")
    assert {each.is_same for each in again(place / MUSIC, tmp_path / "again", "MX")} == {True}
    assert len(before) >= 2 and samples(tmp_path / "again") == before


def test_a_take_of_the_panel_has_its_edited_words_and_voices(place: Path) -> None:
    reel, folder = place / "reel.otio", place / "reel.talkies" / "takes"
    cue = read_timeline(reel).cues[0]
    edit = CueEdit(cue.text, cue.range.start, text="Good evening.", speaker="MARY")
    order = TakeRequest(Request(reel, folder, task="dialogue", segments=("V1-001",)), {0: edit}, {"MARY": "clara"})
    list(make_takes(order, load_engine=load_tones))
    (path,) = folder.glob("DX_*.wav")
    assert [(each.problem, each.is_same) for each in again(path)] == [("", True)]


class OneVoice(TonesEngine):
    """Does not hear what a recording is called."""

    def prepare(self, brief: Brief) -> TonesPrepared:
        return super().prepare(replace(brief, voice=""))


def test_a_recorded_voice_is_found_from_anywhere_and_told_from_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "made"
    folder.mkdir()
    write_movie(folder / "film.mp4", 1)
    reel = write_reel(folder / "reel.otio", ["film.mp4"], cues=[(2, 20, "Hello there.")])
    (folder / "me.wav").write_bytes(bytes(range(256)) * 40)
    monkeypatch.chdir(folder)
    request = Request(reel, Path("out.otio"), task="dialogue", voice="me.wav", background="off")
    list(render(request, load_engine=lambda *_: OneVoice()))
    monkeypatch.chdir(tmp_path)
    for place in (folder, tmp_path / "elsewhere"):
        if not place.exists():
            folder.rename(place)
        made = again(place / "out.otio", engine=OneVoice())
        assert [(each.problem, each.is_same) for each in made] == [("", True)]
    (place / "me.wav").write_bytes(bytes(range(255, -1, -1)) * 40)
    (said,) = again(place / "out.otio", engine=OneVoice())
    assert said.path is None and "recording" in said.problem


def test_a_format_that_does_not_bring_it_back_says_so(tmp_path: Path) -> None:
    write_movie(tmp_path / "film.mp4", 1)
    reel = write_reel(tmp_path / "reel.otio", ["film.mp4"])
    list(render(Request(reel, tmp_path / "out.kdenlive", task="foley", background="off"), load_engine=load_tones))
    (told,) = again(tmp_path / "out.kdenlive")
    assert told.path is None and ".otio" in told.problem


@pytest.mark.parametrize(
    ("spoil", "problem"),
    [
        (lambda place: (place / "film.mp4").unlink(), "picture"),
        (lambda place: (place / "film.mp4").write_bytes((place / "film.mp4").read_bytes() + b"0"), "picture"),
        (lambda place: (place / "reel.otio").unlink(), "reel.otio"),
    ],
)
def test_what_is_not_as_it_was_is_said(place: Path, spoil: object, problem: str) -> None:
    spoil(place)  # type: ignore[operator]
    (told,) = again(place / BOTH, name="FX_V1-001_shot-1_t01")
    assert told.path is None and problem in told.problem and "\n" not in told.problem


def test_edited_words_and_other_weights_are_said(place: Path) -> None:
    reel = place / "reel.otio"
    reel.write_text(reel.read_text().replace("Hello there.", "Hello dear."))
    told = {each.name: each.problem for each in again(place / BOTH, name="V1-001_shot-1")}
    assert "words or voice" in told.pop("DX_V1-001_shot-1_ANNA_t01") and "words" in told.pop(
        "DX_V1-001_shot-1_ANNA_t02"
    )
    assert set(told.values()) == {""}  # effects and beds do not hear them
    other = TonesEngine()
    other.weights_hash = "1" * 64
    (said,) = again(place / BOTH, name="FX_V1-001_shot-1_t01", engine=other)
    assert "weights" in said.problem


class Beside(TonesEngine):
    """Has things beside its weights."""

    def __init__(self, **parts: str) -> None:
        super().__init__()
        self.parts = parts

    @property
    def provenance(self) -> Mapping[str, Any]:
        return {"beside": self.parts}


def test_what_lay_beside_the_weights_is_compared_by_name(tmp_path: Path, place: Path) -> None:
    write_movie(tmp_path / "film.mp4", 1)
    reel = write_reel(tmp_path / "reel.otio", ["film.mp4"])
    engine = Beside(clip="1" * 64, vae="2" * 64)
    request = Request(reel, tmp_path / BOTH, task="foley", background="off", prompt="steps")
    list(render(request, load_engine=lambda *_: engine))
    (same,) = again(tmp_path / BOTH, engine=Beside(vae="2" * 64, clip="1" * 64))
    assert (same.problem, same.is_same) == ("", True)
    (other,) = again(tmp_path / BOTH, engine=Beside(clip="3" * 64, vae="2" * 64))
    assert f"was made with {'1' * 16} as clip, and here it is {'3' * 16}" in other.problem
    (gone,) = again(tmp_path / BOTH, engine=Beside(clip="1" * 64))
    assert f"was made with {'2' * 16} as vae, and here it is not there" in gone.problem
    (early,) = again(place / BOTH, name="FX_V1-001_shot-1_t01", engine=engine)
    assert "does not say what lay beside its weights" in early.problem


@needs_c2pa
def test_a_take_that_lies_alone_is_made_again_from_its_credential(place: Path, tmp_path: Path) -> None:
    """Without the timeline that plays it; in a folder beside the timeline it was made for, or right beside that one."""
    (place / BOTH).unlink()
    beside = shutil.copy(next((place / "out.takes").glob("DX_V1-001*t01.wav")), place)
    for path in (*(place / "out.takes").glob("*V1-001*t01.wav"), Path(beside)):
        assert [(each.problem, each.is_same) for each in again(path, tmp_path / "again")] == [("", True)]
    away = Path(shutil.copy(beside, tmp_path))
    (told,) = again(away)
    assert "reel.otio" in told.problem


@needs_c2pa
def test_a_take_that_cannot_be_signed_again_says_so(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    monkeypatch.setenv("TALKIES_CREDENTIALS", str(tmp_path / "file"))
    command = ["redo", str(place / BOTH), "--take", "FX_V1-001_shot-1_t01", "-o", str(tmp_path / "again")]
    assert main(command, load_tones) == 0
    assert "no credentials are written" in capsys.readouterr().err


@needs_c2pa
def test_a_credential_that_no_longer_holds_says_nothing(place: Path) -> None:
    (place / BOTH).unlink()
    path = next((place / "out.takes").glob("FX_V1-001*t01.wav"))
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    with pytest.raises(InputError, match="its credential no longer holds"):
        made_takes(path)


def test_what_says_nothing_of_itself_is_refused(place: Path) -> None:
    with pytest.raises(InputError, match="holds no take"):
        made_takes(place / "reel.otio")
    stray = place / "FX_V1-001_t01.wav"
    write_bwf(stray, [np.zeros((1, 4800), np.float32)])
    with pytest.raises(InputError, match="how it was made"):
        made_takes(stray)
    (take,) = [each for each in made_takes(place / BOTH) if each.name == "FX_V1-001_shot-1_t01"]
    renamed = place / "my_fx.wav"
    stray.rename(renamed).with_suffix(".json").write_text("{}")
    with pytest.raises(InputError, match="name"):
        made_takes(renamed)
    said = take.metadata["made_from"]
    for metadata in (
        {},
        {**take.metadata, "made_from": {**said, "request": {"seed": "x"}}},
        {**take.metadata, "made_from": {**said, "digests": []}},
        {**take.metadata, "edit": {}},
    ):
        (told,) = redo([replace(take, metadata=metadata)], load_engine=load_tones)
        assert told.path is None and told.problem


def test_the_command_says_what_it_did(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["redo", str(place / BOTH), "--take", "FX_V1-001_shot-1_t01"]
    assert main(command, load_tones) == 0
    assert "the same, sample for sample" in capsys.readouterr().out
    (place / "film.mp4").unlink()
    assert main([*command, "--json"], load_tones) == 1
    (row,) = json.loads(capsys.readouterr().out)["takes"]
    assert row["path"] is None and "picture" in row["problem"]
    assert main(["redo", str(place / BOTH), "--take", "FX_nobody"], load_tones) == 2
