"""Any length: overlapping windows denoised together, so that no seam is ever made.

At each step the velocities of overlapping windows are averaged with cross-fading weights (MultiDiffusion,
arXiv 2302.08113), and the state of the whole reel moves on as one. Letters: C channels, T latent frames,
N windows in a batch, W latent frames of a window.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter

import torch
from torch import Tensor

WINDOW_FRAMES = 250
"""10 s at 25 latent frames per second."""
OVERLAP_FRAMES = 50
"""At least 2 s are shared by neighbouring windows."""
NOISE_BLOCK_FRAMES = 250


@dataclass(frozen=True)
class Window:
    """Latent frames [start, stop)."""

    start: int
    stop: int

    @property
    def length(self) -> int:
        return self.stop - self.start


WindowVelocity = Callable[[Tensor, Sequence[Window]], Tensor]
"""Velocities (N, C, W) of the states (N, C, W) of some windows."""


def cover(frames: int, length: int = WINDOW_FRAMES, overlap: int = OVERLAP_FRAMES) -> tuple[Window, ...]:
    """Windows of one length that cover ``frames``, evenly spread, neighbours sharing at least ``overlap`` frames.

    ::

        frames   |------------------------------|
        windows  |============|
                          |============|
                                   |============|
    """
    if frames <= length:
        return (Window(0, frames),)
    count = math.ceil((frames - overlap) / (length - overlap))
    starts = [index * (frames - length) // (count - 1) for index in range(count)]
    return tuple(Window(start, start + length) for start in starts)


def cover_stretches(
    stretches: Sequence[Window], length: int = WINDOW_FRAMES, overlap: int = OVERLAP_FRAMES
) -> tuple[Window, ...]:
    """Windows that cover stretches which lie apart, each by itself."""
    return tuple(
        Window(stretch.start + part.start, stretch.start + part.stop)
        for stretch in stretches
        for part in cover(stretch.length, length, overlap)
    )


def around_spans(spans: Iterable[tuple[int, int]], frames: int, beside: int, shortest: int) -> tuple[Window, ...]:
    """Stretches of ``frames`` around spans [start, stop), with ``beside`` frames on both sides and ``shortest`` at
    least where there is room; those that meet are one. Lengths are whole multiples of ``beside``: equal ones are
    computed together."""
    found: list[Window] = []
    around = (_around(start, stop, frames, beside, shortest) for start, stop in spans)
    for each in sorted(around, key=attrgetter("start", "stop")):
        if found and each.start <= found[-1].stop:
            found[-1] = Window(found[-1].start, max(found[-1].stop, each.stop))
        else:
            found.append(each)
    return tuple(found)


def _around(start: int, stop: int, frames: int, beside: int, shortest: int) -> Window:
    wanted = max(shortest, -(-(stop - start + 2 * beside) // beside) * beside)
    first = max(0, min((start + stop - wanted) // 2, frames - wanted))
    return Window(first, min(frames, max(first + wanted, stop)))


def fade(length: int, overlap: int) -> Tensor:
    """Weight of a window's frames (W,): 1 in the middle, falling as sin² over ``overlap`` frames at both ends."""
    position = torch.arange(length) + 0.5
    edge = torch.minimum(position, length - position).clamp(max=overlap) / overlap
    return (edge * (math.pi / 2)).sin().square()


def total_weight(frames: int, windows: Sequence[Window], overlap: int) -> Tensor:
    """The sum of all windows' weights at each frame: (T,)"""
    total = torch.zeros(frames)
    for window in windows:
        total[window.start : window.stop] += fade(window.length, overlap)
    return total


def alike(windows: Sequence[Window], batch: int) -> Iterator[Sequence[Window]]:
    """At most ``batch`` windows of one length at a time."""
    length = attrgetter("length")
    for _, same in groupby(sorted(windows, key=length), length):
        waiting = list(same)
        yield from (waiting[first : first + batch] for first in range(0, len(waiting), batch))


def joined_velocity(
    velocity: WindowVelocity,
    x: Tensor,
    windows: Sequence[Window],
    *,
    batch: int,
    overlap: int = OVERLAP_FRAMES,
    on_batch: Callable[[float], None] | None = None,
) -> Tensor:
    """The velocity of the whole state x (C, T): the weighted mean of its windows' velocities, 0 where there is none.

    At most ``batch`` windows are computed at a time, whatever T is. ``on_batch`` is called with the share done.
    """
    if windows == (Window(0, x.shape[1]),):
        whole = velocity(x[None], windows)[0]
        if on_batch:
            on_batch(1.0)
        return whole
    v, done = torch.zeros_like(x), 0
    for some in alike(windows, batch):
        weight = fade(some[0].length, overlap).to(x)
        parts = velocity(torch.stack([x[:, window.start : window.stop] for window in some]), some)
        for window, part in zip(some, parts, strict=True):
            v[:, window.start : window.stop] += part * weight
        done += len(some)
        if on_batch:
            on_batch(done / len(windows))
    total = total_weight(x.shape[1], windows, overlap)
    return v.div_(torch.where(total > 0, total, 1.0).to(x))


def seeded_noise(seed: int, channels: int, frames: int) -> Tensor:
    """x_0 (C, T) of a seed, always drawn on the CPU and in blocks: a longer reel begins with the same noise."""
    generator = torch.Generator().manual_seed(seed)
    noise = torch.empty(channels, frames)
    for start in range(0, frames, NOISE_BLOCK_FRAMES):
        block = torch.randn(NOISE_BLOCK_FRAMES, channels, generator=generator)
        noise[:, start : start + NOISE_BLOCK_FRAMES] = block[: frames - start].T
    return noise
