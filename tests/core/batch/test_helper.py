"""A worker that is asked one thing at a time, whatever whoever asks does meanwhile."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from talkies.core.batch.helper import Helper

CHATTY = """
import json, sys, threading, time
asked = json.loads(sys.stdin.readline())
asked = json.loads(sys.stdin.readline())
def listen():
    for line in sys.stdin:
        if json.loads(line)["method"] == "quit":
            open(sys.argv[1], "w").close()
threading.Thread(target=listen, daemon=True).start()
for number in range(1000):
    print(json.dumps({"id": asked["id"], "event": "progress", "fraction": number / 1000, "message": ""}), flush=True)
    time.sleep(0.001)
print(json.dumps({"id": asked["id"], "event": "result", "result": {}}), flush=True)
time.sleep(60)
"""


def test_a_worker_ends_where_whoever_listens_gives_up(tmp_path: Path) -> None:
    helper = Helper([sys.executable, "-c", CHATTY, str(tmp_path / "told")], 1)

    def give_up(fraction: float, message: str) -> None:
        if fraction > 0.1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        helper.ask("generate", {}, lambda: False, give_up)
    assert (tmp_path / "told").exists()
