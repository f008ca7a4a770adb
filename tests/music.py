"""Music for tests: played and measured with nothing of what made it."""

from __future__ import annotations

import numpy as np

from talkies.core.instruments import SALON, PlayedNote, Room, Tones, perform

RATE = 48_000
_KEPT: dict[Room, Tones] = {}


def played(notes: list[PlayedNote], seconds: float, seed: int = 1, room: Room = SALON) -> np.ndarray:
    """(2, N); tones are kept between calls, as between takes."""
    tones = _KEPT.setdefault(room, Tones(room))
    return np.concatenate(list(perform(notes, round(seconds * RATE), seed, room, tones=tones)), axis=1)


def decibels(sound: np.ndarray) -> float:
    """RMS."""
    return float(10 * np.log10(np.mean(np.square(sound, dtype=np.float64)) + 1e-20))


def off_pitch_cents(sound: np.ndarray, hertz: float) -> float:
    """How far the first three harmonics lie from a pitch: the middle of the power within 70 cents of each, mean by
    power. A vibrato around the pitch and players on both sides of it count as nothing."""
    size = 1 << 20
    power = np.square(np.abs(np.fft.rfft(sound * np.hanning(len(sound)), size)))
    total = np.zeros(2)
    for number in (1, 2, 3):
        cents = np.arange(-70, 70.1, 0.5)
        here = np.interp(number * hertz * 2 ** (cents / 1200), np.arange(len(power)) * RATE / size, power)
        total += (here * cents).sum(), here.sum()
    return float(total[0] / total[1])


def centroid_hz(sound: np.ndarray) -> float:
    """Of amplitudes between 50 Hz and 16 kHz."""
    spectrum = np.abs(np.fft.rfft(sound * np.hanning(len(sound))))
    hertz = np.fft.rfftfreq(len(sound), 1 / RATE)
    heard = (hertz > 50) & (hertz < 16_000)
    return float((spectrum * hertz)[heard].sum() / spectrum[heard].sum())


def envelope(sound: np.ndarray, window_s: float) -> np.ndarray:
    """RMS around each sample, of both channels."""
    width = max(round(window_s * RATE), 1)
    power = np.square(sound, dtype=np.float64).sum(axis=0)
    return np.sqrt(np.convolve(power, np.ones(width) / width, mode="same"))
