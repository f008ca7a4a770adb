"""Phonemes in their time as a line of text, there and back."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from talkies.core.conditioning.speech.phoneme_text import phoneme_spans, phoneme_text
from talkies.core.conditioning.speech.phonemes import PAUSE, vocabulary
from talkies.core.conditioning.speech.timing import Spans


def test_as_it_is_written() -> None:
    known = vocabulary()
    spans = [(known["h"], 0.12, 0.18), (known["ˈɛ"], 0.18, 0.24), (PAUSE, 0.24, 0.5), (known["w"], 0.6, 0.6801)]
    assert phoneme_text(spans) == "0.120 h 0.180 ˈɛ 0.240 _ 0.500 _ 0.600 w 0.680"
    assert phoneme_text([]) == ""


@given(st.lists(st.tuples(st.sampled_from(sorted(vocabulary().values())), st.integers(1, 900)), max_size=40))
def test_what_was_written_is_read(rows: list[tuple[int, int]]) -> None:
    edges = [0]
    for _, length in rows:
        edges.append(edges[-1] + length)
    spans: Spans = [(name, a / 1000, b / 1000) for (name, _), (a, b) in zip(rows, pairwise(edges), strict=True)]
    assert phoneme_spans(phoneme_text(spans)) == spans


@pytest.mark.parametrize(
    "hostile",
    [None, 3, "", "0.1", "0.1 h", "0.1 qqq 0.2", "a h b", "nan h nan", "inf h inf", "1e99 h 2e99", ["0.1", "h", "0.2"]],
)
def test_anything_else_is_nothing(hostile: object) -> None:
    assert phoneme_spans(hostile) == []


def test_a_phoneme_without_length_is_left_out() -> None:
    assert phoneme_spans("0.2 h 0.1 w 0.3") == [(vocabulary()["w"], 0.1, 0.3)]
    assert phoneme_spans("0.1 h " * 100_001 + "0.2") == []
