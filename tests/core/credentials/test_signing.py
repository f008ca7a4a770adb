"""Signing as a part of a run: whole files, signed or not, and a sentence where they are not."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from engines import load_tones
from films import write_movie, write_reel
from signed import chunks, needs_c2pa

from talkies.core.batch.asking import Asked
from talkies.core.credentials import signing
from talkies.core.credentials.authority import trusted
from talkies.core.credentials.reading import Credential, CredentialReader
from talkies.core.credentials.waves import has_credential
from talkies.core.errors import InputError
from talkies.core.events import Finished, Warned
from talkies.core.generation.made_takes import made_takes
from talkies.core.generation.redo import redo
from talkies.core.generation.render import render
from talkies.core.generation.request import Request
from talkies.core.generation.take_orders import TakeRequest, make_takes
from talkies.core.timeline import read_timeline
from talkies.core.turnover.handover import hand_over
from talkies.core.turnover.span import Pops

CUES = [(2, 10, "ANNA: Hello there.")]


@pytest.fixture(scope="module")
def reel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reel")
    write_movie(folder / "film.mp4", 2)
    return write_reel(folder / "reel.otio", ["film.mp4"], cues=CUES, start=25)


def made(reel: Path, out: Path, **options: object) -> Finished:
    event = list(render(Request(reel, out, **options), load_engine=load_tones))[-1]  # type: ignore[arg-type]
    assert isinstance(event, Finished)
    return event


def read(path: Path) -> Credential:
    with CredentialReader(trusted()) as reader:
        return reader.read(path)


@needs_c2pa
def test_every_take_of_a_run_is_signed_after_its_loudness(reel: Path, tmp_path: Path) -> None:
    """The recipe in the file is that of the timeline, with the gains that came last."""
    takes = made(reel, tmp_path / "out.otio").takes
    assert takes
    for take in takes:
        found = read(take.path)
        assert (found.status, found.recipe["engine"]) == ("ours", take.metadata["engine"])
        assert found.recipe.get("balanced") == take.metadata.get("balanced")
        assert [name for name, _ in found.films] == ["film.mp4"]
    assert not list(tmp_path.rglob("*.part"))


@needs_c2pa
def test_with_and_without_credentials_the_sound_is_the_same(reel: Path, tmp_path: Path) -> None:
    signed = made(reel, tmp_path / "signed.otio").takes
    plain = made(reel, tmp_path / "plain.otio", credentials=False).takes
    assert [has_credential(take.path) for take in plain] == [False] * len(plain)
    for one, other in zip(signed, plain, strict=True):
        assert chunks(one.path)[b"data"] == chunks(other.path)[b"data"]
        assert one.metadata["made_from"] == other.metadata["made_from"]


@needs_c2pa
def test_a_take_of_the_panel_is_signed(reel: Path, tmp_path: Path) -> None:
    event = list(make_takes(TakeRequest(Request(reel, tmp_path / "takes")), load_engine=load_tones))[-1]
    assert isinstance(event, Finished)
    assert {read(take.path).status for take in event.takes} == {"ours"}


@needs_c2pa
def test_a_take_that_is_made_again_is_signed(reel: Path, tmp_path: Path) -> None:
    for name in ("film.mp4", "reel.otio"):
        shutil.copy(reel.with_name(name), tmp_path)
    made(tmp_path / "reel.otio", tmp_path / "out.otio")
    takes = made_takes(tmp_path / "out.otio")
    before = chunks(takes[0].path)[b"data"]
    takes[0].path.unlink()
    list(redo(takes[:1], load_engine=load_tones))
    assert chunks(takes[0].path)[b"data"] == before
    assert read(takes[0].path).status == "ours"


@needs_c2pa
def test_a_turnover_is_signed_to_the_last_file_and_says_so(reel: Path, tmp_path: Path) -> None:
    made(reel, tmp_path / "out.otio", credentials=False)
    list(hand_over(read_timeline(tmp_path / "out.otio"), tmp_path / "T", Pops(two_pop=True)))
    files = [path for path in (tmp_path / "T").rglob("*") if path.suffix in (".wav", ".mov")]
    assert len(files) >= 5
    assert {read(path).status for path in files} == {"ours"}
    (movie,) = (tmp_path / "T" / "PICTURE").iterdir()
    assert read(movie).source_type == "compositeWithTrainedAlgorithmicMedia"
    readme = (tmp_path / "T" / "README.txt").read_text(encoding="utf-8")
    assert f"{len(files)} of {len(files)} sound and movie files are signed (C2PA) by talkies" in readme


@needs_c2pa
def test_what_is_made_of_takes_follows_them(reel: Path, tmp_path: Path) -> None:
    """Stems, and the copies that MLT plays."""
    made(reel, tmp_path / "signed.stems")
    made(reel, tmp_path / "plain.stems", credentials=False)
    assert {read(path).status for path in (tmp_path / "signed.stems").glob("*.wav")} == {"ours"}
    assert {has_credential(path) for path in (tmp_path / "plain.stems").glob("*.wav")} == {False}
    made(reel, tmp_path / "cut.mlt")
    copies = list((tmp_path / "cut.takes").glob("*.from-frame.wav"))
    assert {read(path).status for path in copies} <= {"ours"}


def test_where_it_cannot_be_signed_the_take_is_as_it_was_and_one_sentence_says_why(
    reel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise InputError("credential", "cannot be signed", "never mind")

    monkeypatch.setattr(signing, "is_installed", lambda: True)
    monkeypatch.setattr(signing, "signer", lambda: "anybody")
    monkeypatch.setattr(signing, "embed", broken)
    *events, done = render(Request(reel, tmp_path / "out.otio"), load_engine=load_tones)
    assert isinstance(done, Finished)
    for sentences in (done.report["warnings"], [event.sentence for event in events if isinstance(event, Warned)]):
        said = [sentence for sentence in sentences if "credential" in sentence]
        assert said == ["no credentials are written: credential: cannot be signed; never mind"]
    assert not any(has_credential(take.path) for take in done.takes)
    assert not list(tmp_path.rglob("*.part"))


def test_without_the_extra_all_works_and_nothing_is_said(
    reel: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(signing, "is_installed", lambda: False)
    done = made(reel, tmp_path / "out.otio")
    assert not any(has_credential(take.path) for take in done.takes)
    assert not [sentence for sentence in done.report["warnings"] if "credential" in sentence]


def test_a_batch_asks_the_same_with_and_without(reel: Path, tmp_path: Path) -> None:
    asked = Asked(Request(reel, tmp_path / "out.otio"), tmp_path, ".otio")
    with_it, without = (Request(reel, tmp_path / "out.otio", credentials=wanted) for wanted in (True, False))
    assert asked.facts(with_it) == asked.facts(without)
