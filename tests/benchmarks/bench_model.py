"""What hoisting, batched guidance and half precision are worth: one solver step of the mini model, three ways.

python tests/benchmarks/bench_model.py [--seconds 20] [--repeats 5] [--threads N]

Ways take turns, so that a busy machine is busy for all of them; medians are printed. Processor time stands beside
wall time since it does not see what else runs.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from statistics import median
from typing import Any

import torch
from torch import Tensor

from talkies.core.flow.guidance import guided
from talkies.core.flow.windows import Window, cover, joined_velocity, seeded_noise
from talkies.core.model.conditions import Conditions
from talkies.core.model.config import MINI
from talkies.core.model.sampling import Settings, half_precision_pays, sample
from talkies.core.model.vssflow import VSSFlow

GUIDANCE, STEPS = 2.0, 4


def conditions(frames: int) -> Conditions:
    """Every condition, random."""
    return Conditions(
        frames,
        phones=torch.randint(0, 256, (2 * frames,)),
        lips=torch.randn(frames, 4),
        sync=torch.randn(frames, MINI.synch_dim),
        picture=torch.randn(frames * 2 // 5, 192),
        voice=torch.randn(64),
        prompt=torch.randint(1, 256, (4,)),
    )


@torch.no_grad()
def naive(model: VSSFlow, given: Conditions, noise: Tensor) -> Tensor:
    """As the formulas stand: two calls per evaluation, everything computed anew, float32."""
    tensors: dict[str, Any] = {**given.batched()}
    encoded = model.encode(frames=given.frames, **tensors)
    windows = cover(given.frames)
    x = noise
    for step in range(STEPS):
        t = torch.tensor([step / STEPS])

        def velocity(parts: Tensor, some: Sequence[Window], t: Tensor = t) -> Tensor:
            (window,) = some
            here = encoded.window(window.start, window.stop)
            return guided(model.velocity(parts, t, here), model.velocity(parts, t, model.unconditional(here)), GUIDANCE)

        x = x + joined_velocity(velocity, x, windows, batch=1) / STEPS
    return x


def ways(model: VSSFlow, given: Conditions, noise: Tensor) -> dict[str, Callable[[], Tensor]]:
    """The three ways, by name."""
    settings = {half: Settings(steps=STEPS, guidance=GUIDANCE, half=half) for half in (False, True)}
    return {
        "naive": lambda: naive(model, given, noise),
        "hoisted, float32": lambda: sample(model, given, noise, settings[False]),
        "hoisted, bfloat16": lambda: sample(model, given, noise, settings[True]),
    }


def measure(run: Callable[[], Tensor]) -> tuple[float, float]:
    """Wall and processor seconds per step."""
    wall, processor = time.perf_counter(), time.process_time()
    run()
    return (time.perf_counter() - wall) / STEPS, (time.process_time() - processor) / STEPS


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    torch.manual_seed(0)
    model = VSSFlow(MINI).eval().requires_grad_(False)
    frames = int(arguments.seconds * 25)
    runs = ways(model, conditions(frames), seeded_noise(0, MINI.latent_channels, frames))
    times: dict[str, list[tuple[float, float]]] = {name: [] for name in runs}
    for _ in range(arguments.repeats):
        for name, run in runs.items():
            times[name].append(measure(run))
    native = "native" if half_precision_pays(torch.device("cpu")) else "emulated, not the default"
    print(f"one guided Euler step over {arguments.seconds:g} s, {arguments.threads} threads; bfloat16 is {native} here")
    first_wall, first_processor = (median(values) for values in zip(*times["naive"], strict=True))
    for name, pairs in times.items():
        wall, processor = (median(values) for values in zip(*pairs, strict=True))
        faster = f"{first_wall / wall:4.1f}x wall, {first_processor / processor:4.1f}x processor"
        print(f"{name:18s} {wall:7.3f} s wall {processor:7.3f} s processor   {faster}")


if __name__ == "__main__":
    main()
