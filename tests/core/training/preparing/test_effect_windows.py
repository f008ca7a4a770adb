"""Windows of named sounds: their words, their times, and what a spotter would have said."""

from __future__ import annotations

import wave
from collections import Counter

import numpy as np
import pytest
import torch

from talkies.core.conditioning.picture.visual import PictureFeatures
from talkies.core.conditioning.prompt.vocabulary import PROMPT_TOKENS, known_words
from talkies.core.corpus.effects import EffectLibrary
from talkies.core.model.codec import Codec, CodecConfig
from talkies.core.scenes import Event, exact_time
from talkies.core.training.material import EFFECT_WINDOW, RECAST
from talkies.core.training.preparing.effect_windows import (
    Casting,
    SoundClass,
    effect_examples,
    prompted_words,
    recast_example,
    rhythm,
    sound_classes,
    spotted,
    staged_scene,
    stretches,
)
from talkies.core.training.preparing.speech_and_scenes import SCENE_SECONDS

RATE = 48_000


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> EffectLibrary:
    """Nine blows on wood, one on glass, and rain: tones of 500, 4000 and 1000 Hz, so that one hears which it is."""
    folder = tmp_path_factory.mktemp("foley")
    rows = ["file|tags|licence|source|author|kind|dur_s|onset_s|peak|rms_db|bw999_hz|orig_sr|orig_ch|repo|flag"]
    time = np.arange(RATE // 2) / RATE
    for name, tags, kind, hertz in [
        *((f"wood_{n}", "impact wood", "oneshot", 500) for n in range(9)),
        ("pane_1", "break glass", "oneshot", 4000),
        ("rain", "rain ambience", "ambience_loop", 1000),
    ]:
        sound = 0.5 * np.sin(2 * np.pi * hertz * time) * (1 if kind != "oneshot" else np.exp(-time / 0.05))
        with wave.open(str(folder / f"{name}.wav"), "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            file.writeframes((sound * 32767).astype("<i2").tobytes())
        rows.append(f"{name}.wav|{tags}|CC0 1.0|||{kind}|1|0.0||||48000|1||")
    (folder / "tags.csv").write_text("\n".join(rows) + "\n")
    return EffectLibrary(folder)


@pytest.fixture(scope="module")
def codec() -> Codec:
    codec = Codec(CodecConfig(width=16, blocks=1)).requires_grad_(False)
    generator = torch.Generator().manual_seed(0)
    codec.latents.fit(torch.randn(4000, 440, generator=generator).cumsum(1) / 10 - 5)
    return codec


def loudest_hertz(sound: np.ndarray) -> float:
    return float(np.abs(np.fft.rfft(sound)).argmax() * RATE / len(sound))


def test_a_class_is_a_combination_of_words(library: EffectLibrary) -> None:
    found = {(c.tags, c.sustained): len(c.recordings) for c in sound_classes(library)}
    assert found == {(("break", "glass"), False): 1, (("impact", "wood"), False): 9, (("rain", "ambience"), True): 1}


def test_classes_are_drawn_by_word_and_not_by_how_many_recordings_there_are(library: EffectLibrary) -> None:
    casting = Casting(library, np.random.default_rng(0))
    drawn = Counter(casting.draw().tags for _ in range(600))
    # words weigh 4, 4 (wood), 1, 1 (glass), 1 (rain): 8, 2 and 1 elevenths
    assert drawn["impact", "wood"] / 600 == pytest.approx(8 / 11, abs=0.06)
    assert drawn["rain", "ambience"] / 600 == pytest.approx(1 / 11, abs=0.04)
    assert {casting.draw(sustained=True).tags for _ in range(5)} == {("rain", "ambience")}


def test_only_the_drawn_class_sounds(library: EffectLibrary) -> None:
    casting = Casting(library, np.random.default_rng(0))
    by_word = {c.tags[-1]: c for c in casting.classes}
    event = Event(exact_time(1.0), "", "", 1.0, 0.0, ("break", "glass"))
    assert loudest_hertz(casting.sound([event], [by_word["glass"]])) == pytest.approx(4000, abs=20)
    assert len(library.recordings) == 11


def test_prompts_are_the_tags_or_some_of_them() -> None:
    rng = np.random.default_rng(0)
    rain, engine = SoundClass(("rain", "ambience"), True, ()), SoundClass(("machine", "vehicle", "engine"), True, ())
    said = [prompted_words([rain, engine], rng) for _ in range(200)]
    assert all(len(words) <= PROMPT_TOKENS and "rain" in words for words in said)
    assert all(set(words) & set(engine.tags) for words in said)
    assert {len(words) for words in said} == {2, 3, 4}
    assert ["ambience"] not in [prompted_words([rain], rng) for _ in range(100)]


@pytest.mark.parametrize("seed", range(20))
def test_rhythms_stay_in_the_window_and_long_strokes_come_seldom(seed: int) -> None:
    for stroke_s in (0.2, 4.0):
        hits = rhythm(stroke_s, np.random.default_rng(seed))
        times = [time for time, _ in hits]
        assert 1 <= len(hits) <= 12 and min(times) >= 0 and max(times) < 8
        assert all(0 < force <= 1 for _, force in hits)
        assert (np.diff(times) >= max(stroke_s / 2, 0.12) - 1e-9).all()


@pytest.mark.parametrize("seed", range(20))
def test_stretches_lie_one_after_another_inside_the_window(seed: int) -> None:
    edges = [edge for start, length in stretches(np.random.default_rng(seed)) for edge in (start, start + length)]
    assert edges == sorted(edges) and edges[0] >= 0 and edges[-1] <= 8


def test_the_spotter_peaks_where_things_begin_and_is_sure_of_what_goes_on() -> None:
    events = [Event(exact_time(2.01), "", "", 0.8, 0.0, ()), Event(exact_time(5.0), "", "", 0.5, 2.0, ())]
    columns = torch.stack([spotted(events, 200, np.random.default_rng(seed)) for seed in range(200)])
    onset, going, force = columns[..., :2].flatten(1).mean(0), columns[..., 2].mean(0), columns[..., 3].mean(0)
    near_first = onset[94:108]
    assert 94 + int(near_first.argmax()) == 100  # 2.01 s lies in the half frame from 2.00 to 2.02 s
    assert 0.5 < near_first.max() < 0.9 and onset[:90].max() < 0.05
    assert going[:120].max() == 0 and going[130:170].min() > 0.9 and going[180:].max() == 0
    assert force[50] > force[125] + 0.1


def test_effect_windows_are_blank_pictures_with_events(library: EffectLibrary, codec: Codec) -> None:
    first, second = effect_examples(codec, library, seed=3, count=2)
    again = next(effect_examples(codec, library, seed=3, count=1))
    assert (first.kind, first.label) == ("scene", EFFECT_WINDOW)
    assert first.latents.shape == (2, 200, 128) and first.latents.dtype == torch.half
    assert first.sync is not None and first.picture is not None and first.prompt is not None
    assert first.sync.shape == (200, 36) and first.picture.shape == (80, 192) and first.prompt.shape == (PROMPT_TOKENS,)
    assert not first.sync[:, :32].any() and first.sync[:, 32:].any() and not first.picture.any()
    words = {known_words()[number - 1] for number in first.prompt.tolist() if number}
    assert words and words <= {"impact", "wood", "break", "glass", "rain", "ambience"}
    assert torch.equal(first.latents, again.latents) and not torch.equal(first.latents, second.latents)


def test_a_recast_scene_keeps_its_picture_and_sounds_as_something_else(library: EffectLibrary, codec: Codec) -> None:
    scene = next(s for s in map(staged_scene, range(30)) if s.events and not any(e.sustain for e in s.events))
    features = PictureFeatures.nothing(SCENE_SECONDS)
    features.sync[:, 25] = 0.5
    example = recast_example(codec, library, scene, features)
    assert example is not None and example.label == RECAST
    assert example.sync is not None and example.sync.shape == (200, 32) and (example.sync[:, 25] == 0.5).all()
    still = next(s for s in map(staged_scene, range(200)) if not s.events)
    assert recast_example(codec, library, still, features) is None
