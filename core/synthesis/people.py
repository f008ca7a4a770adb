"""People without words: crowds, applause, laughter, a baby, kisses and whistles."""

from __future__ import annotations

import numpy as np

from talkies.core.arrays import Floats
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.synthesis.signals import (
    Going,
    Hit,
    Rng,
    Strike,
    band,
    between,
    click,
    dying,
    eased,
    mixed,
    unit,
    white,
)
from talkies.core.synthesis.streams import Grains, Noise, Wander, heavy_tailed
from talkies.core.synthesis.voices import Call, Formant, still, varied, voiced, whistled

VOWELS = (
    ((730, 90), (1090, 110), (2440, 160)),
    ((530, 80), (1840, 120), (2480, 160)),
    ((270, 60), (2290, 120), (3010, 180)),
    ((570, 80), (840, 100), (2410, 160)),
    ((300, 60), (870, 100), (2240, 160)),
    ((640, 90), (1190, 110), (2390, 160)),
)
"""Formants and widths of some vowels of men (Peterson & Barney 1952), Hz."""


def vowel(number: int, ratio: float) -> tuple[Formant, ...]:
    """``ratio``: how much shorter the tract is than a man's, 1.17 for women."""
    levels = (1.0, 0.6, 0.3)
    return still(*((f * ratio, w * ratio, level) for (f, w), level in zip(VOWELS[number], levels, strict=True)))


def babble(rng: Rng) -> Floats:
    """A scrap of somebody's talk: two to five syllables, no words."""
    woman = rng.random() < 0.5
    pitch, ratio = (between(rng, 170, 250), 1.17) if woman else (between(rng, 90, 150), 1.0)
    start, parts = 0.0, []
    for _ in range(int(rng.integers(2, 6))):
        seconds = rng.uniform(0.09, 0.2)
        bend = pitch * np.exp(rng.normal(0, 0.1, 2))
        call = Call(
            seconds,
            ((0, float(bend[0])), (1, float(bend[1]))),
            ((0, 0), (0.2, 1), (0.7, 0.7), (1, 0)),
            vowel(int(rng.integers(len(VOWELS))), ratio),
            tilt=-9.0,
            breath=0.08,
        )
        parts.append((start, rng.uniform(0.4, 1) * voiced(call, rng)))
        if rng.random() < 0.6:
            hiss = unit(band(white(rng, 0.06), between(rng, 1500, 4000), 8000)) * np.hanning(2880)
            parts.append((start + seconds, 0.12 * hiss))
        start += seconds + rng.uniform(0.01, 0.06)
    return mixed(*parts)


def crowding(thing: Rng) -> Going:
    """A crowd that talks: very many scraps of talk, and the murmur of all the others."""
    talk = Grains(thing, babble, lambda rng: rng.uniform(0.15, 1.0), stock=14, renewed=0.3)
    murmur = Noise(thing, "bandpass", 220, 700, 1)
    drift, near = Wander(thing, 0.3, 0.5, 1.0), Wander(thing, 1.5, 0.8, 1.0)
    while True:
        yield near.block() * (0.5 * talk.block(30.0) + 0.04 * drift.block() * murmur.block())


def clapping(thing: Rng) -> Going:
    """Applause: hands by the hundred; each pair has its own pitch (Repp 1987: cupped low, flat high)."""
    claps = Grains(thing, clap, heavy_tailed(2.2, 5.0), stock=64, renewed=6)
    far = Noise(thing, "bandpass", 900, 5000, 1)
    warm = Wander(thing, 1.5, 0.8, 1.0)
    while True:
        yield warm.block() * (0.25 * claps.block(260.0) + 0.16 * far.block())


def clap(rng: Rng) -> Floats:
    """One clap of two hands."""
    middle = between(rng, 700, 2600)
    hollow = unit(band(white(rng, 0.05), middle * 0.8, middle * 1.3)) * dying(0.05, between(rng, 0.02, 0.05))
    slap = np.pad(click(rng, 1.2, 1200, 9000), (0, 2400))[: len(hollow)]
    return eased(hollow + 0.7 * slap, 0.0003)


def laughing(thing: Rng) -> Strike:
    """Laughter: some "ha" at about five a second, lower and fainter towards the end."""
    woman = thing.random() < 0.5
    pitch, ratio = (between(thing, 260, 360), 1.17) if woman else (between(thing, 150, 220), 1.0)
    kind = int(thing.choice([0, 5, 1]))

    def strike(hit: Hit) -> Floats:
        rng, parts = hit.rng, []
        number = int(rng.integers(4, 8))
        for n in range(number):
            lower = pitch * (1.15 - 0.3 * n / number) * np.exp(rng.normal(0, 0.05))
            call = Call(
                rng.uniform(0.09, 0.13),
                ((0, lower * 1.08), (0.4, lower), (1, lower * 0.85)),
                ((0, 0.3), (0.25, 1), (0.7, 0.7), (1, 0)),
                vowel(kind, ratio),
                tilt=-6.0,
                breath=0.3,
                jitter=0.02,
            )
            h = 0.12 * unit(band(white(rng, 0.06), 700, 4500)) * np.hanning(2880)
            start = n / between(rng, 4.6, 5.4)
            parts += [(start, (1 - 0.6 * n / number) * voiced(call, rng)), (start + call.seconds, h)]
        return mixed(*parts) * hit.velocity

    return strike


CRY = Call(
    0.95,
    ((0, 380), (0.2, 490), (0.7, 470), (1, 360)),
    ((0, 0), (0.12, 0.8), (0.4, 1), (0.85, 0.8), (1, 0)),
    still((1100, 300, 1.0), (3300, 500, 0.5), (5200, 800, 0.25)),
    tilt=-4.0,
    breath=0.12,
    rough=0.15,
    vibrato=(6.0, 0.3),
)


def crying(thing: Rng) -> Strike:
    """A baby: a long cry, and the gasp for breath after it."""
    ratio = float(np.exp(thing.normal(0, 0.06)))

    def strike(hit: Hit) -> Floats:
        cry = voiced(varied(CRY, hit.rng, 0.05 + 0.02 * ratio), hit.rng)
        gasp = unit(band(white(hit.rng, 0.16), 900, 5000)) * np.hanning(7680)
        return mixed((0.0, cry), (len(cry) / SAMPLE_RATE + 0.06, 0.08 * gasp)) * hit.velocity

    return strike


def kissing(thing: Rng) -> Strike:
    """Lips that part: a short suction that rises, and the smack."""
    hertz = between(thing, 900, 1700)

    def strike(hit: Hit) -> Floats:
        rng = hit.rng
        suck = whistled(0.05, ((0, hertz * 0.7), (1, hertz * 1.5)), ((0, 0.2), (0.7, 1), (1, 0.2)), rng, 0.8)
        smack = click(rng, 4, 900, 8000)
        return mixed((0.0, 0.4 * suck), (0.035, 1.0 * smack), (0.05, 0.3 * click(rng, 6, 600, 3500))) * hit.velocity

    return strike


def whistling(thing: Rng) -> Strike:
    """Somebody whistles: up and down again, as one calls a friend."""
    hertz = between(thing, 1300, 2200)

    def strike(hit: Hit) -> Floats:
        rng = hit.rng
        up = whistled(
            0.28, ((0, hertz * 0.75), (0.6, hertz * 1.3), (1, hertz * 1.35)), ((0, 0), (0.15, 1), (0.9, 1), (1, 0)), rng
        )
        down = whistled(
            0.4, ((0, hertz * 1.45), (0.3, hertz * 1.2), (1, hertz * 0.75)), ((0, 0), (0.1, 1), (0.7, 0.9), (1, 0)), rng
        )
        return mixed((0.0, up), (0.36 * rng.uniform(0.95, 1.05), down)) * hit.velocity

    return strike
