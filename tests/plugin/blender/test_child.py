"""The extension's child process, without Blender: whatever it does, whoever started it never waits."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from talkies.plugin.blender.extension.child import Child

DEAF = """
import pathlib, sys, time
end = time.monotonic() + 30
while not pathlib.Path(sys.argv[1]).exists():
    if time.monotonic() > end:
        sys.exit("nobody came")
    time.sleep(0.01)
print('{"heard": %d}' % len(sys.stdin.readline()))
sys.exit("these are its last words")
"""


def test_a_child_that_does_not_listen_holds_nobody_up(tmp_path: Path) -> None:
    """It listens only after the question was put; the question is longer than any pipe."""
    child = Child([sys.executable, "-c", DEAF, str(tmp_path / "listen")])
    child.send({"text": "." * 1_000_000})
    (tmp_path / "listen").touch()
    received: list[Mapping[str, Any]] = []
    while not child.ended:
        received += child.messages()
        time.sleep(0.01)
    assert received == [{"heard": 1_000_000 + len('{"text": ""}\n')}]
    assert child.exit_code == 1 and child.last_stderr_line == "these are its last words"
