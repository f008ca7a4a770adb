"""Doors: latch, creak and slam; knocks; switches, locks and keys; ticking and writing."""

from __future__ import annotations

import itertools

import numpy as np

from talkies.core.arrays import Floats
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.synthesis.modal import MATERIALS, Body, Material, body_of, ringing, struck
from talkies.core.synthesis.signals import (
    Hit,
    Rng,
    Strike,
    Striking,
    band,
    between,
    click,
    count,
    eased,
    line,
    lowpass,
    mixed,
    normal,
    unit,
    white,
)
from talkies.core.synthesis.walking import rustle, thud

LEAF = {
    "wood": Material(0.022, 30.0, 0.002, (70, 130), "plate", 0.5),
    "metal": Material(0.004, 14.0, 0.0012, (60, 140), "plate", 0.4),
    "glass": Material(0.012, 30.0, 0.001, (110, 220), "plate", 0.3),
    "plastic": Material(0.05, 40.0, 0.002, (120, 260), "plate", 0.4),
}
"""Leaves of doors and lids, by what they are made of."""


def latch(rng: Rng, lock: Body) -> Floats:
    """Bolt and plate: two or three small metal clicks."""
    starts = np.cumsum([0.0, rng.uniform(0.012, 0.04), rng.uniform(0.02, 0.06)])[: int(rng.integers(2, 4))]
    return mixed(*((start, rng.uniform(0.5, 1) * normal(struck(lock, Hit(1.0, rng), 0.12))) for start in starts))


def _lock(thing: Rng) -> Body:
    return body_of(Material(0.004, 60.0, 0.0003, (1400, 2600), "plate", 1.0), thing, 1.0, 24)


def slamming(material: str) -> Striking:
    """The leaf falls into its frame: thud, panel, latch, and what rattles after."""

    def draw(thing: Rng) -> Strike:
        leaf, lock, hertz = body_of(LEAF[material], thing, 1.0, 80), _lock(thing), between(thing, 60, 95)

        def strike(hit: Hit) -> Floats:
            rng = hit.rng
            parts = [(0.0, 1.2 * thud(rng, hertz, 0.28)), (0.0, 0.9 * normal(struck(leaf, Hit(1.0, rng), 0.8)))]
            parts += [(0.0, 0.8 * click(rng, 9, 300, 5000)), (rng.uniform(0.004, 0.02), 0.35 * latch(rng, lock))]
            for _ in range(int(rng.integers(1, 5))):
                parts.append((rng.uniform(0.03, 0.16), 0.2 * rng.random() * normal(struck(leaf, Hit(0.4, rng), 0.3))))
            return mixed(*parts) * hit.velocity

        return strike

    return draw


def opening(material: str) -> Striking:
    """The handle, the latch, the leaf that comes free."""

    def draw(thing: Rng) -> Strike:
        leaf, lock = body_of(LEAF[material], thing, 0.9, 60), _lock(thing)
        creaks = creaking(material)(thing)

        def strike(hit: Hit) -> Floats:
            rng = hit.rng
            parts = [(0.0, latch(rng, lock)), (0.06, 0.4 * normal(struck(leaf, Hit(0.5, rng), 0.4)))]
            parts.append((rng.uniform(0.1, 0.2), 0.3 * normal(creaks(Hit(1.0, rng)))))
            return mixed(*parts) * hit.velocity

        return strike

    return draw


def creaking(material: str) -> Striking:
    """A hinge that sticks and slips: pulses at a rate that wanders, through the leaf's modes."""

    def draw(thing: Rng) -> Strike:
        leaf = body_of(LEAF[material], thing, 0.35, 40)
        slow, fast = between(thing, 25, 60), between(thing, 110, 320)

        def strike(hit: Hit) -> Floats:
            rng = hit.rng
            seconds = rng.uniform(0.5, 1.1)
            return _stick_slip(rng, leaf, line(seconds, *_bent(rng, slow, fast))) * hit.velocity

        return strike

    return draw


def _bent(rng: Rng, slow: float, fast: float) -> list[tuple[float, float]]:
    places = [0.0, *np.sort(rng.uniform(0.1, 0.9, 4)), 1.0]
    return [(float(place), between(rng, slow, fast)) for place in places]


def _stick_slip(rng: Rng, leaf: Body, rate_hz: Floats) -> Floats:
    """Slips at ``rate_hz`` (N,), unequal in time and strength, ringing in a body."""
    from scipy.signal import fftconvolve

    jitter = 1 + 0.12 * unit(lowpass(rng.standard_normal(len(rate_hz)), 60))
    turns = np.cumsum(rate_hz * np.maximum(jitter, 0.2)) / SAMPLE_RATE
    slips = np.flatnonzero(np.diff(np.floor(turns), prepend=-1.0) > 0)
    pulses = np.zeros(len(rate_hz))
    pulses[slips] = rng.uniform(0.3, 1.0, len(slips))
    hertz, losses = leaf.hertz, leaf.losses * 2.5
    answer = ringing(hertz, losses, leaf.weights * rng.uniform(0.2, 1, len(hertz)), rng, 0.08)
    sound = fftconvolve(pulses, answer)[: len(pulses)]
    return eased(
        np.asarray(sound) * line(len(pulses) / SAMPLE_RATE, (0, 0.5), (0.2, 1), (0.8, 0.8), (1, 0.1)), 0.001, 0.05
    )


def knocking(material: str) -> Striking:
    """Knuckles on a leaf: dull, close together modes; two or three in a row where one event is seen is the editor's."""

    def draw(thing: Rng) -> Strike:
        made = MATERIALS.get(material, MATERIALS["wood"])
        leaf = body_of(
            Material(made.friction * 1.3, made.support + 25, 0.0022, (130, 260), "plate", 0.3), thing, 1.0, 60
        )

        def strike(hit: Hit) -> Floats:
            knuckles = click(hit.rng, 3, 400, 2600)
            parts = (
                (0.0, normal(struck(leaf, Hit(1.0, hit.rng), 0.6))),
                (0.0, 0.3 * knuckles),
                (0.0, 0.35 * thud(hit.rng, 160, 0.08)),
            )
            return mixed(*parts) * hit.velocity

        return strike

    return draw


def scraping(material: str) -> Striking:
    """Something hard is dragged: noise and small stuck moments through the body's modes."""

    def draw(thing: Rng) -> Strike:
        body = body_of(MATERIALS[material], thing, 1.3, 40)
        fast = between(thing, 150, 500)

        def strike(hit: Hit) -> Floats:
            rng = hit.rng
            seconds = rng.uniform(0.35, 0.8)
            stuck = _stick_slip(rng, body, line(seconds, *_bent(rng, 0.4 * fast, fast)))
            rub = unit(band(white(rng, seconds), 250, 2500)) * np.abs(unit(lowpass(white(rng, seconds), 30)))
            return (
                eased(normal(stuck) + 0.35 * rub * line(seconds, (0, 1), (0.7, 0.7), (1, 0)), 0.001, 0.05)
                * hit.velocity
            )

        return strike

    return draw


# Small mechanisms


def clicking(thing: Rng) -> Strike:
    """A switch or a key: pressed, and a moment later released, each a click of a small stiff part."""
    part = body_of(Material(0.02, 900.0, 0.00015, (1800, 3600), "bar", 0.8), thing, 1.0, 8)
    case = body_of(Material(0.05, 200.0, 0.0008, (350, 800), "plate", 0.2), thing, 1.0, 16)
    gap = thing.uniform(0.05, 0.11)

    def strike(hit: Hit) -> Floats:
        rng = hit.rng
        press = mixed(
            (0.0, normal(struck(part, Hit(1.0, rng), 0.04))),
            (0.0, 0.2 * normal(struck(case, Hit(1.0, rng), 0.06))),
            (0.0, 0.9 * click(rng, 2.0, 1800, 14_000)),
        )
        release = 0.6 * normal(struck(part, Hit(0.8, rng), 0.04))
        return mixed((0.0, press), (gap * rng.uniform(0.85, 1.2), release)) * hit.velocity

    return strike


def typing(thing: Rng) -> Strike:
    """A typewriter: the type bar on the platen, the key's return."""
    platen = body_of(Material(0.03, 120.0, 0.0003, (450, 900), "plate", 0.6), thing, 1.0, 40)

    def strike(hit: Hit) -> Floats:
        back = 0.35 * click(hit.rng, 2.5, 900, 6000)
        return (
            mixed((0.0, normal(struck(platen, Hit(1.0, hit.rng), 0.1))), (hit.rng.uniform(0.05, 0.08), back))
            * hit.velocity
        )

    return strike


def ticking(thing: Rng) -> Strike:
    """A clock: the escapement locks, drops and locks, three impacts within some 15 ms; tick and tock differ."""
    small = body_of(Material(0.006, 380.0, 0.00012, (2000, 4200), "bar", 0.5), thing, 1.0, 6)
    case = body_of(Material(0.03, 110.0, 0.0005, (500, 1200), "plate", 0.2), thing, 1.0, 24)
    gaps = thing.uniform(0.002, 0.006), thing.uniform(0.006, 0.013)
    tones = itertools.cycle((1.0, 0.8))

    def strike(hit: Hit) -> Floats:
        tone, parts = next(tones), list[tuple[float, Floats]]()
        for start, loud in zip((0.0, gaps[0], sum(gaps)), (0.7, 0.45, 1.0), strict=True):
            tick = normal(struck(_tuned(small, tone), Hit(1.0, hit.rng), 0.05))
            parts += [
                (start, loud * tick),
                (start, 0.4 * loud * normal(struck(_tuned(case, tone), Hit(1.0, hit.rng), 0.08))),
            ]
        return mixed(*parts) * hit.velocity

    return strike


def _tuned(body: Body, ratio: float) -> Body:
    return Body(body.hertz * ratio, body.losses, body.weights, body.contact_s, body.rough)


def writing(thing: Rng) -> Strike:
    """A pen or a nail: two or three strokes of a fine scratch."""
    low = between(thing, 1200, 2400)

    def strike(hit: Hit) -> Floats:
        rng, start, parts = hit.rng, 0.0, []
        for _ in range(int(rng.integers(2, 5))):
            seconds = rng.uniform(0.05, 0.16)
            parts.append((start, rng.uniform(0.5, 1) * rustle(rng, seconds, low, low * 4)))
            start += seconds + rng.uniform(0.01, 0.05)
        return mixed(*parts, (0.0, 0.4 * click(rng, 3, low, low * 4))) * hit.velocity

    return strike


def bowstring(thing: Rng) -> Strike:
    """An arrow leaves: the string's snap, its twang, the shaft that flies."""
    hertz = between(thing, 90, 160)

    def strike(hit: Hit) -> Floats:
        rng = hit.rng
        partials = np.arange(1.0, 9.0)
        twang = ringing(hertz * partials, 22.0 + 6.0 * partials, 1.0 / partials, rng, 0.4)
        seconds = 0.22
        flight = unit(band(white(rng, seconds), 1200, 6000)) * line(seconds, (0, 0.2), (0.3, 1), (1, 0))
        return mixed((0.0, click(rng, 4, 500, 5000)), (0.0, 0.5 * twang), (0.02, 0.35 * flight)) * hit.velocity

    return strike


def unsheathing(thing: Rng) -> Strike:
    """A blade meets a blade: bright modes of a long bar, and their slide along each other."""
    blade = body_of(Material(0.0008, 7.0, 0.00015, (700, 1500), "bar", 0.3), thing, 1.0, 8)
    other = body_of(Material(0.0008, 7.0, 0.00015, (700, 1500), "bar", 0.3), thing, 1.0, 8)

    def strike(hit: Hit) -> Floats:
        rng, seconds = hit.rng, 0.18
        slide = unit(band(white(rng, seconds), 3000, 11_000)) * line(seconds, (0, 1), (1, 0))
        both = [(start, normal(struck(body, Hit(1.0, rng), 1.0))) for start, body in ((0.0, blade), (0.002, other))]
        return mixed(*both, (0.0, 0.2 * eased(slide))) * hit.velocity

    return strike


def ratchet(thing: Rng) -> Strike:
    """A freewheel or a chain: clicks in a row that slow down."""
    pawl = body_of(Material(0.01, 200.0, 0.0001, (2500, 4500), "bar", 0.5), thing, 1.0, 6)

    def strike(hit: Hit) -> Floats:
        rng, start, gap, parts = hit.rng, 0.0, 0.03 - 0.012 * hit.force, []
        while start < 0.7:
            parts.append((start, normal(struck(pawl, Hit(1.0, rng), 0.03)) * rng.uniform(0.6, 1) * (1 - start)))
            start, gap = start + gap, gap * 1.03
        return mixed(*parts)[: count(1.0)] * hit.velocity

    return strike
