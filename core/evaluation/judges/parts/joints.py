"""Joints of a long take: does anything jump every ten seconds, where windows meet, and is every sample a number?"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np

from talkies.core.arrays import Floats, Sound
from talkies.core.engines.base import Brief
from talkies.core.evaluation.judges.envelopes import FLOOR_DB, envelopes
from talkies.core.media.wav.bwf import SAMPLE_RATE

if TYPE_CHECKING:
    from talkies.core.evaluation.part_context import PartContext

_EVERY_S = 10
_SIDE_S = 0.25
_BEYOND = 99.5  # percentile of the same jump elsewhere in the take
_PROMPTS = ("rain", "wind", "car engine")


def joints_part(given: PartContext) -> dict[str, Any] | None:
    """Long takes of sounds that go on, without a picture: joints at which level, spectrum or samples jump."""
    from talkies.core.conditioning.picture.visual import PictureFeatures

    duration = Fraction(given.sizes.judged_long_s)
    if duration < 2 * _EVERY_S:
        return None
    rows = {}
    for number, prompt in enumerate(_PROMPTS):
        given.progress(number / len(_PROMPTS), f"judged joints: {prompt}")
        brief = Brief("foley", duration, PictureFeatures.nothing(duration), prompt=prompt)
        rows[prompt] = joint_figures(given.under_test.perform(given.under_test.engine.prepare(brief), number))
    return {
        "takes": rows,
        "joints": sum(row["joints"] for row in rows.values()),
        "jumps": sum(row["jumps"] for row in rows.values()),
        "not_finite": sum(row["not_finite"] for row in rows.values()),
    }


def joint_figures(sound: Sound) -> dict[str, Any]:
    """Of 48 kHz mono (N,): joints each 10 s, those at which something jumps as hardly anywhere else, samples that are
    no numbers."""
    not_finite = int(np.count_nonzero(~np.isfinite(sound)))
    clean = np.nan_to_num(np.asarray(sound, np.float32), posinf=0.0, neginf=0.0)
    times = np.arange(_EVERY_S, len(clean) / SAMPLE_RATE - 1, _EVERY_S)
    jumped = np.zeros(len(times), bool)
    for jumps, rate in ((sample_jumps(clean), 100), (level_jumps(clean), 100), (spectrum_jumps(clean), 100)):
        usual = np.percentile(jumps, _BEYOND)
        for place, time in enumerate(times):
            frame = round(time * rate)
            jumped[place] |= bool(jumps[frame - 2 : frame + 3].max(initial=0.0) > 1.2 * usual + 1e-9)
    return {"joints": len(times), "jumps": int(jumped.sum()), "not_finite": not_finite}


def sample_jumps(sound: Sound) -> Floats:
    """(F,), 100 a second: the largest step from one sample to the next in each 10 ms."""
    steps = np.abs(np.diff(np.asarray(sound, np.float64), prepend=0.0))
    return np.asarray(steps[: len(steps) // 480 * 480].reshape(-1, 480).max(1))


def level_jumps(sound: Sound) -> Floats:
    """(F,), 100 a second: by how many dB the quarter second after differs from that before."""
    power = np.square(np.asarray(sound, np.float64))
    frames = power[: len(power) // 480 * 480].reshape(-1, 480).mean(1)
    return _sides(10 * np.log10(frames + 1e-12)[:, None])


def spectrum_jumps(sound: Sound) -> Floats:
    """(F,), 100 a second: the same of 64 bands, RMS in dB."""
    return _sides(np.maximum(envelopes(sound), FLOOR_DB))


def _sides(levels: Floats) -> Floats:
    """(F, B) dB → (F,): RMS difference of the means of both sides; 0 at the ends."""
    side = round(_SIDE_S * 100)
    sums = np.concatenate([np.zeros((1, levels.shape[1])), np.cumsum(levels, axis=0)])
    result = np.zeros(len(levels))
    middle = np.arange(side, len(levels) - side)
    before, after = sums[middle] - sums[middle - side], sums[middle + side] - sums[middle]
    result[middle] = np.sqrt(np.square((after - before) / side).mean(1))
    return result
