"""Water: bubbles ring at Minnaert's frequency; drops, splashes, streams, rain, surf and falls are made of them.

A bubble of radius r (m) in water rings at f = √(3 γ p / ρ) / (2 π r), 3.26 m/s / r, and dies with 0.13 / r +
0.0072 r^-1.5 nepers a second; rising to the surface it rises in pitch (van den Doel, Physically based models for
liquid sounds, 2005).
"""

from __future__ import annotations

import numpy as np

from talkies.core.arrays import Floats
from talkies.core.synthesis.signals import (
    Going,
    Hit,
    Rng,
    Strike,
    axis,
    between,
    click,
    eased,
    highpass,
    line,
    mixed,
    moving_noise,
)
from talkies.core.synthesis.streams import Grains, Noise, Phase, Wander, heavy_tailed


def minnaert_hz(radius_m: float) -> float:
    """The pitch of a bubble in water under one atmosphere: γ 1.4, 101,325 Pa, 998 kg/m³."""
    return float(np.sqrt(3 * 1.4 * 101_325 / 998) / (2 * np.pi * radius_m))


def bubble(radius_m: float, rising: float = 0.0) -> Floats:
    """One bubble, amplitude 1; ``rising``: how fast its pitch rises, in terms of its own decay."""
    loss = 0.13 / radius_m + 0.0072 * radius_m**-1.5
    seconds = min(np.log(1000) / loss, 0.25)
    time = axis(seconds)
    turns = minnaert_hz(radius_m) * (time + 0.5 * rising * loss * time**2)
    return eased(np.sin(2 * np.pi * turns) * np.exp(-loss * time), 0.0003, 0.002)


def dripping(thing: Rng) -> Strike:
    """Drops into a vessel: the blow on the surface, then the bubble that it leaves."""
    radius = between(thing, 0.0014, 0.0034)
    delay = thing.uniform(0.004, 0.02)

    def strike(hit: Hit) -> Floats:
        size = radius * hit.rng.uniform(0.85, 1.15) * (0.8 + 0.3 * hit.force)
        rings = [(delay * hit.rng.uniform(0.8, 1.3), 1.0 * bubble(size, hit.rng.uniform(0.05, 0.2)))]
        if hit.rng.random() < 0.5:
            later = rings[0][0] + hit.rng.uniform(0.02, 0.07)
            rings.append((later, 0.4 * bubble(size * hit.rng.uniform(0.5, 0.8), 0.2)))
        blow = 0.25 * click(hit.rng, 1.5, 1500, 9000)
        return mixed((0.0, blow), *rings) * hit.velocity

    return strike


def splashing(thing: Rng) -> Strike:
    """Something falls into water: the slap, the crown's spray, and a cloud of bubbles, large ones first."""
    size = between(thing, 0.6, 1.6)

    def strike(hit: Hit) -> Floats:
        rng = hit.rng
        seconds = (0.35 + 0.35 * hit.force) * size
        spray = moving_noise(rng, seconds, line(seconds, (0, 400 / size), (0.2, 900), (1, 1800)), 1.5)
        spray *= line(seconds, (0, 1), (0.06, 0.5), (0.25, 0.6), (0.6, 0.15), (1, 0))
        parts = [(0.0, eased(spray, 0.0005)), (0.0, 1.6 * click(rng, 25, 90, 1500))]
        for _ in range(int(25 + 60 * hit.force)):
            start = rng.beta(1.3, 2.5) * seconds * 1.3
            radius = between(rng, 0.0007, 0.009) * (1 - 0.5 * min(start / seconds, 1.0))
            parts.append(
                (start, (radius / 0.004) ** 0.7 * rng.uniform(0.1, 0.45) * bubble(radius, rng.uniform(0, 0.2)))
            )
        drops = [(seconds * rng.uniform(0.4, 1.5), 0.05 * click(rng, 2, 1500, 6000)) for _ in range(12)]
        return mixed(*parts, *drops) * hit.velocity

    return strike


def streaming(thing: Rng) -> Going:
    """A brook or what is poured: bubbles without number over a faint wash."""
    wide = between(thing, 0.7, 1.5)
    bubbles = Grains(thing, lambda rng: _stream_bubble(rng, wide), heavy_tailed(2.5), stock=64, renewed=8)
    wash = Noise(thing, "bandpass", 300, 2400, 1)
    flow, churn = Wander(thing, 1.1, 0.6, 1.0), Wander(thing, 0.13, 0.5, 1.0)
    while True:
        level = flow.block()
        yield level * (0.35 * bubbles.block(320 * float(level.mean())) + 0.22 * churn.block() * wash.block())


def _stream_bubble(rng: Rng, wide: float) -> Floats:
    radius = between(rng, 0.0007, 0.006) * wide
    return float((radius / 0.003) ** 0.8) * bubble(radius, max(rng.normal(0.05, 0.1), 0.0))


def raining(thing: Rng) -> Going:
    """Drops near and far on the ground, and on puddles; the far ones are a hiss."""
    heavy = between(thing, 0.5, 1.6)
    near = Grains(thing, _drop, heavy_tailed(1.7), stock=48, renewed=6)
    puddles = Grains(thing, lambda rng: 0.5 * bubble(between(rng, 0.0004, 0.0012), 0.05), heavy_tailed(3.0))
    far, low = Noise(thing, "bandpass", 350, 3500, 1), Noise(thing, "bandpass", 120, 700, 1)
    gust = Wander(thing, 2.5, 0.75, 1.0)
    while True:
        level = gust.block()
        drops = 0.3 * near.block(300 * heavy) + 0.12 * puddles.block(120 * heavy)
        yield level * (0.22 * far.block() + 0.1 * low.block() + drops)


def _drop(rng: Rng) -> Floats:
    low = between(rng, 700, 3000)
    return click(rng, between(rng, 0.6, 2.5), low, low * rng.uniform(2, 4))


def surf(thing: Rng) -> Going:
    """Waves that swell, break and run back with fizzing foam, over a far rumble."""
    period = between(thing, 5.0, 9.0)
    bands = [
        Noise(thing, "bandpass", low, high, 1) for low, high in ((60, 300), (300, 1100), (1100, 3500), (3500, 9000))
    ]
    foam = Grains(thing, lambda rng: bubble(between(rng, 0.0004, 0.0011)), heavy_tailed(2.5))
    speed, height = Wander(thing, period, 0.75, 1.3), Wander(thing, period, 0.5, 1.0)
    phases = [Phase(0.55), Phase(thing.random())]
    strengths = (1.0, 0.55)
    while True:
        waves = [
            part * _wave(phase.block(speed.block() / period) % 1) for phase, part in zip(phases, strengths, strict=True)
        ]
        level = np.maximum(*waves) * height.block()
        breaking = [
            0.5 * (0.25 + level),
            0.75 * (0.1 + level**1.2),
            0.5 * (0.06 + level**1.8),
            0.22 * (0.05 + level**2.4),
        ]
        fizz = 0.1 * level * foam.block(220)
        yield np.asarray(sum(gain * noise.block() for gain, noise in zip(breaking, bands, strict=True)) + fizz)


def _wave(share: Floats) -> Floats:
    """Rises over 45 % of its time, breaks quickly, runs out slowly."""
    return np.asarray(np.interp(share, [0, 0.25, 0.42, 0.5, 0.62, 1.0], [0.25, 0.35, 0.75, 1.0, 0.7, 0.25]))


def falling_water(thing: Rng) -> Going:
    """A waterfall: all its splashes at once."""
    bands = ((80, 400, 0.5), (400, 1600, 0.8), (1600, 5000, 0.6), (5000, 14_000, 0.35))
    noises = [(gain * between(thing, 0.8, 1.25), Noise(thing, "bandpass", low, high, 1)) for low, high, gain in bands]
    drifts = [Wander(thing, 0.35, 0.85, 1.0) for _ in bands]
    bubbles = Grains(thing, lambda rng: _stream_bubble(rng, 2.0), heavy_tailed(2.5), stock=48)
    while True:
        wash = sum(gain * noise.block() * drift.block() for (gain, noise), drift in zip(noises, drifts, strict=True))
        yield np.asarray(wash + 0.12 * bubbles.block(300))


def wet_step(rng: Rng, force: float) -> Floats:
    """A foot in a film of water: a short slap and a few bubbles."""
    slap = highpass(click(rng, 14, 600, 7000), 300)
    radii = [between(rng, 0.0008, 0.003) for _ in range(int(6 + 10 * force))]
    return mixed((0.0, slap), *((rng.uniform(0.01, 0.14), 0.3 * rng.random() * bubble(r, 0.1)) for r in radii))
