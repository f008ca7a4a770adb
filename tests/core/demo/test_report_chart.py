"""The report picture: sums that are compared with the files, figures counted by hand, a PNG that is not blank."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest

from talkies.core.demo.report_chart import RenderedTakes, draw_report, render_takes, sync_figures
from talkies.core.errors import OutputError
from talkies.core.media.wav.bwf import write_bwf
from talkies.core.segment import StemName, Take
from talkies.core.timeline import read_timeline
from talkies.core.times import TimeRange

RATE = 48_000


def take(path: Path, stem: StemName, start: Fraction, sound: np.ndarray, number: int = 1) -> Take:
    """``sound`` (C, N), with half a second of handle before it that must not be heard."""
    handle = np.full((len(sound), RATE // 2), 0.9, np.float32)
    write_bwf(path, [handle, sound.astype(np.float32)], channels=len(sound))
    record = TimeRange(start, start + Fraction(sound.shape[1], RATE))
    return Take("V1-001", stem, path.stem, path, record, RATE, Fraction(1, 2), number=number, channels=len(sound))


def noise(seed: int, seconds: float, channels: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-0.3, 0.3, (channels, round(seconds * RATE)))


def clicks(seconds: float, times: list[float]) -> np.ndarray:
    sound = np.zeros(round(seconds * RATE), np.float32)
    for time in times:
        first = round(time * RATE)
        sound[first : first + 2400] += 0.8 * noise(first, 0.05)[0] * np.exp(-np.arange(2400) / 400)
    return sound


def test_first_takes_are_summed_by_department_from_the_first_frame(reel: Path, tmp_path: Path) -> None:
    line, effect, mix, other = noise(1, 0.5), noise(2, 0.75), noise(3, 0.5, 2), noise(4, 1)
    takes = [
        take(tmp_path / "dx.wav", "DX", Fraction(1, 4), line),
        take(tmp_path / "fx.wav", "FX", Fraction(1), effect),
        take(tmp_path / "mix.wav", "MIX", Fraction(5, 4), mix),
        take(tmp_path / "fx2.wav", "FX", Fraction(0), other, number=2),
    ]
    rendered = render_takes(read_timeline(reel), takes)
    dialogue, effects = np.zeros(2 * RATE), np.zeros(2 * RATE)
    dialogue[12_000:36_000] = line
    effects[48_000:84_000] = effect
    effects[60_000:84_000] += mix.sum(0) / np.sqrt(2)
    np.testing.assert_allclose(rendered.dialogue, dialogue, atol=1e-6)
    np.testing.assert_allclose(rendered.effects, effects, atol=1e-6)
    np.testing.assert_allclose(rendered.sum, dialogue + effects, atol=1e-6)


def test_nothing_made_is_silence_and_no_onset(reel: Path) -> None:
    rendered = render_takes(read_timeline(reel), [])
    assert rendered.sum.shape == (2 * RATE,) and not rendered.sum.any()
    figures = sync_figures([0.5], rendered)
    assert (figures["detected"], figures["reference"], figures["f1_100ms"]) == (0, 1, 0.0)


def test_onsets_of_the_effects_are_held_against_the_events() -> None:
    effects = clicks(4, [0.5, 1.5, 2.5])
    rendered = RenderedTakes(clicks(4, [3.5]), effects)
    figures = sync_figures([0.5, 1.52, 3.5], rendered)  # the dialogue's click is not an effect
    assert (figures["detected"], figures["reference"]) == (3, 3)
    assert figures["f1_100ms"] == pytest.approx(2 / 3)


def test_the_picture_is_drawn_and_differs_with_what_is_heard(reel: Path, tmp_path: Path) -> None:
    timeline = read_timeline(reel)
    images = []
    for name, rendered in (
        ("silent", RenderedTakes(np.zeros(2 * RATE, np.float32), np.zeros(2 * RATE, np.float32))),
        ("loud", RenderedTakes(clicks(2, [0.3]), clicks(2, [1.0, 1.4]))),
    ):
        draw_report(timeline, rendered, [1.0, 1.4], tmp_path / f"{name}.png")
        image = cv2.imread(str(tmp_path / f"{name}.png"))
        assert image is not None
        images.append(image)
    assert [image.shape for image in images] == [(1300, 2000, 3)] * 2
    assert images[0].std() > 5, "the film strip and the cues are there although nothing sounds"
    assert np.mean(images[0] != images[1]) > 0.05
    assert sorted(path.name for path in tmp_path.glob("*.p*")) == ["loud.png", "silent.png"]


def test_a_report_that_cannot_be_written_is_one_sentence(reel: Path, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("here before")
    silence = np.zeros(2 * RATE, np.float32)
    with pytest.raises(OutputError):
        draw_report(read_timeline(reel), RenderedTakes(silence, silence), [], tmp_path / "taken" / "report.png")
