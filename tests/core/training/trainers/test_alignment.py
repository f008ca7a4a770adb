"""From the frames that CTC marks to spans of time: paths written by hand, boundaries counted by hand (50 a second)."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from talkies.core.conditioning.speech.phonemes import PAUSE
from talkies.core.model.bands import MelFrames
from talkies.core.training.trainers.alignment import (
    FRAME_SAMPLES,
    AcousticModel,
    _boundary,
    _loud_frames,
    _spans,
    align,
    mel_pairs,
)


def path_of(text: str) -> list[int]:
    """ "..aa.b" → [0, 0, 5, 5, 0, 6]: a dot is CTC's blank, a letter a phoneme."""
    return [0 if letter == "." else ord(letter) - ord("a") + 5 for letter in text]


def loud_of(text: str) -> np.ndarray:
    return np.array([letter == "#" for letter in text])


def frames(text: str, loud: str) -> list[tuple[str, int, int]]:
    """The spans of a path as (letter or "-" for a pause, first frame, end frame)."""
    ids = [
        label for label, before in zip(path_of(text), [0, *path_of(text)], strict=False) if label and label != before
    ]
    spans = _spans(path_of(text), ids, loud_of(loud))
    return [("-" if i == PAUSE else chr(i - 5 + ord("a")), round(a * 50), round(b * 50)) for i, a, b in spans]


@pytest.mark.parametrize(
    ("path", "loud", "wanted"),
    [
        # what lies between two marks is shared in the middle, the odd frame goes to the left one
        ("aa..bb", "######", [("a", 0, 3), ("b", 3, 6)]),
        ("aa...bb", "#######", [("a", 0, 4), ("b", 4, 7)]),
        ("ab", "##", [("a", 0, 1), ("b", 1, 2)]),
        # the same phoneme twice: a blank parts them
        ("a.a", "###", [("a", 0, 2), ("a", 2, 3)]),
        # 80 ms of silence between them are a pause, 60 ms are not
        ("aa....bb", "##....##", [("a", 0, 2), ("-", 2, 6), ("b", 6, 8)]),
        ("aa...bb", "##...##", [("a", 0, 4), ("b", 4, 7)]),
        ("aa......bb", "###....###", [("a", 0, 3), ("-", 3, 7), ("b", 7, 10)]),
        # speech reaches before the first mark and after the last one as far as it is loud
        ("...aa...", ".######.", [("a", 1, 7)]),
        # but no further than 160 ms before and 200 ms after
        ("." * 20 + "a" + "." * 20, "#" * 41, [("a", 12, 31)]),
        # a mark in silence keeps its place
        ("..a..", ".....", [("a", 2, 3)]),
    ],
)
def test_marks_become_spans(path: str, loud: str, wanted: list[tuple[str, int, int]]) -> None:
    assert frames(path, loud) == wanted


def test_a_boundary_is_the_silence_between_two_marks_or_their_middle() -> None:
    loud = loud_of("####....####")
    assert _boundary(2, 10, loud) == (4, 8)
    assert _boundary(2, 6, loud) == (4, 4)
    assert _boundary(8, 12, loud) == (10, 10)


@given(
    runs=st.lists(st.tuples(st.integers(1, 30), st.integers(1, 6), st.integers(0, 12)), min_size=1, max_size=12),
    noise=st.randoms(use_true_random=False),
)
def test_spans_follow_each_other_without_holes(runs: list[tuple[int, int, int]], noise: object) -> None:
    path: list[int] = [0, 0]
    ids = []
    for number, (label, length, blanks) in enumerate(runs):
        phoneme = 2 + 2 * label + number % 2  # neighbours differ
        ids.append(phoneme)
        path += [phoneme] * length + [0] * blanks
    loud = np.array([noise.random() < 0.6 for _ in path])  # type: ignore[attr-defined]
    spans = _spans(path, ids, loud)
    assert [phoneme for phoneme, _, _ in spans if phoneme != PAUSE] == ids
    assert all(end > start for _, start, end in spans)
    assert all(one[2] == other[1] for one, other in pairwise(spans))
    assert spans[0][1] >= 0
    assert spans[-1][2] <= len(path) / 50


def test_loud_is_what_stands_out_of_the_room() -> None:
    rng = np.random.default_rng(0)
    sound = rng.normal(0, 0.001, 50 * FRAME_SAMPLES)
    sound[10 * FRAME_SAMPLES : 30 * FRAME_SAMPLES] += 0.2 * np.sin(np.arange(20 * FRAME_SAMPLES) / 20)
    loud = _loud_frames(sound.astype(np.float32), 50)
    assert np.array_equal(np.flatnonzero(loud), np.arange(10, 30))


def test_every_20_ms_is_one_standardised_frame() -> None:
    sound = torch.randn(10_000, generator=torch.Generator().manual_seed(0)).numpy()
    pairs = mel_pairs(MelFrames(), sound)
    assert pairs.shape == (10, 200)
    assert float(pairs.mean()) == pytest.approx(0, abs=1e-4)


def test_more_phonemes_than_frames_cannot_be_aligned() -> None:
    torch.manual_seed(0)
    model, mel = AcousticModel(width=8, blocks=1).eval(), MelFrames()
    sound = np.random.default_rng(0).normal(0, 0.1, 5 * FRAME_SAMPLES).astype(np.float32)
    assert align(model, mel, sound, [5, 6, 7, 8, 9, 10]) == []
    assert align(model, mel, sound, [5, 5, 5]) != []  # two blanks part them: five frames
    assert align(model, mel, sound, [5, 5, 5, 6]) == []
    assert align(model, mel, sound, []) == []
    assert [phoneme for phoneme, _, _ in align(model, mel, sound, [5, 6, 7]) if phoneme != PAUSE] == [5, 6, 7]
