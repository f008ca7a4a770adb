"""A sentence in a voice: made once for the same weights, whole, and refused in a sentence."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from engines import TonesEngine

from talkies.core.engines.base import Engine
from talkies.core.errors import ArgumentError
from talkies.core.events import Finished
from talkies.core.generation.voice_sample import SENTENCES, SampleRequest, make_sample
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
