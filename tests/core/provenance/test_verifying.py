"""What is verified of files, timelines and folders, and how the command ends."""

from __future__ import annotations

import json
import os
import shutil
from importlib.metadata import version as talkies_version
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from engines import load_tones
from films import write_movie, write_reel
from signed import needs_c2pa, noise, sign

from talkies.core.arrays import Floats32
from talkies.core.credentials import settings
from talkies.core.generation.render import render
from talkies.core.generation.request import Request
from talkies.core.mark.laying import marked
from talkies.core.mark.payload import Payload
from talkies.core.media.wav.bwf import write_bwf
from talkies.plugin.cli import main

CUES = [(2, 10, "ANNA: Hello there.")]
TAKE = "FX_V1-001_shot_t01.wav"


@pytest.fixture(scope="module")
def laid(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("laid")
    write_movie(folder / "film.mp4", 2)
    reel = write_reel(folder / "reel.otio", ["film.mp4"], cues=CUES, start=25)
    list(render(Request(reel, folder / "out.otio"), load_engine=load_tones))
    return folder


@pytest.fixture
def place(laid: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(laid, tmp_path / "place"))


def verified(capsys: pytest.CaptureFixture[str], path: Path, *options: str) -> tuple[int, dict[str, Any]]:
    code = main(["verify", str(path), "--json", *options])
    document: dict[str, Any] = json.loads(capsys.readouterr().out)
    return code, document


@needs_c2pa
def test_what_was_just_made_is_ours_and_can_be_made_again(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, document = verified(capsys, place / "out.otio")
    assert code == 0
    assert {each["status"] for each in document["files"]} == {"ours"}
    assert [each["redo"] for each in document["files"]] == [{"possible": True, "why": ""}] * len(document["files"])


@needs_c2pa
def test_a_take_moved_away_says_that_its_timeline_is_not_there(
    place: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    take = next((place / "out.takes").glob("FX_*.wav"))
    alone = tmp_path / "away" / "far" / take.name
    alone.parent.mkdir(parents=True)
    take.rename(alone)
    code, document = verified(capsys, alone)
    assert code == 0
    assert not document["files"][0]["redo"]["possible"]
    assert "reel.otio" in document["files"][0]["redo"]["why"]


@needs_c2pa
def test_one_that_was_altered_ends_with_1(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    take = next((place / "out.takes").glob("FX_*.wav"))
    data = bytearray(take.read_bytes())
    data[len(data) // 2] ^= 4
    take.write_bytes(data)
    code, document = verified(capsys, place / "out.otio")
    assert code == 1
    assert document["counts"] == {"altered": 1, "ours": len(document["files"]) - 1}


@needs_c2pa
def test_a_take_that_is_not_there_ends_with_1(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    next((place / "out.takes").glob("FX_*.wav")).unlink()
    code, document = verified(capsys, place / "out.otio")
    assert (code, document["counts"]["unreadable"]) == (1, 1)


@needs_c2pa
def test_a_folder_is_looked_through_with_all_in_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is not ours, or cannot be read, is named and the rest goes on; links lead nowhere."""
    sign(noise(tmp_path / "a" / "b" / TAKE))
    noise(tmp_path / "other.wav")
    (tmp_path / "broken.wav").write_bytes(b"nothing")
    (tmp_path / "notes.txt").write_text("no sound", encoding="utf-8")
    if os.name != "nt":
        (tmp_path / "link.wav").symlink_to(tmp_path / "other.wav")
    code, document = verified(capsys, tmp_path)
    assert code == 1
    found = {Path(each["path"]).name: each["status"] for each in document["files"]}
    assert found == {TAKE: "ours", "other.wav": "absent", "broken.wav": "unreadable"}


@needs_c2pa
def test_a_mark_is_found_in_sound_that_has_lost_its_credential(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    payload = Payload((0, 1), "hibari")
    sound = np.random.default_rng(0).normal(0, 0.05, 20 * 48_000).astype(np.float32)
    pieces = [piece[None] for piece in marked([sound], payload.number)]
    write_bwf(tmp_path / "marked.wav", pieces)
    write_bwf(tmp_path / "plain.wav", [sound[None]])
    code, document = verified(capsys, tmp_path)
    found, plain = (each["mark"] for each in document["files"])
    assert code == 1
    assert found["found"]
    assert found["probability"] > 0.999
    assert "hibari" in found["says"]
    assert plain == {"found": False}


@needs_c2pa
def test_a_mark_is_found_where_the_two_sides_cancel_each_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    payload = Payload((0, 1), "hibari")
    sound = np.random.default_rng(0).normal(0, 0.05, 10 * 48_000).astype(np.float32)
    side = np.concatenate(list(marked([sound], payload.number)))
    write_bwf(tmp_path / "wide.wav", [np.stack([side, -side])], channels=2)
    _, document = verified(capsys, tmp_path / "wide.wav")
    assert document["files"][0]["mark"]["found"]


@needs_c2pa
@pytest.mark.parametrize(("suffix", "codec"), [(".mp3", "libmp3lame"), (".flac", "flac"), (".mkv", "aac")])
def test_a_mark_is_found_in_what_was_delivered(
    suffix: str, codec: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of itself and in a folder; a file of that kind that cannot be read is no reason to stop."""
    sound = np.random.default_rng(0).normal(0, 0.05, 10 * 48_000).astype(np.float32)
    side = np.concatenate(list(marked([sound], Payload((0, 1), "mini").number)))
    encode(tmp_path / f"heard{suffix}", codec, side)
    code, document = verified(capsys, tmp_path / f"heard{suffix}")
    assert (code, document["counts"]) == (1, {"absent": 1})
    assert document["files"][0]["mark"]["says"].endswith("mini")
    (tmp_path / f"broken{suffix}").write_bytes(b"nothing")
    code, document = verified(capsys, tmp_path)
    assert (code, document["counts"]) == (1, {"absent": 1, "unreadable": 1})


def encode(path: Path, codec: str, sound: Floats32) -> None:
    with av.open(str(path), "w") as out:
        stream: Any = out.add_stream(codec, rate=48_000, layout="mono")
        frame = av.AudioFrame.from_ndarray((sound * 32767).astype(np.int16)[None], format="s16", layout="mono")
        frame.sample_rate = 48_000
        for each in (frame, None):
            out.mux(stream.encode(each))


@needs_c2pa
def test_a_silent_film_has_no_credential_and_can_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_movie(tmp_path / "film.mp4", 1)
    code, document = verified(capsys, tmp_path / "film.mp4")
    assert (code, document["counts"], document["files"][0]["mark"]) == (1, {"absent": 1}, None)


LONG = "a" * 5000


@needs_c2pa
@pytest.mark.parametrize(
    "request_",
    [{"voice": LONG}, {"music": {"soundfont": LONG}}, {"timeline": LONG}, {"timeline": "a\0b"}, {"voice": 5}, {}],
    ids=["voice", "soundfont", "timeline", "nothing", "number", "version"],
)
def test_what_strangers_sign_is_told_in_a_few_words(
    request_: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Names that no disk takes, and others that make no sense, do not keep a folder from being looked through."""
    made_from = {"request": {"timeline": "reel.otio"} | request_, "digests": {}, "index": 0}
    version = talkies_version("talkies") if request_ else "9" * 100_000
    sign(noise(tmp_path / "FX_a_t01.wav"), made_from=made_from, version=version)
    sign(noise(tmp_path / "FX_b_t01.wav"))
    code, document = verified(capsys, tmp_path, "--no-mark")
    assert (code, document["counts"]) == (0, {"ours": 2})
    redo = document["files"][0]["redo"]
    assert not redo["possible"] and 10 < len(redo["why"]) < 500


@needs_c2pa
def test_others_are_trusted_where_their_authority_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TALKIES_CREDENTIALS", str(tmp_path / "theirs"))
    path = sign(noise(tmp_path / "sound" / TAKE))
    assert main(["credentials", "show", "--certificate"]) == 0
    printed = capsys.readouterr().out
    assert printed.splitlines()[0] == "-----BEGIN CERTIFICATE-----"
    (tmp_path / "theirs.pem").write_text(printed, encoding="ascii")
    monkeypatch.setenv("TALKIES_CREDENTIALS", str(tmp_path / "here"))
    assert main(["verify", str(path)]) == 1
    assert "valid, untrusted" in capsys.readouterr().out
    assert main(["verify", str(path), "--trust", str(tmp_path / "theirs.pem")]) == 0


@needs_c2pa
@pytest.mark.parametrize("name", ["none.wav", "empty", "words.txt", "broken.wav"])
def test_what_cannot_be_verified_is_one_sentence(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    (tmp_path / "words.txt").write_text("words", encoding="utf-8")
    (tmp_path / "broken.wav").write_bytes(b"nothing")
    assert main(["verify", str(tmp_path / name)]) == 2
    said = [line for line in capsys.readouterr().err.splitlines() if line.startswith("talkies:")]
    assert len(said) == 1
    assert name in said[0]


@needs_c2pa
def test_credentials_are_made_and_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TALKIES_CREDENTIALS", str(tmp_path / "own"))
    assert main(["credentials", "show"]) == 0
    assert "nobody signs yet" in capsys.readouterr().out
    assert main(["credentials", "create", "--name", "Filmhaus Süd", "--json"]) == 0
    made = json.loads(capsys.readouterr().out)
    assert made["organization"] == "Filmhaus Süd"
    assert main(["credentials", "show", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == made


@pytest.mark.parametrize("words", ["verify out.wav", "credentials show", "credentials create"])
def test_without_the_extra_one_sentence_says_how_to_have_it(
    words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(__import__("sys").modules, settings.LIBRARY, None)
    assert main(words.split()) == 2
    assert "pip install 'talkies[credentials]'" in capsys.readouterr().err


def test_nothing_of_it_is_imported_for_help() -> None:
    """Who asks for a list of commands waits for none of them."""
    import subprocess
    import sys

    program = "import sys; from talkies.plugin.cli import main; main(['--help']); "
    program += "print([name for name in ('c2pa', 'cryptography', 'numpy') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"
