"""How likely a recording is where the decoder says: this much tone, this much noise, and bursts like these.

Two likelihoods of the same sound. In long windows each bin's magnitude m is distributed as Rice found, around a tone
of amplitude A under noise of power V:

    -log p(m) = log V + (m - A)² / V - log i0e(2 m A / V) - log 2m

In windows of 5 ms the power P of a wide band is about exponentially distributed around its expected power, noise and
tones together: P / V + log V. The second alone sees when a click happens; it is why clicks are left to noise.

Letters: B batch, K fine bins, F frames (100/s), G gain bands, S sub-frames (400/s), N samples.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from talkies.core.model.bands import FINE_BINS, FRAMES, LOG_FLOOR, SAMPLE_RATE
from talkies.core.model.decoder import Fine
from talkies.core.model.envelope import LEAST_POWER, SUBFRAME_SAMPLES, SUBFRAMES, Envelope, gain_shares
from talkies.core.model.phases import Frames

SHORT = Frames(2 * SUBFRAME_SAMPLES, SUBFRAME_SAMPLES)
"""The short windows: one a sub-frame."""
BRIEF_FLOOR = 2e-5
"""Amplitude a bin below which nothing is told apart within a window: -94 dB."""
QUIET_WEIGHT = 0.15
"""What bins below the bands' floor count beside those above it."""
_FAR = 3.0  # errors beyond so many deviations, and powers beyond exp(3) times the expected, count linearly


def hearing_weight() -> Tensor:
    """(K, 1), mean 1: half the same everywhere, half as finely as the ear divides frequency (Glasberg, Moore 1990)."""
    hertz = torch.linspace(0, SAMPLE_RATE / 2, FINE_BINS)
    density = 1 / (24.7 * (4.37e-3 * hertz + 1))
    return (0.5 + 0.5 * density / density.mean())[:, None]


class SoundLikelihood(nn.Module):
    """Fine structure and the recording → the loss, in nats a bin. Holds constants only."""

    hearing: Tensor
    hearing_of_bands: Tensor
    floor_of_bands: Tensor
    short_shares: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.envelope = Envelope()
        hearing = hearing_weight()
        self.register_buffer("hearing", hearing, persistent=False)
        weight = self.envelope.shares.T @ hearing
        self.register_buffer("hearing_of_bands", weight / weight.mean(), persistent=False)
        self.register_buffer("floor_of_bands", self.envelope.shares.sum(0)[:, None] * BRIEF_FLOOR**2, persistent=False)
        self.register_buffer("short_shares", gain_shares(SHORT.size // 2 + 1), persistent=False)

    def forward(self, fine: Fine, spread: Tensor, sound: Tensor, inside: slice) -> tuple[Tensor, Tensor]:
        """The losses in long and in short windows of the frames ``inside``. ``spread`` (B, K, F): the bands that were
        decoded, on the fine bins; ``sound`` (B, N)."""
        bursting, noise_power = self.envelope.bursts(fine.noise, fine.gain)
        heard = ((spread - LOG_FLOOR).clamp(0, 1) * (1 - QUIET_WEIGHT) + QUIET_WEIGHT) * self.hearing
        magnitude = FRAMES.analyse(sound).abs()
        long = rician(magnitude[..., inside], fine.tone[..., inside].exp(), noise_power[..., inside])
        expected = self.envelope.between(self.envelope.pool((2 * fine.tone).exp())) + seen_briefly(bursting)
        power = self.short_shares.T @ SHORT.analyse(sound).abs().square()
        short = exponential(power + self.floor_of_bands, expected + self.floor_of_bands) * self.hearing_of_bands
        brief = slice(SUBFRAMES * inside.start, SUBFRAMES * inside.stop)
        return (long * heard[..., inside]).mean(), short[..., brief].mean()


def seen_briefly(power: Tensor) -> Tensor:
    """Power of sub-frames (B, G, S) as short windows see it: a squared window lies a little over both neighbours."""
    squared = SHORT.window(power).square()
    beside = float(squared[: SHORT.hop // 2].sum() / squared.sum())
    padded = nn.functional.pad(power, (1, 1), mode="replicate")
    return (1 - 2 * beside) * power + beside * (padded[..., :-2] + padded[..., 2:])


def rician(magnitude: Tensor, tone: Tensor, noise_power: Tensor) -> Tensor:
    """-log p of magnitudes, less what does not depend on the prediction; far outliers count linearly."""
    power = noise_power + LEAST_POWER
    off = (magnitude - tone).abs() * power.rsqrt()
    square = torch.where(off < _FAR, off.square(), 2 * _FAR * off - _FAR**2)
    bessel: Tensor = torch.special.i0e(2 * magnitude * tone / power).clamp_min(1e-20).log()
    return power.log() + square - bessel


def exponential(power: Tensor, expected: Tensor) -> Tensor:
    """-log p of powers, less its least value for that power: r = P / V gives r - log r - 1."""
    ratio = (power / expected).log()
    near: Tensor = ratio.clamp_max(_FAR).exp()
    return near + near.detach() * (ratio - _FAR).clamp_min(0) - ratio - 1
