"""What a model made carries the mark that its take names; what rules made does not; whoever wants none has none."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest
from engines import TonesEngine, TonesPrepared
from films import write_movie, write_reel

from talkies.core.arrays import Sound
from talkies.core.engines.base import Brief
from talkies.core.events import Finished
from talkies.core.generation.made_takes import made_takes
from talkies.core.generation.redo import redo
from talkies.core.generation.render import render
from talkies.core.generation.request import Request
from talkies.core.mark.finding import found
from talkies.core.mark.payload import Payload
from talkies.core.media.sound import read_sound
from talkies.core.segment import Take

RATE = 48_000


@dataclass(frozen=True, kw_only=True)
class HissPrepared(TonesPrepared):
    made_by: str

    @property
    def source(self) -> str:
        return self.made_by


class Hiss(TonesEngine):
    """Noise from end to end, which has room for a mark."""

    made_by: ClassVar[str] = "network"

    def prepare(self, brief: Brief) -> TonesPrepared:
        return HissPrepared(**vars(super().prepare(brief)), made_by=self.made_by)

    def sound(self, prepared: TonesPrepared, *, seed: int, **_: Any) -> Iterator[Sound]:
        count = round(prepared.duration * RATE)
        yield np.random.default_rng(seed).normal(0, 0.1, count).astype(np.float32)


class ByRules(Hiss):
    made_by = "rules"


@pytest.fixture(scope="module")
def reel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reel")
    write_movie(folder / "film.mp4", 10)
    return write_reel(folder / "reel.otio", ["film.mp4"], frames=250, rate=25)


def made(reel: Path, out: Path, engine: Callable[[], TonesEngine] = Hiss, **options: Any) -> Take:
    request = Request(reel, out, task="foley", background="off", **options)
    *_, last = render(request, load_engine=lambda *_: engine())
    assert isinstance(last, Finished)
    (take,) = last.takes
    return take


def heard(take: Take) -> Sound:
    sound: Sound = read_sound(take.path)[0]
    return sound


def test_the_mark_that_a_take_names_is_found_in_its_file(reel: Path, tmp_path: Path) -> None:
    take = made(reel, tmp_path / "out.otio")
    assert take.metadata["mark"] == Payload.of(version("talkies"), "tones").number
    assert {mark.payload for mark in found(heard(take), RATE)} == {take.metadata["mark"]}


def test_who_wants_no_mark_has_none(reel: Path, tmp_path: Path) -> None:
    take = made(reel, tmp_path / "out.otio", mark=False)
    assert "mark" not in take.metadata and not found(heard(take), RATE)


def test_what_rules_made_is_what_it_was(reel: Path, tmp_path: Path) -> None:
    take = made(reel, tmp_path / "out.otio", ByRules)
    assert take.metadata["source"] == "rules" and "mark" not in take.metadata
    assert np.array_equal(heard(take), heard(made(reel, tmp_path / "plain.otio", ByRules, mark=False)))


@pytest.mark.parametrize("mark", [True, False])
def test_a_take_is_made_again_with_its_mark_or_without(reel: Path, tmp_path: Path, mark: bool) -> None:
    made(reel, tmp_path / "out.otio", mark=mark)
    again = redo(made_takes(tmp_path / "out.otio"), None, load_engine=lambda *_: Hiss())
    assert [(each.problem, each.is_same) for each in again] == [("", True)]


def test_a_take_from_before_there_were_marks_is_made_again_without(reel: Path, tmp_path: Path) -> None:
    out = tmp_path / "out.otio"
    made(reel, out, mark=False)
    document = json.loads(out.read_text(encoding="utf-8"))
    (request,) = [each for each in _dictionaries(document) if "mark" in each]
    del request["mark"]
    out.write_text(json.dumps(document), encoding="utf-8")
    again = redo(made_takes(out), None, load_engine=lambda *_: Hiss())
    assert [(each.problem, each.is_same) for each in again] == [("", True)]


def _dictionaries(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from _dictionaries(each)
