"""Combs: how a voice of each pitch stands in the short-time spectrum, so that partials lie where its pitch puts them.

Above 600 Hz the bands are wider than the distance of two partials, and what lies between them must follow from the
pitch that the low bands show. A network of a few hundred numbers a frame cannot draw a thousand combs by itself:
partials were smeared, and voices hoarse (measured: up to a third of what the drawing missed between 600 Hz and 4 kHz
is a comb; decision 0027). So it names a pitch, or several, each with a probability, and how deep the comb is in
wide bands; the combs themselves are known in closed form.

Letters: B batch, W width, F frames, P pitches, K fine bins, G gain bands.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from talkies.core.model.bands import FFT_SAMPLES, FINE_BINS, SAMPLE_RATE, TABLES_HERE
from talkies.core.model.envelope import GAIN_BANDS, gain_shares

PITCHES = 512
LOWEST_HZ = 55.0
STEP = 1.005
"""From one pitch to the next: 0.5 %, a tenth of a semitone; the highest is 703 Hz."""


def pitch_hertz() -> Tensor:
    """(P,) float64"""
    return LOWEST_HZ * STEP ** torch.arange(PITCHES, dtype=torch.float64)


def combs() -> Tensor:
    """(P, K): the log amplitude of partials at all multiples of a pitch, each as loud as the next, seen through the
    Hann window; its mean over the spectrum is 0."""
    per_bin = SAMPLE_RATE / FFT_SAMPLES
    bins = torch.arange(FINE_BINS, dtype=torch.float64)
    spacing = pitch_hertz()[:, None] / per_bin
    nearest = (bins / spacing).round()
    partials = torch.stack((nearest - 1, nearest, nearest + 1))
    seen = (lobe(bins - partials * spacing) * (partials >= 1)).square()
    levels = 0.5 * (seen.sum(0) + BETWEEN**2).log()
    return (levels - levels.mean(1, keepdim=True)).float()


def lobe(bins: Tensor) -> Tensor:
    """The main lobe of the Hann window's spectrum, 1 at its middle; 0 beyond two bins."""
    offset = bins.abs()
    beside_poles = torch.where((offset - 1).abs() < 1e-6, offset + 2e-6, offset)
    return torch.where(offset < 2, torch.sinc(beside_poles) / (1 - beside_poles.square()), 0.0)


class Comb(nn.Module):
    """What the network knows of a frame (B, F, W) → what a comb adds to tone and noise. It begins by adding nothing."""

    combs: Tensor
    shares: Tensor

    def __init__(self, width: int) -> None:
        super().__init__()
        self.pitch = nn.Linear(width, PITCHES)
        self.depth = nn.Linear(width, 2 * GAIN_BANDS)
        nn.init.zeros_(self.depth.weight)
        nn.init.zeros_(self.depth.bias)
        with TABLES_HERE:
            self.register_buffer("combs", combs(), persistent=False)
            self.register_buffer("shares", gain_shares(FINE_BINS), persistent=False)

    def forward(self, seen: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Log amplitudes to be added to tone and to noise, both (B, K, F), and the pitches' logits (B, F, P)."""
        logits = self.pitch(seen)
        comb = logits.softmax(2) @ self.combs  # (B, F, K)
        of_tone, of_noise = self.depth(seen).unflatten(2, (2, GAIN_BANDS)).unbind(2)
        tone, noise = (((depth @ self.shares.T) * comb).transpose(1, 2) for depth in (of_tone, of_noise))
        return tone, noise, logits


BETWEEN = 0.03
"""Amplitude between partials beside that of the partials: -30 dB."""
