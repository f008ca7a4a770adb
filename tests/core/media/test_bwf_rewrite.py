"""A file written anew keeps what its bext chunk says, and has the samples that were asked for."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from talkies.core.errors import OutputError
from talkies.core.media.bwf_rewrite import rewrite_bwf
from talkies.core.media.sound import sound_blocks
from talkies.core.media.wav.bwf import read_bext, write_bwf

MADE = datetime(1999, 12, 31, 23, 59, 58, tzinfo=UTC)
RAMP = np.linspace(-0.25, 0.25, 4800, dtype=np.float32)[None]


@pytest.fixture
def take(tmp_path: Path) -> Path:
    path = tmp_path / "take.wav"
    write_bwf(path, [RAMP], time_reference=96000, description="DX s1", originator_reference="s1 1", origination=MADE)
    return path


def samples(path: Path) -> np.ndarray:
    return np.concatenate(list(sound_blocks(path, 48000, mono=True)), axis=1)


def test_other_samples_and_the_same_facts(take: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.wav"
    assert rewrite_bwf(take, copy, lambda blocks: (block * 2 for block in blocks), channels=1) == 4800
    np.testing.assert_allclose(samples(copy), 2 * RAMP, atol=2**-22)
    assert read_bext(copy) == read_bext(take)


def test_a_file_may_be_rewritten_in_its_place(take: Path) -> None:
    before = read_bext(take)
    rewrite_bwf(take, take, lambda blocks: (-block for block in blocks), channels=1, count=4800)
    np.testing.assert_allclose(samples(take), -RAMP, atol=2**-22)
    assert read_bext(take) == before


def test_a_new_time_reference_comes_from_the_old_one(take: Path, tmp_path: Path) -> None:
    rewrite_bwf(take, tmp_path / "later.wav", channels=1, time_reference=lambda before: before + 480)
    assert read_bext(tmp_path / "later.wav").time_reference == 96480


def test_what_stood_there_stays_when_the_length_is_wrong(take: Path) -> None:
    before = take.read_bytes()
    with pytest.raises(OutputError, match="4800 samples were written, 4801 were expected"):
        rewrite_bwf(take, take, channels=1, count=4801)
    assert take.read_bytes() == before
    assert [path.name for path in take.parent.iterdir()] == ["take.wav"]
