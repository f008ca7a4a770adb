"""Solvers against equations whose solution is known in closed form."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from talkies.core.errors import CancelledError
from talkies.core.flow.solver import SOLVERS, dopri5, euler, even_times, heun, midpoint

X_0 = torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64)


def decay(t: float, x: Tensor) -> Tensor:
    """dx/dt = -2 x has the solution x_0 exp(-2 t)."""
    return -2 * x


def driven(t: float, x: Tensor) -> Tensor:
    """dx/dt = cos t - x has, from 0, the solution (cos t + sin t - exp(-t)) / 2."""
    return math.cos(t) - x


@pytest.mark.parametrize(("name", "order"), [("euler", 1), ("midpoint", 2), ("heun", 2)])
def test_the_error_falls_with_the_order_of_the_method(name: str, order: int) -> None:
    exact = (math.cos(1) + math.sin(1) - math.exp(-1)) / 2
    start = torch.zeros(1, dtype=torch.float64)
    coarse, fine = (abs(SOLVERS[name](driven, start, even_times(n), None).item() - exact) for n in (20, 40))
    assert coarse / fine == pytest.approx(2**order, rel=0.1)


def test_one_euler_step_is_exact_on_a_straight_path() -> None:
    x_1 = torch.tensor([3.0, 0.0, 1.0], dtype=torch.float64)
    torch.testing.assert_close(euler(lambda t, x: x_1 - X_0, X_0, even_times(1), None), x_1)


def test_midpoint_and_heun_agree_with_their_formulas_for_one_step() -> None:
    factor = 1 - 2 + 2  # 1 + z + z²/2 with z = -2
    for solver in (midpoint, heun):
        torch.testing.assert_close(solver(decay, X_0, even_times(1), None), X_0 * factor)


@pytest.mark.parametrize("tolerance", [1e-4, 1e-6, 1e-8])
def test_dopri5_keeps_its_tolerance(tolerance: float) -> None:
    x = dopri5(decay, X_0, rtol=tolerance, atol=tolerance)
    assert (x - X_0 * math.exp(-2)).abs().max() < 10 * tolerance


def test_dopri5_is_exact_on_quartic_time() -> None:
    x = dopri5(lambda t, x: torch.full_like(x, 5 * t**4), torch.zeros(1, dtype=torch.float64))
    assert x.item() == pytest.approx(1.0, abs=1e-12)


def test_dopri5_passes_a_jump() -> None:
    x = dopri5(lambda t, x: torch.full_like(x, 1.0 if t < 0.5 else -3.0), torch.zeros(1, dtype=torch.float64))
    assert x.item() == pytest.approx(0.5 - 1.5, abs=5e-3)


def test_solvers_leave_their_argument_alone() -> None:
    x_0 = X_0.clone()
    for solver in SOLVERS.values():
        solver(decay, x_0, even_times(3), None)
    dopri5(decay, x_0)
    assert torch.equal(x_0, X_0)


def test_progress_ends_at_one_and_may_stop_the_work() -> None:
    heard: list[float] = []
    euler(decay, X_0, even_times(4), heard.append)
    assert heard == [0.25, 0.5, 0.75, 1.0]

    def stop(share: float) -> None:
        raise CancelledError("render", "was stopped")

    with pytest.raises(CancelledError):
        euler(decay, X_0, even_times(4), stop)


def test_schedules_begin_at_noise_and_end_at_data() -> None:
    assert even_times(4) == (0.0, 0.25, 0.5, 0.75, 1.0)
