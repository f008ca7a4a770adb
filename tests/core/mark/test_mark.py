"""The mark in the sound: it says what was laid, changes nothing else, and is found after what happens to sound."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy.signal import resample_poly

from talkies.core.arrays import AnySound, Floats32
from talkies.core.mark.finding import found
from talkies.core.mark.laying import SAMPLE_RATE, marked
from talkies.core.mark.pattern import PAYLOADS, codewords
from talkies.core.mark.payload import KINDS, Payload


def lay(sound: Floats32, payload: int, *cuts: int, first: int = 0) -> Floats32:
    made: Floats32 = np.concatenate([sound[:0], *marked(np.split(sound, cuts), payload, first)])
    return made


def speaking(seconds: float, seed: int = 0, channels: tuple[int, ...] = ()) -> Floats32:
    """Noise of many colours that comes and goes as syllables do."""
    rng = np.random.default_rng(seed)
    count = round(seconds * SAMPLE_RATE)
    spectrum = np.fft.rfft(rng.normal(size=(count, *channels)), axis=0)
    hz = np.fft.rfftfreq(count, 1 / SAMPLE_RATE)
    spectrum *= (1 / np.maximum(hz, 100) ** 0.7).reshape(-1, *(1 for _ in channels))
    sound = np.fft.irfft(spectrum, count, axis=0)
    knots = np.arange(0, seconds + 0.13, 0.13)
    syllables = np.interp(np.arange(count) / SAMPLE_RATE, knots, rng.uniform(0.02, 1, len(knots)))
    sound *= syllables.reshape(-1, *(1 for _ in channels))
    made: Floats32 = (0.3 * sound / np.abs(sound).max()).astype(np.float32)
    return made


def test_any_two_code_words_differ_in_eight_bits() -> None:
    words = codewords()
    assert words.shape == (PAYLOADS, 24)
    for word in words[:: PAYLOADS // 8]:
        apart = np.sort((24 - words @ word) / 2)
        assert apart[0] == 0 and apart[1] == 8


@pytest.mark.parametrize("payload", [0, 77, PAYLOADS - 1])
def test_what_was_laid_is_found(payload: int) -> None:
    (mark,) = found(lay(speaking(10), payload), SAMPLE_RATE)
    assert (mark.payload, mark.start) == (payload, 0.0)
    assert mark.chance < 1e-12 and abs(mark.speed) < 0.003


def test_nothing_is_found_where_nothing_was_laid() -> None:
    for seed in range(6):
        assert found(speaking(10, seed), SAMPLE_RATE) == []
    assert found(np.zeros(480_000, np.float32), SAMPLE_RATE) == []


@pytest.mark.parametrize("rate", [10, 700, 8000, 11_025, 22_050, 44_100, 48_000, 96_000])
def test_sounds_of_any_length_and_rate_are_looked_at(rate: int) -> None:
    sound = speaking(3)
    for count in (0, 1, rate // 100, rate // 50, rate // 50 + 1, rate - 1, rate, rate + rate // 90, 110_251):
        assert found(sound[:count], rate) == []


def of_16_bits(sound: AnySound) -> AnySound:
    return np.round(sound * 32768) / 32768


@pytest.mark.parametrize(
    ("rate", "treated"),
    [
        (48_000, of_16_bits),
        (48_000, lambda sound: 0.05 * sound),
        (48_000, lambda sound: sound[12_345:]),
        (44_100, lambda sound: resample_poly(sound, 147, 160)[777:]),
        (16_000, lambda sound: resample_poly(sound, 1, 3)),
        (48_000, lambda sound: resample_poly(sound, 101, 100)),
        (48_000, lambda sound: resample_poly(sound, 99, 100)),
        (48_000, lambda sound: sound + 2 * np.roll(speaking(10, 99), 7)),
    ],
    ids=["16 bits", "quieter", "cut", "44.1 kHz", "16 kHz", "slower", "faster", "under another sound"],
)
def test_it_is_found_after_what_happens_to_sound(rate: int, treated: Callable[[AnySound], AnySound]) -> None:
    marks = found(treated(lay(speaking(10, 5), 1234)), rate)
    assert {mark.payload for mark in marks} == {1234}


def in_opposite_phase(sound: AnySound) -> AnySound:
    return np.stack([sound, -sound], axis=1)


def over_another_that_cancels(sound: AnySound) -> AnySound:
    """Marked on one side, and on both a much louder sound that the sides have in opposite phase."""
    other = 0.5 * speaking(10, 99)
    return np.stack([sound + other, -other], axis=1)


@pytest.mark.parametrize("heard", [in_opposite_phase, over_another_that_cancels])
def test_channels_that_cancel_each_other_hide_nothing(heard: Callable[[AnySound], AnySound]) -> None:
    (mark,) = found(heard(lay(speaking(10, 5), 1234)), SAMPLE_RATE)
    assert mark.payload == 1234
    for seed in range(6):
        assert found(heard(speaking(10, seed)), SAMPLE_RATE) == []


def test_each_channel_that_is_looked_at_counts_as_one_more_try() -> None:
    """Of a sound and its opposite three are looked at, and the chance is three times that of the sound alone."""
    sound = lay(speaking(2, 5), 1234)
    (alone,), (both,) = found(sound, SAMPLE_RATE), found(in_opposite_phase(sound), SAMPLE_RATE)
    assert both.score == pytest.approx(alone.score)
    assert both.chance == pytest.approx(3 * alone.chance)


@pytest.mark.parametrize("broken", [np.nan, np.inf, -np.inf, 1e38])
def test_samples_that_are_no_sound_are_no_trouble(broken: float) -> None:
    sound = lay(speaking(10, 5), 1234)
    sound[::50_000] = broken
    assert {mark.payload for mark in found(sound, SAMPLE_RATE)} <= {1234}
    assert found(np.full(100_000, broken, np.float32), SAMPLE_RATE) == []


def test_each_window_of_a_long_sound_says_its_own() -> None:
    sound = np.concatenate([lay(speaking(20, 1), 3), speaking(20, 2), lay(speaking(20, 3), 900)])
    marks = found(sound, SAMPLE_RATE)
    assert [mark.payload for mark in marks if mark.end <= 20] == [3, 3, 3]
    assert not [mark for mark in marks if mark.start >= 20 and mark.end <= 40]
    assert {mark.payload for mark in marks if mark.start >= 40} == {900}


def test_blocks_change_nothing_and_lengths_stay() -> None:
    sound = speaking(3)
    whole = lay(sound, 5)
    assert len(whole) == len(sound)
    for cuts in ((1, 2, 700), (100_000,), (48_000, 48_000, 96_001)):
        assert np.array_equal(lay(sound, 5, *cuts), whole)
    assert [len(lay(sound[:count], 5)) for count in (0, 1, 255, 1023, 1025)] == [0, 1, 255, 1023, 1025]


def test_silence_stays_silence_also_beside_sound() -> None:
    assert not lay(np.zeros(50_000, np.float32), 7).any()
    sound = speaking(1)
    sound[12_000:36_000] = 0
    made = lay(sound, 7)
    assert not made[12_240:35_760].any() and made[:12_000].any() and made[36_000:].any()


def test_either_end_stays_as_it_is() -> None:
    """Two halves of one piece that are made by themselves join as they did."""
    sound = speaking(1)
    for part, first in ((sound[:24_000], 0), (sound[24_000:], 24_000)):
        made = lay(part, 7, first=first)
        assert (made[0], made[-1]) == (part[0], part[-1])
        assert np.abs(np.diff(made - part)).max() < 0.03


def test_sums_stay_sums() -> None:
    one, two = speaking(2, 1), speaking(2, 2)
    assert lay(one, 7) + lay(two, 7) == pytest.approx(lay(one + two, 7), abs=1e-6)


def test_the_pattern_lies_on_the_timeline() -> None:
    """A part that is made by itself is, where it lies, what it is in the whole; a second later all is as it was."""
    sound = speaking(4)
    whole = lay(sound, 7)
    part = lay(sound[70_001:150_000], 7, first=70_001)
    assert np.array_equal(part[1440:-1440], whole[71_441:148_560])
    assert lay(sound, 7, first=-48_000) == pytest.approx(whole, abs=1e-6)


def test_channels_are_treated_alike() -> None:
    sound = speaking(2, channels=(2,))
    both = lay(sound, 7)
    assert both.shape == sound.shape
    assert np.array_equal(both[:, 0], lay(sound[:, 0], 7))


def test_no_band_is_raised_or_lowered_by_more_than_it_says() -> None:
    tone = np.sin(2 * np.pi * 1000 * np.arange(96_000) / SAMPLE_RATE).astype(np.float32)
    level = np.abs(lay(tone, 7)).reshape(-1, 480).max(axis=1)[10:-10]
    assert 20 * np.log10(level.max()) <= 1.2 + 0.3
    assert 20 * np.log10(level.min()) >= -1.7 - 0.3
    assert level.max() / level.min() > 1.2, "something is laid"


@pytest.mark.parametrize("sound", [speaking(10), np.sin(np.arange(480_000) * 0.13, dtype=np.float32)])
def test_loudness_stays_as_it_was(sound: Floats32) -> None:
    assert 10 * np.log10(np.square(lay(sound, 7)).mean() / np.square(sound).mean()) == pytest.approx(0, abs=0.1)


def test_a_payload_says_which_talkies_and_what_kind() -> None:
    for kind in KINDS:
        assert Payload.read(Payload.of("0.1.0", kind).number) == Payload((0, 1), kind)
    assert Payload.of("1.12.3", "somebody's") == Payload((1, 12), "guest")
    assert Payload.of("1.0rc2", "mini") == Payload((1, 0), "mini")
    assert Payload.read(Payload.of("7.31", "guest").number) == Payload((7, 31), "guest")
    assert Payload.read(15).kind == ""
