"""What takes sound like during a stretch of the timeline: cut and padded to the sample."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from talkies.core.media.wav.bwf import write_bwf
from talkies.core.segment import Take
from talkies.core.takes.mixdown import heard_over
from talkies.core.times import TimeRange


def take(folder: Path, start: Fraction, seconds: int) -> Take:
    """A ramp over the whole file: each sample says how far into it it is."""
    path = folder / f"DX_{float(start):g}_t01.wav"
    count = seconds * 48_000
    write_bwf(path, [(np.arange(count)[None] / count).astype(np.float32)], channels=1, time_reference=0, count=count)
    return Take("s", "DX", path.stem, path, TimeRange(start, start + seconds), 48_000)


@pytest.mark.parametrize("start", [Fraction(0), Fraction(1, 2), Fraction(1001, 24000), Fraction(3)])
def test_the_stretch_is_exact(start: Fraction, tmp_path: Path) -> None:
    made = take(tmp_path, Fraction(1), 2)
    record = TimeRange(start, start + 1)
    heard = np.concatenate(list(heard_over([made], record)), axis=1)[0]
    first, count = record.samples(48_000)
    wanted = np.zeros(6 * 48_000, np.float32)
    wanted[48_000 : 3 * 48_000] = np.arange(96_000) / 96_000
    assert len(heard) == count
    assert np.abs(heard - wanted[first : first + count]).max() < 1e-6


def test_takes_are_added(tmp_path: Path) -> None:
    both = [take(tmp_path, Fraction(0), 1), take(tmp_path, Fraction(1, 2), 1)]
    heard = np.concatenate(list(heard_over(both, TimeRange(Fraction(1, 2), Fraction(1)))), axis=1)[0]
    ramp = np.arange(48_000) / 48_000
    assert np.abs(heard - (ramp[24_000:] + ramp[:24_000])).max() < 1e-6


def test_nothing_is_silence(tmp_path: Path) -> None:
    heard = np.concatenate(list(heard_over([], TimeRange(Fraction(0), Fraction(1)))), axis=1)
    assert heard.shape == (1, 48_000)
    assert not heard.any()
