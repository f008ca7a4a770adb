"""talkies panel, before a window opens: what is missing is said in one sentence, and Qt is not left to abort."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from bridged_editor import BridgedEditor
from known_timelines import NTSC

from talkies.core.errors import MissingExtraError
from talkies.plugin import display
from talkies.plugin.cli import main


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere there is always a display")
def test_without_a_display_it_says_so(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    assert main(["panel"]) == 2
    assert "there is no display; start it on a desktop" in capsys.readouterr().err


def test_an_offscreen_platform_needs_no_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    display.check_display()


@pytest.mark.parametrize(
    ("error", "problem", "cure"),
    [
        (ModuleNotFoundError("no", name="PySide6"), "PySide6, which is not installed", "pip install"),
        (ImportError("libEGL.so.1: cannot open shared object file"), "needs libEGL.so.1", "apt-get install libegl1"),
        (ImportError("something odd"), "something odd", "apt-get install"),
    ],
    ids=["no PySide6", "no library", "else"],
)  # fmt: skip
def test_what_is_missing_is_named_with_its_cure(error: ImportError, problem: str, cure: str) -> None:
    refused = display.missing(error)
    assert isinstance(refused, MissingExtraError)
    assert problem in str(refused) and cure in str(refused)


@pytest.fixture
def panel_in_editor(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """The panel as an editor starts it, its looks and documents in a folder of the test's own."""
    pytest.importorskip("PySide6.QtWidgets", exc_type=ImportError, reason="Qt does not load here")
    home = {name: str(tmp_path) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR")}
    command = [sys.executable, "-m", "talkies.plugin.cli", "panel", "--bridge", "--folder", str(tmp_path / "work")]
    pipe = subprocess.PIPE
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, text=True, env={**os.environ, **home, "QT_QPA_PLATFORM": "offscreen"}
    ) as panel:
        yield panel
        panel.kill()


@pytest.mark.skipif(sys.platform == "win32", reason="a signal closes the window")
def test_an_editor_starts_it_answers_it_and_closes(panel_in_editor: subprocess.Popen[str], tmp_path: Path) -> None:
    """This test is the editor: nothing but questions comes on the panel's stdout."""
    panel, editor = panel_in_editor, BridgedEditor(NTSC.write(tmp_path))
    assert panel.stdin is not None and panel.stdout is not None
    asked = []
    while "read_timeline" not in asked:
        request = json.loads(panel.stdout.readline())
        asked.append(request["method"])
        answer = editor.answer(request["method"], request["params"])
        panel.stdin.write(json.dumps({"id": request["id"], "result": answer}) + "\n")
        panel.stdin.flush()
    assert asked == ["hello", "read_timeline"]
    work = tmp_path / "work" / "known.talkies"
    until(work.is_dir)  # the timeline is open: its work has a place
    panel.stdin.close()
    with pytest.raises(subprocess.TimeoutExpired):  # it stays for what is not written yet
        panel.wait(timeout=1)
    panel.send_signal(signal.SIGTERM)
    assert panel.wait(timeout=120) == 0
    assert panel.stdout.read() == ""
    assert not work.exists()  # closed in order: nothing was kept in it


def until(done: Callable[[], bool], seconds: float = 120) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "nothing came of it"
        time.sleep(0.05)
