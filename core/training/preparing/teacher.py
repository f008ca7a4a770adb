"""A teacher for voices: Kokoro-82M reads what our readers read, from a folder of the user's own.

docs/training.md says where its files are, core/conditioning/speech/kokoro.py what they are.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from scipy.signal import resample_poly

from talkies.core.arrays import Sound
from talkies.core.conditioning.speech.kokoro import RATE, Kokoro
from talkies.core.corpus.recordings import level_speech
from talkies.core.media.wav.bwf import SAMPLE_RATE
from talkies.core.training.taught import TaughtVoice


class Teacher:
    """Raises MissingExtraError without onnxruntime, InputError when the folder does not hold what it should."""

    def __init__(self, folder: Path) -> None:
        self._kokoro = Kokoro(folder)

    def read(self, text: str, voice: TaughtVoice, speed: float = 1.0) -> Sound:
        """(N,) at 48 kHz, as loud as recordings for training are; nothing lies above 12 kHz."""
        sound = self._kokoro.spoken(text, voice.language, voice.style, speed)
        return level_speech(resample_poly(sound, SAMPLE_RATE // RATE, 1).astype(np.float32))
