"""The network as a source of single spots: where it was asked for, as strong as it was asked for, by itself."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from talkies.core.arrays import Sound
from talkies.core.conditioning.picture.look import PictureLook
from talkies.core.conditioning.picture.visual import PictureFeatures
from talkies.core.engines.mini import MiniEngine
from talkies.core.media.onsets import detect_onsets
from talkies.core.segment import Segment, Source
from talkies.core.sources.chosen import Wishes
from talkies.core.sources.network import Settings
from talkies.core.sources.remembered import Remembered
from talkies.core.sources.shot import ShotSound, chosen_spots, placed_in
from talkies.core.spotting.spot import Spot, SpotKind
from talkies.core.times import TimeRange

RATE = 48_000
WHOLE = TimeRange(Fraction(50), Fraction(56))
SHOT = Segment("V1-001", "a", "V1", WHOLE, TimeRange(Fraction(0), Fraction(6)), Fraction(25))


@pytest.fixture(scope="module")
def engine() -> MiniEngine:
    return MiniEngine.load(None, "cpu")


def spot(name: str, seconds: str, force: float = 0.8, until: str = "") -> Spot:
    kind: SpotKind = "sustained" if until else "hit"
    time = Fraction(seconds)
    return Spot(name, SHOT.id, time, Fraction(until or seconds), kind, force, words="" if until else "knock wood")


def performed(
    engine: MiniEngine,
    spots: list[Spot],
    remembered: Remembered | None = None,
    source: Source = "network",
    mark: int | None = None,
) -> Sound:
    """On a picture that stands still, but for a rattle at 1.5 s of which the list says nothing."""
    features = PictureFeatures.nothing(WHOLE.duration)
    features.sync[round(1.5 * 25) : round(1.5 * 25) + 2] = 3.0
    look = PictureLook(SHOT, WHOLE, features)
    chosen, _ = chosen_spots(spots, Wishes(source=source))
    assert all(each.by == source for each in chosen)
    sound = ShotSound(engine, look, 3, Settings(4, 3.0), remembered or Remembered(), mark=mark)
    heard: Sound = np.concatenate(list(sound.blocks(placed_in(SHOT, chosen, WHOLE), WHOLE)), axis=1)[0]
    return heard


def test_spots_sound_where_they_are_and_the_picture_alone_does_not(engine: MiniEngine) -> None:
    sound = performed(engine, [spot("a", "0.53"), spot("b", "3.217"), spot("c", "4.4")])
    assert len(sound) == 6 * RATE
    found = detect_onsets(sound)
    assert all(np.abs(found - time).min() <= 0.02 for time in (0.53, 3.217, 4.4))
    assert np.abs(found - 1.5).min() > 0.1


def test_a_moved_spot_is_the_same_sound_elsewhere_and_leaves_the_other(engine: MiniEngine) -> None:
    remembered = Remembered()
    before = performed(engine, [spot("a", "0.5"), spot("b", "4.0")], remembered)
    after = performed(engine, [spot("a", "0.5"), spot("b", "4.8")], remembered)
    changed = np.flatnonzero(before != after) / RATE
    assert 3.97 <= changed.min() <= 4.0
    assert np.abs(detect_onsets(after) - 4.8).min() <= 0.02


def test_what_the_network_made_is_marked_and_nothing_else(engine: MiniEngine) -> None:
    spots, remembered = [spot("a", "0.5"), spot("b", "4.0")], Remembered()
    plain, marked = (performed(engine, spots, remembered, mark=mark) for mark in (None, 77))
    changed = np.flatnonzero(plain != marked) / RATE
    assert 0.45 <= changed.min() <= 0.55 and changed.max() >= 4.0
    assert not marked[: round(0.47 * RATE)].any(), "silence stays silence"
    assert np.abs(marked - plain).max() < 0.3 * np.abs(plain).max()
    other = performed(engine, [spot("a", "0.5"), spot("b", "4.8")], remembered, mark=77)
    assert 3.97 <= (np.flatnonzero(other != marked) / RATE).min() <= 4.0, "the spot before it is what it was"
    without, with_it = (performed(engine, spots, source="rules", mark=mark) for mark in (None, 77))
    assert np.array_equal(without, with_it)


def test_a_force_is_a_level(engine: MiniEngine) -> None:
    """18 dB lie between forces of 1 and 0, as in the library."""
    levels = [20 * np.log10(np.abs(performed(engine, [spot("a", "1.0", force)])).max()) for force in (0.9, 0.4)]
    assert levels[0] - levels[1] == pytest.approx(9, abs=4)


def test_what_goes_on_does_so_for_its_span(engine: MiniEngine) -> None:
    sound = performed(engine, [spot("a", "2.0", until="4.0")])
    assert not sound[: 2 * RATE].any() and not sound[4 * RATE :].any()
    assert sound[2 * RATE : 4 * RATE].std() > 0.005
