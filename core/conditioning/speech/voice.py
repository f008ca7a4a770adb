"""Voice embedding: 64 numbers measured on a recording, not learned, so that any reference voice has a place.

The first 40 are the cosine transform of the mean log-mel spectrum of the loud frames (timbre), the next 20 that of
its spread, then three of the pitch (median, spread, share of voiced frames), and one is always 1. All are scaled by
the training corpus's statistics; the named voices that ship are means over a reader's recordings.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

import numpy as np
import torch
from scipy.fft import dct

from talkies.core.arrays import AnyFloats, AnySound, Floats, Floats32, Sound
from talkies.core.conditioning.speech.casting import Role, cast
from talkies.core.conditioning.speech.named_voices import check_voice
from talkies.core.errors import ArgumentError, InputError, MediaError
from talkies.core.media.sound import read_sound
from talkies.core.model.bands import SAMPLE_RATE, MelFrames

VOICE_DIM = 64
LONGEST_S = 60
"""No more of a reference recording than this is listened to."""


@dataclass(frozen=True)
class NamedVoice:
    """A voice that ships with the model: its vector (64,), its language (BCP-47) and one line about it."""

    name: str
    vector: Floats32
    language: str
    about: str


@dataclass(frozen=True)
class VoiceBook:
    """The named voices, and the statistics (64,) that bring a raw measurement to their scale."""

    mean: Floats32
    scale: Floats32
    voices: dict[str, NamedVoice]

    def place(self, raw: Floats32) -> Floats32:
        """A raw measurement in the model's scale, kept within three deviations."""
        return np.asarray(np.clip((raw - self.mean) / self.scale, -3, 3), np.float32)

    def nearest(self, vector: Floats32) -> NamedVoice:
        """The named voice most like a vector in the model's scale."""
        return min(self.voices.values(), key=lambda voice: apart(voice.vector, vector))


def apart(one: AnyFloats, other: AnyFloats) -> float:
    """How far two voices in the model's scale lie apart: RMS of their differences, in deviations of the corpus.

    Measured: two sentences of one reader 0.7 to 1.0, the means of two readers 0.8 to 1.6.
    """
    return float(np.sqrt(np.square(one - other)[:-1].mean()))  # the last number is always the same


def measure(sound: AnySound) -> Floats32:
    """Raw voice numbers (64,) of speech (N,) at 48 kHz; level does not matter, silence is left out."""
    sound = sound[: LONGEST_S * SAMPLE_RATE].astype(np.float32)
    sound = sound / max(float(np.abs(sound).max()), 1e-6)
    mel = MelFrames()(torch.from_numpy(sound)[None])[0].numpy()
    level = mel.mean(0)
    loud = mel[:, level >= np.percentile(level, 50)] if mel.shape[1] else np.zeros((mel.shape[0], 1), np.float32)
    timbre = dct(loud.mean(1) - loud.mean(), norm="ortho")[:40]
    spread = dct(loud.std(1), norm="ortho")[:20]
    return np.concatenate([timbre, spread, _pitch(sound), [1.0]]).astype(np.float32)


def _pitch(sound: Sound) -> Floats:
    """(log2 of the median pitch, its spread in octaves, share of voiced frames) by autocorrelation, 60 to 450 Hz."""
    rate, size, hop = SAMPLE_RATE // 4, 720, 240
    low = sound[: len(sound) // 4 * 4].reshape(-1, 4).mean(1)
    if len(low) < size:
        return np.zeros(3)
    frames = np.lib.stride_tricks.sliding_window_view(low, size)[::hop]
    frames = frames - frames.mean(1, keepdims=True)
    spectrum = np.abs(np.fft.rfft(frames, 2 * size, axis=1)) ** 2
    correlation = np.fft.irfft(spectrum, axis=1)[:, :size] / (1 - np.arange(size) / size).clip(0.2)
    shortest, longest = rate // 450, rate // 60
    lags = correlation[:, shortest - 1 : longest + 1]
    peaks = (lags[:, 1:-1] >= lags[:, :-2]) & (lags[:, 1:-1] > lags[:, 2:])  # not the slope that falls from lag 0
    lags = np.where(peaks, lags[:, 1:-1], 0)
    strength = lags.max(1) / correlation[:, 0].clip(1e-9)
    voiced = (strength > 0.55) & (correlation[:, 0] > np.percentile(correlation[:, 0], 60) * 0.1)
    if voiced.sum() < 5:
        return np.zeros(3)
    first = (lags[voiced] >= 0.9 * lags[voiced].max(1, keepdims=True)).argmax(1)  # not a multiple of the period
    pitch = np.log2(rate / (shortest + first))
    return np.array([np.median(pitch), np.subtract(*np.percentile(pitch, [75, 25])), voiced.mean()])


@functools.cache
def voice_book() -> VoiceBook:
    """The voices that ship with the model."""
    return _book((resources.files("talkies.resources.weights") / "voices.json").read_text(encoding="utf-8"))


def stored_book(path: Path) -> VoiceBook:
    """The voices of a file that :func:`make_book` filled. Raises InputError for any other."""
    try:
        return _book(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, KeyError) as error:
        raise InputError(path, f"holds no voices ({error})", "run the training stage 'speech' first") from error


def _book(content: str) -> VoiceBook:
    stored = json.loads(content)
    voices = {
        name: NamedVoice(name, np.array(entry["vector"], np.float32), entry["language"], entry["about"])
        for name, entry in stored["voices"].items()
    }
    return VoiceBook(np.array(stored["mean"], np.float32), np.array(stored["scale"], np.float32), voices)


def find_voice(voice: str, speaker: str = "", language: str = "") -> NamedVoice:
    """The voice for a line: a shipped voice's name, a recording's path, or "" for a choice by language and by what the
    speaker's name says; several speakers are better cast together (core/conditioning/speech/casting.py).

    Raises ArgumentError for a name that is neither and for a recording that cannot be read or holds no sound.
    """
    book = voice_book()
    if voice in book.voices:
        return book.voices[voice]
    if voice:
        return _recorded(Path(voice), book)
    return book.voices[cast([Role(speaker, language)])[speaker]]


def _recorded(path: Path, book: VoiceBook) -> NamedVoice:
    check_voice(str(path))
    try:
        sound = read_sound(path, SAMPLE_RATE)[0]
    except MediaError as error:  # the choice of a voice is an argument: nothing is made without it
        raise ArgumentError(f"voice {error.subject}", error.problem, error.cure) from error
    if not np.isfinite(sound).all() or len(sound) < SAMPLE_RATE or float(np.abs(sound).max()) < 1e-3:
        problem = "is silent or shorter than one second"
        raise ArgumentError(f"voice {path}", problem, "give at least three seconds of clear speech")
    vector = book.place(measure(sound))
    return NamedVoice(path.stem, vector, book.nearest(vector).language, f"recorded in {path.name}")


def make_book(samples: Iterable[tuple[str, str, str, Floats32]]) -> dict[str, object]:
    """The content of ``voices.json`` from (name, language, about, raw measurement) of many recordings."""
    rows = list(samples)
    raw = np.stack([row[3] for row in rows])
    mean, scale = raw.mean(0), raw.std(0).clip(1e-2)
    book = VoiceBook(mean, scale, {})
    voices = {
        name: stored_voice(language, about, book.place(np.mean([r[3] for r in rows if r[0] == name], axis=0)))
        for name, language, about in dict.fromkeys(row[:3] for row in rows)
    }
    return {"mean": [round(float(x), 5) for x in mean], "scale": [round(float(x), 5) for x in scale], "voices": voices}


def stored_voice(language: str, about: str, vector: Floats32) -> dict[str, object]:
    """A named voice as ``voices.json`` has it; ``vector`` (64,) in the model's scale."""
    return {"language": language, "about": about, "vector": [round(float(x), 4) for x in vector]}
