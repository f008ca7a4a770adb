"""Studio: the installed Python script as a process of its own, a fake Resolve inside, the suite at its bridge."""

from __future__ import annotations

import json
import os
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from host_suite import HostSuite
from known_timelines import Known
from picture_suite import PictureSuite

from talkies.core.hosts.bridge import BridgedHost
from talkies.core.hosts.host import Host
from talkies.plugin.resolve.inside import session
from talkies.plugin.resolve.installing import install

HERE = Path(__file__).parent


class TestStudio(HostSuite, PictureSuite):
    @contextmanager
    def opened(self, known: Known, folder: Path) -> Iterator[Host]:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            listening.settimeout(30)
            script = menu_script(folder, [sys.executable, str(HERE / "relay.py"), str(listening.getsockname()[1])])
            drop_frame = "drop" if known.drop_frame else "whole"
            command = [sys.executable, str(HERE / "run_menu_script.py"), str(script), str(known.write(folder))]
            environment = {**os.environ, "PYTHONPATH": str(HERE)}
            with subprocess.Popen([*command, drop_frame, str(folder / "mix.wav")], env=environment) as process:
                line, _ = listening.accept()
                with line, line.makefile("w", encoding="utf-8") as requests, line.makefile(encoding="utf-8") as answers:
                    line.settimeout(60)
                    yield BridgedHost(requests, answers, folder / "exported", timeout_s=60)
                    line.shutdown(socket.SHUT_RDWR)
                assert process.wait(30) == 0

    def mixed(self, host: Host, folder: Path) -> Path:
        host.move_playhead(0)  # type: ignore[arg-type]
        return folder / "editor" / "mix.wav"


def menu_script(folder: Path, program: list[str]) -> Path:
    """The installed script, with another program in the place of talkies."""
    install(folder / "scripts")
    script = folder / "scripts" / "Talkies.py"
    text = re.sub(r"^PROGRAM = .*?(?=  # baked)", lambda _: f"PROGRAM = {program!r}", script.read_text(), flags=re.M)
    script.write_text(text, encoding="utf-8")
    return script


def test_a_panel_that_dies_before_it_is_answered_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its last words, and no traceback in Resolve's console."""
    told: list[str] = []
    question = json.dumps({"id": 1, "method": "hello", "params": {}})
    dying = f"import sys; print({question!r}, flush=True); sys.exit('talkies: no display is here; start one')"
    monkeypatch.setattr(session, "tell", told.append)
    monkeypatch.setattr(session, "answer", lambda editor, line: {"said too late": "." * 1_000_000})
    assert session.run(None, [sys.executable, "-c", dying]) == 1
    assert told == ["no display is here; start one"]
