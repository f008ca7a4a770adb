"""What the spotter learns from: mirrored features must be those of the mirrored picture."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch

from talkies.core.conditioning.visual import picture_features
from talkies.core.errors import WeightsError
from talkies.core.media.picture import Frame
from talkies.core.training.events_trainer import mirrored, varied
from talkies.core.training.scenes import render_scene
from talkies.core.training.watching import load_watched, prepare_watched


def seen(mirror: bool) -> tuple[torch.Tensor, torch.Tensor]:
    scene = render_scene(3, Fraction(2), kind="bouncing", clean=True)
    turned = slice(None, None, -1 if mirror else 1)
    frames = (Frame(n / scene.rate, np.ascontiguousarray(image[:, turned])) for n, image in enumerate(scene.frames()))
    features = picture_features(frames, Fraction(2))
    return torch.from_numpy(features.sync), torch.from_numpy(features.picture)


def test_mirrored_features_are_those_of_a_mirrored_picture():
    sync, picture = seen(mirror=True)
    ours = mirrored(*seen(mirror=False))
    for truth, guess, untouched in zip((sync, picture), ours, seen(mirror=False), strict=True):
        assert (truth - guess).abs().mean() < 0.2 * (truth - untouched).abs().mean()


def test_varied_scenes_keep_their_events_beside_their_motion():
    wanted = torch.zeros(200, 4)
    wanted[100, 0] = 1
    sync, picture = torch.zeros(200, 32), torch.ones(80, 192)
    sync[100, 30] = 1
    for seed in range(20):
        moved, _, events = varied((sync, picture, wanted), np.random.default_rng(seed))
        assert len(moved) == len(events) == 150
        assert torch.equal(moved[:, 30] > 0, events[:, 0] > 0)


def test_watched_scenes_are_rendered_once_and_silent_ones_want_nothing(tmp_path: Path):
    with pytest.raises(WeightsError, match="watched"):
        load_watched(tmp_path)
    assert list(prepare_watched(tmp_path, 0, 1))[-1] == {"watched": 1, "of": 1}
    (file,) = tmp_path.glob("*.safetensors")
    made = file.stat().st_mtime_ns
    list(prepare_watched(tmp_path, 0, 1))
    assert file.stat().st_mtime_ns == made
    ((sync, picture, wanted),) = load_watched(tmp_path)
    assert (sync.shape, picture.shape, wanted.shape) == ((200, 32), (80, 192), (200, 4))
    assert not wanted.any()
