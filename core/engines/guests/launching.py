"""How a guest is started: confined to its own folder, where the system can see to that."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from talkies.core.child_process import ChildProcess
from talkies.core.engines.guests import confine


def launched(argv: Sequence[str], folder: Path, *, ports: bool) -> ChildProcess:
    """A guest's process in ``folder``; it may write there and nowhere else, and with ``ports`` use TCP. Raises OSError
    where it cannot be started."""
    return ChildProcess([*_launcher(folder, ports), *argv], folder, _environment(folder))


def _launcher(folder: Path, ports: bool) -> list[str]:
    if not confine.confinement():
        return []
    return [sys.executable, "-I", "-S", confine.__file__, str(folder), "ports" if ports else "none"]


def _environment(folder: Path) -> dict[str, str]:
    """The user's, but that what is temporary lies in its folder, and that nothing is compiled into other folders."""
    own = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(folder))
    return {**os.environ, **own, "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUNBUFFERED": "1"}
