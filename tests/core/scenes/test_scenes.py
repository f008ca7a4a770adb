"""Rendered scenes: the physics is computed again here, and the pictures are watched where the events should be."""

from __future__ import annotations

import json
from fractions import Fraction
from importlib import resources
from itertools import pairwise

import numpy as np
import pytest

from talkies.core.errors import ArgumentError
from talkies.core.scenes import KINDS, render_scene
from talkies.core.scenes.bouncing import Ball, Bouncing
from talkies.core.scenes.canvas import View
from talkies.core.scenes.hammering import Blow, Hammering
from talkies.core.scenes.stage import Slot, Stage, build_stage
from talkies.core.scenes.staging import WORDS_ONLY, Shot
from talkies.core.scenes.talking import Face, Talker
from talkies.core.scenes.walking import Walking
from talkies.core.scenes.walking import build as build_walking

SIZE = (256, 144)


def stage(surface: str = "concrete", seed: int = 1) -> Stage:
    return build_stage(np.random.default_rng(seed), SIZE, surface, indoor=True)


def integrated_contacts(ball: Ball, count: int) -> list[float]:
    """Landings found by stepping through time, without the closed form."""
    dt, t, height, speed = 2e-5, ball.start, ball.height, 0.0
    found: list[float] = []
    while len(found) < count:
        speed -= ball.gravity * dt
        height += speed * dt
        t += dt
        if height <= 0:
            found.append(t)
            height, speed = 0.0, -speed * ball.restitution
    return found


@pytest.mark.parametrize(("height", "gravity", "bounce"), [(0.8, 4.0, 0.6), (0.4, 2.5, 0.8), (1.0, 7.0, 0.3)])
def test_ball_lands_when_physics_says(height: float, gravity: float, bounce: float) -> None:
    ball = Ball(0.35, 0.8, 0.0, height, gravity, bounce, 0.05)
    landings = [time for time, _ in ball.contacts()]
    assert landings[:3] == pytest.approx(integrated_contacts(ball, min(3, len(landings))), abs=2e-3)
    speeds = [speed for _, speed in ball.contacts()]
    assert all(later == pytest.approx(sooner * bounce) for sooner, later in pairwise(speeds))


def test_ball_turns_round_in_the_picture_at_its_contacts() -> None:
    place = stage()
    ball = Ball(0.2, 0.9, 0.0, 0.6, 4.0, 0.7, 0.07)
    actor = Bouncing(place, (ball,), "rubber", (255, 40, 40), (), 0)
    shot, rate = Shot(0.0, place, (actor,), lambda _: View()), 100
    lowest = []
    for number in range(rate * 2):
        image = shot.image(number / rate, SIZE).astype(int)
        red = np.argwhere((image[..., 0] > 150) & (image[..., 1] < 90))
        lowest.append(red[:, 0].mean())
    turns = [n for n in range(1, len(lowest) - 1) if lowest[n - 1] < lowest[n] >= lowest[n + 1] and lowest[n] > 90]
    for contact in integrated_contacts(ball, 2):
        assert min(abs(turn / rate - contact) for turn in turns) <= 0.015


def test_hammer_stops_dead_at_the_blow() -> None:
    place = stage()
    blow = Blow(1.0, 0.4, 0.1, 1.0)
    hammer = Hammering(place, "hammer", "metal", 0.9, 0.2, 1.0, (200, 200, 210), (blow,), (), ())
    shot = Shot(0.0, place, (hammer,), lambda _: View())
    images = [shot.image(1.0 + n / 100, SIZE).astype(int) for n in range(-5, 6)]
    change = [np.abs(b - a).sum() for a, b in pairwise(images)]
    assert min(change[:5]) > 2 * max(change[5:])


def test_walkers_foot_stands_still_from_its_contact_on() -> None:
    place = stage("gravel")
    walker = build_walking(np.random.default_rng(3), place, Slot(0.0, place.aspect), 6.0)
    assert isinstance(walker, Walking)
    assert [float(event.time) for event in walker.events] == pytest.approx(walker.contacts, abs=1 / 48000)
    assert {event.tags for event in walker.events} == {("footsteps", "gravel")}
    for number, contact in enumerate(walker.contacts):
        before, at, after = (walker.foot(number, contact + dt) for dt in (-0.02, 0.0, 0.05))
        assert before[1] > 1e-4, "still in the air 20 ms before"
        assert at == after == (walker.places[number + 2], 0.0)


@pytest.mark.parametrize("kind", [*KINDS, *WORDS_ONLY, "silent"])
def test_every_kind_renders_the_same_twice(kind: str) -> None:
    words = set(json.loads((resources.files("talkies.resources") / "vocabularies/effects.json").read_text())["words"])
    for seed in (1, 2):
        scene, again = (render_scene(seed, Fraction(5), kind=kind) for _ in range(2))
        assert scene.events == again.events
        assert scene.kind.startswith(kind)
        for number in (0, 60, 124):
            image = scene.image(number)
            assert image.shape == (144, 256, 3)
            assert image.dtype == np.uint8
            assert np.array_equal(image, again.image(number))
        for event in scene.events:
            assert 0 <= event.time < 5
            assert 0 < event.force <= 1
            assert event.time + Fraction(event.sustain) <= 5 + Fraction(1, 1000)
            assert set(event.tags) <= words


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in ("rain", "fire", "wind", "car", "chainsaw")])
def test_something_changes_in_the_picture_at_the_event(kind: str) -> None:
    found = 0
    for seed in range(4):
        scene = render_scene(seed, Fraction(6), kind=kind, clean=True)
        for event in scene.events[:3]:
            number = int(event.time * scene.rate)
            images = [scene.image(n).astype(int) for n in range(max(number - 2, 0), min(number + 4, scene.frame_count))]
            found += 1
            assert max(np.abs(b - a).max() for a, b in pairwise(images)) > 20, (seed, event)
    assert found


def test_some_scenes_are_silent_and_others_are_not() -> None:
    scenes = [render_scene(seed, Fraction(8), size=(64, 36)) for seed in range(200)]
    silent = [scene for scene in scenes if not scene.events]
    assert 0.08 < len(silent) / len(scenes) < 0.25
    assert len({scene.kind for scene in scenes}) > 15


def test_a_talking_mouth_is_dark_while_it_is_open_and_eyes_until_they_blink() -> None:
    face = Face((230, 190, 160), (30, 28, 28), (60, 80, 120), 0.75, -0.4, 0.0, 0.14, 0.3, beard=False)
    still = np.zeros((3, 3))
    talker = Talker(face, 0.89, 0.45, 0.3, syllables=(1.0, 1.2), widths=(1.0, 0.5), blinks=(3.0,), sway=still)
    shot = Shot(0.0, stage(), (talker,), lambda t: View())

    def seen(t: float, x: float, y: float) -> int:
        """Brightness (0 .. 765) of a place in heads from the middle of the face."""
        return int(shot.image(t, SIZE)[round((0.45 + y * 0.3) * 144), round((0.89 + x * 0.3) * 144)].sum())

    mouth, iris = (0.0, 0.58), (0.4 * 0.75, -0.1)
    assert seen(1.1, *mouth) < 150 < seen(0.5, *mouth) == seen(2.0, *mouth)
    assert seen(2.0, *iris) == seen(3.2, *iris) < 150 < seen(3.0, *iris)


def test_other_seeds_give_other_scenes() -> None:
    first, second = (render_scene(seed, Fraction(3), kind="bouncing") for seed in (1, 2))
    assert first.events != second.events
    assert not np.array_equal(first.image(30), second.image(30))


def test_contacts_do_not_depend_on_rate_or_size() -> None:
    scenes = [
        render_scene(5, 8, size, rate, kind="bouncing", clean=True)
        for size, rate in (((256, 144), Fraction(25)), ((128, 72), Fraction(24000, 1001)))
    ]
    assert scenes[0].events == scenes[1].events
    assert [scene.frame_count for scene in scenes] == [200, 192]
    assert sum(1 for _ in scenes[1].frames()) == 192


@pytest.mark.parametrize("arguments", [{"kind": "opera"}, {"duration": Fraction(0)}, {"rate": Fraction(0)}])
def test_nonsense_is_refused(arguments: dict[str, object]) -> None:
    with pytest.raises(ArgumentError):
        render_scene(1, **arguments)  # type: ignore[arg-type]
