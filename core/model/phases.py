"""Phases for a magnitude spectrum: spectral peaks carried on as sines, then Griffin and Lim's iteration.

The first guess is made in one pass (Beauregard, Harish, Wyse 2015, "Single pass spectrogram inversion"): each bin
belongs to its nearest peak, whose phase turns on with the peak's frequency. The iteration has momentum (Perraudin,
Balazs, Søndergaard 2013); from this guess ten rounds do what forty do from random phases (PESQ-WB 2.67, 2.73).

Letters: N samples, F frames, K bins. Frame f is centred on the middle of samples [f·hop, (f+1)·hop), as everywhere
in the codec; N = F · hop.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

ITERATIONS = 36
MOMENTUM = 0.99


@dataclass(frozen=True)
class Frames:
    """A short-time spectrum with a Hann window of ``size`` samples every ``hop``; amplitudes, not sums.

    ``size`` is a multiple of ``hop``.
    """

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
        return self.rows(nn.functional.pad(sound, (self.margin, self.margin))).transpose(-1, -2)

    def rows(self, padded: Tensor) -> Tensor:
        """A sound with margins (..., N + 2 · margin) → complex (..., F, K): frame by frame, as it lies in memory."""
        window = self.window(padded)
        rows: Tensor = torch.fft.rfft(padded.unfold(-1, self.size, self.hop) * (window * (2 / window.sum())))
        return rows

    def overlap_add(self, rows: Tensor, weight: Tensor | None = None) -> Tensor:
        """complex (F, K) → the sound with margins (N + 2 · margin,) that has this spectrum as nearly as possible.

        ``weight``: :meth:`overlap_weight` of as many frames, where it is needed often.
        """
        window = self.window(rows)
        frames = torch.fft.irfft(rows, self.size) * (window * (window.sum() / 2))
        return self._fold(frames) / (self.overlap_weight(rows) if weight is None else weight)

    def overlap_weight(self, rows: Tensor) -> Tensor:
        """(N + 2 · margin,) sum of the squared windows that overlap at each sample, never 0."""
        return self._fold(self.window(rows).square().expand(len(rows), -1)).clamp_min(1e-3)

    def _fold(self, frames: Tensor) -> Tensor:
        """(F, size) laid over each other, one hop apart: ((F - 1) · hop + size,)"""
        parts = self.size // self.hop
        folded = frames.new_zeros(len(frames) + parts - 1, self.hop)
        for part in range(parts):
            folded[part : part + len(frames)] += frames[:, part * self.hop : (part + 1) * self.hop]
        return folded.flatten()


def find_phases(
    magnitude: Tensor, frames: Frames, before: Tensor | None = None, iterations: int = ITERATIONS
) -> Tensor:
    """Sound (F · hop,) whose short-time magnitudes are near ``magnitude`` (K, F).

    ``before`` (n · hop,) is sound already decided for the first n frames: it is kept, and the rest goes on from it.
    The same input gives the same sound.
    """
    wanted = magnitude.T.contiguous()
    rows = torch.polar(wanted, _first_angles(magnitude, frames, before).T.contiguous())
    previous = torch.zeros_like(rows)
    known = 0 if before is None else len(before)
    inside = slice(frames.margin, frames.margin + known)
    weight = frames.overlap_weight(rows)
    for _ in range(iterations):
        sound = frames.overlap_add(rows, weight)
        if before is not None:
            sound[inside] = before
        found = frames.rows(sound)
        ahead = previous.mul_(-MOMENTUM).add_(found, alpha=1 + MOMENTUM)
        rows = ahead.sgn_().mul_(wanted)
        previous = found
    sound = frames.overlap_add(rows, weight)
    if before is not None:
        sound[inside] = before
    return sound[frames.margin : frames.margin + magnitude.shape[1] * frames.hop]


def _first_angles(magnitude: Tensor, frames: Frames, before: Tensor | None) -> Tensor:
    """Where the iteration starts (K, F): every peak a sine that goes on, from random phases or from known sound."""
    near, place = _peaks(magnitude.cpu())
    bins = torch.arange(len(magnitude))[:, None]
    lean = torch.pi * (bins - place)  # a Hann window's phase falls by half a turn from bin to bin around a sine
    turn = 2 * torch.pi * frames.hop / frames.size * place
    phases = torch.empty_like(place)
    phases[:, 0] = (torch.rand(len(magnitude), generator=torch.Generator().manual_seed(0)) * (2 * torch.pi))[near[:, 0]]
    known = 0
    if before is not None and len(before) >= 5 * frames.hop:
        known = len(before) // frames.hop - 2  # frames whose windows end inside the known sound
        phases[:, :known] = frames.analyse(before.cpu())[:, :known].angle() + lean[:, :known]
    for frame in range(max(known, 1), phases.shape[1]):
        peak = near[:, frame]
        turned = (turn[:, frame] + turn[:, frame - 1][peak]) / 2
        phases[:, frame] = phases[:, frame - 1][peak] + turned
    return (phases - lean).to(magnitude.device)


def _peaks(magnitude: Tensor) -> tuple[Tensor, Tensor]:
    """Of each bin (K, F) the nearest spectral peak's bin, and that peak's place between bins by a parabola."""
    level = magnitude.clamp_min(1e-7).log()
    below, here, above = level[:-2], level[1:-1], level[2:]
    peak = torch.zeros_like(level, dtype=torch.bool)
    peak[1:-1] = (here > below) & (here >= above)
    bend = (below - 2 * here + above).clamp_max(-1e-6)
    bins = torch.arange(len(level))[:, None]
    place = bins.to(level).repeat(1, level.shape[1])
    place[1:-1] += torch.where(peak[1:-1], (0.5 * (below - above) / bend).clamp(-0.5, 0.5), torch.zeros(()))
    far = 10 * len(level)
    left = torch.where(peak, bins, -far).cummax(0).values
    right = torch.where(peak, bins, far).flip(0).cummin(0).values.flip(0)
    near = torch.where(bins - left <= right - bins, left, right)
    near = torch.where((near < 0) | (near >= len(level)), bins, near)
    return near, place.gather(0, near)
