"""A sentence in a voice: made once for the same weights, whole, and refused in a sentence."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from engines import TonesEngine
from signed import needs_c2pa

from talkies.core.arrays import Sound
from talkies.core.credentials.authority import trusted
from talkies.core.credentials.reading import CredentialReader
from talkies.core.credentials.signing import Signing
from talkies.core.engines.base import Engine
from talkies.core.errors import ArgumentError
from talkies.core.events import Finished
from talkies.core.generation.voice_sample import SENTENCES, SampleRequest, make_sample
from talkies.core.mark.finding import found
from talkies.core.mark.payload import Payload
from talkies.core.media.sound import read_sound


class Loader:
    """Keeps the engine that it made, to look at what it was asked for."""

    def __init__(self) -> None:
        self.engine = TonesEngine()

    def __call__(self, name: str, weights: Path | None, device: str) -> Engine:
        return self.engine


def test_a_sample_is_made_once_in_the_language_of_its_voice(tmp_path: Path) -> None:
    load = Loader()
    order = SampleRequest("kerstin", tmp_path / "voices", "de-DE")
    paths = set()
    for _ in range(2):
        *_, last = make_sample(order, load_engine=load)
        assert isinstance(last, Finished)
        paths.add(Path(last.report["path"]))
    (path,) = paths
    (asked,) = load.engine.prepared
    assert asked.voice == "kerstin" and [line.text for line in asked.lines] == [SENTENCES["de"]]
    sound = read_sound(path)
    assert sound.shape == (1, 3 * 48_000)
    assert float(np.abs(sound).max()) == pytest.approx(0.5, abs=1e-4)
    assert [each.name for each in path.parent.iterdir()] == [path.name]


class Rustling(TonesEngine):
    """Noise at another rate, in which there is room for a mark; named as ours."""

    name = "mini"
    sample_rate = 24_000

    def sound(self, prepared: Any, **options: Any) -> Iterator[Sound]:
        yield np.random.default_rng(0).normal(0, 0.1, 3 * self.sample_rate).astype(np.float32)


def test_a_sample_is_marked_as_any_other_sound_of_a_model(tmp_path: Path) -> None:
    *_, last = make_sample(SampleRequest("clara", tmp_path), load_engine=lambda *_: Rustling())
    assert isinstance(last, Finished)
    sound = read_sound(Path(last.report["path"]))
    assert sound.shape == (1, 3 * 48_000)
    assert {Payload.read(mark.payload).kind for mark in found(sound[0], 48_000)} == {"mini"}


@needs_c2pa
def test_a_sample_is_signed_and_says_who_speaks_what(tmp_path: Path) -> None:
    *_, last = make_sample(SampleRequest("clara", tmp_path, "en"), load_engine=Loader())
    assert isinstance(last, Finished)
    with CredentialReader(trusted()) as reader:
        said = reader.read(Path(last.report["path"]))
    assert (said.status, said.source_type) == ("ours", "trainedAlgorithmicMedia")
    assert (said.recipe["kind"], said.recipe["voice"]) == ("voice sample", "clara")
    assert said.recipe["text"] == SENTENCES["en"]


def test_a_sample_that_cannot_be_made_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Signing, "sample", lambda *_: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt):
        list(make_sample(SampleRequest("clara", tmp_path), load_engine=Loader()))
    assert list(tmp_path.iterdir()) == []


def test_a_language_that_only_begins_as_another_is_not_that_one(tmp_path: Path) -> None:
    """North Frisian is frr, French is fr."""
    load = Loader()
    list(make_sample(SampleRequest("kerstin", tmp_path, "frr"), load_engine=load))
    (asked,) = load.engine.prepared
    assert [line.text for line in asked.lines] == [SENTENCES["en"]]


@pytest.mark.parametrize(
    "given",
    [{}, {"voice": "clara"}, {"voice": 7, "folder": "x"}, {"voice": "a\0b", "folder": "x"}, {"voices": "clara"}],
)
def test_what_cannot_be_is_refused(given: dict[str, Any]) -> None:
    with pytest.raises(ArgumentError):
        SampleRequest.from_mapping(given)
