"""A line as a take of its own: as long as it lasts, marked, its phonemes within it."""

from __future__ import annotations

from pathlib import Path

import pytest
from engines import TonesEngine

from talkies.core.conditioning.speech.phoneme_text import phoneme_spans
from talkies.core.conditioning.speech.phonemes import speak
from talkies.core.generation.line_take import LineRequest, line_take
from talkies.core.media.sound import read_sound


@pytest.mark.slow
def test_mini_says_a_line_at_its_own_pace(tmp_path: Path) -> None:
    take, warnings = line_take(LineRequest("A map of my room.", "clara"), tmp_path)
    spans = phoneme_spans(take.metadata["phonemes"])
    assert [phoneme for phoneme, _, _ in spans] == [*speak("A map of my room.", "en-US").ids]
    seconds = len(read_sound(take.path)[0]) / 48_000
    assert 0.9 < seconds < 3.0
    assert spans[0][1] > 0 and spans[-1][2] < seconds
    assert warnings == ()


def test_an_engine_that_knows_no_phonemes(tmp_path: Path) -> None:
    engine = TonesEngine()
    take, _ = line_take(LineRequest("Hello you."), tmp_path, load_engine=lambda *_: engine)
    assert take.metadata["phonemes"] == ""
    assert take.metadata["mark"] and take.path.is_file()
    assert engine.prepared[-1].lines[0].text == "Hello you."
