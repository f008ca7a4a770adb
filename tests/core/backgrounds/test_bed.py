"""The bed of a place: as loud and as coloured as recorded ones, and one function of time however it is cut."""

from __future__ import annotations

import tracemalloc
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from talkies.core.arrays import AnyFloats, Floats
from talkies.core.backgrounds.air import INDOORS, OUTDOORS, Air
from talkies.core.backgrounds.bed import Bed, Place
from talkies.core.backgrounds.bed_track import BedTrack, Shown
from talkies.core.backgrounds.words import read_words
from talkies.core.media.sound import read_sound
from talkies.core.times import TimeRange

RATE = 48_000
OCTAVES = [31.25 * 2**n for n in range(10)]


def seconds(start: float | str, end: float | str) -> TimeRange:
    return TimeRange(Fraction(str(start)), Fraction(str(end)))


def track(*shown: tuple[TimeRange, Place], words: str = "", seed: int = 0) -> BedTrack:
    wanted = read_words(words)
    return BedTrack([Shown(span, place) for span, place in shown], lambda place: Bed(place, wanted, seed))


def heard(of: BedTrack, span: TimeRange) -> AnyFloats:
    return np.concatenate(list(of.blocks(span)), axis=1)


def decibels(sound: AnyFloats) -> float:
    return float(10 * np.log10(np.mean(np.square(sound.astype(np.float64)))))


def octaves(sound: AnyFloats) -> Floats:
    """Levels of the octaves relative to the whole, by the median in time of a spectrum's bins: calls do not count."""
    size = 16_384
    frames = [sound[at : at + size] * np.hanning(size) for at in range(0, len(sound) - size, size // 2)]
    bins = np.median(np.square(np.abs(np.fft.rfft(frames, axis=1))), axis=0)
    hertz = np.fft.rfftfreq(size, 1 / RATE)
    sums = [bins[(hertz >= middle / 2**0.5) & (hertz < middle * 2**0.5)].sum() for middle in OCTAVES]
    return np.asarray(10 * np.log10(np.array(sums) / np.sum(sums) + 1e-12))


@pytest.mark.parametrize("air", [INDOORS, OUTDOORS], ids=lambda air: air.name)
@pytest.mark.parametrize("dark", [False, True])
def test_it_is_as_loud_as_a_room_tone_in_both_channels(air: Air, dark: bool) -> None:
    for seed in range(4):
        place = Place(f"shot {seed}", air, dark)
        sound = heard(track((seconds(0, 60), place), seed=seed), seconds(7 * seed, 7 * seed + 5))
        for channel in sound:
            assert -60 <= decibels(channel) <= -50


@pytest.mark.parametrize("words", ["rain", "kitchen, mains hum", "street, engine"])
def test_words_do_not_make_it_louder(words: str) -> None:
    sound = heard(track((seconds(0, 60), Place("a")), words=words), seconds(10, 18))
    assert all(-60 <= decibels(channel) <= -50 for channel in sound)


@pytest.mark.parametrize("words", ["", "garden, bird", "kitchen, hum, fire"])
def test_any_stretch_is_the_same_to_the_bit_whole_and_in_pieces(words: str) -> None:
    """Cuts of one place, at frames of 23.976 and across the slots of what words add."""
    place, frame = Place("a"), Fraction(1001, 24_000)
    cuts = [Fraction(-1), 0 * frame, 31 * frame, 100 * frame, 411 * frame, Fraction(20)]
    whole = heard(track((seconds(-5, 60), place), words=words), TimeRange(cuts[0], cuts[-1]))
    spans = [TimeRange(start, end) for start, end in pairwise(cuts)]
    shown = [(span.overlap(seconds(0, 60)) or seconds(0, 1), place) for span in spans[1:]]
    pieces = [heard(track(*shown, words=words), span) for span in reversed(spans)]
    assert np.array_equal(whole, np.concatenate(pieces[::-1], axis=1))
    assert whole.shape == (2, 21 * RATE)


def test_places_differ_and_a_seed_repeats() -> None:
    one, again, other, seeded = (
        heard(track((seconds(0, 9), Place(key)), seed=seed), seconds(0, 2))
        for key, seed in (("a", 0), ("a", 0), ("b", 0), ("a", 1))
    )
    assert np.array_equal(one, again)
    assert abs(np.corrcoef(one[0], other[0])[0, 1]) < 0.1
    assert abs(np.corrcoef(one[0], seeded[0])[0, 1]) < 0.1


def test_left_and_right_are_alike_in_the_bass_and_less_so_above() -> None:
    """As in the stereo recordings of a city and of wind: 0.9 below 250 Hz, less than 0.6 above 4 kHz."""
    sound = heard(track((seconds(0, 60), Place("a", OUTDOORS))), seconds(0, 12))
    spectra = np.fft.rfft(sound.astype(np.float64), axis=1)
    hertz = np.fft.rfftfreq(sound.shape[1], 1 / RATE)
    alike = []
    for low, high in ((40, 200), (4000, 12_000)):
        left, right = spectra[:, (hertz > low) & (hertz < high)]
        alike.append((left @ right.conj()).real / np.sqrt((abs(left) ** 2).sum() * (abs(right) ** 2).sum()))
    assert 0.8 < alike[0] < 0.97
    assert 0.2 < alike[1] < 0.6


def test_its_octaves_are_those_of_recorded_ambiences(shared_dir: Path) -> None:
    """Twelve recordings outdoors, from 63 Hz to 8 kHz: the mean of six beds is within their spread."""
    folder = shared_dir / "data/foley/cdda"
    files = sorted((*folder.glob("*weather__weather_c*"), *folder.glob("*weather__weather_s*")))
    if len(files) < 12:
        pytest.skip("the recordings are not there")
    recorded = np.array([octaves(read_sound(path, RATE)[0]) for path in files])
    made = np.mean(
        [octaves(heard(track((seconds(0, 60), Place(f"{n}", OUTDOORS))), seconds(0, 12))[0]) for n in range(6)], axis=0
    )
    away = np.abs(made - recorded.mean(axis=0))[1:9]
    assert (away <= np.maximum(recorded.std(axis=0)[1:9], 3)).all()
    assert away.mean() < 3


def test_its_level_moves_as_slowly_and_as_little_as_that_of_a_room(shared_dir: Path) -> None:
    """Standard deviation of the level of a second; 0.6 dB in the recorded room tone."""
    file = shared_dir / "data/foley/cdda/environment__ambient__indoors.ogg"
    if not file.is_file():
        pytest.skip("the recording is not there")

    def deviation(sound: AnyFloats) -> float:
        return float(np.std([decibels(sound[at : at + RATE]) for at in range(0, len(sound) - RATE, RATE)]))

    beds = [heard(track((seconds(0, 60), Place(key))), seconds(0, 20))[0] for key in "abc"]
    made, recorded = np.mean([deviation(bed) for bed in beds]), deviation(read_sound(file, RATE)[0])
    assert 0.5 * recorded < made < 2 * recorded


class Constant(Bed):
    """A bed of one number in one channel, so that the track shows its gains."""

    def __init__(self, channel: int) -> None:
        self.value = np.eye(2)[channel][:, None]

    def blocks(self, first: int):  # type: ignore[no-untyped-def]
        while True:
            yield np.broadcast_to(self.value, (2, 1 << 14))


@pytest.mark.parametrize(("second", "half"), [("3", "0.5"), ("0.4", "0.2")])  # s: beside a short shot it is shorter
def test_places_cross_at_equal_power_around_the_cut(second: str, half: str) -> None:
    """One place in the left, the other in the right channel: the squares of their gains add up to 1."""
    cut, end = Fraction(2), Fraction(2) + Fraction(second)
    spans = [TimeRange(Fraction(0), cut), TimeRange(cut, end), TimeRange(end, end + 3)]
    shown = [Shown(span, Place(key)) for span, key in zip(spans, "aba", strict=True)]
    of = BedTrack(shown, lambda place: Constant(int(place.key == "b")))
    gains = heard(of, TimeRange(Fraction(1), cut + Fraction(second) / 2)).astype(float)
    assert np.allclose((gains**2).sum(axis=0), 1, atol=1e-6)
    assert np.abs(np.diff(gains, axis=1)).max() < 1.01 * np.pi / 2 / (2 * float(half) * RATE)
    crossing = np.flatnonzero((gains > 0).all(axis=0)) / RATE + 1
    assert crossing[0] == pytest.approx(2 - float(half), abs=1e-3)
    assert crossing[-1] == pytest.approx(2 + float(half), abs=1e-3)


def test_between_two_rooms_it_neither_dips_nor_clicks() -> None:
    """Mean power of twelve pairs of rooms, tenth by tenth of a second, against the levels on both sides."""
    power = np.zeros(20)
    for seed in range(12):
        pair = [(seconds(0, 4), Place("a")), (seconds(4, 8), Place("b"))]
        sound = heard(track(*pair, seed=seed), seconds(3, 5)).astype(float)
        power += np.square(sound.reshape(2, 20, -1)).mean(axis=(0, 2))
        steps, half = np.abs(np.diff(sound, axis=1)).max(axis=0), RATE // 2
        assert steps[half:-half].max() < 2 * max(steps[:half].max(), steps[-half:].max())
    beside, crossing = power[[*range(5), *range(15, 20)]].mean(), power[5:15].mean()
    assert abs(10 * np.log10(crossing / beside)) < 1


def test_a_place_comes_back_as_it_was() -> None:
    """A-B-A: the second A goes on as if nobody had left."""
    shown = [(seconds(0, 3), Place("a")), (seconds(3, 5), Place("b")), (seconds(5, 9), Place("a"))]
    alone = heard(track((seconds(0, 9), Place("a"))), seconds(6, 9))
    assert np.array_equal(heard(track(*shown), seconds(6, 9)), alone)


def test_memory_does_not_grow_with_length() -> None:
    peaks = []
    for length in (10, 60):
        tracemalloc.start()
        for _ in track((seconds(0, 3600), Place("a"))).blocks(seconds(0, length)):
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < 1.1 * peaks[0]


def test_the_mains_hum_only_where_words_say_so() -> None:
    """50 Hz and its harmonics, or 60: a line in the spectrum 20 dB above its neighbours."""
    for words, hertz in (("", 0), ("room, hum", 50), ("room, hum 60 Hz", 60)):
        sound = heard(track((seconds(0, 60), Place("a")), words=words), seconds(0, 10))[0]
        spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)))) ** 2
        above = {line: spectrum[10 * line] / np.median(spectrum[10 * line - 60 : 10 * line + 60]) for line in (50, 60)}
        assert {line for line, times in above.items() if times > 100} == ({hertz} - {0})
