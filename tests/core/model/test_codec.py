"""The codec's shape, its closed-form latents, and decoding in pieces."""

import pytest
import torch

from talkies.core.model.codec import PIECE_FRAMES, Codec, CodecConfig


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


def test_decoding_in_pieces_gives_every_sample_once(codec: Codec) -> None:
    frames = 2 * PIECE_FRAMES + 30
    blocks = list(codec.decode(torch.randn(128, frames, generator=torch.Generator().manual_seed(2)) * 0.1))
    assert len(blocks) == 3
    assert sum(len(block) for block in blocks) == frames * 1920
    assert all(torch.isfinite(block).all() for block in blocks)


def test_pieces_join_without_a_step(codec: Codec) -> None:
    """White latents would hide a step; constant ones sound even, so a jump at a border would stand out."""
    latents = torch.full((128, PIECE_FRAMES + 100), 0.3)
    sound = torch.cat(list(codec.decode(latents)))
    steps = sound.diff().abs()
    border = PIECE_FRAMES * 1920
    assert steps[border - 20 : border + 20].max() <= steps[border - 48_000 : border - 1000].max() * 1.5
