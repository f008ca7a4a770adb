"""Effects by pipelines of diffusers: tiny random ones through its own loading, as an engine that was added."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from tiny_models import added, tiny_audioldm, tiny_audioldm2, tiny_stable_audio

from talkies.core.arrays import Sound
from talkies.core.engines.adapters.diffusers import EffectsAdapter, Part, parts_of
from talkies.core.engines.base import Brief, Line
from talkies.core.engines.compliance import checks
from talkies.core.engines.guest import GuestEngine
from talkies.core.errors import EngineError
from talkies.core.times import TimeRange

pytest.importorskip("diffusers", reason="the extra [vssflow] is not installed")
pytest.importorskip("torchsde", reason="Stable Audio's sampler needs torchsde")
pytestmark = pytest.mark.slow  # each engine imports its library anew

MAKERS = (tiny_audioldm2, tiny_stable_audio, tiny_audioldm)
SECONDS = Fraction(5, 2)


@pytest.fixture(scope="module", params=MAKERS, ids=lambda make: make.__name__)
def engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[GuestEngine]:
    make: Callable[[Path], Path] = request.param
    with added("diffusers", make(tmp_path_factory.mktemp("models") / "pipeline")) as engine:
        yield engine


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tiny_stable_audio(tmp_path / "broken")


def made(engine: GuestEngine, prompt: str = "rain", seed: int = 1, steps: int = 2, **more: object) -> Sound:
    prepared = engine.prepare(Brief("foley", SECONDS, prompt=prompt, **more))  # type: ignore[arg-type]
    blocks = engine.generate(prepared, seed=seed, steps=steps, guidance=3.0, on_step=lambda share: None)
    return np.concatenate(list(blocks))


def described(text: str, start: Fraction, end: Fraction) -> Line:
    return Line(TimeRange(start, end), text)


def test_a_folder_says_what_it_is(tmp_path: Path) -> None:
    with added("diffusers", tiny_audioldm2(tmp_path / "audioldm2")) as engine:
        manifest = engine.manifest
        assert (manifest.licence, manifest.sellable, manifest.tasks) == ("cc-by-nc-4.0", False, ("foley", "music"))
        assert (manifest.sample_rate, manifest.window_s, manifest.steps, manifest.guidance) == (8000, 10.0, 50, 3.5)
        assert engine.sampling(None, None) == (50, 3.5)
    with added("diffusers", tiny_stable_audio(tmp_path / "stable"), "--sellable", "yes") as engine:
        manifest = engine.manifest
        assert (manifest.licence, manifest.sellable) == ("stable-audio-community", True)
        assert (manifest.sample_rate, manifest.window_s, manifest.steps, manifest.guidance) == (8000, 3.15, 100, 7.0)


@pytest.mark.parametrize(("size", "window_s"), [(1024, 47.0), (256, 11.83)])
def test_a_window_is_no_longer_than_the_model(size: int, window_s: float, tmp_path: Path) -> None:
    """Stable Audio Open's numbers, and those of one a quarter as long."""
    for part, facts in {
        "transformer": {"sample_size": size},
        "vae": {"downsampling_ratios": [2, 4, 4, 8, 8], "sampling_rate": 44_100},
    }.items():
        (tmp_path / part).mkdir()
        (tmp_path / part / "config.json").write_text(json.dumps(facts))
    (tmp_path / "model_index.json").write_text('{"_class_name": "StableAudioPipeline"}')
    assert EffectsAdapter([str(tmp_path), "--licence", "its own"]).manifest["window_s"] == window_s


def test_the_prompt_sounds_throughout_the_same_for_the_same_seed(engine: GuestEngine) -> None:
    sound = made(engine)
    assert len(sound) == SECONDS * engine.sample_rate
    assert min(np.abs(part).max() for part in np.split(sound, 25)) > 0.003
    assert np.array_equal(sound, made(engine))
    for other in (
        made(engine, seed=2),
        made(engine, "dog"),
        made(engine, negative_prompt="dog"),
        made(engine, steps=3),
    ):
        assert not np.array_equal(sound, other)
    assert len(engine.weights_hash) == 64


def test_what_is_described_sounds_within_its_time(engine: GuestEngine) -> None:
    door = described("[door slams]", Fraction(1), Fraction(3, 2))
    sound = made(engine, "", sounds=(door,))
    heard = np.flatnonzero(sound) / engine.sample_rate
    assert 1.0 <= heard[0] < 1.02
    assert 1.4 < heard[-1] < 1.5
    both = made(engine, sounds=(door,))
    assert np.abs(both[: engine.sample_rate]).max() > 0.003
    assert not np.array_equal(both, made(engine))


def test_it_passes_what_every_engine_is_tested_for(engine: GuestEngine, tmp_path: Path) -> None:
    """Longer than its window too."""
    found = list(checks(engine, engine.manifest.tasks, [tmp_path]))  # type: ignore[arg-type]
    assert [check for check in found if check.passed is False] == []


def test_it_tells_how_far_it_is(engine: GuestEngine) -> None:
    shares: list[float] = []
    sounds = (described("door", Fraction(0), Fraction(1)),)
    prepared = engine.prepare(Brief("foley", SECONDS, prompt="rain", sounds=sounds))
    list(engine.generate(prepared, seed=1, steps=2, guidance=3.0, on_step=shares.append))
    assert {0.25, 0.5, 0.75, 1.0} <= set(shares) and shares == sorted(shares)


def test_without_words_it_asks_for_some(engine: GuestEngine) -> None:
    with pytest.raises(
        EngineError, match="refuses: the effects: nothing says what they are; give a prompt, or subtitles"
    ):
        made(engine, "")


def test_the_parts_of_a_job() -> None:
    sounds = [{"start_s": 0.5, "end_s": 9.0, "text": "[DOOR]"}, {"start_s": 0.0, "end_s": 1.0, "text": "♪"}]
    job = {"prompt": " rain ", "samples": 800, "sounds": sounds}
    assert list(parts_of(job, 400)) == [Part(0, 800, "rain"), Part(200, 600, "DOOR", placed=True)]
    assert list(parts_of({**job, "prompt": " ", "sounds": []}, 400)) == []


def open_and_close(folder: Path, *options: str) -> None:
    with added("diffusers", folder, *options):
        pass


@pytest.mark.parametrize(
    ("file", "content", "sentence"),
    [
        ("model_index.json", None, r"broken: has no model_index\.json; name a folder that save_pretrained has written"),
        ("model_index.json", '{"_class_name": "FluxPipeline"}', "broken: has a FluxPipeline; this takes AudioLDM2"),
        (
            "model_index.json",
            '{"_class_name": "AudioLDM2Pipeline", "unet": ["os", "system"]}',
            "broken/unet: is of os,",
        ),
        ("README.md", None, r"broken: has no README\.md that names its licence; say it with --licence"),
        ("vae/diffusers.py", "print('run')", "broken: has Python code of its own, which is not run; take it out"),
        ("vae/diffusion_pytorch_model.safetensors", None, r"broken: cannot be loaded \("),
    ],
)
def test_a_broken_folder_is_one_sentence(file: str, content: str | None, sentence: str, folder: Path) -> None:
    (folder / file).unlink() if content is None else (folder / file).write_text(content)
    with pytest.raises(EngineError, match=f"engine tiny: refuses: {sentence}"):
        open_and_close(folder)


def test_pickled_weights_are_refused_and_nothing_of_them_is_run(folder: Path) -> None:
    weights = folder / "text_encoder" / "model.safetensors"
    torch.save(load_file(weights), weights.with_name("pytorch_model.bin"))
    weights.unlink()
    with pytest.raises(EngineError, match="broken/text_encoder: has pickled weights only, which can run code; fetch"):
        open_and_close(folder)


def test_one_that_speaks_is_refused(tmp_path: Path) -> None:
    folder = tiny_audioldm2(tmp_path / "speaks")
    index = json.loads((folder / "model_index.json").read_text())
    (folder / "model_index.json").write_text(json.dumps({**index, "text_encoder_2": ["transformers", "VitsModel"]}))
    with pytest.raises(EngineError, match="refuses: speaks: speaks, and makes no effects; use an AudioLDM2 for sounds"):
        open_and_close(folder)
