"""Real Blender for the tests: the bpy module in an environment of its own (see .ci/blender_env), as a child process."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
PYTHON = ROOT / "build" / f"blender-{os.environ.get('BLENDER', '5.0')}" / "bin" / "python"
INSIDE = ROOT / "tests" / "plugin" / "blender" / "inside.py"


def missing() -> str:
    """Why there is no Blender here, "" when there is one."""
    return "" if (PYTHON.parents[1] / "ready").exists() else "no Blender for the tests: run .ci/blender_env"


class BlenderError(Exception):
    """What was called inside Blender raised this."""


class Blender:
    """A running Blender with its own user folder, in which the functions of inside.py can be called."""

    def __init__(self, resources: Path, **environment: str) -> None:
        variables = {**os.environ, **environment, "BLENDER_USER_RESOURCES": str(resources)}
        variables.pop("PYTHONPATH", None)
        self._log = (resources / "blender.log").open("w", encoding="utf-8")
        self.process = subprocess.Popen(
            [str(PYTHON), str(INSIDE)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True,
            encoding="utf-8", env=variables,
        )  # fmt: skip

    def call(self, function: str, **arguments: Any) -> Any:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps({"call": function, "with": arguments}) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise BlenderError(f"Blender is gone; {Path(self._log.name).read_text(encoding='utf-8')[-2000:]}")
        answer = json.loads(line)
        if "error" in answer:
            raise BlenderError(answer["error"])
        return answer["result"]

    def close(self) -> None:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait(60)
        self._log.close()


def program(path: Path, script: str, *arguments: str) -> Path:
    """Something that can be started as the talkies program is."""
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ROOT / script}" {" ".join(arguments)}\n', encoding="utf-8")
    path.chmod(0o755)
    return path


def press(blender: Blender, task: str) -> dict[str, Any]:
    """Clicks the button of a task and waits until its work is done; what the sidebar then shows."""
    assert blender.call("press", button="generate", task=task) == ""
    return dict(blender.call("wait"))
