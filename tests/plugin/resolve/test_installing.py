"""talkies resolve install, and what doctor is told: each system's folders, and every state a script can be in."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from talkies.core.errors import OutputError
from talkies.plugin.cli import main
from talkies.plugin.resolve import places
from talkies.plugin.resolve.inside import session
from talkies.plugin.resolve.installing import install, script_states, scripts
from talkies.plugin.resolve.places import LUA_NAME, PYTHON_NAME, STATES, State

FOLDERS = {
    "darwin": "Library/Application Support/Blackmagic Design/DaVinci Resolve/Fusion/Scripts/Utility",
    "win32": "Blackmagic Design/DaVinci Resolve/Support/Fusion/Scripts/Utility",
    "linux": ".local/share/DaVinciResolve/Fusion/Scripts/Utility",
}
"""As Blackmagic's README for scripts has them, under the home folder or %APPDATA%."""


def worst_state(folder: Path | None = None) -> State:
    """Of our two scripts in a scripts folder, that of this system unless another is given."""
    return max(script_states(folder).values(), key=STATES.index)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for variable in ("HOME", "APPDATA", "LOCALAPPDATA", "PROGRAMFILES"):
        monkeypatch.setenv(variable, str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("system", FOLDERS)
def test_each_system_has_its_folder(home: Path, monkeypatch: pytest.MonkeyPatch, system: str) -> None:
    monkeypatch.setattr(sys, "platform", system)
    folder = home / FOLDERS[system]
    with pytest.raises(OutputError, match=r"was never started on this machine.*--folder"):
        install()
    folder.parent.parent.mkdir(parents=True)
    assert [done.path for done in install()] == [folder / "Talkies.py", folder / "Talkies (free edition).lua"]
    assert worst_state() == "current"
    profile = folder.parent.parent / "Profiles" / "Default" / "Fusion.prefs"
    profile.parent.mkdir(parents=True)
    profile.touch()
    assert places.preferences() == [profile]


def test_install_says_what_it_did(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["resolve", "install", "--folder", str(tmp_path)]
    assert script_states(tmp_path) == {PYTHON_NAME: "absent", LUA_NAME: "absent"}
    assert main(command) == 0
    assert capsys.readouterr().out.splitlines()[:2] == [
        f"{tmp_path / PYTHON_NAME}: installed",
        f"{tmp_path / LUA_NAME}: installed",
    ]
    assert main(command) == 0
    assert capsys.readouterr().out.count("is installed and current") == 2


def test_a_copy_of_an_older_talkies_is_brought_up_to_date(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An older version writes another stamp, and an installation in another place bakes in another program."""
    with monkeypatch.context() as earlier:
        earlier.setattr("talkies.plugin.resolve.installing.version", lambda _: "0.0.7")
        earlier.setattr(sys, "executable", "/old/bin/python")
        install(tmp_path)
    assert script_states(tmp_path) == {PYTHON_NAME: "old", LUA_NAME: "old"}
    python, _ = install(tmp_path)
    assert str(python) == f"{tmp_path / PYTHON_NAME}: replaced the copy of talkies 0.0.7"
    assert worst_state(tmp_path) == "current"


@pytest.mark.parametrize("content", [b"print('mine')\n", b"\xff\xfe\x00", b""])
def test_what_is_not_ours_or_was_changed_is_damaged(tmp_path: Path, content: bytes) -> None:
    install(tmp_path)
    path = tmp_path / LUA_NAME
    path.write_bytes((path.read_bytes() if content.startswith(b"print") else b"") + content)
    assert script_states(tmp_path) == {PYTHON_NAME: "current", LUA_NAME: "damaged"}
    assert worst_state(tmp_path) == "damaged"
    _, lua = install(tmp_path)
    assert "changed by hand, or was not from talkies" in str(lua)
    assert worst_state(tmp_path) == "current"


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / PYTHON_NAME).mkdir()
    with pytest.raises(OutputError, match="cannot be written"):
        install(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [PYTHON_NAME]


def test_the_scripts_know_this_talkies() -> None:
    text = scripts()[PYTHON_NAME]
    assert f"PROGRAM = [{sys.executable!r}, '-m', 'talkies.plugin.cli']  # baked" in text
    compile(text, PYTHON_NAME, "exec")


def test_resolve_is_found_where_it_is_installed(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    assert places.find_resolve() is None
    program = home / "Blackmagic Design/DaVinci Resolve/Resolve.exe"
    program.parent.mkdir(parents=True)
    program.touch()
    assert places.find_resolve() == places.Resolve(program)


def test_the_version_is_read_where_that_is_cheap(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = tmp_path / "DaVinci Resolve.app"
    (app / "Contents").mkdir(parents=True)
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setitem(places.PROGRAMS, "darwin", (str(app),))
    assert places.find_resolve() == places.Resolve(app, "")
    (app / "Contents" / "Info.plist").write_text(
        '<?xml version="1.0"?><plist version="1.0"><dict><key>CFBundleShortVersionString</key>'
        "<string>21.1.0</string></dict></plist>"
    )
    assert places.find_resolve() == places.Resolve(app, "21.1.0")


def test_where_python_is_not_let_in_the_script_says_what_to_do(tmp_path: Path) -> None:
    """As in the free edition since 21.1: there is no Resolve to be had. An empty path: no program opens a box."""
    install(tmp_path)
    result = subprocess.run(
        [sys.executable, str(tmp_path / PYTHON_NAME)],
        capture_output=True, text=True, timeout=60, env={**os.environ, "PATH": ""},
    )  # fmt: skip
    assert result.returncode == 0
    assert "run 'talkies resolve panel'" in result.stdout and "Studio" in result.stdout


def test_a_talkies_that_has_moved_is_missed_in_one_sentence(tmp_path: Path) -> None:
    install(tmp_path)
    script = tmp_path / PYTHON_NAME
    script.write_text(script.read_text().replace("inside'  # baked", "gone'  # baked"))
    result = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, timeout=60)
    assert result.stdout.endswith("talkies was moved or removed. Run 'talkies resolve install' again.\n")


def test_a_panel_that_cannot_open_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(session, "tell", told.append)
    complaint = "import sys; print('talkies: the panel: there is no display', file=sys.stderr); sys.exit(2)"
    resolve: Any = None
    assert session.run(resolve, [sys.executable, "-c", complaint]) == 2
    assert session.run(resolve, ["/nowhere/talkies"]) == 2
    assert told[0] == "the panel: there is no display"
    assert told[1].startswith("/nowhere/talkies: could not be started")


def test_talkies_is_started_without_resolves_own_libraries() -> None:
    given = {"PATH": "/bin", "PYTHONHOME": "/r", "PYTHONPATH": "/r", "LD_LIBRARY_PATH": "/r", "QT_PLUGIN_PATH": "/r"}
    assert session.clean_environment(given) == {"PATH": "/bin"}


def test_the_panel_for_the_free_edition_wants_the_script(home: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["resolve", "panel"]) == 2
    assert "is not installed; run 'talkies resolve install'" in capsys.readouterr().err
