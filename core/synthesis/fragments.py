"""Fragments: what shatters, crumbles, crunches and rattles is many small blows in a row."""

from __future__ import annotations

import numpy as np

from talkies.core.arrays import Floats
from talkies.core.synthesis.modal import MATERIALS, Body, body_of, ringing, struck
from talkies.core.synthesis.signals import Hit, Rng, Strike, Striking, between, click, eased, line, mixed, moving_noise


def chip(rng: Rng, material: str, size: float) -> Floats:
    """A small piece, struck once; ``size`` 1 is a hand's breadth."""
    made = MATERIALS[material]
    lowest = between(rng, *made.lowest) / size
    hertz = lowest * np.array([1.0, rng.uniform(1.4, 1.7), rng.uniform(2.1, 2.7), rng.uniform(3.2, 4.2)])
    hertz = hertz[hertz < 17_000]
    if not len(hertz):
        return click(rng, 0.6, 6000, 16_000)
    losses = np.pi * made.friction * hertz + 2.5 * made.support
    return ringing(hertz, losses, rng.uniform(0.3, 1, len(hertz)), rng, 0.3)


def breaking(material: str) -> Striking:
    """The blow, the cracks, then pieces that fall and settle, smaller and rarer."""

    def draw(thing: Rng) -> Strike:
        whole = body_of(MATERIALS[material], thing, between(thing, 1.0, 1.8))
        spread = between(thing, 0.16, 0.3)

        def strike(hit: Hit) -> Floats:
            rng, pieces = hit.rng, int(25 + 55 * hit.force)
            burst = click(rng, 18, *_BURST[material])
            parts = [(0.0, struck(whole, Hit(1.0, rng), 0.6) * 0.5), (0.0, 0.8 * burst)]
            parts.append((0.0, 0.9 * click(rng, 30, 90, 700)))
            parts += [(rng.exponential(0.012), 0.7 * rng.random() * click(rng, 1.5, 1500, 14_000)) for _ in range(10)]
            for start in np.sort(rng.exponential(spread, pieces)):
                loud = rng.uniform(0.1, 0.9) * np.exp(-start / (2.5 * spread))
                parts.append((min(start, 1.4), loud * chip(rng, material, between(rng, 0.2, 0.9))))
            return mixed(*parts) * hit.velocity

        return strike

    return draw


_BURST = {
    "glass": (1200, 12_000), "ceramic": (1500, 11_000), "wood": (500, 6000), "stone": (250, 5000), "metal": (800, 9000),
    "plastic": (700, 7000), "ice": (1500, 11_000), "bones": (600, 6000),
}  # fmt: skip


def cracking(thing: Rng) -> Strike:
    """Wood that splinters: fibres tear one after the other, and all at once."""
    board = body_of(MATERIALS["wood"], thing, between(thing, 0.6, 1.3))

    def strike(hit: Hit) -> Floats:
        rng = hit.rng
        parts = [(0.0, struck(board, Hit(1.0, rng), 0.5)), (0.0, 1.2 * click(rng, 5, 700, 9000))]
        for _ in range(int(14 + 30 * hit.force)):
            fibre = click(rng, between(rng, 0.5, 3), between(rng, 700, 2500), 9000)
            parts.append((rng.exponential(0.09), rng.uniform(0.15, 0.8) * fibre))
        return mixed(*parts) * hit.velocity

    return strike


def chopping(thing: Rng) -> Strike:
    """An axe goes into a log: a dull blow, the split, a chip."""
    log = body_of(MATERIALS["wood"], thing, between(thing, 1.2, 2.0), 40)

    def strike(hit: Hit) -> Floats:
        rng = hit.rng
        split = [
            (rng.exponential(0.025), rng.uniform(0.3, 0.9) * click(rng, between(rng, 0.8, 4), 350, 4000))
            for _ in range(12)
        ]
        blow = struck(log, Hit(1.0, rng), 0.4)
        return mixed((0.0, blow / np.abs(blow).max()), (0.0, 0.7 * click(rng, 6, 250, 2500)), *split) * hit.velocity

    return strike


def crunch(rng: Rng, seconds: float, grains: int, low: float, high: float, milliseconds: float, rough: float) -> Floats:
    """Grains that give way under a weight: many small clicks within a swelling and falling pressure.

    ``low`` and ``high``: Hz between which they sound; ``rough``: share of a hiss that binds them.
    """
    press = line(seconds, (0, 0.6), (0.12, 1), (0.45, 0.55), (0.7, 0.35), (1, 0))
    hiss = moving_noise(rng, seconds, np.full(len(press), np.sqrt(low * high)), 0.9) * press**1.3
    parts = [(0.0, rough * hiss)]
    for _ in range(grains):
        start = seconds * rng.beta(1.0, 1.9)
        middle = between(rng, low, high)
        grain = click(rng, milliseconds * rng.uniform(0.5, 1.6), middle * 0.7, middle * 1.5)
        parts.append((start, min(0.3 + 0.3 * rng.pareto(2.5), 1.5) * (1 - 0.7 * start / seconds) * grain))
    return eased(mixed(*parts), 0.0004, 0.03)


def rattling(material: str) -> Striking:
    """Several things of a material that knock against each other and come to rest: bones, cutlery, dishes, a chain."""

    def draw(thing: Rng) -> Strike:
        bodies: list[Body] = [body_of(MATERIALS[material], thing, between(thing, 0.5, 1.4), 24) for _ in range(4)]

        def strike(hit: Hit) -> Floats:
            rng, parts = hit.rng, []
            start, force = 0.0, hit.force
            for _ in range(int(7 * rng.uniform(0.7, 1.3))):
                body = bodies[int(rng.integers(len(bodies)))]
                parts.append((start, struck(body, Hit(max(force, 0.05), rng), 0.8)))
                start += rng.exponential(0.035) + 0.008
                force = hit.force * rng.uniform(0.55, 1.0) - 0.25 * start
            return mixed(*parts)

        return strike

    return draw


def dropping(material: str) -> Striking:
    """One thing that falls and bounces, quicker and quicker, until it lies: a coin, a lid."""

    def draw(thing: Rng) -> Strike:
        body = body_of(MATERIALS[material], thing, 1.0, 16)

        def strike(hit: Hit) -> Floats:
            rng, parts = hit.rng, list[tuple[float, Floats]]()
            start, gap, force = 0.0, 0.05 + 0.12 * hit.force, hit.force
            while gap > 0.012 and len(parts) < 14:
                parts.append((start, struck(body, Hit(max(force, 0.0), rng), 1.2)))
                start, force = start + gap, force - 0.07
                gap *= rng.uniform(0.6, 0.85)
            return mixed(*parts)

        return strike

    return draw


def digging(thing: Rng) -> Strike:
    """A spade goes into the ground and throws it aside."""
    blade = body_of(MATERIALS["metal"], thing, between(thing, 0.8, 1.5), 24)

    def strike(hit: Hit) -> Floats:
        rng = hit.rng
        into = crunch(rng, 0.22, 60, 500, 5500, 2.0, 0.35)
        thrown = crunch(rng, 0.35, 50, 400, 4500, 2.5, 0.2)
        return (
            mixed((0.0, 0.3 * struck(blade, Hit(1.0, rng), 0.25)), (0.0, into), (rng.uniform(0.3, 0.4), 0.4 * thrown))
            * hit.velocity
        )

    return strike
