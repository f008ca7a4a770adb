"""hibari's lines: in their time, in its words, the same for the same seed; a note where one is read fast."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.signal import resample_poly

from talkies.core.arrays import Sound
from talkies.core.engines.base import Brief, Engine, Line, load_engine
from talkies.core.errors import EngineError
from talkies.core.evaluation.figures.lips import seen_movie, spoken_clips, word_errors_s
from talkies.core.evaluation.judges.alignment import WordAligner
from talkies.core.evaluation.measures.speech import Recogniser
from talkies.core.times import TimeRange

hibari = pytest.importorskip("hibari", reason="the extra 'voices' is not installed")

WORDS = "The train leaves the station at nine"


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    yield (loaded := load_engine("hibari"))
    loaded.close()  # type: ignore[attr-defined]


def spoken(engine: Engine, start: float, end: float, text: str = WORDS, seed: int = 1) -> Sound:
    line = Line(TimeRange(Fraction(start), Fraction(end)), text)
    prepared = engine.prepare(Brief("dialogue", Fraction(5), lines=(line,)))
    blocks = engine.generate(prepared, seed=seed, steps=1, guidance=1.0, on_step=lambda share: None)
    return np.concatenate(list(blocks))


def test_a_line_is_heard_within_its_time_and_nowhere_else(engine: Engine) -> None:
    sound = spoken(engine, 1.0, 4.5)
    heard = np.flatnonzero(np.abs(sound) > 0.01) / engine.sample_rate
    assert len(sound) == 5 * engine.sample_rate
    assert 1.0 <= heard[0] < 1.1
    assert 2.5 < heard[-1] < 4.5
    assert engine.remarks() == ()
    assert not np.array_equal(sound, spoken(engine, 1.0, 4.5, seed=2))
    assert np.array_equal(sound, spoken(engine, 1.0, 4.5))


def test_what_is_said_is_understood(engine: Engine) -> None:
    sound = resample_poly(spoken(engine, 0.5, 5.0), 2, 1)
    assert {"train", "station", "nine"} <= set(Recogniser().heard(sound).split())


def test_a_line_with_little_time_is_read_faster_and_that_is_said(engine: Engine) -> None:
    sound = spoken(engine, 1.0, 2.2)
    assert np.abs(sound[: engine.sample_rate]).max() == 0
    assert np.abs(sound[int(2.2 * engine.sample_rate) :]).max() == 0
    (remark,) = engine.remarks()
    assert remark.startswith(f"engine hibari: '{WORDS}' is read 1.")
    assert engine.remarks() == ()


@pytest.mark.parametrize("text", [WORDS, "Come here, quickly", "I never said that it was mine to give away"])
def test_what_can_be_read_at_all_is_read(text: str) -> None:
    """At its fastest pace, and with any room more than that."""
    from talkies.core.engines.adapters.hibari import HibariAdapter
    from talkies.core.engines.adapters.lines import FASTEST, Placing, heard

    adapter = HibariAdapter()
    adapter.load()
    placing = Placing(24_000, lambda line, pace, number: adapter.read(line["text"], pace, [1, number]))
    fastest = len(heard(adapter.read(text, FASTEST, [1, 0]), 24_000))
    for more in (1.0, 1.01, 1.03, 1.06, 1.1):
        room = round(fastest * more)
        spoken, _ = placing.fitted({"text": text}, room, 0)
        assert 0 < len(spoken) <= room


def test_a_line_with_far_too_little_time_is_refused_by_its_words(engine: Engine) -> None:
    with pytest.raises(EngineError, match=r"The train leaves .* cannot be read in 0\.40 s; give the line more time"):
        spoken(engine, 1.0, 1.4)
    assert np.abs(spoken(engine, 1.0, 4.5)).max() > 0.1


def test_words_are_on_the_lips_that_say_them_and_as_ever_where_none_are_seen(engine: Engine, shared_dir: Path) -> None:
    """By the words' times in the recording of the face, and an aligner that has planned nothing."""
    pytest.importorskip("pocketsphinx")
    aligner, beside = WordAligner(), dict[str, list[float]](cue=[], lips=[])
    for clip in sorted(spoken_clips(shared_dir / "data"), key=lambda clip: clip.path.name)[:3]:
        features, duration = seen_movie(clip.path)
        line = Line(TimeRange(Fraction(0), duration), clip.text, "", "en-GB")

        def made(**seen: Any) -> Sound:
            prepared = engine.prepare(Brief("dialogue", duration, lines=(line,), **seen))  # noqa: B023 - called here
            blocks = engine.generate(prepared, seed=1, steps=1, guidance=1.0, on_step=lambda share: None)
            return np.concatenate(list(blocks))

        sounds = {"cue": made(), "lips": made(features=features)}
        assert np.array_equal(sounds["cue"], made(features=replace(features, mouths=None)))
        for name, sound in sounds.items():
            starts = aligner.starts(clip.text, resample_poly(sound, 2, 1).astype(np.float32))
            assert starts is not None
            beside[name] += word_errors_s(starts, clip.starts)
    engine.remarks()
    assert np.median(np.abs(beside["cue"])) > 0.4
    assert np.median(np.abs(beside["lips"])) < 0.08


@pytest.mark.parametrize("pace", [0.8, 1.0, 1.6])
def test_its_words_begin_where_another_aligner_hears_them(pace: float) -> None:
    from talkies.core.engines.adapters.hibari import HibariAdapter

    pytest.importorskip("pocketsphinx")
    adapter = HibariAdapter()
    adapter.load()
    text = "Please put the book back on the table. The train leaves at nine"
    sound = resample_poly(adapter.read(text, pace, [1, 0]), 2, 1).astype(np.float32)
    heard = WordAligner().starts(text, sound)
    assert heard is not None
    assert np.abs(np.subtract(adapter.words(text, pace), heard)).max() < 0.08
