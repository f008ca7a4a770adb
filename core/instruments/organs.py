"""Harmonium and theatre organ: ranks of reeds and pipes on one wind, some of them a little apart in pitch."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from talkies.core.arrays import AnyFloats, Floats
from talkies.core.instruments.played import hertz
from talkies.core.instruments.shaping import (
    Formant,
    above,
    below,
    by_force,
    chance,
    closing,
    coloured,
    forces,
    formants,
    harmonics,
    looped,
)
from talkies.core.instruments.sustained import Strand, Wobble, kept_up
from talkies.core.instruments.tone import Noise, Stroke, Tone, Touch

_LOOP_S, _HEAD_S = 3.2, 0.9


@dataclass(frozen=True)
class Rank:
    """``footage``: 1 for 8 foot, 2 for 4 foot; ``db`` of the rank; ``tilt`` dB per octave of harmonics; ``even_db``
    weaker even harmonics of stopped pipes; ``tremulant``: share of the organ's that reaches it; ``most_pitch``: above
    it the rank is silent; ``loud_only``: joins when it is loud."""

    footage: float
    db: float
    tilt: float
    corner_hz: float
    cents: float = 0.0
    even_db: float = 0.0
    bumps: tuple[Formant, ...] = ()
    attack_s: float = 0.05
    pan: float = 0.0
    tremulant: float = 1.0
    most_pitch: float = 127.0
    loud_only: bool = False


_REED = ((520, 3, 0.4), (1400, 3, 0.4), (2700, 2, 0.4))
HARMONIUM = (
    Rank(1, 0, 4.0, 2600, bumps=_REED, attack_s=0.075, pan=-0.25),
    Rank(1, -6, 3.5, 2900, 4.5, bumps=_REED, attack_s=0.085, pan=0.25),
    Rank(0.5, -9, 4.5, 2000, bumps=_REED, attack_s=0.11, pan=0.0),
    Rank(2, -12, 4.5, 3600, bumps=_REED, attack_s=0.06, pan=0.1, loud_only=True),
)
THEATRE_ORGAN = (
    Rank(1, 0, 15, 1200, even_db=4, attack_s=0.05, pan=-0.4),  # tibia
    Rank(2, -7, 15, 1800, even_db=4, attack_s=0.045, pan=-0.35),
    Rank(1, -10, 3, 2600, bumps=((620, 8, 0.35), (1250, 4, 0.3), (2600, 4, 0.3)), attack_s=0.04, pan=0.4),  # vox humana
    Rank(1, -11, 4.5, 4200, 0.0, attack_s=0.08, pan=0.25, tremulant=0.5),  # strings and their celeste
    Rank(1, -12, 4.5, 4200, 6.0, attack_s=0.09, pan=0.55, tremulant=0.5),
    Rank(0.5, -8, 13, 500, attack_s=0.08, pan=-0.1, most_pitch=60),
    Rank(1, -12, 1.5, 2400, bumps=((900, 4, 0.6),), attack_s=0.03, pan=0.6, loud_only=True),  # tuba
)


_QUICKER: dict[Touch, float] = {"long": 1.0, "short": 0.5, "marked": 0.35}


def harmonium(stroke: Stroke) -> Tone:
    """Free reeds: slow to speak in the bass, a mild beat between two ranks, air from the bellows."""
    slower = float(np.clip(2 ** (-(stroke.pitch - 60) / 30), 0.6, 1.7))
    return _organ(stroke, "harmonium", HARMONIUM, Wobble(0, 5, 0.0), slower, (-38.0, -50.0))


def theatre_organ(stroke: Stroke) -> Tone:
    """Tibias, a vox humana and celestes under a deep tremulant; the tuba joins when it is loud."""
    return _organ(stroke, "theatre organ", THEATRE_ORGAN, Wobble(17, 6.3, 0.16, 0.0, 0.02, 0.15), 1.0, (-40.0, -17.0))


def _organ(
    stroke: Stroke,
    name: str,
    ranks: Sequence[Rank],
    tremulant: Wobble,
    slower: float,
    air_db: tuple[float, float],
) -> Tone:
    loop, exact = looped(hertz(stroke.pitch), _LOOP_S)
    rng = chance(name, round(stroke.pitch, 3), stroke.variant)
    quicker = slower * _QUICKER[stroke.touch]
    heard = [rank for rank in ranks if stroke.pitch <= rank.most_pitch]
    strands = [_strand(rank, exact, loop, rng, tremulant, quicker) for rank in heard]
    wind = coloured(name, _wind)[stroke.variant * 20_000 :]

    def going_on(times: AnyFloats) -> Floats:
        return np.asarray(1 - np.exp(-times / 0.05))

    def chiff(times: AnyFloats) -> Floats:
        return np.asarray((times / 0.01) * np.exp(1 - times / 0.01))

    noises = (
        Noise(wind, by_force(air_db[0], 0), (1, 0.7), going_on),
        Noise(wind[::-1], by_force(air_db[1], 3), (0.7, 1), chiff),
    )
    return kept_up(strands, noises, loop, _HEAD_S, 0.55 * ranks[0].attack_s * quicker)


def _strand(
    rank: Rank,
    exact: float,
    loop: int,
    rng: np.random.Generator,
    tremulant: Wobble,
    slower: float,
) -> Strand:
    own = closing(exact * rank.footage * 2 ** (rank.cents / 1200), loop)
    number = harmonics(own, 14_000, most=36)
    hz = number * own
    steady = (
        rank.db
        - rank.tilt * np.log2(number)
        + formants(hz, rank.bumps)
        - (number % 2 == 0) * rank.even_db
        + rng.normal(0, 0.7, len(number))
    )

    def shape(force: float) -> Floats:
        swell_box = above(hz, max(rank.corner_hz * 2 ** (1.6 * (force - 0.5)), 1.05 * hz[0]), 10)
        return np.asarray(steady + swell_box - (40 if rank.loud_only and force < 0.5 else 0))

    wobble = Wobble(
        tremulant.cents * rank.tremulant,
        tremulant.rate,
        tremulant.swell * rank.tremulant,
        tremulant.phase,
        tremulant.from_s,
        tremulant.until_s,
    )
    return Strand(
        hz,
        forces(shape),
        rank.attack_s * slower * (1 + 0.02 * number),
        np.zeros(len(number)),
        chance("pipes").random(len(number)),
        rank.pan,
        wobble,
        flutter=0.02,
        waves=tuple(rng.random(3)),
    )


def _wind(hz: Floats) -> Floats:
    return np.asarray(below(hz, 300.0, 8) + above(hz, 3000.0, 9))
