"""A teacher's reading takes on the times of a recording; what is missing of a teacher is said.

The teacher itself (80 MB) is no part of the tests; docs/training_log.md says what it was heard to say.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from talkies.core.conditioning.speech.phonemes import PAUSE
from talkies.core.errors import TalkiesError
from talkies.core.training.command import read_config
from talkies.core.training.preparing.taught_voices import warp
from talkies.core.training.preparing.teacher import Teacher
from talkies.core.training.preparing.voice_shifts import TakenApart
from talkies.core.training.taught import TAUGHT

SAID = [(7, 0.1, 0.3), (8, 0.3, 0.4), (PAUSE, 0.4, 0.6), (9, 0.6, 0.9)]


def frames(seconds: float) -> TakenApart:
    """Every frame's pitch is its own number."""
    number = np.arange(round(seconds / 0.005) + 1, dtype=float)
    return TakenApart(number, number[:, None], number[:, None], round(seconds * 48_000))


def test_each_phoneme_is_said_when_it_is_to_be_said() -> None:
    wanted = [(7, 0.5, 0.6), (PAUSE, 0.6, 0.7), (8, 0.7, 1.0), (9, 1.0, 1.2)]
    warped = warp(frames(1.0), SAID, wanted, 72_000)
    assert warped.samples == 72_000 and len(warped.pitch) == 301
    at = {time: warped.pitch[round(time / 0.005)] * 0.005 for time in (0.5, 0.55, 0.6, 0.7, 0.85, 1.0, 1.2)}
    assert at == pytest.approx({0.5: 0.1, 0.55: 0.2, 0.6: 0.3, 0.7: 0.3, 0.85: 0.35, 1.0: 0.6, 1.2: 0.9}, abs=0.006)


def test_time_never_runs_back_and_stays_within_the_reading() -> None:
    warped = warp(frames(1.0), SAID, [(7, 1.0, 1.2), (8, 1.2, 1.3), (9, 1.3, 1.4)], 96_000)
    assert (np.diff(warped.pitch) >= 0).all()
    assert warped.pitch.min() == 0 and warped.pitch.max() == 200


def test_the_teachers_voices_are_english_and_named_once() -> None:
    assert len(TAUGHT) == 27 and {voice.language for voice in TAUGHT.values()} == {"en-US", "en-GB"}
    assert len({voice.style for voice in TAUGHT.values()}) == len(TAUGHT)


def test_what_is_missing_is_said(tmp_path: Path) -> None:
    with pytest.raises(TalkiesError, match=r"onnxruntime: is not installed|holds no Kokoro"):
        Teacher(tmp_path)


def test_a_teachers_folder_counts_from_the_configuration(tmp_path: Path) -> None:
    path = tmp_path / "on.toml"
    path.write_text(
        'data = "d"\nfolder = "run"\nstart = "mini.safetensors"\n[taught]\nteacher = "kokoro"\nrounds = 3\n'
    )
    config = read_config(path)
    assert config.places.start == tmp_path / "mini.safetensors"
    assert config.tables["taught"]["teacher"] == str(tmp_path / "kokoro")
