"""Runs: resumed from disk, averaged, with a rate that rises and falls."""

from pathlib import Path

import pytest
import torch

from talkies.core.errors import WeightsError
from talkies.core.training.run import Average, Run, rate_at


def test_a_run_goes_on_where_it_stopped(tmp_path: Path) -> None:
    torch.manual_seed(0)
    model = torch.nn.Linear(2, 2)
    run = Run(tmp_path / "run")
    assert run.resume(model=model) == 0
    run.save(7, model=model)
    other = torch.nn.Linear(2, 2)
    assert Run(tmp_path / "run").resume(model=other) == 7
    assert torch.equal(other.weight, model.weight)


def test_a_state_of_another_model_is_refused_in_a_sentence(tmp_path: Path) -> None:
    run = Run(tmp_path)
    run.save(1, model=torch.nn.Linear(2, 2))
    with pytest.raises(WeightsError, match=r"state\.pt: cannot be resumed from"):
        run.resume(model=torch.nn.Linear(3, 3))


def test_a_poisoned_state_runs_no_code(tmp_path: Path) -> None:
    import pickle

    class Poison:
        def __reduce__(self) -> tuple[object, ...]:
            return (open, (str(tmp_path / "owned"), "w"))

    (tmp_path / "state.pt").write_bytes(pickle.dumps(Poison()))
    with pytest.raises(WeightsError):
        Run(tmp_path).resume()
    assert not (tmp_path / "owned").exists()


def test_the_average_follows_a_constant() -> None:
    model = torch.nn.Linear(1, 1)
    average = Average(model, decay=0.9)
    with torch.no_grad():
        model.weight.fill_(5.0)
    for _ in range(200):
        average.update(model)
    assert average.module.get_parameter("weight").item() == pytest.approx(5.0, abs=1e-3)


def test_the_rate_rises_to_its_peak_and_falls() -> None:
    rates = [rate_at(step, 1000, 1.0, warmup=100) for step in range(1000)]
    assert max(rates) == 1.0 and rates.index(max(rates)) in (99, 100)
    assert rates[0] == pytest.approx(0.01) and rates[-1] == pytest.approx(0.05, abs=0.01)
