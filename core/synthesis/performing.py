"""Performing: strokes at their times and what goes on in its spans, as blocks; any length in bounded memory.

strokes ─► one object, another blow each time ─► space ┐
spans   ─► what goes on, faded in and out ─────────────┴─► sum, without DC ─► float32 blocks
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from talkies.core.arrays import Floats, Floats32
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.synthesis.recipes import GoingSound, Recipe, StrokeSound
from talkies.core.synthesis.signals import Hit, count
from talkies.core.synthesis.spaces import heard_in
from talkies.core.synthesis.streams import BLOCK, Filter, Scatter

STROKE_RMS = 0.2
"""Root mean square of the loudest 50 ms of a stroke of force 1."""
GOING_RMS = 0.05
"""Root mean square of what goes on, by itself."""
UNDER_STROKES_DB = 6.0
"""How much fainter it is when strokes are heard beside it."""

_FADE_S = 0.25
_PEAK = 0.98
_PROBED = 6  # blocks by which the level of what goes on is set
_OBJECT, _BLOW, _TRIAL, _FLOW, _SPACE = range(5)  # what each row of random numbers is for
_DC_HZ = 18.0


@dataclass(frozen=True)
class Stroke:
    """Something strikes at ``time`` (s) with a force of 0 to 1."""

    time: float
    force: float


@dataclass(frozen=True)
class Span:
    """Something goes on from ``start`` to ``end`` (s)."""

    start: float
    end: float


def perform(
    recipe: Recipe, strokes: Sequence[Stroke], seconds: float, seed: int, spans: Sequence[Span] | None = None
) -> Iterator[Floats32]:
    """Blocks (n,) of mono sound at 48 kHz, together ``round(seconds · 48000)`` samples; ``spans`` None: throughout.

    A seed repeats bit for bit. All strokes belong to one object; no two are equal.
    """
    total = round(seconds * SAMPLE_RATE)
    parts: list[Iterator[Floats]] = []
    if recipe.stroke is not None:
        parts.append(_struck(recipe.stroke, strokes, seed))
    if recipe.going is not None:
        quieter = UNDER_STROKES_DB if recipe.stroke is not None and strokes else 0.0
        whole = (Span(-1.0, seconds + 1.0),)
        parts.append(_going(recipe.going, whole if spans is None else spans, seed, 10 ** (-quieter / 20)))
    level = Filter("highpass", _DC_HZ, 0.0, 1)
    for start in range(0, total, BLOCK):
        block = level.through(np.asarray(sum(next(part) for part in parts)) + np.zeros(BLOCK))
        yield block[: total - start].astype(np.float32)


def _rng(seed: int, *use: int) -> np.random.Generator:
    return np.random.default_rng([seed, 31, *use])


def _struck(sound: StrokeSound, strokes: Sequence[Stroke], seed: int) -> Iterator[Floats]:
    """Blocks without end of all strokes, in their space."""
    strike = sound.draw(_rng(seed, _OBJECT))
    gain = _stroke_gain(strike(Hit(1.0, _rng(seed, _TRIAL))))
    coming = sorted(strokes, key=lambda stroke: stroke.time)

    def dry() -> Iterator[Floats]:
        scatter, number = Scatter(), 0
        for start in itertools.count(0, BLOCK):
            while number < len(coming) and (at := round(coming[number].time * SAMPLE_RATE)) < start + BLOCK:
                if at >= start:
                    hit = Hit(float(np.clip(coming[number].force, 0.0, 1.0)), _rng(seed, _BLOW, number))
                    scatter.throw(at - start, gain * strike(hit))
                number += 1
            yield scatter.block()

    return heard_in(dry(), sound.space, _rng(seed, _SPACE))


def stroke_in_space(sound: StrokeSound, force: float, object_seed: int, blow_seed: int) -> Iterator[Floats]:
    """Blocks without end of one stroke at the very beginning, on the object of one seed, with the chance of another."""
    strike = sound.draw(_rng(object_seed, _OBJECT))
    gain = _stroke_gain(strike(Hit(1.0, _rng(object_seed, _TRIAL))))
    scatter, level = Scatter(), Filter("highpass", _DC_HZ, 0.0, 1)
    scatter.throw(0, gain * strike(Hit(float(np.clip(force, 0.0, 1.0)), _rng(blow_seed, _BLOW))))
    dry = (scatter.block() for _ in itertools.count())
    return (level.through(block) for block in heard_in(dry, sound.space, _rng(object_seed, _SPACE)))


def _stroke_gain(sound: Floats) -> float:
    """What brings the loudest 50 ms to STROKE_RMS, as far as the peak stays below 1."""
    window = min(count(0.05), len(sound))
    power = np.cumsum(np.concatenate([[0.0], np.square(sound)]))
    loudest = float(np.sqrt((power[window:] - power[:-window]).max() / count(0.05)))
    return min(STROKE_RMS / max(loudest, 1e-9), _PEAK / max(float(np.abs(sound).max()), 1e-9))


def _going(sound: GoingSound, spans: Sequence[Span], seed: int, level: float) -> Iterator[Floats]:
    """Blocks without end of what goes on, at its level, silent outside its spans."""
    flow = sound.draw(_rng(seed, _FLOW))
    first = list(itertools.islice(flow, _PROBED))
    gain = level * GOING_RMS / max(float(np.sqrt(np.mean(np.square(first)))), 1e-9)
    for start, block in zip(itertools.count(0, BLOCK), itertools.chain(first, flow), strict=False):
        yield gain * block * _envelope(spans, start)


def _envelope(spans: Sequence[Span], start: int) -> Floats:
    """(BLOCK,) from sample ``start`` on: 1 inside of the spans, faded at their ends."""
    time = (start + np.arange(BLOCK)) / SAMPLE_RATE
    gains = np.zeros(BLOCK)
    for span in spans:
        if span.end > time[0] and span.start < time[-1]:
            inside = np.minimum(time - span.start, span.end - time) / _FADE_S
            gains = np.maximum(gains, np.sin(np.pi / 2 * np.clip(inside, 0, 1)) ** 2)
    return gains
