"""What the palette learns from recordings that are made up here."""

from __future__ import annotations

import itertools
import wave
from pathlib import Path

import numpy as np
import pytest
import torch

from talkies.core.conditioning.prompt.palette import STROKE_LEAD
from talkies.core.corpus.effects import EffectLibrary
from talkies.core.model.codec import Codec, CodecConfig
from talkies.core.training.palette_fitting import alike, fit_palette, texture

RATE = 48_000


def test_nobody_is_alone_and_likes_come_together() -> None:
    rng = np.random.default_rng(0)
    middles = np.repeat(np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0]]), [4, 4, 3], axis=0)
    rows = np.vstack([middles + rng.normal(0, 0.1, middles.shape), [[30.0, 0.0]]])
    groups = alike(rows)
    assert sorted(itertools.chain(*groups)) == list(range(12)), "each in one group"
    assert all(len(group) >= 2 for group in groups)
    kinds = [{0 if n < 4 else 1 if n < 8 else 2 for n in group if n < 11} for group in groups]
    assert all(len(kind) == 1 for kind in kinds), "no group mixes kinds"
    assert 11 in next(group for group in groups if {4, 5, 6, 7} & set(group)), "the lone one joins the nearest"


@pytest.mark.parametrize("count", [2, 3])
def test_a_few_make_one_group(count: int) -> None:
    assert alike(np.zeros((count, 5))) == [list(range(count))]


def test_a_texture_is_its_mean_its_spread_and_its_slowness() -> None:
    generator = torch.Generator().manual_seed(0)
    steps = torch.randn(6, 20_000, generator=generator)
    wander = torch.zeros(6, 20_000)
    slow, wide = torch.tensor([0.9, 0.5, 0.0, 0.0, 0.0, 0.0]), torch.tensor([3.0, 2.0, 0.3, 0.3, 0.3, 0.3])
    for n in range(1, 20_000):
        wander[:, n] = slow * wander[:, n - 1] + (1 - slow**2).sqrt() * steps[:, n]
    mean, axes, spreads, slowness = texture(wander * wide[:, None] + torch.arange(6.0)[:, None])
    torch.testing.assert_close(mean, torch.arange(6.0), atol=0.3, rtol=0)  # 3 of its deviations
    torch.testing.assert_close(axes[:, :2].abs(), torch.eye(6)[:, :2], atol=0.05, rtol=0)
    torch.testing.assert_close(spreads[:2], wide[:2], atol=0.15, rtol=0)
    torch.testing.assert_close(slowness[:2], slow[:2], atol=0.03, rtol=0)


@pytest.fixture
def library(tmp_path: Path) -> EffectLibrary:
    """Three wooden blows after a rustle, a single step, two rains: one wanders, one does not."""
    rng = np.random.default_rng(0)
    rows = ["file|tags|kind|onset_s"]
    for name, onset_s in (("knock_1", 0.08), ("knock_2", 0.02), ("knock_3", 0.2), ("step_1", 0.1)):
        sound = rng.normal(0, 0.001, RATE // 2)
        start = round(onset_s * RATE)
        sound[start:] += (
            0.25 * rng.normal(size=len(sound) - start) * np.exp(-np.arange(len(sound) - start) / RATE / 0.05)
        )
        rows.append(f"{name}.wav|{'footsteps' if name == 'step_1' else 'impact wood'}|oneshot|{onset_s}")
        write(tmp_path / f"{name}.wav", sound)
    for name in ("rain_1", "rain_2"):
        write(tmp_path / f"{name}.wav", rng.normal(0, 0.05, 2 * RATE))
        rows.append(f"{name}.wav|rain ambience|ambience_loop|0.0")
    (tmp_path / "tags.csv").write_text("\n".join(rows) + "\n")
    return EffectLibrary(tmp_path)


def write(path: Path, sound: np.ndarray) -> None:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes((np.clip(sound, -1, 1) * 32767).astype("<i2").tobytes())


def test_typical_strokes_begin_where_the_palette_expects_them(library: EffectLibrary) -> None:
    codec = Codec(CodecConfig(width=32, blocks=1)).eval().requires_grad_(False)
    heard = torch.cat([torch.from_numpy(library.sound(recording)) for recording in library.recordings])
    codec.latents.fit(codec.latents.stack(codec.bands(heard[None]))[0])
    palette = fit_palette(codec, library)
    assert palette.names.strokes == (("impact", "wood"),), "one step alone is nobody's average"
    assert palette.names.textures == (("rain", "ambience"),)
    levels = codec.latents.decode(palette.strokes.T[None])[0].mean(0)
    assert abs(int(levels.diff().argmax()) + 1 - STROKE_LEAD) <= 1
    assert levels[STROKE_LEAD + 1] > levels[: STROKE_LEAD - 2].max() + 3
    drawn = palette.sketch(codec, ("rain",), (), torch.zeros(200, 4), seed=0)
    assert drawn is not None
    rain = codec.latents.decode(drawn.latents[None])[0].mean(0)
    true = codec.bands(torch.from_numpy(library.sound(library.recordings[-1]))[None])[0].mean(0)
    assert float(rain.mean()) == pytest.approx(float(true.mean()), abs=0.3)
