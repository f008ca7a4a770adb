"""What the panel shows of a take's origin: its mark where it is quickly looked for, else what its recipe says of it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from talkies.core.mark.laying import marked
from talkies.core.media.wav.bwf import write_bwf
from talkies.core.provenance.shown import take_in_words

MARKED = {"engine": "mini", "source": "network", "mark": 16}


def take(folder: Path, seconds: float, mark: int | None) -> Path:
    sound = np.random.default_rng(0).normal(0, 0.05, round(48_000 * seconds)).astype(np.float32)
    blocks = [sound] if mark is None else list(marked([sound], mark))
    write_bwf(folder / "FX_t01.wav", [block[None] for block in blocks])
    return folder / "FX_t01.wav"


@pytest.mark.parametrize(
    ("seconds", "mark", "said"),
    [
        (5, 16, "its mark is found in its sound"),
        (5, None, "marked, as its recipe says, but no mark is found in it"),
        (40, 16, "marked, as its recipe says"),
    ],
    ids=["found", "lost", "long"],
)
def test_a_take_that_was_marked_says_so(seconds: float, mark: int | None, said: str, tmp_path: Path) -> None:
    assert take_in_words(take(tmp_path, seconds, mark), MARKED).split("; ")[-1] == said


def test_a_file_that_has_changed_is_looked_at_again(tmp_path: Path) -> None:
    assert "its mark is found" in take_in_words(take(tmp_path, 5, 16), MARKED)
    assert "no mark is found" in take_in_words(take(tmp_path, 5.5, None), MARKED)


def test_of_one_without_a_mark_nothing_is_said(tmp_path: Path) -> None:
    assert "mark" not in take_in_words(take(tmp_path, 5, None), {"source": "rules"})


def test_one_that_is_not_there_is_said_in_words(tmp_path: Path) -> None:
    assert take_in_words(tmp_path / "FX_t01.wav", MARKED).endswith("but its sound cannot be read")
