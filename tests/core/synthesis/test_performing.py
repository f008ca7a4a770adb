"""Performing: when strokes sound, how loud, that seeds repeat, that blocks are one sound."""

import itertools

import numpy as np
import pytest

from talkies.core.conditioning.picture.events import FORCE_RANGE_DB
from talkies.core.synthesis import BLOCK, Span, Stroke, perform, recipe_for, signals

RATE = 48_000


def performed(
    words: str, times: dict[float, float], seconds: float, seed: int = 1, spans: list[Span] | None = None
) -> np.ndarray:
    recipe = recipe_for(tuple(words.split()))
    assert recipe is not None
    strokes = [Stroke(time, force) for time, force in times.items()]
    return np.concatenate(list(perform(recipe, strokes, seconds, seed, spans)))


def peak_db(sound: np.ndarray, start: float, end: float) -> float:
    return float(20 * np.log10(np.abs(sound[round(start * RATE) : round(end * RATE)]).max() + 1e-9))


STRIKING = (
    "wood",
    "metal",
    "glass",
    "footsteps gravel",
    "door close",
    "gunshot",
    "explosion",
    "clock_tick",
    "break glass",
)


@pytest.mark.parametrize("words", STRIKING)
def test_what_strikes_begins_within_a_millisecond(words: str) -> None:
    time = 0.7001
    sound = performed(words, {time: 0.9}, 1.2)
    loud = np.abs(sound) > 0.1 * np.abs(sound).max()
    assert np.abs(sound[: round(time * RATE) - 1]).max() < 1e-9, "silent before"
    assert np.flatnonzero(loud)[0] / RATE == pytest.approx(time, abs=0.001)


def test_strokes_in_other_blocks_and_tails_across_them() -> None:
    times = {0.49: 0.8, 0.5: 0.8, 1.7: 0.8}
    sound = performed("wood", times, 2.0)
    assert all(peak_db(sound, time, time + 0.02) > -40 for time in times)
    assert not np.any(performed("wood", {2.5: 1.0, -1.0: 1.0}, 2.0)), "strokes outside are not heard"


def test_a_sound_has_exactly_its_samples_and_a_longer_one_begins_the_same() -> None:
    short, long = performed("rain", {}, 1.234), performed("rain", {}, 3.0)
    assert len(short) == round(1.234 * RATE) and len(long) == 3 * RATE
    assert np.array_equal(short[: RATE // 2], long[: RATE // 2])


@pytest.mark.parametrize("words", ["dog", "footsteps snow", "fire", "gunshot wind"])
def test_a_seed_repeats_bit_for_bit_and_another_does_not(words: str) -> None:
    first = performed(words, {0.2: 0.7}, 0.6, seed=5)
    assert np.array_equal(first, performed(words, {0.2: 0.7}, 0.6, seed=5))
    assert not np.array_equal(first, performed(words, {0.2: 0.7}, 0.6, seed=6))


@pytest.mark.parametrize("words", ["wood", "footsteps", "punch", "dog", "gunshot"])
def test_force_orders_levels_over_the_range_that_the_network_learned(words: str) -> None:
    recipe = {"punch": "body"}.get(words, words)
    sound = performed(recipe, {1.0: 0.1, 4.0: 0.5, 7.0: 1.0}, 9.0)
    faint, middle, loud = (peak_db(sound, start, start + 0.4) for start in (1.0, 4.0, 7.0))
    assert faint + 4 < middle < loud - 4
    assert FORCE_RANGE_DB == signals.FORCE_RANGE_DB
    assert loud - faint == pytest.approx(0.9 * FORCE_RANGE_DB, abs=8)


def test_no_two_blows_are_equal_and_all_are_of_one_object() -> None:
    sound = performed("metal", {0.0: 0.8, 4.0: 0.8}, 8.0)
    first, second = sound[: 2 * RATE], sound[4 * RATE : 6 * RATE]
    assert not np.allclose(first, second, atol=0.01 * np.abs(first).max())
    strongest = [set(np.argsort(np.abs(np.fft.rfft(each)))[-12:] // 8) for each in (first, second)]
    assert len(strongest[0] & strongest[1]) >= 2, "the modes are the same, their shares are not"


@pytest.mark.parametrize("words", ["rain", "engine", "siren", "machine", "wind", "projector"])
def test_what_goes_on_has_no_joints(words: str) -> None:
    """The samples across the seams of blocks differ no more than elsewhere."""
    sound = performed(words, {}, 6.0).astype(np.float64)
    jumps = np.abs(np.diff(sound, 2))
    seams = np.array([jumps[at - 3 : at + 3].max() for at in range(BLOCK, len(sound), BLOCK)])
    elsewhere = np.array([jumps[at - 3 : at + 3].max() for at in range(BLOCK // 7, len(sound) - 9, 997)])
    assert np.median(seams) < 2.5 * np.median(elsewhere) and seams.max() <= 1.2 * elsewhere.max()


def test_what_goes_on_is_heard_in_its_spans_with_faded_ends() -> None:
    sound = performed("rain", {}, 6.0, spans=[Span(1.0, 3.0), Span(4.0, 5.0)])
    assert not sound[: round(0.95 * RATE)].any() or peak_db(sound, 0, 0.95) < -80
    assert peak_db(sound, 1.5, 2.5) > peak_db(sound, 1.0, 1.02) + 6
    assert peak_db(sound, 3.2, 3.9) < -70 and peak_db(sound, 4.4, 4.6) > -40


def test_a_texture_lies_under_the_strokes_beside_it() -> None:
    sound = performed("thunder rain", {1.0: 1.0}, 6.0)
    alone = performed("rain", {}, 6.0)
    assert peak_db(sound, 0, 0.9) == pytest.approx(peak_db(alone, 0, 0.9) - 6, abs=1.5)


def test_an_hour_is_made_piece_by_piece() -> None:
    recipe = recipe_for(("wind",))
    assert recipe is not None
    blocks = perform(recipe, (), 3600.0, 1)
    assert all(len(block) == BLOCK for block in itertools.islice(blocks, 4))
