"""What the spotter learns from, and that it learns."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from films import write_movie
from safetensors.torch import save_file

from talkies.core.conditioning.picture.events import EventSpotter
from talkies.core.conditioning.picture.visual import picture_features
from talkies.core.corpus.recordings import signing_films
from talkies.core.errors import WeightsError
from talkies.core.media.picture import Frame
from talkies.core.training.preparing.watching import (
    FIRST_FILMED_SEED,
    FIRST_GESTURING_SEED,
    FIRST_SILENT_SEED,
    FIRST_TALKING_SEED,
    SilentFilm,
    load_watched,
    prepare_watched,
    watched_scene,
)
from talkies.core.training.trainers.events import EventTraining, train_events, varied


def test_varied_scenes_keep_their_events_beside_their_motion() -> None:
    wanted = torch.zeros(200, 4)
    wanted[100, 0] = 1
    sync, picture = torch.zeros(200, 32), torch.ones(80, 192)
    sync[100, 30] = 1
    for seed in range(20):
        moved, _, events = varied((sync, picture, wanted), np.random.default_rng(seed))
        assert len(moved) == len(events) == 150
        assert torch.equal(moved[:, 30] > 0, events[:, 0] > 0)


def test_watched_scenes_are_rendered_once_and_silent_ones_want_nothing(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="watched"):
        load_watched(tmp_path)
    assert list(prepare_watched(tmp_path, {FIRST_SILENT_SEED: 1, FIRST_TALKING_SEED: 1}))[-1] == {"watched": 2, "of": 2}
    made = {file.name: file.stat().st_mtime_ns for file in tmp_path.iterdir()}
    assert sorted(made) == ["20000.safetensors", "25000.safetensors"]
    list(prepare_watched(tmp_path, {FIRST_SILENT_SEED: 1, FIRST_TALKING_SEED: 1}))
    assert {file.name: file.stat().st_mtime_ns for file in tmp_path.iterdir()} == made
    for sync, picture, wanted in load_watched(tmp_path):
        assert (sync.shape, picture.shape, wanted.shape) == ((200, 32), (80, 192), (200, 4))
        assert sync.any() and not wanted.any()


def test_actors_before_film_strike_as_they_would_before_a_painted_place(tmp_path: Path) -> None:
    path = tmp_path / "film.mp4"
    write_movie(path, 2)
    films = [SilentFilm(path), SilentFilm(path, 1)]
    seed = next(s for s in range(FIRST_FILMED_SEED, FIRST_FILMED_SEED + 20) if watched_scene(s).events)
    list(prepare_watched(tmp_path / "seen", {FIRST_GESTURING_SEED: 1, seed: 1}, films))
    names = {file.stem for file in (tmp_path / "seen").iterdir()}
    assert names == {"30000", str(seed), "speaking-film", "speaking-film-1"}
    wanted = {bool(columns.any()): sync for sync, _, columns in load_watched(tmp_path / "seen")}
    painted = watched_scene(seed)
    plain = picture_features((Frame(n / painted.rate, i) for n, i in enumerate(painted.frames())), painted.duration)
    assert wanted[False].any()  # hands move, nothing strikes
    assert wanted[True].shape == plain.sync.shape and not np.allclose(wanted[True], plain.sync, atol=1e-3)
    assert watched_scene(seed, lambda t: np.zeros((144, 256, 3), np.uint8)).events == painted.events


def test_who_signs_in_evaluation_signs_nowhere_in_training(tmp_path: Path) -> None:
    folder = tmp_path / "video" / "real"
    folder.mkdir(parents=True)
    for name in ("asl_again", "asl_book", "asl_want", "bottles"):
        (folder / f"{name}.mkv").touch()
    assert [film.stem for film in signing_films(tmp_path, "train")] == ["asl_again"]
    assert [film.stem for film in signing_films(tmp_path, "test")] == ["asl_book", "asl_want"]


def test_short_silent_films_are_joined_to_the_length_of_a_scene(tmp_path: Path) -> None:
    for number in range(7):
        save_file(
            {"sync": torch.full((75, 32), float(number)), "picture": torch.full((30, 192), float(number))},
            tmp_path / f"speaking-{number}.safetensors",
        )
    first, second = load_watched(tmp_path)
    assert first[0][:, 0].tolist() == [0.0] * 75 + [1.0] * 75 + [2.0] * 50
    assert first[1][:, 0].tolist() == [0.0] * 30 + [1.0] * 30 + [2.0] * 20
    assert second[0][0, 0] == 3.0
    assert first[2].shape == (200, 4) and not first[2].any()


def test_a_spotter_goes_on_from_weights(tmp_path: Path) -> None:
    torch.manual_seed(1)
    spotter, start = EventSpotter(), tmp_path / "start.safetensors"
    save_file({f"events.{name}": tensor for name, tensor in spotter.state_dict().items()}, start)
    scenes = [(torch.rand(200, 32), torch.rand(80, 192), torch.zeros(200, 4))] * 2
    plan = EventTraining(tmp_path / "run", steps=1, batch=1, peak_rate=0.0, validation=2, start=start)
    assert [figures["step"] for figures in train_events(plan, scenes)] == [1]
    trained = torch.load(tmp_path / "run" / "state.pt", weights_only=True)["model"]
    assert all(torch.equal(trained[name], tensor) for name, tensor in spotter.state_dict().items())
