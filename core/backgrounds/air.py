"""Air: what a place sounds like when nothing happens, as octave levels, their slow change and how wide it is.

The tables were measured on recordings and are means, not sounds. OUTDOORS: 12 recordings of fields, woods and streets
in all seasons, their medians in time, so that no bird counts. INDOORS: a recorded room tone and the pauses of three
speakers' rooms; below 100 Hz, where these recordings are cut off, and above 4 kHz, where their microphones hiss, the
slope between is drawn on. Widths: the stereo recordings of a city, a café and wind.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from talkies.core.arrays import Floats

OCTAVES_HZ = 31.25 * 2.0 ** np.arange(10)
"""Middles of the octaves, 31 Hz to 16 kHz."""

QUIETEST_DBFS, LOUDEST_DBFS = -60.0, -50.0
"""Between these lies the RMS of each channel of a bed."""


@dataclass(frozen=True)
class Air:
    """``levels_db`` (10,): of the octaves, relative to the whole. ``alike`` (10,): correlation of left and right.
    ``wander_db``: how far the level and each octave drift
    (standard deviation). ``rms_dbfs``: of each channel."""

    name: str
    levels_db: tuple[float, ...]
    alike: tuple[float, ...]
    wander_db: float
    rms_dbfs: float


_ALIKE = (0.9, 0.9, 0.85, 0.8, 0.7, 0.65, 0.55, 0.45, 0.35, 0.3)

INDOORS = Air("indoors", (-18, -10, -4.5, -4.5, -9.5, -16, -21, -25, -28, -31), _ALIKE, 1.1, -56.5)
OUTDOORS = Air("outdoors", (-10.6, -6.3, -8.8, -12.3, -13.9, -14.1, -20, -21.3, -23.2, -24), _ALIKE, 1.8, -54.5)

_TILT_DB, _OWN_DB, _LEVEL_DB = 0.5, 1.5, 0.8  # how much places differ: per octave, in each octave, as a whole
_DARK_DB = -1.5
_LOWEST_HZ, _HIGHEST_HZ = 24.0, 19_000.0
_EDGE_DB = 24.0  # per octave, beyond these


def place_of(air: Air, rng: np.random.Generator, dark: bool = False) -> tuple[Floats, float]:
    """Octave levels (10,) in dB and RMS in dBFS of one place: no two are alike. A dark picture is a quieter place."""
    tilt = float(np.clip(rng.normal(0, _TILT_DB), -2 * _TILT_DB, 2 * _TILT_DB))
    own = np.clip(rng.normal(0, _OWN_DB, len(OCTAVES_HZ)), -2 * _OWN_DB, 2 * _OWN_DB)
    levels = np.asarray(air.levels_db) + own + tilt * (np.arange(len(OCTAVES_HZ)) - 3)
    level = air.rms_dbfs + float(np.clip(rng.normal(0, _LEVEL_DB), -1, 1)) + (_DARK_DB if dark else 0.0)
    return levels, level


def powers(levels_db: Floats, hertz: Floats) -> Floats:
    """Share of the power in each of evenly spaced frequencies (F,), together 1, of noise with these octave levels."""
    safe = np.maximum(hertz, 1.0)
    octave = np.interp(np.log2(safe), np.log2(OCTAVES_HZ), levels_db)
    beyond = np.maximum(np.log2(_LOWEST_HZ / safe), 0) + np.maximum(np.log2(safe / _HIGHEST_HZ), 0)
    density = 10 ** ((octave - _EDGE_DB * beyond) / 10) / safe  # an octave is as wide as it is high
    density[hertz <= 0] = 0
    return np.asarray(density / density.sum())


def by_frequency(values: Floats, hertz: Floats) -> Floats:
    """Values of the octaves (10,) at frequencies (F,)."""
    return np.asarray(np.interp(np.log2(np.maximum(hertz, 1.0)), np.log2(OCTAVES_HZ), values))
