"""Air, steam and fire: noise that is shaped, gusts, hisses and crackles."""

from __future__ import annotations

import numpy as np

from talkies.core.arrays import Floats
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.synthesis.signals import (
    Going,
    Hit,
    Rng,
    Strike,
    axis,
    between,
    click,
    eased,
    line,
    lowpass,
    moving_noise,
    unit,
    white,
)
from talkies.core.synthesis.streams import Grains, Noise, Wander, heavy_tailed


def blowing(thing: Rng) -> Going:
    """Wind: the faster a gust, the louder (about as its square) and the brighter; edges whistle faintly."""
    noises = [Noise(thing, "bandpass", 90 * 2**n, 180 * 2**n, 2) for n in range(6)]
    middle = thing.uniform(0.0, 2.2)
    shares = [np.exp(-0.5 * ((n - middle) / 1.1) ** 2) + 0.04 * 0.5**n for n in range(6)]
    whistles = [
        Noise(thing, "bandpass", hertz, hertz * 1.05) for hertz in (between(thing, 350, 600), between(thing, 650, 1100))
    ]
    gusts = [Wander(thing, every, 0.25, 1.0) for every in (3.0, 0.8)]
    howls = [Wander(thing, 1.6, 0.0, 1.0) for _ in whistles]
    while True:
        speed = gusts[0].block() * (0.7 + 0.3 * gusts[1].block())
        rush = sum(
            share * speed ** (1.6 + 0.45 * n) * noise.block()
            for n, (share, noise) in enumerate(zip(shares, noises, strict=True))
        )
        howl = sum(
            0.6 * (speed * each.block()) ** 2 * noise.block() for each, noise in zip(howls, whistles, strict=True)
        )
        yield np.asarray(rush + howl)


def whooshing(thing: Rng) -> Strike:
    """Something swings past: noise whose middle rises and falls with its speed."""
    middle, seconds = between(thing, 280, 750), between(thing, 0.22, 0.42)

    def strike(hit: Hit) -> Floats:
        length = seconds * hit.rng.uniform(0.85, 1.2) * (1.25 - 0.4 * hit.force)
        top = middle * hit.rng.uniform(0.85, 1.15) * (0.8 + 0.9 * hit.force)
        pitch = line(length, (0, top * 0.35), (0.45, top), (1, top * 0.4))
        swing = moving_noise(hit.rng, length, pitch, 0.6)
        return eased(swing * line(length, (0, 0.15), (0.4, 1), (0.55, 0.8), (1, 0)), 0.001) * hit.velocity

    return strike


def steaming(thing: Rng) -> Going:
    """Steam or frying: a hiss, and drops that spit."""
    hiss, body = Noise(thing, "bandpass", 3500, 14_000, 1), Noise(thing, "bandpass", 900, 3500, 1)
    spits = Grains(
        thing, lambda rng: click(rng, between(rng, 0.4, 3.0), between(rng, 2000, 6000), 15_000), heavy_tailed(1.6)
    )
    drift, flutter = Wander(thing, 0.7, 0.7, 1.0), Wander(thing, 0.03, 0.75, 1.0)
    rate = between(thing, 30, 140)
    while True:
        yield drift.block() * flutter.block() * (0.7 * hiss.block() + 0.18 * body.block()) + 0.3 * spits.block(rate)


def spraying(thing: Rng) -> Going:
    """A jet that goes on."""
    jet, body = Noise(thing, "bandpass", 3800, 13_000, 1), Noise(thing, "bandpass", 900, 3000, 1)
    flutter = Wander(thing, 0.04, 0.8, 1.0)
    while True:
        yield flutter.block() * (jet.block() + 0.12 * body.block())


def burning(thing: Rng) -> Going:
    """Fire: flames that flutter low, a hiss, and wood that crackles in swarms."""
    flames, hiss = Noise(thing, "bandpass", 40, 260, 1), Noise(thing, "bandpass", 1500, 9000, 1)
    flutter, blaze = Wander(thing, 0.09, 0.3, 1.0), Wander(thing, 1.3, 0.5, 1.0)
    crackles = Grains(thing, _crackle, heavy_tailed(1.15, 14.0), stock=48, renewed=12)
    swarm = Wander(thing, 0.45, 0.0, 1.0)
    rate = between(thing, 18, 45)
    while True:
        low = 0.4 * flames.block() * flutter.block() * blaze.block()
        yield (
            low
            + 0.05 * hiss.block() * flutter.block()
            + 0.3 * crackles.block(rate * (0.2 + 2 * float(swarm.block()[0]) ** 2))
        )


def _crackle(rng: Rng) -> Floats:
    """A crack: a few tenths of a millisecond to some milliseconds, with a short ring of the log."""
    burst = click(rng, between(rng, 0.25, 3.5), between(rng, 700, 3500), between(rng, 6000, 15_000))
    return burst * rng.uniform(0.3, 1.0)


def igniting(thing: Rng) -> Strike:
    """A match or a lighter: the scratch, the flare, the flame that steadies."""
    bright = between(thing, 2500, 5000)

    def strike(hit: Hit) -> Floats:
        seconds = 0.9 * hit.rng.uniform(0.8, 1.2)
        flare = moving_noise(
            hit.rng, seconds, line(seconds, (0, bright), (0.15, bright * 0.6), (0.5, 500), (1, 250)), 1.1
        )
        level = line(seconds, (0, 0.7), (0.12, 1), (0.35, 0.4), (1, 0))
        rough = np.abs(1 + 0.5 * unit(lowpass(white(hit.rng, seconds), 60)))
        return eased(flare * level * rough, 0.001, 0.1) * hit.velocity

    return strike


def rustling_trees(thing: Rng) -> Going:
    """Leaves in the wind: very many soft touches, gust by gust."""
    leaves, touches = Noise(thing, "bandpass", 1800, 8500, 1), Grains(thing, _touch, heavy_tailed(2.5), stock=48)
    gusts, flutter = Wander(thing, 2.2, 0.1, 1.0), Wander(thing, 0.12, 0.6, 1.0)
    while True:
        speed = gusts.block()
        yield speed**1.5 * flutter.block() * leaves.block() + 0.3 * speed * touches.block(250.0)


def _touch(rng: Rng) -> Floats:
    return click(rng, between(rng, 1, 6), between(rng, 1500, 3500), 10_000)


def outdoors(thing: Rng) -> Going:
    """What a place sounds like when nothing happens: air, a far road, leaves."""
    air, road = Noise(thing, "bandpass", 80, 900, 1), Noise(thing, "bandpass", 40, 180, 1)
    leaves = Noise(thing, "bandpass", 2000, 7000, 1)
    drifts = [Wander(thing, every, 0.4, 1.0) for every in (4.0, 6.0, 1.5)]
    while True:
        yield (
            drifts[0].block() * air.block()
            + 0.8 * drifts[1].block() * road.block()
            + 0.15 * drifts[2].block() ** 2 * leaves.block()
        )


def popping_or_squeaking(thing: Rng) -> Strike:
    """What "pop" and "squeak", one word of the vocabulary, may mean: each seed takes one."""
    return popping(thing) if thing.random() < 0.5 else squeaking(thing)


def popping(thing: Rng) -> Strike:
    """A cork or a balloon: a burst, and the hollow that rings with it."""
    hertz = between(thing, 350, 900)

    def strike(hit: Hit) -> Floats:
        pitch = hertz * hit.rng.uniform(0.9, 1.15)
        time = axis(0.06)
        hollow = np.sin(2 * np.pi * pitch * (time + 6 * time**2)) * np.exp(-time * 90)
        burst = np.pad(click(hit.rng, 2.5, 400, 9000), (0, len(time)))[: len(time)]
        return eased(hollow + 0.8 * burst, 0.0002) * hit.velocity

    return strike


def squeaking(thing: Rng) -> Strike:
    """Rubber or a toy: a short, reedy tone that bends."""
    hertz = between(thing, 900, 2200)

    def strike(hit: Hit) -> Floats:
        seconds = hit.rng.uniform(0.12, 0.25)
        pitch = hertz * hit.rng.uniform(0.9, 1.15) * line(seconds, (0, 0.7), (0.3, 1.1), (1, 0.8))
        phase = 2 * np.pi * np.cumsum(pitch) / SAMPLE_RATE
        tone = sum(np.sin(k * phase) / k**0.8 for k in range(1, 7))
        return eased(np.asarray(tone) + 0.2 * white(hit.rng, seconds), 0.004, 0.03) * hit.velocity

    return strike
