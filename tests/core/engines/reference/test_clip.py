"""Picture features by a tiny random CLIP, through the same loading as a real one."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from films import write_movie

from talkies.core.engines.reference.clip import ClipEye, pictures_at
from talkies.core.errors import MissingExtraError, WeightsError
from talkies.core.segment import Segment
from talkies.core.timeline import read_timeline
from talkies.core.times import TimeRange

WIDTH = 24
VISION = {
    "hidden_size": WIDTH, "intermediate_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2,
    "image_size": 32, "patch_size": 16, "projection_dim": 8,
}  # fmt: skip
TEXT = {
    "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 1, "num_attention_heads": 2, "vocab_size": 40,
    "projection_dim": 8, "bos_token_id": 1, "eos_token_id": 2,
}  # fmt: skip


@pytest.fixture
def transformers() -> Any:
    return pytest.importorskip("transformers", reason="the extra [vssflow] is not installed")


@pytest.fixture
def shot(tmp_path: Path) -> Segment:
    [segment] = read_timeline(write_movie(tmp_path / "film.mp4", 2, flashes=(0.61, 1.41))).segments
    return segment


def whole_model(transformers: Any, folder: Path) -> Any:
    torch.manual_seed(0)
    config = transformers.CLIPConfig(vision_config=VISION, text_config=TEXT, projection_dim=8)
    model = transformers.CLIPModel(config).eval()
    model.save_pretrained(folder)
    return model


def test_a_feature_is_the_class_token_before_the_last_normalisation(
    transformers: Any, shot: Segment, tmp_path: Path
) -> None:
    """The picture squeezed by another program, the token taken from the model that was saved."""
    images = pytest.importorskip("PIL.Image")
    model = whole_model(transformers, tmp_path / "clip")
    seen = ClipEye(tmp_path / "clip", WIDTH, "cpu").look(shot, shot.record)
    image = np.asarray(images.fromarray(next(iter(pictures_at(shot, shot.record)))).resize((32, 32), images.BICUBIC))
    mean, deviation = [0.48145466, 0.4578275, 0.40821073], [0.26862954, 0.26130258, 0.27577711]
    pixels = torch.tensor((image / 255 - mean) / deviation, dtype=torch.float32).permute(2, 0, 1)[None]
    with torch.no_grad():
        tower = model.vision_model(pixel_values=pixels)
    assert seen.shape == (20, WIDTH)
    torch.testing.assert_close(seen[:1], tower.last_hidden_state[:, 0], atol=2e-2, rtol=0)
    assert (seen[:1] - tower.pooler_output).abs().max() > 0.1


def test_ten_times_a_second_what_shows_then_is_seen(shot: Segment) -> None:
    """The square jumps at 0.64 s (frame 16) and 1.44 s (frame 36)."""
    left = [int(np.argmax(image[image.shape[0] // 2] > 180)) // 3 for image in pictures_at(shot, shot.record)]
    assert (np.flatnonzero(np.diff(left)) + 1).tolist() == [7, 15]
    part = TimeRange(Fraction(2, 5), Fraction(7, 5))
    assert [int(np.argmax(image[image.shape[0] // 2] > 180)) // 3 for image in pictures_at(shot, part)] == left[4:14]


def test_all_that_transformers_saves_is_read_in_silence(
    transformers: Any, shot: Segment, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    config = transformers.CLIPVisionConfig(**VISION)
    transformers.CLIPVisionModelWithProjection(config).save_pretrained(tmp_path / "projection")
    transformers.CLIPVisionModel(config).save_pretrained(tmp_path / "vision")
    whole_model(transformers, tmp_path / "whole")
    capfd.readouterr()
    for name in ("projection", "vision", "whole"):
        assert ClipEye(tmp_path / name, WIDTH, "cpu").look(shot, shot.record).isfinite().all()
    assert capfd.readouterr() == ("", "")


def test_what_is_no_clip_is_one_sentence(transformers: Any, shot: Segment, tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match=r"clip: does not exist; put CLIP ViT-B/16 there"):
        ClipEye(tmp_path / "clip", WIDTH, "cpu").look(shot, shot.record)
    whole_model(transformers, tmp_path / "clip")
    with pytest.raises(WeightsError, match=r"gives 24 numbers a picture where the checkpoint wants 768"):
        ClipEye(tmp_path / "clip", 768, "cpu").look(shot, shot.record)
    (tmp_path / "clip" / "model.safetensors").write_bytes(b"damaged")
    with pytest.raises(WeightsError, match=r"clip: cannot be loaded"):
        ClipEye(tmp_path / "clip", WIDTH, "cpu").look(shot, shot.record)


def test_a_tower_that_lacks_something_is_not_filled_with_chance(
    transformers: Any, shot: Segment, tmp_path: Path
) -> None:
    from safetensors.torch import load_file, save_file

    whole_model(transformers, tmp_path / "clip")
    path = tmp_path / "clip" / "model.safetensors"
    state = {name: tensor for name, tensor in load_file(path).items() if "vision_model.pre_layrnorm" not in name}
    save_file(state, path, metadata={"format": "pt"})
    with pytest.raises(WeightsError, match=r"clip: lacks .*pre_layrnorm.bias; it belongs to another model"):
        ClipEye(tmp_path / "clip", WIDTH, "cpu").look(shot, shot.record)


def test_without_transformers_the_cure_is_a_command(
    shot: Segment, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "transformers", None)
    with pytest.raises(MissingExtraError, match=r'pip install "talkies\[vssflow\]"'):
        ClipEye(tmp_path, WIDTH, "cpu").look(shot, shot.record)
