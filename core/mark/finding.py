"""Finding the mark: the level of each band is compared with itself a slot later, second laid on second.

    sound ─► levels of bands, dB ─► over those of neighbours ─► differences of slots, clipped ─► folded at one second,
    for each offset and speed ─► the part that all marks share finds where; the code words then say what

The score is the sum of 720 differences in the signs of a mark, over the root of the sum of their squares. A sound that
knows nothing of the pattern meets its signs as it would meet tossed coins, whatever its rhythm: so large a score comes
of nothing at most 3.18 times as often as in a normal distribution (Bentkus and Dzindzalieta 2015), times as many places
and payloads as are tried.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import erfc, floor, sqrt

import numpy as np
from scipy.fft import rfft, rfftfreq

from talkies.core.arrays import AnySound, Floats
from talkies.core.mark.pattern import BANDS, LOWEST_HZ, PAIRS, PAYLOADS, SLOT_S, band_edges, cells, codewords

SURE = 1e-5
"""A mark is found where chance would find one as sure in fewer windows than this."""
WINDOW_S = 10.0
"""Longer sounds are looked at in windows, each half a window after the one before."""
_HOP_S, _ANALYSED_S = 0.01, 0.02
_HOPS = round(1 / _HOP_S)  # in the second after which the pattern repeats
_SLOT_HOPS = round(SLOT_S / _HOP_S)
_SPEEDS = np.arange(-12, 13) * 0.001
_CANDIDATES = 12  # places that are looked at for what they say
_NEIGHBOURS = (1 / 12, 2 / 12, 3 / 12, 0.0, 3 / 12, 2 / 12, 1 / 12)  # bands: what they have in common is no mark
_FARTHER = 0.2  # of the difference of the slots around two is theirs
_CLIPPED = 1.5  # deviations
_HEAVIEST = 3.18  # times as often as in a normal distribution
_SILENT_DB = 70.0  # below the loudest
_CANCELLED = 0.25  # of the power of the channels: what is left of them in their mean where each is looked at as well


@dataclass(frozen=True)
class Found:
    """``payload``; ``start`` and ``end`` of where it was looked for, s; ``score``: deviations above nothing;
    ``chance``: how often a sound without a mark scores as much, at most; ``speed``: 0.01 where the sound lasts a
    hundredth longer."""

    payload: int
    start: float
    end: float
    score: float
    chance: float
    speed: float


def found(sound: AnySound, sample_rate: int) -> list[Found]:
    """The marks in a sound (N,) or (N, C), window for window, in order of time; [] for none, or in too little sound.
    Channels are looked at in their mean, and each by itself where they cancel each other out there."""
    if sample_rate < 2 * LOWEST_HZ:
        return []
    window, step = round(WINDOW_S * sample_rate), round(WINDOW_S / 2 * sample_rate)
    starts = range(0, max(len(sound) - window, 0) + step, step) if len(sound) > window else (0,)
    looked = (_looked_at(sound[first : first + window], sample_rate, first / sample_rate) for first in starts)
    return [each for each in looked if each is not None and each.chance < SURE]


def _looked_at(sound: AnySound, sample_rate: int, start: float) -> Found | None:
    if len(sound) < sample_rate:
        return None
    heard = _heard(sound)
    best = [each for each in (_best_of(_levels(one, sample_rate)) for one in heard) if each is not None]
    if not best:
        return None
    score, speed, payload = max(best)
    trials = len(heard) * len(_SPEEDS) * _HOPS * PAYLOADS
    chance = min(trials * _HEAVIEST * 0.5 * erfc(score / sqrt(2)), 1.0)
    return Found(payload, start, start + len(sound) / sample_rate, score, chance, speed)


def _heard(sound: AnySound) -> list[Floats]:
    """(n,) or (n, C) → what is looked at, (n,) each, at most 1; samples that are no numbers are silence."""
    known = np.nan_to_num(sound.reshape(len(sound), -1), posinf=0.0, neginf=0.0).astype(np.float64)
    channels: Floats = known / max(float(np.abs(known).max()), 1e-30)
    middle: Floats = channels.mean(axis=1)
    is_cancelled = float(np.square(middle).mean()) < _CANCELLED * float(np.square(channels).mean())
    return [middle, *channels.T] if is_cancelled else [middle]


def _best_of(levels: Floats) -> tuple[float, float, int] | None:
    """The largest score over all speeds, offsets and payloads, its speed and payload; None of too little sound."""
    if len(levels) < _HOPS:
        return None
    differences = _differences(levels)
    return max(_best_at(differences, float(speed)) for speed in _SPEEDS)


def _levels(sound: Floats, rate: int) -> Floats:
    """(hops, BANDS) dB."""
    size, hop = round(rate * _ANALYSED_S), rate * _HOP_S
    count = max(floor((len(sound) - size - 0.5) / hop) + 1, 0)  # where hops are no whole samples they are rounded
    first = np.round(np.arange(count) * hop).astype(int)
    window = np.hanning(size + 1)[:-1].astype(np.float32)
    frames = np.asarray(sound, np.float32)[first[:, None] + np.arange(size)] * window
    power = np.square(np.abs(rfft(frames, 2 * size, axis=1)))
    edges = np.searchsorted(rfftfreq(2 * size, 1 / rate), band_edges())
    silent = np.zeros((count, 1), np.float32)  # all that is higher than the sound goes
    energy = np.add.reduceat(np.concatenate([power, silent], axis=1), edges, axis=1)[:, :-1].astype(np.float64)
    loudest = float(energy.max()) if energy.size else 0.0
    decibels: Floats = 10 * np.log10(np.maximum(energy, loudest * 10 ** (-_SILENT_DB / 10) + 1e-20))
    return decibels


def _differences(levels: Floats) -> Floats:
    """(hops, BANDS): how much louder each slot is than the one after it, in deviations, more than in bands beside."""
    inside, reach = _SLOT_HOPS - 1, len(_NEIGHBOURS) // 2
    summed = np.cumsum(np.concatenate([np.zeros((1, BANDS)), levels]), axis=0)
    slots = (summed[inside:] - summed[:-inside]) / inside
    padded = np.pad(slots, ((0, 0), (reach, reach)), mode="edge")
    slots -= sum(weight * padded[:, place : place + BANDS] for place, weight in enumerate(_NEIGHBOURS) if weight)
    raw = slots[:-_SLOT_HOPS] - slots[_SLOT_HOPS:]
    raw[_SLOT_HOPS:-_SLOT_HOPS] -= _FARTHER * (slots[: -3 * _SLOT_HOPS] - slots[3 * _SLOT_HOPS :])
    deviation = 1.4826 * np.median(np.abs(raw), axis=0)
    clipped: Floats = np.clip(raw / np.maximum(deviation, 0.05), -_CLIPPED, _CLIPPED)
    clipped -= clipped.mean(axis=0)
    return clipped


def _best_at(differences: Floats, speed: float) -> tuple[float, float, int]:
    """The largest score over all offsets and payloads, ``speed``, and the payload."""
    starts = (np.arange(_HOPS)[:, None] + np.arange(PAIRS) * 2 * _SLOT_HOPS) % _HOPS
    laid = _folded(differences, speed)[starts].reshape(_HOPS, -1)
    laid /= np.sqrt(np.square(laid).sum(axis=1, keepdims=True)) + 1e-9
    shared, of_bits = _templates()
    alike = laid @ shared
    likely = np.argsort(alike)[-_CANDIDATES:]
    said = laid[likely] @ of_bits @ codewords().T
    scores = alike[likely] + said.max(axis=1)
    place = int(scores.argmax())
    return float(scores[place]), speed, int(said[place].argmax())


def _folded(differences: Floats, speed: float) -> Floats:
    """(hops, BANDS) → (_HOPS, BANDS): the sum of all seconds, each of which lasts 1 + ``speed``."""
    last = len(differences)
    seconds = int(last / (_HOPS * (1 + speed))) + 1
    places = np.round(np.arange(seconds * _HOPS) * (1 + speed)).astype(int).clip(max=last)
    padded = np.concatenate([differences, np.zeros((1, BANDS))])
    folded: Floats = padded[places].reshape(seconds, _HOPS, BANDS).sum(axis=0)
    return folded


@cache
def _templates() -> tuple[Floats, Floats]:
    """(PAIRS * BANDS,) what all marks share, and (PAIRS * BANDS, 24) the cells of each bit, in signs."""
    signs, bits = (each.ravel() for each in cells())
    of_bits = np.where(bits[:, None] == np.arange(codewords().shape[1]), signs[:, None], 0.0)
    return np.where(bits < 0, signs, 0.0), of_bits
