"""Sounds at known samples come back at these samples; matching is the best there is."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from talkies.core.evaluation.measures.baselines import (
    Clip,
    av_align,
    constant_rate,
    motion_peaks,
    tune_constant_rate,
    tune_prominence,
)
from talkies.core.media.onsets import OnsetCounts, detect_onsets, match_onsets, pooled

SR = 48_000
TIMES = np.array([0.4003, 0.9127, 1.5, 2.25, 2.6081, 3.4, 4.7777])


def decaying(pitch: float, seconds: float) -> np.ndarray:
    times = np.arange(round(6 * seconds * SR)) / SR
    return 0.3 * np.sin(2 * np.pi * pitch * times) * np.exp(-times / seconds)


def burst(attack_ms: float, rng: np.random.Generator) -> np.ndarray:
    times = np.arange(SR // 5) / SR
    rise = np.minimum(times * 1000 / attack_ms, 1.0) if attack_ms else 1.0
    return 0.1 * rng.standard_normal(len(times)) * rise * np.exp(-times / 0.04)


def placed(sounds: list[np.ndarray], times: np.ndarray, noise: float, rng: np.random.Generator) -> np.ndarray:
    track = noise * rng.standard_normal(6 * SR)
    for sound, time in zip(sounds, times, strict=True):
        start = round(time * SR)
        piece = sound[: len(track) - start]
        track[start : start + len(piece)] += piece
    return track


@pytest.mark.parametrize("noise", [0.0, 0.0003, 0.002])
@pytest.mark.parametrize("kind", ["click", "burst", "soft burst", "bell", "low drum"])
def test_events_are_found_where_they_are(kind: str, noise: float) -> None:
    rng = np.random.default_rng(1)
    makers: dict[str, Callable[[], np.ndarray]] = {
        "click": lambda: np.full(3, 0.5),
        "burst": lambda: burst(0, rng),
        "soft burst": lambda: burst(10, rng),
        "bell": lambda: decaying(1200, 0.15),
        "low drum": lambda: decaying(80, 0.08),
    }
    sounds = [makers[kind]() * gain for gain in (1, 0.5, 0.8, 0.3, 1, 0.6, 0.4)]
    found = detect_onsets(placed(sounds, TIMES, noise, rng))
    assert len(found) == len(TIMES)
    offsets = found - TIMES
    assert np.abs(offsets).max() < 0.007
    assert abs(np.median(offsets)) < (0.005 if kind == "soft burst" else 0.0015)


@pytest.mark.parametrize(
    "sound",
    [
        np.zeros(5 * SR),
        np.zeros(0),
        np.ones(10),
        np.full(3 * SR, 0.3),
        0.1 * np.random.default_rng(0).standard_normal(5 * SR),
        0.2 * np.sin(2 * np.pi * 440 * np.arange(5 * SR) / SR),
        1e-5 * np.random.default_rng(0).standard_normal(5 * SR),
    ],
    ids=["silence", "nothing", "ten samples", "offset", "noise", "tone", "faint noise"],
)
def test_what_does_not_begin_has_no_onset(sound: np.ndarray) -> None:
    assert len(detect_onsets(sound)) == 0


def test_a_sound_that_breaks_off_is_no_onset() -> None:
    track = np.zeros(4 * SR)
    track[SR : 2 * SR] = 0.2 * np.sin(2 * np.pi * 440 * np.arange(SR) / SR)
    found = detect_onsets(track)
    assert len(found) == 1
    assert found[0] == pytest.approx(1.0, abs=0.002)


def test_a_soft_second_stroke_under_a_loud_one_is_the_same_event() -> None:
    rng = np.random.default_rng(2)
    heel, toe = burst(0, rng), 0.2 * burst(0, rng)
    found = detect_onsets(placed([heel, toe], np.array([1.0, 1.08]), 0, rng))
    assert found == pytest.approx([1.0], abs=0.002)
    later = detect_onsets(placed([heel, toe], np.array([1.0, 1.6]), 0, rng))
    assert later == pytest.approx([1.0, 1.6], abs=0.002)


def test_level_does_not_matter() -> None:
    rng = np.random.default_rng(3)
    track = placed([burst(0, rng) for _ in TIMES], TIMES, 0, rng)
    assert detect_onsets(track * 0.01) == pytest.approx(detect_onsets(track), abs=0.002)


times_lists = st.lists(st.integers(0, 60).map(lambda step: step / 50), max_size=5, unique=True)


@given(times_lists, times_lists, st.sampled_from([0.05, 0.1]))
def test_matching_is_the_best_of_all(found: list[float], wanted: list[float], tolerance: float) -> None:
    offsets = match_onsets(found, wanted, tolerance)
    few, many, sign = (found, wanted, 1) if len(found) <= len(wanted) else (wanted, found, -1)
    best = (0, 0.0)
    for choice in itertools.permutations(range(len(many)), len(few)):
        apart = [sign * (one - many[index]) for one, index in zip(few, choice, strict=True)]
        near = [abs(offset) for offset in apart if abs(offset) <= tolerance + 1e-9]
        best = max(best, (len(near), -round(sum(near), 9)))
    assert (len(offsets), -round(sum(map(abs, offsets)), 9)) == best
    assert all(abs(offset) <= tolerance + 1e-9 for offset in offsets)


def test_counts_pool_over_clips_and_offsets_have_a_sign() -> None:
    first = OnsetCounts.of([1.02, 2.07, 3.0], [1.0, 2.0])  # 20 ms late, 70 ms late, one too many
    second = OnsetCounts.of([], [0.5])
    figures = pooled([first, second]).figures()
    assert figures["precision_50ms"] == pytest.approx(1 / 3)
    assert figures["recall_50ms"] == pytest.approx(1 / 3)
    assert figures["f1_50ms"] == pytest.approx(1 / 3)
    assert figures["precision_100ms"] == pytest.approx(2 / 3)
    assert figures["f1_100ms"] == pytest.approx(2 / 3)
    assert figures["offset_median_ms"] == pytest.approx(45)
    assert OnsetCounts.of([0.97], [1.0]).figures()["offset_median_ms"] == pytest.approx(-30)


def test_silence_where_nothing_happens_is_right() -> None:
    nothing = OnsetCounts.of([], [])
    assert nothing.f1(50) == 1.0
    assert nothing.figures()["precision_50ms"] is None
    assert OnsetCounts.of([1.0], []).f1(100) == 0.0


def test_what_goes_on_is_judged_at_its_start_only() -> None:
    going_on = [(1.0, 3.0)]
    crackling = OnsetCounts.of([1.02, 1.5, 2.2, 2.9, 4.0], [1.0, 2.6], going_on)
    assert crackling.detected == 2  # at its start, and the one too many after it
    assert crackling.figures()["recall_100ms"] == pytest.approx(0.5)
    assert OnsetCounts.of([0.5], [1.0], going_on).detected == 1


def test_the_constant_rate_is_tuned_to_the_events() -> None:
    none = np.zeros((0, 32), np.float32)
    clips = [Clip(8.0, tuple(constant_rate(1.5, 8.0)), none) for _ in range(4)]
    assert tune_constant_rate(clips) == pytest.approx(1.5)
    assert constant_rate(2.0, 2.0) == pytest.approx([0.25, 0.75, 1.25, 1.75])
    assert len(constant_rate(0.25, 1.0)) == 0


def test_motion_peaks_lie_in_the_middle_of_their_cell() -> None:
    sync = np.zeros((100, 32), np.float32)
    sync[[10, 40, 80], 25] = [1.0, 0.8, 0.04]
    assert motion_peaks(sync, 25, 0.1) == pytest.approx([0.42, 1.62])
    assert len(motion_peaks(np.zeros((100, 32), np.float32))) == 0
    assert len(motion_peaks(np.zeros((0, 32), np.float32))) == 0
    assert tune_prominence([Clip(4.0, (0.42, 1.62), sync)], 25) > 0.04


def test_av_align_is_intersection_over_union() -> None:
    picture, sound = np.array([1.0, 2.0, 3.0]), np.array([1.01, 3.05, 5.0])
    assert av_align(picture, sound) == pytest.approx(2 / 4)
    assert av_align(picture, picture) == 1.0
    assert av_align(picture, np.zeros(0)) == 0.0
    assert av_align(np.zeros(0), np.zeros(0)) is None
