"""Training windows: shapes, what is kept, sums of sounds, silence elsewhere."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from talkies.core.model.codec import Codec, CodecConfig
from talkies.core.training.material import RECAST, Example, load_examples, save_examples
from talkies.core.training.mixing import CONDITIONS, Mixer, Shares

VOICE = torch.arange(64) / 64


@pytest.fixture(scope="module")
def codec() -> Codec:
    codec = Codec(CodecConfig(width=16, blocks=1)).requires_grad_(False)
    generator = torch.Generator().manual_seed(0)
    codec.latents.fit(torch.randn(4000, 440, generator=generator).cumsum(1) / 10 - 5)
    return codec


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    speech = Example("speech", "anna", torch.ones(1, 60, 128), torch.full((120,), 9), torch.ones(60, 4), voice=VOICE)
    scene = Example(
        "scene",
        "ball",
        torch.full((2, 200, 128), 2.0),
        torch.zeros(400, dtype=torch.long),
        torch.zeros(200, 4),
        sync=torch.ones(200, 36),
        picture=torch.ones(80, 192),
        prompt=torch.tensor([3, 4, 0, 0]),
    )
    return [speech, scene]


def mixer(examples: list[Example], codec: Codec, **shares: Any) -> Mixer:
    chosen = Shares(drop_one=0.0, drop_all=0.0, speakers=(("anna", 1.0),), **shares)
    return Mixer(examples, codec, chosen, np.random.default_rng(0))


def test_speech_windows_hear_speech_where_phonemes_are_and_silence_elsewhere(
    examples: list[Example], codec: Codec
) -> None:
    x_1, conditions, keep = mixer(examples, codec, speech=1.0, scene=0.0).batch(6)
    spoken = (conditions["phones"].unflatten(1, (-1, 2)) == 9).any(-1)
    assert spoken.any() and not spoken.all()
    assert (x_1.transpose(1, 2)[spoken] == 1.0).all()
    torch.testing.assert_close(x_1.transpose(1, 2)[~spoken], codec.silence(1)[:, 0].expand(int((~spoken).sum()), -1))
    assert keep["voice"].all() and keep["lips"].all() and not keep["sync"].any() and not keep["prompt"].any()


def test_scene_windows_say_that_nobody_speaks(examples: list[Example], codec: Codec) -> None:
    x_1, conditions, keep = mixer(examples, codec, speech=0.0, scene=1.0).batch(6)
    assert (x_1 == 2.0).all()
    assert (conditions["phones"] == 0).all() and keep["phones"].all()
    assert (conditions["sync"] == 1).all() and not keep["voice"].any()


def test_mixtures_add_sound_or_take_its_place(examples: list[Example], codec: Codec) -> None:
    x_1, conditions, _ = mixer(examples, codec, speech=0.0, scene=0.0).batch(40)
    added = inserted = 0
    for sound, phones, sync in zip(x_1.transpose(1, 2), conditions["phones"], conditions["sync"], strict=True):
        spoken = (phones.unflatten(0, (-1, 2)) == 9).any(-1)
        assert (sound[~spoken] == 2.0).all()
        if (sync[spoken] == 0).all():
            inserted += 1
            assert (sound[spoken] == 1.0).all()
        else:
            added += 1
            alone = codec.latents.decode(torch.ones(1, 128, int(spoken.sum())))
            louder = codec.latents.decode(sound[spoken].T[None]) - alone
            assert louder.mean() > 0
    assert added > 5 and inserted > 5


def test_conditions_are_dropped_as_often_as_asked(examples: list[Example], codec: Codec) -> None:
    shares = Shares(speech=0.0, scene=1.0, drop_one=0.1, drop_all=0.1, speakers=(("anna", 1.0),))
    drawn = Mixer(examples, codec, shares, np.random.default_rng(1)).batch(2000)[2]
    assert drawn["sync"].float().mean() == pytest.approx(0.81, abs=0.03)
    assert set(drawn) == set(CONDITIONS)


def test_the_same_generator_draws_the_same_batch(examples: list[Example], codec: Codec) -> None:
    one, other = (mixer(examples, codec).batch(4) for _ in range(2))
    assert torch.equal(one[0], other[0])


def test_material_comes_back_from_its_file(examples: list[Example], tmp_path: Path) -> None:
    save_examples(tmp_path / "shard.safetensors", examples)
    again = list(load_examples(tmp_path / "shard.safetensors"))
    assert [(e.kind, e.label) for e in again] == [("speech", "anna"), ("scene", "ball")]
    assert again[1].prompt is not None and again[1].prompt.tolist() == [3, 4, 0, 0]
    assert again[0].sync is None


def test_what_only_a_prompt_tells_keeps_it(examples: list[Example], codec: Codec) -> None:
    """Windows no longer than the scene: a recast scene without its prompt would teach that pictures lie."""
    recast = replace(examples[1], label=RECAST)
    drawn = Mixer([recast], codec, Shares(drop_one=0.0, drop_all=0.0, speech=0.0, scene=1.0), np.random.default_rng(0))
    batches = [drawn.batch(20) for _ in range(10)]
    short = [keep["prompt"] for x_1, _, keep in batches if x_1.shape[-1] <= 200]
    long = [keep["prompt"] for x_1, _, keep in batches if x_1.shape[-1] > 200]
    assert torch.cat(short).float().mean() > 0.85
    assert not torch.cat(long).any()
