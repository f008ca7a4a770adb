"""Which guests there are: what packages offer and what the user has added, read without running any of it."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from guests import rude_guest, rude_manifest

from talkies.core.engines.base import check_engine, engine_names
from talkies.core.engines.guests.adding import remove
from talkies.core.engines.guests.found import added_file, forget, guests, keep
from talkies.core.engines.guests.manifest import Manifest
from talkies.core.engines.guests.session import Session
from talkies.core.errors import EngineError
from talkies.plugin.cli import main


@pytest.fixture(autouse=True)
def configuration(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TALKIES_CONFIG", str(tmp_path / "configuration" / "config.toml"))


def offer(folder: Path, manifest: str | None, name: str = "loud", package: str = "loud_engine") -> None:
    """As pip lays a package down; its code must not run."""
    code, facts = folder / package, folder / f"{package}-2.0.dist-info"
    code.mkdir(parents=True)
    facts.mkdir()
    (code / "__init__.py").write_text("raise SystemExit('nobody has asked me to run')")
    if manifest is not None:
        (code / f"{name}.engine.json").write_text(manifest)
    (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 2.0\n")
    (facts / "entry_points.txt").write_text(f"[talkies.engines]\n{name} = {package}.main\n")


def test_a_package_that_offers_an_engine_is_listed_and_not_imported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(tmp_path / "site", json.dumps(rude_manifest(name="loud")))
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    found = guests()["loud"]
    assert found.origin == "loud_engine 2.0" and found.argv == (sys.executable, "-P", "-m", "loud_engine.main")
    assert found.manifest is not None and found.manifest.licence == "CC-BY-NC-4.0" and found.manifest.sellable is False
    assert "loud" in engine_names() and "loud_engine" not in sys.modules


@pytest.mark.parametrize(
    ("manifest", "why"),
    [
        (None, "cannot be read"),
        ("[", "is not JSON"),
        ("[]", "is not the manifest"),
        (json.dumps(rude_manifest(name="quiet")), "calls itself quiet"),
        (json.dumps(rude_manifest(name="loud", tasks=["painting"])), "tasks are not of"),
        (json.dumps(rude_manifest(name="loud", licence=" ")), "names no licence"),
    ],
)
def test_one_that_cannot_be_used_is_listed_with_the_reason(
    manifest: str | None, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    offer(tmp_path / "site", manifest)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    assert why in guests()["loud"].problem and "loud" not in engine_names()
    with pytest.raises(EngineError) as refused:
        check_engine("loud")
    assert why in str(refused.value)


def test_two_packages_with_one_name_are_both_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for package in ("loud_engine", "other_engine"):
        offer(tmp_path / "site", json.dumps(rude_manifest(name="loud")), package=package)
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    assert "is offered twice" in guests()["loud"].problem


def test_one_that_was_added_can_be_removed_when_a_package_takes_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(rude_guest(name="loud"))
    offer(tmp_path / "site", json.dumps(rude_manifest(name="loud")))
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    assert "is offered twice" in guests()["loud"].problem
    remove("loud")
    assert guests()["loud"].problem == "" and guests()["loud"].origin == "loud_engine 2.0"


def test_none_takes_the_name_of_one_that_ships(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    offer(tmp_path / "site", json.dumps(rude_manifest(name="mini")), "mini")
    monkeypatch.syspath_prepend(str(tmp_path / "site"))
    assert "ships with talkies" in guests()["mini"].problem
    check_engine("mini")


def test_what_was_added_stays_until_it_is_forgotten() -> None:
    keep(rude_guest())
    found = guests()["rude"]
    assert found == rude_guest() and found.manifest is not None and found.manifest.patience_s == 0.5
    forget("rude")
    assert "rude" not in guests() and json.loads(added_file().read_text()) == {}


def test_a_list_that_is_broken_is_one_sentence() -> None:
    added_file().parent.mkdir(parents=True)
    added_file().write_text("{")
    with pytest.raises(EngineError, match="is not JSON"):
        guests()
    added_file().write_text('{"odd": {"argv": "rm -rf"}, "bad": {"argv": ["x"], "manifest": 3}}')
    assert all(guest.manifest is None and guest.problem for guest in guests().values() if guest.added)


def test_what_could_not_be_read_again_is_not_written() -> None:
    """Engines with all the voices that one may have, each with as long a text as it may be."""
    voices = [{"name": f"{number:0200}", "language": "en", "about": "ö" * 200} for number in range(300)]
    for name in ("one", "two", "three", "four"):
        keep(replace(rude_guest(name=name, voices=voices), argv=("/bin/true",)))
    with pytest.raises(EngineError, match=r"would have \d+ bytes, more than can be read; remove an engine first"):
        keep(replace(rude_guest(name="five", voices=voices), argv=("/bin/true", "x" * 400_000)))
    assert {"one", "four"} <= set(guests())
    remove("one")
    assert "one" not in guests()


def test_rows_that_add_would_refuse_are_no_engines() -> None:
    added_file().parent.mkdir(parents=True, exist_ok=True)
    odd = {"": "/bin/true", "a\x1b[31mb\n": "/bin/true", "nul": "/bin/tr\0ue", "half": "\ud800"}
    rows = {name: {"argv": [program], "manifest": rude_manifest()} for name, program in odd.items()}
    added_file().write_text(json.dumps(rows))
    found = guests()
    assert all(found[name].manifest is None and "is not made of" in found[name].problem for name in list(odd)[:2])
    for name in ("nul", "half"):
        with pytest.raises(EngineError, match=f"^engine {name}: cannot be started"):
            Session(found[name])


@pytest.mark.parametrize(
    "wrong",
    [{"sample_rate": 1}, {"window_s": 0}, {"patience_s": 1e9}, {"version": "1\n2"}, {"name": "../x"}, {"tasks": []},
     {"voices": [{"name": "", "language": "en", "about": "a man"}]},
     {"steps": 0}, {"sees": "everything"}, {"window_s": float("nan")}],
)  # fmt: skip
def test_a_manifest_that_makes_no_sense_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(EngineError):
        Manifest.from_mapping(rude_manifest(**wrong), "it")


def test_an_adapter_whose_package_is_missing_says_what_installs_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(
        "talkies.core.engines.guests.found.READY", {"parrot": ("no_such_parrot", "parrot-tts", "talkies[voices]")}
    )
    assert "parrot" in guests() and "parrot" not in engine_names()
    with pytest.raises(EngineError, match=r"needs parrot-tts, which is not installed: pip install 'talkies\[voices\]'"):
        check_engine("parrot")
    assert main(["engines", "list"]) == 0
    assert "needs parrot-tts" in capsys.readouterr().out
    keep(rude_guest(name="parrot"))
    assert guests()["parrot"].problem == "" and "parrot" in engine_names()
    remove("parrot")
    assert guests()["parrot"].absent
