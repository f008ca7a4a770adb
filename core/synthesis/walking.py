"""Footsteps: a heel, then the sole and the toe, on some twenty grounds; feet of one walker are alike, steps are not.

heel ─ 60 to 110 ms ─► sole and toe, fainter     each: a thud of the weight + what the ground answers
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from talkies.core.arrays import Floats
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.synthesis.fragments import crunch
from talkies.core.synthesis.liquids import wet_step
from talkies.core.synthesis.modal import MATERIALS, Body, Material, body_of, struck
from talkies.core.synthesis.signals import (
    Hit,
    Rng,
    Strike,
    Striking,
    band,
    between,
    click,
    dying,
    eased,
    lowpass,
    mixed,
    normal,
    unit,
    white,
)


@dataclass(frozen=True)
class Ground:
    """``answers``: material that rings, "" none, ``rings``: how much of it; ``size`` of the piece. ``thud``: level and
    Hz of the weight's own sound. ``tap``: the shoe's. ``grains``: number a step, Hz, ms and hiss of what crunches.
    ``wet``: share of water."""

    answers: str = ""
    rings: float = 0.0
    size: float = 1.0
    thud: tuple[float, float] = (0.5, 120.0)
    tap: tuple[float, float, float] = (0.5, 900.0, 4500.0)
    grains: tuple[int, float, float, float, float] = (0, 0.0, 0.0, 0.0, 0.0)
    wet: float = 0.0


GROUNDS: dict[str, Ground] = {
    "": Ground("stone", 0.12, 1.6, (0.6, 130), (0.7, 700, 4000)),
    "floor": Ground("wood", 0.9, 1.9, (0.8, 95), (0.4, 900, 5000)),
    "wood": Ground("wood", 0.9, 1.7, (0.8, 100), (0.4, 900, 5000)),
    "concrete": Ground("stone", 0.12, 1.6, (0.8, 120), (0.5, 500, 3500), (8, 1500, 5000, 1.0, 0.03)),
    "stone": Ground("stone", 0.35, 1.0, (0.45, 160), (0.9, 1100, 7000)),
    "ceramic": Ground("ceramic", 0.2, 1.6, (0.4, 170), (0.9, 1200, 8000)),
    "glass": Ground("glass", 0.4, 0.7, (0.35, 170), (0.7, 1500, 9000), (50, 2500, 11_000, 2.0, 0.08)),
    "metal": Ground("metal", 0.6, 1.7, (0.5, 110), (0.5, 1200, 7000)),
    "plastic": Ground("plastic", 0.7, 1.5, (0.6, 110), (0.4, 700, 4000)),
    "carpet": Ground("", 0.0, 1.0, (1.0, 90), (0.1, 250, 1200), (8, 400, 1500, 3.0, 0.05)),
    "soft_ground": Ground("", 0.0, 1.0, (1.0, 85), (0.12, 250, 1200), (20, 400, 1800, 3.0, 0.1)),
    "dirt": Ground("", 0.0, 1.0, (1.0, 95), (0.2, 300, 1600), (30, 400, 2400, 2.0, 0.1)),
    "grass": Ground("", 0.0, 1.0, (0.55, 90), (0.1, 300, 1500), (60, 900, 6000, 3.0, 0.35)),
    "leaves": Ground("", 0.0, 1.0, (0.3, 100), (0.1, 400, 2000), (110, 1500, 9000, 2.2, 0.35)),
    "gravel": Ground("", 0.0, 1.0, (0.5, 120), (0.3, 400, 2000), (110, 450, 4000, 2.0, 0.15)),
    "sand": Ground("", 0.0, 1.0, (0.5, 85), (0.1, 300, 1500), (80, 600, 3500, 1.8, 0.4)),
    "snow": Ground("", 0.0, 1.0, (0.6, 85), (0.05, 300, 1200), (120, 350, 2200, 3.0, 0.25)),
    "ice": Ground("ice", 0.3, 1.2, (0.4, 120), (0.6, 1200, 7000), (40, 1500, 8000, 1.5, 0.15)),
    "water": Ground("", 0.0, 1.0, (0.35, 110), (0.2, 400, 2500), (0, 0, 0, 0, 0), 1.0),
    "barefoot": Ground("", 0.0, 1.0, (0.9, 110), (0.5, 350, 2200)),
}
"""By the words that name them; "" where none is named."""


def thud(rng: Rng, hertz: float, seconds: float = 0.16) -> Floats:
    """A dull blow: a damped low tone that falls, and the noise of what gives way; peak about 1."""
    fall = np.linspace(1.35, 0.85, len(dying(seconds, 1.0)))
    phase = 2 * np.pi * np.cumsum(hertz * rng.uniform(0.9, 1.12) * fall) / SAMPLE_RATE
    low = np.sin(phase) * dying(seconds, 0.75 * seconds)
    dull = unit(lowpass(white(rng, seconds), 3.2 * hertz)) * dying(seconds, 0.4 * seconds)
    return eased(low + 0.4 * dull, 0.0008, 0.02)


def stepping(*grounds: str) -> Striking:
    """Steps of one walker on one ground or a mixture ("barefoot", "sand")."""

    def draw(thing: Rng) -> Strike:
        kinds = [GROUNDS[name] for name in grounds or ("",)]
        bodies = [_body(kind, thing) for kind in kinds]
        heavy, roll = between(thing, 0.8, 1.25), thing.uniform(0.06, 0.11)

        def strike(hit: Hit) -> Floats:
            heel = _foot(kinds, bodies, hit.rng, heavy, 1.0, hit.force)
            sole = _foot(kinds, bodies, hit.rng, heavy * 1.2, 0.45 * hit.rng.uniform(0.7, 1.3), hit.force)
            return mixed((0.0, heel), (roll * hit.rng.uniform(0.85, 1.2), sole)) * hit.velocity

        return strike

    return draw


def landing(ground: str) -> Striking:
    """Something heavy lands on a ground."""

    def draw(thing: Rng) -> Strike:
        kind, heavy = GROUNDS[ground], between(thing, 1.0, 1.5)
        body = _body(kind, thing)
        return lambda hit: _foot([kind], [body], hit.rng, heavy, 1.0, hit.force) * hit.velocity

    return draw


def _body(kind: Ground, thing: Rng) -> Body | None:
    """What answers beneath the foot: damped, for somebody stands on it."""
    if not kind.answers:
        return None
    made = MATERIALS[kind.answers]
    stood_on = Material(made.friction * 1.5, made.support + 35, made.contact_s * 3, made.lowest, made.shape, made.rough)
    return body_of(stood_on, thing, kind.size, 40)


def _foot(kinds: list[Ground], bodies: list[Body | None], rng: Rng, heavy: float, share: float, force: float) -> Floats:
    parts: list[tuple[float, Floats]] = []
    for kind, body in zip(kinds, bodies, strict=True):
        level, hertz = kind.thud
        tap, low, high = kind.tap
        parts.append((0.0, share * level * thud(rng, hertz / heavy)))
        parts.append((0.0, share * tap * click(rng, 5 * rng.uniform(0.7, 1.4), low, high)))
        if body is not None:
            parts.append((0.0, share * kind.rings * normal(struck(body, Hit(1.0, rng), 0.6))))
        number, low, high, milliseconds, rough = kind.grains
        if number:
            length = rng.uniform(0.16, 0.26) * (0.8 + 0.4 * share)
            parts.append(
                (0.0, share * crunch(rng, length, int(number * (0.5 + 0.7 * force)), low, high, milliseconds, rough))
            )
        if kind.wet:
            parts.append((0.0, share * kind.wet * wet_step(rng, force)))
    return mixed(*parts)


def hoofbeats(thing: Rng) -> Strike:
    """A horse: two hard hooves in quick succession."""
    hoof = body_of(Material(0.03, 70.0, 0.001, (380, 700), "bar", 0.8), thing, 1.0, 12)
    gap = thing.uniform(0.09, 0.16)

    def strike(hit: Hit) -> Floats:
        beats = [(0.0, 1.0), (gap * hit.rng.uniform(0.8, 1.25), hit.rng.uniform(0.5, 0.9))]
        parts = [(start, loud * normal(struck(hoof, Hit(1.0, hit.rng), 0.25))) for start, loud in beats]
        parts += [(start, 0.7 * loud * thud(hit.rng, 140)) for start, loud in beats]
        return mixed(*parts) * hit.velocity

    return strike


# Bodies and cloth


def punching(thing: Rng) -> Strike:
    """A fist or a foot meets flesh: a smack, and the body's dull answer."""
    hertz = between(thing, 70, 110)

    def strike(hit: Hit) -> Floats:
        rng = hit.rng
        smack = click(rng, between(rng, 8, 18), 500, between(rng, 4500, 9000))
        flesh = unit(band(white(rng, 0.12), 150, 700)) * dying(0.12, 0.09)
        return mixed((0.0, thud(rng, hertz, 0.14)), (0.0, 1.5 * smack), (0.0, 0.6 * flesh)) * hit.velocity

    return strike


def falling_body(thing: Rng) -> Strike:
    """Somebody falls: knees, trunk, arms, and the clothes."""
    hertz = between(thing, 55, 85)

    def strike(hit: Hit) -> Floats:
        rng = hit.rng
        parts = [(0.0, thud(rng, hertz, 0.25)), (0.0, 0.5 * click(rng, 16, 250, 2500))]
        for start in (rng.uniform(0.08, 0.16), rng.uniform(0.2, 0.35)):
            parts += [(start, rng.uniform(0.3, 0.6) * thud(rng, hertz * 1.4)), (start, 0.2 * click(rng, 12, 300, 3000))]
        parts.append((0.0, 0.25 * rustle(rng, 0.5, 700, 4000)))
        return mixed(*parts) * hit.velocity

    return strike


def rustle(rng: Rng, seconds: float, low: float, high: float) -> Floats:
    """Cloth, paper or leaves rubbing: noise that tears at a few dozen hertz, swelling and falling."""
    noise = unit(band(white(rng, seconds), low, high))
    tearing = np.abs(unit(lowpass(white(rng, seconds), between(rng, 18, 45)))) ** 1.7
    shape = np.sin(np.linspace(0, np.pi, len(noise))) ** 0.7
    return eased(noise * tearing * shape, 0.001, 0.03)


def rustling(low: float, high: float) -> Striking:
    """A garment, a curtain, a sheet of paper, moved once or twice."""

    def draw(thing: Rng) -> Strike:
        edges = between(thing, 0.7, 1.3)

        def strike(hit: Hit) -> Floats:
            rng = hit.rng
            moves = [(0.0, rustle(rng, rng.uniform(0.18, 0.4), low * edges, high * edges))]
            if rng.random() < 0.6:
                moves.append(
                    (rng.uniform(0.15, 0.35), 0.6 * rustle(rng, rng.uniform(0.15, 0.3), low * edges, high * edges))
                )
            return mixed(*moves, (0.0, 0.3 * click(rng, 8, low, high))) * hit.velocity

        return strike

    return draw
