"""What is heard: stretches of files, laid and summed, at a gain that is known beforehand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from math import sqrt
from pathlib import Path

import numpy as np
import pytest
from numbered_movies import h264, with_sound

from talkies.core.errors import MediaError
from talkies.core.media.wav.bwf import write_bwf
from talkies.core.timeline.structure.sounds import SoundClip, SoundTrack
from talkies.core.times import TimeRange
from talkies.ui.player.chunks import CHUNK_SAMPLES, SoundChunks, read_stretch
from talkies.ui.player.mix import Mix, Voice
from talkies.ui.player.monitor import originals


def ramp(count: int) -> np.ndarray:
    """Samples of which each tells its own place."""
    return (np.arange(count) / (1 << 22)).astype(np.float32)


@pytest.fixture
def chunks() -> Iterator[SoundChunks]:
    chunks = SoundChunks()
    yield chunks
    chunks.close()


@pytest.fixture
def long_file(tmp_path: Path) -> Path:
    """Two and a half chunks of stereo, the right side negative."""
    sound = ramp(5 * CHUNK_SAMPLES // 2)
    write_bwf(tmp_path / "long.wav", [np.stack([sound, -sound])], channels=2)
    return tmp_path / "long.wav"


def test_any_stretch_of_a_file_is_exact(long_file: Path) -> None:
    first = CHUNK_SAMPLES + 12_345
    stretch = read_stretch(long_file, first, 1000)
    np.testing.assert_allclose(stretch[0], ramp(first + 1000)[first:], atol=2**-23)
    np.testing.assert_allclose(stretch[1], -stretch[0], atol=2**-23)


def test_after_the_end_there_is_silence(long_file: Path) -> None:
    assert not read_stretch(long_file, 3 * CHUNK_SAMPLES, 100).any()


def test_a_mono_file_sits_in_the_middle(tmp_path: Path) -> None:
    write_bwf(tmp_path / "mono.wav", [np.full((1, 4800), 0.5, np.float32)])
    np.testing.assert_allclose(read_stretch(tmp_path / "mono.wav", 0, 4800), 0.5 * sqrt(0.5), atol=1e-6)


def test_a_file_that_is_missing_is_silence_in_the_mix_and_an_error_to_the_reader(
    tmp_path: Path, chunks: SoundChunks
) -> None:
    with pytest.raises(MediaError):
        read_stretch(tmp_path / "none.wav", 0, 10)
    mix = Mix(chunks, [Voice(tmp_path / "none.wav", 0, 1000)])
    assert not mix.block(0, 1000, wait=True).any()


@pytest.mark.parametrize("suffix", [".mkv", ".ts", ".mp4"])
def test_a_movies_sound_keeps_to_its_picture(tmp_path: Path, suffix: str) -> None:
    """The picture begins 1 s after the sound, the click sounds 0.5 s later: where the thirteenth picture shows."""
    film = with_sound(h264(tmp_path / "a.mp4", 50), tmp_path / f"b{suffix}", Fraction(1), 3, click=Fraction(3, 2))
    heard = np.abs(read_stretch(film, 0, 2 * 48_000)[0])
    assert abs(int(np.argmax(heard > 0.1)) - 24_000) < 1200


def test_voices_are_laid_where_they_belong(long_file: Path, chunks: SoundChunks) -> None:
    offset = 2 * CHUNK_SAMPLES - 300
    mix = Mix(chunks, [Voice(long_file, 1000, 2000, offset, 0.5), Voice(long_file, 1500, 1800, 0, 2.0)])
    heard = mix.block(900, 1200, wait=True)[0]
    source = ramp(5 * CHUNK_SAMPLES // 2)
    expected = np.zeros(1200, np.float32)
    expected[100:1100] += 0.5 * source[offset : offset + 1000]
    expected[600:900] += 2.0 * source[:300]
    np.testing.assert_allclose(heard, expected, atol=2**-22)


def test_what_is_not_read_yet_is_silent_and_comes(long_file: Path, chunks: SoundChunks) -> None:
    mix = Mix(chunks, [Voice(long_file, 0, 48_000, 1000)])
    mix.warm(0, 48_000)
    assert mix.block(0, 48_000, wait=True).any()
    assert mix.block(0, 48_000).any()


def test_the_timelines_own_sound_lies_where_its_clips_lie(tmp_path: Path) -> None:
    """Media time 4 is the file's first sample; what is switched off, retimed or missing is not heard."""
    path = tmp_path / "wild.wav"
    record, source = TimeRange(Fraction(1), Fraction(2)), TimeRange(Fraction(5), Fraction(6))
    clip = SoundClip("wild", record, source, path, start=Fraction(4))
    others = (replace(clip, enabled=False), replace(clip, speed=Fraction(2)), replace(clip, path=None))
    assert list(originals([SoundTrack("A1", (clip, *others))])) == [Voice(path, 48_000, 96_000, 48_000)]
