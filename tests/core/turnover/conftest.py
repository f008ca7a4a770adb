"""Takes for the folders that are handed over."""

from __future__ import annotations

from pathlib import Path

import pytest
from known_reels import Laid, layer


@pytest.fixture
def laid(tmp_path: Path) -> Laid:
    """Writes a take of noise with handles of half a second."""
    return layer(tmp_path / "given")
