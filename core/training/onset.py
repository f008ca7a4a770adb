"""Where a recorded one-shot really begins, and where its first stroke ends."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]

_STEP_S = 0.0005


def envelope(sound: Samples, sample_rate: int, window_s: float = 0.002) -> npt.NDArray[np.float64]:
    """Root mean square of windows that begin every half millisecond."""
    step, window = round(_STEP_S * sample_rate), round(window_s * sample_rate)
    power = np.concatenate([[0.0], np.cumsum(sound.astype(np.float64) ** 2), np.zeros(0)])
    starts = np.arange(0, max(len(sound) - window, 1), step)
    ends = np.minimum(starts + window, len(sound))
    values: npt.NDArray[np.float64] = np.sqrt(np.maximum(power[ends] - power[starts], 0) / window)
    return values


def find_onset(sound: Samples, sample_rate: int, stated_s: float = 0.0) -> int:
    """The sample at which the first salient rise begins.

    The first window within 14 dB of the loudest one marks the attack, a rise to at least that being heard as the
    stroke; from there back down its flank, to where it has fallen 20 dB below the attack's own peak or stops falling.
    A quieter rustle before it counts as lead-in. ``stated_s`` (the tables' own onset) is believed when it lies on
    that flank, and never later than the attack.
    """
    level = envelope(sound, sample_rate)
    if not len(level) or level.max() <= 0:
        return 0
    attack = int(np.argmax(level >= level.max() * 10 ** (-14 / 20)))
    peak = level[attack : attack + round(0.02 / _STEP_S)].max()
    foot = attack
    while foot > 0 and level[foot] > peak * 0.1 and level[foot - 1] < level[foot] * 1.02:
        foot -= 1
    # the foot's window still reaches 2 ms ahead: the rise lies in its newest half millisecond
    start = round((foot + 1) * _STEP_S * sample_rate)
    reach = round(0.002 * sample_rate)
    piece = np.abs(sound[start : start + 2 * reach])
    loud = np.flatnonzero(piece > 0.25 * piece.max(initial=1e-9))
    start += max(int(loud[0]) - round(0.0005 * sample_rate), 0) if len(loud) else 0
    stated = round(stated_s * sample_rate)
    return stated if start - reach <= stated <= start else start


def first_stroke(
    sound: Samples, sample_rate: int, *, floor_db: float = 40.0, gap_s: float = 0.12, longest_s: float = 4.0
) -> Samples:
    """From the onset until ``gap_s`` of quiet (``floor_db`` below the peak) end in another rise; with a soft end."""
    sound = sound[: round(longest_s * sample_rate)]
    level = envelope(sound, sample_rate, 0.01)
    quiet_from, end = None, len(sound)
    threshold = level.max(initial=0.0) * 10 ** (-floor_db / 20)
    for step, value in enumerate(level):
        if value > threshold * 2 and quiet_from is not None and (step - quiet_from) * _STEP_S > gap_s:
            end = round((quiet_from + min(0.06, gap_s) / _STEP_S) * _STEP_S * sample_rate)
            break
        if value > threshold:
            quiet_from = None
        elif quiet_from is None:
            quiet_from = step
    cut = sound[:end].copy()
    fade = min(round(0.02 * sample_rate), len(cut))
    if fade:
        cut[-fade:] *= np.linspace(1, 0, fade, dtype=np.float32)
    return cut
