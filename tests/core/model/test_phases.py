"""Phases: analysis and overlap-add undo each other; found phases have the wanted magnitudes; pieces go on."""

import pytest
import torch

from talkies.core.model.phases import Frames, find_phases, guess_phases, reach, refine_phases

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
    last = find_phases(spectrum, FRAMES, rounds=0)[-48_000:-2_000].double()
    turning = torch.exp(-2j * torch.pi * hertz * torch.arange(len(last), dtype=torch.float64) / 48_000)
    rest = last - (2 * (last * turning).mean() * turning.conj()).real
    assert 10 * torch.log10(rest.square().mean() / last.square().mean()) < -40


def test_pieces_with_enough_around_them_are_the_whole() -> None:
    """Chords of wandering partials, cut at frame 120: what is made piece by piece is what is made at once."""
    times = torch.arange(144_000).double() / 48_000
    wandering = times + 0.001 * torch.sin(5 * times)
    sound = torch.stack([torch.sin(2 * torch.pi * h * wandering) for h in (220.0, 1_310.0, 9_000.0)]).sum(0)
    spectrum = FRAMES.analyse(sound.float()).abs()
    whole = find_phases(spectrum, FRAMES)
    far = reach(FRAMES)
    first = guess_phases(spectrum[:, : 120 + far], FRAMES)
    second = guess_phases(spectrum[:, 120 - far :], FRAMES, first.turned[120 - far - 1])
    before = refine_phases(spectrum[:, : 120 + far], first.angles, FRAMES)[: 120 * 480]
    after = refine_phases(spectrum[:, 120 - far :], second.angles, FRAMES)[far * 480 :]
    torch.testing.assert_close(torch.cat((before, after)), whole, rtol=0, atol=1e-5)


def test_one_frame_less_around_a_piece_is_not_enough() -> None:
    """So `reach` is no guess."""
    spectrum = FRAMES.analyse(torch.randn(96_000, generator=torch.Generator().manual_seed(4))).abs()
    angles = guess_phases(spectrum, FRAMES).angles
    whole = refine_phases(spectrum, angles, FRAMES, rounds=2)
    far = reach(FRAMES, rounds=2)
    for around, same in ((far, True), (far - 2, False)):
        piece = refine_phases(spectrum[:, 100 - around :], angles[100 - around :], FRAMES, rounds=2)[around * 480 :]
        assert (float((piece - whole[48_000:]).abs().max()) < 1e-6) is same


def test_the_same_magnitudes_give_the_same_sound() -> None:
    spectrum = FRAMES.analyse(tone(440.0)).abs()
    assert torch.equal(find_phases(spectrum, FRAMES), find_phases(spectrum, FRAMES))
