"""Bands of the codec: levels as the ear resolves them, every 10 ms.

Below 600 Hz each bin of the short-time spectrum (25 Hz) is a band of its own: there single partials decide what a
voice sounds like, and what is lost there no later stage can guess (measured: PESQ-WB of speech rebuilt from 100 mel
bands is 3.1, and 3.6 once the bins below 500 Hz are right). Above, bands are the triangles of Slaney's mel scale.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from talkies.core.model.mel import triangles
from talkies.core.model.phases import Frames

SAMPLE_RATE = 48_000
HOP_SAMPLES = 480
FLOOR = 1e-4
"""Amplitude below which nothing is heard (-80 dB)."""
LOG_FLOOR = math.log(FLOOR)

FFT_SAMPLES = 1920
FRAMES = Frames(FFT_SAMPLES, HOP_SAMPLES)
"""The short-time spectrum of analysis and synthesis."""
FINE_BINS = FFT_SAMPLES // 2 + 1
LOW_BANDS = 24
"""Bands that are single bins: 25, 50 … 600 Hz."""
TABLES_HERE = torch.device("cpu")
"""Where constants of a model are reckoned, also while it is only outlined (``outline`` of :mod:`~.weights`): to reckon
without memory torch loads its compiler, which takes seconds."""
MEL_BANDS = 100
"""Triangles from 0 Hz to 24 kHz; the codec takes those above the low bands."""


class BandFrames(nn.Module):
    """(B, N) → log amplitude of bands (B, M, F): frame f is centred on the middle of samples [f·hop, (f+1)·hop)."""

    filters: Tensor
    interpolation: Tensor

    def __init__(self) -> None:
        super().__init__()
        with TABLES_HERE:
            filters = _band_filters()
            self.register_buffer("filters", filters, persistent=False)
            self.register_buffer("interpolation", _interpolation(filters), persistent=False)

    @property
    def count(self) -> int:
        """M"""
        return self.filters.shape[1]

    def forward(self, sound: Tensor) -> Tensor:
        return self.levels(FRAMES.analyse(sound).abs())

    def levels(self, magnitude: Tensor) -> Tensor:
        """Fine magnitudes (..., K, F) → log amplitude of the bands (..., M, F)."""
        return (self.filters.T @ magnitude).clamp_min(FLOOR).log()

    def spread(self, levels: Tensor) -> Tensor:
        """Logarithms of bands (..., M, F) → of fine bins (..., K, F), each between its two nearest bands' centres."""
        return self.interpolation @ levels


def _band_filters() -> Tensor:
    """(K, M) weights, each band's with the sum 1, so that it holds the mean amplitude of its bins."""
    single = torch.eye(FINE_BINS)[:, 1 : LOW_BANDS + 1]
    mel = mel_filters(FINE_BINS)
    centres = (mel * torch.linspace(0, SAMPLE_RATE / 2, FINE_BINS)[:, None]).sum(0)
    return torch.cat((single, mel[:, centres > LOW_BANDS * SAMPLE_RATE / FFT_SAMPLES]), dim=1)


def mel_filters(bins: int) -> Tensor:
    """(bins, MEL_BANDS) triangles over 0 … 24 kHz, each with the sum 1."""
    filters = triangles(bins, MEL_BANDS, SAMPLE_RATE)
    return filters / filters.sum(0, keepdim=True).clamp_min(1e-8)


def _interpolation(filters: Tensor) -> Tensor:
    """(K, M) shares of the two nearest bands."""
    fine = torch.arange(len(filters), dtype=torch.float32)
    return shares_of_nearest((filters * fine[:, None]).sum(0), fine)


def shares_of_nearest(centres: Tensor, places: Tensor) -> Tensor:
    """(P, M): by how much each of the two nearest of M rising ``centres`` counts at each of P ``places``, straight
    between them and constant beyond the outermost; every place's shares add up to 1."""
    places = places.clamp(centres[0], centres[-1])
    right = torch.searchsorted(centres, places).clamp(1, len(centres) - 1)
    share = (places - centres[right - 1]) / (centres[right] - centres[right - 1])
    matrix = torch.zeros(len(places), len(centres))
    rows = torch.arange(len(places))
    matrix[rows, right - 1] = 1 - share
    matrix[rows, right] = share
    return matrix


class MelFrames(nn.Module):
    """(B, N) → log-mel (B, MEL_BANDS, F) of longer windows, for listening (alignment, voices), not for synthesis."""

    window: Tensor
    filters: Tensor

    def __init__(self) -> None:
        super().__init__()
        window = torch.hann_window(_LISTENING_SAMPLES)
        self.register_buffer("window", window * (2 / window.sum()), persistent=False)
        self.register_buffer("filters", mel_filters(_LISTENING_SAMPLES // 2 + 1), persistent=False)

    def forward(self, sound: Tensor) -> Tensor:
        margin = (_LISTENING_SAMPLES - HOP_SAMPLES) // 2
        padded = nn.functional.pad(sound, (margin, margin))
        spectrum = torch.stft(
            padded, _LISTENING_SAMPLES, HOP_SAMPLES, window=self.window, center=False, return_complex=True
        )
        return (self.filters.T @ spectrum.abs()).clamp_min(FLOOR).log()


_LISTENING_SAMPLES = 2048
