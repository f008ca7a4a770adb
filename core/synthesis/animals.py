"""Animals: dogs, birds, fowl, horses, cattle, cats, beasts, and insects at night."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from talkies.core.arrays import Floats
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.synthesis.fragments import crunch
from talkies.core.synthesis.signals import Going, Hit, Rng, Strike, Striking, axis, between, count, mixed
from talkies.core.synthesis.streams import BLOCK, Noise, Scatter, Wander
from talkies.core.synthesis.voices import Call, Formant, still, varied, voiced, whistled


def calling(*kinds: Call, pitch: float = 0.05, size: float = 0.12) -> Striking:
    """An animal that gives one of its calls at each stroke; ``size``: how much animals differ in pitch and tract."""

    def draw(thing: Rng) -> Strike:
        ratio = float(np.exp(thing.normal(0, size)))
        animal = [_sized(kind, ratio) for kind in kinds]

        def strike(hit: Hit) -> Floats:
            kind = animal[int(hit.rng.integers(len(animal)))]
            return voiced(varied(kind, hit.rng, pitch), hit.rng) * hit.velocity

        return strike

    return draw


def _sized(call: Call, ratio: float) -> Call:
    formants = tuple(replace(f, hertz=tuple((at, hertz * ratio**0.7) for at, hertz in f.hertz)) for f in call.formants)
    return replace(call, pitch=tuple((at, hertz * ratio) for at, hertz in call.pitch), formants=formants)


BARK = Call(
    0.19,
    ((0, 520), (0.25, 820), (0.6, 700), (1, 430)),
    ((0, 0.2), (0.08, 1), (0.45, 0.75), (1, 0)),
    (
        Formant(((0, 500), (0.3, 950), (1, 600)), 350, 1.0),
        Formant(((0, 1200), (0.3, 1650), (1, 1300)), 400, 0.5),
        Formant(((0, 2900),), 700, 0.2),
    ),
    tilt=-4.5,
    breath=0.3,
    rough=0.15,
    jitter=0.03,
    noise_band=(700.0, 8000.0),
)
WOOF = replace(BARK, seconds=0.22, pitch=((0, 330), (0.25, 520), (0.6, 430), (1, 280)), breath=0.4, rough=0.2)
HOWL = Call(
    2.2,
    ((0, 330), (0.2, 560), (0.6, 600), (1, 360)),
    ((0, 0), (0.15, 0.8), (0.5, 1), (0.85, 0.7), (1, 0)),
    still((650, 250, 1.0), (1300, 400, 0.3)),
    tilt=-9.0,
    breath=0.05,
    vibrato=(4.0, 0.25),
)
CROW = Call(
    1.7,
    ((0, 620), (0.06, 780), (0.18, 760), (0.24, 820), (0.36, 800), (0.45, 920), (0.75, 900), (1, 680)),
    (
        (0, 0),
        (0.03, 0.8),
        (0.14, 0.7),
        (0.17, 0.15),
        (0.21, 0.8),
        (0.34, 0.7),
        (0.38, 0.25),
        (0.45, 1),
        (0.85, 0.9),
        (1, 0),
    ),
    (Formant(((0, 1200), (0.5, 1800), (1, 1500)), 700, 1.0), Formant(((0, 3200),), 900, 0.35)),
    tilt=-4.5,
    breath=0.08,
    rough=0.1,
    jitter=0.015,
    noise_band=(900.0, 7000.0),
)
WHINNY = Call(
    1.7,
    ((0, 700), (0.12, 1150), (0.4, 950), (0.8, 620), (1, 420)),
    ((0, 0), (0.08, 1), (0.5, 0.85), (0.85, 0.5), (1, 0)),
    still((1000, 500, 1.0), (2100, 700, 0.6), (3400, 900, 0.35)),
    tilt=-3.0,
    breath=0.3,
    rough=0.12,
    vibrato=(9.5, 1.3),
)
MOO = Call(
    1.5,
    ((0, 110), (0.3, 165), (0.7, 155), (1, 105)),
    ((0, 0), (0.12, 0.8), (0.5, 1), (0.85, 0.8), (1, 0)),
    (
        Formant(((0, 280), (0.4, 520), (1, 350)), 160, 1.0),
        Formant(((0, 750), (0.4, 1050), (1, 800)), 250, 0.5),
        Formant(((0, 2300),), 500, 0.15),
    ),
    tilt=-4.0,
    breath=0.1,
    rough=0.1,
)
BLEAT = Call(
    0.9,
    ((0, 290), (0.3, 340), (1, 260)),
    ((0, 0), (0.06, 1), (0.7, 0.8), (1, 0)),
    still((650, 300, 1.0), (1750, 400, 0.8), (2800, 600, 0.4)),
    tilt=-3.0,
    breath=0.15,
    rough=0.15,
    vibrato=(8.0, 0.9),
)
MEOW = Call(
    0.75,
    ((0, 480), (0.3, 680), (0.6, 620), (1, 430)),
    ((0, 0), (0.15, 0.7), (0.4, 1), (0.8, 0.6), (1, 0)),
    (
        Formant(((0, 600), (0.4, 1250), (1, 700)), 350, 1.0),
        Formant(((0, 2400), (0.4, 2000), (1, 1300)), 450, 0.7),
        Formant(((0, 3900),), 800, 0.3),
    ),
    tilt=-4.0,
    breath=0.08,
)
ROAR = Call(
    1.3,
    ((0, 70), (0.3, 120), (0.7, 100), (1, 60)),
    ((0, 0.1), (0.12, 1), (0.6, 0.8), (1, 0)),
    (Formant(((0, 350), (0.3, 600), (1, 350)), 250, 1.0), Formant(((0, 1100), (0.3, 1500), (1, 1000)), 500, 0.6)),
    tilt=-3.0,
    breath=0.9,
    rough=0.6,
    jitter=0.1,
)


def singing(thing: Rng) -> Strike:
    """A bird: a phrase of whistled syllables, of which it has a few."""
    middle = between(thing, 1900, 4800)
    repertoire = [_syllable(thing, middle) for _ in range(4)]

    def strike(hit: Hit) -> Floats:
        rng, start, parts = hit.rng, 0.0, []
        kind = repertoire[int(rng.integers(len(repertoire)))]
        for _ in range(int(rng.integers(2, 7))):
            if rng.random() < 0.3:
                kind = repertoire[int(rng.integers(len(repertoire)))]
            seconds, pitch = (
                kind[0] * rng.uniform(0.9, 1.1),
                tuple((at, hertz * rng.normal(1, 0.01)) for at, hertz in kind[1]),
            )
            parts.append(
                (
                    start,
                    rng.uniform(0.6, 1) * whistled(seconds, pitch, ((0, 0), (0.2, 1), (0.7, 0.8), (1, 0)), rng, 0.02),
                )
            )
            start += seconds + rng.uniform(0.02, 0.08)
        return mixed(*parts) * hit.velocity

    return strike


def _syllable(rng: Rng, middle: float) -> tuple[float, tuple[tuple[float, float], ...]]:
    """Length and pitch of a syllable: a sweep, a bend or a trill."""
    goals = middle * np.exp(rng.normal(0, 0.22, 4))
    return float(rng.uniform(0.05, 0.16)), tuple(
        (share, float(hertz)) for share, hertz in zip((0, 0.3, 0.7, 1), goals, strict=True)
    )


def birds_around(thing: Rng) -> Going:
    """Several birds, near and far, that answer each other."""
    birds = [singing(thing) for _ in range(4)]
    far = [between(thing, 0.15, 1.0) for _ in birds]
    scatter = Scatter()
    air = Noise(thing, "bandpass", 300, 3000, 1)
    while True:
        for bird, loud in zip(birds, far, strict=True):
            if thing.random() < 0.28:
                scatter.throw(int(thing.integers(BLOCK)), loud * bird(Hit(1.0, thing)))
        yield scatter.block() + 0.015 * air.block()


def crickets(thing: Rng) -> Going:
    """Crickets: chirps of three or four pulses of a high tone, each animal at its own pitch and pace."""
    animals = [_Cricket(thing) for _ in range(5)]
    air, night = Noise(thing, "bandpass", 3500, 7500, 2), Noise(thing, "bandpass", 60, 900, 1)
    drift = Wander(thing, 2.0, 0.6, 1.0)
    while True:
        yield (
            np.asarray(sum(animal.block() for animal in animals)) * drift.block()
            + 0.035 * air.block()
            + 0.06 * night.block()
        )


class _Cricket:
    def __init__(self, rng: Rng) -> None:
        self.rng, self.loud = rng, between(rng, 0.12, 1.0)
        self.hertz, self.every = between(rng, 3900, 5300), rng.uniform(0.35, 0.75)
        self.pulses, self.next = int(rng.integers(3, 5)), rng.uniform(0, 0.5)
        self.scatter = Scatter()

    def block(self) -> Floats:
        while self.next < BLOCK / SAMPLE_RATE:
            self.scatter.throw(count(self.next) - 1, self.loud * self._chirp())
            self.next += self.every * self.rng.uniform(0.95, 1.06)
        self.next -= BLOCK / SAMPLE_RATE
        return self.scatter.block()

    def _chirp(self) -> Floats:
        pulse = np.sin(2 * np.pi * self.hertz * axis(0.018)) * np.hanning(count(0.018))
        return mixed(*((0.031 * n, pulse * (0.7 + 0.1 * n)) for n in range(self.pulses)))


def chewing(thing: Rng) -> Strike:
    """A bite: the crack of something crisp, then softer, wet grinding."""
    crisp = thing.uniform(0.4, 1.0)

    def strike(hit: Hit) -> Floats:
        rng = hit.rng
        bite = crunch(rng, 0.14, int(20 + 50 * crisp), 900, 6500, 2.0, 0.12)
        grinds = [
            (0.25 + 0.3 * n + rng.uniform(0, 0.05), 0.35 * crunch(rng, 0.2, 30, 500, 3500, 3.0, 0.25)) for n in range(2)
        ]
        return mixed((0.0, bite), *grinds) * hit.velocity

    return strike
