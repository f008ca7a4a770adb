"""The panel's end of the pipe to the worker: it says first what it is, and an older worker is named."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from talkies.core.hosts.handshake import hello_of
from talkies.ui.work.worker_client import WorkerClient

WORKER = """
import json, sys
protocol, heard = int(sys.argv[1]), open(sys.argv[2], "w")
for line in sys.stdin:
    heard.write(line)
    heard.flush()
    request = json.loads(line)
    result = {"protocol": protocol, "version": "0.0.9"} if request["method"] == "hello" else {"said": request["params"]}
    print("a library prints this", flush=True)
    print(json.dumps({"id": request["id"], "event": "result", "result": result}), flush=True)
"""
"""A worker that does nothing and speaks some protocol; what it hears goes to a file."""


def client_of(qtbot: QtBot, folder: Path, protocol: int) -> WorkerClient:
    return WorkerClient([sys.executable, "-c", WORKER, str(protocol), str(folder / "heard")])


def heard(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "heard").read_text().splitlines()]


def test_the_panel_says_first_what_it_is(qtbot: QtBot, tmp_path: Path) -> None:
    client = client_of(qtbot, tmp_path, 2)
    with qtbot.waitSignal(client.answered, timeout=60_000) as answer:
        number = client.request("inspect", {"timeline": "reel.otio"})
    assert answer.args == [
        number,
        {"id": number, "event": "result", "result": {"said": {"timeline": "reel.otio"}}},
    ]
    first, second = heard(tmp_path)
    assert (first["method"], first["params"]) == ("hello", hello_of("panel"))
    assert second["method"] == "inspect"
    client.stop()


@pytest.mark.parametrize("protocol", [0, 1])
def test_an_older_worker_is_named_with_its_cure(qtbot: QtBot, tmp_path: Path, protocol: int) -> None:
    client = client_of(qtbot, tmp_path, protocol)
    with qtbot.waitSignal(client.died, timeout=60_000) as death:
        client.request("inspect", {"timeline": "reel.otio"})
    (sentence,) = death.args
    assert sentence.startswith("talkies 0.0.9: is older than what asks it")
    assert sentence.endswith("pip install --upgrade talkies")
    assert client.process_id == 0
