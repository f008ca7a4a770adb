"""The codec's shape, its closed-form latents, and decoding in pieces."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import torch

from talkies.core.model.bands import FINE_BINS, FRAMES, LOG_FLOOR
from talkies.core.model.codec import PIECE_FRAMES, Codec, CodecConfig, audible
from talkies.core.model.decoder import TONE_BELOW


@pytest.fixture(scope="module")
def codec() -> Codec:
    torch.manual_seed(0)
    codec = Codec(CodecConfig(width=32, blocks=1)).eval().requires_grad_(False)
    noise = torch.randn(40, 48_000) * torch.logspace(-3, 0, 40)[:, None]
    kept = codec.latents.fit(torch.cat([codec.latents.stack(codec.bands(sound[None]))[0] for sound in noise]))
    assert 0.5 < kept <= 1
    return codec


@pytest.mark.parametrize(("samples", "frames"), [(1, 1), (1920, 1), (1921, 2), (96_000, 50)])
def test_latents_cover_the_sound(codec: Codec, samples: int, frames: int) -> None:
    assert codec.encode(torch.zeros(1, samples)).shape == (1, 128, frames)


def test_latents_of_the_fitted_material_have_unit_variance(codec: Codec) -> None:
    noise = torch.randn(20, 48_000, generator=torch.Generator().manual_seed(3))
    noise = noise * torch.logspace(-3, 0, 20)[:, None]
    assert codec.encode(noise).std() == pytest.approx(1.0, abs=0.35)


def test_the_projection_keeps_what_it_was_fitted_on(codec: Codec) -> None:
    bands = codec.bands(torch.randn(1, 48_000))
    again = codec.latents.decode(codec.latents.encode(bands))
    assert again.shape == bands.shape
    assert (again - bands).square().mean() < 0.5 * (bands - bands.mean()).square().mean()


def latents_of_much(codec: Codec) -> torch.Tensor:
    """12 s of tones, noise and hits (C, T)."""
    generator = torch.Generator().manual_seed(2)
    times = torch.arange(12 * 48_000) / 48_000
    tones = torch.sin(2 * torch.pi * 330 * times) + 0.3 * torch.sin(2 * torch.pi * 5_000 * times)
    noise = torch.randn(len(times), generator=generator) * (1 + torch.sin(3 * times))
    hits = torch.randn(len(times), generator=generator) * torch.exp(-(times % 0.7) * 60)
    return codec.encode((0.1 * tones + 0.05 * noise + 0.3 * hits)[None])[0]


def test_decoding_gives_every_sample_once(codec: Codec) -> None:
    frames = (2 * PIECE_FRAMES + 120) // 4
    blocks = list(codec.decode(torch.randn(128, frames, generator=torch.Generator().manual_seed(2)) * 0.1))
    assert len(blocks) == 3
    assert sum(len(block) for block in blocks) == frames * 1920
    assert all(torch.isfinite(block).all() for block in blocks)


def test_the_same_latents_and_seed_give_the_same_samples(codec: Codec) -> None:
    latents = latents_of_much(codec)[:, :50]
    first = torch.cat(list(codec.decode(latents, seed=3)))
    assert torch.equal(first, torch.cat(list(codec.decode(latents, seed=3))))
    other = torch.cat(list(codec.decode(latents, seed=4)))
    assert not torch.equal(first, other), "noise of another seed"
    assert float(other.std()) == pytest.approx(float(first.std()), rel=0.1)


@pytest.mark.parametrize("piece_frames", [40, 96, 250, 1000])
def test_a_sound_is_the_same_whatever_the_pieces(
    codec: Codec, monkeypatch: pytest.MonkeyPatch, piece_frames: int
) -> None:
    latents = latents_of_much(codec)
    whole = torch.cat(list(codec.decode(latents)))
    monkeypatch.setattr("talkies.core.model.codec.PIECE_FRAMES", piece_frames)
    pieces = torch.cat(list(codec.decode(latents)))
    assert float((pieces - whole).abs().max()) < 1e-3 * float(whole.abs().max())


def test_silence_is_digital_whatever_the_network_draws(codec: Codec) -> None:
    latents = torch.cat((codec.silence(40), latents_of_much(codec)[:, :25], codec.silence(40)), dim=1)
    sound = torch.cat(list(codec.decode(latents)))
    assert sound[45 * 1920 : 60 * 1920].abs().max() > 0.05
    for silent, near in ((sound[: 35 * 1920], sound[: 38 * 1920]), (sound[70 * 1920 :], sound[67 * 1920 :])):
        assert not silent.any()
        assert near.abs().max() < 1e-6


def test_silence_costs_nothing(codec: Codec, monkeypatch: pytest.MonkeyPatch) -> None:
    """A second of sound every twenty: the network draws these and what their samples depend on."""
    second = latents_of_much(codec)[:, :25]
    latents = torch.cat([part for _ in range(3) for part in (codec.silence(500), second)], dim=1)
    drawn: list[int] = []
    draw = codec.decoder.forward

    def counted(bands: torch.Tensor, *given: torch.Tensor) -> object:
        drawn.append(bands.shape[-1])
        return draw(bands, *given)

    monkeypatch.setattr(codec.decoder, "forward", counted)
    sound = torch.cat(list(codec.decode(latents)))
    assert len(drawn) == 3
    assert sum(drawn) < 3 * 400
    assert len(sound) == latents.shape[1] * 1920
    for turn in range(3):
        begin = (turn * 525 + 500) * 1920
        assert sound[begin : begin + 48_000].abs().max() > 0.05
        assert not sound[begin - 480 * 1920 : begin - 5 * 1920].any()
    nothing = list(codec.decode(codec.silence(600)))
    assert len(drawn) == 3
    assert [len(block) for block in nothing] == [480_000, 480_000, 192_000]


def test_a_frame_is_heard_by_its_loudest_band(codec: Codec) -> None:
    bands = torch.full((1, codec.bands.count, 30), LOG_FLOOR)
    bands[0, 70, 15] += 0.3
    heard = audible(bands)[0]
    assert heard.nonzero().flatten().tolist() == list(range(11, 20))
    assert float(heard.max()) == 1


@contextmanager
def drawing_only(codec: Codec, part: str) -> Iterator[None]:
    """The network's other output lies 5 nepers lower."""
    bias = codec.decoder.out.bias
    other = bias[FINE_BINS : 2 * FINE_BINS] if part == "tone" else bias[:FINE_BINS]
    other -= 5
    try:
        yield
    finally:
        other += 5


def test_tones_are_brought_to_their_bands_levels(codec: Codec, monkeypatch: pytest.MonkeyPatch) -> None:
    latents = latents_of_much(codec)[:, :75]
    said = codec.latents.decode(latents[None])[0]
    wanted = said - TONE_BELOW / 2  # halfway to what an untrained network draws

    def error() -> float:
        found = codec.bands(torch.cat(list(codec.decode(latents)))[None])[0]
        return float((found - wanted)[said > -7].abs().mean())

    with drawing_only(codec, "tone"):
        levelled = error()
        monkeypatch.setattr("talkies.core.model.codec.LEVEL_ROUNDS", 0)
        assert levelled < 0.2  # 1.7 dB
        assert levelled < 0.6 * error()


def test_noise_is_levelled_without_becoming_even(codec: Codec) -> None:
    """Bands of few bins rise and fall by chance: forced to an even level they would hum. Wide ones are right."""
    noise = 0.1 * torch.randn(1, 4 * 48_000, generator=torch.Generator().manual_seed(5))
    with drawing_only(codec, "noise"):
        sound = torch.cat(list(codec.decode(codec.encode(noise)[0])))
    power = FRAMES.analyse(sound).abs().square()[30:140, 20:-20]  # 0.75 to 3.5 kHz
    even = float(power.log().mean() - power.mean(1, keepdim=True).log().mean())
    assert even == pytest.approx(-0.577, abs=0.08), "Rayleigh's magnitudes"
    assert float(sound.std()) == pytest.approx(float(noise.std()), rel=0.15)
