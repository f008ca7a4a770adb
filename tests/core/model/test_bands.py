"""What the codec measures: bands where they should be, with the levels that the signal has."""

import math

import pytest
import torch

from talkies.core.model.bands import FINE_BINS, LOW_BANDS, SAMPLE_RATE, BandFrames, MelFrames


def tone(hertz: float, amplitude: float = 0.5) -> torch.Tensor:
    return amplitude * torch.sin(2 * torch.pi * hertz * torch.arange(SAMPLE_RATE) / SAMPLE_RATE)[None]


@pytest.fixture(scope="module")
def bands() -> BandFrames:
    return BandFrames()


@pytest.mark.parametrize("hertz", [100, 350, 600])
def test_a_low_tone_fills_its_own_band_with_its_amplitude(bands: BandFrames, hertz: float) -> None:
    levels = bands(tone(hertz))[0, :, 50]
    assert int(levels.argmax()) == hertz // 25 - 1
    assert float(levels.max()) == pytest.approx(math.log(0.5), abs=0.01)


@pytest.mark.parametrize("hertz", [1000, 4000, 12_000])
def test_a_high_tone_is_loudest_in_the_band_around_it(bands: BandFrames, hertz: float) -> None:
    centres = (bands.filters * torch.linspace(0, SAMPLE_RATE / 2, FINE_BINS)[:, None]).sum(0)
    loudest = int(bands(tone(hertz))[0, :, 50].argmax())
    assert loudest >= LOW_BANDS
    assert float(centres[loudest]) == pytest.approx(hertz, rel=0.06)


def test_ten_milliseconds_are_a_frame_and_silence_is_the_floor(bands: BandFrames) -> None:
    levels = bands(torch.zeros(2, 4800))
    assert levels.shape == (2, bands.count, 10)
    assert torch.allclose(levels, torch.tensor(math.log(1e-4)))


def test_spreading_a_flat_spectrum_leaves_it_flat(bands: BandFrames) -> None:
    spread = bands.spread(torch.full((bands.count, 3), -2.0))
    assert spread.shape == (FINE_BINS, 3)
    assert torch.allclose(spread, torch.tensor(-2.0))


def test_listening_frames_show_a_tone_where_it_is() -> None:
    mel = MelFrames()
    frame = mel(tone(1000))[0, :, 50]
    centres = (mel.filters * torch.linspace(0, SAMPLE_RATE / 2, len(mel.filters))[:, None]).sum(0)
    assert float(centres[frame.argmax()]) == pytest.approx(1000, abs=120)
