"""Performed recordings: the transient on its sample, the level by force, loops without a seam."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from talkies.core.arrays import Floats
from talkies.core.errors import MediaError
from talkies.core.library import PRE_ROLL_SAMPLES, Pick, hit_sound, sustained_blocks
from talkies.core.library.reading import read_recording, stretch
from talkies.core.media.sound import read_sound, write_bwf

RATE = 48000


def save(path: Path, sound: npt.NDArray[np.floating], rate: int = RATE) -> Path:
    samples = np.atleast_2d(sound).astype(np.float32)
    write_bwf(path, [samples], sample_rate=rate, channels=samples.shape[0])
    return path


def strokes(places: list[int], length: int) -> Floats:
    """Noise bursts that begin at full strength at these samples and die away within half a second."""
    sound = np.zeros(length)
    time = np.arange(24_000)
    for number, place in enumerate(places):
        rng = np.random.default_rng(number)
        noise = rng.uniform(0.3, 0.6, len(time)) * rng.choice([-1, 1], len(time))
        sound[place : place + len(time)] += (noise * np.exp(-time / 2400))[: length - place]
    return sound


def begins(sound: npt.NDArray[np.floating]) -> int:
    """The first sample that is more than a third of the attack: what a ringing filter spreads ahead is less."""
    return int(np.flatnonzero(np.abs(sound) > 0.33 * np.abs(sound[: PRE_ROLL_SAMPLES + 480]).max())[0])


@pytest.fixture
def steps(tmp_path: Path) -> list[Pick]:
    recording = read_recording(save(tmp_path / "steps.wav", strokes([10_007, 60_000, 110_001], 160_000)))
    return [Pick(recording, number) for number in range(3)]


@pytest.mark.parametrize("force", [0.0, 0.5, 1.0])
def test_the_transient_is_on_its_sample_whatever_the_pitch(steps: list[Pick], force: float) -> None:
    for pick, seed in itertools.product(steps, range(12)):
        assert begins(hit_sound(pick, force, seed)[0]) == pytest.approx(PRE_ROLL_SAMPLES, abs=1)


def test_the_ring_out_is_whole_and_ends_in_silence(steps: list[Pick]) -> None:
    sound = hit_sound(steps[1], 1.0, 3)[0]
    assert sound.dtype == np.float32
    level = np.abs(sound[PRE_ROLL_SAMPLES:])
    assert len(level) > 0.25 * RATE
    assert level[-1] < 1e-4 * level.max()
    assert np.abs(sound[0]) < 1e-4 * level.max()
    early, later = np.sqrt((level[:1000] ** 2).mean()), np.sqrt((level[6000:7000] ** 2).mean())
    assert early / later == pytest.approx(np.exp(6000 / 2400), rel=0.1)  # dies away as the recording does


def test_level_and_pitch_vary_by_force_and_seed(steps: list[Pick]) -> None:
    def level_db(force: float, seed: int) -> float:
        return float(20 * np.log10(np.sqrt((hit_sound(steps[0], force, seed)[0, 480:2880] ** 2).mean())))

    loud, soft = ([level_db(force, seed) for seed in range(12)] for force in (0.7, 0.1))  # at 1 peaks would clip
    assert np.mean(loud) - np.mean(soft) == pytest.approx(0.6 * 18, abs=0.2)
    assert 0.1 < np.std(loud) < 2
    assert len({hit_sound(steps[0], 0.7, seed).shape[1] for seed in range(12)}) > 4  # lengths follow the pitch
    assert np.array_equal(hit_sound(steps[0], 0.7, 5), hit_sound(steps[0], 0.7, 5))


def test_stereo_is_kept_if_asked_and_mono_is_the_middle(tmp_path: Path) -> None:
    left = strokes([8000], RATE)
    pick = Pick(read_recording(save(tmp_path / "wide.wav", np.stack([left, 0.25 * left]))), 0)
    sound = hit_sound(pick, 0.5, 1, stereo=True)
    assert sound.shape[0] == 2
    assert np.abs(sound[1]).max() / np.abs(sound[0]).max() == pytest.approx(0.25, rel=0.01)
    assert hit_sound(pick, 0.5, 1).shape[0] == 1
    narrow = Pick(read_recording(save(tmp_path / "narrow.wav", left)), 0)
    both = hit_sound(narrow, 0.5, 1, stereo=True)
    assert both.shape[0] == 2
    assert np.array_equal(both[0], both[1])


@pytest.mark.parametrize("rate", [44_100, 96_000, 22_050])
def test_other_sample_rates_keep_the_transient(tmp_path: Path, rate: int) -> None:
    place = round(1.5 * rate) + 3
    sound = np.zeros(3 * rate)
    near = 2 + RATE / rate  # a filter of that rate leaves no sharper begin
    time = np.arange(rate // 2) / rate
    sound[place : place + rate // 2] = 0.8 * np.cos(2 * np.pi * 1000 * time) * np.exp(-time / 0.05)
    pick = Pick(read_recording(save(tmp_path / "other.wav", sound, rate)), 0)
    assert pick.recording.measures.hits[0].sample == pytest.approx(place * RATE / rate, abs=near)
    for seed in range(6):
        assert begins(hit_sound(pick, 0.7, seed)[0]) == pytest.approx(PRE_ROLL_SAMPLES, abs=near)


@pytest.mark.parametrize("rate", [48_000, 44_100, 96_000, 32_000])
@pytest.mark.parametrize("first", [-100, 0, 77, 10 * RATE + 77, 19 * RATE + 47_000])
def test_a_stretch_is_that_of_the_whole(tmp_path: Path, rate: int, first: int) -> None:
    path = save(tmp_path / "whole.wav", np.random.default_rng(1).normal(0, 0.1, (2, 20 * rate)), rate)
    whole = np.pad(read_sound(path, mono=False), ((0, 0), (100, 20_000)))
    assert stretch(path, first, 5000, stereo=True) == pytest.approx(whole[:, first + 100 : first + 5100], abs=1e-6)


def test_a_file_that_is_gone_is_said_in_a_sentence(steps: list[Pick]) -> None:
    steps[0].recording.path.unlink()
    with pytest.raises(MediaError, match="missing or offline"):
        hit_sound(steps[0], 0.5, 1)


def texture(path: Path, sound: Floats) -> Pick:
    return Pick(read_recording(save(path, sound)))


def looped(pick: Pick, seconds: float, seed: int = 1) -> Floats:
    blocks = list(sustained_blocks(pick, round(seconds * RATE), 1.0, seed))
    return np.asarray(np.concatenate(blocks, axis=1)[0], np.float64)


@pytest.mark.parametrize("length_s", [0.5, 1.3, 4.0])
def test_a_looped_tone_stays_one_tone(tmp_path: Path, length_s: float) -> None:
    """A seam would be heard as a click or a dip: what is left beside the tone, and how its level moves, shows both."""
    tone = 0.2 * np.sin(2 * np.pi * 441.7 * np.arange(round(length_s * RATE)) / RATE)
    sound = looped(texture(tmp_path / "tone.wav", tone), 20)[2400:-2400]
    step = 1200
    rows = sound[: len(sound) // step * step].reshape(-1, step)
    time = np.arange(step) / RATE
    waves = np.stack([np.sin(2 * np.pi * 441.7 * time), np.cos(2 * np.pi * 441.7 * time)], 1)
    fitted = rows @ waves @ np.linalg.inv(waves.T @ waves)
    level = np.sqrt((fitted**2).sum(1))
    rest = rows - fitted @ waves.T
    assert level.max() / level.min() < 10 ** (0.3 / 20)
    assert np.sqrt((rest**2).mean(1)).max() < 0.03 * level.mean()


def test_looped_noise_has_no_jump_in_level_and_no_period(tmp_path: Path) -> None:
    noise = np.random.default_rng(2).normal(0, 0.1, 2 * RATE)
    sound = looped(texture(tmp_path / "rain.wav", noise), 60)
    assert len(sound) == 60 * RATE
    inner = sound[4800:-4800]
    levels = 10 * np.log10((inner[: len(inner) // 4800 * 4800].reshape(-1, 4800) ** 2).mean(1))
    natural = 10 * np.log10((noise.reshape(-1, 4800) ** 2).mean(1))
    assert levels.std() < 2 * natural.std() + 0.2
    assert np.ptp(levels) < 2.5
    spectrum = np.abs(np.fft.rfft(inner, 2 * len(inner))) ** 2
    alike = np.fft.irfft(spectrum)[: len(inner) // 2]
    alike /= alike[0]
    assert alike[RATE // 4 :].max() < 0.35  # at no distance the sound is mostly what it was

    played = np.tile(noise, 30)[: len(inner)]  # the same recording, simply repeated, fails this
    repeated = np.fft.irfft(np.abs(np.fft.rfft(played, 2 * len(inner))) ** 2)[: len(inner) // 2]
    assert repeated[RATE // 4 :].max() / repeated[0] > 0.9


def test_loops_have_exactly_the_length_and_are_repeatable(tmp_path: Path) -> None:
    pick = texture(tmp_path / "rain.wav", np.random.default_rng(2).normal(0, 0.1, (2, RATE)))
    for count in (1, 479, 48_001, 200_003):
        blocks = list(sustained_blocks(pick, count, 0.6, 4, stereo=True))
        assert sum(block.shape[1] for block in blocks) == count
        assert {block.shape[0] for block in blocks} == {2}
    assert np.array_equal(looped(pick, 3, 5), looped(pick, 3, 5))
    assert not np.array_equal(looped(pick, 3, 5), looped(pick, 3, 6))


def test_an_hour_is_made_block_by_block(tmp_path: Path) -> None:
    pick = texture(tmp_path / "rain.wav", np.random.default_rng(2).normal(0, 0.1, 3 * RATE))
    first = itertools.islice(sustained_blocks(pick, 3600 * RATE, 1.0, 4), 20)
    assert max(block.shape[1] for block in first) <= 1 << 15


def test_what_is_too_short_to_go_on_is_refused(tmp_path: Path) -> None:
    pick = texture(tmp_path / "tick.wav", np.random.default_rng(2).normal(0, 0.1, 500))
    with pytest.raises(MediaError, match="too short"):
        list(sustained_blocks(pick, RATE, 1.0, 4))
