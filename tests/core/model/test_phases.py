"""Phases: analysis and overlap-add undo each other; found phases have the wanted magnitudes; pieces go on."""

import pytest
import torch

from talkies.core.model.phases import Frames, find_phases

FRAMES = Frames(1920, 480)


def tone(hertz: float, samples: int = 48_000) -> torch.Tensor:
    return 0.5 * torch.sin(2 * torch.pi * hertz * torch.arange(samples).double() / 48_000).float()


def test_a_tone_shows_its_amplitude_in_its_bin() -> None:
    spectrum = FRAMES.analyse(tone(1000.0)).abs()
    assert int(spectrum[:, 50].argmax()) == round(1000 / 25)
    assert float(spectrum[:, 50].max()) == pytest.approx(0.5, rel=1e-3)


def test_overlap_add_undoes_analysis() -> None:
    sound = torch.randn(48_000, generator=torch.Generator().manual_seed(1))
    again = FRAMES.overlap_add(FRAMES.analyse(sound).T)[FRAMES.margin : FRAMES.margin + 48_000]
    torch.testing.assert_close(again, sound, atol=1e-4, rtol=1e-4)


def test_found_phases_give_the_wanted_magnitudes() -> None:
    wanted = FRAMES.analyse(tone(440.0) + tone(1310.0)).abs()
    found = FRAMES.analyse(find_phases(wanted, FRAMES)).abs()
    error = (found - wanted)[:, 4:-4].square().sum() / wanted[:, 4:-4].square().sum()
    assert 10 * torch.log10(error) < -15


@pytest.mark.parametrize("hertz", [1000.0, 15_000.0])
def test_the_first_guess_carries_a_sine_on_for_ten_seconds(hertz: float) -> None:
    """Also where a million radians have been summed up."""
    spectrum = FRAMES.analyse(tone(hertz, 480_000)).abs()
    last = find_phases(spectrum, FRAMES, iterations=0)[-48_000:-2_000].double()
    turning = torch.exp(-2j * torch.pi * hertz * torch.arange(len(last), dtype=torch.float64) / 48_000)
    rest = last - (2 * (last * turning).mean() * turning.conj()).real
    assert 10 * torch.log10(rest.square().mean() / last.square().mean()) < -40


def test_the_sound_before_is_kept_and_continued_in_phase() -> None:
    whole = tone(440.0)
    spectrum = FRAMES.analyse(whole).abs()
    after = find_phases(spectrum[:, 50:], FRAMES, before=whole[24_000:28_800])
    torch.testing.assert_close(after[:4_800], whole[24_000:28_800])
    across = after[4_700:4_900]
    assert float(across.diff().abs().max()) < 1.5 * float(whole.diff().abs().max())


def test_the_same_magnitudes_give_the_same_sound() -> None:
    spectrum = FRAMES.analyse(tone(440.0)).abs()
    assert torch.equal(find_phases(spectrum, FRAMES), find_phases(spectrum, FRAMES))
