"""Ducking: how much lower, when, and where the music is loud."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
from masking_facts import SPEECH_PER_HZ_DB, WORTH, bands

from talkies.core.media.loudness import measure
from talkies.core.media.under_speech.ducking import SETTLED_S, Ducking, Line
from talkies.core.media.under_speech.speech_bands import LineMeter
from talkies.core.times import TimeRange

RATE = 48_000


def decibels(ducking: Ducking, *seconds: float) -> list[float]:
    return [-float(ducking.lower_db(round(second * RATE), 1, RATE)[0][0]) for second in seconds]


def test_it_is_down_before_a_line_and_back_after_it() -> None:
    ducking = Ducking((Line(TimeRange(Fraction(2), Fraction(4)), 12.0),))
    assert decibels(ducking, 1.69, 1.85, 2, 3, 4, 4.35, 4.71) == pytest.approx([0, -6, -12, -12, -12, -6, 0], abs=0.01)


def test_lines_without_room_between_them_are_one_as_low_as_the_lower() -> None:
    lines = Line(TimeRange(Fraction(2), Fraction(3)), 10.0), Line(TimeRange(Fraction(7, 2), Fraction(5)), 14.0)
    assert decibels(Ducking(lines), 2.5, 3.25, 4) == pytest.approx([-14] * 3, abs=0.01)
    apart = Line(TimeRange(Fraction(8), Fraction(9)), 10.0)
    assert decibels(Ducking((*lines, apart)), 6.5, 8.5) == pytest.approx([0, -10], abs=0.01)


def ducked(depth_db: float, music: np.ndarray, *spans: TimeRange) -> Ducking:
    """Of music (C, N) that lies 3 LU below speech."""
    meter = LineMeter(spans, RATE)
    for block in np.array_split(music, 7, axis=1):
        meter.add(block)
    return Ducking.of(depth_db, meter, 3.0)


def test_loud_music_makes_way_by_more_and_soft_music_by_less_down_to_two_thirds() -> None:
    """A tone of 60 Hz that is 6 dB louder from 20 s on: its mean, by power, is 2.04 dB below the louder half and
    3.98 above the softer: 12 dB make way by that much less, 6 dB by no more than a third less."""
    times = np.arange(40 * RATE) / RATE
    tone = (np.sin(2 * np.pi * 60 * times) * np.where(times < 20, 0.05, 0.1))[None].astype(np.float32)
    soft, loud = (TimeRange(Fraction(start), Fraction(start + 4)) for start in (5, 30))
    above = 10 * np.log10(2 / (1 + 10**-0.6))
    assert decibels(ducked(12.0, tone, soft, loud), 7, 32) == pytest.approx(
        [-12 + 20 * np.log10(2) - above, -12 - above], abs=0.05
    )
    assert decibels(ducked(6.0, tone, soft, loud), 7, 32) == pytest.approx([-4, -6 - above], abs=0.05)
    assert decibels(ducked(0.0, tone, soft, loud), 7, 32) == [0, 0]


DIPS = (20.0, 4.0, 12.0, 0.0, 8.0)


def test_dips_are_where_they_are_said_to_be_and_all_is_as_it_was_where_nobody_speaks() -> None:
    """Tones; what resonances (400, 800, 1600, 3200 and 6400 Hz, 1.25 of it wide, the last 1.75) leave, as circuits."""
    times = np.arange(8 * RATE) / RATE
    ducking = Ducking((Line(TimeRange(Fraction(3), Fraction(5)), 12.0, DIPS),))
    for hertz in (30, 60, 200, 500, 1000, 2000, 4000, 6000):
        tone = np.sin(2 * np.pi * hertz * times, dtype=np.float64)[None].astype(np.float32)
        whole = next(ducking.applied([tone], 0, RATE))
        assert np.array_equal(whole[:, : 27 * RATE // 10], tone[:, : 27 * RATE // 10])
        assert np.array_equal(whole[:, 57 * RATE // 10 + 1 :], tone[:, 57 * RATE // 10 + 1 :])
        inside = slice(round(3.5 * RATE), round(4.5 * RATE))
        lower = 10 * np.log10(np.square(whole[0, inside]).mean() / np.square(tone[0, inside]).mean())
        assert lower == pytest.approx(-12 - dipped_db(hertz), abs=1), hertz


def dipped_db(hertz: float) -> float:
    """By how much ``DIPS`` are lower at a frequency."""
    widths = {400: 1.25, 800: 1.25, 1600: 1.25, 3200: 1.25, 6400: 1.75}
    rings = [1 / (1 + 1j / width * (hertz / middle - middle / hertz)) for middle, width in widths.items()]
    left = [1 - (1 - 10 ** (-lower / 20)) * ring for ring, lower in zip(rings, DIPS, strict=True)]
    return float(-20 * np.log10(np.abs(np.prod(left))))


@pytest.mark.parametrize("slope", [0.75, 1.0])
def test_what_words_are_made_of_stands_well_above_the_music_and_the_rest_is_only_as_low_as_asked(slope: float) -> None:
    """Noise that falls by 4.5 or 6 dB an octave, as music does; beside noise like speech, 3 LU louder."""
    music, line = noise(40, lambda hertz: -20 * slope * np.log10(hertz)), TimeRange(Fraction(10), Fraction(20))
    speech = noise(40, lambda hertz: np.interp(np.log(hertz), np.log(list(WORTH)), SPEECH_PER_HZ_DB))
    speech *= 10 ** ((measured(music) + 3 - measured(speech)) / 20)
    made = next(ducked(12.0, music, line).applied([music], 0, RATE))
    heard, before, after = (
        10 * np.log10(bands(each[0, 11 * RATE : 19 * RATE]).mean(axis=0)) for each in (speech, music, made)
    )
    assert all(11.5 <= lower <= 15.5 for lower in (before - after)[:3]), "160 to 250 Hz"
    above = dict(zip(WORTH, heard - after, strict=True))
    assert (above[400] + above[500]) / 2 >= 21
    for middle in (1600, 3150, 6300):
        around = [each for hertz, each in above.items() if 0.7 < hertz / middle < 1.4]
        assert len(around) == 3 and sum(around) / 3 >= 25, middle
    assert measured(speech[:, 11 * RATE : 19 * RATE]) - measured(made[:, 11 * RATE : 19 * RATE]) == pytest.approx(
        18, abs=3
    )


def noise(seconds: int, decibels_at: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    """(1, N) with the spectrum that is asked for, from 40 Hz up, at an RMS of 0.05."""
    spectrum = np.fft.rfft(np.random.default_rng(3).standard_normal(seconds * RATE))
    hertz = np.fft.rfftfreq(seconds * RATE, 1 / RATE)
    spectrum *= 10 ** (decibels_at(np.maximum(hertz, 40)) / 20) * (hertz > 40)
    sound = np.fft.irfft(spectrum)
    return np.asarray(sound / np.sqrt(np.square(sound).mean()) * 0.05, np.float32)[None]


def measured(sound: np.ndarray) -> float:
    return measure(iter([sound]), RATE).integrated


def test_music_that_leaves_words_alone_is_only_lower() -> None:
    """A bass of 60 Hz, beside a line: 12 dB, and its sound otherwise the same."""
    tone = 0.1 * np.sin(2 * np.pi * 60 * np.arange(20 * RATE) / RATE)[None].astype(np.float32)
    ducking = ducked(12.0, tone, TimeRange(Fraction(5), Fraction(9)))
    made, inside = next(ducking.applied([tone], 0, RATE)), slice(6 * RATE, 8 * RATE)
    assert np.abs(made[:, inside] - tone[:, inside] * 10 ** (-12 / 20)).max() < 1e-4


def test_thousands_of_lines_at_once_are_measured_once() -> None:
    """As a file could have them: each over the whole of two minutes."""
    spans = [TimeRange(Fraction(place, 1000), Fraction(120)) for place in range(20_000)]
    meter = LineMeter([*spans, TimeRange(Fraction(130), Fraction(131))], RATE)
    assert meter.spans == (TimeRange(Fraction(0), Fraction(120)), TimeRange(Fraction(130), Fraction(131)))
    meter.add(np.full((1, 140 * RATE), 0.1, np.float32))
    assert [line.span for line in Ducking.of(12.0, meter, 3.0).lines] == list(meter.spans)


def second(*amplitudes: float) -> np.ndarray:
    """(1, N) of 1 kHz: each for a tenth of a second."""
    tenth = np.sin(2 * np.pi * 1000 * np.arange(RATE // 10) / RATE)
    return np.concatenate([amplitude * tenth for amplitude in amplitudes])[None].astype(np.float32)


@pytest.mark.parametrize(
    ("start", "end", "heard"),
    [
        ("-2", "-1", None),  # over before the music begins
        ("-1", "0", None),
        ("-1", "3/10", 0.0),
        ("2/10", "3/10", 0.0),  # what begins at 3/10 is not under it
        ("4/10", "5/10", 0.0),
        ("3/10", "4/10", 0.125),  # the power of a sine of 0.5
        ("31/100", "32/100", 0.125),
        ("39/100", "41/100", 0.125 * 0.9),  # between the two tenths, nine parts of ten
        ("1", "2", None),
    ],
)
def test_only_tenths_that_a_line_lies_in_are_measured(start: str, end: str, heard: float | None) -> None:
    span = TimeRange(Fraction(start), Fraction(end))
    meter = LineMeter([span], RATE)
    meter.add(second(0, 0, 0, 0.5, 0, 0, 0, 0, 0, 0))
    found = meter.bands(span)
    assert (found is None) == (heard is None)
    if found is not None:
        assert found.sum() == pytest.approx(heard, rel=0.01)


def test_a_block_that_is_filled_anew_is_measured_as_it_was_added() -> None:
    """As a ring of buffers does it, in pieces shorter than a tenth of a second."""
    span, sound = TimeRange(Fraction(0), Fraction(1)), second(*[0.5] * 10)
    whole, pieces, buffer = LineMeter([span], RATE), LineMeter([span], RATE), np.zeros((1, 1600), np.float32)
    whole.add(sound)
    for place in range(0, RATE, 1600):
        buffer[:] = sound[:, place : place + 1600]
        pieces.add(buffer)
        buffer[:] = 0
    found, expected = pieces.bands(span), whole.bands(span)
    assert found is not None and expected is not None
    assert found == pytest.approx(expected)


def test_who_asks_for_little_gets_little_of_it() -> None:
    """3 dB: a quarter of what 12 dB more would take out of the bands of words."""
    tone = 0.2 * np.sin(2 * np.pi * 1600 * np.arange(40 * RATE) / RATE)[None].astype(np.float32)
    span = TimeRange(Fraction(3), Fraction(5))
    little, much = (ducked(asked, tone, span).lower_db(4 * RATE, 1, RATE)[:, 0] for asked in (3.0, 12.0))
    assert little[0] == pytest.approx(3, abs=0.05)
    assert much[3] > 4 and little[3] < much[3] / 2
    assert little[3] > 0


def test_a_block_of_no_samples_changes_nothing() -> None:
    sound = np.random.default_rng(0).normal(size=(2, 6 * RATE)).astype(np.float32)
    ducking = Ducking((Line(TimeRange(Fraction(2), Fraction(4)), 12.0),))
    whole = next(ducking.applied([sound], 0, RATE))
    parts = [sound[:, : 3 * RATE], sound[:, :0], sound[:, 3 * RATE :]]
    assert np.array_equal(np.concatenate(list(ducking.applied(parts, 0, RATE)), 1), whole)


@pytest.mark.parametrize("hours", [0, 2])
@pytest.mark.parametrize("size", [479, 4800, 100_003])
def test_the_size_of_blocks_changes_no_sample(size: int, hours: int) -> None:
    """Two lines whose stretches join, one that is apart, one that begins before the music does."""
    starts = [(Fraction(1, 10), 1), (Fraction(5, 2), 3), (Fraction(81, 20), 5), (Fraction(9), 10)]
    late, count = 3600 * hours, 12 * RATE
    ducking = Ducking(tuple(Line(TimeRange(late + start, Fraction(late + end)), 12.0, DIPS) for start, end in starts))
    sound = np.random.default_rng(1).standard_normal((2, count)).astype(np.float32)
    whole = next(ducking.applied([sound], late * RATE, RATE))
    parts = ducking.applied((sound[:, at : at + size] for at in range(0, count, size)), late * RATE, RATE)
    assert np.array_equal(whole, np.concatenate(list(parts), axis=1))
    assert not np.array_equal(whole, sound)


def test_a_clip_that_begins_within_a_line_sounds_as_the_whole_does() -> None:
    """A tenth of a second is enough for the bands to settle, to the 24 bits of a file."""
    ducking = Ducking((Line(TimeRange(Fraction(1), Fraction(5)), 12.0, DIPS),))
    sound = np.random.default_rng(1).uniform(-0.5, 0.5, (2, 6 * RATE)).astype(np.float32)
    whole = next(ducking.applied([sound], 0, RATE))
    first = 3 * RATE + 17
    part = next(ducking.applied([sound[:, first:]], first, RATE))[:, round(SETTLED_S * RATE) :]
    assert np.abs(part - whole[:, first + round(SETTLED_S * RATE) :]).max() < 2**-24
