"""The envelope of noise in finer time than the short-time spectrum has: wide bands every 2.5 ms.

A noise with the levels ``noise`` (K, F) is what overlapping windows of white noise, filtered, add up to: at each
moment the levels of four frames, weighted by the squared window. The envelope's gain multiplies that.

Letters: B batch, K fine bins, F frames (100/s), G gain bands, S sub-frames (400/s), S = 4 F.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from talkies.core.model.bands import FFT_SAMPLES, FINE_BINS, HOP_SAMPLES, SAMPLE_RATE, TABLES_HERE, shares_of_nearest

SUBFRAMES = 4
"""Sub-frames of a frame."""
LEAST_POWER = 1e-12
"""Power below which nothing is told apart: -120 dB."""
SUBFRAME_SAMPLES = HOP_SAMPLES // SUBFRAMES
_NARROWEST_HZ, _WIDENING = 400.0, 0.17  # a window of 5 ms tells 400 Hz apart; above, bands as wide as the ear's


def _centres() -> list[float]:
    """Hz; each band reaches to its neighbours' centres."""
    centres = [200.0]
    while centres[-1] < SAMPLE_RATE / 2:
        centres.append(centres[-1] + max(_NARROWEST_HZ, _WIDENING * centres[-1]))
    return centres[:-1]


GAIN_CENTRES = tuple(_centres())
GAIN_BANDS = len(GAIN_CENTRES)


def gain_shares(bins: int) -> Tensor:
    """(bins, G): the share of each gain band in bins over 0 … 24 kHz; every bin's shares add up to 1."""
    return shares_of_nearest(torch.tensor(GAIN_CENTRES), torch.linspace(0, SAMPLE_RATE / 2, bins))


class Envelope(nn.Module):
    """How levels of frames and of sub-frames depend on each other. Holds constants only."""

    overlap: Tensor
    shares: Tensor

    def __init__(self) -> None:
        super().__init__()
        with TABLES_HERE:
            squared = torch.hann_window(FFT_SAMPLES, dtype=torch.float64).square()
            parts = squared.reshape(-1, SUBFRAME_SAMPLES).mean(1).float()
            self.register_buffer("overlap", parts[None, None] / parts.sum(), persistent=False)  # (1, 1, 16), sum 1
            self.register_buffer("shares", gain_shares(FINE_BINS), persistent=False)

    def pool(self, power: Tensor) -> Tensor:
        """Power of fine bins (B, K, F) → of gain bands (B, G, F), the same sum."""
        return self.shares.T @ power

    def between(self, of_frames: Tensor) -> Tensor:
        """Values of frames (B, G, F) → of sub-frames (B, G, S), each the weighted mean of the windows over it."""
        reach = self.overlap.shape[-1] // SUBFRAMES // 2
        padded = nn.functional.pad(of_frames, (reach, reach), mode="replicate").flatten(0, 1)[:, None]
        inside = (self.overlap.shape[-1] - SUBFRAMES) // 2 + reach * SUBFRAMES
        spread = nn.functional.conv_transpose1d(padded, self.overlap * SUBFRAMES, stride=SUBFRAMES)
        length = SUBFRAMES * of_frames.shape[-1]
        parts: Tensor = spread[:, 0, inside : inside + length].unflatten(0, of_frames.shape[:2])
        return parts

    def within(self, of_subframes: Tensor) -> Tensor:
        """Values of sub-frames (B, G, S) → of frames (B, G, F): the mean under each squared window."""
        reach = (self.overlap.shape[-1] - SUBFRAMES) // 2
        padded = nn.functional.pad(of_subframes, (reach, reach), mode="replicate").flatten(0, 1)[:, None]
        means = nn.functional.conv1d(padded, self.overlap, stride=SUBFRAMES)
        frames: Tensor = means[:, 0].unflatten(0, of_subframes.shape[:2])
        return frames

    def bursts(self, noise: Tensor, gain: Tensor) -> tuple[Tensor, Tensor]:
        """Noise of the log levels (B, K, F) under a ``gain`` (B, G, S): its power in sub-frames (B, G, S), and in each
        fine bin as the long windows see it (B, K, F)."""
        steady = self.pool((2 * noise).exp()).clamp_min(LEAST_POWER)
        bursting = self.between(steady.sqrt()).square() * (2 * gain).exp()
        rise = self.within(bursting).clamp_min(LEAST_POWER).log() - steady.log()
        return bursting, (2 * noise + self.on_bins(rise)).exp()

    def on_bins(self, of_bands: Tensor) -> Tensor:
        """Gains in nepers of bands (B, G, F) → of fine bins (B, K, F), straight between centres."""
        return self.shares @ of_bands
