"""Partials of a wavering voice become steady, its onsets stay, and what is no voice is left alone."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor

from talkies.core.model.bands import FINE_BINS, FRAMES
from talkies.core.model.codec import Codec
from talkies.core.model.comb import PITCHES, combs, pitch_hertz
from talkies.core.model.decoder import Fine
from talkies.core.model.steadiness import Voice, exact_pitch, find_voice, steadied, steady_levels, steady_partials

FRAME_COUNT = 60


def voice_of(hertz: float, partials: int = 20) -> Tensor:
    """Log amplitudes (K, F) of a sound of partials that fall by 6 dB an octave, measured, not drawn."""
    times = torch.arange(FRAME_COUNT * FRAMES.hop).double() / 48_000
    sound = sum(0.3 / n * torch.cos(2 * torch.pi * n * hertz * times + n * n) for n in range(1, partials + 1))
    return FRAMES.analyse(sound.float()).abs().clamp_min(1e-5).log()  # type: ignore[union-attr]


def wavering(levels: Tensor, by: float) -> Tensor:
    return levels + by * torch.randn(levels.shape, generator=torch.Generator().manual_seed(0))


def fine_of(tone: Tensor, hertz: float) -> Fine:
    """As a network draws it that is sure of the pitch."""
    logits = torch.zeros(1, tone.shape[1], PITCHES)
    logits[..., int((pitch_hertz() / hertz).log().abs().argmin())] = 20
    return Fine(tone[None], tone[None] - 6, torch.zeros(1, 1, 1), logits)


def bend(levels: Tensor) -> float:
    """Mean second difference from frame to frame."""
    return float(levels[..., 4:-4].diff(dim=-1).diff(dim=-1).abs().mean())


@pytest.mark.parametrize("hertz", [104.0, 131.3, 208.7, 390.0])
def test_a_steady_voice_is_drawn_again_as_it_was(hertz: float) -> None:
    levels = voice_of(hertz)
    again = steady_partials(levels, Voice(torch.ones(FRAME_COUNT), torch.full((FRAME_COUNT,), hertz)))
    for partial in range(1, min(int(650 / hertz), 6) + 1):
        place = round(partial * hertz / 25)
        torch.testing.assert_close(again[place, 4:-4], levels[place, 4:-4], rtol=0, atol=0.1)  # 0.9 dB
    assert torch.equal(again[30:], levels[30:]), "above, nothing changes"


@pytest.mark.parametrize("hertz", [131.3, 208.7])
def test_a_wavering_voice_becomes_steady_at_the_same_levels(hertz: float) -> None:
    steady, uneven = voice_of(hertz), wavering(voice_of(hertz), 0.25)
    again = steady_partials(uneven, Voice(torch.ones(FRAME_COUNT), torch.full((FRAME_COUNT,), hertz)))
    place = round(hertz / 25)
    assert bend(again[place]) < 0.4 * bend(uneven[place])
    assert float((again - steady)[place, 4:-4].mean()) == pytest.approx(0, abs=0.12)  # 1 dB


def test_an_onset_stays_an_onset() -> None:
    """20 dB from one frame to the next: no frame is moved by more than 1 dB."""
    levels = torch.zeros(FRAME_COUNT, 1)
    levels[30:] = 4.6
    kept = steady_levels(levels, torch.full((FRAME_COUNT,), 200.0), torch.ones(FRAME_COUNT))
    assert float((kept - levels).abs().max()) < 0.23


def test_frames_of_another_pitch_do_not_count() -> None:
    levels, hertz = torch.zeros(FRAME_COUNT, 1), torch.full((FRAME_COUNT,), 200.0)
    levels[30:], hertz[30:] = 0.5, 300.0
    torch.testing.assert_close(steady_levels(levels, hertz, torch.ones(FRAME_COUNT)), levels, rtol=0, atol=1e-6)


@pytest.mark.parametrize("hertz", [104.0, 208.7, 390.0])
def test_the_pitch_is_read_off_the_partials(hertz: float) -> None:
    """From 1 % beside it."""
    found = exact_pitch(voice_of(hertz), torch.full((FRAME_COUNT,), 1.01 * hertz))
    assert float((found[4:-4] / hertz - 1).abs().max()) < 0.002


def test_a_voice_is_one_and_noise_is_none() -> None:
    voice = find_voice(fine_of(voice_of(208.7), 208.7), combs())
    assert float(voice.share[4:-4].min()) == 1
    noise = torch.randn(FRAME_COUNT * FRAMES.hop, generator=torch.Generator().manual_seed(1)) * 0.1
    levels = FRAMES.analyse(noise).abs().log()
    assert float(find_voice(fine_of(levels, 208.7), combs()).share.mean()) < 0.05


def test_only_what_is_spoken_changes() -> None:
    bands = torch.zeros(1, 110, FRAME_COUNT)
    fine = fine_of(wavering(voice_of(208.7), 0.25), 208.7)
    spoken = (torch.arange(FRAME_COUNT) >= 30).float()
    again, levels = steadied(fine, bands, combs(), spoken)
    assert torch.equal(again.tone[..., :30], fine.tone[..., :30])
    assert torch.equal(levels[..., :30], bands[..., :30])
    assert not torch.equal(again.tone[..., 30:], fine.tone[..., 30:])
    assert torch.equal(again.noise, fine.noise)
    assert again.tone.shape[1] == FINE_BINS
    silent, same = steadied(fine, bands, combs(), torch.zeros(FRAME_COUNT))
    assert silent is fine
    assert same is bands


def vowel(seconds: float = 3.0, hertz: float = 208.7) -> np.ndarray:
    times = np.arange(round(seconds * 48_000)) / 48_000
    partials = (0.2 / n * np.cos(2 * np.pi * n * hertz * times + n * n) for n in range(1, 30))
    return np.asarray(sum(partials), np.float32)


def harmonics_over_noise(sound: np.ndarray, hertz: float = 208.7) -> float:
    """dB, below 600 Hz: by the correlation of each 40 ms with what comes one period later (Boersma 1993)."""
    spectrum = np.fft.rfft(sound)
    spectrum[round(600 * len(sound) / 48_000) :] = 0
    low, lag = np.fft.irfft(spectrum, len(sound)), round(48_000 / hertz)
    starts = range(9_600, len(low) - 12_000, 1_920)
    alike = [np.corrcoef(low[at : at + 1_920], low[at + lag : at + lag + 1_920])[0, 1] for at in starts]
    return float(np.mean([10 * np.log10(r / (1 - r)) for r in np.clip(alike, 0.01, 0.9999)]))


@pytest.fixture(scope="module")
def shipped() -> Codec:
    from talkies.core.engines.mini import MiniEngine

    return MiniEngine.load(None, "cpu").model.codec


@pytest.fixture(scope="module")
def uneven(shipped: Codec) -> Tensor:
    """Latents (C, T) of a vowel whose fine channels waver, as a flow model's do."""
    latents = shipped.encode(torch.from_numpy(vowel())[None])[0]
    latents[8:] += 0.5 * torch.randn(latents[8:].shape, generator=torch.Generator().manual_seed(3))
    return latents


def decoded(codec: Codec, latents: Tensor, spoken: bool) -> np.ndarray:
    where = torch.full((latents.shape[1],), spoken)
    with torch.no_grad():
        return torch.cat(list(codec.decode(latents, spoken=where))).double().numpy()


def test_a_wavering_vowel_comes_out_less_rough(shipped: Codec, uneven: Tensor) -> None:
    before, after = (harmonics_over_noise(decoded(shipped, uneven, spoken)) for spoken in (False, True))
    assert after > before + 3


@pytest.mark.parametrize("piece_frames", [96, 250])
def test_speech_is_the_same_whatever_the_pieces(
    shipped: Codec, uneven: Tensor, monkeypatch: pytest.MonkeyPatch, piece_frames: int
) -> None:
    whole = decoded(shipped, uneven, True)
    monkeypatch.setattr("talkies.core.model.codec.PIECE_FRAMES", piece_frames)
    assert np.abs(decoded(shipped, uneven, True) - whole).max() < 1e-3 * np.abs(whole).max()
