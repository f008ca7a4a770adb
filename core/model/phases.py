"""Phase reconstruction for a magnitude spectrum: spectral peaks as sines, then Griffin and Lim's iteration.

The first guess is made in one pass (Beauregard, Harish, Wyse 2015, "Single pass spectrogram inversion"): each bin
belongs to its nearest peak, whose phase turns on with the peak's frequency. The iteration has momentum (Perraudin,
Balazs, Søndergaard 2013). What is noise is not theirs to draw.

Both know how far they see: the guess carries one number a bin from frame to frame, and a round reaches as far as
windows overlap. So a long sound can be made in pieces that are the same as the whole, if each is given
:func:`reach` frames more on either side.

Letters: N samples, F frames, K bins. Frame f is centred on the middle of samples [f·hop, (f+1)·hop), as everywhere
in the codec; N = F · hop.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from talkies.core.arrays import Floats, Floats32

ROUNDS = 16
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

    def noise_magnitude(self) -> float:
        """The root mean square magnitude of white noise of variance 1."""
        window = torch.hann_window(self.size, dtype=torch.float64)
        return float(2 * window.square().sum().sqrt() / window.sum())

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


def find_phases(magnitude: Tensor, frames: Frames, rounds: int = ROUNDS) -> Tensor:
    """Sound (F · hop,) whose short-time magnitudes are near ``magnitude`` (K, F); the same input, the same sound."""
    return refine_phases(magnitude, guess_phases(magnitude, frames).angles, frames, rounds)


def reach(frames: Frames, rounds: int = ROUNDS) -> int:
    """Frames on either side of a sample that ``rounds`` of refinement let it depend on."""
    return (rounds + 1) * (frames.size // frames.hop - 1)


def refine_phases(magnitude: Tensor, angles: Tensor, frames: Frames, rounds: int = ROUNDS) -> Tensor:
    """Sound (F · hop,) from magnitudes (K, F) and the phases (F, K) to begin with, made consistent in some rounds."""
    wanted = magnitude.T.contiguous()
    rows = torch.polar(wanted, angles)
    previous = torch.zeros_like(rows)
    weight = frames.overlap_weight(rows)
    for _ in range(rounds):
        found = frames.rows(frames.overlap_add(rows, weight))
        ahead = previous.mul_(-MOMENTUM).add_(found, alpha=1 + MOMENTUM)
        rows = ahead.sgn_().mul_(wanted)
        previous = found
    return frames.overlap_add(rows, weight)[frames.margin : frames.margin + magnitude.shape[1] * frames.hop]


@dataclass(frozen=True)
class Guess:
    """``angles`` (F, K) of the spectrum; ``turned`` (F, K) double: how far each bin's sine has turned when its frame
    ends, from which a later guess goes on."""

    angles: Tensor
    turned: Floats


def guess_phases(magnitude: Tensor, frames: Frames, turned: Floats | None = None) -> Guess:
    """Every peak of ``magnitude`` (K, F) a sine that goes on, from random phases or from where the frame before these
    had ``turned`` (K,). In double precision: within a minute a high partial turns by a million radians."""
    near, place = _peaks(magnitude.T.numpy(force=True))
    lean = np.pi * (np.arange(near.shape[1]) - place)  # a Hann window's phase falls by half a turn a bin around a sine
    half_turn = np.pi * frames.hop / frames.size * place
    phases, ends = np.empty(place.shape), np.empty(place.shape)
    if turned is None:
        turned = torch.rand(near.shape[1], generator=torch.Generator().manual_seed(0)).double().numpy() * (2 * np.pi)
    for frame in range(len(phases)):
        phases[frame] = turned[near[frame]] + half_turn[frame]
        turned = ends[frame] = (phases[frame] + half_turn[frame]) % (2 * np.pi)
    angles = torch.from_numpy(((phases - lean) % (2 * np.pi)).astype(np.float32))
    return Guess(angles.to(magnitude.device), ends)


def _peaks(magnitude: Floats32) -> tuple[NDArray[np.int32], Floats]:
    """Of each bin (F, K) the nearest spectral peak's bin, and that peak's place between bins by a parabola."""
    level = np.log(np.maximum(magnitude, 1e-7))
    below, here, above = level[:, :-2], level[:, 1:-1], level[:, 2:]
    peak = np.zeros(level.shape, bool)
    peak[:, 1:-1] = (here > below) & (here >= above)
    bins = np.arange(level.shape[1], dtype=np.int32)
    place = np.broadcast_to(bins, level.shape).astype(np.float64)
    bend = np.minimum(below - 2 * here + above, -1e-6)
    place[:, 1:-1] += np.where(peak[:, 1:-1], np.clip(0.5 * (below - above) / bend, -0.5, 0.5), 0)
    far = np.int32(10 * len(bins))
    left = np.maximum.accumulate(np.where(peak, bins, -far), axis=1)
    right = np.minimum.accumulate(np.where(peak, bins, far)[:, ::-1], axis=1)[:, ::-1]
    near = np.where(bins - left <= right - bins, left, right)
    near = np.where((near < 0) | (near >= len(bins)), bins, near)
    return near, np.take_along_axis(place, near, axis=1)
