"""The panel on a real screen (Xvfb), with real clicks and keys (xdotool), as a program of its own."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import opentimelineio as otio
import pytest
from films import write_movie, write_reel

PROGRAM = Path(__file__).resolve().parents[1] / "driven_panel.py"
TIMEOUT_S = 240

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (shutil.which("Xvfb") and shutil.which("xdotool")),
        reason="no screen to click on: Xvfb or xdotool is missing (Debian: apt-get install xvfb xdotool)",
    ),
]


@pytest.fixture
def display() -> Iterator[str]:
    """A screen of its own; its number is told by Xvfb."""
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1400x1000x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        with os.fdopen(reading) as told:
            number = told.readline().strip()
        if not number:
            pytest.skip("Xvfb could not open a screen here")
        yield f":{number}"
        server.terminate()


class Person:
    """Looks at the panel, clicks and types."""

    def __init__(self, folder: Path, display: str) -> None:
        self.folder = folder
        self.env = {**os.environ, "DISPLAY": display, "QT_QPA_PLATFORM": "xcb", "OMP_NUM_THREADS": "1"}
        (folder / "seen.json").unlink(missing_ok=True)
        with (folder / "panel.log").open("ab") as log:
            self.panel = subprocess.Popen(
                [sys.executable, str(PROGRAM), str(folder)], env=self.env, stdout=log, stderr=log
            )

    def look(self) -> dict[str, Any]:
        try:
            seen: dict[str, Any] = json.loads((self.folder / "seen.json").read_text())
        except FileNotFoundError:
            return {"places": {}}
        return seen

    def wait_until(self, is_so: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        until = time.monotonic() + TIMEOUT_S
        while not is_so(seen := self.look()):
            assert self.panel.poll() is None, (self.folder / "panel.log").read_text()
            assert time.monotonic() < until, f"nothing came of it: {seen}"
            time.sleep(0.2)
        return seen

    def click(self, what: str, *, key: str = "") -> None:
        """In the middle of a control, once it has come to rest."""
        self.wait_until(lambda seen: what in seen["places"])
        time.sleep(0.5)
        x, y = self.look()["places"][what]
        hold = ["keydown", key] if key else []
        release = ["keyup", key] if key else []
        self.xdotool("mousemove", str(x), str(y), *hold, "click", "1", *release)

    def press(self, keys: str) -> None:
        self.xdotool("windowfocus", str(self.look()["window"]), "key", keys)

    def leave(self) -> None:
        self.press("ctrl+q")
        assert self.panel.wait(TIMEOUT_S) == 0, (self.folder / "panel.log").read_text()

    def xdotool(self, *command: str) -> None:
        subprocess.run(["xdotool", *command], env=self.env, check=True, timeout=60)


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    """A two-shot film where the panel looks for its demo, so that it need not be drawn."""
    folder = tmp_path / "demo"
    folder.mkdir()
    write_movie(folder / "film.mp4", 3)
    return write_reel(folder / "demo.otio", ["film.mp4", "film.mp4"], cues=[(2, 20, "ANNA: Hello there.")], start=25)


def test_the_panel_is_used_with_mouse_and_keyboard(demo: Path, tmp_path: Path, display: str) -> None:
    person = Person(tmp_path, display)
    try:
        use(person, demo)
    finally:
        if person.panel.poll() is None:
            person.panel.kill()
            person.panel.wait()


def use(person: Person, demo: Path) -> None:
    person.click("demo")
    person.click("V1-001")
    person.wait_until(lambda seen: seen["selected"] == ["V1-001"])
    person.click("V1-002", key="ctrl")
    person.wait_until(lambda seen: seen["selected"] == ["V1-001", "V1-002"])
    person.press("ctrl+g")
    person.wait_until(lambda seen: len(seen["takes"]) == 3 and seen["idle"])
    person.press("ctrl+shift+g")
    seen = person.wait_until(lambda seen: len(seen["takes"]) == 6 and seen["idle"])
    older = next(take for take in seen["takes"] if take.startswith("DX") and take.endswith("t01"))
    person.click(f"{older} star")
    person.wait_until(lambda seen: seen["starred"] == [older])

    person.press("ctrl+e")
    person.wait_until(lambda seen: seen["dialog"] != 0)
    person.click("write")
    person.wait_until(lambda seen: seen["message"].startswith("Written"))
    person.xdotool("windowfocus", str(person.look()["dialog"]), "key", "Escape")
    person.wait_until(lambda seen: seen["dialog"] == 0)
    written = otio.adapters.read_from_file(str(demo.with_name("demo.talkies.otio")))
    names = {clip.name for track in written.tracks for clip in track if track.name.endswith("talkies")}
    assert older in names
    person.leave()

    again = Person(person.folder, person.env["DISPLAY"])
    person.panel = again.panel
    again.click("demo")
    seen = again.wait_until(lambda seen: len(seen.get("takes", ())) == 6)
    assert seen["starred"] == [older]
    assert seen["selected"] == ["V1-001", "V1-002"]
    again.leave()
