"""Onset of a recorded one-shot, and the end of its first stroke."""

from __future__ import annotations

import numpy as np

from talkies.core.arrays import Floats, Sound

_STEP_S = 0.0005


def envelope(sound: Sound, sample_rate: int, window_s: float = 0.002) -> Floats:
    """Root mean square of windows that begin every half millisecond."""
    step, window = round(_STEP_S * sample_rate), round(window_s * sample_rate)
    power = np.concatenate([[0.0], np.cumsum(sound.astype(np.float64) ** 2), np.zeros(0)])
    starts = np.arange(0, max(len(sound) - window, 1), step)
    ends = np.minimum(starts + window, len(sound))
    values: Floats = np.sqrt(np.maximum(power[ends] - power[starts], 0) / window)
    return values


def find_onset(sound: Sound, sample_rate: int, stated_s: float = 0.0) -> int:
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


def single_stroke(sound: Sound, sample_rate: int, stated_s: float = 0.0, longest_s: float = 4.0) -> tuple[int, Sound]:
    """Where the chief stroke of a one-shot begins (sample), and the sound from there on with no further stroke in it.

    A recorded step has a heel and a toe, a rocket a hundred pops, a reload three clicks; a scene's event is one of
    them. The chief stroke is the first, as our own detector hears them, that comes within 6 dB of the loudest; with
    none (a thunder that swells) it is where the sound has swelled to 6 dB below its peak. After it the level never
    rises again: what would is held down to what the quietest stretch before it left.
    """
    first = find_onset(sound, sample_rate, stated_s)
    sound = sound[: first + round((longest_s + 1.0) * sample_rate)]
    start = _chief(sound, sample_rate, first)
    rest = sound[start : start + round(longest_s * sample_rate)]
    return start, _falling(rest, sample_rate)


def _chief(sound: Sound, sample_rate: int, first: int) -> int:
    from talkies.core.media.onsets import detect_onsets

    silence = np.zeros(round(0.2 * sample_rate), np.float32)
    ahead = max(first - round(0.002 * sample_rate), 0)
    heard = [
        round(t * sample_rate) - len(silence) for t in detect_onsets(np.concatenate((silence, sound[ahead:], silence)))
    ]
    strokes = sorted({max(ahead + place, 0) for place in heard})
    near = round(0.05 * sample_rate)
    peaks = [float(np.abs(sound[place : place + near]).max(initial=0.0)) for place in strokes]
    loudest = float(np.abs(sound[first:]).max(initial=0.0))
    chief = next((place for place, peak in zip(strokes, peaks, strict=True) if peak >= 0.5 * loudest), None)
    if chief is None:
        loud = np.flatnonzero(np.abs(sound[first:]) >= 0.5 * loudest)
        return first + (int(loud[0]) if len(loud) else 0)
    if abs(chief - first) <= round(0.01 * sample_rate):
        return first
    back = min(round(0.005 * sample_rate), chief)
    return int(chief - back + min(find_onset(sound[chief - back : chief + near], sample_rate), 2 * back))


def _falling(sound: Sound, sample_rate: int, attack_s: float = 0.06, floor_db: float = 60.0) -> Sound:
    """The sound with its level held to a curve that only falls once the attack is over, cut where it is inaudible."""
    from scipy.ndimage import maximum_filter1d

    step = round(0.001 * sample_rate)
    frames = -(-len(sound) // step)
    peaks = np.abs(np.pad(sound, (0, frames * step - len(sound)))).reshape(frames, step).max(1)
    hold = maximum_filter1d(peaks, 31)
    top = int(peaks[: round(attack_s * 1000)].argmax()) if frames else 0
    allowed = hold.copy()
    allowed[top:] = np.minimum.accumulate(hold[top:])
    gain = np.interp(np.arange(len(sound)), (np.arange(frames) + 0.5) * step, allowed / np.maximum(hold, 1e-9))
    audible = np.flatnonzero(allowed > peaks.max(initial=0.0) * 10 ** (-floor_db / 20))
    end = min((int(audible[-1]) + 20) * step if len(audible) else 0, len(sound))
    fallen: Sound = (sound[:end] * gain[:end]).astype(np.float32)
    fade = min(round(0.02 * sample_rate), end)
    fallen[end - fade :] *= np.linspace(1, 0, fade, dtype=np.float32)
    return fallen


def first_stroke(
    sound: Sound, sample_rate: int, *, floor_db: float = 40.0, gap_s: float = 0.12, longest_s: float = 4.0
) -> Sound:
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
