"""The sound as a file will hold it: exact length, the same bits, no clipping, no clicks, no DC, no aliases."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest
from music import RATE, decibels, played

from talkies.core.errors import ArgumentError
from talkies.core.instruments import INSTRUMENTS, ROOMS, SALON, PlayedNote, Tones, perform

DRY = ROOMS["dry"]


def salon(seconds: float) -> list[PlayedNote]:
    rng = np.random.default_rng(3)
    names = ("piano", "violin", "cello", "flute", "clarinet", "harmonium")
    notes = [
        PlayedNote(
            Fraction(round(float(at) * 1000), 1000),
            0.4,
            int(rng.integers(55, 76)),
            int(rng.integers(40, 110)),
            str(name),
        )
        for at, name in zip(
            np.sort(rng.uniform(0, seconds - 0.5, round(6 * seconds))), itertools.cycle(names), strict=False
        )
    ]
    return sorted(notes, key=lambda note: note.onset)


@pytest.mark.parametrize("samples", [1, 479, 65_536, 65_537, 200_003])
def test_the_length_is_exact(samples: int) -> None:
    blocks = list(perform([PlayedNote(0, 1, 60, 90, "piano")], samples, 1))
    assert sum(block.shape[1] for block in blocks) == samples
    assert all(block.shape[0] == 2 and block.dtype == np.float32 for block in blocks)


def test_nothing_played_is_silence_and_no_length_no_blocks() -> None:
    assert not np.concatenate(list(perform([], 100_000, 1)), axis=1).any()
    assert list(perform([], 0, 1)) == []


def test_a_seed_gives_the_same_bits_and_another_does_not() -> None:
    first = played(salon(3), 3, seed=5)
    again = np.concatenate(list(perform(iter(salon(3)), 3 * RATE, 5)), axis=1)
    assert np.array_equal(first, again), "also from new tones"
    assert not np.array_equal(first, played(salon(3), 3, seed=6))


@pytest.mark.parametrize("block", [1000, 4096, 65_536, 1_000_000])
def test_the_size_of_blocks_changes_no_sample(block: int) -> None:
    tones = Tones(SALON)
    whole = np.concatenate(list(perform(salon(3), 3 * RATE, 5, tones=tones)), axis=1)
    blocks = list(perform(salon(3), 3 * RATE, 5, block=block, tones=tones))
    assert np.array_equal(whole, np.concatenate(blocks, axis=1))
    assert all(each.shape[1] == block for each in blocks[:-1])


def test_a_small_store_of_tones_changes_no_sample() -> None:
    kept = np.concatenate(list(perform(salon(3), 3 * RATE, 5)), axis=1)
    forgetful = np.concatenate(list(perform(salon(3), 3 * RATE, 5, tones=Tones(SALON, megabytes=1))), axis=1)
    assert np.array_equal(kept, forgetful)


def test_no_chord_clips() -> None:
    """Everybody at once, as loud as can be, four times in two seconds."""
    notes = [
        PlayedNote(0.5 * beat, 0.5, pitch, 127, name)
        for beat in range(4)
        for name, instrument in INSTRUMENTS.items()
        for pitch in range(instrument.compass[0], instrument.compass[1] + 1, 7)
    ]
    sound = played(notes, 2.5)
    assert 0.5 < np.abs(sound).max() < 10 ** (-1 / 20)


def test_a_salon_is_neither_faint_nor_at_the_limiter() -> None:
    sound = played(salon(6), 6)
    assert 0.06 < np.abs(sound).max() < 0.8


def test_the_ends_of_notes_do_not_click() -> None:
    """What lies above 8 kHz around the end of a pure, low note is not more than a little before it."""
    from scipy.signal import butter, sosfilt

    high = butter(6, 8000, "highpass", fs=RATE, output="sos")
    for name in ("flute", "horn", "piano", "harmonium", "violins", "harp", "theatre_organ"):
        sound = sosfilt(high, played([PlayedNote(0.1, 1.03, 60, 70, name)], 2.0, room=DRY).astype(np.float64))
        before = np.abs(sound[:, round(0.8 * RATE) : round(1.1 * RATE)]).max()
        around = np.abs(sound[:, round(1.12 * RATE) : round(1.4 * RATE)]).max()
        assert around < 1.6 * before + 2e-5, name


def test_no_sample_jumps_out_of_its_surroundings() -> None:
    """Second differences: none is far above the largest of the 40 ms around it, without the very neighbours."""
    from scipy.ndimage import maximum_filter1d

    for name in ("flute", "horn", "clarinet", "harmonium", "basses", "cello", "violins", "theatre_organ", "trumpet"):
        low, high = INSTRUMENTS[name].compass
        notes = [PlayedNote(0.2 + 0.35 * n, 0.35, low + 5 * n, 90, name) for n in range((high - low) // 5)]
        sound = played([*notes, PlayedNote(10, 7, low + 12, 90, name)], 17.5, room=DRY)[0].astype(np.float64)
        jumps = np.abs(np.diff(sound, 2))
        clear = np.array([maximum_filter1d(jumps, 1900, origin=shift) for shift in (-949, 949)]).max(axis=0)
        loud = jumps > 3e-4
        assert (jumps[loud] < 4 * clear[loud] + 1e-4).all(), name


def test_there_is_no_direct_current() -> None:
    for name in INSTRUMENTS:
        sound = played([PlayedNote(0.1, 1.0, sum(INSTRUMENTS[name].compass) // 2, 110, name)], 2.5)
        spectrum = np.abs(np.fft.rfft(sound * np.hanning(sound.shape[1]), axis=1))
        hertz = np.fft.rfftfreq(sound.shape[1], 1 / RATE)
        assert 20 * np.log10(spectrum[:, hertz < 8].max() / spectrum.max()) < -50, name
        assert abs(sound.mean()) < 1e-4


@pytest.mark.parametrize("name", ["piano", "violin", "flute", "glockenspiel", "theatre_organ", "harp", "triangle"])
def test_the_top_octave_has_no_aliases(name: str) -> None:
    """Between the partials, and above the highest, lies nothing but noise: a note a little higher moves every peak up,
    never down."""
    high = INSTRUMENTS[name].compass[1]
    for pitch in range(high - 12, high + 1, 3):
        base = 440 * 2 ** ((pitch - 69) / 12)
        sound = played([PlayedNote(0.1, 1.4, pitch, 115, name)], 1.5, room=DRY).mean(axis=0)[RATE // 4 :]
        spectrum = np.abs(np.fft.rfft(sound * np.blackman(len(sound))))
        hertz = np.fft.rfftfreq(len(sound), 1 / RATE)
        level = 20 * np.log10(spectrum / spectrum.max() + 1e-12)
        assert level[hertz > 19_500].max() < -74, "no more than the 16 bits in which tones are kept"
        if name in ("piano", "flute", "harp", "glockenspiel"):
            assert level[(hertz > 60) & (hertz < 0.45 * base)].max() < -42, "what folds over comes down below the note"


def test_the_cut_at_the_end_is_faded() -> None:
    sound = played([PlayedNote(0, 5, 60, 110, "harmonium")], 1.0)
    assert np.abs(sound[:, -1]).max() < 2e-3 and decibels(sound[:, -2400:-480]) > -50


def test_both_sides_are_used_and_neither_alone() -> None:
    sound = played(salon(6), 6)
    assert abs(decibels(sound[0]) - decibels(sound[1])) < 4
    assert decibels(sound[0] - sound[1]) > decibels(sound) - 15
    assert decibels(sound.sum(axis=0)) > decibels(sound), "mono does not cancel"


@pytest.mark.parametrize(
    "note",
    [
        PlayedNote(0, 1, 60, 90, "kazoo"),
        PlayedNote(0, 1, 128.5, 90, "piano"),
        PlayedNote(0, 1, 60, 0, "piano"),
        PlayedNote(0, -1, 60, 90, "piano"),
        PlayedNote(-1, 1, 60, 90, "piano"),
    ],
)
def test_what_cannot_be_played_is_refused(note: PlayedNote) -> None:
    with pytest.raises(ArgumentError):
        list(perform([note], RATE, 1))


def test_notes_out_of_order_are_refused() -> None:
    notes = [PlayedNote(1, 1, 60, 90, "piano"), PlayedNote(0.5, 1, 60, 90, "piano")]
    with pytest.raises(ArgumentError, match="order"):
        list(perform(notes, 2 * RATE, 1))


def test_notes_are_read_only_as_far_as_they_are_needed() -> None:
    """An endless score is played as far as it is asked for."""
    read = 0

    def endless() -> Iterator[PlayedNote]:
        nonlocal read
        for beat in itertools.count():
            read += 1
            yield PlayedNote(Fraction(beat, 2), Fraction(1, 2), 60 + beat % 12, 80, "piano")

    assert sum(block.shape[1] for block in perform(endless(), 10 * RATE, 1)) == 10 * RATE
    assert read < 30
