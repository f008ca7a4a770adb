"""Nothing leaves the machine: no command opens a connection or a port, seen by the system calls that it makes."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from films import write_movie, write_reel
from signed import needs_c2pa

TALKIES = (sys.executable, "-m", "talkies.plugin.cli")
CUES = [(2, 10, "ANNA: Hello there."), (12, 20, "[door slams]")]
OPENS_A_PORT = "import socket; socket.create_server(('127.0.0.1', 0)).close()"


def _may_trace() -> bool:
    """Whether this system has strace and lets it trace."""
    if shutil.which("strace") is None:
        return False
    return subprocess.run(["strace", "-D", "-qq", "-o", os.devnull, "true"], capture_output=True).returncode == 0


pytestmark = pytest.mark.skipif(not _may_trace(), reason="strace does not work here")


def traced(folder: Path, *program: str) -> dict[str, Any]:
    """How to start a program so that its sockets are written into ``calls.log``; its home is the folder."""
    trace = ["strace", "-D", "-f", "-qq", "-o", str(folder / "calls.log"), "-e", "trace=socket", "-e", "signal=none"]
    home = {"HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "XDG_CACHE_HOME": str(folder)}
    environment = {**os.environ, **home, "QT_QPA_PLATFORM": "offscreen"}
    return {"args": [*trace, *program], "cwd": folder, "env": environment, "text": True}


def sockets(folder: Path) -> list[str]:
    """Those that lead off this machine, or to whoever is on it, but for the ones in its own files."""
    calls = (folder / "calls.log").read_text(encoding="utf-8", errors="replace").splitlines()
    return [call for call in calls if "socket(" in call and "socket(AF_UNIX" not in call]


def run(folder: Path, *program: str, asked: str = "") -> list[str]:
    """The sockets that a program, or a child of it, has opened when it is done."""
    done = subprocess.run(**traced(folder, *program), input=asked, capture_output=True, timeout=300)
    assert done.returncode == 0, done.stderr[-500:]
    return sockets(folder)


@pytest.fixture
def reel(tmp_path: Path) -> Path:
    write_movie(tmp_path / "film.mp4", 2)
    return write_reel(tmp_path / "reel.otio", ["film.mp4"], cues=CUES, start=25)


def test_a_port_that_is_opened_is_seen(tmp_path: Path) -> None:
    assert "AF_INET" in " ".join(run(tmp_path, sys.executable, "-c", OPENS_A_PORT))


@pytest.mark.parametrize(
    "command",
    [
        "inspect reel.otio",
        "generate reel.otio -o out.otio",
        "spot reel.otio -o spots.csv",
        "shots film.mp4 -o cut.otio",
        "batch film.mp4 -o made --workers 1",
        "engines list",
        "models list",
        "doctor",
    ],
)
def test_no_command_opens_a_connection(reel: Path, command: str) -> None:
    assert not run(reel.parent, *TALKIES, *command.split())


@needs_c2pa
def test_nor_does_what_signs_and_verifies(reel: Path) -> None:
    assert not run(reel.parent, *TALKIES, "credentials", "create")
    assert not run(reel.parent, *TALKIES, "generate", "reel.otio", "-o", "out.otio")
    assert not run(reel.parent, *TALKIES, "verify", "out.otio")


def test_nor_does_a_worker(reel: Path) -> None:
    asked = [
        {"id": 1, "method": "hello", "params": {}},
        {"id": 2, "method": "generate", "params": {"timeline": "reel.otio", "out": "out.otio", "task": "music"}},
    ]
    assert not run(reel.parent, *TALKIES, "worker", asked="".join(json.dumps(each) + "\n" for each in asked))
    assert (reel.parent / "out.otio").exists()


def test_nor_does_what_answers_assistants(reel: Path) -> None:
    pytest.importorskip("mcp", reason="the extra is not installed")
    told = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    call = {"name": "inspect", "arguments": {"timeline": "reel.otio"}}
    said: list[dict[str, Any]] = [
        {"id": 1, "method": "initialize", "params": told},
        {"method": "notifications/initialized"},
        {"id": 2, "method": "tools/call", "params": call},
    ]
    pipe = subprocess.PIPE
    with subprocess.Popen(**traced(reel.parent, *TALKIES, "mcp"), stdin=pipe, stdout=pipe) as server:
        assert server.stdin is not None and server.stdout is not None
        server.stdin.write("".join(json.dumps({"jsonrpc": "2.0", **each}) + "\n" for each in said))
        server.stdin.flush()
        answers = [json.loads(server.stdout.readline()) for _ in range(2)]
        assert not answers[1]["result"].get("isError")
        server.stdin.close()
        assert server.wait(timeout=60) == 0
    assert not sockets(reel.parent)


def test_nor_does_the_panel(reel: Path) -> None:
    """Its window has opened a timeline, and its worker is there."""
    pytest.importorskip("PySide6.QtWidgets", exc_type=ImportError, reason="Qt does not load here")
    with subprocess.Popen(**traced(reel.parent, *TALKIES, "panel", "reel.otio")) as panel:
        end = time.monotonic() + 120
        while not (reel.parent / "reel.talkies").is_dir():
            assert time.monotonic() < end and panel.poll() is None
            time.sleep(0.05)
        panel.send_signal(signal.SIGTERM)
        assert panel.wait(timeout=120) == 0
    assert not sockets(reel.parent)
