"""AudioLDM 2's autoencoder and vocoder, tiny and random, as diffusers and transformers save them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest


def write_decoder(folder: Path) -> tuple[Any, Any]:
    """Both, saved in ``folder``; skips the test where the extra [vssflow] is not installed."""
    diffusers = pytest.importorskip("diffusers", reason="the extra [vssflow] is not installed")
    transformers = pytest.importorskip("transformers", reason="the extra [vssflow] is not installed")
    blocks = {"down_block_types": ["DownEncoderBlock2D"] * 3, "up_block_types": ["UpDecoderBlock2D"] * 3}
    vae = diffusers.AutoencoderKL(
        in_channels=1, out_channels=1, latent_channels=8, block_out_channels=(8, 8, 8), norm_num_groups=4,
        scaling_factor=0.25, **blocks,
    )  # fmt: skip
    vae.save_pretrained(folder / "vae")
    rates, kernels = [5, 4, 2, 2, 2], [16, 16, 8, 4, 4]
    hifigan = transformers.SpeechT5HifiGanConfig(
        model_in_dim=64, upsample_initial_channel=32, upsample_rates=rates, upsample_kernel_sizes=kernels
    )
    vocoder = transformers.SpeechT5HifiGan(hifigan)
    vocoder.save_pretrained(folder / "vocoder")
    return vae.eval(), vocoder.eval()
