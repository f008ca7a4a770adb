"""Windows over any length: they cover, they fade, and what is local comes out as if there were none."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st
from torch import Tensor

from talkies.core.flow.solver import euler, even_times
from talkies.core.flow.windows import (
    Window,
    around_spans,
    cover,
    cover_stretches,
    joined_velocity,
    seeded_noise,
    total_weight,
)


@given(frames=st.integers(1, 4000), length=st.integers(4, 300), overlap=st.integers(1, 150))
def test_windows_cover_everything_and_share_the_overlap(frames: int, length: int, overlap: int) -> None:
    overlap = min(overlap, length // 2)
    windows = cover(frames, length, overlap)
    assert windows[0].start == 0
    assert windows[-1].stop == frames
    assert {window.stop - window.start for window in windows} == {min(frames, length)}
    assert all(before.stop - after.start >= overlap for before, after in itertools.pairwise(windows))


def test_a_minute_is_eight_windows_of_ten_seconds() -> None:
    windows = cover(1500)
    assert len(windows) == 8
    assert windows[1] == Window(178, 428)


@given(frames=st.integers(1, 3000))
def test_no_frame_is_without_weight(frames: int) -> None:
    windows = cover(frames)
    assert total_weight(frames, windows, 50).min() > 0


def test_fading_neighbours_of_exact_overlap_add_to_one() -> None:
    windows = cover(450)
    assert windows == (Window(0, 250), Window(200, 450))
    total = total_weight(450, windows, 50)
    torch.testing.assert_close(total[50:400], torch.ones(350))


@pytest.mark.parametrize("batch", [1, 3, 100])
def test_a_field_that_looks_at_single_frames_knows_no_windows(batch: int) -> None:
    torch.manual_seed(0)
    matrix, x_0 = torch.randn(3, 3, dtype=torch.float64) / 3, torch.randn(3, 1234, dtype=torch.float64)
    windows = cover(1234)

    def windowed(t: float, x: Tensor) -> Tensor:
        return joined_velocity(lambda part, some: matrix @ part, x, windows, batch=batch)

    whole = euler(lambda t, x: matrix @ x, x_0, even_times(5), None)
    torch.testing.assert_close(euler(windowed, x_0, even_times(5), None), whole)


@example(spans=[(0, 1), (128, 34), (129, 1)], frames=1000)  # the last one's stretch begins before the one before it
@given(
    spans=st.lists(st.tuples(st.integers(0, 990), st.integers(1, 200)), min_size=1, max_size=6),
    frames=st.integers(1000, 1300),
)
def test_stretches_lie_apart_around_their_spans(spans: list[tuple[int, int]], frames: int) -> None:
    spans = [(start, min(start + length, frames)) for start, length in spans]
    stretches = around_spans(spans, frames, beside=12, shortest=96)
    assert all(before.stop < after.start for before, after in itertools.pairwise(stretches))
    assert stretches[0].start >= 0 and stretches[-1].stop <= frames
    assert all(stretch.stop - stretch.start >= 96 for stretch in stretches)
    for start, stop in spans:
        (around,) = [each for each in stretches if each.start <= start and stop <= each.stop]
        assert around.start <= max(start - 12, 0) or around.stop == frames
        assert around.stop >= min(stop + 12, frames) or around.start == 0


def test_short_lines_are_stretches_of_one_length_and_so_computed_together() -> None:
    stretches = around_spans([(100, 170), (400, 466), (900, 975)], 5000, beside=12, shortest=96)
    assert stretches == (Window(87, 183), Window(385, 481), Window(883, 991))
    batches: list[int] = []

    def velocity(x: Tensor, some: Sequence[Window]) -> Tensor:
        batches.append(len(some))
        return x

    joined_velocity(velocity, torch.zeros(2, 5000), cover_stretches(stretches), batch=2)
    assert batches == [2, 1]


@pytest.mark.parametrize("batch", [1, 3])
def test_only_stretches_move(batch: int) -> None:
    x = torch.randn(3, 2000, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    stretches = (Window(10, 110), Window(300, 1200), Window(1900, 2000))
    v = joined_velocity(lambda part, some: 2 * part, x, cover_stretches(stretches), batch=batch)
    inside = torch.zeros(2000, dtype=torch.bool)
    for stretch in stretches:
        inside[stretch.start : stretch.stop] = True
    torch.testing.assert_close(v[:, inside], 2 * x[:, inside])
    assert not v[:, ~inside].any()


def test_windows_that_disagree_fade_into_each_other_without_a_step() -> None:
    """Each window says its own number: the mean moves smoothly from one to the next."""
    windows = cover(650)

    def opinion(x: Tensor, some: Sequence[Window]) -> Tensor:
        return torch.stack([torch.full_like(x[0], float(windows.index(window))) for window in some])

    v = joined_velocity(opinion, torch.zeros(1, 650), windows, batch=2)[0]
    assert v[0] == 0
    assert v[-1] == len(windows) - 1
    assert v.diff().min() >= -1e-6
    assert v.diff().max() < 0.04  # a straight fade over 50 frames would be 0.02 per frame


def test_no_more_windows_than_the_batch_are_computed_at_once() -> None:
    seen: list[int] = []
    shares: list[float] = []

    def velocity(x: Tensor, some: Sequence[Window]) -> Tensor:
        seen.append(len(x))
        return x

    windows = cover(2000)
    joined_velocity(velocity, torch.zeros(2, 2000), windows, batch=4, on_batch=shares.append)
    assert max(seen) == 4
    assert sum(seen) == len(windows)
    assert shares[-1] == 1.0
    assert shares == sorted(shares)


def test_noise_repeats_with_its_seed_and_does_not_depend_on_the_length() -> None:
    short, long = seeded_noise(7, 64, 333), seeded_noise(7, 64, 2000)
    assert torch.equal(short, long[:, :333])
    assert not torch.equal(short, seeded_noise(8, 64, 333))
    assert long.mean().abs() < 0.02
    assert long.std() == pytest.approx(1, abs=0.02)
