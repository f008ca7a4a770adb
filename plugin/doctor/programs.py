"""Version of other programs: where they are and what they print."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

TIMEOUT_S = 10.0
"""How long a program may take to say its version; a disk that sleeps or a first start is slow."""


@dataclass(frozen=True)
class Program:
    """``commands``: names on PATH; ``places``: where installers put it otherwise ("~" and variables are expanded)."""

    commands: tuple[str, ...]
    places: tuple[str, ...] = ()

    def find(self) -> Path | None:
        """The program's file, or None."""
        known = (shutil.which(command) for command in self.commands)
        usual = (os.path.expandvars(Path(place).expanduser()) for place in self.places)
        return next((Path(path) for path in (*known, *usual) if path and Path(path).is_file()), None)


def version_of(program: Path) -> str:
    """The number that ``PROGRAM --version`` says, "" when it says none in time."""
    try:
        asked = subprocess.run(
            [program, "--version"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=TIMEOUT_S,
            env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},  # Kdenlive and Shotcut would look for a screen
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    version = re.search(rb"\d+(?:\.\d+)+", asked.stdout + asked.stderr)
    return version[0].decode() if version else ""


def numbers(version: str) -> tuple[int, ...]:
    """Versions in an order: "25.04.1" is after "24.12" and after "25.04"."""
    return tuple(map(int, version.split("."))) if version else ()
