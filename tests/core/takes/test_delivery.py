"""Each delivery, judged by others: pyloudnorm for loudness, FFmpeg's ebur128 for loudness and true peak."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pyloudnorm
import pytest
from judges import ffmpeg_judges
from numpy.typing import NDArray
from stems import stem_of

from talkies.core.media.loudness import Level
from talkies.core.media.loudness_presets import PRESETS
from talkies.core.media.sound import read_sound
from talkies.core.segment import Segment, StemName, Take, Timeline
from talkies.core.takes.levels import balance_takes, mixed
from talkies.core.takes.saving import save_take
from talkies.core.times import TimeRange
from talkies.core.turnover.readme import verdict

SAMPLE_RATE = 48_000

# integrated loudness and tolerance, highest true peak: EBU R128, ATSC A/85; "web" is what players level to
DELIVERIES = {"ebu-r128": (-23, 0.5, -1), "a85": (-24, 2, -2), "web": (-16, 1, -1)}


def scene(folder: Path, preset: str) -> list[Take]:
    """Six seconds: speech-like bursts of noise, and hits whose peaks lie between the samples."""
    record = TimeRange(Fraction(0), Fraction(6))
    segment = Segment("s1", "shot.mov", "V1", record, record, Fraction(25))
    timeline = Timeline(Path("cut.otio"), "cut", Fraction(25), Fraction(3600), record.end, (segment,))
    random = np.random.default_rng(7)
    times = np.arange(6 * SAMPLE_RATE) / SAMPLE_RATE
    speech = random.standard_normal(len(times)) * 0.02 * (np.sin(2 * np.pi * 1.5 * times) > -0.3)
    hits = np.exp(-((times % 1.1) * 60)) * np.sin(2 * np.pi * 11_999 * times + 0.8) * 0.9
    sounds: list[tuple[StemName, NDArray[np.float64]]] = [("DX", speech), ("FX", hits)]
    return [
        save_take(stem_of(segment, name), timeline, [sound.astype(np.float32)], folder, loudness=PRESETS[preset])
        for name, sound in sounds
    ]


def steps(seconds: int) -> NDArray[np.float32]:
    """Short and sparse: quiet as a whole, and every peak far above."""
    times = np.arange(seconds * SAMPLE_RATE) / SAMPLE_RATE
    sound = np.minimum((times % 0.9) / 0.0005, 1) * np.exp(-((times % 0.9) * 400)) * np.sin(2 * np.pi * 700 * times)
    return np.asarray(sound, np.float32)


@pytest.mark.parametrize("preset", DELIVERIES)
def test_a_delivery_meets_its_standard(tmp_path: Path, preset: str) -> None:
    target, tolerance, peak = DELIVERIES[preset]
    wanted = PRESETS[preset]
    assert (wanted.target, wanted.tolerance, wanted.true_peak) == (target, tolerance, peak)
    takes = balance_takes(scene(tmp_path, preset), wanted)
    sound = np.concatenate(list(mixed(takes)), axis=1)
    loudness = pyloudnorm.Meter(SAMPLE_RATE).integrated_loudness(sound.T.astype(np.float64))
    theirs, highest = ffmpeg_judges(sound)
    assert abs(loudness - target) <= tolerance and abs(theirs - target) <= tolerance
    assert highest <= peak + 0.05
    assert verdict(Level(loudness, highest), preset).endswith(": met")


def test_single_hits_do_not_keep_a_film_below_its_delivery(tmp_path: Path) -> None:
    """Sparse steps under quiet speech: with one gain for all the sum would stay more than 1 LU below -23."""
    record = TimeRange(Fraction(0), Fraction(6))
    segment = Segment("s1", "shot.mov", "V1", record, record, Fraction(25))
    timeline = Timeline(Path("cut.otio"), "cut", Fraction(25), Fraction(3600), record.end, (segment,))
    times = np.arange(6 * SAMPLE_RATE) / SAMPLE_RATE
    speech = np.random.default_rng(3).standard_normal(len(times)) * 0.02 * (times < 1)
    takes = [
        save_take(stem_of(segment, "DX"), timeline, [speech.astype(np.float32)], tmp_path),
        save_take(stem_of(segment, "FX"), timeline, [steps(6)], tmp_path),
    ]
    assert takes[1].levels is not None and takes[1].levels.true_peak_dbtp == -1.0
    before = pyloudnorm.Meter(SAMPLE_RATE).integrated_loudness(np.concatenate(list(mixed(takes)), axis=1).T)
    assert before < -24
    balanced = balance_takes(takes)
    sound = np.concatenate(list(mixed(balanced)), axis=1)
    assert pyloudnorm.Meter(SAMPLE_RATE).integrated_loudness(sound.T) == pytest.approx(-23, abs=0.5)
    assert ffmpeg_judges(sound)[1] <= -1 + 0.02
    assert ffmpeg_judges(np.repeat(read_sound(balanced[1].path), 2, axis=0))[1] <= -1 + 0.02
    speech_levels, step_levels = (take.levels for take in balanced)
    assert speech_levels is not None and speech_levels.limited_db == 0 and "limited_db" not in speech_levels.facts
    assert step_levels is not None and 0.5 < step_levels.limited_db <= 6


def test_where_no_room_is_left_another_look_would_change_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Sparse steps alone, raised by all that is allowed."""
    record = TimeRange(Fraction(0), Fraction(6))
    segment = Segment("s1", "shot.mov", "V1", record, record, Fraction(25))
    timeline = Timeline(Path("cut.otio"), "cut", Fraction(25), Fraction(3600), record.end, (segment,))
    seen = []
    for name, apart in (("apart", True), ("looked at again", False)):
        take = save_take(stem_of(segment), timeline, [steps(6)], tmp_path / name)
        if not apart:
            monkeypatch.setattr("talkies.core.takes.levels._apart", lambda takes: False)
        (balanced,) = balance_takes([take])
        assert take.levels is not None and balanced.levels is not None
        assert balanced.levels.gain_db == pytest.approx(take.levels.gain_db + 6)
        seen.append((balanced.levels, read_sound(balanced.path).tobytes()))
    assert seen[0][0].limited_db > 0.5
    assert seen[0] == seen[1]


@pytest.mark.parametrize(
    ("preset", "level", "words"),
    [
        ("ebu-r128", Level(-23.4, -1.0), "EBU R128: -23.0 LUFS ±0.5, at most -1.0 dBTP: met"),
        ("ebu-r128", Level(-24.0, -1.0), "EBU R128: -23.0 LUFS ±0.5, at most -1.0 dBTP: missed, -1.0 LU off"),
        ("a85", Level(-22.5, -1.0), "ATSC A/85: -24.0 LUFS ±2, at most -2.0 dBTP: missed, 1.0 dB too high a peak"),
        ("none", Level(-31.0, -4.0), "as it was made, at most -1.0 dBTP"),
    ],
)
def test_the_readme_tells_whether_it_does(preset: str, level: Level, words: str) -> None:
    assert verdict(level, preset) == words
