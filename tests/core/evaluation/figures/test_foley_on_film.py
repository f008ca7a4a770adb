"""Foley's judges: which strokes stand out, what chance scores, what moves, what damage does to a picture."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from talkies.core.conditioning.picture.visual import PictureFeatures
from talkies.core.evaluation.figures.degraded import damages, squeezed
from talkies.core.evaluation.figures.film import energy_without_motion, films_together, guesses
from talkies.core.evaluation.figures.foley import clip_of, standing_out
from talkies.core.scenes import Event, Scene, render_scene
from talkies.core.scenes.degrade import Degradation


def stroke(milliseconds: int, force: float, sustain: float = 0.0) -> Event:
    return Event(Fraction(milliseconds, 1000), "impact", "wood", force, sustain, ("impact", "wood"))


@pytest.mark.parametrize(
    ("strokes", "heard"),
    [
        (((1000, 1.0), (1500, 0.2)), [1.0, 1.5]),  # far apart: both
        (((1000, 1.0), (1100, 0.9)), [1.0]),  # an echo
        (((1000, 0.5), (1100, 0.9)), [1.0, 1.1]),  # louder than what would mask it
        (((1000, 0.5), (1040, 0.9)), [1.04]),  # one stroke
        (((1000, 1.0), (1100, 0.5), (1150, 0.4)), [1.0, 1.15]),  # masked by a stroke, not by an echo
    ],
)
def test_strokes_that_stand_out(strokes: tuple[tuple[int, float], ...], heard: list[float]) -> None:
    events = [stroke(*one) for one in strokes]
    found, masked = standing_out(events)
    assert found == pytest.approx(heard)
    assert sorted(found + masked) == pytest.approx([time / 1000 for time, _ in strokes])


def test_masked_strokes_and_what_goes_on_count_neither_way() -> None:
    events = (stroke(1000, 1.0), stroke(1110, 0.5), stroke(3000, 0.5, sustain=2.0))
    scene = Scene(0, "made up", Fraction(8), (2, 2), Fraction(25), events, lambda number: np.zeros((2, 2, 3), np.uint8))
    clip = clip_of(scene, np.zeros((200, 32), np.float32))
    assert clip.events == (1.0,)
    assert clip.judge(np.array([1.0, 1.11, 3.0, 4.2])).f1(50) == 1.0
    assert clip.judge(np.array([1.0])).f1(50) == 1.0
    assert clip.judge(np.array([1.0, 6.0])).f1(50) == pytest.approx(2 / 3)


def test_chance_is_what_onsets_score_when_they_do_not_look() -> None:
    peaks = np.arange(0.5, 20, 1.0)
    chance = guesses([(peaks, peaks, 20.0)])
    # one peak a second, a window of ±60 ms: 12 of 100 shifts hit all of them, the others none
    assert chance["shuffled_in_time"] == pytest.approx(0.12, abs=0.1)
    assert chance["constant_rate"] == pytest.approx(0.12, abs=0.1)
    assert guesses([(peaks, np.zeros(0), 20.0)])["shuffled_in_time"] == 0.0
    assert guesses([(np.zeros(0), np.zeros(0), 20.0)])["shuffled_in_time"] is None


def test_films_are_counted_together() -> None:
    def film(peaks: list[float], onsets: list[float]) -> dict[str, object]:
        return {"peak_times": peaks, "onset_times": onsets, "seconds": 10.0}

    found = films_together([film([1.0, 2.0, 3.0], [1.02, 5.0]), film([4.0], [])])
    assert found is not None
    assert found["generated"] == {"pairs": 1, "onsets": 2, "peaks": 4, "av_align": pytest.approx(1 / 5)}
    assert 0 < found["baselines"]["constant_rate"] < 0.3
    assert found["baselines"]["shuffled_in_time"] < 0.1
    assert films_together([]) is None


def test_energy_where_nothing_moves() -> None:
    sync = np.zeros((100, 32), np.float32)
    sync[25:50, 25] = 0.3  # moves from 1 s to 2 s; what rings may ring until 3 s
    features = PictureFeatures(sync, np.zeros((40, 192), np.float32), np.zeros((100, 4), np.float32))
    sound = np.zeros(4 * 48_000, np.float32)
    assert energy_without_motion(sound, features) is None
    sound[48_000 : 2 * 48_000] = 0.1
    assert energy_without_motion(sound, features) == 0.0
    sound[round(3.5 * 48_000) :] = 0.1
    assert energy_without_motion(sound, features) == pytest.approx(1 / 3)


def test_every_damage_shows_and_changes_no_event() -> None:
    scenes = {name: render_scene(4, Fraction(1), damage=damage) for name, damage in damages().items()}
    whole = render_scene(4, Fraction(1), damage=Degradation())
    pictures = np.stack(list(whole.frames()))
    for name, scene in scenes.items():
        assert scene.events == whole.events
        images = squeezed(scene.frames(), scene.rate) if name == "compression" else scene.frames()
        assert (np.stack(list(images)) != pictures).any(), name


def test_an_interlaced_frame_has_a_field_of_each_moment() -> None:
    first, second = np.full((4, 2, 3), 10, np.uint8), np.full((4, 2, 3), 200, np.uint8)
    damage = Degradation(interlaced=True)
    assert damage.exposures(Fraction(1, 25), Fraction(25)) == (Fraction(2, 50), Fraction(3, 50))
    assert damage.develop([first, second])[:, 0, 0].tolist() == [10, 200, 10, 200]
