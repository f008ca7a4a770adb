"""Hand-spotted steps are what people can do, and the two sides stay apart."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from talkies.core.corpus.spotted import films_without_steps, spotted_visits


def test_known_landings_are_at_the_time_of_their_frame() -> None:
    """The first man turns and puts his right foot down in frame 436 of a film with ten frames a second."""
    steps = {step.time: step for visit in spotted_visits() for step in visit.steps}
    assert steps[Fraction(436, 10)].foot == "right"
    assert steps[Fraction(436, 10)].sure
    assert len(steps) == 34


def test_sides_share_no_moment_of_a_film() -> None:
    development, held_out = spotted_visits("development"), spotted_visits("held_out")
    assert len(development) == len(held_out) == 3
    assert not any(
        mine.file == other.file and mine.shown.overlap(other.shown) for mine in development for other in held_out
    )


def test_steps_lie_where_feet_are_seen_and_no_faster_than_people_step() -> None:
    for visit in spotted_visits():
        times = [step.time for step in visit.steps]
        assert all(later - earlier >= Fraction(3, 10) for earlier, later in pairwise(times))
        for time in times:
            assert visit.shown.start <= time < visit.shown.end
            assert not any(unseen.start <= time < unseen.end for unseen in visit.unseen)


def test_films_where_nobody_walks_have_no_visits() -> None:
    assert len(films_without_steps()) == 9
    assert not {visit.file for visit in spotted_visits()} & set(films_without_steps())
