"""A judge that is absent is told in a sentence; the others go on, and nothing is kept as if all had judged."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

from talkies.core.evaluation.judges.calling import Call
from talkies.core.evaluation.judges.speech import Ears, Verdict, speech_figures
from talkies.core.evaluation.measures.speech import WordErrors
from talkies.core.evaluation.running import absent_judges


def test_each_absent_package_names_the_extra(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for package in ("moonshine_voice.utils", "distillmos", "speechmos", "resemblyzer"):
        monkeypatch.setitem(sys.modules, package, None)
    call = Call()
    found = (call.moonshine(), call.distillmos(), call.dnsmos(), call.resemblyzer(), call.yamnet(tmp_path))
    assert found == (None,) * 5
    assert len(call.absent) == 5
    assert all("pip install 'talkies[judges]'" in sentence for sentence in call.absent[:4])
    assert "yamnet_spectra_in.tflite" in call.absent[4]


def test_without_judges_there_are_figures_without_numbers() -> None:
    silent = Ears(None, None, None, ("moonshine_voice: is not installed",))
    verdict = silent.verdict("a word", np.zeros(4800, np.float32))
    figures = speech_figures([verdict], [verdict])
    assert figures["word_error"]["relative"] is None
    assert figures["distillmos"]["difference"] is None


def test_verdicts_stand_beside_those_of_the_same_sentence() -> None:
    ours = [Verdict("one two", WordErrors(1, 2), 2.0, None), Verdict("three", WordErrors(0, 1), 3.0, None)]
    natural = [Verdict("one two", WordErrors(0, 2), 4.0, None), Verdict("three", WordErrors(1, 2), 4.0, None)]
    figures = speech_figures(ours, natural)
    assert figures["word_error"]["generated"] == pytest.approx(1 / 3)
    assert figures["word_error"]["relative"] == pytest.approx((1 / 3) / (1 / 4))
    assert figures["distillmos"]["difference"] == -1.5
    assert figures["dnsmos"]["natural"] is None


def test_a_part_that_lacked_a_judge_says_so() -> None:
    assert absent_judges({"figures": None}) == []
    assert absent_judges({"figures": {"absent": ["x"]}}) == ["x"]
