"""``talkies portrait``: one command from a still and a sound to a film, and every sentence on the way."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import av
import cv2
import pytest
from drawn_rig import drawn_mesh
from engines import load_tones
from portraits import drawn_woman
from sung_sounds import Note, sung, written

from talkies.core.arrays import Image
from talkies.core.portrait import making
from talkies.core.portrait.mesh import Mesh
from talkies.plugin.cli import main

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def still(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The drawn woman, her face found without a network, and nobody's consent known."""
    monkeypatch.setenv("TALKIES_CONFIG", str(tmp_path / "configuration" / "config.toml"))
    monkeypatch.setenv("TALKIES_CREDENTIALS", str(tmp_path / "credentials"))

    def found(image: Image, still: Path, number: int) -> Mesh:
        return drawn_mesh()

    monkeypatch.setattr(making, "find_face", found)
    cv2.imwrite(str(tmp_path / "aunt.png"), drawn_woman()[..., ::-1])
    return tmp_path / "aunt.png"


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    return written(tmp_path / "a.wav", sung([Note(0.1, 0.4, 200.0)], 0.5))


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Exit code, stdout and stderr of ``talkies portrait ...``."""

    def call(*words: object) -> tuple[int, str, str]:
        code = main(["portrait", *map(str, words)], load_engine=load_tones)
        said = capsys.readouterr()
        return code, said.out, said.err

    return call


def frames_in(film: Path) -> int:
    with av.open(str(film)) as container:
        return sum(1 for _ in container.decode(video=0))


def test_a_still_and_a_recording(still: Path, sound: Path, run: Run, tmp_path: Path) -> None:
    out = tmp_path / "film.mp4"
    code, said, told = run(still, "--sound", sound, "-o", out, "--consent", "her daughter", "--rate", "24")
    assert (code, said) == (0, f"{out}: 12 frames at 24, mouthed by its sound alone\n")
    assert frames_in(out) == 12
    assert "100% drawing the film" in told


def test_consent_is_asked_for_once(still: Path, sound: Path, run: Run, tmp_path: Path) -> None:
    words = still, "--sound", sound, "-o", tmp_path / "film.mp4"
    code, _, told = run(*words)
    assert code == 2
    assert told.startswith("talkies: aunt.png: nobody has said who consented to this portrait speaking; say who")
    assert not (tmp_path / "film.mp4").exists()
    assert run(*words, "--consent", "herself")[0] == 0
    assert run(*words)[0] == 0


def test_a_line_is_spoken_and_leaves_no_other_file(still: Path, run: Run, tmp_path: Path) -> None:
    before = {path.name for path in tmp_path.iterdir()}
    out = tmp_path / "film.mov"
    code, said, _ = run(still, "--line", "Hello you.", "-o", out, "--consent", "her", "--json")
    report = json.loads(said)
    assert code == 0 and report["output"] == str(out) and report["frames"] == frames_in(out)
    assert {path.name for path in tmp_path.iterdir()} - before == {"film.mov", "configuration", "credentials"}


def test_without_credentials_it_is_said(still: Path, sound: Path, run: Run, tmp_path: Path) -> None:
    (tmp_path / "configuration").mkdir()
    (tmp_path / "configuration" / "config.toml").write_text('credentials = "off"\n')
    code, _, told = run(still, "--sound", sound, "-o", tmp_path / "film.mp4", "--consent", "her")
    assert code == 0
    assert "warning: the film carries no credential that says it was made from a still" in told


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("--line", " ", "-o", "film.mp4"), "--line: says nothing; give the words to be spoken"),
        (("--line", "Hello.", "-o", "film.avi"), "--output: 'film.avi' is no kind of film; name a .mp4"),
        (("--line", "Hello.", "-o", "film.mp4", "--face", "-1"), "--face: -1 is no face; count from the left"),
        (("--line", "Hello.", "-o", "film.mp4", "--rate", "auto"), "--rate: a still has none of its own"),
        (("--line", "Hello.", "-o", "film.mp4", "--rate", "0"), "--rate: 0 is out of range"),
        (("--sound", "a.wav", "--voice", "clara", "-o", "film.mp4"), "--voice: is for --line; a sound has its own"),
        (("--sound", "a.wav", "--line", "Hello.", "-o", "film.mp4"), "--line: not allowed with argument --sound"),
        (("-o", "film.mp4"), "one of the arguments --sound --line is required"),
        (("--sound", "nothing.wav", "--consent", "her", "-o", "film.mp4"), "nothing.wav"),
    ],
)
def test_what_is_refused(
    still: Path, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], sentence: str
) -> None:
    monkeypatch.chdir(tmp_path)
    code, said, told = run(still, *words)
    assert (code, said) == (2, "")
    assert sentence in told
    assert not list(tmp_path.glob("film*"))


def test_a_still_that_is_no_picture(sound: Path, still: Path, run: Run, tmp_path: Path) -> None:
    cases = (("text.png", b"nothing", "picture cannot be read"), ("empty.jpg", b"", "media is empty"))
    for name, content, problem in cases:
        (tmp_path / name).write_bytes(content)
        code, _, told = run(tmp_path / name, "--sound", sound, "-o", tmp_path / "film.mp4", "--consent", "her")
        assert code == 2
        assert told.splitlines()[-1].startswith(f"talkies: {tmp_path / name}: {problem}")
    code, _, told = run(tmp_path / "missing.png", "--sound", sound, "-o", tmp_path / "film.mp4", "--consent", "her")
    assert code == 2 and "missing.png" in told and len(told.splitlines()) == 1
