"""Sung sounds with known times: a glottal pulse through formants, 48 kHz, for films of portraits that sing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from scipy.signal import lfilter

from talkies.core.arrays import Floats
from talkies.core.conditioning.speech.phonemes import vocabulary
from talkies.core.conditioning.speech.timing import Spans
from talkies.core.media.wav.bwf import write_bwf

RATE = 48_000
_A = ((730, 90), (1090, 110), (2440, 160))
_L = ((360, 60), (1000, 100), (2500, 200))
_CONSONANT_S = 0.08


@dataclass(frozen=True)
class Note:
    """Seconds and Hz; it is sung on "la", or on "a" alone."""

    start: float
    end: float
    hertz: float
    with_l: bool = False


def sung(notes: Sequence[Note], duration: float) -> Floats:
    """(N,) samples; nothing sounds between notes."""
    sound = np.zeros(round(duration * RATE))
    for note in notes:
        first, last = round(note.start * RATE), round(note.end * RATE)
        time = np.arange(last - first) / RATE
        phase = np.cumsum(note.hertz * (1 + 0.01 * np.sin(2 * np.pi * 5.5 * time)) / RATE) % 1
        pulses = np.diff(np.concatenate(([0.0], phase))) < 0
        voice = _shaped(pulses.astype(float), _A)
        if note.with_l:
            count = round(_CONSONANT_S * RATE)
            voice[:count] = 0.2 * _shaped(pulses.astype(float), _L)[:count]
        fade = np.minimum(np.minimum(time, time[::-1]) / 0.02, 1)
        sound[first:last] += voice * fade
    levelled: Floats = 0.5 * sound / np.abs(sound).max()
    return levelled


def _shaped(pulses: Floats, formants: Sequence[tuple[int, int]]) -> Floats:
    for hertz, width in formants:
        radius = np.exp(-np.pi * width / RATE)
        pole = 2 * radius * np.cos(2 * np.pi * hertz / RATE)
        pulses = lfilter([1 - pole + radius**2], [1, -pole, radius**2], pulses)
    return pulses


def spans_of(notes: Sequence[Note]) -> Spans:
    """The phonemes of the notes, as a take would have them."""
    spans: Spans = []
    for note in notes:
        middle = note.start + (_CONSONANT_S if note.with_l else 0.0)
        if note.with_l:
            spans.append((vocabulary()["l"], note.start, middle))
        spans.append((vocabulary()["ɑː"], middle, note.end))
    return spans


def written(path: Path, sound: Floats) -> Path:
    write_bwf(path, [sound.astype(np.float32)[None]], sample_rate=RATE)
    return path


HELD = (Note(0.6, 3.6, 220.0),)
EIGHT = tuple(
    Note(0.4 + 0.5 * number, 0.9 + 0.5 * number, 220 * 2 ** (step / 12), with_l=True)
    for number, step in enumerate((0, 2, 4, 5, 7, 5, 4, 0))
)
assert all(one.end <= other.start + 1e-9 for one, other in pairwise(EIGHT))
