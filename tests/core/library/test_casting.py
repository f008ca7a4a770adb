"""Casting: which recording and which hit each spot of a list gets."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from library_sounds import RATE, add, burst, save, struck

from talkies.core.errors import MediaError
from talkies.core.library import Library, Pick, Wanted, cast


def spots(count: int, words: str = "footsteps gravel", force: float = 0.7) -> list[Wanted]:
    return [Wanted(f"V1-001.{number:02}", words, "hit", force, seed=7919 * number) for number in range(count)]


@pytest.fixture
def five(library: Library, sounds: Path) -> Library:
    """Five recordings of steps on gravel, three steps each, soft, middle and loud; and one of something else."""
    for number in range(5):
        save(sounds / f"footsteps gravel {number}.wav", struck([3000, 40_000, 80_000], 120_000, [0.1, 0.4, 1.0]))
    save(sounds / "bell.wav", burst())
    add(library, sounds)
    return library


def test_fifty_spots_from_five_recordings_never_repeat_a_neighbour(five: Library) -> None:
    picks = list(cast(five, spots(50)).values())
    paths = [pick.recording.path for pick in picks if pick is not None]
    assert len(paths) == 50
    assert all(one != other for one, other in pairwise(paths))
    assert {path.name for path in paths} == {f"footsteps gravel {number}.wav" for number in range(5)}


def test_the_same_list_is_cast_the_same_and_another_seed_is_not(five: Library) -> None:
    first = cast(five, spots(20))
    assert cast(five, spots(20)) == first
    others = [Wanted(each.id, each.words, "hit", 0.7, each.seed + 1) for each in spots(20)]
    assert cast(five, others) != first


def test_what_is_kept_stays_when_a_spot_is_added_or_deleted(five: Library) -> None:
    before = {spot: pick for spot, pick in cast(five, spots(30)).items() if pick is not None}
    kept = {spot: pick.name for spot, pick in before.items()}
    wanted = spots(30)
    fewer = wanted[:10] + wanted[11:]
    after = cast(five, fewer, kept)
    assert all(after[each.id] == before[each.id] for each in fewer)
    paths = [pick.recording.path for pick in after.values() if pick is not None]
    assert all(one != other for one, other in pairwise(paths))
    added = Wanted("new", "footsteps gravel", "hit", 0.7, 5)
    more = cast(five, [*wanted[:10], added, *wanted[10:]], kept)
    assert all(more[each.id] == before[each.id] for each in wanted)
    assert more["new"] is not None
    assert more["new"].recording.path not in {before[each.id].recording.path for each in (wanted[9], wanted[10])}


def test_one_recording_gives_another_hit_each_time(library: Library, sounds: Path) -> None:
    save(sounds / "footsteps.wav", struck([3000, 40_000, 80_000], 120_000))
    add(library, sounds)
    hits = [pick.hit for pick in cast(library, spots(30, "footsteps")).values() if pick is not None]
    assert len(hits) == 30
    assert all(one != other for one, other in pairwise(hits))


def test_force_finds_hits_that_were_struck_so(five: Library) -> None:
    def mean_hit(force: float) -> float:
        return float(
            np.mean([pick.hit for pick in cast(five, spots(50, force=force)).values() if pick and pick.hit is not None])
        )

    assert mean_hit(0.0) < mean_hit(0.6) < mean_hit(1.0)  # the hits are in order of strength


def test_what_goes_on_is_cast_from_what_goes_on(library: Library, sounds: Path) -> None:
    noise = np.random.default_rng(3).normal(0, 0.1, 6 * RATE).astype(np.float32)
    save(sounds / "rain steady.wav", noise)
    save(sounds / "rain burst.wav", burst())
    add(library, sounds)
    pick = cast(library, [Wanted("a", "rain", "sustained", length_s=30)])["a"]
    assert pick == Pick(library.recording(sounds / "rain steady.wav"), None)  # type: ignore[arg-type]
    assert cast(library, [Wanted("a", "trumpet")]) == {"a": None}


def test_a_file_is_taken_whether_the_library_knows_it_or_not(library: Library, sounds: Path) -> None:
    path = save(sounds / "anything.wav", struck([9000], RATE))
    pick = cast(library, [Wanted("a", file=str(path))])["a"]
    assert pick is not None
    assert pick.hit is not None
    assert pick.recording.measures.hits[pick.hit].sample == pytest.approx(9000, abs=1)
    with pytest.raises(MediaError, match="missing"):
        cast(library, [Wanted("a", file=str(sounds / "gone.wav"))])
