"""Music by MusicGen: tiny random models through the library's own loading, as an engine that was added."""

from __future__ import annotations

import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from films import write_movie, write_reel
from safetensors.torch import load_file, save_file
from tiny_models import added
from tiny_token_models import tiny_musicgen

from talkies.core.arrays import Sound
from talkies.core.engines.base import Brief, MusicPart
from talkies.core.engines.compliance import checks
from talkies.core.engines.guest import GuestEngine
from talkies.core.engines.guests.found import keep
from talkies.core.errors import CancelledError, EngineError
from talkies.core.events import Finished
from talkies.core.generation.render import render
from talkies.core.generation.request import Request
from talkies.core.media.sound import read_sound
from talkies.core.times import TimeRange

pytest.importorskip("transformers", reason="the extra [vssflow] is not installed")
pytestmark = pytest.mark.slow  # each engine imports its library anew

WORDS = "slow sad lament for solo piano, D minor, 66 bpm"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_musicgen(tmp_path_factory.mktemp("models") / "musicgen-tiny")


@pytest.fixture(scope="module")
def engine(folder: Path) -> Iterator[GuestEngine]:
    with added("transformers", folder) as engine:
        yield engine


def played(
    engine: GuestEngine, words: str = WORDS, seconds: Fraction = Fraction(2), seed: int = 1, guidance: float = 3.0
) -> Sound:
    part = MusicPart(TimeRange(Fraction(0), seconds), words, 66.0, "D minor")
    prepared = engine.prepare(Brief("music", seconds, music=(part,)))
    blocks = engine.generate(prepared, seed=seed, steps=1, guidance=guidance, on_step=lambda share: None)
    return np.concatenate(list(blocks))


def test_a_folder_says_what_it_is(engine: GuestEngine) -> None:
    manifest = engine.manifest
    assert (manifest.tasks, manifest.window_s, manifest.sample_rate) == (("music",), 30.0, 8000)
    assert (manifest.licence, manifest.sellable) == ("cc-by-nc-4.0", False)
    assert engine.sampling(None, None) == (1, 3.0)
    assert len(engine.weights_hash) == 64


@pytest.mark.parametrize("seconds", [Fraction(1, 50), Fraction(1001, 480), Fraction(3)])
def test_it_plays_as_long_as_it_is_asked_to(engine: GuestEngine, seconds: Fraction) -> None:
    sound = played(engine, seconds=seconds)
    assert len(sound) == round(seconds * engine.sample_rate)
    assert np.abs(sound).max() > 0.003


def test_the_same_seed_plays_the_same_and_another_something_else(engine: GuestEngine) -> None:
    sound = played(engine)
    assert np.array_equal(sound, played(engine))
    for other in (played(engine, seed=2), played(engine, "dog waltz"), played(engine, guidance=1.0)):
        assert not np.array_equal(sound, other)


def test_it_passes_what_every_engine_is_tested_for(engine: GuestEngine, tmp_path: Path) -> None:
    assert [check for check in checks(engine, ["music"], [tmp_path]) if check.passed is False] == []


def test_it_tells_how_far_it_is_and_hears_that_it_is_cancelled(engine: GuestEngine) -> None:
    shares: list[float] = []
    prepared = engine.prepare(Brief("music", Fraction(4), prompt=WORDS))
    list(engine.generate(prepared, seed=1, steps=1, guidance=3.0, on_step=shares.append))
    assert len(set(shares)) > 5 and shares == sorted(shares) and shares[-1] == 1.0

    def stop(share: float) -> None:
        raise CancelledError("the test", "was cancelled")

    with pytest.raises(CancelledError):
        list(engine.generate(prepared, seed=1, steps=1, guidance=3.0, on_step=stop))
    assert played(engine).any()


def test_two_channels_are_mixed(tmp_path: Path) -> None:
    with added("transformers", tiny_musicgen(tmp_path / "stereo", channels=2)) as engine:
        sound = played(engine)
    assert len(sound) == 16_000 and np.abs(sound).max() > 0.003


def test_what_it_cannot_do_is_said(engine: GuestEngine) -> None:
    with pytest.raises(EngineError, match="refuses: the music: nothing says what it is; give a prompt"):
        played(engine, " ")
    prepared = engine.prepare(Brief("music", Fraction(1), prompt=WORDS, negative_prompt="drums"))
    list(engine.generate(prepared, seed=1, steps=1, guidance=3.0, on_step=lambda share: None))
    assert engine.remarks() == ("engine tiny: MusicGen heeds no negative prompt",)


def test_missing_weights_are_refused_but_for_sines(folder: Path, engine: GuestEngine, tmp_path: Path) -> None:
    expected, copy = played(engine), tiny_musicgen(tmp_path / "copy")
    weights = load_file(copy / "model.safetensors")
    weights = {name: tensor for name, tensor in weights.items() if "embed_positions" not in name}
    save_file(weights, copy / "model.safetensors", {"format": "pt"})
    with added("transformers", copy) as again:
        assert np.array_equal(played(again), expected)
    del weights["decoder.lm_heads.0.weight"]
    save_file(weights, copy / "model.safetensors", {"format": "pt"})
    with pytest.raises(EngineError, match=r"copy: lacks 1 weights, as decoder\.lm_heads\.0\.weight; fetch it again"):
        open_and_close(copy)


def open_and_close(folder: Path, *options: str) -> None:
    with added("transformers", folder, *options):
        pass


def test_a_broken_folder_is_one_sentence(tmp_path: Path) -> None:
    folder = tiny_musicgen(tmp_path / "broken")
    facts = json.loads((folder / "config.json").read_text())
    for codec, sentence in (
        (None, "says nothing of its audio_encoder"),
        ({"upsampling_ratios": [8, 0]}, "upsampling_ratios are no whole numbers"),
        ({"sampling_rate": "x"}, "sampling_rate is no whole number"),
    ):
        (folder / "config.json").write_text(json.dumps({**facts, "audio_encoder": codec}))
        with pytest.raises(EngineError, match=rf"refuses: broken/config\.json: {sentence}; fetch it again"):
            open_and_close(folder)
    (folder / "config.json").write_text(json.dumps(facts))
    with pytest.raises(EngineError, match="--speaker: means nothing to broken; leave it out"):
        open_and_close(folder, "--speaker", "1")


def test_a_film_is_scored_by_it(engine: GuestEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Through generate: planned by the score, played by the model, 48 kHz, as long as the film and its handle."""
    monkeypatch.setenv("TALKIES_CONFIG", str(tmp_path / "config.toml"))
    keep(engine.guest)
    write_movie(tmp_path / "film.mp4", 6)
    reel = write_reel(tmp_path / "reel.otio", ["film.mp4"], frames=101, rate=24)
    request = Request(reel, tmp_path / "out.otio", task="music", engine="music=tiny", prompt="lament", takes=2)
    finished = list(render(request, load_engine=lambda *_: engine))[-1]
    assert isinstance(finished, Finished)
    first, second = (read_sound(take.path, mono=False) for take in finished.takes)
    assert first.shape == second.shape == (2, round(125 * 48_000 / 24))
    assert not np.array_equal(first, second)
    assert [take.metadata["seed"] for take in finished.takes] == [0, 1]
    assert {(take.metadata["engine"], take.metadata["licence"]) for take in finished.takes} == {
        ("tiny", "cc-by-nc-4.0")
    }
    assert finished.takes[0].metadata["asked"].startswith("slow sad lament for solo piano, ")
