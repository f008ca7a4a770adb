"""Edited film: where shots begin, and what is seen while one turns into the next."""

from __future__ import annotations

import numpy as np
import pytest

from talkies.core.scenes import render_scene
from talkies.core.scenes.joining import Join, draw_joins, joined


def test_a_dissolve_mixes_both_shots_and_is_half_way_at_the_join() -> None:
    joins = [Join(0.0), Join(4.0, 1.0)]
    assert joined(joins, 3.4).shots == (0,)
    assert joined(joins, 4.6).shots == (1,)
    early, middle = joined(joins, 3.75), joined(joins, 4.0)
    assert (early.shots, middle.shots) == ((0, 1), (0, 1))
    assert early.share == pytest.approx(0.25)
    dark, bright = np.full((2, 2, 3), 40, np.uint8), np.full((2, 2, 3), 80, np.uint8)
    assert early.of([dark, bright]).tolist() == np.full((2, 2, 3), 50).tolist()
    assert middle.of([dark, bright]).tolist() == np.full((2, 2, 3), 60).tolist()


def test_a_fade_shows_one_shot_after_the_other_and_the_colour_between() -> None:
    joins = [Join(0.0), Join(2.0, 1.0, (255, 255, 255))]
    grey = np.full((1, 1, 3), 55, np.uint8)
    shown = {t: joined(joins, t) for t in (1.4, 1.75, 2.0, 2.25, 2.6)}
    assert [each.shots for each in shown.values()] == [(0,), (0,), (1,), (1,), (1,)]
    assert [int(each.of([grey])[0, 0, 0]) for each in shown.values()] == [55, 155, 255, 155, 55]


def test_a_cut_is_sudden() -> None:
    joins = [Join(0.0), Join(2.0)]
    assert joined(joins, 1.99).shots == (0,)
    assert joined(joins, 2.0).shots == (1,)


def test_shots_are_long_enough_and_nobody_joins_what_is_too_short() -> None:
    rng = np.random.default_rng(0)
    drawn = [draw_joins(rng, 8.0) for _ in range(300)]
    for joins in drawn:
        starts = [0.0, *(join.start for join in joins), 8.0]
        assert np.diff(starts).min() >= 2.4 - 1e-9
    assert {join.through for joins in drawn for join in joins} == {None, (0, 0, 0), (255, 255, 255)}
    assert all(drawn)
    assert draw_joins(rng, 3.0) == []
    assert {len(draw_joins(rng, 30.0)) for _ in range(50)} <= set(range(5, 13))


def test_an_edited_scene_plays_its_shots_one_after_the_other() -> None:
    scene = next(s for s in (render_scene(n, edited=True) for n in range(18_000, 18_040)) if "+" in s.kind)
    again = render_scene(scene.seed, edited=True)
    assert again.events == scene.events
    np.testing.assert_array_equal(again.image(100), scene.image(100))
    assert all(0 <= event.time < scene.duration for event in scene.events)
    assert render_scene(scene.seed).kind != scene.kind
