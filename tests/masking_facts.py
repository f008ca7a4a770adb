"""How much of speech is lost under something else: moments and bands in which it is there and not well above it.

Speech is heard by its glimpses (Cooke 2006): what stands 3 dB above the rest. Third-octaves of 160 Hz to 8 kHz in
windows of 21 ms, weighted by what each band is worth for understanding (ANSI S3.5-1997, table 3).
"""

from __future__ import annotations

import numpy as np

RATE = 48_000
WINDOW = 1024
WORTH = {
    160: 0.0083, 200: 0.0095, 250: 0.0150, 315: 0.0289, 400: 0.0440, 500: 0.0578, 630: 0.0653, 800: 0.0711,
    1000: 0.0818, 1250: 0.0844, 1600: 0.0882, 2000: 0.0898, 2500: 0.0868, 3150: 0.0844, 4000: 0.0771, 5000: 0.0527,
    6300: 0.0364, 8000: 0.0185,
}  # fmt: skip
SPEECH_PER_HZ_DB = (
    32.41, 34.48, 34.75, 33.98, 34.59, 34.27, 32.06, 28.30, 25.01, 23.00, 20.15, 17.32, 13.18, 11.55, 9.33, 5.31, 2.59,
    1.13,
)  # fmt: skip
"""Of speech at normal effort (table 3 as well)."""
ABOVE_DB, BELOW_DB = 3.0, 20.0


def masked(speech: np.ndarray, other: np.ndarray) -> float:
    """Share, 0 to 1, of the places where ``speech`` (N,) is at most 20 dB below its mean in a band, but less than 3 dB
    above ``other`` (N,)."""
    heard, beside = bands(speech), bands(other)
    there = heard > heard.mean(axis=0) * 10 ** (-BELOW_DB / 10)
    lost = there & (heard < beside * 10 ** (ABOVE_DB / 10))
    worth = np.array(list(WORTH.values()))
    return float((lost.sum(axis=0) / np.maximum(there.sum(axis=0), 1)) @ worth / worth.sum())


def bands(sound: np.ndarray) -> np.ndarray:
    """(T, 18) power in third-octaves; a bin that an edge parts is in both, by its shares."""
    views = np.lib.stride_tricks.sliding_window_view(np.pad(sound, WINDOW // 2), WINDOW)[:: WINDOW // 2]
    power = np.square(np.abs(np.fft.rfft(views * np.hanning(WINDOW))))
    edges = np.arange(power.shape[1] + 1) - 0.5
    whole = np.concatenate([np.zeros((len(power), 1)), power.cumsum(axis=1)], axis=1)
    parts = [np.array([middle * 2 ** (-1 / 6), middle * 2 ** (1 / 6)]) * WINDOW / RATE for middle in WORTH]
    return np.stack([[np.diff(np.interp(part, edges, row))[0] for part in parts] for row in whole])
