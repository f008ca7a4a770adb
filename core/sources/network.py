"""Spots by the network: one stroke in a window of its own, or a span, each told to the engine as a list of one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import chain

import numpy as np

from talkies.core.arrays import Sound
from talkies.core.conditioning.picture.look import PictureLook, covering
from talkies.core.conditioning.picture.visual import PictureFeatures
from talkies.core.engines.base import Brief, Engine, Spotted, Stroke
from talkies.core.library.casting import force_gain
from talkies.core.media.onsets import detect_onsets
from talkies.core.sources.chosen import Chosen
from talkies.core.synthesis.performing import GOING_RMS, STROKE_RMS
from talkies.core.times import LATENT_RATE, TimeRange

WINDOW = Fraction(13, 5)
"""Seconds that the network hears of for one stroke."""
_BEFORE = Fraction(41, 100)  # until the stroke: the middle of half a latent frame, so that all are rounded alike
_NEAR_S = 0.1  # the onset is looked for so near to the stroke
_MOVING_S = 0.3  # motion so near to a stroke is its own
_LEAD_S, _END_S = 0.02, 0.3
_LOUDEST_S = 0.05
_PROBED_S = 3.0
_PEAK = 0.98
_FRAME = 960
_AUDIBLE = 0.01  # of the loudest frame


@dataclass(frozen=True)
class Settings:
    """How an engine samples, and who hears what share of the work is done."""

    steps: int
    guidance: float
    on_step: Callable[[float], None] = lambda share: None


def around(look: PictureLook, onset: Fraction) -> PictureFeatures:
    """What was seen around a moment of the timeline, without what moves before and after it."""
    window = TimeRange(onset - _BEFORE, onset - _BEFORE + WINDOW)
    seen = _seen(look, window)
    sync = seen.sync.copy()
    near, reach = float(_BEFORE * LATENT_RATE), _MOVING_S * float(LATENT_RATE)
    sync[np.abs(np.arange(len(sync)) + 0.5 - near) > reach] = 0
    return replace(seen, sync=sync)


def during(look: PictureLook, span: TimeRange) -> PictureFeatures:
    """What was seen meanwhile."""
    return _seen(look, span)


def _seen(look: PictureLook, window: TimeRange) -> PictureFeatures:
    if look.features is None:
        return PictureFeatures.nothing(window.duration)
    return covering(look.features, look.range, window)


def hit(engine: Engine, chosen: Chosen, seen: PictureFeatures, blow_seed: int, settings: Settings) -> tuple[int, Sound]:
    """Samples before the onset, and the sound of one hit; ``seen``: as :func:`around` says.

    The network's own onset, wherever it came, is the spot's: its sound is cut there. Its level is that of the force.
    """
    told = Spotted((Stroke(float(_BEFORE), max(chosen.spot.force, 0.05)),))
    expected = round(_BEFORE * engine.sample_rate)
    for shown in (seen, PictureFeatures.nothing(WINDOW)):  # what flashes and wobbles can drown a stroke
        sound = np.concatenate(list(_generated(engine, chosen, shown, WINDOW, told, blow_seed, settings)))
        onset = _onset(sound, expected, engine.sample_rate)
        if onset is not None:
            break
    onset = expected if onset is None else onset
    lead, fade = round(_LEAD_S * engine.sample_rate), round(_END_S * engine.sample_rate)
    rung_out = _rung_out(sound[: round(WINDOW * engine.sample_rate)], onset, fade)
    sound = sound[onset - lead : rung_out] * _stroke_gain(sound, chosen.spot.force, engine)
    sound[:lead] *= np.linspace(0, 1, lead, dtype=np.float32) ** 2
    sound[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32) ** 2
    return lead, sound


def going(
    engine: Engine, chosen: Chosen, seen: PictureFeatures, span: TimeRange, blow_seed: int, settings: Settings
) -> Iterator[Sound]:
    """Blocks of what goes on for a span of the timeline; ``seen``: as :func:`during` says."""
    whole = Spotted(spans=((0.0, float(span.duration)),))
    blocks = _generated(engine, chosen, seen, span.duration, whole, blow_seed, settings)
    first: list[Sound] = []
    while sum(map(len, first)) < _PROBED_S * engine.sample_rate and (block := next(blocks, None)) is not None:
        first.append(block)
    probed = np.concatenate(first) if first else np.zeros(1, np.float32)
    level = GOING_RMS * force_gain(chosen.spot.force)
    gain = np.float32(level / max(float(np.sqrt(np.mean(np.square(probed)))), 1e-3))
    return (np.clip(block * gain, -_PEAK, _PEAK) for block in chain(first, blocks))


def _generated(
    engine: Engine,
    chosen: Chosen,
    seen: PictureFeatures,
    seconds: Fraction,
    spotted: Spotted,
    seed: int,
    settings: Settings,
) -> Iterator[Sound]:
    brief = Brief(
        "foley", seconds, seen, prompt=chosen.words, negative_prompt=chosen.avoid, source="network", spotted=spotted
    )
    prepared = engine.prepare(brief)
    return engine.generate(
        prepared, seed=seed, steps=settings.steps, guidance=settings.guidance, on_step=settings.on_step
    )


def _onset(sound: Sound, expected: int, rate: int) -> int | None:
    """The sample at which what was asked for at a sample begins; None where nothing does near it."""
    near = [time for time in detect_onsets(sound).tolist() if abs(time - expected / rate) <= _NEAR_S]
    return round(min(near, key=lambda time: abs(time - expected / rate)) * rate) if near else None


def _rung_out(sound: Sound, onset: int, fade: int) -> int:
    """The sample after the fade that ends it, once nothing but the network's noise is left: many of these would add
    up."""
    heard = sound[onset : onset + (len(sound) - onset) // _FRAME * _FRAME]
    levels = np.sqrt(np.square(heard.reshape(-1, _FRAME)).mean(1))
    loud = np.flatnonzero(levels > _AUDIBLE * levels.max(initial=0.0))
    last = int(loud[-1]) + 1 if len(loud) else 0
    return min(onset + last * _FRAME + fade, len(sound))


def _stroke_gain(sound: Sound, force: float, engine: Engine) -> np.float32:
    window = round(_LOUDEST_S * engine.sample_rate)
    power = np.cumsum(np.concatenate([[0.0], np.square(sound, dtype=np.float64)]))
    loudest = float(np.sqrt(max(float((power[window:] - power[:-window]).max(initial=0.0)), 0.0) / window))
    gain = STROKE_RMS * force_gain(force) / max(loudest, 1e-4)
    return np.float32(min(gain, _PEAK / max(float(np.abs(sound).max(initial=0.0)), 1e-6)))
