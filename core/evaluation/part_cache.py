"""Parts that are done are kept, so that a run that was stopped goes on where it was."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from talkies.core.files.atomic import part_file


def write_json(document: Any, path: Path) -> None:
    """Atomically; UTF-8, one figure a line. Raises OutputError."""
    with part_file(path) as part:
        part.write_text(json.dumps(document, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")


def keep(path: Path, key: Any, record: Any) -> None:
    """Writes a record together with what it depends on."""
    write_json({"key": key, "record": record}, path)


def kept(path: Path, key: Any) -> Any | None:
    """The record in a file if it was made with the same ``key``; None otherwise, also when it cannot be read."""
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(stored, dict) or stored.get("key") != json.loads(json.dumps(key)):
        return None
    return stored.get("record")
