"""Solvers of dx/dt = v(t, x): fixed steps over a schedule of times, and adaptive Dormand-Prince 5(4).

All are pure: they call the field, keep nothing and change no tensor they were given.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

import torch
from torch import Tensor

Field = Callable[[float, Tensor], Tensor]
"""The velocity at time t and state x, in the shape of x."""

Progress = Callable[[float], None]
"""Told the share of the way that is done, 0 to 1; may raise to stop."""

Solver = Callable[[Field, Tensor, Sequence[float], Progress | None], Tensor]


def even_times(steps: int) -> tuple[float, ...]:
    """``steps`` equal steps from 0 to 1."""
    return tuple(index / steps for index in range(steps + 1))


def _fixed_steps(step: Callable[[Field, float, float, Tensor], Tensor]) -> Solver:
    """A solver from the rule of one step: (field, t, h, x) → x at t + h."""

    def solve(field: Field, x: Tensor, times: Sequence[float], on_step: Progress | None = None) -> Tensor:
        first, last = times[0], times[-1]
        for t, after in pairwise(times):
            x = step(field, t, after - t, x)
            if on_step:
                on_step((after - first) / (last - first))
        return x

    return solve


def _euler_step(field: Field, t: float, h: float, x: Tensor) -> Tensor:
    return x.add(field(t, x), alpha=h)


def _midpoint_step(field: Field, t: float, h: float, x: Tensor) -> Tensor:
    return x.add(field(t + h / 2, x.add(field(t, x), alpha=h / 2)), alpha=h)


def _heun_step(field: Field, t: float, h: float, x: Tensor) -> Tensor:
    v = field(t, x)
    return x.add(v + field(t + h, x.add(v, alpha=h)), alpha=h / 2)


euler = _fixed_steps(_euler_step)
"""First order, one evaluation per step."""
midpoint = _fixed_steps(_midpoint_step)
"""Second order, two evaluations per step."""
heun = _fixed_steps(_heun_step)
"""Second order, two evaluations per step, the last at the step's end."""

SOLVERS: dict[str, Solver] = {"euler": euler, "midpoint": midpoint, "heun": heun}
"""Fixed-step solvers by name."""

# Dormand & Prince 1980, table 2: nodes, stages; the last stage is also the fifth-order result.
_NODES = (1 / 5, 3 / 10, 4 / 5, 8 / 9, 1.0, 1.0)
_STAGES: tuple[tuple[float, ...], ...] = (
    (1 / 5,),
    (3 / 40, 9 / 40),
    (44 / 45, -56 / 15, 32 / 9),
    (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729),
    (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656),
    (35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84),
)
# Fifth-order weights minus fourth-order weights: the error estimate.
_ERROR = (71 / 57600, 0.0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40)


def _dopri5_step(field: Field, t: float, h: float, x: Tensor, v: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """One step with v = field(t, x) known: x and v at t + h, and the error estimate of x."""
    slopes = [v]
    after = x
    for node, weights in zip(_NODES, _STAGES, strict=True):
        after = x + h * _sum(weights, slopes)
        slopes.append(field(t + node * h, after))
    return after, slopes[-1], h * _sum(_ERROR, slopes)


def _sum(weights: Sequence[float], slopes: Sequence[Tensor]) -> Tensor:
    return torch.stack([w * v for w, v in zip(weights, slopes, strict=True) if w]).sum(dim=0)


def dopri5(
    field: Field,
    x: Tensor,
    times: tuple[float, float] = (0.0, 1.0),
    *,
    rtol: float = 1e-5,
    atol: float = 1e-5,
    smallest_step: float = 1e-6,
    on_step: Progress | None = None,
) -> Tensor:
    """x at the end of ``times``, with steps as long as the estimated error allows (root mean square over x).

    A step is never shorter than ``smallest_step``, so a field with a jump is passed, not circled.
    """
    t, end = times
    v = field(t, x)
    h = (end - t) / 100
    while t < end:
        h = min(h, end - t)
        after, v_after, error = _dopri5_step(field, t, h, x, v)
        scale = atol + rtol * torch.maximum(x.abs(), after.abs())
        ratio = (error / scale).square().mean().sqrt().item()
        if ratio <= 1 or h <= smallest_step:
            t, x, v = (end if h >= end - t else t + h), after, v_after
            if on_step:
                on_step((t - times[0]) / (end - times[0]))
        h = max(smallest_step, h * min(10.0, max(0.2, 0.9 * max(ratio, 1e-10) ** -0.2)))
    return x
