"""The shipped engine, with the shipped weights: exact lengths, seeds, silence, seams, refusals."""

import json
import resource
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from talkies.core.conditioning.picture.visual import PictureFeatures, picture_features
from talkies.core.engines.base import Brief, Line, load_engine
from talkies.core.engines.mini import MiniEngine
from talkies.core.engines.mini_prepared import MiniPrepared
from talkies.core.errors import MediaError, WeightsError
from talkies.core.flow.windows import WINDOW_FRAMES, cover, seeded_noise
from talkies.core.media.picture import Frame
from talkies.core.model.sampling import Settings, sample
from talkies.core.model.weights import shipped_weights
from talkies.core.scenes import render_scene
from talkies.core.times import TimeRange

pytestmark = pytest.mark.slow  # the shipped network

RATE = 48_000


@pytest.fixture(scope="module")
def engine() -> MiniEngine:
    engine = load_engine("mini")
    assert isinstance(engine, MiniEngine)
    return engine


def sound_of(engine: MiniEngine, prepared: MiniPrepared, seed: int = 0, steps: int = 2) -> np.ndarray:
    blocks = engine.generate(prepared, seed=seed, steps=steps, guidance=2.0, on_step=lambda share: None)
    return np.concatenate(list(blocks))


def moving(duration: Fraction, seed: int = 0) -> PictureFeatures:
    """A picture in which something moves without end."""
    still = PictureFeatures.nothing(duration)
    rng = np.random.default_rng(seed)
    return PictureFeatures(rng.random(still.sync.shape, np.float32) * 0.3, still.picture, still.lips)


def line(start: float, end: float, text: str = "The door was open.", language: str = "en-US") -> Line:
    return Line(TimeRange(Fraction(start), Fraction(end)), text, language=language)


def speaking(duration: Fraction, *lines: Line, voice: str = "") -> Brief:
    return Brief("dialogue", duration, lines=lines, voice=voice)


def test_takes_are_long_enough_for_any_duration(engine: MiniEngine) -> None:
    duration = Fraction(1001, 24000) * 61
    prepared = engine.prepare(speaking(duration, line(0, 2)))
    assert len(sound_of(engine, prepared)) >= round(duration * RATE)


def test_a_seed_repeats_and_another_does_not(engine: MiniEngine) -> None:
    prepared = engine.prepare(speaking(Fraction(2), line(0, 2), voice="kathleen"))
    first = sound_of(engine, prepared, seed=4)
    assert np.array_equal(first, sound_of(engine, prepared, seed=4))
    assert not np.array_equal(first, sound_of(engine, prepared, seed=5))


def test_nothing_moves_so_nothing_sounds(engine: MiniEngine) -> None:
    prepared = engine.prepare(Brief("foley", Fraction(12), PictureFeatures.nothing(Fraction(12))))
    assert prepared.silent
    assert not sound_of(engine, prepared).any()


def test_no_words_so_no_voice(engine: MiniEngine) -> None:
    prepared = engine.prepare(speaking(Fraction(3), line(0, 2, "...")))
    assert prepared.silent and not sound_of(engine, prepared).any()


def test_speech_is_louder_inside_its_cue_than_outside(engine: MiniEngine) -> None:
    prepared = engine.prepare(
        speaking(Fraction(6), line(2, 4, "She had your dark suit in greasy wash water."), voice="kathleen")
    )
    sound = sound_of(engine, prepared, steps=8)
    inside, outside = sound[2 * RATE : 4 * RATE], np.concatenate((sound[: RATE * 3 // 2], sound[RATE * 9 // 2 :]))
    assert np.sqrt(np.square(inside).mean()) > 10 * np.sqrt(np.square(outside).mean())


def test_foley_without_a_picture_is_refused(engine: MiniEngine) -> None:
    with pytest.raises(MediaError, match="needs a picture"):
        engine.prepare(Brief("foley", Fraction(2)))


def test_unknown_words_and_foreign_lines_are_said(engine: MiniEngine) -> None:
    prepared = engine.prepare(Brief("foley", Fraction(2), moving(Fraction(2)), prompt="footsteps zzyzx"))
    assert any("zzyzx" in warning for warning in prepared.warnings)
    prepared = engine.prepare(speaking(Fraction(2), line(0, 2, "Bonjour madame", "fr-FR")))
    assert any("fr-FR" in warning for warning in prepared.warnings)


def test_progress_ends_at_one_and_stopping_stops(engine: MiniEngine) -> None:
    prepared = engine.prepare(speaking(Fraction(2), line(0, 2)))
    shares: list[float] = []
    list(engine.generate(prepared, seed=0, steps=3, guidance=2.0, on_step=shares.append))
    assert shares == sorted(shares) and shares[-1] == 1.0

    def stop(share: float) -> None:
        raise InterruptedError

    with pytest.raises(InterruptedError):
        list(engine.generate(prepared, seed=0, steps=3, guidance=2.0, on_step=stop))


def test_what_nobody_says_costs_nothing(engine: MiniEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two lines in five minutes: no more is made than these and the second around them."""
    prepared = engine.prepare(speaking(Fraction(300), line(60, 63), line(200, 203)))
    made: list[int] = []
    velocity = engine.model.flow.prepared_velocity

    def counted(x: torch.Tensor, *given: Any) -> torch.Tensor:
        made.append(x.shape[0] * x.shape[-1])
        return velocity(x, *given)

    monkeypatch.setattr(engine.model.flow, "prepared_velocity", counted)
    sound = np.concatenate(list(engine.generate(prepared, seed=0, steps=1, guidance=1.0, on_step=lambda share: None)))
    assert sum(made) <= 2 * 5 * 25
    assert len(sound) >= 300 * 48_000
    for start, end in ((60, 63), (200, 203)):
        assert np.abs(sound[start * 48_000 : end * 48_000]).max() > 0.01
    for start, end in ((0, 58), (66, 198), (206, 300)):
        assert not sound[start * 48_000 : end * 48_000].any()


def test_windows_leave_no_seam(engine: MiniEngine) -> None:
    """The same reel denoised as one window is what it is held against: the content is common to both, and what lies
    between them (what the windows do not see of each other) must not jump where a window begins or ends."""
    frames, latents = 500, []
    duration = Fraction(frames, 25)
    conditions = engine.prepare(Brief("foley", duration, moving(duration))).conditions
    assert conditions is not None
    for window in (WINDOW_FRAMES, frames):
        noise = seeded_noise(3, engine.model.flow.config.latent_channels, frames)
        settings = Settings(steps=4, guidance=2.0, window=window, half=False)
        latents.append(sample(engine.model.flow, conditions, noise, settings))
    jumps = (latents[0] - latents[1]).diff(dim=1).norm(dim=0).numpy()
    borders = sorted({edge for each in cover(frames) for edge in (each.start, each.stop)} - {0, frames})
    assert borders == [125, 250, 375]
    elsewhere = np.delete(jumps, [border + near for border in borders for near in range(-4, 3)])
    assert max(jumps[border - 1] for border in borders) < np.percentile(elsewhere, 99)


def test_weights_of_the_wrong_shape_are_refused(tmp_path: Path) -> None:
    state = load_file(shipped_weights("mini.safetensors"))
    from safetensors import safe_open

    with safe_open(shipped_weights("mini.safetensors"), framework="pt") as file:
        notes = dict(file.metadata())
    state["flow.phone_embedding.weight"] = torch.zeros(3, 3)
    bad = tmp_path / "bad.safetensors"
    save_file(state, bad, metadata=notes)
    with pytest.raises(WeightsError, match=r"bad\.safetensors.*phone_embedding"):
        MiniEngine.load(bad, "cpu")
    notes["flow"] = json.dumps({"width": 3})
    save_file(state, bad, metadata=notes)
    with pytest.raises(WeightsError, match=r"bad\.safetensors"):
        MiniEngine.load(bad, "cpu")


@pytest.mark.parametrize(
    ("part", "claim"),
    [
        ("codec", {"width": 10**9}),
        ("codec", {"width": 10**6}),
        ("codec", {"blocks": 10**9}),
        ("codec", {"latent_channels": "128"}),
        ("flow", {"num_layers": 10**9}),
        ("flow", {"ff_mult": 10**6, "lip_feat_dim": 10**6}),
        ("flow", {"phone_vocabulary": 10**30}),
    ],
)
def test_sizes_that_the_tensors_do_not_have_take_no_memory(tmp_path: Path, part: str, claim: dict[str, Any]) -> None:
    state = load_file(shipped_weights("mini.safetensors"))
    with safe_open(shipped_weights("mini.safetensors"), framework="pt") as file:
        notes = dict(file.metadata())
    notes[part] = json.dumps({**json.loads(notes[part]), **claim})
    bad = tmp_path / "bad.safetensors"
    save_file(state, bad, metadata=notes)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(WeightsError, match=r"bad\.safetensors"):
        MiniEngine.load(bad, "cpu")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 1 << 20  # KiB


def test_a_file_that_is_no_checkpoint_is_refused(tmp_path: Path) -> None:
    (tmp_path / "noise.safetensors").write_bytes(b"\x00" * 100)
    with pytest.raises(WeightsError, match=r"noise\.safetensors"):
        MiniEngine.load(tmp_path / "noise.safetensors", "cpu")


def test_hits_sound_where_something_strikes_and_rain_anywhere(engine: MiniEngine) -> None:
    scene = render_scene(1_000_500, Fraction(8), kind="hammering", clean=True)
    frames = (Frame(number / scene.rate, image) for number, image in enumerate(scene.frames()))
    features = picture_features(frames, Fraction(8), mouth=False)
    plain, hits, rain = (
        engine.prepare(Brief("foley", Fraction(8), features, prompt=words)) for words in ("", "wood impact", "rain")
    )
    first = int(scene.events[0].time * 25)
    assert plain.audible is not None and hits.audible is not None
    assert plain.audible[first] == 1
    assert torch.equal(hits.audible, plain.audible)
    assert rain.audible is None


@pytest.mark.parametrize(
    "palette",
    [
        '{"strokes": [["thunder"]], "stroke_frames": [1000000000000], "textures": []}',
        '{"strokes": [["thunder"]], "stroke_frames": [-5], "textures": []}',
        '{"strokes": 3, "stroke_frames": 4, "textures": 5}',
        "nonsense",
    ],
)
def test_a_palette_that_is_not_the_weights_own_is_refused(tmp_path: Path, palette: str) -> None:
    path = shipped_weights("mini.safetensors")
    with safe_open(path, framework="pt") as file:
        metadata = file.metadata() | {"palette": palette}
    save_file(load_file(path), tmp_path / "other.safetensors", metadata=metadata)
    with pytest.raises(WeightsError, match=r"other\.safetensors.*configuration"):
        MiniEngine.load(tmp_path / "other.safetensors", "cpu")


# Prompts


def hammering() -> PictureFeatures:
    scene = render_scene(31, Fraction(6), kind="hammering", clean=True)
    frames = (Frame(number / scene.rate, image) for number, image in enumerate(scene.frames()))
    return picture_features(frames, Fraction(6), mouth=False)


def centre_hz(sound: np.ndarray) -> float:
    """Where the middle of the sound's power lies."""
    power = np.square(np.abs(np.fft.rfft(sound)))
    return float((power * np.fft.rfftfreq(len(sound), 1 / RATE)).sum() / power.sum())


def test_words_decide_what_the_same_picture_sounds_like(engine: MiniEngine) -> None:
    seen = hammering()
    heard = {
        words: sound_of(
            engine, engine.prepare(Brief("foley", Fraction(6), seen, prompt=words, source="network")), steps=8
        )
        for words in ("thunder", "glass break", "rain")
    }
    assert centre_hz(heard["thunder"]) < 600
    assert centre_hz(heard["glass break"]) > 2500
    seconds = np.square(heard["rain"][: 6 * RATE]).reshape(12, -1).mean(1)
    assert seconds.max() < 30 * seconds.min(), "rain goes on, whatever strikes"


def drawn(engine: MiniEngine, prepared: MiniPrepared) -> np.ndarray:
    sketch = engine.sketch(prepared, prepared.conditions, 0)
    assert sketch is not None
    return np.asarray(sketch.drawn)


def test_beside_speech_nothing_is_drawn(engine: MiniEngine) -> None:
    seen, said = hammering(), line(1, 3, "She had your dark suit in greasy wash water.")
    both = replace(speaking(Fraction(6), said, voice="kathleen"), task="joint", features=seen, prompt="thunder")
    beside, alone = (
        drawn(engine, engine.prepare(both)),
        drawn(engine, engine.prepare(Brief("foley", Fraction(6), seen, prompt="thunder"))),
    )
    assert not beside[30:70].any(), "from the first word to the last, pauses between them too"
    assert beside[90:].any(), "what strikes after the line"
    assert alone.all(), "an effects stem is drawn throughout"
    assert engine.prepare(replace(both, prompt="")).named is None


def test_a_prompt_for_two_hits_says_which_is_heard(engine: MiniEngine) -> None:
    said = engine.prepare(Brief("foley", Fraction(6), hammering(), prompt="footsteps, door closes")).warnings
    assert len(said) == 1
    assert "door close is laid" in said[0]
    assert "footsteps is not" in said[0]
    assert not engine.prepare(Brief("foley", Fraction(6), hammering(), prompt="dog barks in the rain")).warnings
