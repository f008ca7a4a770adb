"""Figures of word starts: arithmetic by hand, and the held-out movies with their word times."""

from __future__ import annotations

from pathlib import Path

import pytest

from talkies.core.evaluation.engine_under_test import EngineUnderTest
from talkies.core.evaluation.figures.lips import error_figures, even_starts, lip_figures, spoken_clips, word_errors_s


def test_errors_are_counted_in_milliseconds_whichever_way_they_go() -> None:
    errors = word_errors_s([0.5, 1.0, 1.5], [0.4, 1.2, 1.5])
    assert error_figures(errors) == {
        "median": pytest.approx(100), "p90": pytest.approx(180), "late": pytest.approx(0)
    }  # fmt: skip
    assert error_figures([]) == {"median": None, "p90": None, "late": None}


def test_phonemes_spread_evenly() -> None:
    assert even_starts("bin blue", 3.0) == [0.0, 1.5]  # b ɪ n, b l uː


def test_held_out_movies_have_a_time_for_each_word(shared_dir: Path) -> None:
    clips = list(spoken_clips(shared_dir / "data"))
    assert len(clips) > 30
    for clip in clips:
        assert len(clip.starts) == len(clip.text.split())
        assert clip.starts == sorted(clip.starts)


def test_an_engine_that_plans_no_words_has_no_figures(tmp_path: Path) -> None:
    under_test = EngineUnderTest(engine=object(), steps=1, guidance=1.0)  # type: ignore[arg-type]
    assert lip_figures(under_test, tmp_path, 1, lambda share, what: None) == {}
