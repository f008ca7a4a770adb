"""Takes as a mixer finds them: exact length, silent outside cues, at the promised level, safely named."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stems import stem_of

from talkies.core.errors import InputError, OutputError
from talkies.core.media.loudness import measure
from talkies.core.media.loudness_presets import PRESETS
from talkies.core.media.sound import read_sound
from talkies.core.media.wav.bwf import read_bext
from talkies.core.segment import Levels, Segment, StemName, Take, Timeline
from talkies.core.takes.levels import balance_takes, mixed
from talkies.core.takes.saving import save_take, take_name, time_reference
from talkies.core.times import TimeRange

SR = 48000
RATES = [Fraction(n, d) for n, d in [(24000, 1001), (24, 1), (25, 1), (30000, 1001), (60000, 1001), (16, 1), (18, 1)]]


def seconds(first: float, last: float) -> TimeRange:
    return TimeRange(Fraction(str(first)), Fraction(str(last)))


def scene(
    record: TimeRange, rate: Fraction = Fraction(25), start: Fraction = Fraction(3600)
) -> tuple[Timeline, Segment]:
    segment = Segment("s001", "shot.mov", "V1", record, record, rate)
    return Timeline(Path("cut.otio"), "cut", rate, start, record.end, (segment,)), segment


def noise(duration: float, level: float = 0.05, seed: int = 0, rate: int = SR) -> np.ndarray:
    return (np.random.default_rng(seed).standard_normal(round(duration * rate)) * level).astype(np.float32)


def save(
    folder: Path,
    sound: np.ndarray,
    record: TimeRange,
    stem: StemName = "FX",
    *,
    spoken: Sequence[TimeRange] | None = None,
    speaker: str = "",
    **options: Any,
) -> Take:
    timeline, segment = scene(record)
    wanted = stem_of(segment, stem, spoken=spoken, speaker=speaker)
    return save_take(wanted, timeline, np.array_split(sound, 7), folder, **options)


def levels(take: Take) -> Levels:
    assert take.levels is not None
    return take.levels


@pytest.mark.parametrize("rate", RATES)
def test_neighbours_neither_gap_nor_overlap(tmp_path: Path, rate: Fraction) -> None:
    """Cuts at every 7th frame: the lengths add up to the whole, each is its own rounding."""
    cuts = [Fraction(7 * index) / rate for index in range(1, 6)]
    lengths = []
    for first, last in itertools.pairwise(cuts):
        take = save(tmp_path, noise(1), TimeRange(first, last))
        lengths.append(read_sound(take.path).shape[1])
        assert lengths[-1] == round(last * SR) - round(first * SR)
    assert sum(lengths) == round(cuts[-1] * SR) - round(cuts[0] * SR)
    assert [file.suffix for file in tmp_path.iterdir()] == [".wav"]


def test_dialogue_lies_exactly_inside_its_cues(tmp_path: Path) -> None:
    cues = [seconds(1.5, 2), seconds(2, 2.25), seconds(2.1, 2.4), seconds(4.5, 9)]
    take = save(tmp_path, noise(4), seconds(1, 5), stem="DX", spoken=cues, speaker="Anna")
    sound = np.abs(read_sound(take.path)[0])
    heard = np.flatnonzero(sound) + SR
    inside = (heard >= 1.5 * SR) & (heard < 2.4 * SR) | (heard >= 4.5 * SR) & (heard < 5 * SR)
    assert inside.all()
    assert sound[int(0.51 * SR) : int(1.39 * SR)].mean() > 0.01  # cues that touch are not faded apart
    assert np.count_nonzero(sound[int(0.95 * SR) : int(1.05 * SR)] == 0) < 10
    for edge in (0.5, 3.5):
        assert sound[int(edge * SR) : int(edge * SR) + 8].max() < 0.01 * sound.max()


def test_no_cue_no_voice(tmp_path: Path) -> None:
    take = save(tmp_path, noise(4), seconds(1, 5), stem="DX", spoken=[])
    assert not read_sound(take.path).any()
    assert levels(take).loudness_lufs is None


@pytest.mark.parametrize(
    ("stem", "preset", "expected"), [("DX", "ebu-r128", -23), ("FX", "ebu-r128", -26), ("DX", "a85", -24)]
)
def test_takes_go_to_their_target(tmp_path: Path, stem: StemName, preset: str, expected: float) -> None:
    take = save(tmp_path, noise(3, 0.04), seconds(0, 3), stem=stem, loudness=PRESETS[preset])
    assert measure([read_sound(take.path)], SR).integrated == pytest.approx(expected, abs=0.1)
    assert levels(take).loudness_lufs == pytest.approx(expected, abs=0.02)


def test_silence_stays_silent_and_quiet_scenes_quiet(tmp_path: Path) -> None:
    hiss = save(tmp_path, noise(2, 1e-4), seconds(0, 2), stem="DX")
    assert levels(hiss).gain_db == 0
    quiet = save(tmp_path, noise(2, 0.004), seconds(0, 2))
    assert levels(quiet).gain_db == 6


def test_true_peak_fits_even_for_one_click(tmp_path: Path) -> None:
    sound = noise(4, 0.001)
    sound[SR] = 0.9
    for preset in PRESETS.values():
        take = save(tmp_path, sound * 3, seconds(0, 4), stem="DX", loudness=preset)
        assert measure([read_sound(take.path)], SR).true_peak <= preset.true_peak + 0.01


def test_handles_lie_outside_the_record_range(tmp_path: Path) -> None:
    sound = np.full(4 * SR, 0.01, np.float32)
    sound[SR] = 0.5
    take = save(tmp_path, sound, seconds(10, 12), handles=(Fraction(1), Fraction(1)), loudness=PRESETS["none"])
    written = read_sound(take.path)[0]
    assert len(written) == 4 * SR and written.argmax() == SR
    assert read_bext(take.path).time_reference == (3600 + 9) * SR
    click = next(mixed([take]))
    assert click.shape[0] == 2 and click[0].argmax() == 0


def test_other_sample_rates_become_48000(tmp_path: Path) -> None:
    sound = np.zeros(2 * 16000, np.float32)
    sound[16000] = 0.5
    take = save(tmp_path, sound, seconds(0, 2), sample_rate=16000, loudness=PRESETS["none"])
    written = read_sound(take.path)[0]
    assert len(written) == 2 * SR and np.abs(written).argmax() == SR


def test_too_little_sound_is_refused_and_nothing_stays(tmp_path: Path) -> None:
    assert read_sound(save(tmp_path / "a", noise(1.98), seconds(0, 2)).path).shape[1] == 2 * SR
    with pytest.raises(OutputError, match="only 48000 of 96000 samples"):
        save(tmp_path / "b", noise(1), seconds(0, 2))
    assert not list((tmp_path / "b").iterdir())


def test_a_stop_in_the_middle_leaves_nothing(tmp_path: Path) -> None:
    def stopped() -> Iterator[np.ndarray]:
        yield noise(0.5)
        raise KeyboardInterrupt

    timeline, segment = scene(seconds(0, 2))
    with pytest.raises(KeyboardInterrupt):
        save_take(stem_of(segment), timeline, stopped(), tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_what_is_no_number_fails_the_take(tmp_path: Path, value: float) -> None:
    sound = noise(2)
    sound[100:200] = value
    with pytest.raises(InputError, match="numbers that are no sound"):
        save(tmp_path, sound, seconds(0, 2))
    assert not list(tmp_path.rglob("*.wav"))


def test_the_sum_meets_the_target(tmp_path: Path) -> None:
    dialogue = save(tmp_path, noise(6, 0.03), seconds(0, 6), stem="DX")
    effects = save(tmp_path, noise(6, 0.03, 1), seconds(1, 7), stem="FX")
    other = save(tmp_path, noise(6, 0.03, 2), seconds(1, 7), stem="FX", number=2)
    balanced = balance_takes([dialogue, effects, other])
    assert measure(mixed(balanced[:2]), SR).integrated == pytest.approx(-23, abs=0.05)
    gains = [
        levels(after).gain_db - levels(before).gain_db
        for before, after in zip([dialogue, effects, other], balanced, strict=True)
    ]
    assert gains == pytest.approx([gains[0]] * 3) and -3 < gains[0] < 0
    for take in balanced:
        measured = measure([read_sound(take.path)], SR)
        assert measured.integrated == pytest.approx(levels(take).loudness_lufs, abs=0.02)
        assert read_bext(take.path).time_reference == (3600 + int(take.record.start)) * SR
    assert balance_takes(balanced) == balanced


def test_same_sound_same_bytes(tmp_path: Path) -> None:
    first = save(tmp_path / "a", noise(2), seconds(0, 2))
    again = save(tmp_path / "b", noise(2), seconds(0, 2))
    assert (read_sound(first.path) == read_sound(again.path)).all()


@pytest.mark.parametrize(
    ("clip", "speaker", "expected"),
    [
        ("A001_C002.mov", "", "DX_s001_A001-C002_t01"),
        ("../../etc/passwd", "Anna", "DX_s001_passwd_Anna_t01"),
        ("C:\\media\\shot 1.mxf", "Old man", "DX_s001_shot-1_Old-man_t01"),
    ],
)
def test_names(clip: str, speaker: str, expected: str) -> None:
    _, segment = scene(seconds(0, 1))
    assert take_name("DX", Segment(**{**vars(segment), "clip": clip}), speaker) == expected


@given(st.text(), st.text(), st.text())
def test_names_go_nowhere_else(identifier: str, clip: str, speaker: str) -> None:
    _, segment = scene(seconds(0, 1))
    name = take_name("DX", Segment(**{**vars(segment), "clip": clip, "id": identifier}), speaker)
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,200}", name)


@given(st.text(), st.text())
def test_different_speakers_have_different_names(one: str, other: str) -> None:
    _, segment = scene(seconds(0, 1))
    if one != other:
        assert take_name("DX", segment, one) != take_name("DX", segment, other)


def test_time_reference_counts_from_midnight() -> None:
    at = {rate: scene(seconds(0, 1), rate, Fraction(0))[0] for rate in RATES}
    one_hour = Fraction(3600 * 24) / RATES[0]  # 01:00:00:00 at 23.976 is 3603.6 seconds
    assert time_reference(at[RATES[0]], one_hour) == 172972800
    assert time_reference(at[Fraction(25)], Fraction(3600)) == 172800000
    assert time_reference(at[Fraction(25)], Fraction(86401)) == SR
    assert time_reference(at[Fraction(25)], Fraction(-1)) == 86399 * SR


def test_time_reference_of_drop_frame_timecode() -> None:
    """01:00:00;00 is frame 107892; a day of 29.97 drop-frame ends after 2589408 frames."""
    rate = Fraction(30000, 1001)
    timeline = replace(scene(seconds(0, 1), rate, Fraction(0))[0], drop_frame=True)
    assert time_reference(timeline, 107892 / rate) == round(107892 * Fraction(8008, 5))
    assert time_reference(timeline, 2589408 / rate) == 0


def test_a_settled_gain_is_kept_and_only_peaks_that_do_not_fit_are_limited(tmp_path: Path) -> None:
    soft = noise(4, 0.02)
    loud = soft.copy()
    loud[2 * SR : 2 * SR + 20] = 0.9
    timeline, segment = scene(seconds(0, 4))
    stem = stem_of(segment, "FX")

    def saved(sound: np.ndarray, part: str) -> Take:
        return save_take(stem, timeline, [sound], tmp_path, gain_db=6.0, part=part)

    quiet, peaked = saved(soft, "a"), saved(loud, "b")
    one, other = read_sound(quiet.path)[0], read_sound(peaked.path)[0]
    assert np.allclose(one[SR : 2 * SR], soft[SR : 2 * SR] * 10 ** (6 / 20), atol=1e-6)
    changed = np.flatnonzero(one != other)
    assert changed.min() > 2 * SR - SR // 50 and changed.max() < 2 * SR + SR // 50
    assert peaked.levels is not None and peaked.levels.limited_db > 5
    assert np.abs(other).max() <= 10 ** (PRESETS["ebu-r128"].true_peak / 20)
    assert quiet.path.name != peaked.path.name


def test_common_gains_that_were_settled_before_are_applied_and_nothing_is_measured(tmp_path: Path) -> None:
    take = replace(save(tmp_path, noise(4, 0.02), seconds(0, 4)), metadata={"gains_db": [1.0]})
    before = read_sound(take.path)[0]
    (after,) = balance_takes([take], kept=[-2.0, -1.0])
    assert np.allclose(read_sound(after.path)[0], before * 10 ** (-3 / 20), atol=1e-6)
    assert after.metadata["gains_db"] == [1.0, -2.0, -1.0]
