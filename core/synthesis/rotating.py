"""What turns: engines by their firing order, saws, rotors, propellers, machines, wheels on rails.

A four-stroke engine of n cylinders fires n / 2 times a turn: its pulses come at rpm / 60 · n / 2 Hz. Cylinders differ a
little, so that turns, too, are heard.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from talkies.core.arrays import Floats
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.synthesis.modal import MATERIALS, Material, body_of, struck
from talkies.core.synthesis.signals import Going, Hit, Rng, Sounding, between, click, mixed
from talkies.core.synthesis.streams import BLOCK, Filter, Noise, Phase, Resonance, Scatter, Wander, starts


def firing_hz(rpm: float, cylinders: int, strokes: int = 4) -> float:
    """Explosions a second."""
    return rpm / 60 * cylinders * 2 / strokes


@dataclass(frozen=True)
class Motor:
    """``rpm`` between which it wanders within ``every_s``; ``pipe_hz``: resonances of the exhaust; ``muffled`` Hz;
    ``bite``: how much it is overdriven; ``hiss``: share of intake noise, ``whine``: of a gear's tone."""

    rpm: tuple[float, float]
    cylinders: int
    strokes: int = 4
    every_s: float = 1.5
    pipe_hz: tuple[float, ...] = (65.0, 140.0, 290.0)
    muffled: float = 600.0
    bite: float = 1.0
    hiss: float = 0.07
    whine: float = 0.0


CAR = Motor((800, 1400), 4)
MOTORCYCLE = Motor((1800, 3600), 2, pipe_hz=(140.0, 380.0, 800.0), muffled=4000.0, bite=1.8)
DIESEL = Motor((600, 900), 6, pipe_hz=(50.0, 110.0, 240.0), muffled=500.0, hiss=0.1)
CHAINSAW = Motor((7000, 9300), 1, 2, 2.0, (280.0, 700.0, 1600.0), 5000.0, 3.0, 0.2)
MOWER = Motor((2700, 3100), 1, 4, 2.0, (150.0, 420.0, 1100.0), 5000.0, 1.6, 0.35)
PROPELLER = Motor((2200, 2500), 6, 4, 3.0, (100.0, 250.0, 600.0), 1800.0, 1.2, 0.12)


def running(*motors: Motor) -> Sounding:
    """One of these motors, its speed wandering."""

    def draw(thing: Rng) -> Going:
        motor = motors[int(thing.integers(len(motors)))]
        scale = between(thing, 0.9, 1.12)
        firing = firing_hz(1.0, motor.cylinders, motor.strokes) * scale
        strengths = thing.uniform(0.7, 1.0, motor.cylinders)
        pipes = [Resonance(hertz * scale, 0.03) for hertz in motor.pipe_hz]
        muffler, thrust = Filter("lowpass", 0, motor.muffled, 2), Filter("highpass", 35, 0, 1)
        rpm, load = Wander(thing, motor.every_s, *motor.rpm), Wander(thing, 1.2, 0.8, 1.0)
        intake, phase, gear = Noise(thing, "bandpass", 500, 6000, 1), Phase(), Phase()
        while True:
            speed = rpm.block() * firing
            before = phase.turns
            turns = phase.block(speed)
            pulses = _pulses(thing, turns, before, strengths)
            exhaust = sum(pipe.through(pulses) / (1 + 0.4 * n) for n, pipe in enumerate(pipes)) + 4 * pulses
            puffs = intake.block() * np.exp(-4 * (turns % 1))
            rough = thrust.through(muffler.through(np.asarray(exhaust))) * load.block()
            level = 2.2 * np.sqrt(SAMPLE_RATE / 1000 / float(speed.mean()))
            tone = motor.whine * np.sin(2 * np.pi * gear.block(speed * 3.7))
            yield np.tanh(motor.bite * (level * rough * 0.25 + motor.hiss * puffs + tone)) / motor.bite**0.5

    return draw


def _pulses(rng: Rng, turns: Floats, before: float, strengths: Floats) -> Floats:
    """An impulse at each firing, as strong as its cylinder, with a little chance."""
    pulses = np.zeros(BLOCK)
    at = starts(turns, before)
    cylinders = np.floor(turns[at]).astype(np.int64) % len(strengths)
    pulses[at] = strengths[cylinders] * rng.uniform(0.7, 1.2, len(at))
    return pulses


def hovering(thing: Rng) -> Going:
    """A helicopter: blades slap some eleven times a second, a turbine whines above."""
    rate, phase, turbine = between(thing, 9.5, 13.5), Phase(), Phase()
    slap, air = Noise(thing, "bandpass", 60, 900, 1), Noise(thing, "bandpass", 700, 5000, 1)
    boom, drift = Noise(thing, "lowpass", 0, 110), Wander(thing, 2.0, 0.75, 1.0)
    whine = between(thing, 1800, 2600)
    while True:
        share = phase.block(rate) % 1
        blade = 0.35 + np.exp(-7 * share) + 0.5 * np.exp(-(((share - 0.5) / 0.09) ** 2))
        tone = 0.05 * np.sin(2 * np.pi * turbine.block(whine))
        beat = 1.1 * slap.block() * blade + 1.2 * boom.block() * blade + 0.07 * air.block() * (0.35 + blade)
        yield drift.block() * (beat + tone)


def jetting(thing: Rng) -> Going:
    """A jet: a broad roar, the fan's whine, rising and falling as it passes."""
    bands = [Noise(thing, "bandpass", low, high, 1) for low, high in ((50, 250), (250, 1200), (1200, 6000))]
    fan, phase = between(thing, 1100, 2000), Phase()
    near, flutter = Wander(thing, 5.0, 0.35, 1.0), Wander(thing, 0.05, 0.8, 1.0)
    while True:
        level = near.block()
        roar = sum(level ** (1 + 0.5 * n) * 0.5**n * noise.block() for n, noise in enumerate(bands))
        yield flutter.block() * np.asarray(roar) + 0.03 * level * np.sin(2 * np.pi * phase.block(fan))


def flying(thing: Rng) -> Going:
    """An aircraft: with propellers or jets."""
    return jetting(thing) if thing.random() < 0.5 else running(PROPELLER)(thing)


def drilling(thing: Rng) -> Going:
    """An electric tool: a commutator's whine and its gears under a load that changes."""
    whine, phase, gear = between(thing, 480, 900), Phase(), Phase()
    speed, rub = Wander(thing, 0.9, 0.8, 1.05), Noise(thing, "bandpass", 1500, 9000, 1)
    chatter = Wander(thing, 0.02, 0.4, 1.0)
    while True:
        pace = whine * speed.block()
        turns, teeth = phase.block(pace), gear.block(pace * 0.37)
        tone = sum(np.sin(2 * np.pi * k * turns) / k**0.6 for k in range(1, 14))
        mesh = sum(np.sin(2 * np.pi * k * teeth) / k for k in range(1, 8))
        yield 0.4 * np.asarray(tone) + 0.35 * np.asarray(mesh) + 0.5 * chatter.block() * rub.block()


def working(thing: Rng) -> Going:
    """A machine: a motor's hum, a cycle of parts that strike, air that is moved."""
    rate, cycle, hum = between(thing, 1.6, 5.0), Phase(), Phase()
    mains = between(thing, 90, 125)
    parts = [body_of(MATERIALS["metal"], thing, between(thing, 1.0, 2.2), 24) for _ in range(3)]
    places = np.sort(thing.uniform(0, 1, 3))
    scatter, air, low = Scatter(), Noise(thing, "bandpass", 300, 3500, 1), Noise(thing, "bandpass", 40, 200, 1)
    drift = Wander(thing, 0.5, 0.8, 1.0)
    while True:
        before, turns = cycle.turns, cycle.block(rate)
        for body, place in zip(parts, places, strict=True):
            for at in starts(turns + place, before + place).tolist():
                scatter.throw(at, 0.5 * struck(body, Hit(thing.uniform(0.5, 0.8), thing), 0.3))
        tone = sum(np.sin(2 * np.pi * k * hum_turns) / k for hum_turns in (hum.block(mains),) for k in range(1, 8))
        yield scatter.block() + drift.block() * (0.25 * np.asarray(tone) + 0.12 * air.block() + 0.25 * low.block())


def projecting(thing: Rng) -> Going:
    """A film projector: the claw pulls twenty-four times a second, the motor and the fan run."""
    rate, phase, scatter = thing.uniform(23.5, 24.5), Phase(), Scatter()
    claw = body_of(Material(0.03, 260.0, 0.0004, (900, 1500), "plate", 0.8), thing, 1.0, 24)
    fan, hum, motor = Noise(thing, "bandpass", 250, 2500, 1), Phase(), between(thing, 95, 130)
    while True:
        before = phase.turns
        for at in starts(phase.block(rate), before).tolist():
            pull = mixed(
                (0.0, struck(claw, Hit(thing.uniform(0.8, 1), thing), 0.04)), (0.018, 0.4 * click(thing, 2, 900, 6000))
            )
            scatter.throw(at, pull)
        tone = sum(np.sin(2 * np.pi * k * turns) / k for turns in (hum.block(motor),) for k in range(1, 6))
        yield scatter.block() + 0.12 * np.asarray(tone) + 0.12 * fan.block()


def on_rails(thing: Rng) -> Going:
    """A train: wheels over joints, two and two, over a rumble and steel's hiss."""
    gap, phase, scatter = between(thing, 0.75, 1.2), Phase(), Scatter()
    wheel = body_of(Material(0.01, 45.0, 0.0012, (180, 350), "plate", 0.8), thing, 1.0, 40)
    rumble, steel = Noise(thing, "bandpass", 30, 220, 1), Noise(thing, "bandpass", 900, 4500, 1)
    sway = Wander(thing, 0.6, 0.7, 1.0)
    while True:
        before = phase.turns
        for at in starts(phase.block(1 / gap), before).tolist():
            for late, loud in ((0, 1.0), (0.16 * gap, 0.85)):
                scatter.throw(
                    at + round(late * SAMPLE_RATE), loud * struck(wheel, Hit(thing.uniform(0.85, 1), thing), 0.35)
                )
        yield 0.8 * scatter.block() + sway.block() * (0.9 * rumble.block() + 0.14 * steel.block())


def driving(thing: Rng) -> Going:
    """A vehicle: its engine, and the tyres on the road."""
    motor = running(CAR, CAR, MOTORCYCLE, DIESEL)(thing)
    tyres, pace = Noise(thing, "bandpass", 350, 2500, 1), Wander(thing, 2.5, 0.4, 1.0)
    for engine in motor:
        speed = pace.block()
        yield engine + 0.25 * speed * tyres.block()


def coasting(thing: Rng) -> Going:
    """A rollercoaster: the chain's ratchet, wheels on steel, wind."""
    rails, rate, phase, scatter = Noise(thing, "bandpass", 120, 900, 1), between(thing, 6, 10), Phase(), Scatter()
    dog = body_of(MATERIALS["metal"], thing, 1.2, 24)
    wind, pace = Noise(thing, "bandpass", 800, 5000, 1), Wander(thing, 2.0, 0.3, 1.0)
    while True:
        before = phase.turns
        for at in starts(phase.block(rate), before).tolist():
            scatter.throw(at, 0.35 * struck(dog, Hit(thing.uniform(0.6, 0.9), thing), 0.2))
        speed = pace.block()
        yield scatter.block() + speed * (0.6 * rails.block() + 0.3 * speed * wind.block())
