"""The zip and the installed copy: complete, valid for Blender's own validator, and working in real Blender."""

from __future__ import annotations

import ast
import subprocess
import sys
import zipfile
from importlib.metadata import version
from pathlib import Path

import blenders
import pytest
from blenders import Blender

from talkies.core.errors import ArgumentError
from talkies.plugin.blender import packaging, places
from talkies.plugin.blender.places import blender_at, find_blenders
from talkies.plugin.cli import main


@pytest.fixture
def archive(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert main(["blender", "package", "--out", str(tmp_path / "talkies.zip")]) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "talkies.zip")
    return tmp_path / "talkies.zip"


def test_the_zip_holds_the_extension_and_nothing_else(archive: Path, project_dir: Path) -> None:
    tracked = {path.name for path in (project_dir / "plugin" / "blender" / "extension").glob("*.*")}
    with zipfile.ZipFile(archive) as file:
        assert set(file.namelist()) == tracked - {"program.txt"}
        assert "Apache License" in file.read("LICENSE.txt").decode()
    again = packaging.package(archive.with_name("again.zip"))
    assert again.read_bytes() == archive.read_bytes()


def test_the_extension_is_as_old_as_talkies() -> None:
    assert packaging.version() == version("talkies")


def test_only_the_standard_library_is_used_inside_blender() -> None:
    allowed = {*sys.stdlib_module_names, "bpy"}
    for path in packaging.SOURCE.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            if isinstance(node, ast.ImportFrom) and node.level == 0:
                names = [node.module or ""]
            assert {name.split(".")[0] for name in names} <= allowed, path.name


def test_blenders_own_validator_accepts_the_zip(archive: Path) -> None:
    tool = _blenders_tool()
    said = subprocess.run(
        [str(blenders.PYTHON), str(tool), "validate", str(archive)], capture_output=True, text=True, timeout=120
    )
    assert said.returncode == 0, said.stdout + said.stderr
    broken = archive.with_name("broken.zip")
    with zipfile.ZipFile(archive) as good, zipfile.ZipFile(broken, "w") as bad:
        for name in good.namelist():
            bad.writestr(name, good.read(name).replace(b'id = "talkies"', b'id = "no such name"'))
    refused = subprocess.run(
        [str(blenders.PYTHON), str(tool), "validate", str(broken)], capture_output=True, text=True, timeout=120
    )
    assert refused.returncode != 0


def test_blender_installs_the_zip_and_switches_it_on(archive: Path, tmp_path: Path) -> None:
    """With the tool that Blender itself uses for Install from Disk."""
    resources = tmp_path / "resources"
    repository = resources / "extensions" / "user_default"
    repository.mkdir(parents=True)
    command = [str(blenders.PYTHON), str(_blenders_tool()), "install-files", "--local-dir", str(repository)]
    versions = ["--blender-version", "5.0.1"]
    said = subprocess.run([*command, *versions, str(archive)], capture_output=True, text=True, timeout=120)
    assert said.returncode == 0, said.stdout + said.stderr
    assert packaging.is_current(repository / "talkies")
    blender = Blender(resources)
    found = blender.call("enable")
    blender.close()
    assert found["enabled"] and found["panel"]


def _blenders_tool() -> Path:
    if why := blenders.missing():
        pytest.skip(why)
    found = blenders.PYTHON.parents[1].glob("lib/*/site-packages/bpy/*/scripts/addons_core/bl_pkg/cli/blender_ext.py")
    return next(iter(found))


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose only Blenders are those that a test puts here."""
    for name in ("BLENDER_USER_RESOURCES", "BLENDER_USER_EXTENSIONS", "XDG_CONFIG_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(places, "candidates", lambda real=places.candidates: _inside(tmp_path, real()))
    return tmp_path


def _inside(folder: Path, paths: object) -> list[Path]:
    return [path for path in paths if path.is_relative_to(folder)]  # type: ignore[attr-defined]


def unpacked(folder: Path, number: str) -> Path:
    """A Blender as its archive unpacks: the program, and its version as a folder beside it."""
    (folder / number).mkdir(parents=True)
    return _runnable(folder / "blender", "exit 1")


def _runnable(path: Path, script: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def test_every_blender_is_found_the_newest_first(home: Path) -> None:
    unpacked(home / "blender-4.2.9-linux-x64", "4.2")
    unpacked(home / "Downloads" / "blender-5.0.1", "5.0")
    _runnable(home / ".local/share/flatpak/exports/bin/org.blender.Blender", "echo Blender 4.10.0")
    unpacked(home / "blender-3.6", "3.6")
    found = find_blenders()
    assert [each.version for each in found] == ["5.0", "4.10", "4.2", "3.6"]
    assert [each.is_old for each in found] == [False, False, False, True]
    assert found[0].folder == home / ".config/blender/5.0/extensions/user_default/talkies"
    assert found[1].folder.is_relative_to(home / ".var/app/org.blender.Blender/config/blender/4.10")
    assert [each.extension for each in found] == [None] * 4


def test_a_portable_blender_keeps_its_own_extensions(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = unpacked(home / "blender-5.0", "5.0")
    (home / "blender-5.0" / "portable").mkdir()
    assert blender_at(program).folder.is_relative_to(home / "blender-5.0" / "portable" / "extensions")
    monkeypatch.setenv("BLENDER_USER_RESOURCES", str(home / "elsewhere"))
    assert blender_at(program.parent).folder == home / "elsewhere/extensions/user_default/talkies"
    monkeypatch.setenv("BLENDER_USER_EXTENSIONS", str(home / "shared"))
    assert blender_at(program).folder == home / "shared/user_default/talkies"


def test_on_a_mac_the_version_lies_in_the_bundle(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    program = _runnable(home / "Applications/Blender.app/Contents/MacOS/Blender", "exit 1")
    (home / "Applications/Blender.app/Contents/Resources/5.0").mkdir(parents=True)
    (found,) = find_blenders()
    assert (found.path, found.version) == (program, "5.0")
    assert found.folder.is_relative_to(home / "Library/Application Support/Blender/5.0/extensions")
    assert blender_at(home / "Applications/Blender.app").path == program


def test_on_windows_it_is_among_the_programs(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    monkeypatch.setenv("PROGRAMFILES", str(home / "Program Files"))
    monkeypatch.setenv("APPDATA", str(home / "Roaming"))
    folder = home / "Program Files/Blender Foundation/Blender 5.0"
    _runnable(folder / "blender.exe", "exit 1")
    (folder / "5.0").mkdir()
    (found,) = find_blenders()
    assert found.folder == home / "Roaming/Blender Foundation/Blender/5.0/extensions/user_default/talkies"


def test_what_is_no_blender_is_refused(home: Path) -> None:
    for path in (home / "nowhere", _runnable(home / "other", "echo something else")):
        with pytest.raises(ArgumentError) as refused:
            blender_at(path)
        assert str(path) in str(refused.value) and "\n" not in str(refused.value)


def test_installing_says_exactly_what_it_did(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["blender", "install"]) == 2
    assert "4.2 or newer was not found" in capsys.readouterr().err
    program = unpacked(home / "blender-5.0", "5.0")
    folder = blender_at(program).folder
    now = packaging.version()

    def told() -> str:
        assert main(["blender", "install"]) == 0
        assert packaging.is_current(folder)
        assert list(folder.parent.iterdir()) == [folder]
        return capsys.readouterr().out.splitlines()[0]

    assert told() == f"Blender 5.0 ({program}): talkies {now} installed in {folder}"
    assert told() == f"Blender 5.0 ({program}): talkies {now} up to date in {folder}"
    note = Path((folder / "program.txt").read_text(encoding="utf-8").strip())
    assert note.name == "talkies" and note.is_file()
    (folder / "panel.py").write_text("broken", encoding="utf-8")
    (folder / "leftover.py").write_text("", encoding="utf-8")
    assert not packaging.is_current(folder)
    assert told() == f"Blender 5.0 ({program}): talkies {now} repaired in {folder}"
    manifest = folder / "blender_manifest.toml"
    manifest.write_text(manifest.read_text(encoding="utf-8").replace(f'"{now}"', '"0.0.1"'), encoding="utf-8")
    assert find_blenders()[0].extension == "0.0.1"
    assert told() == f"Blender 5.0 ({program}): talkies 0.0.1 to {now} upgraded in {folder}"


def test_an_old_blender_is_not_touched(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = unpacked(home / "blender-3.6", "3.6")
    assert main(["blender", "install", "--blender", str(program)]) == 2
    assert "Blender 3.6" in capsys.readouterr().err
    assert not (home / ".config").exists()


def test_a_folder_that_cannot_be_written_is_one_sentence(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    unpacked(home / "blender-5.0", "5.0")
    (home / ".config").write_text("a file where a folder should be", encoding="utf-8")
    assert main(["blender", "install"]) == 2
    assert len(capsys.readouterr().err.strip().splitlines()) == 1
