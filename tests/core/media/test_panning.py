"""Panning: what each law says of the middle, of the sides and of the sum, and how wide the stage is."""

from __future__ import annotations

import numpy as np
import pytest

from talkies.core.media.panning import PAN_LAWS, PanLaw, Panning, pan_gains

PLACES = np.linspace(-1, 1, 41)


@pytest.mark.parametrize(("law", "middle_db"), [("3dB", -3.0103), ("4.5dB", -4.5154), ("6dB", -6.0206)])
def test_each_side_is_as_much_lower_in_the_middle_as_the_law_says(law: PanLaw, middle_db: float) -> None:
    left, right = pan_gains(np.array([-1.0, 0.0, 1.0]), law).T[1]
    assert left == right
    assert 20 * np.log10(left) == pytest.approx(middle_db, abs=1e-3)


@pytest.mark.parametrize("law", PAN_LAWS)
def test_at_a_side_nothing_comes_from_the_other_and_all_from_it(law: PanLaw) -> None:
    np.testing.assert_allclose(pan_gains(np.array([-1.0, 1.0]), law), [[1, 0], [0, 1]], atol=1e-4)
    left, right = pan_gains(PLACES, law)
    assert (np.diff(left) < 0).all() and (np.diff(right) > 0).all()
    np.testing.assert_allclose(left, right[::-1], atol=1e-6)


def test_constant_power_keeps_the_power_and_linear_the_sum() -> None:
    np.testing.assert_allclose(np.square(pan_gains(PLACES, "3dB")).sum(0), 1, atol=1e-6)
    np.testing.assert_allclose(pan_gains(PLACES, "6dB").sum(0), 1, atol=1e-6)
    assert (np.square(pan_gains(PLACES, "4.5dB")).sum(0)[1:-1] < 1).all()


def test_the_edge_of_the_picture_is_heard_as_far_out_as_the_stage_is_wide() -> None:
    edge = Panning("6dB", 0.5).gains(np.array([1.0]))[:, 0]
    assert edge.tolist() == [0.25, 0.75]
    assert Panning(width=0.5).gains(np.array([3.0])).tolist() == Panning(width=0.5).gains(np.array([1.0])).tolist()


def test_no_width_is_one_channel_as_it_is() -> None:
    sound = np.arange(5, dtype=np.float32)
    assert Panning(width=0).channels == 1
    assert np.array_equal(Panning(width=0).placed(sound, 0.7), sound[None])
