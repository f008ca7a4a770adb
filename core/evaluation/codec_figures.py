"""What the codec alone costs: held-out recordings there and back, beside themselves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from talkies.core.evaluation.fidelity import log_spectral_distance, mean, pesq, stoi
from talkies.core.evaluation.material import Material
from talkies.core.evaluation.performing import SAMPLE_RATE, HasCodec, OnProgress, Sound
from talkies.core.evaluation.speech import sound_power

SPEECH_RMS = 0.08
"""Speech is brought to this level (RMS of its louder half) before it is judged: recordings are of all levels."""

_LONGEST_S = 10


def codec_figures(
    codec: HasCodec, material: Material, sentences: int, effects: int, progress: OnProgress
) -> dict[str, Any]:
    """Log-spectral distance (dB), STOI and PESQ of speech, together and per speaker; the distance of effects."""
    spoken = material.sentences[:sentences]
    heard = material.effects[:effects]
    rows: list[tuple[str, dict[str, float | None]]] = []
    for number, sentence in enumerate(spoken):
        progress(number / max(len(spoken) + len(heard), 1), f"codec: {sentence.path.name}")
        sound = read_speech(sentence.path)
        back = codec.codec_roundtrip(sound)
        figures = {
            "log_spectral_distance_db": log_spectral_distance(sound, back),
            "stoi": stoi(sound, back),
            "pesq_wb": pesq(sound, back),
        }
        rows.append((sentence.speaker, figures))
    distances: list[float | None] = []
    for number, path in enumerate(heard):
        progress((len(spoken) + number) / (len(spoken) + len(heard)), f"codec: {path.name}")
        sound = read_mono(path)
        distances.append(log_spectral_distance(sound, codec.codec_roundtrip(sound)) if len(sound) else None)
    speakers = dict.fromkeys(speaker for speaker, _ in rows)
    return {
        "speech": _means([figures for _, figures in rows]),
        "speech_by_speaker": {
            who: _means([figures for speaker, figures in rows if speaker == who]) for who in speakers
        },
        "effects": {"recordings": len(distances), "log_spectral_distance_db": mean(distances)},
    }


def _means(rows: list[dict[str, float | None]]) -> dict[str, Any]:
    names = ("log_spectral_distance_db", "stoi", "pesq_wb")
    return {"recordings": len(rows), **{name: mean([row[name] for row in rows]) for name in names}}


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
