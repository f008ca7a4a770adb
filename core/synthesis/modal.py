"""Modal hits: a struck object rings in its modes; material, size, force and place of the blow say how.

A mode of frequency f loses ``π f η + s`` nepers a second: internal friction η (tan φ), and what goes to supports and
air. How strongly a blow excites it falls with the contact's duration, which falls with speed to the power 1/5 (Hertz).
Free bars: f ∝ 1, 2.756, 5.404, 8.933 …; plates: f ∝ (m/a)² + (n/b)²; cups: f ∝ near n², n = 2, 3, 4 …; bells by ear
and custom: hum, prime, tierce, quint, nominal (Fletcher & Rossing, The Physics of Musical Instruments).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from talkies.core.arrays import Floats
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.synthesis.signals import Hit, Rng, Strike, Striking, between, click, count, mixed

BAR = (1.0, 2.756, 5.404, 8.933, 13.344, 18.638, 24.812, 31.870)
CUP = (1.0, 2.32, 4.25, 6.63, 9.38, 12.3, 15.6, 19.3)
BELL = (0.5, 1.0, 1.2, 1.5, 2.0, 2.5, 2.61, 3.0, 3.3, 4.0, 4.2, 5.2, 6.4, 7.7, 9.1)
GONG = (1.0, 1.47, 1.98, 2.09, 2.58, 2.91, 3.42, 3.9, 4.6, 5.4, 6.1, 7.2, 8.3)


@dataclass(frozen=True)
class Material:
    """``friction``: η. ``support``: nepers a second that are lost at every frequency. ``contact_s``: a hard blow's
    contact. ``lowest``: Hz between which things one can hold have their lowest mode. ``shape``: bar, cup or plate.
    ``rough``: share of the blow's own noise."""

    friction: float
    support: float
    contact_s: float
    lowest: tuple[float, float]
    shape: str
    rough: float


MATERIALS: dict[str, Material] = {
    "wood": Material(0.018, 28.0, 0.0005, (150, 420), "plate", 0.9),
    "metal": Material(0.0009, 3.5, 0.0002, (280, 900), "plate", 0.25),
    "glass": Material(0.0016, 11.0, 0.0002, (800, 2200), "cup", 0.2),
    "ceramic": Material(0.0045, 45.0, 0.0003, (700, 1800), "cup", 0.3),
    "stone": Material(0.012, 170.0, 0.0004, (350, 1200), "bar", 1.2),
    "plastic": Material(0.045, 30.0, 0.0009, (220, 700), "plate", 0.45),
    "bones": Material(0.03, 60.0, 0.0004, (700, 1700), "bar", 0.5),
    "ice": Material(0.009, 35.0, 0.0004, (500, 1500), "bar", 0.8),
    "coin": Material(0.0005, 5.0, 0.00012, (4200, 7500), "cup", 0.1),
}
"""By their words; frictions are orders of magnitude from the literature, losses checked against recordings."""

HIGHEST_HZ = 18_000.0
SOFT_DB = 60.0  # a sound ends where it has fallen by so much


@dataclass(frozen=True)
class Body:
    """An object that rings: ``hertz``, ``losses`` (nepers a second) and ``weights``, each (M,); ``contact_s``."""

    hertz: Floats
    losses: Floats
    weights: Floats
    contact_s: float
    rough: float = 0.0


def ratios_of(shape: str, rng: Rng, modes: int) -> Floats:
    """Frequencies over the lowest, ascending."""
    if shape == "plate":
        side = between(rng, 1.1, 2.2)
        grid = [m * m + (n / side) ** 2 for m in range(1, 12) for n in range(1, 16)]
        return np.sort(np.asarray(grid))[:modes] / (1 + side**-2)
    return np.asarray({"bar": BAR, "cup": CUP, "bell": BELL, "gong": GONG}[shape][:modes])


def body_of(material: Material, rng: Rng, size: float = 1.0, modes: int = 56) -> Body:
    """An object of a material; ``size`` 2 is an octave lower."""
    lowest = between(rng, *material.lowest) / size
    hertz = lowest * ratios_of(material.shape, rng, modes)
    hertz = hertz * rng.normal(1, 0.015, len(hertz))
    if material.shape == "cup":  # no cup is quite round: its modes are pairs
        hertz = np.concatenate([hertz, hertz * (1 + np.abs(rng.normal(0.004, 0.003, len(hertz))))])
    hertz = hertz[hertz < HIGHEST_HZ]
    losses = (np.pi * material.friction * hertz + material.support) * rng.uniform(0.75, 1.35, len(hertz))
    weights = rng.uniform(0.3, 1.0, len(hertz)) * (hertz / lowest) ** -0.35
    return Body(hertz, losses, weights, material.contact_s, material.rough)


def pulse_spectrum(hertz: Floats, contact_s: float) -> Floats:
    """How strongly a blow whose force rises and falls within ``contact_s`` as a raised cosine excites a frequency."""
    x = hertz * contact_s
    near = np.abs(x - 1) < 1e-6
    falling = np.abs(np.sinc(x) / np.where(near, 1.0, 1 - x * x))
    return np.asarray(np.where(near, 0.5, falling) + 0.015 / (1 + x))


def contact_of(body: Body, hit: Hit) -> float:
    """Seconds of contact: harder blows are shorter (Hertz), no two quite equal."""
    return float(body.contact_s * max(hit.velocity, 0.01) ** -0.2 * hit.rng.uniform(0.85, 1.2))


def struck(body: Body, hit: Hit, longest_s: float = 3.0) -> Floats:
    """One blow: place and hardness drawn, amplitude by its speed."""
    place = hit.rng.uniform(0.08, 0.45)
    excited = np.abs(np.sin(np.pi * place * np.arange(1, len(body.hertz) + 1))) * 0.85 + 0.15
    contact = contact_of(body, hit)
    amplitudes = body.weights * excited * pulse_spectrum(body.hertz, contact)
    sound = ringing(body.hertz, body.losses, amplitudes, hit.rng, longest_s)
    if body.rough:
        noise = click(hit.rng, 1000 * contact * 4, min(0.25 / contact, 4000.0), min(3.0 / contact, HIGHEST_HZ))
        sound = mixed((0.0, sound), (0.0, noise * body.rough * float(np.sqrt(np.square(amplitudes).sum()))))
    return sound * hit.velocity


def hitting(material: str) -> Striking:
    """Blows on one object of a material."""

    def draw(thing: Rng) -> Strike:
        body = body_of(MATERIALS[material], thing, between(thing, 0.8, 1.4))
        return lambda hit: struck(body, hit)

    return draw


def ringing(
    hertz: Floats, losses: Floats, amplitudes: Floats, rng: Rng | None = None, longest_s: float = 3.0
) -> Floats:
    """The sum of dying tones, until 60 dB are lost; phases near zero, so that it starts with the blow.

    A sample at 64 a + b turns by powers of two tables: one product of matrices instead of a sine for each sample.
    """
    fall = np.log(10 ** (SOFT_DB / 20))
    seconds = float(np.clip(fall / losses.min(initial=fall / 0.01), 0.01, longest_s)) if len(losses) else 0.01
    phases = rng.uniform(-0.4, 0.4, len(hertz)) if rng is not None else np.zeros(len(hertz))
    turn = (-losses + 2j * np.pi * hertz) / SAMPLE_RATE
    steps = -(-count(seconds) // _STEP)
    coarse = np.exp(np.arange(steps)[:, None] * _STEP * turn) * (amplitudes * np.exp(1j * phases))
    sound = np.ascontiguousarray((coarse @ np.exp(turn[:, None] * np.arange(_STEP))).imag).ravel()
    sound[-_STEP:] *= np.linspace(1, 0, _STEP)
    return np.asarray(sound)


_STEP = 64
