"""Files of guests: read as far as they can be used."""

from __future__ import annotations

import wave
from pathlib import Path

import pytest

from talkies.core.engines.guests.blocks import beginning


@pytest.mark.parametrize(("most", "least_read", "most_read"), [(600_000, 600_000, 600_000), (8_000, 8_001, 40_000)])
def test_a_file_is_read_no_further_than_it_can_be_used(
    most: int, least_read: int, most_read: int, tmp_path: Path
) -> None:
    with wave.open(str(tmp_path / "long.wav"), "wb") as out:
        out.setparams((1, 2, 8_000, 0, "NONE", ""))
        out.writeframes(bytes(2 * 600_000))
    assert least_read <= len(beginning(tmp_path / "long.wav", 8_000, most)) <= most_read
