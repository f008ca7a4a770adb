"""From the menu of Resolve to talkies' own window and back: nothing is replaced here but Resolve itself."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import fake_resolve
import psutil
import pytest
from known_timelines import NTSC
from lua_menu import Menu

from talkies.core.timeline import read_timeline
from talkies.plugin.resolve import places
from talkies.plugin.resolve.installing import install

pytestmark = pytest.mark.skipif(os.name == "nt", reason="ends the panel with a signal, as a session's end does")
HERE = Path(__file__).parent


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's folder in which Resolve was started once, and a screen that nobody sees."""
    pytest.importorskip("PySide6.QtWidgets", exc_type=ImportError, reason="Qt does not load here")
    for variable in ("HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"):
        monkeypatch.setenv(variable, str(tmp_path))
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.setenv("PYTHONPATH", str(HERE))
    (places.fusion_folder() / "Profiles" / "Default").mkdir(parents=True)
    install()
    (tmp_path / "film").mkdir()
    NTSC.write(tmp_path / "film")
    return tmp_path


def test_studio_opens_the_panel_with_its_timeline(home: Path) -> None:
    script = places.scripts_folder() / places.PYTHON_NAME
    arguments = [str(HERE / "run_menu_script.py"), str(script), str(home / "film" / "known.otio"), "whole", "mix.wav"]
    with subprocess.Popen([sys.executable, *arguments]) as process:
        try:
            assert_read(wait_for(lambda: exported(home), process))
        finally:
            for panel in psutil.Process(process.pid).children():
                panel.terminate()
        assert process.wait(60) == 0


def test_the_free_edition_and_the_panel_find_each_other(home: Path) -> None:
    world = fake_resolve.World()
    world.studio = False
    resolve = fake_resolve.opened(home / "film" / "known.otio", False, world)
    fusion = fake_resolve.Fusion(world, places.fusion_folder() / "Profiles" / "Default" / "Fusion.prefs")
    with subprocess.Popen([sys.executable, "-m", "talkies.plugin.cli", "resolve", "panel"]) as process:
        try:
            wait_for((places.requests_folder() / "request.lua").exists, process)
            menu = Menu(resolve, fusion, places.scripts_folder() / places.LUA_NAME, dict(os.environ))
            assert_read(wait_for(lambda: exported(home), process))
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
    assert menu.ended()
    assert world.dialogs == []


def exported(home: Path) -> Path | None:
    """The timeline that the panel was given, in the user's documents."""
    return next(home.glob("**/talkies/Silents 192627 - Reel 1 *.otio"), None)


def assert_read(path: Path) -> None:
    timeline = read_timeline(path)
    assert (timeline.rate, timeline.start, timeline.cues) == (NTSC.rate, NTSC.start, NTSC.cues)


def wait_for(look: Callable[[], Any], process: subprocess.Popen[bytes]) -> Any:
    end = time.monotonic() + 120
    while not (found := look()):
        assert process.poll() is None, "it ended too early"
        assert time.monotonic() < end, "nothing came of it"
        time.sleep(0.05)
    return found
