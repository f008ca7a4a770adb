"""The lip network's shapes, what light does to it, and long films in pieces."""

import numpy as np
import torch

from talkies.core.conditioning.speech.lipreading import LipNetwork, evened
from talkies.core.conditioning.speech.visemes import VISEMES


def mouths(pictures: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(1, 200, (pictures, 24, 32), dtype=np.uint8)


def network() -> LipNetwork:
    torch.manual_seed(0)
    return LipNetwork().eval()


def test_two_places_for_each_picture_and_probabilities_that_sum_to_one() -> None:
    scores = network()(torch.from_numpy(mouths(10)).float()[None])
    assert scores.shape == (1, 20, VISEMES)
    assert torch.allclose(scores.exp().sum(-1), torch.ones(1, 20), atol=1e-5)


def test_another_light_is_evened_out() -> None:
    pictures = torch.from_numpy(mouths(6)).float()[None]
    bright = evened(1.2 * pictures + 10)
    assert torch.allclose(bright, evened(pictures), atol=0.1)
    assert evened(pictures)[0, 0, 1].abs().max() == 0  # the first picture has not changed


def test_nothing_is_read_where_no_face_is_seen() -> None:
    pictures = mouths(20)
    pictures[5:8] = 0
    evidence = network().evidence(pictures)
    assert evidence.shape == (40, VISEMES)
    assert not evidence[10:16].any()
    assert evidence[:10].any(1).all() and evidence[16:].any(1).all()


def test_a_long_film_is_read_in_pieces_as_if_at_once() -> None:
    model, pictures = network(), mouths(1100)
    with torch.inference_mode():
        whole = (model(torch.from_numpy(pictures).float()[None])[0] - model.usual.log()).numpy()
    assert np.allclose(model.evidence(pictures), whole, atol=1e-4)


def test_it_is_small_enough_to_ship() -> None:
    assert sum(tensor.numel() for tensor in network().state_dict().values()) * 2 < 2_000_000
