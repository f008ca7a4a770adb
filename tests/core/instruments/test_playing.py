"""What every instrument owes its player: pitch, time, force, an end; measured in the sound."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from music import RATE, centroid_hz, decibels, envelope, off_pitch_cents, played
from onset_facts import offsets, strength

from talkies.core.instruments import INSTRUMENTS, ROOMS, PlayedNote, perform

PITCHED = [name for name, instrument in INSTRUMENTS.items() if instrument.pitched]
STRUCK = ("piano", "harp", "timpani", "glockenspiel", "snare", "bass_drum", "cymbal", "triangle")
PLUCKED = (*STRUCK, *(name for name in INSTRUMENTS if name.endswith("pizzicato")))
KEPT_UP = tuple(name for name in INSTRUMENTS if name not in PLUCKED)
RINGING = ("timpani", "glockenspiel", "cymbal", "triangle", "snare", "bass_drum")
DRY = ROOMS["dry"]


def middle(name: str) -> int:
    return sum(INSTRUMENTS[name].compass) // 2


def level_rms(name: str, velocity: int, pitch: int | None = None) -> np.ndarray:
    note = PlayedNote(0.2, 0.6, middle(name) if pitch is None else pitch, velocity, name)
    return played([note], 1.2)


@pytest.mark.parametrize("name", PITCHED)
def test_each_pitch_is_in_tune_over_the_compass(name: str) -> None:
    low, high = INSTRUMENTS[name].compass
    length = 1.6 if name in KEPT_UP else 1.0
    for pitch in np.unique(np.linspace(low, high, 7).round()):
        wanted = 440 * 2 ** ((pitch - 69) / 12)
        sound = played([PlayedNote(0.1, length, pitch, 85, name)], length + 0.1, room=DRY).mean(axis=0)
        cents = off_pitch_cents(sound[round(0.15 * RATE) :], wanted)
        stretched = name == "piano" and not 33 <= pitch <= 96
        assert abs(cents) <= (20 if stretched else 5), f"{name} {pitch}: {cents:+.1f} cents"


def test_pitches_between_the_keys_are_played() -> None:
    for pitch in (60.25, 72.5):
        wanted = 440 * 2 ** ((pitch - 69) / 12)
        sound = played([PlayedNote(0.1, 1.5, pitch, 80, "clarinet")], 1.6, room=DRY).mean(axis=0)
        assert abs(off_pitch_cents(sound[RATE // 4 :], wanted)) < 3


@pytest.mark.parametrize("name", PLUCKED)
def test_what_is_struck_begins_on_time(name: str) -> None:
    """The first moment at a tenth of the attack's loudest; nothing before."""
    for onset in (0.2503, 1.36):  # the second lies beside a seam of the room's chunks
        sound = played([PlayedNote(onset, 0.5, middle(name), 96, name)], onset + 0.4, room=DRY)
        loud = np.abs(sound).max(axis=0)
        first = np.flatnonzero(loud > 0.1 * loud[: round((onset + 0.05) * RATE)].max())[0] / RATE
        assert first == pytest.approx(onset, abs=0.003)
        assert loud[: round((onset - 0.001) * RATE)].max() < 1e-6


@pytest.mark.parametrize("length_s", [0.15, 0.8])
@pytest.mark.parametrize("name", KEPT_UP)
def test_what_is_bowed_or_blown_is_felt_to_begin_on_time(name: str, length_s: float) -> None:
    """The envelope passes a quarter (-12 dB) of what it reaches in the first 200 ms."""
    low, high = INSTRUMENTS[name].compass
    for pitch in (low + 7, middle(name), high - 7):
        sound = played([PlayedNote(0.3, length_s, pitch, 90, name)], 0.6, room=DRY)
        level = envelope(sound, max(0.006, 1.5 / (440 * 2 ** ((pitch - 69) / 12))))
        first = np.flatnonzero(level > 0.25 * level[: round(0.5 * RATE)].max())[0] / RATE
        assert first == pytest.approx(0.3, abs=0.025), f"{name} {pitch}"


def test_a_note_at_the_very_start_is_heard_from_there() -> None:
    sound = played([PlayedNote(0, 1.0, 69, 90, "violins")], 1.0)
    assert np.abs(sound[:, 0]).max() < 1e-4
    assert decibels(sound[:, : RATE // 10]) > decibels(sound) - 15


@pytest.mark.parametrize("name", [name for name in INSTRUMENTS if name not in RINGING])
def test_a_note_that_has_ended_is_silent_within_a_second_and_a_half(name: str) -> None:
    low, high = INSTRUMENTS[name].compass
    for room in (ROOMS["salon"], ROOMS["theatre"]):
        for pitch in (low, high):
            sound = played([PlayedNote(0.1, 0.7, pitch, 100, name)], 3.0, room=room)
            peak, left = np.abs(sound).max(), np.abs(sound[:, round(2.3 * RATE) :]).max()
            assert left < peak * 1e-4, f"{name} {pitch}: {20 * np.log10(left / peak):.0f} dB"


@pytest.mark.parametrize("name", KEPT_UP)
def test_a_held_note_goes_on_evenly_past_its_loop(name: str) -> None:
    sound = played([PlayedNote(0.1, 12.0, middle(name), 80, name)], 12.0)
    seconds = [decibels(sound[:, at * RATE : (at + 1) * RATE]) for at in range(2, 12)]
    assert max(seconds) - min(seconds) < 5


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_more_velocity_is_louder_and_brighter(name: str) -> None:
    sounds = [level_rms(name, velocity) for velocity in (15, 40, 65, 90, 120)]
    heard = [sound[:, round(0.2 * RATE) : round(0.7 * RATE)] for sound in sounds]
    for softer, louder in itertools.pairwise(heard):
        assert decibels(louder) > decibels(softer) + 1.5
        assert centroid_hz(louder.mean(axis=0)) > 1.01 * centroid_hz(softer.mean(axis=0))


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_no_two_repeated_strokes_are_equal(name: str) -> None:
    """Also after their levels are made alike: neighbours differ clearly, others still measurably."""
    gap = 2.0 if name not in RINGING else 8.0
    notes = [PlayedNote(0.1 + number * gap, 0.4, middle(name), 80, name) for number in range(5)]
    sound = played(notes, 5 * gap, room=DRY)
    strokes = [sound[:, round((number * gap + 0.102) * RATE) :][:, : RATE // 2] for number in range(5)]
    for (first, one), (second, other) in itertools.combinations(enumerate(strokes), 2):
        scale = (one * other).sum() / np.square(other).sum()
        differing = decibels(one - scale * other) - decibels(one)
        assert differing > (-36 if second == first + 1 else -75), f"{first} and {second}"


@pytest.mark.parametrize("name", ["piano", "violins", "theatre_organ", "flute"])
def test_repeated_strokes_are_of_one_instrument(name: str) -> None:
    """Equal level within 2 dB, equal brightness within a sixth."""
    notes = [PlayedNote(0.1 + number, 0.5, middle(name), 80, name) for number in range(6)]
    sound = played(notes, 6.2, room=DRY)
    strokes = [sound[:, round((number + 0.1) * RATE) :][:, : RATE // 2] for number in range(6)]
    levels = [decibels(stroke) for stroke in strokes]
    bright = [centroid_hz(stroke.mean(axis=0)) for stroke in strokes]
    assert max(levels) - min(levels) < 2.5 and max(bright) < 1.25 * min(bright)


def harmonic_db(name: str, pitch: int, velocity: int = 90) -> np.ndarray:
    """Levels of the first eight harmonics of a steady note."""
    sound = played([PlayedNote(0.0, 2.0, pitch, velocity, name)], 2.0, room=DRY).mean(axis=0)[RATE // 2 :]
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 1 << 19))
    bins = 440 * 2 ** ((pitch - 69) / 12) * np.arange(1, 9) * (1 << 19) / RATE
    return np.array([20 * np.log10(spectrum[int(at * 0.98) : int(at * 1.02) + 1].max()) for at in bins])


def test_a_clarinet_has_odd_harmonics_and_a_flute_mostly_its_first() -> None:
    low = harmonic_db("clarinet", 55)
    assert min(low[0], low[2]) > low[1] + 12 and low[4] > low[3] + 5
    assert harmonic_db("flute", 74, 60)[0] > harmonic_db("flute", 74, 60)[1:].max() + 6
    assert harmonic_db("oboe", 62)[0] < harmonic_db("oboe", 62).max() - 4, "its formant outweighs the fundamental"


def test_piano_partials_are_stretched_as_those_of_stiff_strings() -> None:
    """f_n = n f_1 √((1 + B n²) / (1 + B)), B about 4e-4 at middle C (Fletcher 1964)."""
    sound = played([PlayedNote(0.0, 2.0, 60, 110, "piano")], 2.0, room=DRY).mean(axis=0)
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound)), 1 << 20))
    first = 261.6256
    for number in (6, 8, 10):
        near = slice(int(number * first * 0.995 * (1 << 20) / RATE), int(number * first * 1.04 * (1 << 20) / RATE))
        found = (near.start + np.argmax(spectrum[near])) * RATE / (1 << 20)
        stiffness = ((found / number / first) ** 2 - 1) / number**2
        assert 2.5e-4 < stiffness < 6e-4


def test_a_piano_tone_falls_fast_and_then_slowly() -> None:
    """Double decay: the first half second loses more dB a second than what follows."""
    sound = played([PlayedNote(0.0, 9.0, 60, 100, "piano")], 8.0, room=DRY)
    level = [decibels(sound[:, round(at * RATE) : round((at + 0.5) * RATE)]) for at in (0.1, 1.1, 5.0, 6.0)]
    early, late = level[0] - level[1], level[2] - level[3]
    assert early > 1.3 * late > 1.5


def test_vibrato_sets_in_late_and_is_that_of_a_violinist() -> None:
    """The pitch, followed through the sound of one player: still at first, then 4 to 7 swings a second."""
    from scipy.signal import butter, hilbert, sosfiltfilt

    sound = played([PlayedNote(0.2, 2.6, 76, 85, "violin")], 2.6, room=DRY).mean(axis=0)
    base = 440 * 2 ** (7 / 12)
    one = sosfiltfilt(butter(3, (base * 0.85, base * 1.18), "bandpass", fs=RATE, output="sos"), sound)
    turning = np.diff(np.unwrap(np.angle(hilbert(one)))) * RATE / (2 * np.pi)
    cents = 1200 * np.log2(np.maximum(np.convolve(turning, np.ones(960) / 960, mode="same"), 1) / base)
    still, moving = cents[round(0.3 * RATE) : round(0.42 * RATE)], cents[round(1.4 * RATE) : round(2.4 * RATE)]
    assert np.ptp(still) < 0.5 * np.ptp(moving) and 10 < np.ptp(moving) < 60
    crossings = np.count_nonzero(np.diff(np.sign(moving - np.median(moving)))) / 2
    assert 4 <= crossings <= 7


@pytest.mark.parametrize(
    "name", ["violins", "cellos", "basses", "oboe", "horn", "trumpet", "harmonium", "theatre_organ"]
)
def test_an_accent_is_on_its_moment_and_goes_on_as_ever(name: str) -> None:
    """Where the level rises fastest in the bands of a flux that knows nothing of the instruments."""
    found, level = {}, {}
    for marked in (False, True):
        notes = [PlayedNote(0.5 + 2 * turn, 1.6, middle(name), 96, name, marked) for turn in range(3)]
        sound = played(notes, 6.5).mean(axis=0)
        found[marked] = offsets(strength(sound), [0.5, 2.5, 4.5])
        level[marked] = decibels(sound[round(1.2 * RATE) : round(1.9 * RATE)])
    assert all(abs(offset) <= 0.0251 for offset in found[True])
    assert np.abs(found[True]).max() <= np.abs(found[False]).max()
    assert level[True] == pytest.approx(level[False], abs=2)


def test_what_rings_on_is_let_go_within_the_fade_that_is_asked_for() -> None:
    notes = [PlayedNote(0.2, 9, 45, 110, "piano")]
    plain, faded = (
        np.concatenate(list(perform(notes, 3 * RATE, 1, block=block, fade_s=fade_s)), axis=1)
        for block, fade_s in ((RATE, 0.01), (7001, 0.5))
    )
    assert np.array_equal(plain[:, : round(2.49 * RATE)], faded[:, : round(2.49 * RATE)])
    assert decibels(faded[:, -RATE // 50 :]) < decibels(plain[:, -3 * RATE // 100 : -RATE // 100]) - 40
