"""The decoder against discriminators: what it learns from is what the codec draws, and only it changes."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import save_file

from talkies.core.errors import WeightsError
from talkies.core.model.codec import Codec
from talkies.core.model.weights import load_state, shipped_weights
from talkies.core.training.discriminators import Discriminators, mistaken
from talkies.core.training.started import codec_config
from talkies.core.training.trainers.adversarial import AdversarialRun, AdversarialTraining, drawn, train_adversarially
from talkies.core.training.trainers.codec import take_over

WEIGHTS = shipped_weights("mini.safetensors")
RATE = 48_000


def shipped_codec() -> Codec:
    codec = Codec(codec_config(WEIGHTS))
    take_over(codec, WEIGHTS)
    return codec


def voice(seconds: float) -> np.ndarray:
    """Partials of a pitch that glides, with some breath."""
    time = np.arange(round(seconds * RATE)) / RATE
    phase = 2 * np.pi * (120 * time + 15 * time**2)
    partials = sum(np.sin(number * phase) / number for number in range(1, 30))
    return np.asarray(0.1 * partials + 0.005 * np.random.default_rng(0).standard_normal(len(time)), np.float32)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A corpus of three sentences and an effect, of which the splits by name leave something to learn from."""
    (tmp_path / "speech").mkdir()
    (tmp_path / "foley").mkdir()
    (tmp_path / "video").mkdir()
    rows = ["file|speaker|text|lang|note"]
    for number in range(30):
        rows.append(f"s{number}.wav|kathleen|Hello there number {number}.|en-US|")
        write_wav(tmp_path / "speech" / f"s{number}.wav", voice(1.5))
    (tmp_path / "speech" / "transcripts.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    header = "file|speaker|text|frames|decode_warning\n"
    (tmp_path / "video" / "grid_s1_transcripts.csv").write_text(header, encoding="utf-8")
    effects = ["file|tags|kind|onset_s"]
    for number in range(40):
        effects.append(f"e{number}.wav|wood|impact|0.1")
        write_wav(tmp_path / "foley" / f"e{number}.wav", voice(1.2))
    (tmp_path / "foley" / "tags.csv").write_text("\n".join(effects) + "\n", encoding="utf-8")
    with torch.no_grad():
        latents = shipped_codec().encode(torch.from_numpy(voice(2.0))[None])[0]
    save_file({"0": latents.contiguous(), "1": latents[:, :9].contiguous()}, tmp_path / "spoken.safetensors")
    return tmp_path


def write_wav(path: Path, sound: np.ndarray) -> None:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())


def plan_for(data: Path, **options: object) -> AdversarialTraining:
    places = {"data": data, "cache": data / "pcm", "out": data / "run", "latents": data / "spoken.safetensors"}
    return AdversarialTraining(**places, start=WEIGHTS, recorded=1, spoken=1, **options)  # type: ignore[arg-type]


def test_what_is_learned_from_is_what_the_codec_draws() -> None:
    codec = shipped_codec()
    with torch.no_grad():
        latents = codec.encode(torch.from_numpy(voice(2.0))[None])
        bands = codec.latents.decode(latents)
        ours = drawn(codec, bands, codec.decoder(bands, codec.bands.spread(bands)), [7])[0]
        theirs = torch.cat(list(codec.decode(latents[0], 7)))
    middle = slice(RATE // 2, -RATE // 2)
    assert float((ours - theirs)[middle].abs().max()) < 0.01 * float(theirs.abs().max())


@pytest.mark.slow
def test_discriminators_learn_to_tell_a_voice_from_a_hiss() -> None:
    torch.manual_seed(0)
    judges, hiss = Discriminators(width=6), torch.randn(2, RATE // 4) * 0.05
    voices = torch.from_numpy(np.stack([voice(0.25), 0.5 * voice(0.25)]))
    optimizer = torch.optim.AdamW(judges.parameters(), 1e-2)
    losses = []
    for _ in range(40):
        loss = mistaken(judges(voices), judges(hiss))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[0] == pytest.approx(2, abs=0.5) and losses[-1] < 0.5


@pytest.mark.slow
def test_the_decoder_changes_and_the_latents_do_not(data: Path) -> None:
    figures = list(train_adversarially(plan_for(data, steps=20, alone=18)))
    assert figures[-1].keys() == {"step", "opponent", "likelihood", "deceit", "likeness"}
    state = torch.load(data / "run" / "state.pt", weights_only=True)["average"]["module"]
    before = {name.removeprefix("codec."): each.float() for name, each in load_state(WEIGHTS).items()}
    same = {name for name in state if torch.equal(state[name].float(), before[name])}
    assert {name for name in state if name.startswith("latents.")} <= same
    assert not {name for name in state if name.startswith("decoder.blocks.")} <= same
    again = AdversarialRun(plan_for(data, steps=20, alone=18))
    assert again.step == 20 and list(train_adversarially(plan_for(data, steps=20, alone=18))) == []


def test_without_anything_spoken_it_is_one_sentence(data: Path) -> None:
    save_file({"00000": torch.zeros(128, 4)}, data / "spoken.safetensors")
    with pytest.raises(WeightsError, match="spoken nothing to learn from"):
        AdversarialRun(plan_for(data))
