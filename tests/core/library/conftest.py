"""An empty library, and a folder for recordings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from talkies.core.library import Library, open_library


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    with open_library(tmp_path / "data" / "library.sqlite") as opened:
        yield opened


@pytest.fixture
def sounds(tmp_path: Path) -> Path:
    folder = tmp_path / "Sounds"
    folder.mkdir()
    return folder
