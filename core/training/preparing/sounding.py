"""Gives scenes their sound: for every event a fitting recording, its onset on the event's sample."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import numpy as np

from talkies.core.arrays import Sound
from talkies.core.conditioning.picture.events import FORCE_RANGE_DB
from talkies.core.corpus.effects import EffectLibrary, Recording, label, usable
from talkies.core.corpus.tables import read_table
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.scenes.plain import Event
from talkies.core.times import to_sample

__all__ = ["EffectLibrary", "Recording", "prompt_words", "sound_scene", "vocabulary"]

_SUSTAIN_FADE_S = 0.06
_LOOP_FADE_S = 0.25


def sound_scene(
    events: Sequence[Event], duration: Fraction | float, library: EffectLibrary, rng: np.random.Generator
) -> Sound:
    """(N,) float32 mono at 48 kHz, N = the duration's samples; events without a fitting recording stay silent.

    One source keeps its voice: events of the same kind and words draw from takes of one group. Force 1 is the common
    level, force 0 lies 24 dB below it.
    """
    mix = np.zeros(to_sample(Fraction(duration), SAMPLE_RATE), np.float32)
    voices: dict[tuple[object, ...], tuple[Recording, ...]] = {}
    for event in events:
        voice = (event.kind, event.material, event.tags, event.sustain > 0)
        if voice not in voices:
            voices[voice] = _cast(library.find(event.tags, event.sustain > 0), rng)
        if not voices[voice]:
            continue
        recording = voices[voice][rng.integers(len(voices[voice]))]
        gain = 10 ** ((event.force - 1) * FORCE_RANGE_DB / 20)
        start = to_sample(event.time, SAMPLE_RATE)
        if event.sustain > 0:
            sound = sustained(library.sound(recording), round(event.sustain * SAMPLE_RATE), rng)
        else:
            sound, start = library.sound(recording), start - library.lead
        _add(mix, sound * np.float32(gain), start)
    peak = float(np.abs(mix).max(initial=0.0))
    return mix * np.float32(min(1.0, 0.95 / max(peak, 1e-9)))


def sustained(sound: Sound, length: int, rng: np.random.Generator) -> Sound:
    """``length`` samples from a random place of a sound, looped through crossfades, with short fades at both ends."""
    fade = min(round(_LOOP_FADE_S * SAMPLE_RATE), len(sound) // 4)
    start = int(rng.integers(max(len(sound) - length, 1)))
    result, place = np.zeros(length + len(sound), np.float32), 0
    while place < length:
        piece = sound[start:].copy()
        if place and fade:
            piece[:fade] *= np.sqrt(np.linspace(0, 1, fade, dtype=np.float32))
        if fade:
            piece[-fade:] *= np.sqrt(np.linspace(1, 0, fade, dtype=np.float32))
        room = min(len(piece), len(result) - place)
        result[place : place + room] += piece[:room]
        place += max(len(piece) - fade, 1)
        start = 0
    result = result[:length]
    edge = min(round(_SUSTAIN_FADE_S * SAMPLE_RATE), length // 2)
    if edge:
        result[:edge] *= np.linspace(0, 1, edge, dtype=np.float32)
        result[-edge:] *= np.linspace(1, 0, edge, dtype=np.float32)
    return result


def _cast(candidates: tuple[Recording, ...], rng: np.random.Generator) -> tuple[Recording, ...]:
    """The takes of one source, each source being equally likely."""
    groups = sorted({recording.group for recording in candidates})
    if not groups:
        return ()
    chosen = groups[rng.integers(len(groups))]
    return tuple(recording for recording in candidates if recording.group == chosen)


def _add(mix: Sound, sound: Sound, start: int) -> None:
    skip = max(-start, 0)
    start += skip
    room = min(len(sound) - skip, len(mix) - start)
    if room > 0:
        mix[start : start + room] += sound[skip : skip + room]


def prompt_words(tags: Sequence[str]) -> list[str]:
    """The words by which a scene or a recording is prompted: its tags, each once, in order."""
    return list(dict.fromkeys(tags))


def vocabulary(table: Path) -> list[str]:
    """All words that usable recordings of a ``tags.csv`` carry, in alphabetical order."""
    return sorted({word for row in read_table(table) if usable(row) for word in label(row)[0]})
