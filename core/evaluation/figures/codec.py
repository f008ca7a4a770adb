"""What the codec alone costs: held-out recordings there and back, beside what Opus makes of them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from talkies.core.arrays import Sound
from talkies.core.evaluation.engine_under_test import HasCodec, OnProgress
from talkies.core.evaluation.material import Material
from talkies.core.evaluation.measures.fidelity import log_spectral_distance, mean, pesq, stoi
from talkies.core.evaluation.measures.opus import through_opus
from talkies.core.evaluation.measures.speech import sound_power
from talkies.core.media.wav.bwf import SAMPLE_RATE

SPEECH_RMS = 0.08
"""Speech is brought to this level (RMS of its louder half) before it is judged: recordings are of all levels."""

_LONGEST_S = 10

Way = Callable[[Sound], Sound]
Row = dict[str, float | None]


def codec_figures(
    codec: HasCodec, material: Material, sentences: int, effects: int, progress: OnProgress
) -> dict[str, Any]:
    """Log-spectral distance (dB), STOI and PESQ of speech, together and per speaker; the distance of effects.

    Each stands beside the same figure of Opus at 64 kb/s (``opus_64k``).
    """
    spoken, heard = material.sentences[:sentences], material.effects[:effects]
    ways: dict[str, Way] = {"codec": codec.codec_roundtrip, "opus_64k": through_opus}
    speech: dict[str, list[Row]] = {name: [] for name in ways}
    sounds: dict[str, list[Row]] = {name: [] for name in ways}
    for number, sentence in enumerate(spoken):
        progress(number / max(len(spoken) + len(heard), 1), f"codec: {sentence.path.name}")
        sound = read_speech(sentence.path)
        for name, way in ways.items():
            speech[name].append(_speech_row(sound, way(sound)))
    for number, path in enumerate(heard):
        progress((len(spoken) + number) / (len(spoken) + len(heard)), f"codec: {path.name}")
        sound = read_mono(path)
        for name, way in ways.items():
            sounds[name].append({"log_spectral_distance_db": log_spectral_distance(sound, way(sound))})
    who = [sentence.speaker for sentence in spoken]
    ours, opus = _means(sounds["codec"]), _means(sounds["opus_64k"])
    return {
        "speech": _means(speech["codec"]),
        "speech_by_speaker": {
            name: _means([row for row, speaker in zip(speech["codec"], who, strict=True) if speaker == name])
            for name in dict.fromkeys(who)
        },
        "effects": {**ours, "relative_to_opus": _ratio(ours, opus)},
        "opus_64k": {"speech": _means(speech["opus_64k"]), "effects": opus},
    }


def _speech_row(sound: Sound, back: Sound) -> Row:
    return {
        "log_spectral_distance_db": log_spectral_distance(sound, back),
        "stoi": stoi(sound, back),
        "pesq_wb": pesq(sound, back),
    }


def _means(rows: list[Row]) -> dict[str, Any]:
    names = rows[0] if rows else ("log_spectral_distance_db",)
    return {"recordings": len(rows), **{name: mean([row[name] for row in rows]) for name in names}}


def _ratio(ours: dict[str, Any], opus: dict[str, Any]) -> float | None:
    ours_db, opus_db = ours["log_spectral_distance_db"], opus["log_spectral_distance_db"]
    return ours_db / opus_db if ours_db is not None and opus_db else None


def read_mono(path: Path) -> Sound:
    """Up to 10 s of a recording, 48 kHz mono."""
    from talkies.core.media.sound import read_sound

    return np.ascontiguousarray(read_sound(path, SAMPLE_RATE)[0][: _LONGEST_S * SAMPLE_RATE], np.float32)


def read_speech(path: Path) -> Sound:
    """A recording at the level of :data:`SPEECH_RMS`, never above full scale."""
    sound = read_mono(path)
    loudest = float(np.abs(sound).max(initial=1e-6))
    gain = min(SPEECH_RMS / max(float(np.sqrt(sound_power(sound))), 1e-4), 0.98 / loudest)
    return np.asarray(sound * gain, np.float32)
