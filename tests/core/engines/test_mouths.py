"""Engines that speak and see nothing are told when the mouth says a line, if they want to know and a mouth does."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from guests import rude_engine

from talkies.core.conditioning.picture.visual import PictureFeatures
from talkies.core.conditioning.speech.phonemes import speak
from talkies.core.engines import mouths
from talkies.core.engines.base import Brief, Line
from talkies.core.engines.guest_jobs import job_of
from talkies.core.engines.guests.windows import Window
from talkies.core.engines.mouths import Mouth, mouths_of, written_words
from talkies.core.evaluation.figures.lips import SpokenClip, seen_movie, spoken_clips
from talkies.core.times import TimeRange


@pytest.fixture(scope="module")
def clip(shared_dir: Path) -> SpokenClip:
    """A movie that lip reading has not learned from."""
    return min(spoken_clips(shared_dir / "data"), key=lambda clip: clip.path.name)


@pytest.fixture(scope="module")
def seen(clip: SpokenClip) -> tuple[PictureFeatures, Fraction]:
    return seen_movie(clip.path)


def brief(text: str, seen: tuple[PictureFeatures | None, Fraction]) -> Brief:
    features, duration = seen
    line = Line(TimeRange(Fraction(0), duration), text, "", "en-GB")
    return Brief("dialogue", duration, features, lines=(line,))


def test_words_are_told_when_the_recorded_person_says_them(
    clip: SpokenClip, seen: tuple[PictureFeatures, Fraction]
) -> None:
    (mouth,) = mouths_of(seen[0], brief(clip.text, seen).lines)
    assert mouth is not None and mouth.start == mouth.words[0] and mouth.words[-1] < mouth.end
    assert np.median(np.abs(np.subtract(mouth.words, clip.starts))) < 0.06


@pytest.mark.parametrize("text", ["the committee refused to publish any of its findings", "…"])
def test_a_mouth_that_says_something_else_tells_nothing(text: str, seen: tuple[PictureFeatures, Fraction]) -> None:
    assert mouths_of(seen[0], brief(text, seen).lines) == (None,)


def test_a_language_that_is_not_known_tells_nothing(seen: tuple[PictureFeatures, Fraction]) -> None:
    line = replace(brief("hello there", seen).lines[0], language="xx-unknown")
    assert mouths_of(seen[0], (line,)) == (None,)


@pytest.mark.parametrize("is_seen", [False, True])
@pytest.mark.parametrize("fits", ["cue", "lips"])
def test_only_who_wants_it_and_sees_a_face_loads_anything(
    fits: str, is_seen: bool, clip: SpokenClip, seen: tuple[PictureFeatures, Fraction], monkeypatch: pytest.MonkeyPatch
) -> None:
    read: list[str] = []
    networks = mouths.networks

    def noted() -> object:
        read.append("networks")
        return networks()

    monkeypatch.setattr(mouths, "networks", noted)
    engine = rude_engine(tasks=["dialogue"], fits=fits)
    try:
        features = seen[0] if is_seen else replace(seen[0], mouths=None)
        prepared = engine.prepare(brief(clip.text, (features, seen[1])))
    finally:
        engine.close()
    wanted = is_seen and fits == "lips"
    assert bool(read) == wanted
    assert (prepared.mouths is not None) == wanted


def test_a_job_has_them_in_seconds_of_its_window_and_is_as_before_without() -> None:
    engine = rude_engine(tasks=["dialogue"], fits="lips")
    engine.close()
    line = Line(TimeRange(Fraction(2), Fraction(4)), "one two", "", "en")
    asked, window = Brief("dialogue", Fraction(5), lines=(line,)), Window(8000, 40_000)  # from 1 s on
    told = job_of(asked, window, engine.manifest, (Mouth(2.25, 3.5, (2.25, 3.0)),))["lines"][0]
    plain: dict[str, Any] = {"start_s": 1.0, "end_s": 3.0, "text": "one two", "speaker": "", "language": "en"}
    mouth = {"mouth_start_s": 1.25, "mouth_end_s": 2.5, "word_starts_s": [1.25, 2.0]}
    assert told == plain | mouth
    for nobody in (None, (None,)):
        assert job_of(asked, window, engine.manifest, nobody)["lines"] == [plain]
    half = Window(24_000, 40_000)  # the line has begun
    assert "mouth_start_s" not in job_of(asked, half, engine.manifest, (Mouth(2.25, 3.5),))["lines"][0]


@pytest.mark.parametrize("text", ["the train leaves", "He was at a loss in the house of the king", "well, it is"])
def test_words_that_espeak_runs_together_are_parted(text: str) -> None:
    spoken = speak(text, "en-US")
    places = written_words(text, "en-US", spoken)
    assert len(places) == len(text.split())
    assert set(spoken.words) <= set(places)
    assert places == sorted(set(places))


def test_words_that_espeak_makes_more_of_are_not() -> None:
    assert written_words("room 21", "en-US", speak("room 21", "en-US")) == []
