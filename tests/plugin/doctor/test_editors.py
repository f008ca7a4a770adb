"""Blender and DaVinci Resolve as the doctor finds them: programs that are scripts, homes that are folders of the test,
our side of them installed by the real commands."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from programs import program

from talkies.plugin.blender import packaging
from talkies.plugin.blender.places import find_blenders
from talkies.plugin.cli import main
from talkies.plugin.doctor.editors import EDITORS
from talkies.plugin.doctor.finding import Finding
from talkies.plugin.resolve.places import LUA_NAME, PYTHON_NAME, find_resolve, scripts_folder

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="homes are laid out as on Linux here")


@pytest.fixture
def home(bare: Path) -> Path:
    if find_blenders() or find_resolve():
        pytest.skip("a Blender or a Resolve is installed here for everybody: it cannot be hidden from the doctor")
    return bare / "home"


def blender(home: Path, version: str) -> Path:
    """A Blender unpacked from its archive, as most people have it on Linux."""
    (home / f"blender-{version}" / version.rpartition(".")[0]).mkdir(parents=True)
    return program(home / f"blender-{version}", "blender", f"echo Blender {version}")


def findings(name: str) -> tuple[Finding, ...]:
    found = EDITORS[name]()
    return found if isinstance(found, tuple) else (found,)


def test_no_blender(home: Path) -> None:
    (found,) = findings("Blender")
    assert not found.works and not found.needed and found.detail == "not found"
    assert found.cure == "install Blender 4.2 or newer from blender.org, then: talkies blender install"


def test_one_blender_from_nothing_to_current(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = blender(home, "5.0.1")
    (found,) = findings("Blender")
    assert not found.works and found.detail == f"5.0 at {path} has no extension of talkies"
    assert found.cure == f'talkies blender install --blender "{path}"'

    assert main(["blender", "install", "--blender", str(path)]) == 0
    (found,) = findings("Blender")
    assert found == Finding("Blender", True, f"5.0 at {path} has the extension of talkies {packaging.version()}")

    (seen,) = find_blenders()
    (seen.folder / "panel.py").write_text("half a file")
    (found,) = findings("Blender")
    assert not found.works and found.detail.endswith("is damaged") and found.cure

    manifest = seen.folder / "blender_manifest.toml"
    manifest.write_text(manifest.read_text().replace(f'version = "{packaging.version()}"', 'version = "0.0.9"'))
    (found,) = findings("Blender")
    assert f"talkies 0.0.9; this is {packaging.version()}" in found.detail and found.cure
    capsys.readouterr()


def test_two_blenders_of_which_one_is_too_old(home: Path) -> None:
    new, old = blender(home, "4.5.15"), blender(home, "3.6.2")
    told, newer, older = findings("Blender")
    assert told.works and told.name == "Blenders" and told.detail.startswith("2 are installed (4.5, 3.6);")
    assert newer.cure == f'talkies blender install --blender "{new}"'
    assert older.detail == f"3.6 at {old} is too old for extensions" and older.cure == "install Blender 4.2 or newer"


def test_no_resolve(home: Path) -> None:
    (found,) = findings("DaVinci Resolve")
    assert not found.works and not found.needed and found.detail == "not found"
    assert found.cure.endswith("start it once, then: talkies resolve install")


def test_resolve_from_no_script_to_current_ones(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = scripts_folder()
    assert home in folder.parents
    folder.mkdir(parents=True)
    (found,) = findings("DaVinci Resolve")
    assert not found.works and found.detail.endswith("; it has no script of talkies")
    assert found.cure == "talkies resolve install"

    assert main(["resolve", "install"]) == 0
    (found,) = findings("DaVinci Resolve")
    assert found.works and not found.cure
    assert found.detail.endswith(
        "Studio uses Talkies, the free edition (no Python since 21.1) 'Talkies (free edition)'"
    )

    (folder / LUA_NAME).unlink()
    (folder / PYTHON_NAME).write_text("print('mine')")
    (found,) = findings("DaVinci Resolve")
    assert not found.works and found.cure == "talkies resolve install"
    assert f"'{PYTHON_NAME}' was changed by hand, or is not from talkies" in found.detail
    assert f"'{LUA_NAME}' is missing" in found.detail
    capsys.readouterr()


def test_an_old_script_is_told_from_a_damaged_one(
    home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    scripts_folder().mkdir(parents=True)
    with monkeypatch.context() as moved:  # as another talkies, elsewhere on this machine, installed it
        moved.setattr(sys, "executable", "/opt/talkies-of-last-year/bin/python")
        assert main(["resolve", "install"]) == 0
    (found,) = findings("DaVinci Resolve")
    assert not found.works and found.cure == "talkies resolve install"
    assert f"'{PYTHON_NAME}' is of an older talkies, or of one that has moved" in found.detail
    assert LUA_NAME not in found.detail
    capsys.readouterr()


def test_everything_is_said_in_json_and_in_lines(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    blender(home, "5.0.1")
    blender(home, "4.5.15")
    code = main(["doctor", "--json"])
    said = json.loads(capsys.readouterr().out)
    assert code == int(any(finding["needed"] and not finding["works"] for finding in said))
    names = [finding["name"] for finding in said]
    assert {"torch", "codecs", "weights", "OTIO AAF", "Blenders", "DaVinci Resolve", "Kdenlive", "melt"} <= {*names}
    assert names.count("Blender") == 2 and all(set(finding) == set(said[0]) for finding in said)

    assert main(["doctor"]) == code
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(said)
    for line, finding in zip(lines, said, strict=True):
        assert line.startswith(f"{'ok ' if finding['works'] else '!! ' if finding['needed'] else '-- '} ")
        assert finding["name"] in line and finding["cure"] in line
