"""Intervals of cases whose answer is known."""

from __future__ import annotations

import math

import numpy as np
import pytest

from talkies.core.evaluation.judges.intervals import difference, grouped, relative


def test_groups_add_up_what_both_sides_have() -> None:
    ours = [("a", 1, 10), ("a", 2, 10), ("b", 0, 5), ("only ours", 9, 9)]
    natural = [("b", 1, 5), ("a", 1, 10), ("only theirs", 9, 9)]
    assert grouped(ours, natural).tolist() == [[3, 20, 1, 10], [0, 5, 1, 5]]


def test_groups_that_are_all_alike_leave_no_doubt() -> None:
    groups = np.tile([2.0, 10.0, 1.0, 10.0], (20, 1))
    figures = relative(groups)
    assert (figures["natural"], figures["generated"], figures["relative"]) == (0.1, 0.2, 2.0)
    assert figures["relative_95_percent"] == pytest.approx([2.0, 2.0])


def test_the_interval_of_a_difference_is_as_wide_as_the_normal_law_says() -> None:
    scores = np.random.default_rng(3).normal(3.0, 0.5, 400)
    natural = np.full(400, 3.5)
    groups = np.column_stack((scores, np.ones(400), natural, np.ones(400)))
    figures = difference(groups)
    half = 1.96 * scores.std() / math.sqrt(400)
    assert figures["difference"] == pytest.approx(scores.mean() - 3.5)
    assert figures["difference_95_percent"] == pytest.approx(
        [scores.mean() - 3.5 - half, scores.mean() - 3.5 + half], abs=0.15 * half
    )


def test_pairing_takes_out_what_both_sides_share() -> None:
    shared = np.random.default_rng(4).normal(0, 1, 200)
    groups = np.column_stack((shared - 0.2, np.ones(200), shared, np.ones(200)))
    assert difference(groups)["difference_95_percent"] == pytest.approx([-0.2, -0.2])


def test_nothing_and_no_errors_of_recordings_give_no_ratio() -> None:
    assert relative(grouped([], []))["relative"] is None
    assert relative(np.array([[1.0, 10.0, 0.0, 10.0]]))["relative_95_percent"] is None
    assert difference(grouped([], []))["difference_95_percent"] is None
