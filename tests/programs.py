"""Executables for the tests, made on the spot."""

from __future__ import annotations

from pathlib import Path


def program(folder: Path, name: str, lines: str) -> Path:
    """An executable script."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{lines}\n")
    path.chmod(0o755)
    return path
