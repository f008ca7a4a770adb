"""The limiter: peaks fit by FFmpeg's meter, all else stays, and blocks make no difference."""

from __future__ import annotations

import numpy as np
import pytest
from judges import ffmpeg_judges

from talkies.core.media.limiter import limited

RATE = 48_000


def hits(seconds: float = 3) -> np.ndarray:
    """Bursts near a quarter of the sample rate, where the highest values lie between the samples; over a quiet hum."""
    times = np.arange(round(seconds * RATE)) / RATE
    attack = np.minimum((times % 0.7) / 0.0003, 1)  # a jump would be read differently by every meter
    loud = attack * np.exp(-((times % 0.7) * 80)) * np.sin(2 * np.pi * 11_900 * times + 0.8) * 1.8
    hum = 0.05 * np.sin(2 * np.pi * 110 * times)
    return np.stack([loud + hum, 0.3 * loud + hum]).astype(np.float32)


def through(sound: np.ndarray, ceiling: float, size: int = 10_000) -> np.ndarray:
    blocks = [sound[:, start : start + size] for start in range(0, sound.shape[1], size)]
    return np.concatenate(list(limited(blocks, ceiling, RATE)), axis=1)


@pytest.mark.parametrize("ceiling", [-1.0, -2.0, -6.0])
def test_true_peaks_fit(ceiling: float) -> None:
    sound = hits()
    assert ffmpeg_judges(sound)[1] > 2
    result = through(sound, ceiling)
    assert result.shape == sound.shape
    assert ceiling - 0.3 < ffmpeg_judges(result)[1] <= ceiling + 0.02


def test_away_from_peaks_nothing_changes() -> None:
    sound = hits()
    result = through(sound, -1.0)
    quiet = np.ones(sound.shape[1], bool)
    for peak in range(5):  # the gain moves 2 × 5 ms before and after what is too high, which lasts some 10 ms
        quiet[max(0, round((0.7 * peak - 0.012) * RATE)) : round((0.7 * peak + 0.03) * RATE)] = False
    assert quiet.mean() > 0.9 and np.array_equal(result[:, quiet], sound[:, quiet])
    ratio = result[0] / np.where(sound[0] == 0, 1, sound[0])
    loud = np.abs(sound[0]) > 0.01
    assert np.allclose(result[1, loud], sound[1, loud] * ratio[loud], atol=1e-5)  # channels move together


def test_what_fits_comes_back_to_the_bit() -> None:
    sound = hits() * np.float32(0.3)
    assert np.array_equal(through(sound, -1.0), sound)


@pytest.mark.parametrize("size", [1_000, 1_021, 60_000])
def test_blocks_make_no_difference(size: int) -> None:
    sound = hits(1)
    assert np.allclose(through(sound, -3.0, size), through(sound, -3.0, 48_000), atol=1e-6)


def test_nothing_and_very_little() -> None:
    assert list(limited([], -1.0, RATE)) == []
    short = np.full((1, 10), 2.0, np.float32)
    result = through(short, -1.0, 3)
    assert result.shape == (1, 10) and result.max() < 0.9
