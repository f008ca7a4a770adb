"""Phases for a magnitude spectrum: Griffin and Lim's iteration with momentum (Perraudin, Balazs, Søndergaard 2013).

Letters: N samples, F frames, K bins. Frame f is centred on the middle of samples [f·hop, (f+1)·hop), as everywhere
in the codec; N = F · hop.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

ITERATIONS = 20
MOMENTUM = 0.99


@dataclass(frozen=True)
class Frames:
    """A short-time spectrum with a Hann window of ``size`` samples every ``hop``; amplitudes, not sums."""

    size: int
    hop: int

    @property
    def margin(self) -> int:
        """Samples that the first window reaches before the sound."""
        return (self.size - self.hop) // 2

    def window(self, like: Tensor) -> Tensor:
        return torch.hann_window(self.size, device=like.device)

    def analyse(self, sound: Tensor) -> Tensor:
        """(..., N) → complex (..., K, F); a sine of amplitude a has magnitude a in its bin."""
        padded = nn.functional.pad(sound, (self.margin, self.margin))
        return self._spectrum(padded)

    def _spectrum(self, padded: Tensor) -> Tensor:
        window = self.window(padded)
        spectrum = torch.stft(padded, self.size, self.hop, window=window, center=False, return_complex=True)
        return spectrum * (2 / window.sum())

    def overlap_add(self, spectrum: Tensor, weight: Tensor | None = None) -> Tensor:
        """complex (K, F) → the sound with margins (N + 2 · margin,) that has this spectrum as nearly as possible.

        ``weight``: :meth:`overlap_weight` of as many frames, where it is needed often.
        """
        window = self.window(spectrum)
        frames = torch.fft.irfft(spectrum, dim=0) * (window * window.sum() / 2)[:, None]
        return self._fold(frames) / (self.overlap_weight(spectrum) if weight is None else weight)

    def overlap_weight(self, spectrum: Tensor) -> Tensor:
        """(N + 2 · margin,) sum of the squared windows that overlap at each sample, never 0."""
        window = self.window(spectrum)
        return self._fold(window.square()[:, None].expand(-1, spectrum.shape[1])).clamp_min(1e-3)

    def _fold(self, frames: Tensor) -> Tensor:
        length = (frames.shape[1] - 1) * self.hop + self.size
        folded = nn.functional.fold(frames[None], (1, length), (1, self.size), stride=(1, self.hop))
        return folded[0, 0, 0]


def find_phases(
    magnitude: Tensor, frames: Frames, before: Tensor | None = None, iterations: int = ITERATIONS
) -> Tensor:
    """Sound (F · hop,) whose short-time magnitudes are near ``magnitude`` (K, F).

    ``before`` (n · hop,) is sound already decided for the first n frames: it is kept, and the rest goes on from it.
    The same input gives the same sound.
    """
    spectrum = torch.polar(magnitude, _first_angles(magnitude, frames, before))
    previous = torch.zeros_like(spectrum)
    known = 0 if before is None else len(before)
    inside = slice(frames.margin, frames.margin + known)
    weight = frames.overlap_weight(spectrum)
    for _ in range(iterations):
        sound = frames.overlap_add(spectrum, weight)
        if before is not None:
            sound[inside] = before
        found = frames._spectrum(sound)
        ahead = found + MOMENTUM * (found - previous)
        previous = found
        spectrum = ahead * (magnitude / ahead.abs().clamp_min(1e-9))
    sound = frames.overlap_add(spectrum, weight)
    if before is not None:
        sound[inside] = before
    return sound[frames.margin : frames.margin + magnitude.shape[1] * frames.hop]


def _first_angles(magnitude: Tensor, frames: Frames, before: Tensor | None) -> Tensor:
    """Where the iteration starts (K, F): random, or after known sound each bin turning on as it did at its end."""
    generator = torch.Generator().manual_seed(0)
    angles = torch.rand(magnitude.shape, generator=generator).to(magnitude.device) * (2 * torch.pi)
    if before is None or len(before) < 5 * frames.hop:
        return angles
    last = len(before) // frames.hop - 3  # the last frame whose window ends inside the known sound
    known = frames.analyse(before)[:, : last + 1].angle()
    ahead = torch.arange(1, magnitude.shape[1] - last, device=magnitude.device)
    turn = known[:, last] - known[:, last - 1]
    angles[:, : last + 1] = known
    angles[:, last + 1 :] = known[:, last, None] + turn[:, None] * ahead
    return angles
