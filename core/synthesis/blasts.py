"""Blasts: shots, explosions, fireworks and thunder from the waves that air carries.

A charge in the open gives a Friedlander wave, p(t) = (1 - t/t₀) e^(-t/t₀): a jump, and a longer trough; a bullet
faster than sound, and each hot piece of a lightning channel, gives an N-wave (Few 1969; Ribner & Roy 1982).
"""

from __future__ import annotations

import numpy as np

from talkies.core.arrays import Floats
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.synthesis.signals import (
    Hit,
    Rng,
    Strike,
    axis,
    band,
    between,
    click,
    count,
    dying,
    eased,
    highpass,
    lowpass,
    mixed,
    normal,
    overdriven,
    unit,
    white,
)

SPEED_OF_SOUND = 343.0
"""Metres a second."""


def friedlander(positive_s: float) -> Floats:
    """A blast wave whose overpressure lasts ``positive_s``; its integral vanishes."""
    share = axis(8 * positive_s) / positive_s
    return eased((1 - share) * np.exp(-share), 0.00005, positive_s)


def n_wave(seconds: float) -> Floats:
    """From +1 straight to -1."""
    return np.linspace(1, -1, max(count(seconds), 2))


def echoes(rng: Rng, seconds: float, t60: float, low: float, high: float) -> Floats:
    """What walls, trees and hills send back, duller the later; RMS about 1 at the start."""
    near = unit(band(white(rng, seconds), low, high)) * dying(seconds, 0.55 * t60)
    far = unit(band(white(rng, seconds), low, 0.22 * high)) * dying(seconds, t60)
    lumps = np.abs(1 + 0.6 * unit(lowpass(white(rng, seconds), 9)))
    return (near + 0.7 * far) * lumps


def shooting(thing: Rng) -> Strike:
    """A firearm: the muzzle's blast, the bullet's crack before it, the ground's echo, the place's."""
    positive, t60 = between(thing, 0.0006, 0.0016), between(thing, 0.7, 1.6)
    bullet, ground = thing.random() < 0.5, thing.uniform(0.004, 0.012)

    def strike(hit: Hit) -> Floats:
        rng = hit.rng
        blast = friedlander(positive * rng.uniform(0.9, 1.1))
        gas = click(rng, between(rng, 14, 26), 180, 9000)
        parts = [(0.0, 3.0 * blast), (ground, -1.4 * lowpass(blast, 4000)), (0.0, 1.5 * gas)]
        if bullet:
            parts.append((0.0, 2.0 * n_wave(0.0004)))
        parts.append((0.002, 0.55 * echoes(rng, 1.2 * t60, t60, 90, 4500)))
        parts.append((0.0, 0.9 * unit(lowpass(white(rng, 0.25), 300)) * dying(0.25, 0.22)))
        return eased(overdriven(mixed(*parts), 2.2), 0.00005, 0.1) * hit.velocity

    return strike


def burst_fire(thing: Rng) -> Strike:
    """A burst of an automatic weapon: three to six shots at ten to fifteen a second."""
    single, gap = shooting(thing), 1 / between(thing, 10, 15)

    def strike(hit: Hit) -> Floats:
        number = int(hit.rng.integers(3, 7))
        shots = [single(Hit(1.0, hit.rng)) for _ in range(2)]
        fired = ((n * gap * hit.rng.uniform(0.98, 1.02), hit.rng.uniform(0.9, 1) * shots[n % 2]) for n in range(number))
        return mixed(*fired) * hit.velocity

    return strike


def exploding(thing: Rng) -> Strike:
    """A large charge: a long wave, the fire's roar, earth and debris that come down."""
    positive, t60 = between(thing, 0.012, 0.03), between(thing, 0.9, 1.9)

    def strike(hit: Hit) -> Floats:
        rng, seconds = hit.rng, 1.1 * t60
        roar = unit(lowpass(white(rng, seconds), 110)) * dying(seconds, t60)
        body = unit(band(white(rng, seconds), 90, 900)) * dying(seconds, 0.55 * t60)
        parts = [
            (0.0, 2.5 * friedlander(positive)),
            (0.0, 1.6 * roar),
            (0.0, 1.2 * body),
            (0.0, 1.4 * click(rng, 45, 200, 6000)),
        ]
        for _ in range(30):
            parts.append(
                (0.15 + rng.exponential(0.5), 0.25 * rng.random() * click(rng, between(rng, 2, 12), 300, 5000))
            )
        return eased(overdriven(mixed(*parts), 2.6), 0.0002, 0.3) * hit.velocity

    return strike


def fireworking(thing: Rng) -> Strike:
    """A shell bursts, and its stars crackle."""
    t60 = between(thing, 1.2, 2.2)

    def strike(hit: Hit) -> Floats:
        rng = hit.rng
        parts = [(0.0, 2.2 * friedlander(between(rng, 0.003, 0.006))), (0.0, 0.6 * echoes(rng, t60, t60, 70, 2500))]
        if rng.random() < 0.7:
            for start in 0.25 + rng.gamma(3.0, 0.16, 70):
                parts.append((float(start), 0.25 * rng.random() * click(rng, between(rng, 0.6, 4), 900, 9000)))
        return eased(overdriven(mixed(*parts), 2.0), 0.0001, 0.2) * hit.velocity

    return strike


def thundering(thing: Rng) -> Strike:
    """A lightning channel of some kilometres, bent at random: each piece's N-wave arrives when its distance says."""
    distance, height = between(thing, 400, 1800), between(thing, 2500, 4500)

    def strike(hit: Hit) -> Floats:
        rng = hit.rng
        near = distance * rng.uniform(0.8, 1.25)
        sound = np.zeros(count(7.0))
        for branch in range(3):
            _add_channel(
                sound, rng, near, height * (1.0 if branch == 0 else rng.uniform(0.3, 0.8)), 1.0 if branch == 0 else 0.45
            )
        dull = float(np.clip(4.0e6 / near**1.15, 250, 3500))
        crack = lowpass(sound, dull, 1)
        rumble = unit(lowpass(white(rng, 7.0), 90)) * _envelope(crack)
        return eased(highpass(normal(crack) + 0.8 * normal(rumble), 25), 0.0005, 1.2) * hit.velocity

    return strike


def _envelope(sound: Floats) -> Floats:
    """Mean strength over the last tenth of a second."""
    summed = np.cumsum(np.pad(np.abs(sound), (4800, 0)))
    return np.asarray(summed[4800:] - summed[:-4800]) / 4800


def _add_channel(sound: Floats, rng: Rng, near: float, height: float, loud: float) -> None:
    """N-waves of a tortuous channel, added from its first arrival on."""
    pieces = 260
    steps = rng.normal(0, height / pieces * 1.4, (pieces, 2))
    across = np.cumsum(steps, axis=0) * np.linspace(0.2, 1, pieces)[:, None]
    heights = np.linspace(0, height, pieces)
    distances = np.sqrt((near + across[:, 0]) ** 2 + across[:, 1] ** 2 + heights**2)
    delays = (distances - distances.min()) / SPEED_OF_SOUND
    wave = n_wave(0.012 * (near / 800) ** 0.25)
    for delay, far in zip(delays.tolist(), distances.tolist(), strict=True):
        start = round(delay * SAMPLE_RATE)
        if start + len(wave) < len(sound):
            sound[start : start + len(wave)] += loud * rng.uniform(0.2, 1.0) * near / far * wave
