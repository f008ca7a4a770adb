"""What the lip network learns from: targets laid by hand, disturbed pictures, and a run that learns and resumes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from talkies.core.conditioning.speech.lipreading import LipNetwork
from talkies.core.conditioning.speech.phonemes import PAUSE, vocabulary
from talkies.core.conditioning.speech.visemes import REST, VISEMES, visemes_of
from talkies.core.training.trainers.lips import Clip, LipTraining, clip_of, disturbed, said, train_lips, usual_shares

B, EE = vocabulary()["b"], vocabulary()["ˈiː"]


def face(open_mouth: bool) -> np.ndarray:
    """(24, 32): a grey face with a line or a hole for a mouth."""
    picture = np.full((24, 32), 150, np.uint8)
    picture[8 if open_mouth else 12 : 17 if open_mouth else 13, 8:24] = 20
    return picture


def movie(pictures: int, rng: np.random.Generator) -> Clip:
    """A mouth that opens and closes: closed lips say b, open ones ee."""
    is_open = np.repeat(rng.random(pictures // 4 + 1) < 0.5, 4)[:pictures]
    spans = [(EE if wide else B, k / 25, (k + 1) / 25) for k, wide in enumerate(is_open)]
    return clip_of(np.stack([face(bool(wide)) for wide in is_open]), spans, 0.0, pictures / 25)


def test_what_is_said_every_20_ms() -> None:
    spans = [(B, 0.02, 0.1), (EE, 0.1, 0.14), (PAUSE, 0.14, 0.18), (B, 0.18, 0.3)]
    b, ee = visemes_of([B, EE])
    wanted = [REST, REST, b, b, b, ee, ee, REST, REST, b, b, REST]
    assert said(spans, first_s=0.04, last_s=0.22, pictures=6).tolist() == wanted


def test_shares_of_time_sum_to_one_and_none_is_nothing() -> None:
    clips = [movie(40, np.random.default_rng(0))]
    shares = usual_shares(clips)
    assert shares.shape == (VISEMES,) and torch.isclose(shares.sum(), torch.tensor(1.0))
    assert shares.min() > 0
    assert set(shares.topk(2).indices.tolist()) == set(visemes_of([B, EE]).tolist())


def test_disturbed_pictures_still_show_the_mouth() -> None:
    mouths = torch.from_numpy(np.stack([face(True)] * 6 + [face(False)] * 6))[None].repeat(4, 1, 1, 1)
    other = disturbed(mouths, np.random.default_rng(0))
    assert other.shape == mouths.shape and bool(other.isfinite().all())
    assert not torch.allclose(other[0], other[1], atol=5)
    dark = (other < other.flatten(2).median(2).values[..., None, None] * 0.6).float().mean((2, 3))
    assert bool((dark[:, :6].mean(1) > 2 * dark[:, 6:].mean(1)).all())


def test_a_run_learns_to_tell_open_from_closed_and_resumes(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    clips = [movie(40, rng) for _ in range(6)]
    plan = LipTraining(tmp_path, steps=50, batch=4, pictures=20, peak_rate=1e-2)
    losses = [figures["loss"] for figures in train_lips(plan, clips)]
    assert losses[-1] < 0.5 < np.log(VISEMES)
    assert list(train_lips(plan, clips)) == []
    state = torch.load(tmp_path / "state.pt", weights_only=True)
    model = LipNetwork()
    model.load_state_dict(state["average"]["module"])
    assert torch.allclose(model.usual, usual_shares(clips))
    mouths, wanted = movie(40, rng)
    found = model.eval().evidence(mouths.numpy()).argmax(1)
    assert (found == wanted.numpy()).mean() > 0.8
