"""The event spotter: what it is asked to say, and what the shipped one says on scenes nobody trained on."""

from fractions import Fraction

import pytest
import torch

from talkies.core.conditioning.events import WATCHED_DIM, EventSpotter
from talkies.core.conditioning.visual import picture_features
from talkies.core.evaluation.heldout import HELDOUT_SCENE_SEED
from talkies.core.media.picture import Frame
from talkies.core.training.events_trainer import wanted_columns
from talkies.core.training.scenes import Event, render_scene


def test_the_wanted_columns_mark_half_frames_and_stretches():
    strike = Event(Fraction(1), "ball", "wood", 0.8, 0.0, ("impact",))
    rain = Event(Fraction(2), "rain", "water", 0.5, 1.0, ("rain",))
    columns = wanted_columns([strike, rain], 100)
    assert columns.shape == (100, 4)
    assert columns[25, 0] == 1.0 and columns[25, 1] == 0.5 and columns[24, 1] == 0.5
    assert columns[:, 2].sum() == 25 and columns[50:75, 2].all()
    assert columns[25, 3] == pytest.approx(0.8)


def test_nothing_moves_so_nothing_is_spotted():
    torch.manual_seed(0)
    watched = EventSpotter().eval().watch(torch.zeros(100, 32), torch.zeros(40, 192))
    assert watched.shape == (100, WATCHED_DIM)
    assert not watched.any()


def test_the_shipped_spotter_finds_strikes_in_new_scenes():
    """Balls: of all known bounces most are spotted within two latent frames, and little else is."""
    from talkies.core.engines.base import load_engine

    spotter = load_engine("mini").model.events  # type: ignore[attr-defined]
    found = expected = extra = 0
    for seed in range(HELDOUT_SCENE_SEED + 500, HELDOUT_SCENE_SEED + 503):
        scene = render_scene(seed, Fraction(5), kind="bouncing", clean=True)
        frames = (Frame(number / scene.rate, image) for number, image in enumerate(scene.frames()))
        features = picture_features(frames, Fraction(5))
        columns = spotter.watch(torch.from_numpy(features.sync), torch.from_numpy(features.picture))
        spotted = (columns[:, 32:34].amax(1) > 0.5).nonzero()[:, 0].tolist()
        struck = [int(event.time * 25) for event in scene.events]
        expected += len(struck)
        found += sum(any(abs(place - wanted) <= 2 for place in spotted) for wanted in struck)
        extra += sum(all(abs(place - wanted) > 3 for wanted in struck) for place in spotted)
    assert expected > 5
    assert found >= 0.7 * expected
    assert extra <= 0.5 * expected
