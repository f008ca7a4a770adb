"""Which engine makes which task, as people write it."""

from __future__ import annotations

from pathlib import Path

import pytest
from guests import rude_guest

from talkies.core.engines.choice import choices, engine_for, engines_for, spotter_for
from talkies.core.engines.guests.found import added_file, keep
from talkies.core.errors import ArgumentError
from talkies.core.generation.request import Request


@pytest.fixture
def rude(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine of somebody else's that makes foley and nothing else."""
    monkeypatch.setenv("TALKIES_CONFIG", str(tmp_path / "config.toml"))
    keep(rude_guest())
    assert added_file() == tmp_path / "engines.json"


def test_a_name_is_for_all_that_has_none_of_its_own() -> None:
    assert choices("mini") == {"": "mini"}
    assert choices("foley=a, dialogue=b") == {"foley": "a", "dialogue": "b"}
    assert [engine_for("a,dialogue=b", task) for task in ("foley", "dialogue", "joint")] == ["a", "b", "a"]
    assert engine_for("dialogue=b", "foley") == "mini"


@pytest.mark.parametrize("text", ["", "foley=", "fole=a", "a,,b", "a,b", "foley=a,foley=b", "=a=b"])
def test_what_names_nothing_is_refused(text: str) -> None:
    with pytest.raises(ArgumentError, match="--engine"):
        choices(text)


@pytest.mark.usefixtures("rude")
def test_what_an_engine_does_not_make_is_left_to_the_one_that_ships_and_said() -> None:
    engines, notes = engines_for("rude", ["foley", "dialogue"])
    assert engines == {"foley": "rude", "dialogue": "mini"}
    assert notes == ("the engine rude makes foley; dialogue is made by mini",)
    with pytest.raises(ArgumentError, match="makes no dialogue"):
        engines_for("dialogue=rude", ["dialogue"])
    assert spotter_for("rude") == "mini" and spotter_for("vssflow") == "vssflow"


def test_one_that_is_not_known_is_refused_whatever_it_was_for() -> None:
    with pytest.raises(ArgumentError, match="nobody"):
        engines_for("dialogue=nobody", ["foley"])


def test_who_loads_an_engine_says_whether_it_is_one() -> None:
    """A program that renders with engines of its own calls them what it likes."""
    assert engines_for("ours", ["foley", "dialogue"]) == ({"foley": "ours", "dialogue": "ours"}, ())


def test_rules_are_chosen_for_music_by_their_name() -> None:
    assert engines_for("music=rules", ["music", "foley"]) == ({"foley": "mini"}, ())
    assert engines_for("music=rules", ["dialogue"]) == ({"dialogue": "mini"}, ())
    with pytest.raises(ArgumentError, match="rules"):
        engines_for("foley=mini,dialogue=rules", ["foley"])


def test_weights_are_of_one_engine(tmp_path: Path) -> None:
    files = tmp_path / "reel.otio", tmp_path / "out.otio"
    with pytest.raises(ArgumentError, match="--weights"):
        Request(*files, engine="foley=mini,dialogue=vssflow", weights=tmp_path / "some.safetensors")
    assert Request(*files, engine="foley=mini,dialogue=mini", weights=tmp_path / "some.safetensors").weights
